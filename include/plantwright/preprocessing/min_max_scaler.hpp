// SPDX-License-Identifier: MIT
/// `MinMaxScaler`: numbers moved into a range.
///
///     z = x * scale + offset,   scale = (high - low) / (max - min),   offset = low - min * scale
///
/// A missing value stays missing. A constant column is divided by 1; a column without values gives NaN. With `clip`,
/// what lies beyond the fitted range is held at its ends. One pass, O(n).
#pragma once

#include "plantwright/preprocessing/number_map.hpp"

namespace plantwright {

struct MinMaxScalerOptions {
    static constexpr std::string_view kStepType = "MinMaxScaler";
    std::pair<double, double> feature_range{0, 1};
    bool clip = false;
    StepColumns columns{};  ///< numbers

    static void fields(auto& self, auto&& field) {
        field("feature_range", self.feature_range);
        field("clip", self.clip);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API MinMaxScaler final : public NumberMap {
public:
    using Options = MinMaxScalerOptions;

    MinMaxScaler() = default;
    /// Throws InvalidArgument on a frame without rows, an infinity, and a range that does not rise.
    static MinMaxScaler fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override;
    bool is_invertible() const override { return true; }
    void validate() const override;
    void keep_columns(std::span<const Index> kept) {
        keep(kept, options_.columns, {&data_min_, &data_max_, &scale_, &min_});
    }

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::members(archive, data_min_, data_max_, scale_, min_);
        io::validate_after_load(archive, *this);
    }

protected:
    void map(Index k, std::span<const double> in, double* out) const override;
    void unmap(Index k, std::span<const double> in, double* out) const override;

private:
    Options options_;
    Vector data_min_, data_max_, scale_, min_;
};

}  // namespace plantwright
