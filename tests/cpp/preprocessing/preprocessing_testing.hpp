// SPDX-License-Identifier: MIT
/// Tables of a plant with gaps, and the property that every step must have: row by row the same bits as whole frames.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "plantwright/core/random.hpp"
#include "plantwright/preprocessing/pipeline.hpp"

namespace plantwright::testing {

inline Cell cell_of(const Column& column, Index row) {
    switch (column.kind()) {
        case ColumnKind::category: return Cell::of_code(column.codes()[row]);
        case ColumnKind::time: return Cell::of_time(column.times()[row]);
        case ColumnKind::number: break;
    }
    return Cell::of_number(column.number(row));
}

/// NaN equals NaN.
inline bool same_cell(ColumnKind kind, Cell a, Cell b) {
    if (kind == ColumnKind::category) return std::max(a.code, kMissingCode) == std::max(b.code, kMissingCode);
    if (kind == ColumnKind::time) return a.time == b.time;
    return std::bit_cast<std::uint64_t>(a.number) == std::bit_cast<std::uint64_t>(b.number) ||
           (std::isnan(a.number) && std::isnan(b.number));
}

/// Numbers steam_t, flow (heavy tails) and fuel (float32), each with gaps; categories grade and line (the group); a
/// time with irregular steps, doubled, late and missing stamps; the target energy_kWh.
inline Frame plant_table(Index n_rows, std::uint64_t seed = 1) {
    RandomStream random(seed, 0, Purpose::features);
    const auto uniform = [&] { return static_cast<double>(random.next() >> 11) * 0x1p-53; };
    auto steam = Buffer<double>::uninitialized(n_rows), flow = Buffer<double>::uninitialized(n_rows),
         energy = Buffer<double>::uninitialized(n_rows);
    auto fuel = Buffer<float>::uninitialized(n_rows);
    auto grade = Buffer<std::int32_t>::uninitialized(n_rows), line = Buffer<std::int32_t>::uninitialized(n_rows);
    auto time = Buffer<std::int64_t>::uninitialized(n_rows);
    std::int64_t now = 1'546'300'800'000'000'000;  // 2019-01-01
    for (Index i = 0; i < n_rows; ++i) {
        steam[i] = uniform() < 0.1 ? kNaN : 500 + 20 * uniform();
        flow[i] = uniform() < 0.05 ? kNaN : 1 / (uniform() + 1e-3);
        fuel[i] = uniform() < 0.1 ? static_cast<float>(kNaN) : static_cast<float>(60 + 10 * uniform());
        grade[i] = uniform() < 0.1 ? kMissingCode : static_cast<std::int32_t>(uniform() * 3);
        line[i] = static_cast<std::int32_t>(uniform() * 2);
        const double kind = uniform();
        if (kind < 0.8) now += static_cast<std::int64_t>(60e9 * (0.5 + uniform()));
        if (kind > 0.97) now += static_cast<std::int64_t>(3'600e9);  // a gap
        time[i] = kind > 0.8 && kind < 0.82 ? kMissingTime : kind > 0.85 && kind < 0.88 ? now - 90'000'000'000 : now;
        energy[i] = 3 * (std::isnan(steam[i]) ? 500 : steam[i]) + uniform();
    }
    Schema schema({{.name = "time", .kind = ColumnKind::time, .role = Role::time},
                   {.name = "steam_t", .unit = "C"},
                   {.name = "flow", .unit = "t/h"},
                   {.name = "fuel", .role = Role::lever},
                   {.name = "grade", .kind = ColumnKind::category},
                   {.name = "line", .kind = ColumnKind::category, .role = Role::group},
                   {.name = "energy_kWh", .role = Role::target}});
    return Frame(schema,
                 {Column::times(std::move(time)), Column::numbers(std::move(steam)), Column::numbers(std::move(flow)),
                  Column::numbers(std::move(fuel)), Column::categories(std::move(grade), {"A", "B", "C"}),
                  Column::categories(std::move(line), {"east", "west"}), Column::numbers(std::move(energy))});
}

inline void expect_same_frames(const Frame& a, const Frame& b) {
    ASSERT_EQ(a.schema().names(), b.schema().names());
    for (Index j = 0; j < a.cols(); ++j) {
        for (Index i = 0; i < a.rows(); ++i)
            ASSERT_TRUE(same_cell(a.column(j).kind(), cell_of(a.column(j), i), cell_of(b.column(j), i)))
                << a.schema()[j].name << ", row " << i;
    }
}

inline void expect_stream_equals_batch(const Pipeline& pipeline, const Frame& frame) {
    const Frame batch = pipeline.transform(frame);
    Stream stream = pipeline.stream();
    ASSERT_EQ(stream.schema(), batch.schema());
    std::vector<Cell> row(static_cast<std::size_t>(frame.cols()));
    for (Index i = 0; i < frame.rows(); ++i) {
        for (Index j = 0; j < frame.cols(); ++j) row[static_cast<std::size_t>(j)] = cell_of(frame.column(j), i);
        const auto out = stream.update(row);
        for (Index j = 0; j < batch.cols(); ++j)
            ASSERT_TRUE(
                same_cell(batch.column(j).kind(), cell_of(batch.column(j), i), out[static_cast<std::size_t>(j)]))
                << batch.schema()[j].name << ", row " << i << ": " << cell_of(batch.column(j), i).number << " and "
                << out[static_cast<std::size_t>(j)].number;
    }
}

/// What a step writes for a row does not change when the rows after it do.
inline void expect_causal(const Pipeline& pipeline, const Frame& frame) {
    const Index half = frame.rows() / 2;
    expect_same_frames(pipeline.transform(frame).rows_between(0, half),
                       pipeline.transform(frame.rows_between(0, half)));
}

}  // namespace plantwright::testing
