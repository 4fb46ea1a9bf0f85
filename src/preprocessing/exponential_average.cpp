// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/exponential_average.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"
#include "preprocessing/row_window.hpp"
#include "preprocessing/sorted_window.hpp"

namespace plantwright {
namespace {

constexpr double kLog2 = 0x1.62e42fefa39efp-1;

/// How much of a weight is left after a step.
class Decay {
public:
    explicit Decay(const WindowLength& halflife)
        : halflife_(static_cast<double>(halflife.by_time() ? halflife.nanoseconds : halflife.rows)),
          a_row_(halflife.by_time() ? 1 : elementary::exp(-kLog2 / halflife_)), by_time_(halflife.by_time()),
          clock_(halflife.nanoseconds) {}

    double step(std::int64_t stamp) {
        if (!by_time_) return a_row_;
        const bool was_running = clock_.is_running();
        const std::int64_t before = clock_.now();
        if (clock_.advance(stamp) || !was_running || clock_.now() == before) return 1;
        const auto step = elapsed(before, clock_.now());
        if (step != last_step_) {
            last_step_ = step;
            last_ = elementary::exp(-kLog2 * (static_cast<double>(step) / halflife_));
        }
        return last_;
    }

private:
    double halflife_, a_row_;
    bool by_time_;
    RowClock clock_;
    std::uint64_t last_step_ = 0;  // mostly the step before
    double last_ = 1;
};

class AverageSeries final : public RowSeries {
public:
    AverageSeries(const std::vector<WindowLength>& halflives, Index n_columns)
        : decays_(halflives.begin(), halflives.end()), weight_(std::ssize(halflives) * n_columns, 0.0),
          average_(std::ssize(halflives) * n_columns, kNaN) {}
    std::unique_ptr<RowSeries> clone() const override { return std::make_unique<AverageSeries>(*this); }

    void push(std::span<const Cell> values, std::int64_t stamp, std::span<Cell> written) override {
        const Index n_columns = std::ssize(values), n_decays = std::ssize(decays_);
        for (Index h = 0; h < n_decays; ++h) {
            const double decay = decays_[static_cast<std::size_t>(h)].step(stamp);
            for (Index c = 0; c < n_columns; ++c) {
                const Index at = h * n_columns + c;
                take(values[static_cast<std::size_t>(c)].number, decay, weight_[at], average_[at]);
                written[static_cast<std::size_t>(c * n_decays + h)].number = average_[at];
            }
        }
    }

private:
    /// Without a branch, so that the loop over columns takes them side by side.
    static void take(double x, double decay, double& weight, double& average) {
        const bool present = x - x == 0;
        const double faded = weight * decay, more = faded + 1, before = average == average ? average : x;
        const double next = before + (x - before) / more;
        weight = present ? more : faded;
        average = present ? next : average;
    }

    std::vector<Decay> decays_;
    Buffer<double> weight_, average_;  // (half-lives, columns)
};

}  // namespace

ExponentialAverage ExponentialAverage::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    ExponentialAverage step;
    step.options_ = options;
    const bool needs_time = std::any_of(options.halflife.begin(), options.halflife.end(),
                                        [](const WindowLength& halflife) { return halflife.by_time(); });
    step.read_columns(frame, options.columns, options.time, needs_time, options.by);
    return step;
}

void ExponentialAverage::check_options() const {
    const auto& all = options_.halflife;
    if (all.empty()) throw InvalidArgument("ExponentialAverage: halflife must be at least one, got none");
    for (auto one = all.begin(); one != all.end(); ++one) {
        if (std::find(one + 1, all.end(), *one) != all.end())
            throw InvalidArgument("ExponentialAverage: halflife must differ, got " + one->text + " twice");
    }
}

std::vector<Step::Written> ExponentialAverage::expected_writes() const {
    std::vector<Written> writes;
    for (std::size_t c = 0; c < static_cast<std::size_t>(n_values()); ++c) {
        for (const WindowLength& halflife : options_.halflife) {
            ColumnSpec spec;
            spec.name = reads_[c].name + "__ewma_" + halflife.text;
            spec.unit = reads_[c].unit;
            spec.known_at_prediction = reads_[c].known_at_prediction;
            writes.push_back({std::move(spec), {reads_[c].name}});
        }
    }
    return writes;
}

std::unique_ptr<RowSeries> ExponentialAverage::start_series() const {
    return std::make_unique<AverageSeries>(options_.halflife, n_values());
}

}  // namespace plantwright
