// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/smote.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "plantwright/core/random.hpp"
#include "plantwright/core/threads.hpp"
#include "preprocessing/class_counts.hpp"
#include "preprocessing/fresh_buffer.hpp"
#include "preprocessing/moments.hpp"
#include "preprocessing/nearest.hpp"

namespace plantwright {
namespace {

struct SmoteRequest {
    std::string_view who;
    Index k;
    std::uint64_t seed;
    std::vector<ColumnSpec> numbers, categories;  // that neighbours are near in
};

void require_finite(const SmoteRequest& request, const Frame& frame, const ClassCounts& classes) {
    const auto fail = [&](const std::string& what, const std::string& column, Index row) {
        throw InvalidArgument(std::string(request.who) + ": numbers must be " + what + ", got one in column '" +
                              column + "', row " + std::to_string(row));
    };
    for (const ColumnSpec& spec : request.numbers) {
        const Column& column = frame.column(spec.name);
        for (const Index i : classes.target.rows) {
            if (std::isnan(column.number(i))) fail("present (impute missing ones first)", spec.name, i);
            if (std::isinf(column.number(i))) fail("finite", spec.name, i);
        }
    }
}

void require_neighbours(const SmoteRequest& request, const ClassCounts& classes) {
    if (request.k < 1)
        throw InvalidArgument(std::string(request.who) + ": k_neighbors must be at least 1, got " +
                              std::to_string(request.k));
    for (std::size_t c = 0; c < classes.rows.size(); ++c) {
        const auto n = std::ssize(classes.rows[c]);
        if (classes.wanted[c] == n || n > request.k) continue;
        throw InvalidArgument(std::string(request.who) + ": k_neighbors must be less than the " + std::to_string(n) +
                              " rows of class '" + classes.target.classes[c] + "', got " + std::to_string(request.k));
    }
}

/// The levels of a category column, a missing value the last.
std::int32_t level_of(const Column& column, Index row) {
    const std::int32_t code = column.codes()[row];
    return code == kMissingCode ? static_cast<std::int32_t>(column.levels().size()) : code;
}

double median_deviation(const Matrix& points, Index n_numbers) {
    std::vector<double> deviations, values(static_cast<std::size_t>(points.rows()));
    for (Index j = 0; j < n_numbers; ++j) {
        for (Index i = 0; i < points.rows(); ++i) values[static_cast<std::size_t>(i)] = points(i, j);
        deviations.push_back(std::sqrt(moments_of(std::span<const double>(values)).variance));
    }
    std::sort(deviations.begin(), deviations.end());
    const std::size_t half = deviations.size() / 2;
    return deviations.size() % 2 == 1 ? deviations[half] : (deviations[half - 1] + deviations[half]) / 2;
}

/// Rows of a class as points: their numbers; and a coordinate a level, so that rows that differ in a category are the
/// median deviation apart.
Matrix points_of(const SmoteRequest& request, const Frame& frame, const std::vector<Index>& rows) {
    const auto n_numbers = std::ssize(request.numbers);
    Index n_coordinates = n_numbers;
    for (const ColumnSpec& spec : request.categories) n_coordinates += std::ssize(frame.column(spec.name).levels()) + 1;
    Matrix points(std::ssize(rows), n_coordinates, 0.0);
    for (Index j = 0; j < n_numbers; ++j) {
        const Column& column = frame.column(request.numbers[static_cast<std::size_t>(j)].name);
        for (Index i = 0; i < points.rows(); ++i) points(i, j) = column.number(rows[static_cast<std::size_t>(i)]);
    }
    if (request.categories.empty()) return points;
    const double apart = median_deviation(points, n_numbers) / std::sqrt(2.0);
    Index first = n_numbers;
    for (const ColumnSpec& spec : request.categories) {
        const Column& column = frame.column(spec.name);
        for (Index i = 0; i < points.rows(); ++i)
            points(i, first + level_of(column, rows[static_cast<std::size_t>(i)])) = apart;
        first += std::ssize(column.levels()) + 1;
    }
    return points;
}

/// Synthetic rows: their row, its neighbour, how far from one to the other, and where the row's neighbours stand.
struct Synthetic {
    std::vector<Index> base, neighbour;
    std::vector<double> share;
    std::vector<std::vector<Index>> neighbours;  ///< of `base`; kept where categories need them
};

/// Draws the rows of one class, then seeks the neighbours of those drawn.
void add_class(const SmoteRequest& request, const Frame& frame, const std::vector<Index>& rows, Index n_new,
               std::uint64_t class_number, int n_jobs, Synthetic& synthetic) {
    if (n_new <= 0) return;
    RandomStream random(request.seed, class_number, Purpose::bootstrap);
    std::vector<Index> own, which, query_of(rows.size(), -1), queries;
    for (Index i = 0; i < n_new; ++i) {
        own.push_back(static_cast<Index>(random.below(rows.size())));
        which.push_back(static_cast<Index>(random.below(static_cast<std::uint64_t>(request.k))));
        synthetic.share.push_back(random.uniform());
        Index& query = query_of[static_cast<std::size_t>(own.back())];
        if (query >= 0) continue;
        query = std::ssize(queries);
        queries.push_back(own.back());
    }
    const Table<std::int32_t> nearest = nearest_rows(points_of(request, frame, rows), queries, request.k, n_jobs);
    for (std::size_t i = 0; i < own.size(); ++i) {
        const Index query = query_of[static_cast<std::size_t>(own[i])];
        synthetic.base.push_back(rows[static_cast<std::size_t>(own[i])]);
        synthetic.neighbour.push_back(rows[static_cast<std::size_t>(nearest(query, which[i]))]);
        if (request.categories.empty()) continue;
        std::vector<Index>& all = synthetic.neighbours.emplace_back();
        for (Index j = 0; j < request.k; ++j) all.push_back(rows[static_cast<std::size_t>(nearest(query, j))]);
    }
}

template <class T>
Buffer<T> interpolated(VectorView<const T> values, const Synthetic& synthetic) {
    const Index n = values.size();
    auto out = fresh_buffer<T>(n + std::ssize(synthetic.base));
    for (Index i = 0; i < n; ++i) out[i] = values[i];
    for (std::size_t i = 0; i < synthetic.base.size(); ++i) {
        const auto x = static_cast<double>(out[synthetic.base[i]]),  // near, where values may lie a row apart
            other = static_cast<double>(out[synthetic.neighbour[i]]);
        out[n + static_cast<Index>(i)] = static_cast<T>(x + synthetic.share[i] * (other - x));
    }
    return out;
}

/// The commonest level of the neighbours; of several the row's own, else the first.
std::int32_t commonest(const Column& column, const std::vector<Index>& neighbours, Index base) {
    std::vector<std::int32_t> codes;
    for (const Index row : neighbours) codes.push_back(column.codes()[row]);
    std::sort(codes.begin(), codes.end());
    const auto count = [&](std::int32_t code) { return std::count(codes.begin(), codes.end(), code); };
    std::int32_t best = column.codes()[base];
    for (const std::int32_t code : codes) best = count(code) > count(best) ? code : best;
    return best;
}

Column with_levels(const Column& column, const Synthetic& synthetic) {
    const Index n = column.size();
    Buffer<std::int32_t> codes(n + std::ssize(synthetic.base));
    for (Index i = 0; i < n; ++i) codes[i] = column.codes()[i];
    for (std::size_t i = 0; i < synthetic.base.size(); ++i)
        codes[n + static_cast<Index>(i)] = commonest(column, synthetic.neighbours[i], synthetic.base[i]);
    return Column::categories(std::move(codes), column.levels());
}

Column without_times(const Column& column, Index n_new) {
    Buffer<std::int64_t> times(column.size() + n_new, kMissingTime);
    for (Index i = 0; i < column.size(); ++i) times[i] = column.times()[i];
    return Column::times(std::move(times));
}

/// All rows, and the synthetic ones behind them.
Frame with_synthetic(const SmoteRequest& request, const Frame& frame, const Synthetic& synthetic) {
    std::vector<Index> rows(static_cast<std::size_t>(frame.rows()));
    std::iota(rows.begin(), rows.end(), Index{0});
    rows.insert(rows.end(), synthetic.base.begin(), synthetic.base.end());
    const auto is_in = [](const std::vector<ColumnSpec>& specs, const ColumnSpec& spec) {
        return std::any_of(specs.begin(), specs.end(), [&](const ColumnSpec& s) { return s.name == spec.name; });
    };
    std::vector<Column> columns;
    for (Index j = 0; j < frame.cols(); ++j) {
        const ColumnSpec& spec = frame.schema()[j];
        const Column& column = frame.column(j);
        if (is_in(request.numbers, spec))
            columns.push_back(column.is_float32() ? Column::numbers(interpolated(column.float32(), synthetic))
                                                  : Column::numbers(interpolated(column.float64(), synthetic)));
        else if (is_in(request.categories, spec))
            columns.push_back(with_levels(column, synthetic));
        else if (spec.kind == ColumnKind::time)
            columns.push_back(without_times(column, std::ssize(synthetic.base)));
        else
            columns.push_back(column.take(rows));
    }
    return Frame(frame.schema(), std::move(columns));
}

void check(const SmoteRequest& request, const Frame& frame, const ClassCounts& classes) {
    require_neighbours(request, classes);
    require_finite(request, frame, classes);
}

Frame resampled(const SmoteRequest& request, const Frame& frame, const ClassCounts& classes,
                std::optional<int> n_jobs) {
    Synthetic synthetic;
    for (std::size_t c = 0; c < classes.rows.size(); ++c)
        add_class(request, frame, classes.rows[c], classes.wanted[c] - std::ssize(classes.rows[c]), c,
                  resolve_n_jobs(n_jobs), synthetic);
    return with_synthetic(request, frame, synthetic);
}

SmoteRequest request_of(const SmoteOptions& options, const Frame& frame) {
    SmoteRequest request{SmoteOptions::kStepType,
                         options.k_neighbors,
                         static_cast<std::uint64_t>(options.random_state),
                         select_columns(SmoteOptions::kStepType, frame.schema(), options.columns, {ColumnKind::number}),
                         {}};
    const bool as_it_comes = options.columns == StepColumns{};
    for (const ColumnSpec& spec : frame.schema().columns()) {
        if (as_it_comes && spec.kind == ColumnKind::category && spec.is_input())
            throw InvalidArgument("SMOTE: columns must be numbers, got categories in '" + spec.name +
                                  "'; SMOTENC takes them");
    }
    return request;
}

SmoteRequest request_of(const SmoteNCOptions& options, const Frame& frame) {
    SmoteRequest request{
        SmoteNCOptions::kStepType, options.k_neighbors, static_cast<std::uint64_t>(options.random_state), {}, {}};
    for (ColumnSpec& spec : select_columns(SmoteNCOptions::kStepType, frame.schema(), options.columns,
                                           {ColumnKind::number, ColumnKind::category}))
        (spec.kind == ColumnKind::number ? request.numbers : request.categories).push_back(std::move(spec));
    if (request.numbers.empty())
        throw InvalidArgument("SMOTENC: columns must have at least one of numbers, got categories alone");
    return request;
}

}  // namespace

Smote Smote::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    const auto classes = count_classes(Options::kStepType, frame, options.sampling_strategy, Sampling::over);
    check(request_of(options, frame), frame, classes);
    Smote step;
    step.options_ = options;
    step.counts_ = classes.counts();
    step.wanted_ = classes.wanted_counts();
    return step;
}

std::pair<Smote, Frame> Smote::fit_transform(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    const auto classes = count_classes(Options::kStepType, frame, options.sampling_strategy, Sampling::over);
    const SmoteRequest request = request_of(options, frame);
    check(request, frame, classes);
    Smote step;
    step.options_ = options;
    step.counts_ = classes.counts();
    step.wanted_ = classes.wanted_counts();
    return {std::move(step), resampled(request, frame, classes, n_jobs)};
}

SmoteNC SmoteNC::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    const auto classes = count_classes(Options::kStepType, frame, options.sampling_strategy, Sampling::over);
    check(request_of(options, frame), frame, classes);
    SmoteNC step;
    step.options_ = options;
    step.counts_ = classes.counts();
    step.wanted_ = classes.wanted_counts();
    return step;
}

std::pair<SmoteNC, Frame> SmoteNC::fit_transform(const Frame& frame, const Options& options,
                                                 std::optional<int> n_jobs) {
    const auto classes = count_classes(Options::kStepType, frame, options.sampling_strategy, Sampling::over);
    const SmoteRequest request = request_of(options, frame);
    check(request, frame, classes);
    SmoteNC step;
    step.options_ = options;
    step.counts_ = classes.counts();
    step.wanted_ = classes.wanted_counts();
    return {std::move(step), resampled(request, frame, classes, n_jobs)};
}

}  // namespace plantwright
