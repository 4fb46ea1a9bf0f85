// SPDX-License-Identifier: MIT
/// What the tests of simulated tables share.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "plantwright/frame/frame.hpp"

namespace plantwright {

inline ConstVectorView column(const Frame& frame, const std::string& name) { return frame.column(name).float64(); }

/// FNV-1a over every byte of every column.
inline std::uint64_t fingerprint(const Frame& frame) {
    std::uint64_t hash = 14695981039346656037ull;
    const auto eat = [&hash](const auto& value) {
        unsigned char bytes[sizeof(value)];
        std::memcpy(bytes, &value, sizeof(value));
        for (const unsigned char byte : bytes) hash = (hash ^ byte) * 1099511628211ull;
    };
    for (Index j = 0; j < frame.cols(); ++j) {
        const Column& at = frame.column(j);
        for (Index i = 0; i < frame.rows(); ++i) {
            if (at.kind() == ColumnKind::number) eat(at.number(i));
            if (at.kind() == ColumnKind::category) eat(at.codes()[i]);
            if (at.kind() == ColumnKind::time) eat(at.times()[i]);
        }
    }
    return hash;
}

}  // namespace plantwright
