// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <limits>

#include "neural/autoencoder_testing.hpp"
#include "neural/naive_lstm.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using namespace testing;

constexpr double kInf = std::numeric_limits<double>::infinity();

double mean_score(const LSTMAutoencoder& model, const Matrix& X) {
    double sum = 0, n = 0;
    for (const double score : model.score_samples(X)) {
        if (std::isnan(score)) continue;
        sum += score;
        ++n;
    }
    return sum / n;
}

TEST(LSTMAutoencoder, LearnsWhatItReconstructs) {
    LSTMAutoencoderOptions options = small_options();
    options.max_epochs = 0;
    const Matrix X = swinging_plant(300);
    const auto untrained = LSTMAutoencoder::fit(X, options);
    options.max_epochs = 30;
    const auto trained = LSTMAutoencoder::fit(X, options);
    EXPECT_GT(mean_score(trained, X), 0.3 * mean_score(untrained, X));
    EXPECT_LT(trained.report().lstm_error, 0.3 * trained.report().untrained_error);
    EXPECT_DOUBLE_EQ(trained.report().untrained_error, untrained.report().lstm_error);
    EXPECT_NE(trained.network().tensor("encoder.0.input"), untrained.network().tensor("encoder.0.input"));
}

TEST(LSTMAutoencoder, ScoresARowByTheWindowThatEndsThere) {
    const Matrix X = swinging_plant(50);
    const auto model = small_model();
    const Vector scores = model.score_samples(X);
    ASSERT_EQ(scores.size(), 50);
    EXPECT_EQ(missing_places(scores), (std::vector<Index>{0, 1, 2, 3, 4, 5, 6}));
    const Vector of_one = model.score_samples(X.view().rows_between(20, 28));
    EXPECT_EQ(of_one[7], scores[27]);
}

TEST(LSTMAutoencoder, AgreesWithTheTextbooksLoops) {
    Matrix X = swinging_plant(12);
    X(9, 1) = kNaN;
    const auto model = small_model();
    const SensorInput& input = model.input();
    Table<float> window(8, 3);
    for (Index t = 0; t < 8; ++t)
        for (Index j = 0; j < 3; ++j) window(t, j) = static_cast<float>((X(t + 4, j) - input.mean[j]) / input.scale[j]);
    const auto naive = NaiveAutoencoder(model.network())(window.view());
    double error = 0;
    for (Index t = 0; t < 8; ++t)
        for (Index j = 0; j < 3; ++j) {
            const double e = static_cast<double>(window(t, j)) -
                             naive.reconstruction[static_cast<std::size_t>(t)][static_cast<std::size_t>(j)];
            if (!std::isnan(e)) error += e * e / 23;
        }
    EXPECT_NEAR(model.score_samples(X)[11], -error, 1e-5 * error);
    const Table<float> codes = model.transform(X);
    for (Index c = 0; c < 4; ++c)
        EXPECT_NEAR(static_cast<double>(codes(11, c)), naive.code[static_cast<std::size_t>(c)], 1e-5);
}

TEST(LSTMAutoencoder, SharesOfTheSensorsSumToTheScoreExactly) {
    Matrix X = swinging_plant(60);
    X(20, 0) = X(21, 2) = kNaN;
    for (const auto scoring : {WindowScoring::window, WindowScoring::last, WindowScoring::point}) {
        const auto model = small_model().with_scoring(scoring);
        const Vector scores = model.score_samples(X);
        const Matrix shares = model.attribution(X);
        for (Index i = 0; i < X.rows(); ++i) {
            double sum = 0;
            for (Index j = 0; j < 3; ++j) sum += shares(i, j);
            EXPECT_TRUE(same_values(Vector{-sum}, Vector{scores[i]}));
        }
    }
}

TEST(LSTMAutoencoder, LastLooksAtTheLastRowAndPointAtEveryWindowOverARow) {
    Matrix X = swinging_plant(60);
    X(30, 1) += 20;
    const auto last = small_model().with_scoring(WindowScoring::last).score_samples(X);
    const auto point = small_model().with_scoring(WindowScoring::point).score_samples(X);
    const auto window = small_model().score_samples(X);
    EXPECT_EQ(std::min_element(last.begin() + 7, last.end()) - last.begin(), 30);
    EXPECT_EQ(std::min_element(point.begin(), point.end()) - point.begin(), 30);
    EXPECT_TRUE(missing_places(point).empty());
    EXPECT_LT(window[30], window[29]);
    EXPECT_LT(window[37], window[38]);
}

TEST(LSTMAutoencoder, BlamesTheSensorThatWentAstray) {
    Matrix X = swinging_plant(60);
    for (Index i = 30; i < 40; ++i) X(i, 1) += 10;
    const Matrix shares = small_model().attribution(X);
    EXPECT_GT(shares(37, 1), 5 * (shares(37, 0) + shares(37, 2)));
}

TEST(LSTMAutoencoder, TheSameSeedGivesTheSameBytesForAnyNumberOfThreads) {
    LSTMAutoencoderOptions options = small_options();
    options.dropout = options.input_dropout = 0.2;
    const Matrix X = swinging_plant(150);
    const auto bytes = LSTMAutoencoder::fit(X, options).to_bytes();
    for (const int n_jobs : {2, 4}) {
        options.n_jobs = n_jobs;
        EXPECT_EQ(LSTMAutoencoder::fit(X, options).to_bytes(), bytes) << n_jobs;
    }
    options.random_state = 4;
    EXPECT_NE(LSTMAutoencoder::fit(X, options).to_bytes(), bytes);
}

TEST(LSTMAutoencoder, WindowsThatStandApartHaveOneResultEach) {
    const Matrix X = swinging_plant(40);
    const auto model = small_model();
    const Vector scores = model.score_samples(SensorRows::windows(X.view(), 8));
    ASSERT_EQ(scores.size(), 5);
    const Vector of_rows = model.score_samples(X);
    for (Index k = 0; k < 5; ++k) EXPECT_EQ(scores[k], of_rows[8 * k + 7]);
    EXPECT_EQ(model.transform(SensorRows::windows(X.view(), 8)).rows(), 5);
    EXPECT_EQ(model.reconstruct(SensorRows::windows(X.view(), 8)).rows(), 40);
    EXPECT_TRUE(says(error_of([&] { model.score_samples(SensorRows::windows(X.view(), 10)); }),
                     "windows must have 8 rows each, got windows of 10"));
}

TEST(LSTMAutoencoder, IsFittedOnWindowsThatStandApart) {
    const Matrix X = swinging_plant(240);
    const auto model = LSTMAutoencoder::fit(SensorRows::windows(X.view(), 8), small_options());
    EXPECT_EQ(model.report().n_training_windows, 26);  // 30, less 3 to validate with and one for the gap
    EXPECT_EQ(model.report().n_validation_windows, 3);
}

TEST(LSTMAutoencoder, ReconstructsInTheSensorsUnits) {
    LSTMAutoencoderOptions options = small_options();
    options.max_epochs = 40;
    const Matrix X = swinging_plant(200);
    const Matrix R = LSTMAutoencoder::fit(X, options).reconstruct(X);
    ASSERT_EQ(R.rows(), 200);
    for (Index i = 20; i < 180; ++i) EXPECT_NEAR(R(i, 2), X(i, 2), 1.5);  // 1000 +- 3
}

TEST(LSTMAutoencoder, Float32AndFloat64RowsOfTheSameNumbersScoreTheSame) {
    Matrix X = swinging_plant(30);
    Table<float> F(30, 3);
    for (Index i = 0; i < 90; ++i) {
        F.data()[i] = static_cast<float>(X.data()[i]);
        X.data()[i] = static_cast<double>(F.data()[i]);
    }
    const auto model = small_model();
    EXPECT_TRUE(same_values(model.score_samples(X), model.score_samples(F)));
}

TEST(LSTMAutoencoder, TheDefaultOffsetCallsOneRowInAHundredAnAnomaly) {
    const Matrix X = swinging_plant(407);
    LSTMAutoencoderOptions options = small_options();
    const auto count = [&](const LSTMAutoencoder& model) {
        Index n = 0;
        for (const std::int32_t sign : model.predict(X)) n += sign == -1;
        return n;
    };
    EXPECT_EQ(count(LSTMAutoencoder::fit(X, options)), 4);
    options.contamination = 0.2;
    EXPECT_EQ(count(LSTMAutoencoder::fit(X, options)), 80);
    const auto model = LSTMAutoencoder::fit(X, options);
    const Vector decision = model.decision_function(X), scores = model.score_samples(X);
    EXPECT_EQ(decision[100], scores[100] - model.offset());
}

// ---- missing, constant, infinite

TEST(LSTMAutoencoder, AWindowWithoutAnyReadingScoresNaNAndCountsAsNormal) {
    Matrix X = swinging_plant(40);
    for (Index i = 10; i < 18; ++i)
        for (Index j = 0; j < 3; ++j) X(i, j) = kNaN;
    const auto model = small_model();
    EXPECT_EQ(missing_places(model.score_samples(X)), (std::vector<Index>{0, 1, 2, 3, 4, 5, 6, 17}));
    EXPECT_EQ(model.predict(X)[17], 1);
    EXPECT_FALSE(std::isnan(model.reconstruct(X)(14, 0)));
}

TEST(LSTMAutoencoder, LearnsFromTablesWithHoles) {
    Matrix X = swinging_plant(300);
    RandomStream random(7, 0, Purpose::noise);
    for (Index i = 0; i < 900; ++i)
        if (random.uniform() < 0.2) X.data()[i] = kNaN;
    LSTMAutoencoderOptions options = small_options();
    options.max_epochs = 30;
    const auto model = LSTMAutoencoder::fit(X, options);
    EXPECT_LT(model.report().lstm_error, 0.5 * model.report().untrained_error);
    EXPECT_NEAR(model.input().mean[2], 1000, 0.5);
}

TEST(LSTMAutoencoder, AConstantSensorAndOneWithoutReadingsDoNoHarm) {
    Matrix X = swinging_plant(200, 4);
    for (Index i = 0; i < 200; ++i) {
        X(i, 1) = 0.1 + 0.2;
        X(i, 3) = kNaN;
    }
    const auto model = LSTMAutoencoder::fit(X, small_options());
    EXPECT_EQ(model.input().scale[1], 1.0);
    EXPECT_EQ(model.input().mean[3], 0.0);
    EXPECT_TRUE(std::isfinite(model.score_samples(X)[100]));
    EXPECT_EQ(model.attribution(X)(100, 3), 0.0);
}

TEST(LSTMAutoencoder, OneSensorIsEnough) {
    const Matrix X = swinging_plant(100, 1);
    const auto model = LSTMAutoencoder::fit(X, small_options());
    EXPECT_TRUE(std::isfinite(model.score_samples(X)[50]));
}

TEST(LSTMAutoencoder, NamesRowAndColumnOfAnInfiniteReading) {
    Matrix X = swinging_plant(60);
    const auto model = small_model();
    X(31, 2) = -kInf;
    EXPECT_TRUE(says(error_of([&] { LSTMAutoencoder::fit(X, small_options()); }), "got -inf in row 31 of column 2"));
    EXPECT_TRUE(says(error_of([&] { model.score_samples(X); }), "got -inf in row 31 of column 2"));
    EXPECT_TRUE(says(error_of([&] { model.score_samples(timed_plant(X)); }), "array"));
}

TEST(LSTMAutoencoder, EnormousReadingsScoreLowAndStayFinite) {
    Matrix X = swinging_plant(40);
    X(20, 0) = 1e300;
    const Vector scores = small_model().score_samples(X);
    EXPECT_TRUE(std::isfinite(scores[20]));
    EXPECT_LT(scores[20], -1e20);
    EXPECT_TRUE(std::isfinite(scores[28]));
    EXPECT_GT(scores[28], -100);
}

TEST(LSTMAutoencoder, SaysWhatIsWrongWithItsInput) {
    EXPECT_TRUE(says(error_of([] { LSTMAutoencoder::fit(swinging_plant(7), small_options()); }),
                     "a window has 8 rows, but the longest run"));
    EXPECT_TRUE(says(error_of([] { LSTMAutoencoder::fit(Matrix(0, 3), small_options()); }), "n_samples = 0"));
    EXPECT_TRUE(says(error_of([] { LSTMAutoencoder::fit(Matrix(20, 0), small_options()); }), "at least one sensor"));
    EXPECT_TRUE(says(error_of([] { LSTMAutoencoder::fit(Matrix(20, 2, kNaN), small_options()); }), "without readings"));
    EXPECT_TRUE(says(error_of([] { small_model().score_samples(swinging_plant(20, 4)); }),
                     "X must have 3 features, as in fit, got 4"));
    EXPECT_THROW(LSTMAutoencoder().score_samples(swinging_plant(20)), NotFitted);
}

TEST(LSTMAutoencoder, RefusesOptionsOutOfRangeAndSaysWhatIsAllowed) {
    const auto message = [](auto change) {
        LSTMAutoencoderOptions options = small_options();
        change(options);
        return error_of([&] { LSTMAutoencoder::fit(swinging_plant(40), options); });
    };
    EXPECT_EQ(message([](auto& o) { o.learning_rate = 0; }), "LSTMAutoencoder: learning_rate must be in (0, 1], got 0");
    EXPECT_EQ(message([](auto& o) { o.validation_fraction = 0.6; }),
              "LSTMAutoencoder: validation_fraction must be in [0, 0.5], got 0.6");
    EXPECT_EQ(message([](auto& o) { o.max_gap = kNaN; }), "LSTMAutoencoder: max_gap must be at least 1, got nan");
    EXPECT_EQ(message([](auto& o) { o.contamination = 0.7; }),
              "LSTMAutoencoder: contamination must be in (0, 0.5], got 0.7");
    EXPECT_NE(message([](auto& o) { o.encoder = {}; }), "");
    EXPECT_NE(message([](auto& o) { o.dropout = 1; }), "");
}

}  // namespace
}  // namespace plantwright
