// SPDX-License-Identifier: MIT
/// `PowerTransformer`: numbers bent by a power until they look normal.
///
///     Yeo-Johnson:  ((x + 1)^l - 1) / l  for x >= 0,   -((1 - x)^(2 - l) - 1) / (2 - l)  for x < 0
///     Box-Cox:      (x^l - 1) / l  for x > 0;          logarithms where the exponent is 0
///
/// The exponent l maximises the normal log-likelihood, by Brent's method ("Algorithms for minimization without
/// derivatives", 1973) to 1.5e-8. Then, with `standardize`, mean 0 and variance 1.
/// Yeo & Johnson, "A new family of power transformations", Biometrika 87, 2000; Box & Cox, "An analysis of
/// transformations", JRSS B 26, 1964. A missing value stays missing; a column without values gives NaN; of a constant
/// column the exponent is 1. Box-Cox of a number that is not above 0 is NaN when transforming. O(n) an evaluation, some
/// 20 of them.
#pragma once

#include "plantwright/preprocessing/number_map.hpp"

namespace plantwright {

enum class PowerMethod { yeo_johnson, box_cox };
template <>
inline constexpr std::array<std::string_view, 2> kWords<PowerMethod>{"yeo-johnson", "box-cox"};

struct PowerTransformerOptions {
    static constexpr std::string_view kStepType = "PowerTransformer";
    PowerMethod method = PowerMethod::yeo_johnson;
    bool standardize = true;
    StepColumns columns{};  ///< numbers

    static void fields(auto& self, auto&& field) {
        field("method", self.method);
        field("standardize", self.standardize);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API PowerTransformer final : public NumberMap {
public:
    using Options = PowerTransformerOptions;

    PowerTransformer() = default;
    /// Throws InvalidArgument on a frame without rows, an infinity, and a number not above 0 for Box-Cox.
    static PowerTransformer fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    const Vector& lambdas() const { return lambdas_; }

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override;
    bool is_invertible() const override { return true; }
    void validate() const override;
    void keep_columns(std::span<const Index> kept) { keep(kept, options_.columns, {&lambdas_, &mean_, &scale_}); }

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::members(archive, lambdas_, mean_, scale_);
        io::validate_after_load(archive, *this);
    }

protected:
    void map(Index k, std::span<const double> in, double* out) const override;
    void unmap(Index k, std::span<const double> in, double* out) const override;

private:
    Options options_;
    Vector lambdas_, mean_, scale_;
};

}  // namespace plantwright
