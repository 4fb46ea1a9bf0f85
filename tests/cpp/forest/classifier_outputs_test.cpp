// SPDX-License-Identifier: MIT
/// Classifiers of several outputs: against brute force and classifiers of one, as sets of trees, in files and frames.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "forest/golden_problem.hpp"
#include "forest_testing.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using testing::make_problem;
using testing::message_of;
using testing::Problem;
using testing::ProblemShape;
using testing::same_forest;

/// The problem's three classes, and two that follow another feature.
struct LabelsProblem : Problem {
    explicit LabelsProblem(const ProblemShape& shape) : Problem(make_problem(shape)), Y(shape.rows, 2) {
        for (Index i = 0; i < shape.rows; ++i) {
            Y(i, 0) = label[i];
            Y(i, 1) = X(i, 3 % X.cols()) > 0.3;
        }
    }
    Table<std::int32_t> Y;
};

double gini(double share) { return -share * share; }
double entropy(double share) { return share > 0 ? -share * std::log(share) : 0; }

/// Weight times the mean impurity of some rows.
double loss_of(const LabelsProblem& p, Criterion criterion, const std::vector<Index>& rows) {
    const auto n = static_cast<double>(rows.size());
    double loss = 0;
    for (Index k = 0; k < 2; ++k) {
        double count[3] = {}, impurity = criterion == Criterion::gini ? 1 : 0;
        for (const Index i : rows) ++count[p.Y(i, k)];
        for (const double c : count) impurity += (criterion == Criterion::gini ? gini : entropy)(c / n);
        loss += n * impurity / 2;
    }
    return loss;
}

/// The least loss that parting all rows in two leaves.
double least_loss(const LabelsProblem& p, Criterion criterion, const std::vector<Index>& rows) {
    double best = HUGE_VAL;
    for (Index j = 0; j < p.X.cols(); ++j) {
        for (const Index at : rows) {
            std::vector<Index> left, right;
            for (const Index i : rows) (p.X(i, j) <= p.X(at, j) ? left : right).push_back(i);
            if (!right.empty()) best = std::min(best, loss_of(p, criterion, left) + loss_of(p, criterion, right));
        }
    }
    return best;
}

void expect_best_stump(const LabelsProblem& p, Criterion criterion, Splitter splitter) {
    const auto forest = RandomForestClassifier::fit_outputs(p.X.view(), p.Y.view(),
                                                            {.n_estimators = 1,
                                                             .criterion = criterion,
                                                             .max_depth = 1,
                                                             .max_features = MaxFeatures::all(),
                                                             .bootstrap = false,
                                                             .splitter = splitter});
    const TreeView tree = forest.tree(0);
    std::vector<Index> all(static_cast<std::size_t>(p.X.rows()));
    std::iota(all.begin(), all.end(), Index{0});
    EXPECT_NEAR(tree.impurity[0] * static_cast<double>(all.size()), loss_of(p, criterion, all), 1e-9);
    const double found =
        tree.impurity[1] * tree.weighted_n_node_samples[1] + tree.impurity[2] * tree.weighted_n_node_samples[2];
    EXPECT_NEAR(found, least_loss(p, criterion, all), 1e-6 * (1 + found));
}

TEST(SeveralLabels, ArePartedWhereTheMeanImpurityFallsMost) {
    for (const Splitter splitter : {Splitter::fast, Splitter::exact}) {
        for (const Index rows : {3, 40, 300}) {
            const LabelsProblem p({.rows = rows, .cols = 4, .seed = 3});
            for (const Criterion criterion : {Criterion::gini, Criterion::entropy})
                expect_best_stump(p, criterion, splitter);
        }
    }
}

TEST(SeveralLabels, ThatAreOneTwiceArePartedAsOne) {
    const Problem p = make_problem({.rows = 200});  // nodes without bins, which keep splits by other bounds
    Table<std::int32_t> twice(200, 2);
    for (Index i = 0; i < 200; ++i) twice(i, 0) = twice(i, 1) = p.label[i];
    for (const Criterion criterion : {Criterion::gini, Criterion::entropy}) {
        for (const Splitter splitter : {Splitter::fast, Splitter::exact, Splitter::random}) {
            const RandomForestOptions options{
                .n_estimators = 5, .criterion = criterion, .min_samples_leaf = 20, .splitter = splitter};
            const auto one = RandomForestClassifier::fit(p.X.view(), p.label, options);
            const auto two = RandomForestClassifier::fit_outputs(p.X.view(), twice.view(), options);
            EXPECT_EQ(one.forest().feature, two.forest().feature);
            EXPECT_EQ(one.forest().threshold, two.forest().threshold);
            const Buffer<std::int32_t> expected = one.predict(p.X.view());
            const Table<std::int32_t> found = two.predict_outputs(p.X.view());
            for (Index i = 0; i < 200; ++i) EXPECT_TRUE(found(i, 0) == expected[i] && found(i, 1) == expected[i]);
        }
    }
}

/// How often the rare class of the second label is found in the rows that have it.
double recall_of_rare(const LabelsProblem& p, const ClassWeight& weight, bool bootstrap) {
    const auto forest = RandomForestClassifier::fit_outputs(
        p.X.view(), p.Y.view(), {.n_estimators = 20, .max_depth = 3, .bootstrap = bootstrap, .class_weight = weight});
    const Table<std::int32_t> found = forest.predict_outputs(p.X.view());
    double n = 0, right = 0;
    for (Index i = 0; i < p.X.rows(); ++i) {
        n += p.Y(i, 1);
        right += p.Y(i, 1) && found(i, 1);
    }
    return right / n;
}

TEST(SeveralLabels, AreWeightedByTheProductOfTheirClassesWeights) {
    LabelsProblem p({.rows = 600});
    for (Index i = 0; i < 600; ++i) p.Y(i, 1) = p.X(i, 3) > 1 && i % 2 == 0;
    using Kind = ClassWeight::Kind;
    for (const bool bootstrap : {true, false}) {
        const double plain = recall_of_rare(p, {}, bootstrap);
        EXPECT_GT(recall_of_rare(p, {Kind::balanced, {}}, bootstrap), plain + 0.2);
        EXPECT_GT(recall_of_rare(p, {Kind::balanced_subsample, {}}, bootstrap), plain + 0.2);
        EXPECT_GT(recall_of_rare(p, {Kind::given, {1, 1, 1, 1, 20}}, bootstrap), plain + 0.2);
    }
    Vector product(600);
    for (Index i = 0; i < 600; ++i) product[i] = (p.Y(i, 0) == 2 ? 3 : 1) * (p.Y(i, 1) ? 5 : 1);
    RandomForestOptions options{.n_estimators = 3, .bootstrap = false};
    const auto by_rows = RandomForestClassifier::fit_outputs(p.X.view(), p.Y.view(), options, product);
    options.class_weight = {Kind::given, {1, 1, 3, 1, 5}};
    EXPECT_EQ(RandomForestClassifier::fit_outputs(p.X.view(), p.Y.view(), options).to_bytes(), by_rows.to_bytes());
}

TEST(SeveralLabels, OfOneColumnGiveTheForestOfOneOutput) {
    const Problem p = make_problem({.rows = 200, .missing = 0.1});
    const RandomForestOptions options{.n_estimators = 3, .oob_score = true};
    const auto one = RandomForestClassifier::fit(p.X.view(), p.label, options);
    const auto outputs = RandomForestClassifier::fit_outputs(
        p.X.view(), RandomForestClassifier::LabelTable(p.label.data(), 200, 1), options);
    EXPECT_EQ(one.to_bytes(), outputs.to_bytes());
    EXPECT_EQ(outputs.n_outputs(), 1);
    EXPECT_EQ(outputs.n_classes(), std::vector<std::int64_t>{3});
}

/// The share of the first rows whose two labels are right by the trees that have not seen them.
double oob_accuracy(const RandomForestClassifier& forest, const LabelsProblem& p) {
    const Matrix& share = forest.oob_decision_function();
    double n = 0, right = 0;
    for (Index i = 0; i < share.rows(); ++i) {
        if (std::isnan(share(i, 0))) continue;
        const double* row = share.row(i).data();
        right += std::max_element(row, row + 3) - row == p.Y(i, 0) && (row[4] > row[3]) == p.Y(i, 1);
        ++n;
    }
    return right / n;
}

TEST(SeveralLabels, AreLearnedAndTheirSharesSumToOne) {
    const LabelsProblem p({.rows = 1500, .missing = 0.05});
    const auto train = p.X.view().rows_between(0, 1000), test = p.X.view().rows_between(1000, 1500);
    for (const Splitter splitter : {Splitter::fast, Splitter::exact, Splitter::random}) {
        const auto forest =
            RandomForestClassifier::fit_outputs(ConstMatrixView(train), p.Y.view().rows_between(0, 1000),
                                                {.n_estimators = 40, .oob_score = true, .splitter = splitter});
        const Matrix share = forest.predict_proba(ConstMatrixView(test));
        const Table<std::int32_t> found = forest.predict_outputs(ConstMatrixView(test));
        ASSERT_EQ(share.cols(), 5);
        double right[2] = {}, both = 0;
        for (Index i = 0; i < 500; ++i) {
            EXPECT_NEAR(share(i, 0) + share(i, 1) + share(i, 2), 1, 1e-12);
            EXPECT_NEAR(share(i, 3) + share(i, 4), 1, 1e-12);
            EXPECT_EQ(found(i, 1), share(i, 4) > share(i, 3));
            for (Index k = 0; k < 2; ++k) right[k] += found(i, k) == p.Y(1000 + i, k);
            both += found(i, 0) == p.Y(1000 + i, 0) && found(i, 1) == p.Y(1000 + i, 1);
        }
        EXPECT_GT(right[0], 350);
        EXPECT_GT(right[1], 430);
        EXPECT_GT(both, 310);
        EXPECT_EQ(forest.oob_score(), oob_accuracy(forest, p));
        std::vector<double> row(6), one(5);
        for (Index j = 0; j < 6; ++j) row[static_cast<std::size_t>(j)] = test(0, j);
        forest.predict_proba_one(std::span<const double>(row), one);
        for (Index k = 0; k < 5; ++k) EXPECT_EQ(one[static_cast<std::size_t>(k)], share(0, k));
    }
}

TEST(SeveralLabels, GoIntoFilesRangesAndSubsets) {
    const LabelsProblem p({.rows = 200, .missing = 0.1});
    RandomForestOptions options{.n_estimators = 5, .min_samples_leaf = 3};
    const RandomForestClassifier::ClassNames names{{"low", "mid", "high"}, {"cold", "hot"}};
    const auto fit = [&] { return RandomForestClassifier::fit_outputs(p.X.view(), p.Y.view(), options, {}, names); };
    const auto whole = fit();
    const auto again = RandomForestClassifier::from_bytes(whole.to_bytes());
    EXPECT_EQ(again.to_bytes(), whole.to_bytes());
    EXPECT_EQ(again.classes(), (std::vector<std::string>{"low", "mid", "high", "cold", "hot"}));
    EXPECT_EQ(again.n_classes(), (std::vector<std::int64_t>{3, 2}));
    EXPECT_EQ(again.predict_proba(p.X.view()), whole.predict_proba(p.X.view()));
    options.tree_range = {0, 2};
    const auto first = fit();
    options.tree_range = {2, 5};
    const std::vector<RandomForestClassifier> parts{first, fit()};
    EXPECT_EQ(RandomForestClassifier::merge(parts).to_bytes(), whole.to_bytes());
    EXPECT_EQ(whole.subset(2, 5).to_bytes(), parts[1].to_bytes());
    options.tree_range.reset();
    EXPECT_EQ(first.grow_outputs(p.X.view(), p.Y.view(), options, {}, names).to_bytes(), whole.to_bytes());
    const auto imported =
        RandomForestClassifier::from_forest(whole.forest(), {}, Criterion::gini, whole.classes(), {3, 2});
    EXPECT_EQ(imported.predict_outputs(p.X.view()), whole.predict_outputs(p.X.view()));
    EXPECT_TRUE(same_forest(imported.forest(), whole.forest()));
}

TEST(SeveralLabels, AreColumnsOfAFrame) {
    const Frame frame = testing::golden_labels_frame();
    const Vector shift = frame.column("shift").to_float64();
    const RandomForestOptions options{.n_estimators = 20, .bootstrap = false};
    const auto forest = testing::golden_labels(frame, options);
    EXPECT_EQ(forest.classes(), (std::vector<std::string>{"A", "B", "C", "1", "2"}));
    EXPECT_EQ(forest.feature_names(), (std::vector<std::string>{"load_pct", "humidity"}));
    const Table<std::int32_t> found = forest.predict_outputs(frame);
    for (Index i = 0; i < frame.rows(); ++i) {
        EXPECT_EQ(found(i, 0), frame.column("line").codes()[i]);
        EXPECT_EQ(found(i, 1) + 1, shift[i]);
    }
    EXPECT_EQ(forest.grow_outputs(frame, std::vector<std::string>{"line", "shift"}, options).to_bytes(),
              forest.to_bytes());
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  RandomForestClassifier::fit_outputs(frame, std::vector<std::string>{"line", "line"});
              }).find("named twice"),
              std::string::npos);
}

TEST(SeveralLabels, RefuseWhatOnlyOneOutputHas) {
    const LabelsProblem p({.rows = 50});
    const auto complaint = [&](const RandomForestOptions& options) {
        return message_of<InvalidArgument>(
            [&] { RandomForestClassifier::fit_outputs(p.X.view(), p.Y.view(), options); });
    };
    EXPECT_NE(complaint({.criterion = Criterion::poisson}).find("must be gini, entropy or log_loss"),
              std::string::npos);
    EXPECT_NE(complaint({.class_weight = {ClassWeight::Kind::given, {1, 2}}}).find("got 2 for 5"), std::string::npos);
    EXPECT_NE(complaint({.monotonic_cst = {1, 0, 0, 0, 0, 0}}).find("monotonic_cst"), std::string::npos);
    EXPECT_NE(complaint({.quantiles = true}).find("quantiles"), std::string::npos);
    const auto forest = RandomForestClassifier::fit_outputs(p.X.view(), p.Y.view(), {.n_estimators = 1});
    EXPECT_NE(message_of<InvalidArgument>([&] { forest.predict(p.X.view()); }).find("predict_outputs"),
              std::string::npos);
    const std::vector<double> row(6);
    std::vector<double> share(5);
    EXPECT_NE(message_of<InvalidArgument>([&] { forest.predict_one(std::span<const double>(row), share); }), "");
    Table<std::int32_t> wrong = p.Y;
    wrong(7, 1) = -1;
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  RandomForestClassifier::fit_outputs(p.X.view(), wrong.view());
              }).find("row 7"),
              std::string::npos);
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  RandomForestClassifier::fit_outputs(p.X.view(), p.Y.view(), {}, {}, {{"a", "b", "c"}});
              }).find("for each output"),
              std::string::npos);
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  RandomForestClassifier::from_forest(forest.forest(), {}, Criterion::gini, forest.classes(), {3, 3});
              }).find("outputs do not fit"),
              std::string::npos);
    const auto other = RandomForestClassifier::from_forest(forest.forest(), {}, Criterion::gini, forest.classes());
    const std::vector<RandomForestClassifier> unlike{forest, other};
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  RandomForestClassifier::merge(unlike);
              }).find("number of classes in each output"),
              std::string::npos);
}

}  // namespace
}  // namespace plantwright
