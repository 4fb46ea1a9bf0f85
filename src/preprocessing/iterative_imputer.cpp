// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/iterative_imputer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "plantwright/core/threads.hpp"
#include "plantwright/preprocessing/number_map.hpp"
#include "preprocessing/chained_forests.hpp"
#include "preprocessing/column_passes.hpp"
#include "preprocessing/fitting.hpp"
#include "preprocessing/imputed_columns.hpp"
#include "preprocessing/order_statistics.hpp"

namespace plantwright {
namespace {

using Options = IterativeImputerOptions;
constexpr std::string_view kWho = Options::kStepType;

void require_in(std::string_view name, std::int64_t value, std::int64_t low, std::int64_t high) {
    if (value >= low && value <= high) return;
    throw InvalidArgument(std::string(kWho) + ": " + std::string(name) + " must be in [" + std::to_string(low) + ", " +
                          std::to_string(high) + "], got " + std::to_string(value));
}

void check(const Options& options) {
    require_in("n_estimators", options.n_estimators, 1, 1'000'000);
    if (options.max_depth) require_in("max_depth", *options.max_depth, 1, 1'000'000);
    require_in("min_samples_leaf", options.min_samples_leaf, 1, std::numeric_limits<std::int32_t>::max());
    require_in("max_iter", options.max_iter, 0, 1000);
    require_in("random_state", options.random_state, 0, std::numeric_limits<std::int64_t>::max());
    if (!(options.tol >= 0))
        throw InvalidArgument(std::string(kWho) + ": tol must be at least 0, got " + io::Json(options.tol).dump());
}

/// A row, and what a forest is asked.
struct ChainDesk final : StepState {
    explicit ChainDesk(Index n_columns)
        : row(n_columns), others(std::max<Index>(n_columns - 1, 0)), is_gap(static_cast<std::size_t>(n_columns)) {}
    std::unique_ptr<StepState> clone() const override { return std::make_unique<ChainDesk>(*this); }

    Buffer<double> row, others;
    std::vector<std::uint8_t> is_gap;
};

}  // namespace

IterativeImputer IterativeImputer::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    check(options);
    IterativeImputer step;
    step.options_ = options;
    step.reads_ = select_columns(kWho, frame.schema(), options.columns, {ColumnKind::number});
    const auto moments = column_moments(kWho, frame, step.reads_, n_jobs);
    const Index n = step.n_columns();
    step.initial_ = Vector(n);
    Vector deviation(n);
    Matrix rows(frame.rows(), n);
    for (Index k = 0; k < n; ++k) {
        const auto at = static_cast<std::size_t>(k);
        const auto column = std::span(step.reads_).subspan(at, 1);
        step.initial_[k] = moments[at].mean;
        if (options.initial_strategy == InitialStrategy::median)
            step.initial_[k] = median_of(present_numbers(kWho, frame, column, 1).front());
        deviation[k] = std::sqrt(moments[at].variance);
        const Buffer<double> values = frame.column(column.front().name).to_float64();
        for (Index i = 0; i < values.size(); ++i) rows(i, k) = values[i];
    }
    if (n > 1) {
        ChainedForests chain = fit_chained_forests(rows, step.initial_, deviation, options, resolve_n_jobs(n_jobs));
        step.n_iter_ = chain.n_iter;
        step.order_ = Buffer<std::int64_t>(static_cast<Index>(chain.order.size()));
        std::copy(chain.order.begin(), chain.order.end(), step.order_.begin());
        step.first_ = std::move(chain.first);
        step.forests_ = std::move(chain.forests);
    }
    step.indicated_ = columns_with_gaps(frame, step.reads_, options.add_indicator);
    step.set_writes(imputed_writes(step.reads_, step.indicated_));
    return step;
}

Step::Fitted IterativeImputer::fitted() const {
    return {{"initial_statistics_", initial_}, {"n_iter_", Vector(1, static_cast<double>(n_iter_))}};
}

const RandomForestRegressor& IterativeImputer::forest(std::int64_t round, Index c) const {
    return (round == 0 && c < std::ssize(first_) ? first_ : forests_)[static_cast<std::size_t>(c)];
}

std::unique_ptr<StepState> IterativeImputer::start() const { return std::make_unique<ChainDesk>(n_columns()); }

void IterativeImputer::update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const {
    auto& desk = static_cast<ChainDesk&>(*state);
    tell_gaps(read, indicated_, written.subspan(read.size()));
    bool has_gap = false;
    for (std::size_t k = 0; k < read.size(); ++k) {
        const auto at = static_cast<Index>(k);
        desk.is_gap[k] = std::isnan(read[k].number);
        desk.row[at] = desk.is_gap[k] ? initial_[at] : read[k].number;
        has_gap |= desk.is_gap[k] != 0;
    }
    for (std::int64_t round = 0; round < n_iter_ && has_gap; ++round) {
        for (Index c = 0; c < order_.size(); ++c) {
            if (!desk.is_gap[static_cast<std::size_t>(order_[c])]) continue;
            others_of(desk.row.data(), n_columns(), order_[c], desk.others.data());
            desk.row[order_[c]] = forest(round, c).predict_one(std::span<const double>(desk.others));
        }
    }
    for (std::size_t k = 0; k < read.size(); ++k) written[k].number = desk.row[static_cast<Index>(k)];
}

std::vector<Column> IterativeImputer::compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const {
    ImputedColumns columns(inputs, n_rows);
    const std::vector<Index> rows = columns.rows_with_gaps();
    Matrix filled(std::ssize(rows), n_columns());
    std::vector<std::vector<Index>> gaps(static_cast<std::size_t>(n_columns()));  // rows of `filled`
    for (Index i = 0; i < filled.rows(); ++i) {
        columns.get(rows[static_cast<std::size_t>(i)], &filled(i, 0));
        for (Index k = 0; k < n_columns(); ++k) {
            if (!std::isnan(filled(i, k))) continue;
            gaps[static_cast<std::size_t>(k)].push_back(i);
            filled(i, k) = initial_[k];
        }
    }
    for (std::int64_t round = 0; round < n_iter_; ++round) {
        for (Index c = 0; c < order_.size(); ++c) {
            const Index k = order_[c];
            const std::vector<Index>& asked = gaps[static_cast<std::size_t>(k)];
            if (asked.empty()) continue;
            Matrix others(std::ssize(asked), n_columns() - 1);
            for (std::size_t i = 0; i < asked.size(); ++i)
                others_of(&filled(asked[i], 0), n_columns(), k, &others(static_cast<Index>(i), 0));
            const Vector predicted = forest(round, c).predict(others, n_jobs);
            for (std::size_t i = 0; i < asked.size(); ++i) filled(asked[i], k) = predicted[static_cast<Index>(i)];
        }
    }
    for (Index i = 0; i < filled.rows(); ++i) columns.set(rows[static_cast<std::size_t>(i)], &filled(i, 0));
    return columns.finish(inputs, indicated_);
}

void IterativeImputer::validate() const {
    Step::validate();
    require_one_each(*this, initial_);
    bool ok = are_imputed_writes(*this, indicated_) && n_iter_ >= 0 && n_iter_ <= 1000 &&
              std::ssize(forests_) == order_.size() && first_.size() <= forests_.size() &&
              order_.size() <= n_columns() && (order_.empty() || n_columns() > 1);
    for (Index c = 0; ok && c < order_.size(); ++c) ok = order_[c] >= 0 && order_[c] < n_columns();
    for (const auto* forests : {&first_, &forests_}) {
        for (const RandomForestRegressor& forest : *forests)
            ok = ok && forest.n_features() == n_columns() - 1 && forest.n_outputs() == 1 && forest.schema().size() == 0;
    }
    if (!ok) throw CorruptModel("IterativeImputer: its forests do not fit its columns");
}

}  // namespace plantwright
