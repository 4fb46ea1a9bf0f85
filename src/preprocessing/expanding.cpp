// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/expanding.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "plantwright/core/error.hpp"
#include "preprocessing/sorted_window.hpp"

namespace plantwright {
namespace {

struct Running {
    double n = 0, mean = 0, m2 = 0, sum = 0, rest = 0, low = HUGE_VAL, high = -HUGE_VAL;

    void take(double x) {
        n += 1;
        const double d = x - mean;
        mean += d / n;
        m2 += d * (x - mean);
        const double before = sum;
        sum += x;
        rest += std::abs(before) >= std::abs(x) ? (before - sum) + x : (x - sum) + before;
        low = std::min(low, x);
        high = std::max(high, x);
    }
    double value(ExpandingStatistic statistic) const {
        switch (statistic) {
            case ExpandingStatistic::mean: return mean;
            case ExpandingStatistic::std: return std::sqrt(m2 / (n - 1));
            case ExpandingStatistic::var: return m2 / (n - 1);
            case ExpandingStatistic::min: return low;
            case ExpandingStatistic::max: return high;
            case ExpandingStatistic::range: return high - low;
            case ExpandingStatistic::sum: return sum + rest;
            case ExpandingStatistic::count: break;
        }
        return n;
    }
};

double least_count(ExpandingStatistic statistic, std::int64_t min_count) {
    if (statistic == ExpandingStatistic::count) return 0;
    const bool spread = statistic == ExpandingStatistic::std || statistic == ExpandingStatistic::var;
    return static_cast<double>(std::max<std::int64_t>(spread ? 2 : 1, min_count));
}

class ExpandingSeries final : public RowSeries {
public:
    ExpandingSeries(const ExpandingOptions& options, Index n_columns)
        : statistics_(options.statistics), columns_(static_cast<std::size_t>(n_columns)) {
        for (const ExpandingStatistic statistic : statistics_)
            least_.push_back(least_count(statistic, options.min_count));
    }
    std::unique_ptr<RowSeries> clone() const override { return std::make_unique<ExpandingSeries>(*this); }

    void push(std::span<const Cell> values, std::int64_t /*stamp*/, std::span<Cell> written) override {
        std::size_t k = 0;
        for (std::size_t c = 0; c < values.size(); ++c) {
            const double x = reading(values[c].number);
            Running& running = columns_[c];
            if (!std::isnan(x)) running.take(x);
            for (std::size_t s = 0; s < statistics_.size(); ++s)
                written[k++].number = running.n >= least_[s] ? running.value(statistics_[s]) : kNaN;
        }
    }

private:
    std::vector<ExpandingStatistic> statistics_;
    std::vector<double> least_;
    std::vector<Running> columns_;
};

}  // namespace

Expanding Expanding::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    Expanding step;
    step.options_ = options;
    step.read_columns(frame, options.columns, {}, false, options.by);
    return step;
}

void Expanding::check_options() const {
    const std::string who(Options::kStepType);
    const auto& statistics = options_.statistics;
    if (statistics.empty()) throw InvalidArgument(who + ": statistics must be at least one, got none");
    for (auto s = statistics.begin(); s != statistics.end(); ++s) {
        if (std::find(s + 1, statistics.end(), *s) != statistics.end())
            throw InvalidArgument(who + ": statistics must differ, got one twice");
    }
    if (options_.min_count < 1)
        throw InvalidArgument(who + ": min_count must be at least 1, got " + std::to_string(options_.min_count));
}

std::vector<Step::Written> Expanding::expected_writes() const {
    std::vector<Written> writes;
    for (std::size_t c = 0; c < static_cast<std::size_t>(n_values()); ++c) {
        for (const ExpandingStatistic statistic : options_.statistics) {
            ColumnSpec spec;
            const auto word = kWords<ExpandingStatistic>[static_cast<std::size_t>(statistic)];
            spec.name = reads_[c].name + "__expanding_" + std::string(word);
            if (statistic == ExpandingStatistic::var)
                spec.unit = reads_[c].unit.empty() ? "" : "(" + reads_[c].unit + ")^2";
            else if (statistic != ExpandingStatistic::count)
                spec.unit = reads_[c].unit;
            spec.known_at_prediction = reads_[c].known_at_prediction;
            writes.push_back({std::move(spec), {reads_[c].name}});
        }
    }
    return writes;
}

std::unique_ptr<RowSeries> Expanding::start_series() const {
    return std::make_unique<ExpandingSeries>(options_, n_values());
}

}  // namespace plantwright
