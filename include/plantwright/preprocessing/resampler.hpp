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

    template <class Archive>
    void serialize_counts(Archive& archive) {
        io::members(archive, counts_, wanted_);
    }

    Vector counts_, wanted_;
};

}  // namespace plantwright
