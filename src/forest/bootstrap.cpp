// SPDX-License-Identifier: MIT
#include "forest/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"

namespace plantwright {
namespace {

constexpr double kLargestWholeWeight = 0x7FFFFFFF;

double sum_of(const Vector& values) {
    double sum = 0;
    for (const double v : values) sum += v;
    return sum;
}

/// A fraction is of the rows, or of their total weight, as in scikit-learn; at least one draw.
Index count_draws(const RandomForestOptions& options, Index n_rows, const Vector& row_weight) {
    if (!options.max_samples) return n_rows;
    if (!options.max_samples->is_fraction()) return options.max_samples->count();
    const double rows = row_weight.empty() ? static_cast<double>(n_rows) : sum_of(row_weight);
    const double draws = options.max_samples->fraction() * rows;
    if (draws > kLargestWholeWeight) {
        throw InvalidArgument(
            "max_samples: a fraction of the total sample weight must give fewer than 2^31 draws, got " +
            std::to_string(draws));
    }
    return std::max<Index>(1, static_cast<Index>(draws));
}

bool is_whole(double weight) {
    return weight <= kLargestWholeWeight && weight == static_cast<double>(static_cast<std::int64_t>(weight));
}

/// Of draws that weigh one each; no branch depends on them.
void finish_draws(TreeSample& sample, Index n_rows) {
    const std::uint32_t* draws = sample.weight.draws.data();
    std::uint64_t total = 0;
    Index n = 0;
    for (Index i = 0; i < n_rows; ++i) {
        total += draws[i];
        n += draws[i] > 0;
    }
    sample.total_weight = static_cast<double>(total);
    sample.whole_weights = sample.total_weight <= kLargestWholeWeight;
    sample.rows = Buffer<RowId>::uninitialized(n);
    for (Index i = 0, k = 0; k < n; ++i) {
        sample.rows[k] = static_cast<RowId>(i);
        k += draws[i] > 0;
    }
}

void finish(TreeSample& sample, Index n_rows) {
    const RowWeights& weight = sample.weight;
    if (!weight.draws.empty() && weight.of_row == nullptr && weight.of_class.empty())
        return finish_draws(sample, n_rows);
    Index n = 0;
    for (Index i = 0; i < n_rows; ++i) {
        const double w = sample.weight[i];
        n += w > 0;
        sample.total_weight += w;
        sample.whole_weights &= is_whole(w);
    }
    sample.whole_weights &= sample.total_weight <= kLargestWholeWeight;
    sample.rows = Buffer<RowId>::uninitialized(n);
    RowId* out = sample.rows.data();
    for (Index i = 0; i < n_rows; ++i) {
        if (sample.weight[i] > 0) *out++ = static_cast<RowId>(i);
    }
}

}  // namespace

std::vector<double> balanced_weights(const Target& target, const std::vector<double>& count, double total) {
    const std::vector<Index> one_label{0, target.n_outputs};
    const std::vector<Index>& begin = target.class_begin.empty() ? one_label : target.class_begin;
    std::vector<double> weight(count.size());
    for (std::size_t k = 0; k + 1 < begin.size(); ++k) {
        const auto first = count.begin() + begin[k], last = count.begin() + begin[k + 1];
        const auto n_present = static_cast<double>(std::count_if(first, last, [](double c) { return c > 0; }));
        std::transform(first, last, weight.begin() + begin[k],
                       [&](double c) { return c > 0 ? total / (n_present * c) : 0; });
    }
    return weight;
}

BootstrapSampler::BootstrapSampler(const RandomForestOptions& options, const Target& target, Index n_rows,
                                   Vector row_weight)
    : target_(target), seed_(options.random_state), bootstrap_(options.bootstrap),
      balance_(options.bootstrap && options.class_weight.kind == ClassWeight::Kind::balanced_subsample),
      n_rows_(n_rows), n_draws_(count_draws(options, n_rows, row_weight)), row_weight_(std::move(row_weight)) {
    if (balance_ && !target_.is_classification()) number_combinations();
    if (!bootstrap_ || row_weight_.empty()) return;
    cumulative_ = row_weight_;
    for (Index i = 1; i < n_rows; ++i) cumulative_[i] += cumulative_[i - 1];
}

Buffer<std::uint32_t> BootstrapSampler::draw_counts(Index tree) const {
    if (!row_weight_.empty()) return weighted_draws(seed_, tree);
    RandomStream stream(seed_, static_cast<std::uint64_t>(tree), Purpose::bootstrap);
    return bootstrap_counts(stream, n_rows_, n_draws_);
}

/// By inversion of the cumulative weights; a row of weight 0 is never drawn.
Buffer<std::uint32_t> BootstrapSampler::weighted_draws(std::uint64_t seed, Index tree) const {
    RandomStream stream(seed, static_cast<std::uint64_t>(tree), Purpose::bootstrap);
    Buffer<std::uint32_t> counts(n_rows_);
    const double total = cumulative_[n_rows_ - 1];
    for (Index i = 0; i < n_draws_; ++i) {
        const double* row = std::upper_bound(cumulative_.begin(), cumulative_.end(), stream.uniform() * total);
        if (row == cumulative_.end())
            row = std::lower_bound(cumulative_.begin(), cumulative_.end(), total);  // rounding
        ++counts[row - cumulative_.begin()];
    }
    return counts;
}

SampleWeights BootstrapSampler::weights() const {
    if (bootstrap_)
        return {.whole = !balance_, .largest_total = static_cast<double>(n_draws_), .largest_row = most_draws()};
    if (row_weight_.empty()) return {.whole = true, .largest_total = static_cast<double>(n_rows_), .largest_row = 1};
    const double sum = sum_of(row_weight_);
    const bool whole = sum <= kLargestWholeWeight && std::all_of(row_weight_.begin(), row_weight_.end(), is_whole);
    return {
        .whole = whole, .largest_total = sum, .largest_row = *std::max_element(row_weight_.begin(), row_weight_.end())};
}

/// Of one row, with m draws expected: by Bernstein's inequality more than m + t come with a probability below exp(-t^2
/// / (2 m + t)), here e^-100. A class's balance may multiply them further, and is then cut off (PackedTarget::pack).
double BootstrapSampler::most_draws() const {
    double share = 1 / static_cast<double>(n_rows_);
    if (!row_weight_.empty())
        share = *std::max_element(row_weight_.begin(), row_weight_.end()) / cumulative_[n_rows_ - 1];
    const double m = static_cast<double>(n_draws_) * share;
    return std::min(m + 100 + 15 * std::sqrt(m), static_cast<double>(n_draws_));
}

TreeSample BootstrapSampler::sample(Index tree) const {
    TreeSample sample;
    if (bootstrap_) {
        sample.weight.draws = draw_counts(tree);
    } else if (!row_weight_.empty()) {
        sample.weight.of_row = row_weight_.data();
    }
    if (balance_) balance_classes(sample.weight);
    finish(sample, n_rows_);
    return sample;
}

void BootstrapSampler::number_combinations() {
    std::map<std::vector<std::size_t>, std::int32_t> numbers;
    combination_ = Buffer<std::int32_t>(n_rows_);
    for (Index i = 0; i < n_rows_; ++i) {
        std::vector<std::size_t> classes;
        target_.for_each_class(i, [&](std::size_t c) { classes.push_back(c); });
        const auto [at, is_new] = numbers.try_emplace(classes, static_cast<std::int32_t>(combinations_.size()));
        if (is_new) combinations_.push_back(std::move(classes));
        combination_[i] = at->second;
    }
}

/// Each class gets the same total weight: n_draws / (n_classes_drawn * count_k) a draw. Of several labels a draw weighs
/// the product, all together n_draws.
void BootstrapSampler::balance_classes(RowWeights& weight) const {
    const auto n_draws = static_cast<double>(n_draws_);
    std::vector<double> count(static_cast<std::size_t>(target_.n_outputs));
    for (Index i = 0; i < n_rows_; ++i) target_.for_each_class(i, [&](std::size_t c) { count[c] += weight[i]; });
    const std::vector<double> of_class = balanced_weights(target_, count, n_draws);
    if (target_.is_classification()) {
        weight.of_class = of_class;
        weight.label = target_.label.data();
        return;
    }
    std::vector<double> product(combinations_.size(), 1.0);
    for (std::size_t k = 0; k < product.size(); ++k) {
        for (const std::size_t c : combinations_[k]) product[k] *= of_class[c];
    }
    double total = 0;
    for (Index i = 0; i < n_rows_; ++i) total += weight[i] * product[static_cast<std::size_t>(combination_[i])];
    for (double& w : product) w *= n_draws / total;
    weight.of_class = std::move(product);
    weight.label = combination_.data();
}

}  // namespace plantwright
