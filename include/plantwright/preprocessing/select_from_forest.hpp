// SPDX-License-Identifier: MIT
/// `SelectFromForest`: keeps the columns that a random forest finds important.
///
/// Importance is by permutation: by how much the trees' error on the rows that they were not grown on grows when a
/// column's values are shuffled among those rows (squared error; of classes, the share of wrong ones), on average over
/// the trees (Breiman, "Random Forests", Machine Learning 45, 2001); or by the decrease in impurity, which costs
/// nothing more, and flatters columns of many values. Missing values are the forest's to deal with.
/// A forest's training; by permutation and O(trees * columns of a tree * n * depth).
#pragma once

#include "plantwright/preprocessing/selector.hpp"

namespace plantwright {

enum class ForestImportance { permutation, impurity };
template <>
inline constexpr std::array<std::string_view, 2> kWords<ForestImportance>{"permutation", "impurity"};
enum class ForestTarget { automatic, continuous, classes };
template <>
inline constexpr std::array<std::string_view, 3> kWords<ForestTarget>{"auto", "continuous", "classes"};

struct SelectFromForestOptions {
    static constexpr std::string_view kStepType = "SelectFromForest";
    /// The least importance kept: a number, "mean", "median", or a multiple of these as "1.25*mean"
    io::Json threshold = "mean";
    std::optional<std::int64_t> max_features{};  ///< at most so many, the most important
    ForestImportance importance = ForestImportance::permutation;
    ForestTarget target_type = ForestTarget::automatic;  ///< auto: continuous for numbers, classes for categories
    std::int64_t n_estimators = 100;
    std::optional<std::int64_t> max_depth{};
    std::int64_t random_state = 0;
    StepColumns columns{};  ///< numbers and categories

    static void fields(auto& self, auto&& field) {
        field("threshold", self.threshold);
        field("max_features", self.max_features);
        field("importance", self.importance);
        field("target_type", self.target_type);
        field("n_estimators", self.n_estimators);
        field("max_depth", self.max_depth);
        field("random_state", self.random_state);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API SelectFromForest final : public Selector {
public:
    using Options = SelectFromForestOptions;

    SelectFromForest() = default;
    /// Throws InvalidArgument on a frame without a target, an infinity, and options out of range.
    static SelectFromForest fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    const Vector& importances() const { return importances_; }
    double threshold() const { return threshold_; }

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override {
        return {places(), {"importances_", importances_}, {"threshold_", Vector{threshold_}}};
    }
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        serialize_choice(archive);
        io::members(archive, importances_, threshold_);
        io::validate_after_load(archive, *this);
    }

private:
    Options options_;
    Vector importances_;
    double threshold_ = 0;
};

}  // namespace plantwright
