// SPDX-License-Identifier: MIT
#include "preprocessing/chained_forests.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "plantwright/core/random.hpp"

namespace plantwright {
namespace {

constexpr std::int64_t kRoundsUntrained = 3;  // of later rows, where no training row had a gap

/// A column's rows that have it and those that do not.
struct ChainedColumn {
    Index k;
    std::vector<Index> present, missing;
};

class Chain {
public:
    Chain(const Matrix& rows, const Vector& initial, const Vector& deviation, const IterativeImputerOptions& options,
          int n_jobs)
        : X_(rows), deviation_(deviation), options_(options), n_jobs_(n_jobs) {
        for (Index k = 0; k < X_.cols(); ++k) {
            ChainedColumn column{k, {}, {}};
            for (Index i = 0; i < X_.rows(); ++i) (std::isnan(X_(i, k)) ? column.missing : column.present).push_back(i);
            for (const Index i : column.missing) X_(i, k) = initial[k];
            if (!column.present.empty()) columns_.push_back(std::move(column));
        }
        std::stable_sort(columns_.begin(), columns_.end(),
                         [](const auto& a, const auto& b) { return a.missing.size() < b.missing.size(); });
        const auto has_gaps = [](const ChainedColumn& column) { return !column.missing.empty(); };
        n_complete_ = std::find_if(columns_.begin(), columns_.end(), has_gaps) - columns_.begin();
    }

    ChainedForests run() {
        ChainedForests chain;
        double change = std::numeric_limits<double>::infinity();
        while (chain.n_iter < options_.max_iter && n_complete_ < std::ssize(columns_)) {
            const Matrix before = X_;
            std::vector<RandomForestRegressor> forests = round();
            const double moved = change_since(before);
            if (moved > change) {  // the forests' own noise by now
                X_ = before;
                break;
            }
            if (chain.n_iter == 1) chain.first = std::move(chain.forests);
            chain.forests = std::move(forests);
            ++chain.n_iter;
            change = moved;
            if (change < options_.tol) break;
        }
        for (Index c = n_complete_; c < std::ssize(columns_) && chain.n_iter > 0; ++c)
            chain.order.push_back(columns_[static_cast<std::size_t>(c)].k);
        if (options_.max_iter > 0 && !options_.skip_complete) add_complete(chain);
        return chain;
    }

private:
    std::vector<RandomForestRegressor> round() {
        std::vector<RandomForestRegressor> forests;
        for (Index c = n_complete_; c < std::ssize(columns_); ++c) {
            const ChainedColumn& column = columns_[static_cast<std::size_t>(c)];
            forests.push_back(fitted(column));
            const Vector predicted = forests.back().predict(others(column.missing, column.k), n_jobs_);
            for (std::size_t i = 0; i < column.missing.size(); ++i)
                X_(column.missing[i], column.k) = predicted[static_cast<Index>(i)];
        }
        return forests;
    }

    /// Forests for gaps to come, behind those of the columns that have gaps.
    void add_complete(ChainedForests& chain) {
        for (Index c = 0; c < n_complete_; ++c) {
            const ChainedColumn& column = columns_[static_cast<std::size_t>(c)];
            chain.forests.push_back(fitted(column));
            chain.order.push_back(column.k);
        }
        if (chain.n_iter == 0) chain.n_iter = std::min(kRoundsUntrained, options_.max_iter);
    }

    RandomForestRegressor fitted(const ChainedColumn& column) const {
        const Index n = std::ssize(column.present);
        Vector y(n);
        for (Index i = 0; i < n; ++i) y[i] = X_(column.present[static_cast<std::size_t>(i)], column.k);
        RandomForestOptions options{.n_estimators = static_cast<int>(options_.n_estimators),
                                    .min_samples_leaf = Index{options_.min_samples_leaf},
                                    .n_jobs = n_jobs_};
        if (options_.max_depth) options.max_depth = static_cast<int>(*options_.max_depth);
        if (options_.estimator == ImputerForest::extra_trees) options = extra_trees(options);
        const auto stream = static_cast<std::uint64_t>(column.k);  // the same in each round, so that rounds settle
        options.random_state =
            RandomStream(static_cast<std::uint64_t>(options_.random_state), stream, Purpose::bootstrap).next() >> 1;
        return RandomForestRegressor::fit(others(column.present, column.k), y, options);
    }

    Matrix others(const std::vector<Index>& rows, Index k) const {
        Matrix result(std::ssize(rows), X_.cols() - 1);
        for (std::size_t i = 0; i < rows.size(); ++i)
            others_of(X_.data() + rows[i] * X_.cols(), X_.cols(), k,
                      result.data() + static_cast<Index>(i) * result.cols());
        return result;
    }

    /// Root mean square over what is imputed, in standard deviations.
    double change_since(const Matrix& before) const {
        double squares = 0, n = 0;
        for (const ChainedColumn& column : columns_) {
            const double scale = deviation_[column.k] > 0 ? deviation_[column.k] : 1;
            for (const Index i : column.missing) {
                const double change = (X_(i, column.k) - before(i, column.k)) / scale;
                squares += change * change;
                ++n;
            }
        }
        return std::sqrt(squares / n);
    }

    Matrix X_;
    const Vector& deviation_;
    const IterativeImputerOptions& options_;
    int n_jobs_;
    std::vector<ChainedColumn> columns_;  // by rising number of gaps
    Index n_complete_ = 0;                // of those, the first, have none
};

}  // namespace

ChainedForests fit_chained_forests(const Matrix& rows, const Vector& initial, const Vector& deviation,
                                   const IterativeImputerOptions& options, int n_jobs) {
    return Chain(rows, initial, deviation, options, n_jobs).run();
}

}  // namespace plantwright
