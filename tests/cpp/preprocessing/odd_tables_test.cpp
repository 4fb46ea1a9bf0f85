// SPDX-License-Identifier: MIT
/// Tables that say little: every type of step takes them, or refuses with an error of ours.
#include <gtest/gtest.h>

#include "../../fuzz/hostile_steps.hpp"

namespace plantwright {
namespace {

using testing::plant_table;

Frame with_all(const Frame& frame, bool missing) {
    Frame changed = frame;
    for (Index j = 0; j < frame.cols(); ++j) {
        const ColumnSpec& spec = frame.schema()[j];
        if (spec.kind == ColumnKind::number && spec.role != Role::target)
            changed = changed.with(spec, Column::numbers(Buffer<double>(frame.rows(), missing ? kNaN : 7.0)));
        if (spec.kind == ColumnKind::category)
            changed = changed.with(
                spec, Column::categories(Buffer<std::int32_t>(frame.rows(), missing ? kMissingCode : 0), spec.levels));
    }
    return changed;
}

struct OddTable {
    const char* name;
    Frame frame;
};

std::vector<OddTable> odd_tables() {
    const Frame frame = plant_table(60);
    return {{"no rows", frame.rows_between(0, 0)},
            {"one row", frame.rows_between(0, 1)},
            {"two rows", frame.rows_between(0, 2)},
            {"constant", with_all(frame, false)},
            {"all missing", with_all(frame, true)}};
}

StepSpec spec_of(const std::string& type) { return {type, fuzz::needed_options(type)}; }

TEST(EveryStep, TakesOddTablesOrRefusesThem) {
    for (const std::string& type : step_types()) {
        const StepSpec spec = spec_of(type);
        for (const OddTable& odd : odd_tables()) {
            SCOPED_TRACE(type + " of a table: " + odd.name);
            try {
                const Pipeline pipeline = Pipeline::fit(odd.frame, std::span(&spec, 1));
                EXPECT_TRUE(odd.frame.rows() > 0 || type == "Formula") << "nothing can be learned from no rows";
                EXPECT_EQ(pipeline.transform(plant_table(60)).rows(), 60);
            } catch (const Error& error) {
                EXPECT_NE(std::string(error.message()).find(": "), std::string::npos)
                    << error.message();  // who, then what
            }
        }
    }
}

TEST(EveryStep, FittedOnUsualRowsTakesOddOnes) {
    for (const std::string& type : step_types()) {
        const StepSpec spec = spec_of(type);
        const Frame usual = fuzz::usual_rows(type, plant_table(60), spec);
        const Pipeline pipeline = Pipeline::fit(usual, std::span(&spec, 1));
        for (const OddTable& odd : odd_tables()) {
            SCOPED_TRACE(type + " of a table: " + odd.name);
            try {
                const Frame rows = odd.frame.select(usual.schema().names());
                EXPECT_EQ(pipeline.transform(rows).rows(), rows.rows());
                testing::expect_stream_equals_batch(pipeline, rows);
            } catch (const Error& error) {  // a level that was not there when fitting, a missing one
                EXPECT_NE(std::string(error.message()).find(type), std::string::npos) << error.message();
            }
        }
    }
}

TEST(EveryStep, IsNotChangedByTransforming) {
    for (const std::string& type : step_types()) {
        SCOPED_TRACE(type);
        const StepSpec spec = spec_of(type);
        const Frame frame = fuzz::usual_rows(type, plant_table(80), spec);
        const Pipeline pipeline = Pipeline::fit(frame, std::span(&spec, 1));
        const auto before = pipeline.to_bytes();
        const Frame first = pipeline.transform(frame);
        Stream stream = pipeline.stream();
        testing::expect_stream_equals_batch(pipeline, frame);
        EXPECT_EQ(pipeline.to_bytes(), before);
        testing::expect_same_frames(pipeline.transform(frame), first);
        testing::expect_same_frames(Pipeline::from_bytes(before).transform(frame), first);
    }
}

TEST(EveryStep, WritesNothingThatLaterRowsChange) {
    for (const std::string& type : step_types()) {
        SCOPED_TRACE(type);
        const StepSpec spec = spec_of(type);
        const Frame frame = fuzz::usual_rows(type, plant_table(120), spec);
        testing::expect_causal(Pipeline::fit(frame, std::span(&spec, 1)), frame);
    }
}

}  // namespace
}  // namespace plantwright
