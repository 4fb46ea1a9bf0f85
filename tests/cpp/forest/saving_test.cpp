// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "forest/golden_problem.hpp"
#include "forest_testing.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/io/file.hpp"
#include "plantwright/io/model_file.hpp"
#include "random_trees.hpp"

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

/// Compares with the hexadecimal floats that stand in a golden file's JSON.
void expect_as_saved(const std::string& name, const char* member, const Matrix& found) {
    const Buffer<std::byte> text = io::read_file(kGolden / (name + ".json"));
    const io::Json expected =
        io::Json::parse({reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(text.size())});
    const auto& values = expected.at(member).as_array();
    ASSERT_EQ(std::ssize(values), found.rows() * found.cols());
    for (std::size_t i = 0; i < values.size(); ++i)
        EXPECT_EQ(found.data()[i], std::strtod(values[i].as_string().c_str(), nullptr)) << name << " " << member;
}

TEST(GoldenForest, LoadsAndPredictsWhatItDidWhenItWasSaved) {
    for (const std::string name : {"forest_v2", "forest_outputs", "forest_quantiles"}) {
        const auto forest = RandomForestRegressor::load(kGolden / (name + ".plw"));
        expect_as_saved(name, "predictions", forest.predict_outputs(golden_frame()));
        if (name != "forest_quantiles") continue;
        expect_as_saved(name, "quantiles", forest.predict_quantiles(golden_frame(), testing::kGoldenQuantiles));
    }
}

TEST(GoldenForest, OfClassesLoadsAndPredictsWhatItDidWhenItWasSaved) {
    for (const std::string name : {"forest_classes_v0", "forest_labels"}) {
        const auto forest = RandomForestClassifier::load(kGolden / (name + ".plw"));
        expect_as_saved(name, "shares", forest.predict_proba(testing::golden_labels_frame()));
        EXPECT_EQ(forest.n_outputs(), name == "forest_labels" ? 2 : 1);
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

/// Lists of levels in plain arrays.
class HostileLevels : public ::testing::Test {
protected:
    HostileLevels() : forest_(testing::random_trees({.trees = 2, .splits = 20, .features = 2, .categories = 1})) {
        forest_.validate();
    }
    std::string complaint() const {
        return message_of<CorruptModel>([&] { forest_.validate(); });
    }
    Index node_with(bool levels) const {
        Index i = 0;
        while ((forest_.level_offsets[i] < forest_.level_offsets[i + 1]) != levels || forest_.feature[i] < 0) ++i;
        return i;
    }
    Forest forest_;
};

TEST_F(HostileLevels, LevelsOutOfRangeOrOrderAreFound) {
    const Index i = node_with(true), last = forest_.level_offsets[i + 1] - 1;
    forest_.levels[last] = 5;
    EXPECT_EQ(complaint(), "forest: a level is out of range");
    forest_.n_levels[0] = 0;
    EXPECT_EQ(complaint(), "forest: a number is split by levels");
    forest_.n_levels[0] = kMostLevels + 1;
    EXPECT_EQ(complaint(), "forest: a number of levels is out of range");
    forest_.n_levels = {5};
    EXPECT_EQ(complaint(), "forest: numbers of levels do not fit the features");
}
TEST_F(HostileLevels, ASplitOfTwoKindsIsFound) {
    const Index levels = node_with(true), number = node_with(false);
    forest_.threshold[levels] = 1;
    EXPECT_EQ(complaint(), "forest: a split of levels has a threshold");
    forest_.threshold[levels] = 0;
    forest_.threshold[number] = 1;
    forest_.feature[number] = 0;
    EXPECT_EQ(complaint(), "forest: a category is split by a threshold");
}
TEST_F(HostileLevels, OffsetsThatLeaveTheLevelsAreFound) {
    forest_.level_offsets[3] = forest_.levels.size() + 1;
    EXPECT_EQ(complaint(), "forest: level offsets do not cover the levels");
    forest_.level_offsets = Buffer<std::int64_t>(3);
    EXPECT_EQ(complaint(), "forest: level offsets do not fit the nodes");
}

/// The same of the compact nodes, as a file holds them.
class HostileNodes : public ::testing::Test {
protected:
    HostileNodes() : forest_(testing::random_trees({.trees = 3, .splits = 6, .missing_left = 0})) {
        forest_.validate();
    }
    std::string complaint() const {
        return message_of<CorruptModel>([&] { forest_.validate(); });
    }
    Index root() const { return static_cast<Index>(forest_.tree_begin[1]) + 1; }
    Index leaf() const {
        Index i = root();
        while (forest_.nodes[i] >> 32) ++i;
        return i;
    }
    template <class T>
    static void set(SharedArray<T>& array, Index i, std::type_identity_t<T> value) {
        Buffer<T> changed{std::span<const T>(array)};
        changed[i] = value;
        array = std::move(changed);
    }
    void set_root(std::uint32_t key, std::uint64_t slot, std::uint64_t distance) {
        set(forest_.nodes, root(), key | (distance << 8 | slot) << 32);
    }
    static constexpr std::uint32_t kOne = 0xBF800000u;  // the key of 1.0f
    CompactForest forest_;
};

TEST_F(HostileNodes, AChildOutsideItsTreeIsFound) {
    for (const std::uint64_t distance : {0u, 2u, 13u, 14u, 0xFFFFFFu}) {
        set_root(kOne, 1, distance);
        EXPECT_EQ(complaint(), "forest: a child does not come after its parent, within the tree");
    }
}
TEST_F(HostileNodes, ANodeWithTwoParentsOrNoneIsFound) {
    set_root(kOne, 1, 3);
    EXPECT_EQ(complaint().substr(0, 14), "forest: a node");
    forest_ = CompactForest(testing::random_trees({.trees = 2, .splits = 1}));
    set(forest_.nodes, 1, 0);
    EXPECT_EQ(complaint(), "forest: a node is not reached from the root");
}
TEST_F(HostileNodes, ASlotWithoutAFeatureIsFound) {
    for (const std::uint64_t slot : {6u, 7u, 8u, 14u, 255u}) {
        set_root(kOne, slot, 1);
        EXPECT_EQ(complaint(), "forest: a split's feature is out of range");
    }
}
TEST_F(HostileNodes, AThresholdThatIsNoFiniteNumberIsFound) {
    for (const std::uint32_t key : {0u, 0x007FFFFFu, 0x7FFFFFFFu, 0xFF800001u, 0xFFFFFFFFu}) {
        set_root(key, 1, 1);
        EXPECT_EQ(complaint(), "forest: a threshold is not finite");
    }
    set_root(0xFF800000u, 1, 1);  // present | missing
    EXPECT_EQ(complaint(), "");
    set_root(0xFF800000u, 9, 1);
    EXPECT_EQ(complaint(), "forest: a threshold is not finite");
}
TEST_F(HostileNodes, ALeafThatIsNoLeafOrHasNoValueIsFound) {
    set(forest_.nodes, leaf(), std::uint64_t{1} << 40);
    EXPECT_EQ(complaint(), "forest: a leaf has children");
    set(forest_.nodes, leaf(), 0x7F800000u);
    EXPECT_EQ(complaint().substr(0, 8), "forest: ");
    set(forest_.nodes, root() - 1, 1);
    EXPECT_EQ(complaint(), "forest: a word that must be zero is not");
}
TEST_F(HostileNodes, ALeafBeyondTheTableIsFound) {
    forest_ = CompactForest(testing::random_trees({.outputs = 2, .statistics = InnerStatistics::gini}));
    set(forest_.nodes, leaf(), static_cast<std::uint64_t>(2 + forest_.leaf_table.size() / 2));
    EXPECT_EQ(complaint(), "forest: a leaf's row is out of range");
}
TEST_F(HostileNodes, StatisticsThatCannotBeAreFound) {
    const CompactForest good = forest_;
    set(forest_.n_node_samples, 2, 0);
    EXPECT_EQ(complaint(), "forest: a node holds no rows, or too many");
    set(forest_.n_node_samples, 2, 0x7FFFFFFFu);
    EXPECT_EQ(complaint(), "forest: a tree holds too many rows");
    forest_ = good;
    forest_.weight = Vector(forest_.n_leaves());
    EXPECT_EQ(complaint(), "forest: a node's weight is not positive and finite");
    forest_.weight = Vector(2, 1.0);
    EXPECT_EQ(complaint(), "forest: statistics do not fit the nodes");
    forest_ = good;
    set(forest_.impurity, 0, -1);
    EXPECT_EQ(complaint(), "forest: an impurity is not finite or negative");
}
TEST_F(HostileNodes, HeadsThatCannotBeAreFound) {
    const CompactForest good = forest_;
    forest_.slot_bits = 9;
    EXPECT_EQ(complaint(), "forest: the width of slots does not fit the features");
    forest_ = good;
    forest_.scale = 3;
    EXPECT_EQ(complaint(), "forest: base or scale is not a number that they may be");
    forest_ = good;
    forest_.inner_statistics = static_cast<InnerStatistics>(9);
    EXPECT_EQ(complaint(), "forest: unknown statistics of inner nodes");
    forest_ = good;
    set(forest_.tree_begin, 1, forest_.tree_begin[1] + 1);
    EXPECT_EQ(complaint(), "forest: a tree's size is out of range");
}
TEST_F(HostileNodes, ATreeThatIsTooDeepIsFound) {
    forest_ = CompactForest(testing::random_trees({.trees = 1, .splits = kMaxTreeDepth, .chain = true}));
    EXPECT_EQ(complaint(), "");
    forest_ = CompactForest(testing::random_trees({.trees = 1, .splits = kMaxTreeDepth + 1, .chain = true}));
    EXPECT_EQ(complaint(), "forest: a tree is too deep");
}

/// Masks and sets of levels: feature 0 has 5 levels, feature 1 has 300.
class HostileSets : public HostileNodes {
protected:
    HostileSets() {
        forest_ = CompactForest(testing::random_trees({.splits = 60, .features = 2, .categories = 2, .levels = 300}));
        forest_.validate();
    }
    /// The first split that is one of feature 0 (few levels) or 1 (many).
    Index split_of(std::uint64_t slot) const {
        Index i = root();
        while ((forest_.nodes[i] >> 32 & 0xFF) != slot) ++i;
        return i;
    }
    void set_low(Index i, std::uint32_t low) { set(forest_.nodes, i, forest_.nodes[i] >> 32 << 32 | low); }
    static constexpr std::uint64_t kFew = 0x81, kMany = 0x86;  // the bit of categories, the slot, half = 4
};

TEST_F(HostileSets, AMaskOfLevelsThatAreNotThereIsFound) {
    const Index i = split_of(kFew);
    for (const std::uint32_t mask : {0xFFFFFFFFu, 0x7FFFFFFFu, ~(1u << 5), 0u, 0x3FFFFFFFu, 0xBFFFFFFFu}) {
        set_low(i, mask);
        EXPECT_EQ(complaint(), "forest: a split's levels are out of range") << mask;
    }
    for (const std::uint32_t mask : {~1u, ~0x8000'0010u, 0x8000'0000u}) {
        set_low(i, mask);
        EXPECT_EQ(complaint(), "") << mask;
    }
}
TEST_F(HostileSets, ASetThatIsNotTheNodesIsFound) {
    const CompactForest good = forest_;
    const Index i = split_of(kMany);
    for (const std::uint32_t at : {1u, 0xFFFFFFFFu, static_cast<std::uint32_t>(forest_.level_sets.size())}) {
        set_low(i, static_cast<std::uint32_t>(good.nodes[i]) + at);
        EXPECT_EQ(complaint(), "forest: level sets do not fit the nodes") << at;
    }
    forest_ = good;
    Buffer<std::uint32_t> more(forest_.level_sets.size() + 1);
    std::copy(good.level_sets.begin(), good.level_sets.end(), more.begin());
    forest_.level_sets = std::move(more);
    EXPECT_EQ(complaint(), "forest: level sets do not fit the nodes");
    forest_.level_sets = {};
    EXPECT_EQ(complaint(), "forest: level sets do not fit the nodes");
}
TEST_F(HostileSets, AnyWordOfASetThatChangesIsFoundOrStillASet) {
    const CompactForest good = forest_;
    const Forest expected = good.to_forest();
    Index n_found = 0;
    for (Index k = 0; k < good.level_sets.size(); ++k) {
        for (int bit = 0; bit < 32; ++bit) {
            set(forest_.level_sets, k, good.level_sets[k] ^ 1u << bit);
            if (!complaint().empty()) {
                ++n_found;
            } else {
                EXPECT_FALSE(same_forest(forest_.to_forest(), expected));
                EXPECT_EQ(CompactForest(forest_.to_forest()).level_sets, forest_.level_sets);
            }
            forest_ = good;
        }
    }
    EXPECT_GT(n_found, 0);
}
TEST_F(HostileSets, ASplitOfTheWrongKindIsFound) {
    const CompactForest good = forest_;
    const Index few = split_of(kFew);
    set(forest_.nodes, few, good.nodes[few] ^ std::uint64_t{0x80} << 32);
    EXPECT_EQ(complaint(), "forest: a split does not fit the kind of its feature");
    set(forest_.nodes, few, good.nodes[few] ^ std::uint64_t{4} << 32);
    EXPECT_EQ(complaint(), "forest: a split does not fit the number of its feature's levels");
    forest_ = good;
    set(forest_.nodes, leaf(), std::uint64_t{0x80} << 32);
    EXPECT_EQ(complaint(), "forest: a leaf has children");
    forest_ = good;
    set(forest_.n_levels, 1, -1);
    EXPECT_EQ(complaint(), "forest: a number of levels is out of range");
    forest_.n_levels = Buffer<std::int32_t>(3, 5);
    EXPECT_EQ(complaint(), "forest: numbers of levels do not fit the features");
    forest_.n_levels = {};
    EXPECT_NE(complaint(), "");
}

TEST(SavedForest, KeepsSplitsOfCategories) {
    const testing::RandomTrees trees{.splits = 200, .features = 6, .categories = 4, .levels = 500};
    const auto forest = RandomForestRegressor::from_forest(testing::random_trees(trees));
    const auto again = RandomForestRegressor::from_bytes(forest.to_bytes());
    EXPECT_TRUE(same_forest(forest.forest(), again.forest()));
    EXPECT_EQ(again.to_bytes(), forest.to_bytes());
    const std::vector<float> x = testing::random_rows(trees, 100, 0.1);
    EXPECT_EQ(again.predict(ConstMatrixViewF(x.data(), 100, 6)), forest.predict(ConstMatrixViewF(x.data(), 100, 6)));
}

TEST(SavedForest, MappedIsTheSameForestAsRead) {
    const Problem p = make_problem({.rows = 120, .missing = 0.1});
    const auto path =
        std::filesystem::temp_directory_path() / ("plantwright_mapped_" + std::to_string(::getpid()) + ".plw");
    RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 3}).save(path);
    const auto read = RandomForestRegressor::load(path);
    const auto mapped = RandomForestRegressor::load(path, io::LoadBy::map);
    EXPECT_EQ(mapped.to_bytes(), read.to_bytes());
    RandomForestRegressor().forest();  // an empty one is no trouble
    RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 1})
        .save(path);  // replaces the file, not what is mapped
    EXPECT_EQ(mapped.predict(p.X.view()), read.predict(p.X.view()));
    std::filesystem::remove(path);
}

}  // namespace
}  // namespace plantwright
