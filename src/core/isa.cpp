// SPDX-License-Identifier: MIT
#include "plantwright/core/isa.hpp"

#include <cstdlib>
#include <string>

#include "plantwright/core/error.hpp"

#if defined(__x86_64__) && !defined(PLANTWRIGHT_PORTABLE)
#define PLANTWRIGHT_X86_LEVELS
#include <cpuid.h>
#endif

namespace plantwright {
namespace {

#ifdef PLANTWRIGHT_X86_LEVELS
bool has_bits(unsigned value, unsigned bits) { return (value & bits) == bits; }

/// What the compiler's __builtin_cpu_supports cannot be asked by every compiler; the rest of a level it answers, and it
/// also looks whether the operating system saves the wide registers.
struct ExtraFeatures {
    bool v2 = false;
    bool v3 = false;
};

ExtraFeatures extra_features() {
    constexpr unsigned kCx16 = 1u << 13, kMovbe = 1u << 22, kF16c = 1u << 29;  // leaf 1, ecx
    constexpr unsigned kLahf = 1u << 0, kLzcnt = 1u << 5;                      // leaf 0x80000001, ecx
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0, extended_ecx = 0;
    if (__get_cpuid(0x80000001u, &eax, &ebx, &extended_ecx, &edx) == 0 || __get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0)
        return {};
    return {has_bits(ecx, kCx16) && has_bits(extended_ecx, kLahf),
            has_bits(ecx, kMovbe | kF16c) && has_bits(extended_ecx, kLzcnt)};
}

IsaLevel find_best_level() {
    __builtin_cpu_init();
    const ExtraFeatures extra = extra_features();
    const bool v2 = extra.v2 && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("sse4.2") &&
                    __builtin_cpu_supports("ssse3");
    const bool v3 = v2 && extra.v3 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                    __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
    const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                    __builtin_cpu_supports("avx512vl");
    return v4 ? IsaLevel::v4 : v3 ? IsaLevel::v3 : v2 ? IsaLevel::v2 : IsaLevel::portable;
}
#else
IsaLevel find_best_level() { return IsaLevel::portable; }
#endif

IsaLevel parse(std::string_view text) {
    for (const IsaLevel level : {IsaLevel::portable, IsaLevel::v2, IsaLevel::v3, IsaLevel::v4}) {
        if (text == to_string(level)) return level;
    }
    throw InvalidArgument("PLANTWRIGHT_ISA must be v2, v3, v4 or portable, got '" + std::string(text) + "'");
}

IsaLevel choose() {
    const char* wish = std::getenv("PLANTWRIGHT_ISA");
    if (wish == nullptr || *wish == '\0') return best_isa_level();
    const IsaLevel wanted = parse(wish);
    if (wanted > best_isa_level()) {
        throw InvalidArgument(
            "PLANTWRIGHT_ISA=" + std::string(wish) +
            " asks for more than this processor and build have: " + std::string(to_string(best_isa_level())));
    }
    return wanted;
}

}  // namespace

IsaLevel best_isa_level() {
    static const IsaLevel level = find_best_level();
    return level;
}

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
