// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/quantile_transformer.hpp"

#include <algorithm>
#include <cmath>

#include "preprocessing/normal_distribution.hpp"
#include "preprocessing/order_statistics.hpp"
#include "preprocessing/scaling.hpp"

namespace plantwright {
namespace {

constexpr double kBound = 1e-7;  // ranks nearer to the ends than this are the ends

Vector evenly_spaced(Index n) {
    Vector values(n, 0.0);
    const double step = n > 1 ? 1 / static_cast<double>(n - 1) : 0;
    for (Index i = 1; i < n; ++i) values[i] = static_cast<double>(i) * step;
    if (n > 1) values[n - 1] = 1;
    return values;
}

/// How many of the rising `x` are `< value` (or `<= value`): a search without branches.
template <class Less>
Index count_while(const double* x, Index n, double value, const Less& less) {
    const double* first = x;
    while (n > 1) {
        const Index half = n / 2;
        first += half * static_cast<Index>(less(first[half - 1], value));  // a product: no branch to mispredict
        n -= half;
    }
    return first - x + (n == 1 && less(*first, value) ? 1 : 0);
}

/// The line through points j and j + 1, at x, as NumPy's interp draws it.
double on_line(const double* xs, const double* ys, Index from, Index to, double x) {
    const double slope = (ys[to] - ys[from]) / (xs[to] - xs[from]);
    return slope * (x - xs[from]) + ys[from];
}

double to_rank(const double* quantiles, const double* references, Index n, double x) {
    const Index at_most = count_while(quantiles, n, x, [](double q, double v) { return q <= v; });
    if (at_most == 0) return references[0];
    const Index last = at_most - 1;  // of the quantiles that are not above x
    if (quantiles[last] != x) {
        if (last == n - 1) return references[n - 1];
        const Index next = last + 1;
        const double slope = (references[next] - references[last]) / (quantiles[next] - quantiles[last]);
        const double up = slope * (x - quantiles[last]) + references[last];
        const double down = slope * (x - quantiles[next]) + references[next];
        return 0.5 * (up + down);
    }
    const Index first = count_while(quantiles, n, x, [](double q, double v) { return q < v; });
    return 0.5 * (references[last] + references[first]);
}

double from_rank(const double* quantiles, const double* references, Index n, double u) {
    const Index at_most = count_while(references, n, u, [](double r, double v) { return r <= v; });
    if (at_most == 0) return quantiles[0];
    if (at_most == n) return quantiles[n - 1];
    return on_line(references, quantiles, at_most - 1, at_most, u);
}

double normal_of(double u) {
    static const double kLow = normal_quantile(kBound - 0x1p-52), kHigh = normal_quantile(1 - (kBound - 0x1p-52));
    return std::clamp(normal_quantile(u), kLow, kHigh);
}

}  // namespace

QuantileTransformer QuantileTransformer::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    if (options.n_quantiles < 1) {
        throw InvalidArgument("QuantileTransformer: n_quantiles must be at least 1, got " +
                              std::to_string(options.n_quantiles));
    }
    QuantileTransformer step;
    step.options_ = options;
    step.reads_ = select_columns(Options::kStepType, frame.schema(), options.columns, {ColumnKind::number});
    step.write_in_place(Quantity::other);
    const Index n = std::max<Index>(1, std::min<Index>(options.n_quantiles, frame.rows()));
    step.references_ = evenly_spaced(n);
    step.quantiles_ = Matrix(std::ssize(step.reads_), n);
    std::vector<double> probabilities(static_cast<std::size_t>(n));
    for (Index i = 0; i < n; ++i)
        probabilities[static_cast<std::size_t>(i)] = step.references_[i] * 100 / 100;  // rounds as percentages do
    for_each_column(Options::kStepType, frame, step.reads_, n_jobs, [&](Index k, Buffer<double>& values) {
        const Vector q = quantiles_of(values, probabilities);
        std::copy(q.begin(), q.end(), &step.quantiles_(k, 0));
    });
    return step;
}

void QuantileTransformer::map(Index k, std::span<const double> in, double* out) const {
    const Index n = references_.size();
    const double *q = &quantiles_(k, 0), low = q[0], high = q[n - 1];
    const bool normal = options_.output_distribution == OutputDistribution::normal;
    const double margin = normal ? kBound : 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const double x = in[i];
        double u = std::isnan(x) || std::isnan(low) ? kNaN : to_rank(q, references_.data(), n, x);
        if (normal ? x + margin > high : x == high) u = 1;
        if (normal ? x - margin < low : x == low) u = 0;
        out[i] = normal && !std::isnan(u) ? normal_of(u) : u;
    }
}

void QuantileTransformer::unmap(Index k, std::span<const double> in, double* out) const {
    const Index n = references_.size();
    const double* q = &quantiles_(k, 0);
    const bool normal = options_.output_distribution == OutputDistribution::normal;
    const double margin = normal ? kBound : 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const double u = normal ? normal_distribution(in[i]) : in[i];
        double x = std::isnan(u) ? kNaN : from_rank(q, references_.data(), n, u);
        if (normal ? u + margin > 1 : u == 1) x = q[n - 1];
        if (normal ? u - margin < 0 : u == 0) x = q[0];
        out[i] = x;
    }
}

Step::Fitted QuantileTransformer::fitted() const {
    Vector flat(quantiles_.rows() * quantiles_.cols());
    for (Index i = 0; i < flat.size(); ++i) flat[i] = quantiles_.data()[i];
    return {{"references_", references_}, {"quantiles_", std::move(flat)}};
}

void QuantileTransformer::keep_columns(std::span<const Index> kept) {
    Matrix fewer(std::ssize(kept), quantiles_.cols());
    for (Index k = 0; k < fewer.rows(); ++k) {
        const double* of_column = &quantiles_(kept[static_cast<std::size_t>(k)], 0);
        std::copy(of_column, of_column + quantiles_.cols(), &fewer(k, 0));
    }
    quantiles_ = std::move(fewer);
    keep(kept, options_.columns, {});
}

void QuantileTransformer::validate() const {
    Step::validate();
    const bool shapes =
        references_.size() >= 1 && quantiles_.rows() == std::ssize(reads()) && quantiles_.cols() == references_.size();
    if (!shapes || !std::is_sorted(references_.begin(), references_.end()))
        throw CorruptModel("QuantileTransformer: quantiles and references do not fit together");
}

}  // namespace plantwright
