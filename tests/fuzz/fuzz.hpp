// SPDX-License-Identifier: MIT
/// One file per target: `<name>_fuzz.cpp` ends with PLANTWRIGHT_FUZZ_TARGET(name, function), its seeds lie in
/// `corpus/<name>/`.
///
/// The function takes any bytes. It swallows errors of our family, which are the right answer to bad input; anything
/// else that leaves it, a failed `require`, or a report of a sanitizer is a finding. Under libFuzzer
/// (PLANTWRIGHT_BUILD_FUZZERS) each file becomes a program; in the ordinary tests all of them run over their seeds once
/// (`corpus_test.cpp`).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "plantwright/core/error.hpp"

namespace plantwright::fuzz {

using Input = std::span<const std::byte>;
using Function = void (*)(Input);

struct Target {
    std::string name;
    Function run;
};

inline std::vector<Target>& targets() {
    static std::vector<Target> all;
    return all;
}

struct Registration {
    Registration(const char* name, Function run) { targets().push_back({name, run}); }
};

inline void require(bool holds, const char* what) {
    if (!holds) throw std::logic_error(what);
}

/// Runs `body`, letting errors of our family pass.
template <class Body>
void tolerating_our_errors(Body body) {
    try {
        body();
    } catch (const Error&) {
    }
}

}  // namespace plantwright::fuzz

#if defined(PLANTWRIGHT_LIBFUZZER)
#define PLANTWRIGHT_FUZZ_TARGET(name, function)                                         \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
        function(std::as_bytes(std::span(data, size)));                                 \
        return 0;                                                                       \
    }
#else
#define PLANTWRIGHT_FUZZ_TARGET(name, function) \
    static const plantwright::fuzz::Registration registration_##name(#name, function);
#endif
