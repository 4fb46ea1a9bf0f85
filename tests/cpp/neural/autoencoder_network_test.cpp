// SPDX-License-Identifier: MIT
#include "plantwright/neural/autoencoder_network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "naive_lstm.hpp"
#include "neural_testing.hpp"

namespace plantwright {
namespace {

using namespace testing;

/// All reconstructions (n_windows * window, n_sensors) and codes (n_windows, code).
struct Reconstructed {
    Table<float> windows, codes;
    bool operator==(const Reconstructed&) const = default;
};

Reconstructed reconstruct(const AutoencoderNetwork& network, const Windows& windows, int n_jobs = 1) {
    const AutoencoderShape& shape = network.shape();
    const Index n = std::ssize(windows.starts);
    Reconstructed all{Table<float>(n * shape.window, shape.n_sensors), Table<float>(n, shape.code_size())};
    network.reconstruct(
        windows,
        [&](Index first, ConstMatrixViewF y, ConstMatrixViewF codes) {
            std::copy_n(y.data(), y.rows() * y.cols(), all.windows.data() + first * shape.window * shape.n_sensors);
            std::copy_n(codes.data(), codes.rows() * codes.cols(), all.codes.data() + first * shape.code_size());
        },
        n_jobs);
    return all;
}

class Shapes : public ::testing::TestWithParam<AutoencoderShape> {};

INSTANTIATE_TEST_SUITE_P(AutoencoderNetwork, Shapes,
                         ::testing::Values(AutoencoderShape{5, 11, {20, 9}, 7, {17, 12}},
                                           AutoencoderShape{16, 9, {64, 32}, 32, {32, 64}},
                                           AutoencoderShape{3, 6, {16}, 0, {16}}, AutoencoderShape{1, 1, {1}, 1, {1}},
                                           AutoencoderShape{52, 5, {33, 20, 8}, 0, {10, 20, 40}},
                                           AutoencoderShape{4, 8, {12}, 3, {12}, CellActivation::relu}));

TEST_P(Shapes, ReconstructAsTheTextbookDoes) {
    const AutoencoderNetwork network = random_network(GetParam());
    const Table<float> rows = random_readings(70 + GetParam().window, GetParam().n_sensors, 0.1);
    const std::vector<Index> starts{0, 1, 2, 33, 5, 40};
    const Reconstructed found = reconstruct(network, {rows.view(), starts});
    const NaiveAutoencoder naive(network);
    for (std::size_t k = 0; k < starts.size(); ++k) {
        const auto right = naive(rows.view().rows_between(starts[k], starts[k] + GetParam().window));
        for (Index t = 0; t < GetParam().window; ++t) {
            for (Index j = 0; j < GetParam().n_sensors; ++j) {
                EXPECT_NEAR(found.windows(static_cast<Index>(k) * GetParam().window + t, j),
                            right.reconstruction[static_cast<std::size_t>(t)][static_cast<std::size_t>(j)], 1e-5);
            }
        }
        for (Index j = 0; j < GetParam().code_size(); ++j)
            EXPECT_NEAR(found.codes(static_cast<Index>(k), j), right.code[static_cast<std::size_t>(j)], 1e-5);
    }
}

TEST_P(Shapes, GiveAWindowTheSameBitsAloneAmongOthersSharedOrStreamed) {
    const AutoencoderShape shape = GetParam();
    const AutoencoderNetwork network = random_network(shape);
    const Table<float> rows = random_readings(260 + shape.window, shape.n_sensors, 0.05);
    const std::vector<Index> starts = all_starts(rows, shape.window);  // overlapping: projections are shared
    const Reconstructed shared = reconstruct(network, {rows.view(), starts});
    EXPECT_TRUE(shared == reconstruct(network, {rows.view(), starts}, 3));

    std::vector<Index> order = starts;
    std::shuffle(order.begin(), order.end(), std::mt19937(5));
    const Reconstructed apart = reconstruct(network, {rows.view(), order});
    const auto size = static_cast<std::size_t>(shape.window * shape.n_sensors) * sizeof(float);
    const auto same = [&](const float* a, Index start) {
        return std::memcmp(a, &shared.windows(start * shape.window, 0), size) == 0;
    };
    for (std::size_t k = 0; k < order.size(); ++k)
        ASSERT_TRUE(same(&apart.windows(static_cast<Index>(k) * shape.window, 0), order[k]));

    SlidingReconstruction sliding(network);
    for (Index i = 0; i < rows.rows(); ++i) {
        const ConstMatrixViewF y = sliding.update({&rows(i, 0), static_cast<std::size_t>(shape.n_sensors)});
        if (i + 1 < shape.window) {
            EXPECT_EQ(y.rows(), 0);
        } else {
            ASSERT_TRUE(same(y.data(), i + 1 - shape.window)) << "row " << i;
            ASSERT_TRUE(
                std::equal(sliding.code().begin(), sliding.code().end(), &shared.codes(i + 1 - shape.window, 0)));
        }
    }
}

TEST(SlidingReconstruction, GoesOnFromACopyAndFromItsRows) {
    const AutoencoderNetwork network = random_network({3, 7, {16}, 4, {16}});
    const Table<float> rows = random_readings(40, 3, 0);
    const auto feed = [&](SlidingReconstruction& into, Index first, Index last) {
        Table<float> y(7, 3);
        for (Index i = first; i < last; ++i) {
            const ConstMatrixViewF found = into.update({&rows(i, 0), 3});
            if (found.rows() > 0) std::copy_n(found.data(), 21, y.data());
        }
        return y;
    };
    SlidingReconstruction original(network);
    feed(original, 0, 17);
    SlidingReconstruction copied = original, refilled(network);
    const ConstMatrixViewF seen = original.rows();
    ASSERT_EQ(seen.rows(), 7);
    for (Index i = 0; i < 7; ++i) refilled.update({seen.data() + i * 3, 3});
    const Table<float> right = feed(original, 17, 40);
    EXPECT_EQ(feed(copied, 17, 40), right);
    EXPECT_EQ(feed(refilled, 17, 40), right);
    original.restart();
    EXPECT_EQ(original.rows().rows(), 0);
    EXPECT_EQ(original.update({&rows(0, 0), 3}).rows(), 0);
}

TEST(AutoencoderNetwork, StartsWithOrthogonalRecurrentWeightsAndOpenForgetGates) {
    const AutoencoderNetwork network({6, 10, {20}, 5, {12}}, 3);
    const Table<float> recurrent = network.tensor("encoder.0.recurrent"), bias = network.tensor("encoder.0.bias");
    for (Index gate = 0; gate < 4; ++gate) {
        for (Index a = 0; a < 20; ++a) {
            EXPECT_EQ(bias(0, gate * 20 + a), gate == 1 ? 1.0F : 0.0F);
            for (Index b = 0; b < 20; ++b) {
                double dot = 0;
                for (Index j = 0; j < 20; ++j)
                    dot += double{recurrent(a, gate * 20 + j)} * double{recurrent(b, gate * 20 + j)};
                EXPECT_NEAR(dot, a == b ? 1 : 0, 1e-6);
            }
        }
    }
    const Table<float> input = network.tensor("encoder.0.input");
    const double limit = std::sqrt(6.0 / 26);
    for (Index i = 0; i < 6; ++i) {
        for (Index j = 0; j < 80; ++j) EXPECT_LE(std::abs(input(i, j)), limit);
    }
    EXPECT_FALSE(network == AutoencoderNetwork(network.shape(), 4));
    EXPECT_TRUE(network == AutoencoderNetwork(network.shape(), 3));
}

TEST(AutoencoderNetwork, GivesAndTakesItsTensors) {
    const AutoencoderNetwork network = random_network({5, 11, {20, 9}, 7, {17, 12}});
    AutoencoderNetwork other(network.shape(), 99);
    Index n = 0;
    for (const WeightTensor& tensor : network.tensors()) {
        other.set_tensor(tensor.name, network.tensor(tensor.name));
        n += tensor.rows * tensor.cols;
    }
    EXPECT_TRUE(other == network);
    EXPECT_EQ(network.n_weights(), n);
    // 4 units (inputs + units + 1) a layer, and the dense ones
    EXPECT_EQ(n, 80 * 26 + 36 * 30 + 9 * 7 + 7 + 68 * 25 + 48 * 30 + 12 * 5 + 5);
}

TEST(AutoencoderNetwork, SaysWhatIsWrong) {
    const auto message = [](const auto& call) -> std::string {
        try {
            call();
        } catch (const InvalidArgument& error) {
            return error.what();
        }
        return "nothing";
    };
    EXPECT_NE(
        message([] { AutoencoderNetwork({0, 10, {4}, 2, {4}}, 0); }).find("n_sensors must be in [1, 4096], got 0"),
        std::string::npos);
    EXPECT_NE(message([] { AutoencoderNetwork({2, 10, {}, 2, {4}}, 0); }).find("layers of encoder"), std::string::npos);
    EXPECT_NE(message([] { AutoencoderNetwork({2, 10, {4}, 2, {4, 0}}, 0); }).find("units of decoder"),
              std::string::npos);
    AutoencoderNetwork network({2, 10, {4}, 2, {4}}, 0);
    EXPECT_NE(message([&] { network.tensor("encoder.9.bias"); }).find("there are encoder.0.input"), std::string::npos);
    Table<float> bias(1, 16);
    bias(0, 3) = std::numeric_limits<float>::infinity();
    EXPECT_NE(message([&] { network.set_tensor("encoder.0.bias", bias); }).find("not finite"), std::string::npos);
    EXPECT_NE(message([&] { network.set_tensor("encoder.0.bias", Table<float>(2, 16)); }).find("must be 1 x 16"),
              std::string::npos);
    const Table<float> rows(30, 2), wide(30, 3);
    const std::vector<Index> outside{21}, before{-1}, inside{20};
    EXPECT_NE(message([&] { reconstruct(network, {rows.view(), outside}); }).find("cannot start at row 21 of 30"),
              std::string::npos);
    EXPECT_NE(message([&] { reconstruct(network, {rows.view(), before}); }).find("row -1"), std::string::npos);
    EXPECT_NE(message([&] { reconstruct(network, {wide.view(), inside}); }).find("2 sensors side by side, got 3"),
              std::string::npos);
    EXPECT_EQ(message([&] { reconstruct(network, {rows.view(), inside}); }), "nothing");
    EXPECT_THROW(AutoencoderNetwork().tensors(), NotFitted);
    EXPECT_THROW(SlidingReconstruction{AutoencoderNetwork()}, NotFitted);
}

}  // namespace
}  // namespace plantwright
