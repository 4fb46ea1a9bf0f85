// SPDX-License-Identifier: MIT
/// Which instruction-set level the kernels run at: chosen once, from the processor or from PLANTWRIGHT_ISA=v2|v3|v4.
///
/// The levels are those of the x86-64 psABI. `portable` is the baseline that every x86-64 processor has, the only level
/// of other architectures and of builds with PLANTWRIGHT_PORTABLE. A level is taken when the processor and the
/// operating system offer all of its instructions. Thread-safe; the choice is made at the first call.
#pragma once

#include <string_view>

#include "plantwright/core/export.hpp"

namespace plantwright {

enum class IsaLevel { portable = 0, v2 = 2, v3 = 3, v4 = 4 };

/// Throws InvalidArgument when PLANTWRIGHT_ISA is not a level or asks for more than the processor or this build has.
PLANTWRIGHT_API IsaLevel isa_level();

/// The highest level that this processor and this build have, whatever PLANTWRIGHT_ISA says.
PLANTWRIGHT_API IsaLevel best_isa_level();

PLANTWRIGHT_API std::string_view to_string(IsaLevel level);

/// Picks one of the kernel tables that core/levels_kernel.hpp declares.
template <class Kernels>
const Kernels& at_isa_level(const Kernels& portable, const Kernels& v2, const Kernels& v3, const Kernels& v4) {
    switch (isa_level()) {
        case IsaLevel::v4: return v4;
        case IsaLevel::v3: return v3;
        case IsaLevel::v2: return v2;
        case IsaLevel::portable: break;
    }
    return portable;
}

}  // namespace plantwright
