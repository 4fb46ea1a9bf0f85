// SPDX-License-Identifier: MIT
#include "preprocessing/column_passes.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "plantwright/core/threads.hpp"
#include "plantwright/preprocessing/number_map.hpp"
#include "preprocessing/fitting.hpp"

namespace plantwright {
namespace {

constexpr Index kBlockRows = 2048;
using Block = std::span<const double>;

/// Calls `f(k, block)` for the blocks of each column in turn; columns in parallel, by groups.
void for_each_block(const Frame& frame, std::span<const ColumnSpec> columns, int n_jobs,
                    const std::function<void(std::size_t, Block)>& f) {
    const auto n_columns = std::ssize(columns);
    const Index n_groups = std::min<Index>(n_jobs, n_columns);
    parallel_for(n_groups, n_jobs, [&](Index group, int) {
        const Index first = group * n_columns / n_groups, end = (group + 1) * n_columns / n_groups;
        std::vector<StepInput> inputs;
        for (Index k = first; k < end; ++k) {
            const ColumnSpec& spec = columns[static_cast<std::size_t>(k)];
            inputs.emplace_back(spec, frame.column(spec.name));
        }
        double copy[kBlockRows];
        for (Index row = 0; row < frame.rows(); row += kBlockRows) {
            const Index stop = std::min(row + kBlockRows, frame.rows());
            const auto size = static_cast<std::size_t>(stop - row);
            for (Index k = first; k < end; ++k) {
                const StepInput& input = inputs[static_cast<std::size_t>(k - first)];
                const bool dense = !input.column().is_float32() && input.column().float64().contiguous();
                if (!dense) input.read(row, stop, copy);
                f(static_cast<std::size_t>(k), {dense ? input.column().float64().data() + row : copy, size});
            }
        }
    });
}

/// In four lanes; NaN is passed over.
struct Extremes {
    double low[4] = {HUGE_VAL, HUGE_VAL, HUGE_VAL, HUGE_VAL}, high[4] = {-HUGE_VAL, -HUGE_VAL, -HUGE_VAL, -HUGE_VAL};

    void take(double x, std::size_t j) {
        low[j] = x < low[j] ? x : low[j];
        high[j] = x > high[j] ? x : high[j];
    }
    void add(Block block) {
        Extremes own = *this;  // in registers
        std::size_t i = 0;
        for (; i + 4 <= block.size(); i += 4) {
            own.take(block[i], 0);
            own.take(block[i + 1], 1);
            own.take(block[i + 2], 2);
            own.take(block[i + 3], 3);
        }
        for (; i < block.size(); ++i) own.take(block[i], 0);
        *this = own;
    }
    std::pair<double, double> both() const {
        return {std::min(std::min(low[0], low[1]), std::min(low[2], low[3])),
                std::max(std::max(high[0], high[1]), std::max(high[2], high[3]))};
    }
};

}  // namespace

std::vector<std::pair<double, double>> column_extremes(std::string_view who, const Frame& frame,
                                                       std::span<const ColumnSpec> columns, std::optional<int> n_jobs) {
    require_rows(who, frame);
    const int jobs = resolve_n_jobs(n_jobs);
    std::vector<Extremes> extremes(columns.size());
    for_each_block(frame, columns, jobs, [&](std::size_t k, Block block) { extremes[k].add(block); });
    std::vector<std::pair<double, double>> result;
    for (std::size_t k = 0; k < columns.size(); ++k) {
        const auto [low, high] = extremes[k].both();
        const bool none = low > high;
        if (!none && (std::isinf(low) || std::isinf(high))) present_numbers(who, frame, columns.subspan(k, 1), jobs);
        result.emplace_back(none ? kNaN : low, none ? kNaN : high);
    }
    return result;
}

std::vector<ColumnMoments> column_moments(std::string_view who, const Frame& frame, std::span<const ColumnSpec> columns,
                                          std::optional<int> n_jobs) {
    require_rows(who, frame);
    const int jobs = resolve_n_jobs(n_jobs);
    struct Sums {
        LaneSum first, n, rest, squares;
        double mean = 0;
    };
    std::vector<Sums> sums(columns.size());
    for_each_block(frame, columns, jobs, [&](std::size_t k, Block block) {
        sums[k].first.add(block, [](double x) { return std::isnan(x) ? 0.0 : x; });
        sums[k].n.add(block, [](double x) { return std::isnan(x) ? 0.0 : 1.0; });
    });
    for (std::size_t k = 0; k < columns.size(); ++k) {
        sums[k].mean = sums[k].first.total() / sums[k].n.total();
        if (sums[k].n.total() > 0 && !std::isfinite(sums[k].mean))
            present_numbers(who, frame, columns.subspan(k, 1), jobs);  // throws where there is an infinity
    }
    for_each_block(frame, columns, jobs, [&](std::size_t k, Block block) {
        const double mean = sums[k].mean;
        sums[k].rest.add(block, [mean](double x) { return std::isnan(x) ? 0.0 : x - mean; });
        sums[k].squares.add(block, [mean](double x) { return std::isnan(x) ? 0.0 : (x - mean) * (x - mean); });
    });
    std::vector<ColumnMoments> result;
    for (const Sums& s : sums) {
        const double n = s.n.total(), rest = s.rest.total();
        if (n == 0)
            result.emplace_back();
        else
            result.push_back({{s.mean + rest / n, (s.squares.total() - rest * rest / n) / n}, n});
    }
    return result;
}

}  // namespace plantwright
