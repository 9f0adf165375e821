// In words: what a part is, and in what two specifications of it differ.
#ifndef SCV_CONTROL_LAB_PLAN_EXPLAIN_H_
#define SCV_CONTROL_LAB_PLAN_EXPLAIN_H_

#include <string>

#include "lab/parts.h"

namespace scv::control {

// "the load balancer node front/ap-northeast-2a".
std::string Describe(const lab::PartKey& key);

// "firewall, 1 target added"; "nothing" where they are equal.
std::string WhatDiffers(const lab::Spec& before, const lab::Spec& after);

}  // namespace scv::control

#endif  // SCV_CONTROL_LAB_PLAN_EXPLAIN_H_
