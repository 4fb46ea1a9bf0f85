// SPDX-License-Identifier: MIT
#include "preprocessing/nearest.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <vector>

#include "plantwright/core/isa.hpp"
#include "plantwright/core/threads.hpp"
#include "preprocessing/nearest_kernel.hpp"

namespace plantwright {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Points about their mean, in units (a power of two) of their largest coordinate.
struct Centred {
    Matrix points;
    double per_unit = 1;

    explicit Centred(const Matrix& given) : points(given.rows(), given.cols()) {
        double largest = 0;
        for (Index j = 0; j < given.cols(); ++j) {
            double mean = 0;
            for (Index i = 0; i < given.rows(); ++i) mean += given(i, j) / static_cast<double>(given.rows());
            for (Index i = 0; i < given.rows(); ++i) {
                points(i, j) = given(i, j) - mean;
                largest = std::max(largest, std::abs(points(i, j)));
            }
        }
        per_unit = std::ldexp(1.0, -std::clamp(std::ilogb(largest > 0 ? largest : 1), -1000, 1000));
        for (Index i = 0; i < points.rows() * points.cols(); ++i) points.data()[i] *= per_unit;
    }
};

double norm_of(const Matrix& points, Index row) {
    double square = 0;
    for (Index j = 0; j < points.cols(); ++j) square += points(row, j) * points(row, j);
    return std::sqrt(square);
}

/// Points by rising norm; in single precision by blocks, coordinate by coordinate, the last one filled up with points
/// that are infinitely far.
class SortedPoints {
public:
    explicit SortedPoints(const Matrix& points) : order_(static_cast<std::size_t>(points.rows())) {
        const Index n = points.rows(), d = points.cols();
        Vector norms(n);
        for (Index i = 0; i < n; ++i) norms[i] = norm_of(points, i);
        std::iota(order_.begin(), order_.end(), Index{0});
        std::stable_sort(order_.begin(), order_.end(), [&](Index a, Index b) { return norms[a] < norms[b]; });
        n_blocks_ = (n + kNearestBlock - 1) / kNearestBlock;
        rows_ = Matrix(n, d);
        points_ = Buffer<float>(n_blocks_ * d * kNearestBlock, 0.0F);
        squares_ = Buffer<float>(n_blocks_ * kNearestBlock, std::numeric_limits<float>::infinity());
        for (Index i = 0; i < n; ++i) {
            const Index row = order_[static_cast<std::size_t>(i)], block = i / kNearestBlock;
            for (Index j = 0; j < d; ++j) {
                rows_(i, j) = points(row, j);
                points_[(block * d + j) * kNearestBlock + i % kNearestBlock] = static_cast<float>(points(row, j));
            }
            squares_[i] = static_cast<float>(norms[row] * norms[row]);
            sorted_norms_.push_back(norms[row]);
            if (i % kNearestBlock == 0) norms_of_blocks_.emplace_back(norms[row], 0);
            norms_of_blocks_.back().second = norms[row];
        }
    }

    const Matrix& rows() const { return rows_; }  ///< in double precision, by place
    Index n_blocks() const { return n_blocks_; }
    Index row(Index place) const { return order_[static_cast<std::size_t>(place)]; }
    double norm(Index place) const { return sorted_norms_[static_cast<std::size_t>(place)]; }
    double lowest_norm(Index block) const { return norms_of_blocks_[static_cast<std::size_t>(block)].first; }
    double highest_norm(Index block) const { return norms_of_blocks_[static_cast<std::size_t>(block)].second; }
    NearestBlock block(Index i) const {
        const Index first = i * kNearestBlock;
        return {points_.data() + first * rows_.cols(), squares_.data() + first, rows_.cols(), first};
    }
    /// How far |p|^2 - 2 q.p may be off in single precision, p in the block: coordinates and |p|^2 are rounded to
    /// u = 2^-24 of themselves, and each of d products and additions once (Higham, "Accuracy and stability", 2002).
    double error_bound(double query_norm, Index block) const {
        const double p = highest_norm(block), u = 0x1p-24;
        return 1.1 * (static_cast<double>(rows_.cols()) + 6) * u * (p * p + 2 * p * query_norm) + 1e-37;
    }

private:
    std::vector<Index> order_;
    std::vector<double> sorted_norms_;
    std::vector<std::pair<double, double>> norms_of_blocks_;  // lowest and highest
    Matrix rows_;
    Buffer<float> points_, squares_;
    Index n_blocks_ = 0;
};

/// What may be among the k nearest of one query.
class Candidates {
public:
    /// `bound`: one that is known from the start.
    Candidates(Index place, double norm, Index k, double bound)
        : place_(place), norm_(norm), start_(bound), best_(static_cast<std::size_t>(k), kInfinity) {
        found_.reserve(kNearestBlock);
    }

    double norm() const { return norm_; }
    Index place() const { return place_; }
    double bound() const {
        return std::min(start_, best_.front());
    }  ///< the k-th nearest has |p|^2 - 2 q.p of at most this
    /// Whether every point of that range of norms is too far, since |p - q| >= ||p| - |q||.
    bool is_beyond(double lowest, double highest) const {
        const double gap = std::max({0.0, lowest - norm_, norm_ - highest}) * (1 - 1e-12);
        return gap * gap > (bound() + norm_ * norm_) * (1 + 1e-12) + 1e-30;
    }
    void take(std::int32_t place, double distance, double error) {
        if (place == place_ || distance - error > bound()) return;
        if (distance + error < best_.front()) {
            std::pop_heap(best_.begin(), best_.end());
            best_.back() = distance + error;
            std::push_heap(best_.begin(), best_.end());
        }
        found_.emplace_back(distance - error, place);
    }
    /// Their places, less those that nearer ones have since ruled out.
    std::vector<Index> places() const {
        std::vector<Index> places;
        for (const auto& [at_least, place] : found_) {
            if (at_least <= bound()) places.push_back(place);
        }
        return places;
    }

private:
    Index place_;
    double norm_, start_;
    std::vector<double> best_;  // a heap, the largest first
    std::vector<std::pair<double, std::int32_t>> found_;
};

double square_distance(const Matrix& points, double per_unit, Index a, Index b) {
    double sum = 0;
    for (Index j = 0; j < points.cols(); ++j) {
        const double step = (points(a, j) - points(b, j)) * per_unit;
        sum += step * step;
    }
    return sum;
}

/// To rounding, in two sums: it only bounds.
double rough_square_distance(ConstVectorView a, ConstVectorView b) {
    const double *x = a.data(), *y = b.data();
    double even = 0, odd = 0;
    Index j = 0;
    for (; j + 1 < a.size(); j += 2) {
        even += (x[j] - y[j]) * (x[j] - y[j]);
        odd += (x[j + 1] - y[j + 1]) * (x[j + 1] - y[j + 1]);
    }
    return j < a.size() ? even + odd + (x[j] - y[j]) * (x[j] - y[j]) : even + odd;
}

/// Of |p|^2 - 2 q.p: the k-th nearest among some rows of like norm, so that few of the first block pass.
double start_bound(const SortedPoints& points, Index place, Index k) {
    const Matrix& rows = points.rows();
    const Index n = std::min(rows.rows(), std::max<Index>(16, 3 * k));
    const Index first = std::clamp<Index>(place - n / 2, 0, rows.rows() - n);
    std::vector<double> squares;
    squares.reserve(static_cast<std::size_t>(n));
    for (Index i = first; i < first + n; ++i) {
        if (i != place) squares.push_back(rough_square_distance(rows.row(i), rows.row(place)));
    }
    if (std::ssize(squares) < k) return kInfinity;
    std::nth_element(squares.begin(), squares.begin() + (k - 1), squares.end());
    const double norm = points.norm(place);
    return squares[static_cast<std::size_t>(k - 1)] * (1 + 1e-12) - norm * norm * (1 - 1e-12) + 1e-30;
}

/// kNearestQueries queries that stand next to each other.
class QueryGroup {
public:
    QueryGroup(const SortedPoints& points, std::span<const Index> places, Index k)
        : points_(points), values_(points.rows().cols(), kNearestQueries, 0.0F) {
        for (const Index place : places) {
            const auto q = std::ssize(candidates_);
            candidates_.emplace_back(place, points.norm(place), k, start_bound(points, place, k));
            for (Index j = 0; j < values_.rows(); ++j) values_(j, q) = -2 * static_cast<float>(points.rows()(place, j));
        }
    }

    /// The queries' own block first: the nearest are found early, so that few others pass.
    const std::vector<Candidates>& search(NearestPassed& passed) {
        const Index own = candidates_.front().place() / kNearestBlock;
        look_at(own, passed);
        for (Index block = 0; block < points_.n_blocks(); ++block) {
            if (block != own) look_at(block, passed);
        }
        return candidates_;
    }

private:
    void look_at(Index block, NearestPassed& passed) {
        float bounds[kNearestQueries];
        std::fill_n(bounds, kNearestQueries, -std::numeric_limits<float>::infinity());
        double errors[kNearestQueries] = {};
        bool any = false;
        for (std::size_t q = 0; q < candidates_.size(); ++q) {
            const Candidates& c = candidates_[q];
            if (c.is_beyond(points_.lowest_norm(block), points_.highest_norm(block))) continue;
            errors[q] = points_.error_bound(c.norm(), block);
            const double most = std::min(c.bound() + errors[q], 1e37);
            bounds[q] = static_cast<float>(most + std::abs(most) * 0x1p-22);  // rounded up
            any = true;
        }
        if (!any) return;
        PLANTWRIGHT_KERNELS(kNearestKernels).pass(points_.block(block), values_.data(), bounds, passed);
        for (std::size_t q = 0; q < candidates_.size(); ++q) {
            for (std::int32_t i = 0; i < passed.n[q]; ++i)
                candidates_[q].take(passed.points[q][i], static_cast<double>(passed.distances[q][i]), errors[q]);
        }
    }

    const SortedPoints& points_;
    Table<float> values_;
    std::vector<Candidates> candidates_;
};

/// Puts the candidates' nearest into `out (k,)`.
void write_nearest(const Matrix& points, double per_unit, const SortedPoints& sorted, const Candidates& candidates,
                   VectorView<std::int32_t> out) {
    const Index row = sorted.row(candidates.place());
    std::vector<std::pair<double, Index>> exact;
    for (const Index place : candidates.places())
        exact.emplace_back(square_distance(points, per_unit, row, sorted.row(place)), sorted.row(place));
    std::partial_sort(exact.begin(), exact.begin() + out.size(), exact.end());
    for (Index i = 0; i < out.size(); ++i)
        out[i] = static_cast<std::int32_t>(exact[static_cast<std::size_t>(i)].second);
}

}  // namespace

Table<std::int32_t> nearest_rows(const Matrix& points, std::span<const Index> queries, Index k, int n_jobs) {
    const Centred centred(points);
    const SortedPoints sorted(centred.points);
    std::vector<Index> query_of_row(static_cast<std::size_t>(points.rows()), -1), places;
    for (std::size_t q = 0; q < queries.size(); ++q)
        query_of_row[static_cast<std::size_t>(queries[q])] = static_cast<Index>(q);
    for (Index place = 0; place < points.rows(); ++place) {
        if (query_of_row[static_cast<std::size_t>(sorted.row(place))] >= 0) places.push_back(place);
    }
    Table<std::int32_t> nearest(std::ssize(queries), k);
    const Index n_groups = (std::ssize(places) + kNearestQueries - 1) / kNearestQueries;
    parallel_for(n_groups, n_jobs, [&](Index group, int) {
        const auto first = static_cast<std::size_t>(group * kNearestQueries);
        const auto n = std::min<std::size_t>(kNearestQueries, places.size() - first);
        QueryGroup search(sorted, std::span(places).subspan(first, n), k);
        const auto passed = std::make_unique<NearestPassed>();
        for (const Candidates& candidates : search.search(*passed)) {
            const Index query = query_of_row[static_cast<std::size_t>(sorted.row(candidates.place()))];
            write_nearest(points, centred.per_unit, sorted, candidates, nearest.view().row(query));
        }
    });
    return nearest;
}

}  // namespace plantwright
