// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "plantwright/preprocessing/min_max_scaler.hpp"
#include "plantwright/preprocessing/power_transformer.hpp"
#include "plantwright/preprocessing/quantile_transformer.hpp"
#include "plantwright/preprocessing/robust_scaler.hpp"
#include "plantwright/preprocessing/step_types.hpp"
#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

using testing::plant_table;

/// Every scaler there is, each in the ways it can be set.
std::vector<StepSpec> all_scalers() {
    return {StandardScalerOptions{},
            MinMaxScalerOptions{.feature_range = {-1, 1}},
            MinMaxScalerOptions{.clip = true},
            MaxAbsScalerOptions{},
            RobustScalerOptions{.unit_variance = true},
            QuantileTransformerOptions{.n_quantiles = 50},
            QuantileTransformerOptions{.output_distribution = OutputDistribution::normal},
            PowerTransformerOptions{},
            PowerTransformerOptions{.method = PowerMethod::box_cox, .standardize = false}};
}

TEST(Scalers, GiveTheSameBitsRowByRowAndFromTheirFiles) {
    const Frame frame = plant_table(300);
    for (const StepSpec& spec : all_scalers()) {
        SCOPED_TRACE(spec.type);
        const Pipeline pipeline = Pipeline::fit(frame, {spec});
        testing::expect_stream_equals_batch(pipeline, frame);
        testing::expect_causal(pipeline, frame);
        const Pipeline loaded = Pipeline::from_bytes(pipeline.to_bytes());
        testing::expect_same_frames(loaded.transform(frame), pipeline.transform(frame));
    }
}

TEST(Scalers, GiveTheSameBitsForAnyNumberOfThreads) {
    const Frame frame = plant_table(6000);
    for (const StepSpec& spec : all_scalers()) {
        SCOPED_TRACE(spec.type);
        const auto one = fit_step(spec, frame, 1), many = fit_step(spec, frame, 3);
        testing::expect_same_frames(one->transform(frame, 1), many->transform(frame, 3));
    }
}

TEST(Scalers, KeepMissingValuesAndAreUndoneByTheirInverse) {
    const Frame frame = plant_table(300);
    for (const StepSpec& spec : all_scalers()) {
        SCOPED_TRACE(spec.type);
        const auto step = fit_step(spec, frame);
        const Frame scaled = step->transform(frame);
        const Frame back = dynamic_cast<const NumberMap&>(*step).inverse_transform(scaled);
        for (Index i = 0; i < frame.rows(); ++i) {
            const double x = frame.column("steam_t").number(i);
            ASSERT_EQ(std::isnan(x), std::isnan(scaled.column("steam_t").number(i)));
            if (std::isnan(x)) continue;
            ASSERT_NEAR(back.column("steam_t").number(i), x, 1e-6 * x);
        }
    }
}

TEST(RobustScaler, FindsMedianAndQuartilesOfTiesAndOfHeavyTails) {
    RandomStream random(3, 0, Purpose::features);
    for (const Index n : {1, 2, 5, 1023, 5000, 40'000}) {
        auto values = Buffer<double>::uninitialized(n);
        for (double& x : values) x = random.below(2) ? 3.0 : std::exp(60 * random.uniform()) - 4;
        const Frame frame(Schema({{.name = "flow"}}), {Column::numbers(Buffer<double>(values))});
        const auto fitted = RobustScaler::fit(frame).fitted();
        std::sort(values.begin(), values.end());
        const auto at = [&](double place) {
            const auto i = static_cast<Index>(place);
            return values[i] + (place - static_cast<double>(i)) * (values[std::min(i + 1, n - 1)] - values[i]);
        };
        const auto last = static_cast<double>(n - 1);
        const double range = at(0.75 * last) - at(0.25 * last);
        EXPECT_NEAR(fitted[0].second[0], at(0.5 * last), 1e-12 * std::abs(at(0.5 * last)));
        EXPECT_NEAR(fitted[1].second[0], range < 1e-14 ? 1.0 : range, 1e-12 * std::abs(range));
    }
}

TEST(QuantileTransformer, RisesAndReachesBothEnds) {
    auto values = Buffer<double>::uninitialized(1000);
    for (Index i = 0; i < 1000; ++i) values[i] = static_cast<double>(i) - 300;
    const Frame frame(Schema({{.name = "flow"}}), {Column::numbers(std::move(values))});
    const Frame ranks = QuantileTransformer::fit(frame, {.n_quantiles = 7}).transform(frame);
    for (Index i = 1; i < 1000; ++i) EXPECT_LT(ranks.column(0).number(i - 1), ranks.column(0).number(i));
    EXPECT_EQ(ranks.column(0).number(0), 0);
    EXPECT_EQ(ranks.column(0).number(999), 1);
}

TEST(PowerTransformer, FindsTheLogarithmOfLogNormalNumbers) {
    RandomStream random(5, 0, Purpose::features);
    auto values = Buffer<double>::uninitialized(20'000);
    for (double& x : values) x = std::exp(random.normal());
    const Frame frame(Schema({{.name = "flow"}}), {Column::numbers(std::move(values))});
    const auto step = PowerTransformer::fit(frame, {.method = PowerMethod::box_cox});
    EXPECT_NEAR(step.lambdas()[0], 0, 0.02);
}

TEST(Scalers, RefuseATruncatedFile) {
    const Frame frame = plant_table(50);
    const Pipeline narrow = Pipeline::fit(frame, {MinMaxScalerOptions{.columns = {"flow"}}});
    std::vector<std::byte> bytes = narrow.to_bytes();
    bytes.resize(bytes.size() - 8);
    EXPECT_THROW(Pipeline::from_bytes(bytes), CorruptModel);
}

}  // namespace
}  // namespace plantwright
