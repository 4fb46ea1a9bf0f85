// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <limits>

#include "forest/golden_problem.hpp"
#include "forest_testing.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/io/file.hpp"

namespace plantwright {
namespace {

using testing::golden_frame;
using testing::golden_options;
using testing::make_problem;
using testing::message_of;
using testing::Problem;
using testing::same_forest;

const std::filesystem::path kGolden = std::filesystem::path(PLANTWRIGHT_TESTS_DIR) / "golden";

TEST(SavedForest, ComesBackBitForBit) {
    const Problem p = make_problem({.rows = 120, .missing = 0.1, .whole_targets = false});
    const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 3, .oob_score = true});
    const auto bytes = forest.to_bytes();
    const auto again = RandomForestRegressor::from_bytes(bytes);
    EXPECT_TRUE(same_forest(forest.forest(), again.forest()));
    EXPECT_EQ(forest.predict(p.X.view()), again.predict(p.X.view()));
    EXPECT_EQ(forest.oob_score(), again.oob_score());
    EXPECT_EQ(again.to_bytes(), bytes);
}

TEST(SavedForest, KeepsClassesSchemaAndCategoryOrder) {
    const Frame frame = golden_frame();
    const auto forest = RandomForestClassifier::fit(
        frame.without("energy_kWh").select(std::vector<std::string>{"load_pct", "line"}).rows_between(0, 1), "line",
        {.n_estimators = 1});
    EXPECT_EQ(RandomForestClassifier::from_bytes(forest.to_bytes()).classes(), forest.classes());
    const auto regressor = RandomForestRegressor::fit(frame, "energy_kWh", golden_options());
    const auto again = RandomForestRegressor::from_bytes(regressor.to_bytes());
    EXPECT_EQ(again.schema(), regressor.schema());
    EXPECT_EQ(again.predict(frame), regressor.predict(frame));
}

TEST(SavedForest, OfAnotherTypeIsRefused) {
    const Problem p = make_problem({.rows = 20});
    const auto bytes = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 1}).to_bytes();
    EXPECT_NE(message_of<InvalidArgument>([&] { RandomForestClassifier::from_bytes(bytes); }), "");
}

TEST(GoldenForest, LoadsAndPredictsWhatItDidWhenItWasSaved) {
    const auto forest = RandomForestRegressor::load(kGolden / "forest_v1.plw");
    const Buffer<std::byte> text = io::read_file(kGolden / "forest_v1.json");
    const io::Json expected =
        io::Json::parse({reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(text.size())});
    const Vector prediction = forest.predict(golden_frame());
    ASSERT_EQ(std::ssize(expected.at("predictions").as_array()), prediction.size());
    for (Index i = 0; i < prediction.size(); ++i) {
        EXPECT_EQ(prediction[i],
                  std::strtod(expected.at("predictions").as_array()[static_cast<std::size_t>(i)].as_string().c_str(),
                              nullptr));
    }
}

TEST(HostileForest, EveryFlippedByteIsAnErrorOfOursOrAValidForest) {
    const Problem p = make_problem({.rows = 8, .cols = 2, .missing = 0.2});
    const auto bytes = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 1}).to_bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (const std::byte flip : {std::byte{1}, std::byte{0x80}, std::byte{0xFF}}) {
            auto bad = bytes;
            bad[i] ^= flip;
            try {
                RandomForestRegressor::from_bytes(bad).predict(p.X.view());
            } catch (const Error&) {
            }
        }
    }
    for (std::size_t n = 0; n < bytes.size(); ++n) {
        EXPECT_THROW(RandomForestRegressor::from_bytes(std::span(bytes).first(n)), std::exception);
    }
}

/// Damage behind valid checksums: what `validate` itself must see.
class HostileTree : public ::testing::Test {
protected:
    HostileTree() {
        const Problem p = make_problem({.rows = 30, .cols = 2});
        forest_ = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 2, .max_depth = 3}).forest();
        forest_.validate();
    }
    std::string complaint() const {
        return message_of<CorruptModel>([&] { forest_.validate(); });
    }
    Index leaf() const {
        Index i = 0;
        while (forest_.children_left[i] != kNoChild) ++i;
        return i;
    }
    Forest forest_;
};

TEST_F(HostileTree, ALoopIsFound) {
    forest_.children_left[0] = 0;
    EXPECT_EQ(complaint(), "forest: a child does not come after its parent, within the tree");
}
TEST_F(HostileTree, ANodeWithTwoParentsIsFound) {
    forest_.children_left[0] = forest_.children_right[0];
    EXPECT_EQ(complaint(), "forest: a node has two parents");
}
TEST_F(HostileTree, AnOrphanIsFound) {
    const Index i = leaf();
    forest_.children_left[0] = forest_.children_right[0] = kNoChild;
    forest_.feature[0] = kLeafFeature;
    forest_.threshold[0] = 0;
    EXPECT_GT(i, 0);
    EXPECT_EQ(complaint(), "forest: a node is not reached from the root");
}
TEST_F(HostileTree, AFeatureOutOfRangeIsFound) {
    forest_.feature[0] = 2;
    EXPECT_EQ(complaint(), "forest: a split's feature is out of range");
}
TEST_F(HostileTree, AThresholdThatIsNotANumberIsFound) {
    forest_.threshold[0] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(complaint(), "forest: a threshold is not finite");
    forest_.threshold[0] = std::numeric_limits<float>::infinity();
    forest_.missing_go_left[0] = 1;
    EXPECT_EQ(complaint(), "forest: a threshold is not finite");
    forest_.missing_go_left[0] = 0;
    EXPECT_EQ(complaint(), "");
}
TEST_F(HostileTree, AValueThatIsNotFiniteIsFound) {
    forest_.value[leaf()] = kNaN;
    EXPECT_EQ(complaint(), "forest: a value is not finite");
}
TEST_F(HostileTree, ArraysOfDifferentLengthAreFound) {
    forest_.threshold = Buffer<float>(3);
    EXPECT_EQ(complaint(), "forest: arrays of nodes differ in length");
}
TEST_F(HostileTree, OffsetsThatLeaveTheNodesAreFound) {
    forest_.tree_offsets[1] = forest_.n_nodes() + 5;
    EXPECT_EQ(complaint(), "forest: a tree's size is out of range");
}
TEST_F(HostileTree, OffsetsWhoseDifferenceOverflowsAreFound) {
    forest_.tree_offsets = {0, 1, std::numeric_limits<std::int64_t>::min(), forest_.n_nodes()};
    EXPECT_EQ(complaint(), "forest: a tree's size is out of range");
}

}  // namespace
}  // namespace plantwright
