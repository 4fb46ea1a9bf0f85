// SPDX-License-Identifier: MIT
/// The sensors that a detector watches: their names, where each stands and how far it strays in training.
///
///     z_j = (x_j - mean_j) / deviation_j, held within +-1e6
///
/// Beyond a million deviations a reading says no more, and so no arithmetic on it overflows. A reading that is not
/// finite is missing. A sensor that never moves in training has deviation 1: it is watched in its own unit. Fitting is
/// O(n d). Values are immutable.
#pragma once

#include <string>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/frame/frame.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

class PLANTWRIGHT_API Sensors {
public:
    Sensors() = default;
    /// Means and deviations (n - 1) of the readings that are there. Throws InvalidArgument on a table without sensors,
    /// a sensor without a reading, and on infinities.
    static Sensors fit(const char* who, ConstMatrixView rows, std::vector<std::string> names = {});

    Index size() const { return mean_.size(); }
    const std::vector<std::string>& names() const { return names_; }  ///< empty where plain arrays were fitted
    const Vector& mean() const { return mean_; }
    const Vector& deviation() const { return deviation_; }

    /// `z` of each sensor, NaN where the reading is missing, `(n_sensors,)`.
    void standardize(ConstVectorView row, double* z) const;
    void require_row(const char* who, ConstVectorView row) const;     ///< throws InvalidArgument on another length
    void require_table(const char* who, ConstMatrixView rows) const;  ///< likewise
    /// The columns of these names, `(n_rows, n_sensors)`. Throws SchemaMismatch where one is absent.
    Matrix rows_of(const Frame& frame) const;

    void validate() const;
    bool operator==(const Sensors&) const = default;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, names_, mean_, deviation_);
        io::validate_after_load(archive, *this);
    }

private:
    std::vector<std::string> names_;
    Vector mean_, deviation_;
};

/// The number columns among the schema's inputs. Throws InvalidArgument where there is none.
PLANTWRIGHT_API std::vector<std::string> sensor_names(const char* who, const Frame& frame);
PLANTWRIGHT_API Matrix sensor_rows(const Frame& frame, const std::vector<std::string>& names);

}  // namespace plantwright
