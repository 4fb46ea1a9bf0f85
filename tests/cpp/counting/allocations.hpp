// SPDX-License-Identifier: MIT
/// How often this thread asked for memory; counted by the operators of counted_new.cpp.
#pragma once

namespace plantwright::testing {

extern thread_local long n_allocations;

}  // namespace plantwright::testing
