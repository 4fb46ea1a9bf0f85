// SPDX-License-Identifier: MIT
/// Classifiers of several outputs: labels side by side, and the shares of their classes.
#include <algorithm>
#include <string>

#include "forest/conformed_rows.hpp"
#include "forest/encoder.hpp"
#include "forest/fit_requests.hpp"
#include "forest/merge.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using LabelTable = RandomForestClassifier::LabelTable;
using ClassNames = RandomForestClassifier::ClassNames;

/// As `numbered_classes` where no names are given.
ClassNames names_of(LabelTable Y, const ClassNames& given) {
    const std::string who(RandomForestClassifier::kTypeName);
    if (Y.cols() < 1) throw InvalidArgument(who + ": y must have at least 1 output, got none");
    if (!given.empty() && std::ssize(given) != Y.cols()) {
        throw InvalidArgument(who + ": classes must be named for each output, got " + std::to_string(given.size()) +
                              " lists for " + std::to_string(Y.cols()) + " outputs");
    }
    ClassNames names = given;
    for (Index k = 0; given.empty() && k < Y.cols(); ++k) names.push_back(numbered_classes(Y.col(k)));
    return names;
}

std::vector<std::int64_t> sizes_of(const ClassNames& names) {
    std::vector<std::int64_t> sizes;
    for (const auto& classes : names) sizes.push_back(std::ssize(classes));
    return sizes;
}

struct FrameLabels {
    Table<std::int32_t> label;
    ClassNames classes;
};

FrameLabels labels_of(const char* who, const Frame& frame, std::span<const std::string> targets) {
    if (targets.empty()) throw InvalidArgument(std::string(who) + ": targets must name at least 1 column, got none");
    require_distinct(who, targets);
    FrameLabels all{Table<std::int32_t>(frame.rows(), std::ssize(targets)), {}};
    for (std::size_t k = 0; k < targets.size(); ++k) {
        ClassLabels own = class_labels(who, frame, targets[k]);
        for (Index i = 0; i < frame.rows(); ++i) all.label(i, static_cast<Index>(k)) = own.label[i];
        all.classes.push_back(std::move(own.classes));
    }
    return all;
}

RandomForestClassifier fit_frame(const Frame& frame, std::span<const std::string> targets,
                                 const RandomForestOptions& options, ConstVectorView sample_weight,
                                 const RandomForestClassifier* start) {
    const char* who = RandomForestClassifier::kTypeName.data();
    if (targets.size() == 1) {
        return start ? start->grow(frame, targets[0], options, sample_weight)
                     : RandomForestClassifier::fit(frame, targets[0], options, sample_weight);
    }
    const FrameLabels labels = labels_of(who, frame, targets);
    const Target target = class_outputs_target(who, labels.label.view(), sizes_of(labels.classes),
                                               options.criterion.value_or(Criterion::gini));
    FeatureEncoder encoder = learn_encoder(who, frame, targets, target, options.category_splits);
    const FeatureRows rows = encode(encoder, frame);
    return ClassifierFit::run_outputs(rows, labels.label.view(), options, sample_weight, labels.classes,
                                      std::move(encoder), start);
}

}  // namespace

RandomForestClassifier ClassifierFit::run_outputs(const FeatureRows& rows, LabelTable Y,
                                                  const RandomForestOptions& options, ConstVectorView sample_weight,
                                                  const ClassNames& given, FeatureEncoder encoder,
                                                  const RandomForestClassifier* start) {
    const char* who = RandomForestClassifier::kTypeName.data();
    const Criterion criterion = classification_criterion(who, options);
    const ClassNames names = names_of(Y, given);
    if (names.size() == 1) return run(rows, Y.col(0), options, sample_weight, names[0], std::move(encoder), start);
    std::vector<std::int64_t> sizes = sizes_of(names);
    std::vector<std::string> classes;
    for (const auto& own : names) classes.insert(classes.end(), own.begin(), own.end());
    if (start) {
        require_same_criterion(who, start->criterion(), criterion);
        require_same_classes(who, start->classes(), classes);
        require_same_class_counts(who, start->n_classes(), sizes);
    }
    const Target target = class_outputs_target(who, Y, sizes, criterion);
    ForestModel model =
        fit_forest({who, rows, target, options, sample_weight, std::move(encoder), start ? &start->model_ : nullptr});
    return {criterion, std::move(classes), std::move(model), std::move(sizes)};
}

RandomForestClassifier RandomForestClassifier::fit_outputs(ConstMatrixView X, LabelTable Y,
                                                           const RandomForestOptions& options,
                                                           ConstVectorView sample_weight, const ClassNames& classes) {
    return ClassifierFit::run_outputs(X, Y, options, sample_weight, classes, {});
}
RandomForestClassifier RandomForestClassifier::fit_outputs(ConstMatrixViewF X, LabelTable Y,
                                                           const RandomForestOptions& options,
                                                           ConstVectorView sample_weight, const ClassNames& classes) {
    return ClassifierFit::run_outputs(X, Y, options, sample_weight, classes, {});
}
RandomForestClassifier RandomForestClassifier::fit_outputs(const Frame& frame, std::span<const std::string> targets,
                                                           const RandomForestOptions& options,
                                                           ConstVectorView sample_weight) {
    return fit_frame(frame, targets, options, sample_weight, nullptr);
}
RandomForestClassifier RandomForestClassifier::grow_outputs(ConstMatrixView X, LabelTable Y,
                                                            const RandomForestOptions& options,
                                                            ConstVectorView sample_weight,
                                                            const ClassNames& classes) const {
    return ClassifierFit::run_outputs(X, Y, options, sample_weight, classes, {}, this);
}
RandomForestClassifier RandomForestClassifier::grow_outputs(ConstMatrixViewF X, LabelTable Y,
                                                            const RandomForestOptions& options,
                                                            ConstVectorView sample_weight,
                                                            const ClassNames& classes) const {
    return ClassifierFit::run_outputs(X, Y, options, sample_weight, classes, {}, this);
}
RandomForestClassifier RandomForestClassifier::grow_outputs(const Frame& frame, std::span<const std::string> targets,
                                                            const RandomForestOptions& options,
                                                            ConstVectorView sample_weight) const {
    return fit_frame(frame, targets, options, sample_weight, this);
}

Table<std::int32_t> RandomForestClassifier::predict_outputs(ConstMatrixView X, std::optional<int> n_jobs) const {
    return most_likely_of_each(predict_proba(X, n_jobs));
}
Table<std::int32_t> RandomForestClassifier::predict_outputs(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    return most_likely_of_each(predict_proba(X, n_jobs));
}
Table<std::int32_t> RandomForestClassifier::predict_outputs(const Frame& frame, std::optional<int> n_jobs) const {
    return most_likely_of_each(predict_proba(frame, n_jobs));
}

void RandomForestClassifier::predict_proba_one(std::span<const float> row, std::span<double> share) const {
    model_.mean_of_one(row, share);
}
void RandomForestClassifier::predict_proba_one(std::span<const double> row, std::span<double> share) const {
    model_.mean_of_one(row, share);
}

std::vector<std::int64_t> RandomForestClassifier::n_classes() const {
    if (n_classes_.empty()) return {std::ssize(classes_)};
    return n_classes_;
}

Table<std::int32_t> RandomForestClassifier::most_likely_of_each(const Matrix& share) const {
    const std::vector<std::int64_t> sizes = n_classes();
    Table<std::int32_t> best(share.rows(), std::ssize(sizes));
    for (Index i = 0; i < share.rows(); ++i) {
        const double* begin = share.row(i).data();
        for (std::size_t k = 0; k < sizes.size(); begin += sizes[k++])
            best(i, static_cast<Index>(k)) =
                static_cast<std::int32_t>(std::max_element(begin, begin + sizes[k]) - begin);
    }
    return best;
}

void RandomForestClassifier::require_one_output(const char* method) const {
    if (n_classes_.empty()) return;
    throw InvalidArgument(std::string(kTypeName) + ": " + method + " takes a forest of one output, got one of " +
                          std::to_string(n_classes_.size()) + ": see predict_outputs and predict_proba");
}

void RandomForestClassifier::validate() const {
    model_.validate();
    if (model_.n_outputs() != std::ssize(classes_)) {
        throw CorruptModel("RandomForestClassifier: the number of classes does not fit the values");
    }
    std::int64_t left = std::ssize(classes_);
    for (const std::int64_t n : n_classes_) {
        if (n < 1 || n > left) throw CorruptModel("RandomForestClassifier: the outputs do not fit the classes");
        left -= n;
    }
    if (!n_classes_.empty() && (left != 0 || n_classes_.size() < 2))
        throw CorruptModel("RandomForestClassifier: the outputs do not fit the classes");
    const int c = static_cast<int>(criterion_);
    if (c < static_cast<int>(Criterion::gini) || c > static_cast<int>(Criterion::entropy)) {
        throw CorruptModel("RandomForestClassifier: unknown criterion");
    }
}

}  // namespace plantwright
