// SPDX-License-Identifier: MIT
/// `MissingIndicator`: a column `x__missing` beside x, 1 where x is missing and 0 elsewhere.
///
/// A category's level that was not fitted is not missing. O(n).
#pragma once

#include "plantwright/preprocessing/step.hpp"

namespace plantwright {

enum class IndicatedFeatures { missing_only, all };
template <>
inline constexpr std::array<std::string_view, 2> kWords<IndicatedFeatures>{"missing-only", "all"};

struct MissingIndicatorOptions {
    static constexpr std::string_view kStepType = "MissingIndicator";
    IndicatedFeatures features = IndicatedFeatures::missing_only;  ///< those with gaps when fitted, or all
    StepColumns columns{};                                         ///< numbers and categories

    static void fields(auto& self, auto&& field) {
        field("features", self.features);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API MissingIndicator final : public Step {
public:
    using Options = MissingIndicatorOptions;

    MissingIndicator() = default;
    /// Throws InvalidArgument on a frame without rows.
    static MissingIndicator fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    void update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const override;
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::validate_after_load(archive, *this);
    }

protected:
    std::vector<Column> compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const override;

private:
    Options options_;
};

}  // namespace plantwright
