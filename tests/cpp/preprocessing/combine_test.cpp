// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "plantwright/preprocessing/kmeans_features.hpp"
#include "plantwright/preprocessing/pca.hpp"
#include "plantwright/preprocessing/polynomial_features.hpp"
#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

using testing::plant_table;
using Names = std::vector<std::string>;

std::vector<StepSpec> all_combining() {
    return {PolynomialFeaturesOptions{},
            PolynomialFeaturesOptions{.degree = 3, .include_bias = true},
            PolynomialFeaturesOptions{.degree = 3, .interaction_only = true},
            KMeansFeaturesOptions{.n_clusters = 3},
            KMeansFeaturesOptions{.n_clusters = 4, .output = KMeansOutput::both, .columns = {"steam_t", "fuel"}},
            PcaOptions{},
            PcaOptions{.n_components = 2, .whiten = true}};
}

TEST(CombiningSteps, GiveTheSameBitsRowByRowAndFromTheirFilesForAnyNumberOfThreads) {
    const Frame frame = plant_table(2500);
    for (const StepSpec& spec : all_combining()) {
        SCOPED_TRACE(spec.type + spec.options.dump());
        const Pipeline pipeline = Pipeline::fit(frame, {spec});
        testing::expect_stream_equals_batch(pipeline, frame);
        testing::expect_causal(pipeline, frame);
        const std::vector<StepSpec> steps{spec};
        EXPECT_EQ(Pipeline::fit(frame, steps, 2).to_bytes(), pipeline.to_bytes());
        const Pipeline loaded = Pipeline::from_bytes(pipeline.to_bytes());
        testing::expect_same_frames(loaded.transform(frame, 2), pipeline.transform(frame));
    }
}

TEST(PolynomialFeatures, NamesProductsByTheirFactors) {
    const Frame frame(Schema({{.name = "a"}, {.name = "b"}}), {Column::numbers(Vector{2}), Column::numbers(Vector{3})});
    const Frame out = PolynomialFeatures::fit(frame, {.degree = 3, .include_bias = true}).transform(frame);
    EXPECT_EQ(out.schema().names(), (Names{"a", "b", "bias", "a__power_2", "a__times__b", "b__power_2", "a__power_3",
                                           "a__power_2__times__b", "a__times__b__power_2", "b__power_3"}));
    const double expected[] = {2, 3, 1, 4, 6, 9, 8, 12, 18, 27};
    for (Index j = 0; j < out.cols(); ++j) EXPECT_EQ(out.column(j).number(0), expected[j]);
    EXPECT_EQ(PolynomialFeatures::fit(frame, {.degree = 5, .interaction_only = true}).writes().size(), 1U);
    EXPECT_TRUE(PolynomialFeatures::fit(frame, {.degree = 1}).writes().empty());
}

TEST(PolynomialFeatures, RefusesDegreesBeyondReason) {
    const Frame frame = plant_table(10);
    EXPECT_THROW(PolynomialFeatures::fit(frame, {.degree = 0}), InvalidArgument);
    EXPECT_THROW(PolynomialFeatures::fit(frame, {.degree = 100}), InvalidArgument);
    EXPECT_THROW(PolynomialFeatures::fit(frame.rows_between(0, 0)), InvalidArgument);
}

Frame numbers(std::vector<Vector> columns) {
    std::vector<ColumnSpec> specs;
    std::vector<Column> values;
    for (std::size_t j = 0; j < columns.size(); ++j) {
        specs.push_back({.name = "x" + std::to_string(j)});
        values.push_back(Column::numbers(columns[j]));
    }
    return Frame(Schema(std::move(specs)), std::move(values));
}

TEST(KMeansFeatures, FindsStatesThatLieApart) {
    RandomStream random(1, 0, Purpose::noise);
    Vector x(300), y(300);
    for (Index i = 0; i < 300; ++i) {
        x[i] = 100.0 * static_cast<double>(i % 3) + random.normal();
        y[i] = 10.0 * static_cast<double>(i % 2) + 0.01 * random.normal();
    }
    const Frame frame = numbers({x, y});
    const auto step = KMeansFeatures::fit(frame, {.n_clusters = 6, .output = KMeansOutput::cluster});
    EXPECT_LT(step.inertia(), 300 * 1.5);
    const Frame out = step.transform(frame);
    const auto codes = out.column("kmeans__cluster").codes();
    for (Index i = 6; i < 300; ++i) EXPECT_EQ(codes[i], codes[i % 6]);
}

TEST(KMeansFeatures, TakesAsManyClustersAsRowsAndDuplicatesAndRefusesMore) {
    const Frame frame = numbers({Vector{1, 2, 4, kNaN}});
    EXPECT_EQ(KMeansFeatures::fit(frame, {.n_clusters = 3}).inertia(), 0);
    EXPECT_THROW(KMeansFeatures::fit(frame, {.n_clusters = 4}), InvalidArgument);
    EXPECT_EQ(KMeansFeatures::fit(numbers({Vector(9, 5.0)}), {.n_clusters = 3}).inertia(), 0);
    EXPECT_THROW(KMeansFeatures::fit(frame, {.n_clusters = 0}), InvalidArgument);
    EXPECT_THROW(KMeansFeatures::fit(frame, {.n_clusters = 1, .tol = -1}), InvalidArgument);
}

TEST(Pca, ComponentsAreOrthonormalAndGiveTheColumnsBack) {
    RandomStream random(1, 0, Purpose::noise);
    std::vector<Vector> columns(4, Vector(500));
    for (Index i = 0; i < 500; ++i) {
        const double common = random.normal();
        for (std::size_t j = 0; j < 4; ++j) columns[j][i] = 1e6 + common * static_cast<double>(j + 1) + random.normal();
    }
    const Frame frame = numbers(columns);
    const auto step = Pca::fit(frame, {.whiten = true});
    for (Index a = 0; a < 4; ++a) {
        for (Index b = 0; b < 4; ++b) {
            double product = 0;
            for (Index j = 0; j < 4; ++j) product += step.components()(a, j) * step.components()(b, j);
            EXPECT_NEAR(product, a == b ? 1 : 0, 1e-12);
        }
    }
    const Frame back = step.inverse_transform(step.transform(frame));
    EXPECT_EQ(back.schema().names(), frame.schema().names());
    for (Index i = 0; i < 500; ++i) EXPECT_NEAR(back.column(2).number(i), columns[2][i], 1e-7);
}

TEST(Pca, TakesAShareOfTheVarianceAndRefusesWhatIsNone) {
    const Frame frame = numbers({Vector{1, 2, 3, 4}, Vector{2, 4, 6, 8.5}, Vector(4, 7.0)});
    EXPECT_EQ(Pca::fit(frame, {.n_components = 0.9}).writes().size(), 1U);
    EXPECT_EQ(Pca::fit(frame, {.n_components = 2}).writes().size(), 2U);
    EXPECT_EQ(Pca::fit(frame).writes().size(), 3U);
    for (const io::Json& wrong : {io::Json(0), io::Json(4), io::Json(1.5), io::Json("mle")})
        EXPECT_THROW(Pca::fit(frame, {.n_components = wrong}), InvalidArgument);
    EXPECT_THROW(Pca::fit(frame.rows_between(0, 1)), InvalidArgument);
}

}  // namespace
}  // namespace plantwright
