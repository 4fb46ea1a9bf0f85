// SPDX-License-Identifier: MIT
/// `VarianceThreshold`: leaves out numbers that vary no more than a threshold; as it comes, the constant ones.
///
/// The variance is that of the present values, sum (x - mean)^2 / n; exactly 0 where all are equal. A column without
/// values is left out. Two passes, O(n).
#pragma once

#include "plantwright/preprocessing/selector.hpp"

namespace plantwright {

struct VarianceThresholdOptions {
    static constexpr std::string_view kStepType = "VarianceThreshold";
    double threshold = 0;   ///< at least 0; in the square of the column's unit
    StepColumns columns{};  ///< numbers

    static void fields(auto& self, auto&& field) {
        field("threshold", self.threshold);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API VarianceThreshold final : public Selector {
public:
    using Options = VarianceThresholdOptions;

    VarianceThreshold() = default;
    /// Throws InvalidArgument on a frame without rows, an infinity, and a negative threshold.
    static VarianceThreshold fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    const Vector& variances() const { return variances_; }  ///< NaN of a column without values

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override { return {places(), {"variances_", variances_}}; }
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        serialize_choice(archive);
        io::members(archive, variances_);
        io::validate_after_load(archive, *this);
    }

private:
    Options options_;
    Vector variances_;
};

}  // namespace plantwright
