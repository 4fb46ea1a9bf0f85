// SPDX-License-Identifier: MIT
/// Which instruction-set level the kernels run at: chosen once, from the CPU or from PLANTWRIGHT_ISA=v2|v3|v4.
#pragma once

#include <string_view>

#include "plantwright/core/export.hpp"

namespace plantwright {

/// Levels of the x86-64 psABI; `portable` on other architectures.
enum class IsaLevel { portable = 0, v2 = 2, v3 = 3, v4 = 4 };

/// Throws InvalidArgument when PLANTWRIGHT_ISA is not a level or asks for more than the CPU has.
PLANTWRIGHT_API IsaLevel isa_level();

PLANTWRIGHT_API std::string_view to_string(IsaLevel level);

/// Picks one kernel table per level; on other architectures pass the portable one for all three.
template <class Kernels>
const Kernels& at_isa_level(const Kernels& v2, const Kernels& v3, const Kernels& v4) {
    const IsaLevel level = isa_level();
    return level == IsaLevel::v4 ? v4 : level == IsaLevel::v3 ? v3 : v2;
}

}  // namespace plantwright
