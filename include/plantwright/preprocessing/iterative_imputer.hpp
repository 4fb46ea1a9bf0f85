// SPDX-License-Identifier: MIT
/// `IterativeImputer`: each column with gaps predicted from the others by a forest, in turn, until nothing moves.
///
/// missForest (Stekhoven & Buehlmann, "MissForest: non-parametric missing value imputation for mixed-type data",
/// Bioinformatics 28, 2012) with scikit-learn's parameters where it has them. Gaps start as the column's mean or
/// median. A round fits, column after column by rising number of gaps, a forest on the rows that have the column, and
/// predicts the others. Rounds end when what is imputed moved by less than `tol` of the columns' standard deviations
/// (root mean square), when it moved by more than the round before, whose forests then stay, or after `max_iter`. Later
/// rows start from the same means and pass through the forests of the first round, then through those of the last,
/// `n_iter_` times in all, each row on its own: so a stream gives what the table gives, and two forests a column are
/// saved, not every round's. (The last round's alone were trained on settled values, and move a row with several gaps
/// little from where the means put it.)
///
/// Columns that had no gap when fitted get a forest too, once, for gaps to come (`skip_complete`: they keep the mean).
/// A column fitted without a value stays missing. Numbers alone; unlike missForest's, categories are left out. The fit
/// costs rounds * columns forests.
#pragma once

#include "plantwright/forest/random_forest.hpp"
#include "plantwright/preprocessing/step.hpp"

namespace plantwright {

enum class ImputerForest { random_forest, extra_trees };
template <>
inline constexpr std::array<std::string_view, 2> kWords<ImputerForest>{"random_forest", "extra_trees"};

enum class InitialStrategy { mean, median };
template <>
inline constexpr std::array<std::string_view, 2> kWords<InitialStrategy>{"mean", "median"};

struct IterativeImputerOptions {
    static constexpr std::string_view kStepType = "IterativeImputer";
    ImputerForest estimator = ImputerForest::random_forest;
    std::int64_t n_estimators = 100;
    std::optional<std::int64_t> max_depth{};
    std::int64_t min_samples_leaf = 5;  ///< as missForest's
    std::int64_t max_iter = 10;         ///< 0: the initial values
    double tol = 0.01;                  ///< standard deviations
    InitialStrategy initial_strategy = InitialStrategy::mean;
    bool skip_complete = false;
    bool add_indicator = false;
    std::int64_t random_state = 0;
    StepColumns columns{};  ///< numbers

    static void fields(auto& self, auto&& field) {
        field("estimator", self.estimator);
        field("n_estimators", self.n_estimators);
        field("max_depth", self.max_depth);
        field("min_samples_leaf", self.min_samples_leaf);
        field("max_iter", self.max_iter);
        field("tol", self.tol);
        field("initial_strategy", self.initial_strategy);
        field("skip_complete", self.skip_complete);
        field("add_indicator", self.add_indicator);
        field("random_state", self.random_state);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API IterativeImputer final : public Step {
public:
    using Options = IterativeImputerOptions;

    IterativeImputer() = default;
    /// Throws InvalidArgument on a frame without rows, on an infinity, and on an option out of range.
    static IterativeImputer fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override;
    std::unique_ptr<StepState> start() const override;  ///< room for a row
    void update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const override;
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::members(archive, initial_, n_iter_, order_, first_, forests_, indicated_);
        io::validate_after_load(archive, *this);
    }

protected:
    std::vector<Column> compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const override;

private:
    Index n_columns() const { return std::ssize(reads_); }
    const RandomForestRegressor& forest(std::int64_t round, Index c) const;

    Options options_;
    Vector initial_;                              // of each column; NaN: it had no value
    std::int64_t n_iter_ = 0;                     // rounds that a row passes
    Buffer<std::int64_t> order_;                  // columns that have a forest, as they are predicted
    std::vector<RandomForestRegressor> first_;    // of the first of those, in a row's first round
    std::vector<RandomForestRegressor> forests_;  // of those, each from all other columns
    Buffer<std::int64_t> indicated_;              // columns whose gaps are told
};

}  // namespace plantwright
