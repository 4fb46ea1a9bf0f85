// SPDX-License-Identifier: MIT
/// `MutualInformationFilter`: keeps the columns that tell something about the target, in whatever way.
///
///     I(X; Y) = sum_ij p_ij log(p_ij / (p_i. p_.j))    in nats
///
/// over bins: a category's levels; a number's values where they are few, else equal-frequency bins of its ranks; a
/// missing value is a bin of its own, since that it is missing may tell. Rows without a target are left out.
///
/// With `k`: the k columns of the highest score, I less its bias (r - 1)(c - 1) / 2n for r and c bins (Miller, "Note on
/// the bias of information estimates", 1955), at least 0. Else those whose I is beyond chance: p is the share of
/// permutations of the target with an I as high, (1 + b) / (1 + B) of B permutations (Phipson & Smyth, 2010), adjusted
/// for the number of columns. Given the sizes of the bins, what a permutation gives does not depend on the column:
/// columns with the same sizes share the permutations, as they may (Bates et al., "Testing for outliers with conformal
/// p-values", Annals of Statistics 51, 2023).
///
/// Permutations take rows for independent: of strongly autocorrelated series they keep too many columns.
/// O(p n log n), and O(B n) for each set of bin sizes.
#pragma once

#include "plantwright/preprocessing/selector.hpp"

namespace plantwright {

struct BinCodes;  // src/preprocessing
class BinTables;

struct MutualInformationFilterOptions {
    static constexpr std::string_view kStepType = "MutualInformationFilter";
    std::optional<std::int64_t> k{};  ///< how many columns to keep; absent: by their p-values
    double alpha = 0.05;              ///< level of the adjusted p-values, in (0, 1)
    Correction correction = Correction::benjamini_hochberg;
    /// Absent: 2 p / alpha for p columns, so that one column alone can be found, from 1,000 to 100,000
    std::optional<std::int64_t> n_permutations{};
    std::optional<std::int64_t> n_bins{};  ///< absent: sqrt(n / 20), from 2 to 16
    std::int64_t random_state = 0;
    StepColumns columns{};  ///< numbers and categories

    static void fields(auto& self, auto&& field) {
        field("k", self.k);
        field("alpha", self.alpha);
        field("correction", self.correction);
        field("n_permutations", self.n_permutations);
        field("n_bins", self.n_bins);
        field("random_state", self.random_state);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API MutualInformationFilter final : public Selector {
public:
    using Options = MutualInformationFilterOptions;

    MutualInformationFilter() = default;
    /// Throws InvalidArgument on a frame without a target, an infinity, and options out of range.
    static MutualInformationFilter fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    const Vector& scores() const { return scores_; }      ///< I less its bias, in nats
    const Vector& p_values() const { return p_values_; }  ///< not adjusted; NaN with `k`

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override {
        return {places(), {"mutual_information_", information_}, {"scores_", scores_}, {"pvalues_", p_values_}};
    }
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        serialize_choice(archive);
        io::members(archive, information_, scores_, p_values_);
        io::validate_after_load(archive, *this);
    }

private:
    void choose(const std::vector<BinCodes>& columns, const BinCodes& y, const BinTables& tables, int n_jobs);

    Options options_;
    Vector information_, scores_, p_values_;
};

}  // namespace plantwright
