// SPDX-License-Identifier: MIT
#include "plantwright/detect/alarm_calibration.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "detect_testing.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/detect/cross_fit.hpp"
#include "plantwright/detect/dynamic_pca.hpp"
#include "plantwright/detect/mahalanobis.hpp"

namespace plantwright {
namespace {

using testing::message_of;
using testing::plant_rows;

Index alarms_of(const Buffer<std::int32_t>& signs) {
    Index alarms = 0;
    for (const std::int32_t sign : signs) alarms += sign == -1 ? 1 : 0;
    return alarms;
}

/// Rows a minute apart, with an hour's gap before each row of `gaps`.
Frame timed_frame(const Matrix& rows, const std::vector<Index>& gaps = {}) {
    Buffer<std::int64_t> times(rows.rows());
    std::int64_t now = 0;
    for (Index i = 0; i < rows.rows(); ++i) {
        now += std::find(gaps.begin(), gaps.end(), i) == gaps.end() ? 60'000'000'000 : 3'600'000'000'000;
        times[i] = now;
    }
    std::vector<ColumnSpec> specs{{.name = "time", .kind = ColumnKind::time, .role = Role::time}};
    std::vector<Column> columns{Column::times(std::move(times))};
    for (Index j = 0; j < rows.cols(); ++j) {
        Buffer<double> values(rows.rows());
        for (Index i = 0; i < rows.rows(); ++i) values[i] = rows(i, j);
        specs.push_back({.name = "sensor " + std::to_string(j)});
        columns.push_back(Column::numbers(std::move(values)));
    }
    return Frame(Schema(std::move(specs)), std::move(columns));
}

TEST(AlarmCalibration, AsManyLaterRowsAreInAlarmAsWereAskedFor) {
    const auto chart = Mahalanobis::fit(plant_rows(8000, 4, 1), {}, {.false_alarm_rate = 0.02});
    const auto alarms = static_cast<double>(alarms_of(chart.predict(plant_rows(8000, 4, 2))));
    EXPECT_GT(alarms, 0.5 * 160);
    EXPECT_LT(alarms, 2 * 160);
}

TEST(AlarmCalibration, IsTheTailOfTheCrossFittedRows) {
    const Matrix rows = plant_rows(2000, 3);
    const auto chart = Mahalanobis::fit(rows, {}, {.contamination = 0.05, .n_folds = 4, .gap = 7});
    const Vector crossed = cross_fitted_statistic<Mahalanobis>(rows, MahalanobisOptions{}, {.n_blocks = 4, .gap = 7});
    EXPECT_EQ(chart.tail(), Tail::fit(crossed));
    double share = 0;
    for (const double s : crossed) share += s >= chart.threshold() ? 1.0 / 2000 : 0;
    EXPECT_NEAR(share, 0.05, 0.01);
    EXPECT_NEAR(chart.tail().p_value(chart.threshold()), share, 0.005);
}

TEST(AlarmCalibration, SeverityPValueAndSignSayTheSameOfARow) {
    Matrix rows = plant_rows(1500, 3);
    const auto chart = Mahalanobis::fit(rows, {}, {.false_alarm_rate = 0.01});
    rows(10, 0) += 1000;
    const Vector severity = chart.severity(rows), p = chart.p_values(rows), statistic = chart.statistic(rows);
    const auto signs = chart.predict(rows);
    EXPECT_GT(severity[10], 3);
    for (Index i = 0; i < rows.rows(); ++i) {
        ASSERT_NEAR(severity[i], -std::log10(p[i]), 1e-9);
        ASSERT_EQ(signs[i] == -1, statistic[i] >= chart.threshold());
    }
}

TEST(AlarmCalibration, WithoutARateThereIsNoneAndTheErrorSaysWhatToGive) {
    const Matrix rows = plant_rows(100, 2);
    const auto chart = Mahalanobis::fit(rows);
    EXPECT_FALSE(chart.is_calibrated());
    for (const auto& call :
         std::vector<std::function<void()>>{[&] { chart.severity(rows); }, [&] { chart.predict(rows); },
                                            [&] { static_cast<void>(chart.threshold()); }}) {
        EXPECT_EQ(message_of<NotFitted>(call),
                  "Mahalanobis: it has no calibration; give fit alarms_per_day, false_alarm_rate or contamination");
    }
}

TEST(AlarmCalibration, AlarmsADayNeedThePeriodOrATimeColumn) {
    const Matrix rows = plant_rows(3000, 3);
    EXPECT_NE(message_of<InvalidArgument>([&] { Mahalanobis::fit(rows, {}, {.alarms_per_day = 10}); }).find("period"),
              std::string::npos);
    const auto given = Mahalanobis::fit(rows, {}, {.alarms_per_day = 10, .period_s = 60});
    const auto found = Mahalanobis::fit(timed_frame(rows), {}, {.alarms_per_day = 10});
    EXPECT_EQ(found.threshold(), given.threshold());
    EXPECT_FALSE(found.calibration().options().period_s.has_value());  // as it was given
    EXPECT_NEAR(given.calibration().promised_rate(), 20 / (3000.0 / 1440), 3);
}

TEST(AlarmCalibration, WindowsOfTrainingDoNotCrossGapsOfATimeColumn) {
    const Matrix rows = plant_rows(400, 3);
    const std::vector<Index> gaps{100, 250};
    const auto parted = DynamicPca::fit(timed_frame(rows, gaps), {.lags = 2});
    EXPECT_EQ(parted.statistic(rows)[399], DynamicPca::fit(rows, {.lags = 2}, gaps).statistic(rows)[399]);
    EXPECT_NE(parted.statistic(rows)[399], DynamicPca::fit(rows, {.lags = 2}).statistic(rows)[399]);
}

TEST(AlarmCalibration, NotesSayWhatCanBePromised) {
    const Matrix rows = plant_rows(200, 2);
    const auto few = Mahalanobis::fit(rows, {}, {.false_alarm_rate = 0.01});
    ASSERT_EQ(few.calibration().notes().size(), 1U);
    EXPECT_NE(few.calibration().notes()[0].find("fewer than 30"), std::string::npos);
    const auto rare = Mahalanobis::fit(plant_rows(3000, 2), {}, {.false_alarm_rate = 1e-5});
    ASSERT_EQ(rare.calibration().notes().size(), 1U);
    EXPECT_NE(rare.calibration().notes()[0].find("extrapolated"), std::string::npos);
    EXPECT_GT(rare.threshold(), few.threshold());
    EXPECT_GT(rare.calibration().promised_rate(), 1e-3);
    EXPECT_TRUE(Mahalanobis::fit(plant_rows(3000, 2), {}, {.false_alarm_rate = 0.05}).calibration().notes().empty());
}

TEST(AlarmCalibration, RefusesWhatCannotBeAskedFor) {
    const Matrix rows = plant_rows(300, 2);
    const auto message = [&](const AlarmCalibrationOptions& asked) {
        return message_of<InvalidArgument>([&] { Mahalanobis::fit(rows, {}, asked); });
    };
    EXPECT_EQ(message({.alarms_per_day = 1, .contamination = 0.1}),
              "Mahalanobis: one of alarms_per_day, false_alarm_rate and contamination may be given, got 2");
    EXPECT_EQ(message({.false_alarm_rate = 0.3}), "Mahalanobis: false_alarm_rate must be in (0, 0.25], got 0.3");
    EXPECT_EQ(message({.n_folds = 1}), "Mahalanobis: n_folds must be in [2, 100], got 1");
    EXPECT_EQ(message({.period_s = 0}), "Mahalanobis: period must be in [1e-6, 1e8] seconds, got 0");
}

TEST(SavedAlarmCalibration, ComesBackWithItsDetectorBitForBit) {
    const Matrix rows = plant_rows(1000, 3);
    const auto chart = DynamicPca::fit(rows, {}, {.alarms_per_day = 4, .period_s = 600});
    const auto again = DynamicPca::from_bytes(chart.to_bytes());
    EXPECT_EQ(again.threshold(), chart.threshold());
    EXPECT_EQ(again.calibration().notes(), chart.calibration().notes());
    EXPECT_EQ(again.calibration().options().period_s, 600);
    EXPECT_EQ(again.to_bytes(), chart.to_bytes());
    EXPECT_FALSE(DynamicPca::from_bytes(DynamicPca::fit(rows).to_bytes()).is_calibrated());
}

TEST(SavedAlarmCalibration, HostileBytesAreErrorsOfOurs) {
    const Matrix rows = plant_rows(60, 2);
    const auto bytes = Mahalanobis::fit(rows, {}, {.false_alarm_rate = 0.1}).to_bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto bad = bytes;
        bad[i] ^= std::byte{0x81};
        try {
            const auto loaded = Mahalanobis::from_bytes(bad);
            if (loaded.is_calibrated()) loaded.predict(rows);
        } catch (const Error&) {
        }
    }
}

}  // namespace
}  // namespace plantwright
