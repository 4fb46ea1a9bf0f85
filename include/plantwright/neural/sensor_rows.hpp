// SPDX-License-Identifier: MIT
/// Rows of sensor readings in the order of time, and what a detector on windows of them remembers of its training rows.
///
/// Windows never cross a break: a step of time longer than `max_gap` median steps, a stamp that is doubled, goes
/// backwards or is missing, a row of another group than the one before. Time and group are the columns of those roles
/// in a frame's schema; plain arrays are one run without breaks, but where `runs` says so. Rows of groups that
/// alternate make no windows: sort such a table by group first.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "plantwright/core/types.hpp"
#include "plantwright/frame/frame.hpp"
#include "plantwright/frame/serialize_schema.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

/// A table, or windows that stand apart; looked at during the call alone. NaN is a missing reading.
class SensorRows {
public:
    template <std::convertible_to<ConstMatrixView> X>
    SensorRows(const X& rows) : data_(ConstMatrixView(rows)) {}
    template <std::convertible_to<ConstMatrixViewF> X>
    SensorRows(const X& rows) : data_(ConstMatrixViewF(rows)) {}
    SensorRows(const Frame& frame) : data_(&frame) {}  ///< of its schema's inputs

    /// Windows that stand one below the other, `(n_windows * window, n_sensors)`; each has one result.
    template <class X>
    static SensorRows windows(const X& rows, Index window) {
        SensorRows made(rows);
        made.window_ = window;
        return made;
    }

    /// An array whose rows do not follow each other everywhere: at each of `begins`, rising, a new run begins.
    template <class X>
    static SensorRows runs(const X& rows, std::span<const Index> begins) {
        SensorRows made(rows);
        made.run_begins_ = begins;
        return made;
    }

    const std::variant<ConstMatrixView, ConstMatrixViewF, const Frame*>& data() const { return data_; }
    Index window() const { return window_; }  ///< 0: a table
    std::span<const Index> run_begins() const { return run_begins_; }

private:
    std::variant<ConstMatrixView, ConstMatrixViewF, const Frame*> data_;
    Index window_ = 0;
    std::span<const Index> run_begins_;
};

/// How readings become what a network or a PCA takes: (x - mean) / scale, in float32.
struct SensorInput {
    static constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();
    static constexpr float kLargest = 1e15f;  ///< what is farther off than this counts as this: its square is finite

    Index window = 0;                      ///< rows
    Vector mean, scale;                    ///< of each sensor
    std::int64_t longest_step = kNoLimit;  ///< of time within a window, in nanoseconds
    Schema schema;                         ///< of the training frame; empty where arrays were fitted

    Index n_sensors() const { return mean.size(); }
    /// Throws InvalidArgument on another number of sensors than were fitted, and on an infinite reading.
    PLANTWRIGHT_API void standardize(std::span<const double> row, std::span<float> standardized) const;
    PLANTWRIGHT_API void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, window, mean, scale, longest_step, schema);
    }
};

}  // namespace plantwright
