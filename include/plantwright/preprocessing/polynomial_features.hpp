// SPDX-License-Identifier: MIT
/// `PolynomialFeatures`: products of numbers up to a degree: `a__power_2`, `a__times__b`, `a__power_2__times__b`.
///
/// Products stand behind the columns that there are, degree by degree, in the order of scikit-learn's; the columns
/// themselves, the products of degree 1, stay where they are. A product is that of its first factors times the last
/// one; of a missing value it is missing. O(n) a product.
#pragma once

#include "plantwright/preprocessing/step.hpp"

namespace plantwright {

struct PolynomialFeaturesOptions {
    static constexpr std::string_view kStepType = "PolynomialFeatures";
    std::int64_t degree = 2;        ///< at least 1
    bool interaction_only = false;  ///< no column twice in a product
    bool include_bias = false;      ///< a column `bias` of ones
    StepColumns columns{};          ///< numbers

    static void fields(auto& self, auto&& field) {
        field("degree", self.degree);
        field("interaction_only", self.interaction_only);
        field("include_bias", self.include_bias);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API PolynomialFeatures final : public Step {
public:
    using Options = PolynomialFeaturesOptions;
    static constexpr Index kMostProducts = 10'000;

    PolynomialFeatures() = default;
    /// Throws InvalidArgument on a frame without rows, a degree below 1 and on more than kMostProducts products.
    static PolynomialFeatures fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    void update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const override;
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::members(archive, parents_, factors_);
        io::validate_after_load(archive, *this);
    }

protected:
    std::vector<Column> compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const override;

private:
    Index n_bias() const { return options_.include_bias ? 1 : 0; }

    Options options_;
    // Of each product: its first factors, the column read k as k, the product t as n_read + t; and the last factor.
    Buffer<std::int32_t> parents_, factors_;
};

}  // namespace plantwright
