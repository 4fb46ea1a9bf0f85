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

using Numbers = std::vector<Buffer<double>>;

/// All rows of the number columns, read once where they lie row by row.
Numbers dense_numbers(const SmoteRequest& request, const Frame& frame) {
    constexpr Index kBlockRows = 2048;
    Numbers numbers;
    std::vector<StepInput> inputs;
    for (const ColumnSpec& spec : request.numbers) {
        inputs.emplace_back(spec, frame.column(spec.name));
        numbers.push_back(fresh_buffer<double>(frame.rows()));
    }
    for (Index begin = 0; begin < frame.rows(); begin += kBlockRows) {
        for (std::size_t k = 0; k < inputs.size(); ++k)
            inputs[k].read(begin, std::min(begin + kBlockRows, frame.rows()), numbers[k].data() + begin);
    }
    return numbers;
}

void require_finite(const SmoteRequest& request, const Numbers& numbers, const ClassCounts& classes) {
    const auto fail = [&](const std::string& what, const std::string& column, Index row) {
        throw InvalidArgument(std::string(request.who) + ": numbers must be " + what + ", got one in column '" +
                              column + "', row " + std::to_string(row));
    };
    for (std::size_t k = 0; k < numbers.size(); ++k) {
        for (const Index i : classes.target.rows) {
            if (std::isfinite(numbers[k][i])) continue;
            fail(std::isnan(numbers[k][i]) ? "present (impute missing ones first)" : "finite", request.numbers[k].name,
                 i);
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
Matrix points_of(const SmoteRequest& request, const Frame& frame, const Numbers& numbers,
                 const std::vector<Index>& rows) {
    const auto n_numbers = std::ssize(request.numbers);
    Index n_coordinates = n_numbers;
    for (const ColumnSpec& spec : request.categories) n_coordinates += std::ssize(frame.column(spec.name).levels()) + 1;
    Matrix points(std::ssize(rows), n_coordinates, 0.0);
    for (Index j = 0; j < n_numbers; ++j) {
        const Buffer<double>& values = numbers[static_cast<std::size_t>(j)];
        for (Index i = 0; i < points.rows(); ++i) points(i, j) = values[rows[static_cast<std::size_t>(i)]];
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
void add_class(const SmoteRequest& request, const Frame& frame, const Numbers& numbers, const std::vector<Index>& rows,
               Index n_new, std::uint64_t class_number, int n_jobs, Synthetic& synthetic) {
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
    const Table<std::int32_t> nearest =
        nearest_rows(points_of(request, frame, numbers, rows), queries, request.k, n_jobs);
    for (std::size_t i = 0; i < own.size(); ++i) {
        const Index query = query_of[static_cast<std::size_t>(own[i])];
        synthetic.base.push_back(rows[static_cast<std::size_t>(own[i])]);
        synthetic.neighbour.push_back(rows[static_cast<std::size_t>(nearest(query, which[i]))]);
        if (request.categories.empty()) continue;
        std::vector<Index>& all = synthetic.neighbours.emplace_back();
        for (Index j = 0; j < request.k; ++j) all.push_back(rows[static_cast<std::size_t>(nearest(query, j))]);
    }
}

Column interpolated(const Buffer<double>& values, bool is_float32, const Synthetic& synthetic) {
    const Index n = values.size();
    const auto write = [&](auto out) {
        using T = std::remove_reference_t<decltype(out[0])>;
        for (Index i = 0; i < n; ++i) out[i] = static_cast<T>(values[i]);
        for (std::size_t i = 0; i < synthetic.base.size(); ++i) {
            const double x = values[synthetic.base[i]], other = values[synthetic.neighbour[i]];
            out[n + static_cast<Index>(i)] = static_cast<T>(x + synthetic.share[i] * (other - x));
        }
        return Column::numbers(std::move(out));
    };
    const Index n_all = n + std::ssize(synthetic.base);
    return is_float32 ? write(fresh_buffer<float>(n_all)) : write(fresh_buffer<double>(n_all));
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
Frame with_synthetic(const SmoteRequest& request, const Frame& frame, const Numbers& numbers,
                     const Synthetic& synthetic) {
    std::vector<Index> rows(static_cast<std::size_t>(frame.rows()));
    std::iota(rows.begin(), rows.end(), Index{0});
    rows.insert(rows.end(), synthetic.base.begin(), synthetic.base.end());
    const auto place_in = [](const std::vector<ColumnSpec>& specs, const ColumnSpec& spec) {
        const auto same = [&](const ColumnSpec& other) { return other.name == spec.name; };
        return static_cast<std::size_t>(std::find_if(specs.begin(), specs.end(), same) - specs.begin());
    };
    std::vector<Column> columns;
    for (Index j = 0; j < frame.cols(); ++j) {
        const ColumnSpec& spec = frame.schema()[j];
        const Column& column = frame.column(j);
        const std::size_t k = place_in(request.numbers, spec);
        if (k < numbers.size())
            columns.push_back(interpolated(numbers[k], column.is_float32(), synthetic));
        else if (place_in(request.categories, spec) < request.categories.size())
            columns.push_back(with_levels(column, synthetic));
        else if (spec.kind == ColumnKind::time)
            columns.push_back(without_times(column, std::ssize(synthetic.base)));
        else
            columns.push_back(column.take(rows));
    }
    return Frame(frame.schema(), std::move(columns));
}

/// The numbers, checked.
Numbers checked_numbers(const SmoteRequest& request, const Frame& frame, const ClassCounts& classes) {
    require_neighbours(request, classes);
    Numbers numbers = dense_numbers(request, frame);
    require_finite(request, numbers, classes);
    return numbers;
}

Frame resampled(const SmoteRequest& request, const Frame& frame, const ClassCounts& classes,
                std::optional<int> n_jobs) {
    const Numbers numbers = checked_numbers(request, frame, classes);
    Synthetic synthetic;
    for (std::size_t c = 0; c < classes.rows.size(); ++c)
        add_class(request, frame, numbers, classes.rows[c], classes.wanted[c] - std::ssize(classes.rows[c]), c,
                  resolve_n_jobs(n_jobs), synthetic);
    return with_synthetic(request, frame, numbers, synthetic);
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
    checked_numbers(request_of(options, frame), frame, classes);
    return with_counts(options, classes.counts(), classes.wanted_counts());
}

std::pair<Smote, Frame> Smote::fit_transform(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    const auto classes = count_classes(Options::kStepType, frame, options.sampling_strategy, Sampling::over);
    return {with_counts(options, classes.counts(), classes.wanted_counts()),
            resampled(request_of(options, frame), frame, classes, n_jobs)};
}

SmoteNC SmoteNC::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    const auto classes = count_classes(Options::kStepType, frame, options.sampling_strategy, Sampling::over);
    checked_numbers(request_of(options, frame), frame, classes);
    return with_counts(options, classes.counts(), classes.wanted_counts());
}

std::pair<SmoteNC, Frame> SmoteNC::fit_transform(const Frame& frame, const Options& options,
                                                 std::optional<int> n_jobs) {
    const auto classes = count_classes(Options::kStepType, frame, options.sampling_strategy, Sampling::over);
    return {with_counts(options, classes.counts(), classes.wanted_counts()),
            resampled(request_of(options, frame), frame, classes, n_jobs)};
}

}  // namespace plantwright
