// SPDX-License-Identifier: MIT
#include "neural/sensor_table.hpp"

#include <algorithm>
#include <cmath>

#include "neural/runs.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

constexpr const char* kWho = "LSTMAutoencoder";

[[noreturn]] void refuse_infinite(double value, const std::string& where) {
    throw InvalidArgument(std::string(kWho) + ": readings must be finite, or NaN where missing, got " +
                          (value > 0 ? "inf" : "-inf") + " in " + where);
}

[[noreturn]] void refuse_infinite(double value, Index row, const std::string& column) {
    refuse_infinite(value, "row " + std::to_string(row) + " of " + column);
}

float standard(double reading, double mean, double scale) {
    const double z = (reading - mean) / scale;
    constexpr double most = SensorInput::kLargest;
    return static_cast<float>(z > most ? most : z < -most ? -most : z);  // NaN stays NaN
}

}  // namespace

void SensorInput::standardize(std::span<const double> row, std::span<float> standardized) const {
    if (std::ssize(row) != n_sensors()) {
        throw InvalidArgument(std::string(kWho) + ": a row must have " + std::to_string(n_sensors()) +
                              " readings, got " + std::to_string(row.size()));
    }
    for (std::size_t j = 0; j < row.size(); ++j) {
        const auto at = static_cast<Index>(j);
        if (std::isinf(row[j])) refuse_infinite(row[j], "column " + std::to_string(j));
        standardized[j] = standard(row[j], mean[at], scale[at]);
    }
}

void SensorInput::validate() const {
    const auto require = [](bool ok, const char* what) {
        if (!ok) throw CorruptModel(std::string(kWho) + ": " + what);
    };
    require(window >= 1, "the window must have rows");
    require(mean.size() >= 1 && scale.size() == mean.size(), "mean and scale must be those of the sensors");
    for (const double m : mean) require(std::isfinite(m), "the means must be finite");
    for (const double s : scale) require(std::isfinite(s) && s > 0, "the scales must be positive and finite");
    require(longest_step > 0, "the longest step of time must be positive");
    schema.validate();
    if (schema.size() == 0) return;
    require(std::ssize(schema.input_names()) == n_sensors(), "the schema's inputs must be the sensors");
    for (const ColumnSpec& spec : schema.columns())
        require(!spec.is_input() || spec.kind == ColumnKind::number, "the schema's inputs must be numbers");
}

namespace neural {
namespace {

template <class T>
void take_matrix(SensorTable& table, MatrixView<const T> rows) {
    table.n_rows = rows.rows();
    for (Index j = 0; j < rows.cols(); ++j) table.sensors.emplace_back(rows.col(j));
    table.run_starts = {0};
    if (rows.rows() > 0) table.run_starts.push_back(rows.rows());
}

void take_frame(SensorTable& table, const Frame& frame) {
    table.n_rows = frame.rows();
    table.owner = frame;
    table.schema = frame.schema();
    for (const std::string& name : table.schema.input_names()) {
        const Column& column = frame.column(name);
        if (column.kind() != ColumnKind::number) {
            throw InvalidArgument(std::string(kWho) + ": inputs must be numbers, got column '" + name + "' of kind " +
                                  std::string(to_string(column.kind())) + ": encode it, or give it another role");
        }
        if (column.is_float32())
            table.sensors.emplace_back(column.float32());
        else
            table.sensors.emplace_back(column.float64());
    }
}

/// Each window of windows that stand apart is a run.
void part_windows(SensorTable& table, Index given, Index window) {
    if (given <= 0) return;
    if (given != window || table.n_rows % window != 0) {
        throw InvalidArgument(std::string(kWho) + ": windows must have " + std::to_string(window) +
                              " rows each, got windows of " + std::to_string(given) + " and " +
                              std::to_string(table.n_rows) + " rows in all");
    }
    table.apart = true;
    table.run_starts.clear();
    for (Index i = 0; i <= table.n_rows; i += window) table.run_starts.push_back(i);
}

const Frame* frame_of(const SensorRows& rows) {
    const auto* frame = std::get_if<const Frame*>(&rows.data());
    return frame ? *frame : nullptr;
}

/// Row 0 begins the first run.
void part_runs(SensorTable& table, std::span<const Index> begins) {
    if (begins.empty()) return;
    table.run_starts = {0};
    for (const Index begin : begins) {
        if (begin <= table.run_starts.back() || begin >= table.n_rows) {
            throw InvalidArgument(std::string(kWho) + ": runs must begin at rising rows in [1, " +
                                  std::to_string(table.n_rows - 1) + "], got " + std::to_string(begin));
        }
        table.run_starts.push_back(begin);
    }
    table.run_starts.push_back(table.n_rows);
}

void take_array(SensorTable& table, const SensorRows& rows) {
    if (const auto* doubles = std::get_if<ConstMatrixView>(&rows.data()))
        take_matrix(table, *doubles);
    else if (const auto* floats = std::get_if<ConstMatrixViewF>(&rows.data()))
        take_matrix(table, *floats);
    part_runs(table, rows.run_begins());
}

template <class T>
void standardize_column(VectorView<const T> readings, const SensorTable& table, Index j, const SensorInput& input,
                        Table<float>& out) {
    for (Index i = 0; i < table.n_rows; ++i) {
        const auto reading = static_cast<double>(readings[i]);
        if (std::isinf(reading)) refuse_infinite(reading, i, table.name(j));
        out(i, j) = standard(reading, input.mean[j], input.scale[j]);
    }
}

void require_finite(const SensorTable& table) {
    for (Index j = 0; j < table.n_sensors(); ++j) {
        for (Index i = 0; i < table.n_rows; ++i) {
            if (std::isinf(table.reading(i, j))) refuse_infinite(table.reading(i, j), i, table.name(j));
        }
    }
}

/// Which rows any of the windows holds.
std::vector<bool> covered_rows(Index n_rows, const std::vector<Index>& windows, Index window) {
    std::vector<bool> covered(static_cast<std::size_t>(n_rows));
    Index done = 0;  // rows before it are marked, or between windows
    for (const Index start : windows) {
        for (Index i = std::max(start, done); i < start + window; ++i) covered[static_cast<std::size_t>(i)] = true;
        done = start + window;
    }
    return covered;
}

/// The mean of `of(reading)` over the covered readings that are there; NaN without any.
template <class Of>
double mean_over(const SensorTable& table, Index j, const std::vector<bool>& covered, const Of& of) {
    double sum = 0;
    Index n = 0;
    for (Index i = 0; i < table.n_rows; ++i) {
        const double reading = covered[static_cast<std::size_t>(i)] ? table.reading(i, j) : kNaN;
        if (std::isnan(reading)) continue;
        sum += of(reading);
        ++n;
    }
    return n > 0 ? sum / static_cast<double>(n) : kNaN;
}

}  // namespace

std::string SensorTable::name(Index sensor) const {
    if (schema.size() == 0) return "column " + std::to_string(sensor);
    return "column '" + schema.input_names()[static_cast<std::size_t>(sensor)] + "'";
}

SensorTable training_table(const SensorRows& rows, Index window, double max_gap) {
    SensorTable table;
    if (const Frame* frame = frame_of(rows)) {
        take_frame(table, *frame);
        table.longest_step = longest_step_of(*frame, max_gap);
        table.run_starts = run_starts_of(*frame, table.longest_step);
    } else {
        take_array(table, rows);
    }
    part_windows(table, rows.window(), window);
    require_finite(table);
    if (table.n_sensors() == 0) throw InvalidArgument(std::string(kWho) + ": there must be at least one sensor, got 0");
    return table;
}

SensorTable scored_table(const SensorRows& rows, const SensorInput& input) {
    SensorTable table;
    if (const Frame* frame = frame_of(rows)) {
        if (input.schema.size() == 0) {
            throw SchemaMismatch(std::string(kWho) +
                                 ": this model was fitted on a plain array without a schema; it scores arrays too");
        }
        const Frame conformed = conform(*frame, input.schema);
        take_frame(table, conformed);
        table.longest_step = input.longest_step;
        table.run_starts = run_starts_of(conformed, input.longest_step);
    } else {
        take_array(table, rows);
    }
    part_windows(table, rows.window(), input.window);
    if (table.n_sensors() != input.n_sensors()) {
        throw InvalidArgument(std::string(kWho) + ": X must have " + std::to_string(input.n_sensors()) +
                              " features, as in fit, got " + std::to_string(table.n_sensors()));
    }
    return table;
}

std::vector<Index> window_starts(const SensorTable& table, Index window, Index stride) {
    std::vector<Index> starts;
    for (std::size_t r = 0; r + 1 < table.run_starts.size(); ++r) {
        for (Index i = table.run_starts[r]; i + window <= table.run_starts[r + 1]; i += stride) starts.push_back(i);
    }
    return starts;
}

void fit_scale(SensorInput& input, const SensorTable& table, const std::vector<Index>& windows) {
    const std::vector<bool> covered = covered_rows(table.n_rows, windows, input.window);
    for (Index j = 0; j < table.n_sensors(); ++j) {
        const double mean = mean_over(table, j, covered, [](double x) { return x; });
        if (std::isnan(mean)) continue;
        const double deviation =
            std::sqrt(mean_over(table, j, covered, [mean](double x) { return (x - mean) * (x - mean); }));
        if (std::isinf(mean) || std::isinf(deviation)) {
            throw InvalidArgument(std::string(kWho) + ": the readings of " + table.name(j) +
                                  " are too large for a mean and a standard deviation");
        }
        input.mean[j] = mean;
        if (deviation > 1e-12 * std::abs(mean)) input.scale[j] = deviation;  // less is the mean's rounding
    }
}

Table<float> standardized(const SensorTable& table, const SensorInput& input) {
    Table<float> out(table.n_rows, table.n_sensors());
    for (Index j = 0; j < table.n_sensors(); ++j) {
        std::visit([&](const auto& readings) { standardize_column(readings, table, j, input, out); },
                   table.sensors[static_cast<std::size_t>(j)]);
    }
    return out;
}

}  // namespace neural
}  // namespace plantwright
