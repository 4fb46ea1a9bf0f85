// SPDX-License-Identifier: MIT
/// `MewmaChart`: the multivariate exponentially weighted moving average control chart.
///
///     z[t] = lambda x[t] + (1 - lambda) z[t-1],   T2[t] = z[t]' inv(S) z[t]
///
/// (Lowry, Woodall, Champ & Rigdon, "A multivariate exponentially weighted moving average control chart", Technometrics
/// 34, 1992), x standardised. S is the covariance of z over the training rows, counted after the first 2 / lambda of
/// each run, its off-diagonal shrunk by w: readings have memory, and averages of such rows stray further, and in other
/// directions, than the paper's S = lambda / (2 - lambda) Sigma says, which holds for independent rows alone (the
/// charts of Zhang, "A statistical control chart for stationary process data", Technometrics 40, 1998, for all sensors
/// together). The paper's S is taken where `autocorrelated` is false, and where fewer than 2 / lambda averages are
/// left. Both are asymptotic: the first 2 / lambda rows are not scored. A sensor without a reading leaves its component
/// of z as it was.
///
/// Blame: c_j = (inv(S)^(1/2) z)_j^2, which is never negative and sums to T2 (Alcala & Qin, "Analysis and
/// generalization of fault diagnosis methods for process monitoring", J. Process Control 21, 2011).
///
/// Fit O(n d^2 + d^3), O(d^2) a row, no allocation in a stream. Fitted charts are immutable and may be shared by
/// threads; each stream owns its State. The same bits at every instruction level, in a batch and in a stream.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/detect/sensor_detector.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

struct PLANTWRIGHT_API MewmaOptions {
    double smoothing = 0.1;      ///< lambda, in (0, 1]; 1 gives Hotelling's T2 chart, less finds smaller shifts, later
    double shrinkage = 0.01;     ///< w, in [0, 1]
    bool autocorrelated = true;  ///< S of the averages themselves; false: of independent rows, as in the paper
};

class PLANTWRIGHT_API MewmaChart : public SensorDetector<MewmaChart, MewmaOptions> {
public:
    static constexpr std::string_view kTypeName = "MewmaChart";

    struct State {
        Vector z;         ///< moving averages, standardised
        Vector whitened;  ///< inv(S)^(1/2) z; its squares are the blame
        Vector reading;   ///< the row, standardised
        std::int64_t rows_seen = 0;

        template <class Archive>
        void serialize(Archive& archive, unsigned /*version*/) {
            io::members(archive, z, whitened, reading, rows_seen);
        }
    };

    /// Its `fit` throws InvalidArgument on fewer than two complete rows, and on an option out of range.
    MewmaChart() = default;

    State start() const;
    double update(State& state, ConstVectorView row) const;  ///< T2, NaN while warming up
    Vector contributions(const State& state) const;          ///< of each sensor to the T2 of the latest row
    using SensorDetector::contributions;

    Index warm_up_rows() const;  ///< without a score

    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned version) {
        if constexpr (Archive::is_loading::value) options_.autocorrelated = false;  // before version 1
        io::members(archive, options_.smoothing, options_.shrinkage, sensors_, root_);
        if (version >= 1) io::members(archive, options_.autocorrelated);
        serialize_calibration(archive, version);
        io::validate_after_load(archive, *this);
    }

private:
    friend SensorDetector;
    void learn(ConstMatrixView rows, RunBegins runs);
    void describe_options(io::Json& json) const;
    void average(Vector& z, const Vector& reading) const;
    Matrix averages(ConstMatrixView rows, RunBegins runs) const;
    Matrix independent_covariance(ConstMatrixView rows) const;

    Matrix root_;  // inv(S)^(1/2), symmetric, (n_sensors, n_sensors)
};

}  // namespace plantwright

BOOST_CLASS_VERSION(plantwright::MewmaChart, 1)
