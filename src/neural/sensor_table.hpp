// SPDX-License-Identifier: MIT
/// Columns of readings, wherever they come from, and the runs of rows that follow each other without a break.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "plantwright/neural/sensor_rows.hpp"

namespace plantwright::neural {

struct SensorTable {
    using Readings = std::variant<VectorView<const double>, VectorView<const float>>;

    Index n_rows = 0;
    std::vector<Readings> sensors;
    std::vector<Index> run_starts;  ///< ascending from 0, and n_rows as the last
    bool apart = false;             ///< windows, each a run
    Schema schema;                  ///< of a frame
    std::int64_t longest_step = SensorInput::kNoLimit;
    Frame owner{};

    Index n_sensors() const { return static_cast<Index>(sensors.size()); }
    double reading(Index row, Index sensor) const {
        return std::visit([row](const auto& values) { return static_cast<double>(values[row]); },
                          sensors[static_cast<std::size_t>(sensor)]);
    }
    std::string name(Index sensor) const;  ///< "column 'steam_t'" or "column 3"
};

/// For training: a step is a gap where it is longer than `max_gap` median steps. Throws InvalidArgument on category
/// inputs, infinite readings, and windows of another length.
SensorTable training_table(const SensorRows& rows, Index window, double max_gap);
/// For a fitted detector. Throws SchemaMismatch, and InvalidArgument on another number of sensors.
SensorTable scored_table(const SensorRows& rows, const SensorInput& input);

/// First rows of the windows, ascending, `stride` apart within each run.
std::vector<Index> window_starts(const SensorTable& table, Index window, Index stride);

/// Mean and standard deviation of each sensor over the readings of `windows`; of a sensor that does not vary, a scale
/// of 1, of one without readings also a mean of 0.
void fit_scale(SensorInput& input, const SensorTable& table, const std::vector<Index>& windows);

/// `(n_rows, n_sensors)`. Throws InvalidArgument on an infinite reading.
Table<float> standardized(const SensorTable& table, const SensorInput& input);

}  // namespace plantwright::neural
