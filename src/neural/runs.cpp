// SPDX-License-Identifier: MIT
#include "neural/runs.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "plantwright/neural/sensor_rows.hpp"

namespace plantwright::neural {
namespace {

std::optional<VectorView<const std::int64_t>> stamps_of(const Frame& frame) {
    for (Index j = 0; j < frame.cols(); ++j) {
        if (frame.schema()[j].role == Role::time && frame.column(j).kind() == ColumnKind::time)
            return frame.column(j).times();
    }
    return std::nullopt;
}

bool same_value(const Column& column, Index a, Index b) {
    switch (column.kind()) {
        case ColumnKind::category: return column.codes()[a] == column.codes()[b];
        case ColumnKind::time: return column.times()[a] == column.times()[b];
        case ColumnKind::number: break;
    }
    const double x = column.number(a), y = column.number(b);
    return x == y || (std::isnan(x) && std::isnan(y));
}

/// The columns of role "group".
class Groups {
public:
    explicit Groups(const Frame& frame) {
        for (Index j = 0; j < frame.cols(); ++j) {
            if (frame.schema()[j].role == Role::group) columns_.push_back(&frame.column(j));
        }
    }
    bool same(Index a, Index b) const {
        return std::all_of(columns_.begin(), columns_.end(), [&](const Column* c) { return same_value(*c, a, b); });
    }

private:
    std::vector<const Column*> columns_;
};

/// The step from one stamp to the next, 0 where there is none that goes forward.
std::int64_t forward_step(std::int64_t last, std::int64_t time) {
    std::int64_t step = 0;
    if (last == kMissingTime || time == kMissingTime) return 0;
    if (__builtin_sub_overflow(time, last, &step)) return time > last ? SensorInput::kNoLimit : 0;
    return std::max<std::int64_t>(step, 0);
}

}  // namespace

bool follows_in_time(std::int64_t last, std::int64_t time, std::int64_t longest_step) {
    const std::int64_t step = forward_step(last, time);
    return step > 0 && step <= longest_step;
}

std::int64_t longest_step_of(const Frame& frame, double max_gap) {
    const auto stamps = stamps_of(frame);
    if (!stamps) return SensorInput::kNoLimit;
    const Groups groups(frame);
    std::vector<std::int64_t> steps;
    for (Index i = 1; i < frame.rows(); ++i) {
        const std::int64_t step = forward_step((*stamps)[i - 1], (*stamps)[i]);
        if (step > 0 && groups.same(i - 1, i)) steps.push_back(step);
    }
    if (steps.empty()) return SensorInput::kNoLimit;
    const auto middle = steps.begin() + (std::ssize(steps) - 1) / 2;
    std::nth_element(steps.begin(), middle, steps.end());
    const double longest = max_gap * static_cast<double>(*middle);
    return longest < 9e18 ? static_cast<std::int64_t>(longest) : SensorInput::kNoLimit;
}

std::vector<Index> run_starts_of(const Frame& frame, std::int64_t longest_step) {
    const auto stamps = stamps_of(frame);
    const Groups groups(frame);
    std::vector<Index> starts{0};
    for (Index i = 1; i < frame.rows(); ++i) {
        const bool in_time = !stamps || follows_in_time((*stamps)[i - 1], (*stamps)[i], longest_step);
        if (!in_time || !groups.same(i - 1, i)) starts.push_back(i);
    }
    if (frame.rows() > 0) starts.push_back(frame.rows());
    return starts;
}

}  // namespace plantwright::neural
