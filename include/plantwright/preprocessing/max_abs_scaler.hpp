// SPDX-License-Identifier: MIT
/// `MaxAbsScaler`: numbers in units of the largest magnitude of their column, so that zero stays zero.
///
/// A missing value stays missing. A column of zeros is divided by 1; a column without values gives NaN. O(n).
#pragma once

#include "plantwright/preprocessing/number_map.hpp"

namespace plantwright {

struct MaxAbsScalerOptions {
    static constexpr std::string_view kStepType = "MaxAbsScaler";
    StepColumns columns{};  ///< numbers

    static void fields(auto& self, auto&& field) { field("columns", self.columns); }
};

class PLANTWRIGHT_API MaxAbsScaler final : public NumberMap {
public:
    using Options = MaxAbsScalerOptions;

    MaxAbsScaler() = default;
    /// Throws InvalidArgument on a frame without rows, and on an infinity.
    static MaxAbsScaler fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override;
    bool is_invertible() const override { return true; }
    void validate() const override;
    void keep_columns(std::span<const Index> kept) { keep(kept, options_.columns, {&max_abs_, &scale_}); }

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::members(archive, max_abs_, scale_);
        io::validate_after_load(archive, *this);
    }

protected:
    void map(Index k, std::span<const double> in, double* out) const override;
    void unmap(Index k, std::span<const double> in, double* out) const override;

private:
    Options options_;
    Vector max_abs_, scale_;
};

}  // namespace plantwright
