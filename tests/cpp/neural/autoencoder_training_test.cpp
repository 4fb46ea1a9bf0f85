// SPDX-License-Identifier: MIT
/// How a training ends, goes on and is reported.
#include <gtest/gtest.h>

#include <filesystem>

#include "neural/autoencoder_testing.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using namespace testing;

TEST(AutoencoderTraining, KeepsTheWeightsOfTheEpochWithTheLowestValidationLoss) {
    LSTMAutoencoderOptions options = small_options();
    options.learning_rate = 0.05;
    options.max_epochs = 60;
    options.patience = 5;
    const auto model = LSTMAutoencoder::fit(swinging_plant(150), options);
    const AutoencoderReport& report = model.report();
    const auto best = std::min_element(report.epochs.begin(), report.epochs.end(), [](const Epoch& a, const Epoch& b) {
        return a.validation_loss < b.validation_loss;
    });
    EXPECT_EQ(report.best_epoch, best->number);
    EXPECT_NEAR(report.lstm_error, best->validation_loss, 1e-5);
    EXPECT_LE(std::ssize(report.epochs), report.best_epoch + 5);
}

TEST(AutoencoderTraining, LowersTheLearningRateOnAPlateauDownToTheLeast) {
    LSTMAutoencoderOptions options = small_options();
    options.learning_rate = 1e-2;
    options.min_learning_rate = 4e-3;
    options.max_epochs = 60;
    options.patience = 50;
    options.lr_patience = 2;
    const auto epochs = LSTMAutoencoder::fit(swinging_plant(100), options).report().epochs;
    EXPECT_EQ(epochs.front().learning_rate, 1e-2);
    EXPECT_EQ(epochs.back().learning_rate, 4e-3);
}

TEST(AutoencoderTraining, ValidatesOnTheLastWindowsBehindAGapOfOneWindow) {
    std::vector<Epoch> seen;
    LSTMAutoencoderOptions options = small_options();
    options.on_epoch = [&](const Epoch& epoch) {
        seen.push_back(epoch);
        return true;
    };
    const auto report = LSTMAutoencoder::fit(swinging_plant(107), options).report();
    EXPECT_EQ(report.n_validation_windows, 10);  // of 100
    EXPECT_EQ(report.n_training_windows, 100 - 10 - 2 * 8 + 1);
    EXPECT_EQ(seen.size(), 4u);
    EXPECT_FALSE(std::isnan(seen.front().validation_loss));
    options.validation_fraction = 0;
    const auto without = LSTMAutoencoder::fit(swinging_plant(107), options).report();
    EXPECT_EQ(without.n_training_windows, 100);
    EXPECT_TRUE(std::isnan(without.epochs.front().validation_loss));
    EXPECT_TRUE(says(without.text(), "without validation"));
}

TEST(AutoencoderTraining, TheRowsThatValidateDoNotChangeTheScale) {
    Matrix X = swinging_plant(107);
    const auto before = LSTMAutoencoder::fit(X, small_options()).input().mean;
    for (Index i = 97; i < 107; ++i) X(i, 0) += 1000;
    EXPECT_EQ(LSTMAutoencoder::fit(X, small_options()).input().mean, before);
}

TEST(AutoencoderTraining, EndsWhenToldAndHandsOverTheBestSoFar) {
    LSTMAutoencoderOptions options = small_options();
    options.on_epoch = [](const Epoch& epoch) { return epoch.number < 2; };
    const auto model = LSTMAutoencoder::fit(swinging_plant(100), options);
    EXPECT_EQ(model.report().epochs.size(), 2u);
    EXPECT_TRUE(model.report().stopped);
    EXPECT_TRUE(model.has_pca_twin());
}

TEST(AutoencoderTraining, AStopByProgressThrowsUnlessWhatWasLearntShallBeKept) {
    LSTMAutoencoderOptions options = small_options();
    options.max_epochs = 100'000;
    options.patience = 100'000;
    bool stop = false;
    options.on_epoch = [&](const Epoch&) { return stop = true; };
    options.progress = [&](const ProgressEvent&) { return !stop; };
    EXPECT_THROW(LSTMAutoencoder::fit(swinging_plant(100), options), Stopped);
    options.keep_when_stopped = true;
    stop = false;
    const auto model = LSTMAutoencoder::fit(swinging_plant(100), options);
    EXPECT_TRUE(model.report().stopped);
    EXPECT_GE(model.report().best_epoch, 1);
    EXPECT_LT(model.offset(), 0);
    EXPECT_FALSE(model.has_pca_twin());
    EXPECT_THROW(model.pca_twin(), NotFitted);
}

TEST(AutoencoderTraining, SavesTheBestSoFarAsAModelOfItsOwn) {
    const auto path = std::filesystem::temp_directory_path() / "plantwright-checkpoint-test.plw";
    LSTMAutoencoderOptions options = small_options();
    options.checkpoint = path;
    const Matrix X = swinging_plant(100);
    const auto model = LSTMAutoencoder::fit(X, options);
    const auto saved = LSTMAutoencoder::load(path);
    std::filesystem::remove(path);
    EXPECT_TRUE(saved.network() == model.network());
    EXPECT_TRUE(same_values(saved.score_samples(X), model.score_samples(X)));
    EXPECT_LT(saved.offset(), 0);
}

TEST(AutoencoderTraining, GoesOnFromAModelWithItsMoments) {
    const Matrix X = swinging_plant(200);
    LSTMAutoencoderOptions options = small_options();
    options.validation_fraction = 0;
    const auto first = LSTMAutoencoder::fit(X, options);
    options.max_epochs = 20;
    const auto further = first.fit_further(X, options);
    EXPECT_LT(further.report().lstm_error, first.report().lstm_error);
    EXPECT_EQ(further.report().epochs.front().number, 5);
    EXPECT_EQ(further.input().mean, first.input().mean);
    const auto reloaded = LSTMAutoencoder::from_bytes(first.to_bytes());
    EXPECT_EQ(reloaded.fit_further(X, options).to_bytes(), further.to_bytes());
    EXPECT_THROW(LSTMAutoencoder().fit_further(X, options), NotFitted);
}

TEST(AutoencoderTraining, ReadingsThatExplodeWithoutAScaleEndInAModelThatIsFinite) {
    LSTMAutoencoderOptions options = small_options();
    options.standardize = false;
    Matrix X = swinging_plant(60);
    for (Index i = 0; i < 180; ++i) X.data()[i] *= 1e30;
    EXPECT_EQ(error_of([&] {
                  const auto model = LSTMAutoencoder::fit(X, options);
                  EXPECT_TRUE(std::isfinite(model.offset()));
                  EXPECT_TRUE(std::isfinite(model.report().lstm_error));
              }),
              "");
}

TEST(AutoencoderReport, SaysInWordsWhetherTheNetworkEarnsItsCost) {
    AutoencoderReport report;
    report.n_components = 4;
    report.lstm_error = 0.2;
    report.pca_error = 0.4;
    report.mean_error = 1;
    EXPECT_TRUE(report.earns_its_cost());
    EXPECT_TRUE(says(report.verdict(), "earns its cost: its error is 50 % of that of a PCA"));
    report.lstm_error = 0.39;
    EXPECT_FALSE(report.earns_its_cost());
    EXPECT_TRUE(says(report.verdict(), "does not earn its cost: a PCA with as long a code reconstructs as well"));
    report.lstm_error = 0.8;
    EXPECT_TRUE(says(report.verdict(), "reconstructs better (error 0.4 against 0.8)"));
    report.lstm_error = 1.1;
    EXPECT_TRUE(says(report.verdict(), "each sensor's mean does as well"));
    report.pca_error = kNaN;
    EXPECT_TRUE(says(report.verdict(), "No PCA twin"));
}

TEST(AutoencoderReport, HoldsAllFourErrorsOfTheSameWindows) {
    const Matrix X = swinging_plant(200);
    const auto model = LSTMAutoencoder::fit(X, small_options());
    const AutoencoderReport& report = model.report();
    EXPECT_NEAR(report.mean_error, 1, 0.2);
    EXPECT_LT(report.pca_error, 0.05);  // swings of one frequency are a plane
    EXPECT_EQ(report.n_components, 4);
    const io::Json json = report.to_json();
    EXPECT_EQ(json.at("epochs").as_array().size(), report.epochs.size());
    EXPECT_EQ(json.at("measured_on").as_string(), "validation");
    EXPECT_TRUE(says(report.text(), "PCA, 4 components"));
}

}  // namespace
}  // namespace plantwright
