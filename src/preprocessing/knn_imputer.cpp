// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/knn_imputer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "plantwright/core/isa.hpp"
#include "plantwright/core/threads.hpp"
#include "preprocessing/column_passes.hpp"
#include "preprocessing/fitting.hpp"
#include "preprocessing/imputed_columns.hpp"
#include "preprocessing/nan_distance_kernel.hpp"

namespace plantwright {
namespace {

/// A training row and its squared distance; the earlier of two equally near goes first.
struct Neighbor {
    double distance;
    Index row;
    bool operator<(const Neighbor& other) const {
        return distance < other.distance || (distance == other.distance && row < other.row);
    }
};

/// The nearest training rows that `may_give`, nearest first; those without a distance never do.
void nearest(const double* distance, Index n, std::size_t n_wanted, const auto& may_give,
             std::vector<Neighbor>& found) {
    found.clear();
    for (Index row = 0; row < n; ++row) {
        const bool full = found.size() == n_wanted;
        if (!(full ? distance[row] < found.front().distance : distance[row] == distance[row]) || !may_give(row))
            continue;
        if (full) {
            std::pop_heap(found.begin(), found.end());
            found.pop_back();
        }
        found.push_back({distance[row], row});
        std::push_heap(found.begin(), found.end());
    }
    std::sort_heap(found.begin(), found.end());
}

double mean_of(std::span<const Neighbor> donors, ConstVectorView column, NeighborWeights weights) {
    const bool equal = weights == NeighborWeights::uniform;
    const bool has_twin = !equal && donors.front().distance == 0;
    double sum = 0, total = 0;
    for (const Neighbor& donor : donors) {
        double weight = equal ? 1 : 1 / std::sqrt(donor.distance);
        if (has_twin) weight = donor.distance == 0 ? 1 : 0;
        sum += weight * column[donor.row];
        total += weight;
    }
    return total > 0 ? sum / total : column[donors.front().row];  // all of them infinitely far
}

/// Room for a few rows at once.
struct Desk final : StepState {
    Desk(Index n_columns, Index n_tiles, std::size_t n_neighbors, Index n_queries)
        : queries(n_queries * n_columns), distances(n_queries * n_tiles * kDistanceLanes),
          n_candidates(8 * n_neighbors + 16) {
        near.reserve(n_candidates + 1);
        donors.reserve(n_candidates + 1);
    }
    std::unique_ptr<StepState> clone() const override { return std::make_unique<Desk>(*this); }
    Desk(const Desk& other)
        : StepState(other), queries(other.queries), distances(other.distances), n_candidates(other.n_candidates) {
        near.reserve(n_candidates + 1);
        donors.reserve(n_candidates + 1);
    }

    Buffer<double> queries, distances;
    std::size_t n_candidates;
    std::vector<Neighbor> near, donors;
};

/// What rows are filled from.
struct Training {
    const Matrix& rows;
    const Buffer<double>& tiles;
    const Vector& means;
    std::size_t n_neighbors;
    NeighborWeights weights;

    Index n_tiles() const { return (rows.rows() + kDistanceLanes - 1) / kDistanceLanes; }

    void measure(Desk& desk, Index n_queries) const {
        PLANTWRIGHT_KERNELS(kNanDistanceKernels)
            .distances({desk.queries.data(), n_queries, rows.cols(), tiles.data(), n_tiles(), desk.distances.data()});
    }

    /// Fills the gaps of query q, whose distances are measured. Candidates serve all its columns; a column that few of
    /// them have looks at all rows again.
    void fill(Desk& desk, Index q) const {
        double* const query = desk.queries.data() + q * rows.cols();
        const double* const distance = desk.distances.data() + q * n_tiles() * kDistanceLanes;
        nearest(distance, rows.rows(), desk.n_candidates, [](Index) { return true; }, desk.near);
        const bool all = desk.near.size() < desk.n_candidates;
        for (Index j = 0; j < rows.cols(); ++j) {
            if (!std::isnan(query[j])) continue;
            const ConstVectorView column = rows.view().col(j);
            desk.donors.clear();
            for (const Neighbor& candidate : desk.near) {
                if (desk.donors.size() == n_neighbors) break;
                if (!std::isnan(column[candidate.row])) desk.donors.push_back(candidate);
            }
            if (desk.donors.size() < n_neighbors && !all) {
                const auto has = [&](Index row) { return !std::isnan(column[row]); };
                nearest(distance, rows.rows(), n_neighbors, has, desk.donors);
            }
            query[j] = desk.donors.empty() ? means[j] : mean_of(desk.donors, column, weights);
        }
    }
};

}  // namespace

KNNImputer KNNImputer::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    if (options.n_neighbors < 1)
        throw InvalidArgument("KNNImputer: n_neighbors must be at least 1, got " + std::to_string(options.n_neighbors));
    KNNImputer step;
    step.options_ = options;
    step.reads_ = select_columns(Options::kStepType, frame.schema(), options.columns, {ColumnKind::number});
    const auto moments = column_moments(Options::kStepType, frame, step.reads_, n_jobs);
    step.means_ = Vector(step.n_columns());
    step.training_ = Matrix(frame.rows(), step.n_columns());
    for (Index k = 0; k < step.n_columns(); ++k) {
        const auto at = static_cast<std::size_t>(k);
        step.means_[k] = moments[at].mean;
        const Buffer<double> values = frame.column(step.reads_[at].name).to_float64();
        for (Index i = 0; i < values.size(); ++i) step.training_(i, k) = values[i];
    }
    step.indicated_ = columns_with_gaps(frame, step.reads_, options.add_indicator);
    step.set_writes(imputed_writes(step.reads_, step.indicated_));
    step.lay_out_tiles();
    return step;
}

void KNNImputer::lay_out_tiles() {
    const Index n_tiles = (training_.rows() + kDistanceLanes - 1) / kDistanceLanes, d = training_.cols();
    tiles_ = Buffer<double>(n_tiles * kDistanceLanes * d, kNaN);
    for (Index i = 0; i < training_.rows(); ++i) {
        double* const tile = tiles_.data() + i / kDistanceLanes * kDistanceLanes * d + i % kDistanceLanes;
        for (Index j = 0; j < d; ++j) tile[j * kDistanceLanes] = training_(i, j);
    }
}

std::unique_ptr<StepState> KNNImputer::start() const {
    const auto n = static_cast<std::size_t>(std::min<std::int64_t>(options_.n_neighbors, training_.rows()));
    return std::make_unique<Desk>(n_columns(), tiles_.size() / std::max<Index>(1, kDistanceLanes * n_columns()), n, 1);
}

void KNNImputer::update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const {
    auto& desk = static_cast<Desk&>(*state);
    tell_gaps(read, indicated_, written.subspan(read.size()));
    bool has_gap = false;
    for (std::size_t k = 0; k < read.size(); ++k) {
        desk.queries[static_cast<Index>(k)] = read[k].number;
        has_gap |= std::isnan(read[k].number);
    }
    if (has_gap) {
        const auto n = static_cast<std::size_t>(std::min<std::int64_t>(options_.n_neighbors, training_.rows()));
        const Training training{training_, tiles_, means_, n, options_.weights};
        training.measure(desk, 1);
        training.fill(desk, 0);
    }
    for (std::size_t k = 0; k < read.size(); ++k) written[k].number = desk.queries[static_cast<Index>(k)];
}

std::vector<Column> KNNImputer::compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const {
    const auto n = static_cast<std::size_t>(std::min<std::int64_t>(options_.n_neighbors, training_.rows()));
    const Training training{training_, tiles_, means_, n, options_.weights};
    ImputedColumns columns(inputs, n_rows);
    const std::vector<Index> gaps = columns.rows_with_gaps();
    const Index n_batches = (std::ssize(gaps) + kDistanceQueries - 1) / kDistanceQueries;
    std::vector<std::unique_ptr<Desk>> desks(static_cast<std::size_t>(n_jobs));
    parallel_for(n_batches, n_jobs, [&](Index b, int thread) {
        auto& desk = desks[static_cast<std::size_t>(thread)];
        if (!desk) desk = std::make_unique<Desk>(n_columns(), training.n_tiles(), n, kDistanceQueries);
        const Index begin = b * kDistanceQueries, end = std::min(begin + kDistanceQueries, std::ssize(gaps));
        for (Index q = begin; q < end; ++q)
            columns.get(gaps[static_cast<std::size_t>(q)], desk->queries.data() + (q - begin) * n_columns());
        training.measure(*desk, end - begin);
        for (Index q = begin; q < end; ++q) {
            training.fill(*desk, q - begin);
            columns.set(gaps[static_cast<std::size_t>(q)], desk->queries.data() + (q - begin) * n_columns());
        }
    });
    return columns.finish(inputs, indicated_);
}

void KNNImputer::validate() const {
    Step::validate();
    require_one_each(*this, means_);
    const bool ok = training_.cols() == n_columns() && training_.rows() >= 1 && n_columns() >= 1 &&
                    options_.n_neighbors >= 1 && are_imputed_writes(*this, indicated_) &&
                    std::none_of(training_.data(), training_.data() + training_.rows() * training_.cols(),
                                 [](double x) { return std::isinf(x); });
    if (!ok) throw CorruptModel("KNNImputer: its training rows do not fit its columns");
}

}  // namespace plantwright
