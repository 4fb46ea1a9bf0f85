// SPDX-License-Identifier: MIT
#include "forest/merge.hpp"

#include <algorithm>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

template <class T>
Buffer<T> joined(const std::vector<const Forest*>& forests, Buffer<T> Forest::*member) {
    Index n = 0;
    for (const Forest* forest : forests) n += (forest->*member).size();
    Buffer<T> all = Buffer<T>::uninitialized(n);
    T* out = all.data();
    for (const Forest* forest : forests) out = std::copy((forest->*member).begin(), (forest->*member).end(), out);
    return all;
}

template <class T>
Buffer<T> cut(const Buffer<T>& all, Index begin, Index end) {
    return Buffer<T>(std::span<const T>(all.data() + begin, static_cast<std::size_t>(end - begin)));
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

Forest merged(const std::vector<const Forest*>& forests) {
    Forest all;
    all.n_features = forests.front()->n_features;
    all.n_outputs = forests.front()->n_outputs;
    Index n_trees = 0;
    for (const Forest* forest : forests) n_trees += forest->n_trees();
    all.tree_offsets = Buffer<std::int64_t>(n_trees + 1);
    Index t = 0;
    for (const Forest* forest : forests) {
        const std::int64_t begin = all.tree_offsets[t];
        for (Index i = 1; i <= forest->n_trees(); ++i) all.tree_offsets[++t] = begin + forest->tree_offsets[i];
    }
    all.feature = joined(forests, &Forest::feature);
    all.threshold = joined(forests, &Forest::threshold);
    all.children_left = joined(forests, &Forest::children_left);
    all.children_right = joined(forests, &Forest::children_right);
    all.missing_go_left = joined(forests, &Forest::missing_go_left);
    all.n_node_samples = joined(forests, &Forest::n_node_samples);
    all.weighted_n_node_samples = joined(forests, &Forest::weighted_n_node_samples);
    all.impurity = joined(forests, &Forest::impurity);
    all.value = joined(forests, &Forest::value);
    return all;
}

Forest trees_between(const Forest& forest, Index first, Index last) {
    if (!(0 <= first && first < last && last <= forest.n_trees())) {
        throw InvalidArgument("forest: subset must be of trees first to last with 0 <= first < last <= " +
                              std::to_string(forest.n_trees()) + ", got (" + std::to_string(first) + ", " +
                              std::to_string(last) + ")");
    }
    const Index begin = forest.tree_offsets[first], end = forest.tree_offsets[last];
    Forest part;
    part.n_features = forest.n_features;
    part.n_outputs = forest.n_outputs;
    part.tree_offsets = cut(forest.tree_offsets, first, last + 1);
    for (std::int64_t& offset : part.tree_offsets) offset -= begin;
    part.feature = cut(forest.feature, begin, end);
    part.threshold = cut(forest.threshold, begin, end);
    part.children_left = cut(forest.children_left, begin, end);
    part.children_right = cut(forest.children_right, begin, end);
    part.missing_go_left = cut(forest.missing_go_left, begin, end);
    part.n_node_samples = cut(forest.n_node_samples, begin, end);
    part.weighted_n_node_samples = cut(forest.weighted_n_node_samples, begin, end);
    part.impurity = cut(forest.impurity, begin, end);
    part.value = cut(forest.value, begin * forest.n_outputs, end * forest.n_outputs);
    return part;
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

}  // namespace plantwright
