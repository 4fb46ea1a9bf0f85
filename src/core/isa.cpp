// SPDX-License-Identifier: MIT
#include "plantwright/core/isa.hpp"

#include <cstdlib>
#include <string>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

IsaLevel best_level() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
        return IsaLevel::v4;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")) return IsaLevel::v3;
    return IsaLevel::v2;
#else
    return IsaLevel::portable;
#endif
}

IsaLevel parse(std::string_view text) {
    if (text == "v2") return IsaLevel::v2;
    if (text == "v3") return IsaLevel::v3;
    if (text == "v4") return IsaLevel::v4;
    throw InvalidArgument("PLANTWRIGHT_ISA must be v2, v3 or v4, got '" + std::string(text) + "'");
}

IsaLevel choose() {
    const IsaLevel best = best_level();
    const char* wish = std::getenv("PLANTWRIGHT_ISA");
    if (wish == nullptr || *wish == '\0') return best;
    const IsaLevel wanted = parse(wish);
    if (wanted > best) {
        throw InvalidArgument("PLANTWRIGHT_ISA=" + std::string(wish) + " asks for more than this processor has: " +
                              std::string(to_string(best)));
    }
    return wanted;
}

}  // namespace

IsaLevel isa_level() {
    static const IsaLevel level = choose();
    return level;
}

std::string_view to_string(IsaLevel level) {
    switch (level) {
        case IsaLevel::v2: return "v2";
        case IsaLevel::v3: return "v3";
        case IsaLevel::v4: return "v4";
        case IsaLevel::portable: break;
    }
    return "portable";
}

}  // namespace plantwright
