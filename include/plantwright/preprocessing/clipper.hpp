// SPDX-License-Identifier: MIT
/// `Clipper`, also `Winsorizer`: numbers held within limits, so that an outlier counts as the limit it passed.
///
/// - quantile: between two quantiles of the fitted numbers;
/// - iqr: from q25 - f (q75 - q25) to q75 + f (q75 - q25), f = 1.5 (Tukey, "Exploratory data analysis", 1977);
/// - mad: median +- f 1.4826 median |x - median|, f = 3, in standard deviations of a normal (Hampel, JASA 69, 1974);
/// - fixed: `limits` alone.
///
/// `limits` of a column go before the method's. A missing value stays missing. A column without values has no limits,
/// nor has one whose spread (iqr, mad) is zero, as when half its numbers are equal. O(n).
#pragma once

#include "plantwright/preprocessing/number_map.hpp"

namespace plantwright {

enum class ClipMethod { quantile, iqr, mad, fixed };
template <>
inline constexpr std::array<std::string_view, 4> kWords<ClipMethod>{"quantile", "iqr", "mad", "fixed"};

struct ClipperOptions {
    static constexpr std::string_view kStepType = "Clipper";
    ClipMethod method = ClipMethod::quantile;
    std::pair<double, double> quantiles{0.01, 0.99};
    io::Json factor{};  ///< f: a number, two of them for below and above, or none for the method's own
    /// {"flow": [0, 120], "steam_t": [null, 600]}: null is no limit
    io::Json limits{};
    StepColumns columns{};  ///< numbers; for fixed those that `limits` names

    static void fields(auto& self, auto&& field) {
        field("method", self.method);
        field("quantiles", self.quantiles);
        field("factor", self.factor);
        field("limits", self.limits);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API Clipper final : public NumberMap {
public:
    using Options = ClipperOptions;

    Clipper() = default;
    /// Throws InvalidArgument on a frame without rows, an infinity, limits that fall, of a column that is not clipped,
    /// and on quantiles and factors out of range.
    static Clipper fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    const Vector& lower() const { return lower_; }  ///< -inf: no limit
    const Vector& upper() const { return upper_; }

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override { return {{"lower_", lower_}, {"upper_", upper_}}; }
    void validate() const override;
    void keep_columns(std::span<const Index> kept) { keep(kept, options_.columns, {&lower_, &upper_}); }

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::members(archive, lower_, upper_);
        io::validate_after_load(archive, *this);
    }

protected:
    void map(Index k, std::span<const double> in, double* out) const override;

private:
    Options options_;
    Vector lower_, upper_;
};

using Winsorizer = Clipper;

}  // namespace plantwright
