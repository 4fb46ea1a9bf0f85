// SPDX-License-Identifier: MIT
/// Edited files of every type of step: they are refused, or do their work; nothing else happens (under sanitizers too).
#include <gtest/gtest.h>

#include "../../fuzz/hostile_steps.hpp"

namespace plantwright {
namespace {

/// Twelve bytes an edit; see fuzz::Edit.
std::vector<std::byte> some_edits(std::uint64_t number) {
    RandomStream random(5, number, Purpose::noise);
    std::vector<std::byte> edits(12 * (1 + random.below(3)));
    for (std::byte& byte : edits) byte = static_cast<std::byte>(random.below(256));
    for (std::size_t at = 0; at < edits.size(); at += 12) {
        if (random.below(2) == 0) edits[at] = std::byte{0};  // the small values, options among them
        if (random.below(2) == 0) std::fill_n(edits.begin() + static_cast<std::ptrdiff_t>(at) + 5, 7, std::byte{0});
    }
    return edits;
}

TEST(HostileSteps, EditedFilesAreRefusedOrDoTheirWork) {
    for (const fuzz::GoodFile& good : fuzz::good_pipelines()) {
        for (std::uint64_t number = 0; number < 150; ++number) {
            SCOPED_TRACE(good.name + ", edits " + std::to_string(number));
            EXPECT_NO_THROW(fuzz::load_and_use_pipeline(fuzz::edited(good.bytes, some_edits(number))));
        }
    }
}

TEST(HostileSteps, EditedModelsToo) {
    for (std::uint64_t number = 0; number < 300; ++number) {
        SCOPED_TRACE("edits " + std::to_string(number));
        EXPECT_NO_THROW(fuzz::load_and_use_model(fuzz::edited(fuzz::good_model().bytes, some_edits(number))));
    }
}

TEST(HostileSteps, EveryTypeDoesItsWorkUnedited) {
    for (const fuzz::GoodFile& good : fuzz::good_pipelines()) {
        SCOPED_TRACE(good.name);
        const Pipeline pipeline = Pipeline::from_bytes(good.bytes);
        const Frame rows = fuzz::rows_for_steps().select(pipeline.input_schema().names());
        EXPECT_EQ(pipeline.transform(rows).rows(), rows.rows());
    }
}

}  // namespace
}  // namespace plantwright
