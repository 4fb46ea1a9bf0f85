// SPDX-License-Identifier: MIT
/// `Mahalanobis`: the distance of each row from the mean, in the units of the sensors' own correlation.
///
///     D2 = z' inv(S) z,      S = (1 - w) R + w m I,      m = trace(R) / d
///
/// (Mahalanobis 1936; Hotelling 1931), z standardised, R their correlation. Without a given w it is Ledoit & Wolf's
/// ("A well-conditioned estimator for large-dimensional covariance matrices", J. Multivariate Analysis 88, 2004), which
/// assumes independent rows: of readings with memory it is too small. Of a row with missing readings D2 is that of
/// the readings that are there (the missing ones are put where they make it least); NaN where none is.
///
/// Blame: c_j = (inv(S)^(1/2) z)_j^2, never negative, summing to D2 (Alcala & Qin, J. Process Control 21, 2011).
///
/// Fit O(n d^2 + d^3); a row O(d^2), with m readings missing O(m^2 d) more, without allocation. Fitted objects are
/// immutable and may be shared by threads; each stream owns its State, which is scratch alone: rows have no memory.
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

struct PLANTWRIGHT_API MahalanobisOptions {
    std::optional<double> shrinkage = {};  ///< w, in [0, 1]; absent: Ledoit & Wolf's
};

class PLANTWRIGHT_API Mahalanobis : public SensorDetector<Mahalanobis, MahalanobisOptions> {
public:
    static constexpr std::string_view kTypeName = "Mahalanobis";

    struct State {
        Vector reading;   ///< the row, standardised
        Vector whitened;  ///< inv(S)^(1/2) z; its squares are the blame
        Vector scratch;
        Matrix system;  ///< of equations for the missing readings
        std::vector<Index> missing;
        bool scored = false;

        template <class Archive>
        void serialize(Archive& archive, unsigned /*version*/) {
            io::members(archive, reading, whitened, scratch, system, scored);
        }
    };

    /// Its `fit` throws InvalidArgument on fewer than two complete rows, and on an option out of range.
    Mahalanobis() = default;

    State start() const;
    double update(State& state, ConstVectorView row) const;  ///< D2, NaN where every reading is missing
    Vector contributions(const State& state) const;          ///< of each sensor to the D2 of the latest row
    using SensorDetector::contributions;

    /// Each reading less what the row's others explain, in the sensor's unit, NaN without a reading: linear regression
    /// on them, (inv(S) z)_j / inv(S)_jj deviation_j.
    Vector unexplained(ConstVectorView row) const;

    Index warm_up_rows() const { return 0; }
    double shrinkage() const { return shrinkage_; }  ///< w that was used

    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned version) {
        io::members(archive, options_.shrinkage, shrinkage_, sensors_, root_);
        serialize_calibration(archive, version);
        io::validate_after_load(archive, *this);
    }

private:
    friend SensorDetector;
    void learn(ConstMatrixView rows, RunBegins runs);
    void describe_options(io::Json& json) const;
    void fill_missing(State& state) const;

    double shrinkage_ = 0;
    Matrix root_;  // inv(S)^(1/2), symmetric, (n_sensors, n_sensors)
};

}  // namespace plantwright

BOOST_CLASS_VERSION(plantwright::Mahalanobis, 1)
