// SPDX-License-Identifier: MIT
#include "forest/merge.hpp"

#include <algorithm>

#include "forest/compact_tree.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

/// Categories have as many levels as any of the forests knows.
void take_more_levels(std::vector<std::int32_t>& n_levels, std::span<const std::int32_t> others) {
    n_levels.resize(std::max(n_levels.size(), others.size()));
    for (std::size_t j = 0; j < others.size(); ++j) n_levels[j] = std::max(n_levels[j], others[j]);
}

/// base and scale for the values of the leaves of all forests.
CompactFormat common_format(const std::vector<const CompactForest*>& forests) {
    CompactFormat format = format_of(*forests.front());
    for (const CompactForest* forest : forests) take_more_levels(format.n_levels, forest->n_levels);
    const auto has_base = [&](const CompactForest* f) { return f->base == format.base && f->scale == format.scale; };
    const bool same_base = std::all_of(forests.begin(), forests.end(), has_base);
    std::vector<double> values;
    for (const CompactForest* forest : forests) {
        if (forest->inner_statistics != format.inner_statistics) format.inner_statistics = InnerStatistics::stored;
        if (same_base) continue;
        for (Index t = 0; t < forest->n_trees() && forest->n_outputs == 1; ++t) {
            const TreeView tree = forest->tree(t);
            for (Index k = 0; k < tree.n_nodes(); ++k) {
                if (tree.is_leaf(k)) values.push_back(tree.value(k, 0));
            }
        }
    }
    if (!same_base) choose_base(values, format.base, format.scale);
    return format;
}

std::vector<std::string> texts_of(const std::vector<std::int64_t>& numbers) {
    std::vector<std::string> texts;
    for (const std::int64_t number : numbers) texts.push_back(std::to_string(number));
    return texts;
}

std::string joined_names(const std::vector<std::string>& names) {
    std::string text = "[";
    for (const std::string& name : names) {
        if (text.size() > 1) text += ", ";
        text += name;
    }
    text += "]";
    return text;
}

}  // namespace

CompactForest merged(const std::vector<const CompactForest*>& forests) {
    CompactFormat format = format_of(*forests.front());
    const bool alike = std::all_of(forests.begin(), forests.end(),
                                   [&](const CompactForest* forest) { return format_of(*forest) == format; });
    if (!alike) format = common_format(forests);
    std::vector<CompactTree> trees;
    for (const CompactForest* forest : forests) {
        for (Index t = 0; t < forest->n_trees(); ++t)
            trees.push_back(alike ? tree_of(*forest, t) : compact_tree(forest->tree(t), format));
    }
    return join_trees(format, std::move(trees));
}

CompactForest trees_between(const CompactForest& forest, Index first, Index last) {
    if (!(0 <= first && first < last && last <= forest.n_trees())) {
        throw InvalidArgument("forest: subset must be of trees first to last with 0 <= first < last <= " +
                              std::to_string(forest.n_trees()) + ", got (" + std::to_string(first) + ", " +
                              std::to_string(last) + ")");
    }
    std::vector<CompactTree> trees;
    for (Index t = first; t < last; ++t) trees.push_back(tree_of(forest, t));
    return join_trees(format_of(forest), std::move(trees));
}

FeatureEncoder number_encoder(const char* who, Schema schema, Index n_features) {
    FeatureEncoder encoder;
    if (schema.size() == 0) return encoder;
    encoder.inputs = schema.input_names();
    for (const std::string& name : encoder.inputs) {
        if (schema.at(name).kind == ColumnKind::number) continue;
        throw InvalidArgument(std::string(who) + ": schema must hold numbers alone, got the category '" + name + "'");
    }
    if (static_cast<Index>(encoder.inputs.size()) != n_features) {
        throw InvalidArgument(std::string(who) + ": schema must have one input a feature, got " +
                              std::to_string(encoder.inputs.size()) + " inputs for " + std::to_string(n_features) +
                              " features");
    }
    encoder.level_ranks.resize(encoder.inputs.size());
    encoder.schema = std::move(schema);
    return encoder;
}

void require_same_inputs(const char* who, const FeatureEncoder& a, const FeatureEncoder& b) {
    const std::string name = who;
    if (a.inputs != b.inputs) {
        throw InvalidArgument(name + ": forests must have the same inputs, got " + joined_names(a.inputs) + " and " +
                              joined_names(b.inputs));
    }
    if (a.schema != b.schema)
        throw InvalidArgument(name + ": forests must have the same schema, got columns of other kinds, roles or units");
    for (std::size_t j = 0; j < a.level_ranks.size(); ++j) {
        if (a.level_ranks[j] == b.level_ranks[j]) continue;
        throw InvalidArgument(name + ": forests must order the levels of '" + a.inputs[j] +
                              "' alike, got other orders: they were learned from other rows");
    }
}

void require_same_outputs(const char* who, Index a, Index b) {
    if (a == b) return;
    throw InvalidArgument(std::string(who) + ": forests must have the same number of outputs, got " +
                          std::to_string(a) + " and " + std::to_string(b));
}

void require_same_categories(const char* who, std::span<const std::int32_t> a, std::span<const std::int32_t> b,
                             Index n_features) {
    const auto is_category = [](std::span<const std::int32_t> n_levels, Index j) {
        return !n_levels.empty() && n_levels[static_cast<std::size_t>(j)] > 0;
    };
    for (Index j = 0; j < n_features; ++j) {
        if (is_category(a, j) == is_category(b, j)) continue;
        throw InvalidArgument(std::string(who) + ": forests must split the same features by levels, got feature " +
                              std::to_string(j) + " as a category in one and as a number in the other");
    }
}

void require_same_criterion(const char* who, Criterion a, Criterion b) {
    if (a == b) return;
    throw InvalidArgument(std::string(who) + ": forests must have the same criterion, got " +
                          std::string(to_string(a)) + " and " + std::string(to_string(b)));
}

void require_same_classes(const char* who, const std::vector<std::string>& a, const std::vector<std::string>& b) {
    if (a == b) return;
    throw InvalidArgument(std::string(who) + ": forests must have the same classes, got " + joined_names(a) + " and " +
                          joined_names(b));
}

void require_same_class_counts(const char* who, const std::vector<std::int64_t>& a,
                               const std::vector<std::int64_t>& b) {
    if (a == b) return;
    throw InvalidArgument(std::string(who) + ": forests must have the same number of classes in each output, got " +
                          joined_names(texts_of(a)) + " and " + joined_names(texts_of(b)));
}

}  // namespace plantwright
