// SPDX-License-Identifier: MIT
/// A stream of any step allocates nothing once its windows are full.
#include <gtest/gtest.h>

#include "../../fuzz/hostile_steps.hpp"
#include "forest/allocations.hpp"

namespace plantwright {
namespace {

TEST(Streams, AllocateNothingAfterTheirWarmUp) {
    const Frame all = testing::plant_table(1200, 3);
    for (const fuzz::GoodFile& good : fuzz::good_pipelines()) {
        SCOPED_TRACE(good.name);
        const Pipeline pipeline = Pipeline::from_bytes(good.bytes);
        const Frame frame = all.select(pipeline.input_schema().names());
        Stream stream = pipeline.stream();
        std::vector<Cell> row(static_cast<std::size_t>(frame.cols()));
        long before = 0;
        for (Index i = 0; i < frame.rows(); ++i) {
            if (i == 600) before = testing::n_allocations;
            for (Index j = 0; j < frame.cols(); ++j)
                row[static_cast<std::size_t>(j)] = testing::cell_of(frame.column(j), i);
            stream.update(row);
        }
        EXPECT_EQ(testing::n_allocations, before);
    }
}

}  // namespace
}  // namespace plantwright
