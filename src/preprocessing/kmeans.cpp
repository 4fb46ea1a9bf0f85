// SPDX-License-Identifier: MIT
#include "preprocessing/kmeans.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "plantwright/core/elementary.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

constexpr Index kPartRows = 4096;  // whose sums are added in order, whatever the threads

/// Points beside each other, so that the distances of a row to several are found at once; each sum has the order, and
/// the bits, of squared_distance, without waiting for each other.
class Points {
public:
    Points(Index n_points, Index n_values)
        : n_values_(n_values), lanes_((n_points + kLanes - 1) / kLanes * n_values, kLanes, 0.0) {}

    void set(Index p, const double* point) {
        for (Index j = 0; j < n_values_; ++j) lanes_(p / kLanes * n_values_ + j, p % kLanes) = point[j];
    }
    Index n_padded() const { return n_values_ > 0 ? lanes_.rows() / n_values_ * kLanes : 0; }

    /// `(n_padded,)`, those beyond the points without meaning.
    void squared_distances(const double* row, double* distances) const {
        const double* point = lanes_.data();
        for (Index p = 0; p < n_padded(); p += kLanes) {
            double sums[kLanes] = {};
            for (Index j = 0; j < n_values_; ++j, point += kLanes) {
                for (Index k = 0; k < kLanes; ++k) sums[k] += (row[j] - point[k]) * (row[j] - point[k]);
            }
            std::copy_n(sums, kLanes, distances + p);
        }
    }

private:
    static constexpr Index kLanes = 8;
    Index n_values_;
    Matrix lanes_;  // of points 8 b to 8 b + 7 the values j in row b n_values + j
};

/// One start.
class Lloyd {
public:
    Lloyd(const Matrix& rows, const KMeansRequest& request, Index start)
        : rows_(rows), request_(request), n_parts_((rows.rows() + kPartRows - 1) / kPartRows),
          random_(request.seed, static_cast<std::uint64_t>(start), Purpose::split),
          centers_(request.n_clusters, rows.cols()), nearest_(rows.rows(), 0),
          distance_(rows.rows(), std::numeric_limits<double>::infinity()) {}

    KMeansCenters run() {
        choose_centers();
        Index n_iterations = 0;
        double moved = std::numeric_limits<double>::infinity();
        while (n_iterations < request_.max_iter && moved > request_.tolerance) {
            const bool changed = assign();
            if (!changed && n_iterations > 0) break;
            moved = move_centers();
            ++n_iterations;
        }
        assign();
        double inertia = 0;
        for (const double d : distance_) inertia += d;
        return {std::move(centers_), inertia, n_iterations};
    }

private:
    const double* row(Index i) const { return rows_.data() + i * rows_.cols(); }
    double* center(Index c) { return centers_.data() + c * centers_.cols(); }
    void for_each_part(const auto& f) {
        parallel_for(n_parts_, request_.n_jobs, [&](Index part, int) {
            f(part, part * kPartRows, std::min((part + 1) * kPartRows, rows_.rows()));
        });
    }

    /// Each further centre: of several rows drawn by their squared distance to the nearest centre so far, the one that
    /// leaves the least inertia.
    void choose_centers() {
        const auto n_rows = static_cast<std::uint64_t>(rows_.rows());
        take_center(0, static_cast<Index>(random_.below(n_rows)));
        const auto n_draws = 2 + static_cast<Index>(elementary::log(static_cast<double>(request_.n_clusters)));
        std::vector<Index> candidates(static_cast<std::size_t>(n_draws));
        for (Index c = 1; c < request_.n_clusters; ++c) {
            for (Index& candidate : candidates) candidate = draw_row();
            const Vector inertia = inertia_with(candidates);
            const auto best = std::min_element(inertia.begin(), inertia.end()) - inertia.begin();
            take_center(c, candidates[static_cast<std::size_t>(best)]);
        }
    }
    void take_center(Index c, Index i) {
        std::copy_n(row(i), rows_.cols(), center(c));
        for_each_part([&](Index, Index begin, Index end) {
            for (Index r = begin; r < end; ++r)
                distance_[r] = std::min(distance_[r], squared_distance(row(r), center(c), rows_.cols()));
        });
    }
    Index draw_row() {
        double total = 0;
        for (const double d : distance_) total += d;
        double left = random_.uniform() * total;
        Index i = 0;
        for (; i + 1 < distance_.size(); ++i) {
            left -= distance_[i];
            if (left < 0) break;
        }
        return i;
    }
    /// Of each candidate, if it were the next centre.
    Vector inertia_with(const std::vector<Index>& candidates) {
        const Index n = std::ssize(candidates);
        Points points(n, rows_.cols());
        for (Index k = 0; k < n; ++k) points.set(k, row(candidates[static_cast<std::size_t>(k)]));
        Matrix sums(n_parts_, n, 0.0);
        for_each_part([&](Index part, Index begin, Index end) {
            Vector distances(points.n_padded());
            for (Index r = begin; r < end; ++r) {
                points.squared_distances(row(r), distances.data());
                for (Index k = 0; k < n; ++k) sums(part, k) += std::min(distance_[r], distances[k]);
            }
        });
        Vector total(n, 0.0);
        for (Index part = 0; part < n_parts_; ++part) {
            for (Index k = 0; k < n; ++k) total[k] += sums(part, k);
        }
        return total;
    }

    /// Rows to their nearest centres, the first of several; whether any went to another.
    bool assign() {
        const Index n = centers_.rows();
        Points points(n, rows_.cols());
        for (Index c = 0; c < n; ++c) points.set(c, center(c));
        std::vector<std::uint8_t> changed(static_cast<std::size_t>(n_parts_));
        for_each_part([&](Index part, Index begin, Index end) {
            Vector distances(points.n_padded());
            for (Index r = begin; r < end; ++r) {
                points.squared_distances(row(r), distances.data());
                const double* least = std::min_element(distances.data(), distances.data() + n);
                const auto best = static_cast<std::int32_t>(least - distances.data());
                if (nearest_[r] != best) changed[static_cast<std::size_t>(part)] = 1;
                nearest_[r] = best;
                distance_[r] = *least;
            }
        });
        return std::find(changed.begin(), changed.end(), 1) != changed.end();
    }

    /// Sums and counts of the rows of each centre, `(n_clusters, d + 1)`.
    Matrix sums_of_clusters() {
        const Index k = centers_.rows(), d = rows_.cols();
        std::vector<Matrix> parts(static_cast<std::size_t>(n_parts_), Matrix(k, d + 1, 0.0));
        for_each_part([&](Index part, Index begin, Index end) {
            Matrix& sums = parts[static_cast<std::size_t>(part)];
            for (Index r = begin; r < end; ++r) {
                double* sum = sums.data() + nearest_[r] * (d + 1);
                for (Index j = 0; j < d; ++j) sum[j] += rows_(r, j);
                sum[d] += 1;
            }
        });
        Matrix total(k, d + 1, 0.0);
        for (const Matrix& part : parts) {
            for (Index i = 0; i < k * (d + 1); ++i) total.data()[i] += part.data()[i];
        }
        return total;
    }
    /// A cluster without rows takes the row that is farthest from its centre.
    void fill_empty(Matrix& sums) {
        const Index d = rows_.cols();
        for (Index c = 0; c < sums.rows(); ++c) {
            if (sums(c, d) > 0) continue;
            const Index r = std::max_element(distance_.begin(), distance_.end()) - distance_.begin();
            const Index from = nearest_[r];
            if (sums(from, d) < 2) continue;  // fewer distinct rows than clusters
            for (Index j = 0; j <= d; ++j) {
                const double x = j < d ? rows_(r, j) : 1;
                sums(from, j) -= x;
                sums(c, j) += x;
            }
            nearest_[r] = static_cast<std::int32_t>(c);
            distance_[r] = 0;
        }
    }
    /// To the means of their rows; the sum of the squared moves.
    double move_centers() {
        Matrix sums = sums_of_clusters();
        fill_empty(sums);
        const Index d = rows_.cols();
        double moved = 0;
        for (Index c = 0; c < sums.rows(); ++c) {
            if (!(sums(c, d) > 0)) continue;
            for (Index j = 0; j < d; ++j) {
                const double mean = sums(c, j) / sums(c, d), step = mean - centers_(c, j);
                moved += step * step;
                centers_(c, j) = mean;
            }
        }
        return moved;
    }

    const Matrix& rows_;
    const KMeansRequest& request_;
    Index n_parts_;
    RandomStream random_;
    Matrix centers_;
    Buffer<std::int32_t> nearest_;
    Vector distance_;  // squared, of each row to its centre
};

}  // namespace

KMeansCenters kmeans(const Matrix& rows, const KMeansRequest& request) {
    KMeansCenters best;
    for (Index start = 0; start < request.n_init; ++start) {
        KMeansCenters found = Lloyd(rows, request, start).run();
        if (start == 0 || found.inertia < best.inertia) best = std::move(found);
    }
    return best;
}

}  // namespace plantwright
