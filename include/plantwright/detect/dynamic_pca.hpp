// SPDX-License-Identifier: MIT
/// `DynamicPca`: principal components of each row together with those before it, watched in and beside their space.
///
///     w[t] = (x[t], x[t-1], ..., x[t-lags]),   p = P w,   r = w - P'p,   rows of P the eigenvectors of w's covariance
///     T2 = sum of p_c^2 / l_c        SPE = sum of r_i^2        index = T2 / tau^2 + SPE / delta^2
///
/// (Ku, Storer & Georgakis, "Disturbance detection and isolation by dynamic principal component analysis", Chemometrics
/// and Intelligent Laboratory Systems 30, 1995), x standardised. The index that combines both is Yue & Qin's
/// ("Reconstruction-based fault identification using a combined index", Ind. Eng. Chem. Res. 40, 2001) with the limits
/// that each would have at 99 % if rows were normal and independent: tau^2 the chi-square quantile of as many degrees,
/// delta^2 that of Box (1954), g chi2(h) with g = theta2 / theta1, h = theta1^2 / theta2, theta_k the sum of the
/// left-out l^k; both by Wilson & Hilferty (1931). They weigh the two parts; what is an alarm, a Tail says.
///
/// A sensor without a reading stands where it stood, at its mean before the first. Blame of a sensor: the squares of
/// (P' diag(l)^(-1/2) p / tau + r / delta) over its lags, never negative, summing to the index (Alcala & Qin, 2011).
///
/// Fit O(n d^2 lags + (d lags)^3): the covariance of lags a and b is that of lags a + 1 and b + 1 but for its ends. A
/// row O(components d lags), without allocation. Fitted charts are immutable and may be shared by threads; each stream
/// owns its State. The same bits at every instruction level, in a batch and in a stream.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/detect/sensor_detector.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

struct PLANTWRIGHT_API DynamicPcaOptions {
    Index lags = 3;                          ///< rows before, in [0, 100]; 0 is PCA of rows alone
    double variance = 0.9;                   ///< share that the components explain, in (0, 1]
    std::optional<Index> n_components = {};  ///< instead of `variance`
};

class PLANTWRIGHT_API DynamicPca : public SensorDetector<DynamicPca, DynamicPcaOptions> {
public:
    static constexpr std::string_view kTypeName = "DynamicPCA";

    struct State {
        Vector window;      ///< w, latest row first, standardised, `(n_lagged,)`
        Vector components;  ///< p
        Vector residual;    ///< r, `(n_lagged,)`
        Vector reading;     ///< the row, standardised
        double t2 = kNaN, spe = kNaN;
        std::int64_t rows_seen = 0;

        template <class Archive>
        void serialize(Archive& archive, unsigned /*version*/) {
            io::members(archive, window, components, residual, reading, t2, spe, rows_seen);
        }
    };

    /// Its `fit` throws InvalidArgument on fewer than two windows of lags + 1 rows within the runs, on rows without
    /// variance, and on an option out of range.
    DynamicPca() = default;

    State start() const;
    double update(State& state, ConstVectorView row) const;  ///< the index, NaN for the first `lags` rows
    Vector contributions(const State& state) const;          ///< of each sensor to the index of the latest row
    using SensorDetector::contributions;

    Matrix t2_and_spe(ConstMatrixView rows) const;  ///< `(n_rows, 2)`, NaN while warming up

    Index n_components() const { return variances_.size(); }
    Index warm_up_rows() const { return options_.lags; }               ///< without a score
    ConstVectorView explained_variance() const { return variances_; }  ///< l, `(n_components,)`
    double t2_limit() const { return t2_limit_; }                      ///< tau^2
    double spe_limit() const { return spe_limit_; }                    ///< delta^2; 0: nothing is left out, no SPE

    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned version) {
        io::members(archive, options_.lags, options_.variance, options_.n_components, sensors_, loadings_, variances_,
                    t2_limit_, spe_limit_);
        serialize_calibration(archive, version);
        io::validate_after_load(archive, *this);
    }

private:
    friend SensorDetector;
    void learn(ConstMatrixView rows, RunBegins runs);
    void describe_options(io::Json& json) const;
    Index n_lagged() const { return n_sensors() * (options_.lags + 1); }
    double index_of(State& state) const;  // fills t2, spe and residual

    Matrix loadings_;  // P', (n_lagged, n_components)
    Vector variances_;
    double t2_limit_ = 1, spe_limit_ = 0;
};

}  // namespace plantwright

BOOST_CLASS_VERSION(plantwright::DynamicPca, 1)
