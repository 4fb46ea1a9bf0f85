// SPDX-License-Identifier: MIT
/// `StandardScaler`: numbers less their mean, in units of their standard deviation.
///
///     z = (x - mean) / scale,   scale = sqrt(sum (x - mean)^2 / n)
///
/// Means and deviations are of the present values; a missing value stays missing. A constant column has scale 1, as one
/// without values; so has every column where `with_std` is false. Two passes over a column, O(n).
#pragma once

#include "plantwright/preprocessing/number_map.hpp"
#include "plantwright/preprocessing/step_options.hpp"

namespace plantwright {

struct StandardScalerOptions {
    static constexpr std::string_view kStepType = "StandardScaler";
    bool with_mean = true;
    bool with_std = true;
    StepColumns columns{};  ///< numbers

    static void fields(auto& self, auto&& field) {
        field("with_mean", self.with_mean);
        field("with_std", self.with_std);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API StandardScaler final : public NumberMap {
public:
    using Options = StandardScalerOptions;

    StandardScaler() = default;
    /// Throws InvalidArgument on a frame without rows, and on an infinity.
    static StandardScaler fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    const Vector& mean() const { return mean_; }    ///< NaN where a column has no value
    const Vector& scale() const { return scale_; }  ///< what is divided by

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override;
    bool is_invertible() const override { return true; }
    void validate() const override;
    void keep_columns(std::span<const Index> kept) { keep(kept, options_.columns, {&mean_, &variance_, &scale_}); }

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::members(archive, mean_, variance_, scale_);
        io::validate_after_load(archive, *this);
    }

protected:
    void map(Index k, std::span<const double> in, double* out) const override;
    void unmap(Index k, std::span<const double> in, double* out) const override;

private:
    Options options_;
    Vector mean_, variance_, scale_;
};

}  // namespace plantwright
