// SPDX-License-Identifier: MIT
/// Forests as sets of trees: grown in ranges, merged, cut, grown further, made from arrays.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "forest/golden_problem.hpp"
#include "forest_testing.hpp"
#include "plantwright/core/error.hpp"
#include "random_trees.hpp"

namespace plantwright {
namespace {

using testing::golden_frame;
using testing::make_problem;
using testing::message_of;
using testing::Problem;
using testing::same_forest;

RandomForestOptions in_range(RandomForestOptions options, int first, int last) {
    options.tree_range = std::pair(first, last);
    return options;
}

TEST(Merge, OfRangesGrownApartHasTheBytesOfTheForestGrownAtOnce) {
    const Problem p = make_problem({.rows = 300, .missing = 0.1, .whole_targets = false});
    for (const bool bootstrap : {true, false}) {
        const RandomForestOptions options{
            .n_estimators = 7, .max_features = MaxFeatures::sqrt(), .bootstrap = bootstrap, .random_state = 3};
        const auto whole = RandomForestRegressor::fit(p.X.view(), p.y, options, p.weight());
        std::vector<RandomForestRegressor> parts;
        for (const auto& [first, last] : {std::pair(0, 1), std::pair(1, 5), std::pair(5, 7)}) {
            parts.push_back(RandomForestRegressor::fit(p.X.view(), p.y, in_range(options, first, last), p.weight()));
        }
        EXPECT_EQ(RandomForestRegressor::merge(parts).to_bytes(), whole.to_bytes());
    }
}

TEST(Merge, OfForestsGrownOnAFrameHasTheBytesOfTheForestGrownAtOnce) {
    const Frame frame = golden_frame();
    const RandomForestOptions options{.n_estimators = 6, .random_state = 1};
    const auto whole = RandomForestRegressor::fit(frame, "energy_kWh", options);
    const std::vector<RandomForestRegressor> parts = {
        RandomForestRegressor::fit(frame, "energy_kWh", in_range(options, 0, 4)),
        RandomForestRegressor::fit(frame, "energy_kWh", in_range(options, 4, 6))};
    EXPECT_EQ(RandomForestRegressor::merge(parts).to_bytes(), whole.to_bytes());
}

TEST(Merge, TakesCategoriesThatNodesHaveSplitOnWhateverRows) {
    const Frame frame = golden_frame();
    const RandomForestOptions options{.n_estimators = 3};
    const std::vector<RandomForestRegressor> parts = {
        RandomForestRegressor::fit(frame.rows_between(0, 20), "energy_kWh", options),
        RandomForestRegressor::fit(frame.rows_between(20, 60), "energy_kWh", options)};
    const Vector a = parts[0].predict(frame), b = parts[1].predict(frame);
    const Vector merged = RandomForestRegressor::merge(parts).predict(frame);
    for (Index i = 0; i < frame.rows(); ++i) EXPECT_NEAR(merged[i], (a[i] + b[i]) / 2, 1e-5);
}

TEST(Merge, RefusesCategoriesThatOtherRowsHaveOrdered) {
    const Frame frame = golden_frame();
    const RandomForestOptions options{.n_estimators = 1, .category_splits = CategorySplits::once};
    const std::vector<RandomForestRegressor> parts = {
        RandomForestRegressor::fit(frame.rows_between(0, 20), "energy_kWh", options),
        RandomForestRegressor::fit(frame.rows_between(20, 60), "energy_kWh", options)};
    EXPECT_NE(message_of<InvalidArgument>([&] { RandomForestRegressor::merge(parts); }).find("levels of 'line' alike"),
              std::string::npos);
}

TEST(Merge, RefusesForestsThatDoNotFitAndSaysWhatDiffers) {
    const Problem p = make_problem({.rows = 60}), narrow = make_problem({.rows = 60, .cols = 3});
    const auto a = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 1});
    const auto few = RandomForestRegressor::fit(narrow.X.view(), narrow.y, {.n_estimators = 1});
    const auto other =
        RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 1, .criterion = Criterion::absolute_error});
    const auto merge = [](std::vector<RandomForestRegressor> forests) {
        return [forests] { RandomForestRegressor::merge(forests); };
    };
    EXPECT_NE(message_of<InvalidArgument>(merge({a, few})).find("same number of features, got 6 and 3"),
              std::string::npos);
    EXPECT_NE(message_of<InvalidArgument>(merge({a, other})).find("criterion, got squared_error and absolute_error"),
              std::string::npos);
    EXPECT_NE(message_of<InvalidArgument>(merge({})).find("at least one"), std::string::npos);
    EXPECT_NE(message_of<NotFitted>(merge({a, RandomForestRegressor()})), "");
}

TEST(Merge, OfRangesHasTheBytesOfTheForestGrownAtOnceForEveryCriterion) {
    Problem p = make_problem({.rows = 150, .missing = 0.05, .whole_targets = false});
    for (double& y : p.y) y = std::abs(y) + 1e6;  // a base
    for (const Criterion criterion : {Criterion::squared_error, Criterion::absolute_error, Criterion::poisson}) {
        for (const double ccp_alpha : {0.0, 0.02}) {
            const RandomForestOptions options{.n_estimators = 5, .criterion = criterion, .ccp_alpha = ccp_alpha};
            const auto whole = RandomForestRegressor::fit(p.X.view(), p.y, options);
            const std::vector<RandomForestRegressor> parts = {
                RandomForestRegressor::fit(p.X.view(), p.y, in_range(options, 0, 2)), whole.subset(2, 5)};
            EXPECT_EQ(RandomForestRegressor::merge(parts).to_bytes(), whole.to_bytes());
        }
    }
    for (const Criterion criterion : {Criterion::gini, Criterion::entropy}) {
        const RandomForestOptions options{
            .n_estimators = 5, .criterion = criterion, .min_samples_leaf = 6, .splitter = Splitter::random};
        const auto whole = RandomForestClassifier::fit(p.X.view(), p.label, options);
        const std::vector<RandomForestClassifier> parts = {
            RandomForestClassifier::fit(p.X.view(), p.label, in_range(options, 0, 2)), whole.subset(2, 5)};
        EXPECT_EQ(RandomForestClassifier::merge(parts).to_bytes(), whole.to_bytes());
    }
}

TEST(Merge, OfForestsOfOtherTargetsFindsABaseForAll) {
    const Problem p = make_problem({.rows = 150});
    std::vector<RandomForestRegressor> parts;
    for (const double level : {0.0, 1e9, 1e9 + 7, 1e40}) {
        Vector y = p.y;
        for (double& v : y) v = v * (level > 1e30 ? 1e35 : 1) + level;
        parts.push_back(RandomForestRegressor::fit(p.X.view(), y, {.n_estimators = 2}));
    }
    for (const auto& [a, b] : {std::pair(0, 1), std::pair(1, 2), std::pair(0, 3)}) {
        const auto& first = parts[static_cast<std::size_t>(a)];
        const auto& second = parts[static_cast<std::size_t>(b)];
        const auto merged = RandomForestRegressor::merge(std::vector{first, second});
        merged.validate();
        const Vector x = first.predict(p.X.view()), y = second.predict(p.X.view()), mean = merged.predict(p.X.view());
        for (Index i = 0; i < mean.size(); ++i) {
            const double range = b == 2 ? 100 : std::abs(y[i]);
            EXPECT_NEAR(mean[i], (x[i] + y[i]) / 2, 1e-6 * range);
        }
        EXPECT_EQ(merged.tree(3).n_node_samples[0], second.tree(1).n_node_samples[0]);
    }
}

TEST(Merge, OfAGrownAndAnImportedForestKeepsTheStatisticsOfBoth) {
    const Problem p = make_problem({.rows = 100, .missing = 0.2});
    const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 2, .min_samples_leaf = 3});
    Forest arrays = forest.forest();
    arrays.inner_statistics = InnerStatistics::stored;
    for (double& impurity : arrays.impurity) impurity += 1;
    const auto imported = RandomForestRegressor::from_forest(arrays);
    const auto merged = RandomForestRegressor::merge(std::vector{forest, imported});
    EXPECT_EQ(merged.tree(0).impurity[0], forest.tree(0).impurity[0]);
    EXPECT_EQ(merged.tree(2).impurity[0], forest.tree(0).impurity[0] + 1);
    EXPECT_EQ(merged.predict(p.X.view()), forest.predict(p.X.view()));
}

TEST(Subset, OfAForestWithOneWideTreeIsAsNarrowAsItsTreesAllow) {
    const Forest wide = testing::random_trees({.trees = 1, .splits = 20'000, .features = 70'000});
    const Forest narrow = testing::random_trees({.trees = 2, .splits = 50, .features = 70'000});
    const auto few = RandomForestRegressor::from_forest(narrow);
    const auto all = RandomForestRegressor::merge(std::vector{few, RandomForestRegressor::from_forest(wide)});
    EXPECT_TRUE(all.model().compact().wide());
    EXPECT_FALSE(few.model().compact().wide());
    EXPECT_EQ(all.subset(0, 2).to_bytes(), few.to_bytes());
}

TEST(Subset, HoldsTheTreesOfTheRange) {
    const Problem p = make_problem({.rows = 200, .missing = 0.1});
    const RandomForestOptions options{.n_estimators = 6, .random_state = 5};
    const auto whole = RandomForestClassifier::fit(p.X.view(), p.label, options);
    EXPECT_EQ(whole.subset(2, 5).to_bytes(),
              RandomForestClassifier::fit(p.X.view(), p.label, in_range(options, 2, 5)).to_bytes());
    EXPECT_TRUE(same_forest(whole.subset(0, 6).forest(), whole.forest()));
    EXPECT_NE(message_of<InvalidArgument>([&] { whole.subset(2, 7); }).find("last <= 6, got (2, 7)"),
              std::string::npos);
    EXPECT_NE(message_of<InvalidArgument>([&] { whole.subset(3, 3); }), "");
}

TEST(Grow, GivesTheForestGrownAtOnceWithItsOutOfBagEstimate) {
    const Problem p = make_problem({.rows = 250, .missing = 0.1, .whole_targets = false});
    RandomForestOptions options{.n_estimators = 3, .oob_score = true, .random_state = 2};
    const auto few = RandomForestRegressor::fit(p.X.view(), p.y, options, p.weight());
    options.n_estimators = 8;
    EXPECT_EQ(few.grow(p.X.view(), p.y, options, p.weight()).to_bytes(),
              RandomForestRegressor::fit(p.X.view(), p.y, options, p.weight()).to_bytes());
}

TEST(Grow, WithoutMoreTreesMakesTheOutOfBagEstimateOfAMergedForest) {
    const Problem p = make_problem({.rows = 250});
    const RandomForestOptions options{
        .n_estimators = 10, .oob_score = true, .class_weight = {ClassWeight::Kind::balanced_subsample, {}}};
    const auto whole = RandomForestClassifier::fit(p.X.view(), p.label, options);
    const std::vector<RandomForestClassifier> parts = {
        RandomForestClassifier::fit(p.X.view(), p.label, in_range(options, 0, 4)),
        RandomForestClassifier::fit(p.X.view(), p.label, in_range(options, 4, 10))};
    const auto merged = RandomForestClassifier::merge(parts);
    EXPECT_TRUE(std::isnan(merged.oob_score()));
    EXPECT_EQ(merged.grow(p.X.view(), p.label, options).to_bytes(), whole.to_bytes());
}

TEST(Grow, RefusesFewerTreesAndOtherInputs) {
    const Problem p = make_problem({.rows = 60}), narrow = make_problem({.rows = 60, .cols = 3});
    const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 4});
    const auto grow = [&](const Problem& q, const RandomForestOptions& options) {
        return [&] { forest.grow(q.X.view(), q.y, options); };
    };
    EXPECT_NE(message_of<InvalidArgument>(grow(p, {.n_estimators = 3})).find("at least the 4 trees there are, got 3"),
              std::string::npos);
    EXPECT_NE(message_of<InvalidArgument>(grow(narrow, {.n_estimators = 5})).find("6 columns, got 3"),
              std::string::npos);
    EXPECT_NE(
        message_of<InvalidArgument>(grow(p, {.n_estimators = 5, .tree_range = std::pair(4, 5)})).find("tree_range"),
        std::string::npos);
}

TEST(TreeRange, OutsideTheForestIsRefused) {
    const Problem p = make_problem({.rows = 30});
    for (const auto& [first, last] : {std::pair(-1, 2), std::pair(2, 2), std::pair(0, 5)}) {
        const std::string message = message_of<InvalidArgument>(
            [&] { RandomForestRegressor::fit(p.X.view(), p.y, in_range({.n_estimators = 4}, first, last)); });
        EXPECT_NE(message.find("last <= n_estimators = 4, got ("), std::string::npos) << message;
    }
}

TEST(FromForest, PredictsAsTheForestItWasTakenFrom) {
    const Problem p = make_problem({.rows = 100, .missing = 0.2});
    const auto forest = RandomForestClassifier::fit(p.X.view(), p.label, {.n_estimators = 3});
    const auto again = RandomForestClassifier::from_forest(forest.forest());
    EXPECT_EQ(again.classes(), forest.classes());
    EXPECT_EQ(again.predict_proba(p.X.view()), forest.predict_proba(p.X.view()));
}

TEST(FromForest, KeepsTheDigitsOfValuesThatAreNoFloat32) {
    const Problem p = make_problem({.rows = 100});
    Forest arrays = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 3}).forest();
    for (const double level : {1e9 + 0.5, 1e60}) {
        Forest moved = arrays;
        for (double& v : moved.value) v += level;
        const auto forest = RandomForestRegressor::from_forest(moved);
        const Vector prediction = forest.predict(p.X.view());
        const auto before = RandomForestRegressor::from_forest(arrays).predict(p.X.view());
        for (Index i = 0; i < prediction.size(); ++i)
            EXPECT_NEAR(prediction[i], before[i] + level, std::abs(level) * 1e-15);
    }
}

TEST(FromForest, RefusesATreeThatIsNone) {
    const Problem p = make_problem({.rows = 100});
    Forest broken = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 1}).forest();
    broken.children_left[0] = 0;
    const std::string message = message_of<InvalidArgument>([&] { RandomForestRegressor::from_forest(broken); });
    EXPECT_NE(message.find("a child does not come after its parent"), std::string::npos) << message;
    Schema schema(std::vector<ColumnSpec>{{.name = "only_one"}});
    broken.children_left[0] = 1;
    EXPECT_NE(
        message_of<InvalidArgument>([&] { RandomForestRegressor::from_forest(broken, schema); }).find("1 inputs for 6"),
        std::string::npos);
}

}  // namespace
}  // namespace plantwright
