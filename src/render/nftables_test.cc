#include "render/nftables.h"

#include <gtest/gtest.h>
