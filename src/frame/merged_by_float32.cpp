// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <vector>

#include "plantwright/frame/frame.hpp"

namespace plantwright {
namespace {

bool changes_in_float32(double value) {
    return !std::isnan(value) && static_cast<double>(static_cast<float>(value)) != value;
}

bool is_exact(ConstVectorView values) {
    for (Index i = 0; i < values.size(); ++i) {
        if (changes_in_float32(values[i])) return false;
    }
    return true;
}

/// Distinct neighbours in order that round to one float32.
bool merges_when_sorted(ConstVectorView values) {
    std::vector<double> sorted;
    for (Index i = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i])) sorted.push_back(values[i]);
    }
    std::ranges::sort(sorted);
    const auto same_float = [](double a, double b) { return a != b && static_cast<float>(a) == static_cast<float>(b); };
    return std::ranges::adjacent_find(sorted, same_float) != sorted.end();
}

bool merges(ConstVectorView values) {
    constexpr Index kFirst = 1 << 16;  // most columns that merge at all do so among these
    if (is_exact(values)) return false;
    if (values.size() > kFirst && merges_when_sorted(values.slice(0, kFirst))) return true;
    return merges_when_sorted(values);
}

}  // namespace

std::vector<std::string> merged_by_float32(const Frame& frame) {
    std::vector<std::string> names;
    for (Index i = 0; i < frame.cols(); ++i) {
        const Column& column = frame.column(i);
        const bool wide = column.kind() == ColumnKind::number && !column.is_float32();
        if (wide && merges(column.float64())) names.push_back(frame.schema()[i].name);
    }
    return names;
}

}  // namespace plantwright
