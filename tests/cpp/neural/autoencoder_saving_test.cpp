// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <boost/archive/text_iarchive.hpp>
#include <boost/archive/text_oarchive.hpp>
#include <sstream>

#include "io/forge.hpp"
#include "neural/autoencoder_testing.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using namespace testing;

TEST(SavedAutoencoder, ComesBackBitForBit) {
    const auto model = LSTMAutoencoder::fit(timed_plant(swinging_plant(100)), small_options());
    const auto bytes = model.to_bytes();
    const auto again = LSTMAutoencoder::from_bytes(bytes);
    const Matrix X = swinging_plant(50);
    EXPECT_TRUE(same_values(again.score_samples(X), model.score_samples(X)));
    EXPECT_TRUE(same_values(again.pca_twin().score_samples(X), model.pca_twin().score_samples(X)));
    EXPECT_EQ(again.schema(), model.schema());
    EXPECT_EQ(again.report().text(), model.report().text());
    EXPECT_EQ(again.to_bytes(), bytes);
}

TEST(SavedAutoencoder, GoesThroughAnApplicationsBoostArchive) {
    const auto model = small_model(100);
    std::stringstream stream;
    boost::archive::text_oarchive(stream) << model;
    LSTMAutoencoder same;
    boost::archive::text_iarchive(stream) >> same;
    EXPECT_EQ(same.to_bytes(), model.to_bytes());
}

TEST(SavedAutoencoder, SaysOfItselfWhatItIs) {
    const io::Json json = small_model(100).describe();
    EXPECT_EQ(json.at("window").as_integer(), 8);
    EXPECT_EQ(json.at("bottleneck").as_integer(), 4);
    EXPECT_EQ(json.at("encoder").as_array().size(), 1u);
    EXPECT_TRUE(says(json.at("verdict").as_string(), "earn"));
}

TEST(SavedAutoencoder, EveryDamagedByteIsRefusedOrHarmless) {
    const auto bytes = small_model(60).to_bytes();
    for (std::size_t at = 0; at < bytes.size(); at += 97) {
        auto damaged = bytes;
        damaged[at] ^= std::byte{0x41};
        EXPECT_THROW(LSTMAutoencoder::from_bytes(damaged), CorruptModel) << at;
    }
    for (const std::size_t length : {std::size_t{0}, std::size_t{10}, bytes.size() / 2, bytes.size() - 1}) {
        EXPECT_THROW(LSTMAutoencoder::from_bytes(std::span(bytes).first(length)), CorruptModel) << length;
    }
}

TEST(SavedAutoencoder, AForgedFileEndsInAValidModelOrOurError) {
    const auto bytes = small_model(60).to_bytes();
    const Matrix X = swinging_plant(20);
    RandomStream random(11, 0, Purpose::noise);
    for (int trial = 0; trial < 300; ++trial) {
        io::testing::Bytes forged(bytes.begin(), bytes.end());
        for (int k = 0; k < 3; ++k)
            forged[64 + random.below(forged.size() - 64)] = static_cast<std::byte>(random.below(256));
        io::testing::reseal(forged);
        error_of([&] { LSTMAutoencoder::from_bytes(forged).score_samples(X); });
    }
}

TEST(SavedAutoencoder, ANetworkTrainedElsewhereIsTakenOver) {
    const auto model = small_model();
    const SensorInput& input = model.input();
    const auto same = LSTMAutoencoder::from_network(model.network(), input.mean, input.scale, model.offset());
    const Matrix X = swinging_plant(40);
    EXPECT_TRUE(same_values(same.score_samples(X), model.score_samples(X)));
    EXPECT_TRUE(LSTMAutoencoder::from_bytes(same.to_bytes()).network() == model.network());
    EXPECT_GT(same.fit_further(swinging_plant(100), small_options()).report().epochs.size(), 0u);
    const Vector two(2, 1.0), zeros(3, 0.0);
    EXPECT_THROW(LSTMAutoencoder::from_network(model.network(), two, two, -1), InvalidArgument);
    EXPECT_THROW(LSTMAutoencoder::from_network(model.network(), zeros, zeros, -1), InvalidArgument);
    EXPECT_THROW(LSTMAutoencoder::from_network(model.network(), input.mean, input.scale, kNaN), InvalidArgument);
}

}  // namespace
}  // namespace plantwright
