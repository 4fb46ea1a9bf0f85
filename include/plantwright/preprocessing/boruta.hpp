// SPDX-License-Identifier: MIT
/// `Boruta`: keeps every column that tells a forest more about the target than shuffled columns do.
///
/// Each round grows a forest on the columns and on a *shadow* of each, a shuffled copy. A column has a hit where it is
/// more important than the most important shadow. It is kept if its hits are more than chance `hit_rate` gives, by a
/// binomial test over the rounds, adjusted for the number of columns (Kursa & Rudnicki, "Feature selection with the
/// Boruta package", Journal of Statistical Software 36, 2010).
///
/// Where we deviate. Rounds differ in shadows and forests, but see the same rows: a column of noise that by chance goes
/// with the target does so in each. On noise alone the best column beats the best of as many shadows in more than a
/// share h of the rounds with a probability of up to 1 - h, so the paper's h = 1/2 keeps something in up to every
/// second such table (of ten columns and 150 rows, in one of four). Ours is h = 1 - alpha; `hit_rate = 0.5` is the
/// paper's. All shadows stay in all rounds (the paper's go with the columns that are left out, which lowers the bar),
/// and a column is accepted after the last round alone, so that looking often does not help it. A forest a round;
/// rounds end early where no column is left.
#pragma once

#include "plantwright/preprocessing/select_from_forest.hpp"

namespace plantwright {

struct BorutaOptions {
    static constexpr std::string_view kStepType = "Boruta";
    double alpha = 0.05;                  ///< level of the adjusted test, in (0, 1)
    std::optional<double> hit_rate = {};  ///< h above, in (0, 1); absent: 1 - alpha
    Correction correction = Correction::benjamini_hochberg;
    std::int64_t max_rounds = 150;
    bool keep_tentative = false;  ///< whether a column stays that is neither kept nor left out with confidence
    ForestImportance importance = ForestImportance::impurity;
    ForestTarget target_type = ForestTarget::automatic;
    std::int64_t n_estimators = 100;
    std::optional<std::int64_t> max_depth{};
    std::int64_t random_state = 0;
    StepColumns columns{};  ///< numbers and categories

    static void fields(auto& self, auto&& field) {
        field("alpha", self.alpha);
        field("hit_rate", self.hit_rate);
        field("correction", self.correction);
        field("max_rounds", self.max_rounds);
        field("keep_tentative", self.keep_tentative);
        field("importance", self.importance);
        field("target_type", self.target_type);
        field("n_estimators", self.n_estimators);
        field("max_depth", self.max_depth);
        field("random_state", self.random_state);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API Boruta final : public Selector {
public:
    using Options = BorutaOptions;

    Boruta() = default;
    /// Throws InvalidArgument on a frame without a target, an infinity, and options out of range.
    static Boruta fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    const Vector& hits() const { return hits_; }
    const Vector& rounds() const { return rounds_; }      ///< that each column was in, until it was left out
    const Vector& p_values() const { return p_values_; }  ///< of as many hits or more, not adjusted

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override {
        return {places(), {"hits_", hits_}, {"rounds_", rounds_}, {"pvalues_", p_values_}};
    }
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        serialize_choice(archive);
        io::members(archive, hits_, rounds_, p_values_);
        io::validate_after_load(archive, *this);
    }

private:
    void decide(const std::vector<bool>& is_rejected, double hit_rate);

    Options options_;
    Vector hits_, rounds_, p_values_;
};

}  // namespace plantwright
