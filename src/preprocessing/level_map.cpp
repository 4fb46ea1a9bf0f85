// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/level_map.hpp"

#include <algorithm>
#include <cmath>

#include "plantwright/core/error.hpp"
#include "preprocessing/fresh_buffer.hpp"

namespace plantwright {

LevelMap::LevelMap(const ColumnSpec& spec, const Column& column) {
    if (spec.kind == ColumnKind::category) {
        of_code_ = Buffer<std::int32_t>(std::ssize(column.levels()), kUnknown);
        const auto codes = column.codes();
        for (Index i = 0; i < codes.size(); ++i) {
            if (codes[i] >= 0) of_code_[codes[i]] = 0;
        }
        for (std::int32_t& level : of_code_) {
            if (level == 0) level = static_cast<std::int32_t>(size_++);
        }
        return;
    }
    std::vector<double> numbers;
    for (Index i = 0; i < column.size(); ++i) {
        const double x = column.number(i);
        if (!std::isnan(x)) numbers.push_back(x == 0 ? 0 : x);
    }
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    numbers_ = Vector(std::span<const double>(numbers));
    size_ = numbers_.size();
}

std::int32_t LevelMap::index(ColumnKind kind, Cell cell) const {
    if (kind == ColumnKind::category) {
        if (cell.code < 0) return cell.code == kMissingCode ? kMissing : kUnknown;
        return cell.code < of_code_.size() ? of_code_[cell.code] : kUnknown;
    }
    if (std::isnan(cell.number)) return kMissing;
    const double* at = std::lower_bound(numbers_.begin(), numbers_.end(), cell.number);
    return at != numbers_.end() && *at == cell.number ? static_cast<std::int32_t>(at - numbers_.begin()) : kUnknown;
}

Buffer<std::int32_t> LevelMap::indices(const StepInput& input) const {
    auto result = fresh_buffer<std::int32_t>(input.size());
    const ColumnKind kind = input.kind();
    for (Index i = 0; i < input.size(); ++i) result[i] = index(kind, input.cell(i));
    return result;
}

std::vector<std::string> LevelMap::names(const ColumnSpec& spec) const {
    std::vector<std::string> names;
    if (spec.kind == ColumnKind::category) {
        for (Index code = 0; code < of_code_.size(); ++code) {
            if (of_code_[code] >= 0) names.push_back(spec.levels[static_cast<std::size_t>(code)]);
        }
        return names;
    }
    for (const double x : numbers_) {
        const bool whole = std::floor(x) == x && std::abs(x) < 1e15;
        names.push_back(whole ? std::to_string(static_cast<std::int64_t>(x)) : io::Json(x).dump());
    }
    return names;
}

void LevelMap::require_of(const ColumnSpec& spec) const {
    bool ok = size_ >= 0;
    if (spec.kind == ColumnKind::category) {
        ok = ok && of_code_.size() == std::ssize(spec.levels);
        std::int64_t next = 0;
        for (const std::int32_t level : of_code_) ok = ok && (level == kUnknown || level == next++);
        ok = ok && next == size_;
    } else {
        ok = ok && spec.kind == ColumnKind::number && numbers_.size() == size_ &&
             std::is_sorted(numbers_.begin(), numbers_.end());
    }
    if (!ok) throw CorruptModel("LevelMap: its levels are not those of column '" + spec.name + "'");
}

std::vector<ColumnSpec> select_levels(std::string_view who, const Schema& schema, const StepColumns& wanted) {
    const std::vector<ColumnKind> both{ColumnKind::category, ColumnKind::number};
    if (!wanted.names.empty() || !wanted.kinds.empty()) return select_columns(who, schema, wanted, both);
    for (const ColumnSpec& spec : schema.columns()) {
        if (spec.kind == ColumnKind::category && (spec.is_input() || !wanted.roles.empty()))
            return select_columns(who, schema, wanted, {ColumnKind::category});
    }
    return select_columns(who, schema, wanted, {ColumnKind::number});
}

}  // namespace plantwright
