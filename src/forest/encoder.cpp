// SPDX-License-Identifier: MIT
#include "forest/encoder.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "forest/principal_axis.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

[[noreturn]] void refuse(const char* who, std::string_view column, const std::string& why) {
    throw InvalidArgument(std::string(who) + ": column '" + std::string(column) + "' " + why);
}

/// Mean targets or class fractions of each level, and how many rows each has.
void level_shares(VectorView<const std::int32_t> codes, const Target& target, Matrix& share, Vector& weight) {
    for (Index i = 0; i < codes.size(); ++i) {
        if (codes[i] < 0) continue;
        ++weight[codes[i]];
        if (target.is_classification())
            ++share(codes[i], target.label[i]);
        else
            for (Index k = 0; k < share.cols(); ++k) share(codes[i], k) += target.level[i * share.cols() + k];
    }
    for (Index level = 0; level < weight.size(); ++level) {
        for (Index k = 0; k < share.cols() && weight[level] > 0; ++k) share(level, k) /= weight[level];
    }
}

/// One output, or the share of the second of two classes, orders levels by itself.
Vector scores_of(const Matrix& share, const Vector& weight, const Target& target) {
    if (share.cols() > (target.is_classification() ? 2 : 1)) return level_scores(share, weight);
    Vector score(share.rows());
    for (Index i = 0; i < share.rows(); ++i) score[i] = share(i, share.cols() - 1);
    return score;
}

Buffer<float> level_ranks(const Column& column, const Target& target) {
    const auto n_levels = static_cast<Index>(column.levels().size());
    Matrix share(n_levels, target.n_outputs);
    Vector weight(n_levels);
    level_shares(column.codes(), target, share, weight);
    const Vector score = scores_of(share, weight, target);
    std::vector<Index> order(static_cast<std::size_t>(n_levels));
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
        if ((weight[a] > 0) != (weight[b] > 0)) return weight[a] > 0;
        return weight[a] > 0 && score[a] < score[b];
    });
    Buffer<float> ranks(n_levels);
    for (std::size_t r = 0; r < order.size(); ++r) ranks[order[r]] = static_cast<float>(r);
    return ranks;
}

/// A level's own number, for splits that list levels.
Buffer<float> level_numbers(const Column& column) {
    Buffer<float> numbers(static_cast<Index>(column.levels().size()));
    std::iota(numbers.begin(), numbers.end(), 0.0f);
    return numbers;
}

bool splits_by_node(const Column& column, CategorySplits splits) {
    return column.kind() == ColumnKind::category && splits == CategorySplits::node &&
           std::ssize(column.levels()) <= kMostLevels;
}

std::string whole_number_name(double value) { return std::to_string(static_cast<std::int64_t>(value)); }

ClassLabels labels_of_category(const char* who, const Column& column, std::string_view name) {
    ClassLabels result{Buffer<std::int32_t>(column.size()), {}};
    std::vector<std::int32_t> number(column.levels().size(), -1);
    const auto codes = column.codes();
    for (Index i = 0; i < codes.size(); ++i) {
        if (codes[i] < 0)
            refuse(who, name, "is the target and must not be missing, got a missing value in row " + std::to_string(i));
        number[static_cast<std::size_t>(codes[i])] = 0;
    }
    for (std::size_t level = 0; level < number.size(); ++level) {
        if (number[level] < 0) continue;
        number[level] = static_cast<std::int32_t>(result.classes.size());
        result.classes.push_back(column.levels()[level]);
    }
    for (Index i = 0; i < codes.size(); ++i) result.label[i] = number[static_cast<std::size_t>(codes[i])];
    return result;
}

ClassLabels labels_of_numbers(const char* who, const Column& column, std::string_view name) {
    const Buffer<double> values = column.to_float64();
    for (Index i = 0; i < values.size(); ++i) {
        if (!(std::abs(values[i]) <= 0x1p53) || values[i] != std::floor(values[i])) {
            refuse(who, name,
                   "is a target of classes and must be a category or whole numbers, got " + std::to_string(values[i]) +
                       " in row " + std::to_string(i));
        }
    }
    std::vector<double> distinct(values.begin(), values.end());
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    ClassLabels result{Buffer<std::int32_t>(values.size()), {}};
    for (const double value : distinct) result.classes.push_back(whole_number_name(value));
    for (Index i = 0; i < values.size(); ++i) {
        result.label[i] =
            static_cast<std::int32_t>(std::lower_bound(distinct.begin(), distinct.end(), values[i]) - distinct.begin());
    }
    return result;
}

}  // namespace

Vector level_scores(const Matrix& share, const Vector& weight) {
    Vector score(share.rows());
    PrincipalAxis axis;
    const auto n = static_cast<std::size_t>(share.rows() * share.cols());
    const auto scores = axis.scores({share.data(), n}, weight, static_cast<std::size_t>(share.cols()));
    std::copy(scores.begin(), scores.end(), score.begin());
    return score;
}

FeatureEncoder learn_encoder(const char* who, const Frame& frame, std::span<const std::string> target_names,
                             const Target& target, CategorySplits splits) {
    if (target.has_several_outputs()) splits = CategorySplits::once;
    FeatureEncoder encoder;
    encoder.schema = frame.schema();
    for (const std::string& name : target_names) encoder.schema = encoder.schema.with_role(name, Role::target);
    encoder.inputs = encoder.schema.input_names();
    if (encoder.inputs.empty())
        refuse(who, target_names.front(),
               "is the only column that could be used; there must be an input beside the target");
    for (const std::string& name : encoder.inputs) {
        const Column& column = frame.column(name);
        Buffer<float> ranks;
        if (splits_by_node(column, splits))
            ranks = level_numbers(column);
        else if (column.kind() == ColumnKind::category)
            ranks = level_ranks(column, target);
        encoder.level_ranks.push_back(std::move(ranks));
    }
    return encoder;
}

ClassLabels class_labels(const char* who, const Frame& frame, std::string_view target_name) {
    const Column& column = frame.column(target_name);
    switch (column.kind()) {
        case ColumnKind::category: return labels_of_category(who, column, target_name);
        case ColumnKind::number: return labels_of_numbers(who, column, target_name);
        case ColumnKind::time: break;
    }
    refuse(who, target_name, "is a time and cannot be a target");
}

void require_distinct(const char* who, std::span<const std::string> target_names) {
    if (target_names.empty())
        throw InvalidArgument(std::string(who) + ": targets must name at least 1 column, got none");
    for (auto name = target_names.begin(); name != target_names.end(); ++name) {
        if (std::find(target_names.begin(), name, *name) != name)
            refuse(who, *name, "is named twice among the targets");
    }
}

Matrix number_targets(const char* who, const Frame& frame, std::span<const std::string> target_names) {
    require_distinct(who, target_names);
    const auto n_outputs = std::ssize(target_names);
    Matrix y(frame.rows(), n_outputs);
    for (Index k = 0; k < n_outputs; ++k) {
        const std::string& name = target_names[static_cast<std::size_t>(k)];
        const Column& column = frame.column(name);
        if (column.kind() != ColumnKind::number) {
            refuse(
                who, name,
                "is the target of a regression and must hold numbers, got a " + std::string(to_string(column.kind())));
        }
        const Vector values = column.to_float64();
        for (Index i = 0; i < frame.rows(); ++i) y(i, k) = values[i];
    }
    return y;
}

}  // namespace plantwright
