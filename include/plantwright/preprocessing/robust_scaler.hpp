// SPDX-License-Identifier: MIT
/// `RobustScaler`: numbers less their median, in units of a range between two quantiles.
///
///     z = (x - median) / (q_high - q_low)
///
/// Quantiles interpolate linearly between neighbours (Hyndman & Fan, "Sample quantiles in statistical packages", The
/// American Statistician 50, 1996, type 7). With `unit_variance` the range is divided by that of a standard normal.
/// A missing value stays missing; a range of zero divides by 1; a column without values gives NaN. O(n).
#pragma once

#include "plantwright/preprocessing/number_map.hpp"

namespace plantwright {

struct RobustScalerOptions {
    static constexpr std::string_view kStepType = "RobustScaler";
    bool with_centering = true;
    bool with_scaling = true;
    std::pair<double, double> quantile_range{25, 75};  ///< in percent
    bool unit_variance = false;
    StepColumns columns{};  ///< numbers

    static void fields(auto& self, auto&& field) {
        field("with_centering", self.with_centering);
        field("with_scaling", self.with_scaling);
        field("quantile_range", self.quantile_range);
        field("unit_variance", self.unit_variance);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API RobustScaler final : public NumberMap {
public:
    using Options = RobustScalerOptions;

    RobustScaler() = default;
    /// Throws InvalidArgument on a frame without rows, an infinity, and percentages that do not rise within [0, 100].
    static RobustScaler fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override;
    bool is_invertible() const override { return true; }
    void validate() const override;
    void keep_columns(std::span<const Index> kept) { keep(kept, options_.columns, {&center_, &scale_}); }

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::members(archive, center_, scale_);
        io::validate_after_load(archive, *this);
    }

protected:
    void map(Index k, std::span<const double> in, double* out) const override;
    void unmap(Index k, std::span<const double> in, double* out) const override;

private:
    Options options_;
    Vector center_, scale_;
};

}  // namespace plantwright
