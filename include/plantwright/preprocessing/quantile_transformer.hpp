// SPDX-License-Identifier: MIT
/// `QuantileTransformer`: numbers to their rank among those fitted, uniform in [0, 1] or standard normal.
///
///     u = (F(x) + F'(x)) / 2,   z = u  or  z = inverse normal distribution of u
///
/// F interpolates linearly between `n_quantiles` empirical quantiles, F' does so from the other side: they differ where
/// quantiles coincide. Beyond the fitted range u is 0 or 1; the normal is held within +-5.2, the quantiles of 1e-7. A
/// missing value stays missing; a column without values gives NaN. All rows are used (scikit-learn draws 10,000).
/// O(n) to fit, O(log n_quantiles) a number.
#pragma once

#include "plantwright/preprocessing/number_map.hpp"

namespace plantwright {

enum class OutputDistribution { uniform, normal };
template <>
inline constexpr std::array<std::string_view, 2> kWords<OutputDistribution>{"uniform", "normal"};

struct QuantileTransformerOptions {
    static constexpr std::string_view kStepType = "QuantileTransformer";
    std::int64_t n_quantiles = 1000;  ///< at most as many as there are rows
    OutputDistribution output_distribution = OutputDistribution::uniform;
    StepColumns columns{};  ///< numbers

    static void fields(auto& self, auto&& field) {
        field("n_quantiles", self.n_quantiles);
        field("output_distribution", self.output_distribution);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API QuantileTransformer final : public NumberMap {
public:
    using Options = QuantileTransformerOptions;

    QuantileTransformer() = default;
    /// Throws InvalidArgument on a frame without rows, an infinity, and fewer than one quantile.
    static QuantileTransformer fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    const Matrix& quantiles() const { return quantiles_; }  ///< (n_columns, n_quantiles)

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override;
    bool is_invertible() const override { return true; }
    void validate() const override;
    void keep_columns(std::span<const Index> kept);

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::members(archive, quantiles_, references_);
        io::validate_after_load(archive, *this);
    }

protected:
    void map(Index k, std::span<const double> in, double* out) const override;
    void unmap(Index k, std::span<const double> in, double* out) const override;

private:
    Options options_;
    Matrix quantiles_;
    Vector references_;  // (n_quantiles,), from 0 to 1
};

}  // namespace plantwright
