// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/target_encoder.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "plantwright/core/random.hpp"
#include "preprocessing/fitting.hpp"
#include "preprocessing/moments.hpp"

namespace plantwright {
namespace {

using Levels = Buffer<std::int32_t>;

[[noreturn]] void fail(const std::string& what) { throw InvalidArgument("TargetEncoder: " + what); }

/// What is averaged: one column of numbers, or one a class; and its rows that have a target.
struct Target {
    std::vector<std::string> names;
    std::vector<Buffer<double>> values;  // (n_outputs, n_rows)
    std::vector<Index> rows;
};

Target classes_of(const ColumnSpec& spec, const StepInput& input, const LevelMap& map, TargetType type) {
    Target target;
    const Levels levels = map.indices(input);
    const bool binary = type == TargetType::binary || (type == TargetType::automatic && map.size() <= 2);
    if (type == TargetType::binary && map.size() != 2)
        fail("a binary target must have 2 classes, got " + std::to_string(map.size()));
    target.names = map.names(spec);
    const Index first = binary ? 1 : 0, end = binary ? 2 : map.size();
    if (binary) target.names = {""};
    for (Index c = first; c < end; ++c) {
        Buffer<double>& is_class = target.values.emplace_back(levels.size(), 0.0);
        for (Index i = 0; i < levels.size(); ++i) is_class[i] = levels[i] == c ? 1 : 0;
    }
    for (Index i = 0; i < levels.size(); ++i) {
        if (levels[i] >= 0) target.rows.push_back(i);
    }
    return target;
}

Target target_of(const Frame& frame, TargetType type) {
    const auto name = frame.schema().name_of(Role::target);
    if (!name) fail("it needs a target: a column of that role, or y; got a table without one");
    const ColumnSpec& spec = frame.schema().at(*name);
    const Column& column = frame.column(*name);
    if (spec.kind == ColumnKind::time) fail("the target must be numbers or categories, got times in '" + *name + "'");
    if (column.n_missing() == column.size()) fail("the target '" + *name + "' has no value");
    const bool numbers = spec.kind == ColumnKind::number;
    if (type == TargetType::continuous && !numbers) fail("a continuous target must be numbers, got categories");
    if (!numbers || type == TargetType::binary || type == TargetType::multiclass)
        return classes_of(spec, StepInput(spec, column), LevelMap(spec, column), type);
    Target target{{""}, {column.to_float64()}, {}};
    for (Index i = 0; i < column.size(); ++i) {
        const double y = target.values[0][i];
        if (std::isinf(y)) fail("the target must be finite or missing, got an infinity in row " + std::to_string(i));
        if (!std::isnan(y)) target.rows.push_back(i);
    }
    return target;
}

/// One output's encoding of every level, of a missing and of an unknown value, from some rows.
struct Encoding {
    const Levels& levels;
    Index n_levels;
    const Buffer<double>& y;
    const std::vector<Index>& rows;

    Vector smoothed(double s, double mean) const {
        Vector sums(n_levels + 2, s * mean), counts(n_levels + 2, s);
        for (const Index i : rows) {
            const Index level = number_row(levels[i], n_levels);
            sums[level] += y[i];
            counts[level] += 1;
        }
        for (Index level = 0; level < sums.size(); ++level)
            sums[level] = counts[level] == 0 ? mean : sums[level] / counts[level];
        return sums;
    }
    Vector shrunk(const Moments& overall) const {
        Vector means(n_levels + 2, 0.0), counts(n_levels + 2, 0.0), squares(n_levels + 2, 0.0);
        for (const Index i : rows) {
            const Index level = number_row(levels[i], n_levels);
            means[level] += y[i];
            counts[level] += 1;
        }
        for (Index level = 0; level < means.size(); ++level) means[level] /= counts[level];
        for (const Index i : rows) {
            const Index level = number_row(levels[i], n_levels);
            squares[level] += (y[i] - means[level]) * (y[i] - means[level]);
        }
        for (Index level = 0; level < means.size(); ++level) {
            const double n = counts[level], signal = overall.variance * n;
            const double share = signal / (signal + squares[level] / n);
            means[level] = std::isnan(share) ? overall.mean : share * means[level] + (1 - share) * overall.mean;
        }
        return means;
    }
};

Moments moments_at(const Buffer<double>& y, const std::vector<Index>& rows) {
    std::vector<double> values;
    values.reserve(rows.size());
    for (const Index i : rows) values.push_back(y[i]);
    return moments_of(std::span<const double>(values));
}

/// Rows that teach, and the moments of each output over them.
struct Training {
    std::vector<Index> rows;
    std::vector<Moments> overall;

    Training(const Target& target, std::vector<Index> from) : rows(std::move(from)) {
        for (const Buffer<double>& y : target.values) overall.push_back(moments_at(y, rows));
    }
};

Matrix encode(const Levels& levels, Index n_levels, const Target& target, const Training& training,
              const io::Json& smooth) {
    Matrix numbers(n_levels + 2, std::ssize(target.values));
    for (Index j = 0; j < numbers.cols(); ++j) {
        const auto output = static_cast<std::size_t>(j);
        const Moments& overall = training.overall[output];
        const Encoding encoding{levels, n_levels, target.values[output], training.rows};
        const Vector column =
            smooth.is_number() ? encoding.smoothed(smooth.as_double(), overall.mean) : encoding.shrunk(overall);
        for (Index level = 0; level < column.size(); ++level) numbers(level, j) = column[level];
    }
    return numbers;
}

void require_valid(const TargetEncoderOptions& options) {
    const bool is_auto = options.smooth.is_string() && options.smooth.as_string() == "auto";
    const bool is_weight = options.smooth.is_number() && options.smooth.as_double() >= 0;
    if (!is_auto && !is_weight) fail("smooth must be \"auto\" or at least 0, got " + options.smooth.dump());
    if (options.cv < 2) fail("cv must be at least 2, got " + std::to_string(options.cv));
}

/// Of each row; the first folds have one row more where the rows do not divide.
std::vector<Index> folds_of(Index n_rows, const TargetEncoderOptions& options) {
    if (n_rows < options.cv)
        fail("cv must be at most the " + std::to_string(n_rows) + " rows, got " + std::to_string(options.cv));
    std::vector<Index> order(static_cast<std::size_t>(n_rows)), fold(order.size());
    std::iota(order.begin(), order.end(), Index{0});
    if (options.shuffle) {
        RandomStream random(static_cast<std::uint64_t>(options.random_state), 0, Purpose::permutation);
        random.shuffle(std::span(order));
    }
    const Index size = n_rows / options.cv, longer = n_rows % options.cv;
    for (Index place = 0; place < n_rows; ++place) {
        const Index in_longer = longer * (size + 1);
        fold[static_cast<std::size_t>(order[static_cast<std::size_t>(place)])] =
            place < in_longer ? place / (size + 1) : longer + (place - in_longer) / size;
    }
    return fold;
}

/// Of each fold, the other folds' rows that have a target.
std::vector<Training> others_of_folds(const Target& target, const std::vector<Index>& fold_of_row,
                                      std::int64_t n_folds) {
    std::vector<Training> trainings;
    for (Index fold = 0; fold < n_folds; ++fold) {
        std::vector<Index> others;
        for (const Index i : target.rows) {
            if (fold_of_row[static_cast<std::size_t>(i)] != fold) others.push_back(i);
        }
        trainings.emplace_back(target, std::move(others));
    }
    return trainings;
}

/// Encodes each fold by the others.
std::vector<Column> crossed(const Levels& levels, Index n_levels, const Target& target,
                            const std::vector<Training>& others, const std::vector<Index>& fold_of_row,
                            const io::Json& smooth) {
    std::vector<Matrix> numbers;
    for (const Training& training : others) numbers.push_back(encode(levels, n_levels, target, training, smooth));
    std::vector<Column> columns;
    for (Index j = 0; j < std::ssize(target.values); ++j) {
        auto values = Buffer<double>::uninitialized(levels.size());
        for (Index i = 0; i < levels.size(); ++i) {
            const auto fold = static_cast<std::size_t>(fold_of_row[static_cast<std::size_t>(i)]);
            values[i] = numbers[fold](number_row(levels[i], n_levels), j);
        }
        columns.push_back(Column::numbers(std::move(values)));
    }
    return columns;
}

}  // namespace

TargetEncoder TargetEncoder::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    require_valid(options);
    require_rows(Options::kStepType, frame);
    TargetEncoder step;
    step.options_ = options;
    step.learn_levels(frame, options.columns);
    const Target target = target_of(frame, options.target_type);
    const Training all(target, target.rows);
    step.target_mean_ = Vector(std::ssize(target.values));
    for (Index j = 0; j < step.target_mean_.size(); ++j)
        step.target_mean_[j] = all.overall[static_cast<std::size_t>(j)].mean;
    for (std::size_t k = 0; k < step.reads_.size(); ++k) {
        const Levels levels = step.maps_[k].indices({step.reads_[k], frame.column(step.reads_[k].name)});
        step.numbers_.push_back(encode(levels, step.maps_[k].size(), target, all, options.smooth));
    }
    step.write_numbers(target.names);
    return step;
}

std::pair<TargetEncoder, Frame> TargetEncoder::fit_transform(const Frame& frame, const Options& options,
                                                             std::optional<int> n_jobs) {
    TargetEncoder step = fit(frame, options, n_jobs);
    const Target target = target_of(frame, options.target_type);
    const std::vector<Index> fold_of_row = folds_of(frame.rows(), options);
    const std::vector<Training> others = others_of_folds(target, fold_of_row, options.cv);
    Frame table = step.transform(frame, n_jobs);
    std::size_t next = 0;
    for (std::size_t k = 0; k < step.reads_.size(); ++k) {
        const Levels levels = step.maps_[k].indices({step.reads_[k], frame.column(step.reads_[k].name)});
        for (Column& column : crossed(levels, step.maps_[k].size(), target, others, fold_of_row, options.smooth))
            table = table.with(step.writes()[next++].spec, std::move(column));
    }
    return {std::move(step), std::move(table)};
}

void TargetEncoder::validate() const {
    LevelNumbers::validate();
    if (target_mean_.size() * std::ssize(reads()) != std::ssize(writes()))
        throw CorruptModel("TargetEncoder: its columns do not fit its target");
}

}  // namespace plantwright
