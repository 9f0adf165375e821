// What most tests include: pch.h and GoogleTest.
#ifndef SCV_CMAKE_PCH_TEST_H_
#define SCV_CMAKE_PCH_TEST_H_

#include <gtest/gtest.h>

#include "pch.h"

#endif  // SCV_CMAKE_PCH_TEST_H_
