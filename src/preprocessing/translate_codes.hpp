// SPDX-License-Identifier: MIT
/// Categories of one table in the codes of another's levels.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "plantwright/preprocessing/cell.hpp"

namespace plantwright {

/// By given code: the code among `known`, or kUnknownCode.
inline std::vector<std::int32_t> code_translation(const std::vector<std::string>& given,
                                                  const std::vector<std::string>& known) {
    std::unordered_map<std::string_view, std::int32_t> code_of;
    for (std::size_t i = 0; i < known.size(); ++i) code_of.emplace(known[i], static_cast<std::int32_t>(i));
    std::vector<std::int32_t> codes;
    for (const std::string& level : given) {
        const auto found = code_of.find(level);
        codes.push_back(found == code_of.end() ? kUnknownCode : found->second);
    }
    return codes;
}

inline Buffer<std::int32_t> translated_codes(const Column& column, const std::vector<std::string>& known) {
    const auto codes = column.codes();
    const std::vector<std::int32_t> translation = code_translation(column.levels(), known);
    auto result = Buffer<std::int32_t>::uninitialized(codes.size());
    for (Index i = 0; i < codes.size(); ++i)
        result[i] = codes[i] == kMissingCode ? kMissingCode : translation[static_cast<std::size_t>(codes[i])];
    return result;
}

}  // namespace plantwright
