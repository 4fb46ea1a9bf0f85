// SPDX-License-Identifier: MIT
/// `Resampler`: steps that change how often classes occur in the rows that train what comes next, and nothing else.
///
/// `fit_transform`, and so a pipeline or model that trains, gives the balanced rows; `transform` and streams give every
/// row as it is. The target is the table's column of that role: categories, or numbers each of which is a class. Rows
/// without a target stay. The counts wanted are a `sampling_strategy`:
///
///     "auto"          over: all classes as often as the most frequent one; under: as seldom as the least frequent one
///     "minority", "not minority", "majority", "not majority", "all": which classes come to that count
///     0.5             of two classes: the rarer one has that share of the other one's rows
///     {"A": 300}      rows by class; the others stay as they are
#pragma once

#include <utility>

#include "plantwright/preprocessing/step.hpp"

namespace plantwright {

class PLANTWRIGHT_API Resampler : public Step {
public:
    Fitted fitted() const override { return {{"class_counts_", counts_}, {"resampled_counts_", wanted_}}; }
    void update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const final;
    void validate() const override;

    const Vector& class_counts() const { return counts_; }  ///< of each class in the rows fitted, in its order
    const Vector& resampled_counts() const { return wanted_; }

protected:
    std::vector<Column> compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const final;

    Vector counts_, wanted_;
};

/// A resampler whose options are `O`; `Self` derives from it.
template <class Self, class O>
class PLANTWRIGHT_API ResamplerOf : public Resampler {
public:
    using Options = O;

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::members(archive, counts_, wanted_);
        io::validate_after_load(archive, static_cast<Self&>(*this));
    }

protected:
    static Self with_counts(const Options& options, Vector counts, Vector wanted) {
        Self step;
        step.options_ = options;
        step.counts_ = std::move(counts);
        step.wanted_ = std::move(wanted);
        return step;
    }

    Options options_;
};

}  // namespace plantwright
