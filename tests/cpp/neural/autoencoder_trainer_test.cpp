// SPDX-License-Identifier: MIT
#include "plantwright/neural/autoencoder_trainer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "counting/allocations.hpp"
#include "naive_lstm.hpp"
#include "neural_testing.hpp"

namespace plantwright {
namespace {

using namespace testing;

constexpr double kTiny = 1e-30;  // a learning rate at which no weight moves

struct Setting {
    AutoencoderShape shape;
    TrainerOptions options;
    double missing;
};

void PrintTo(const Setting& setting, std::ostream* out) {
    PrintTo(setting.shape, out);
    *out << ", loss " << static_cast<int>(setting.options.loss) << ", missing " << setting.missing;
}

/// The textbook's mean loss over the readings that are there.
double naive_loss(const AutoencoderNetwork& network, const Windows& windows, const TrainerOptions& options) {
    const NaiveAutoencoder naive(network);
    const Index window = network.shape().window;
    double sum = 0, n = 0;
    for (const Index start : windows.starts) {
        const auto found = naive(windows.rows.rows_between(start, start + window));
        for (Index t = 0; t < window; ++t) {
            for (Index j = 0; j < windows.rows.cols(); ++j) {
                const double x = double{windows.rows(start + t, j)};
                if (std::isnan(x)) continue;
                const double error =
                    std::abs(found.reconstruction[static_cast<std::size_t>(t)][static_cast<std::size_t>(j)] - x);
                const double delta = options.huber_delta;
                if (options.loss == ReconstructionLoss::mse) sum += error * error;
                if (options.loss == ReconstructionLoss::mae) sum += error;
                if (options.loss == ReconstructionLoss::huber)
                    sum += error <= delta ? 0.5 * error * error : delta * (error - 0.5 * delta);
                ++n;
            }
        }
    }
    return sum / n;
}

AutoencoderNetwork moved(const AutoencoderNetwork& network, const std::string& name, Index i, Index j, float by) {
    AutoencoderNetwork other = network;
    Table<float> values = network.tensor(name);
    values(i, j) += by;
    other.set_tensor(name, values);
    return other;
}

using LossOf = std::function<double(const AutoencoderNetwork&)>;

/// Every `stride`-th weight of every tensor against the central difference of `loss`, to `tolerance` of the largest.
void expect_gradients(const AutoencoderTrainer& trainer, const AutoencoderNetwork& network, const LossOf& loss,
                      Index stride, float by, double tolerance) {
    for (const WeightTensor& tensor : network.tensors()) {
        const Table<float> gradient = trainer.gradient(tensor.name);
        double largest = 0;
        for (Index k = 0; k < tensor.rows * tensor.cols; ++k)
            largest = std::max(largest, std::abs(double{gradient.data()[k]}));
        const bool never_used = network.shape().window == 1 && tensor.name.ends_with("recurrent");
        ASSERT_EQ(largest > 0, !never_used) << tensor.name;
        for (Index k = 0; k < tensor.rows * tensor.cols; k += stride) {
            const Index i = k / tensor.cols, j = k % tensor.cols;
            const float before = network.tensor(tensor.name)(i, j);
            const double width = double{before + by} - double{before - by};
            const double difference =
                (loss(moved(network, tensor.name, i, j, by)) - loss(moved(network, tensor.name, i, j, -by))) / width;
            EXPECT_NEAR(gradient(i, j), difference, tolerance * largest) << tensor.name << " " << i << " " << j;
        }
    }
}

class Gradients : public ::testing::TestWithParam<Setting> {};

INSTANTIATE_TEST_SUITE_P(AutoencoderTrainer, Gradients,
                         ::testing::Values(Setting{{3, 7, {5, 4}, 3, {4, 6}}, {}, 0},
                                           Setting{{3, 7, {5, 4}, 3, {4, 6}}, {}, 0.2},
                                           Setting{{2, 9, {17}, 0, {18}}, {}, 0.1}, Setting{{2, 1, {3}, 2, {3}}, {}, 0},
                                           Setting{{18, 4, {3, 2, 3}, 2, {3, 2, 3}},
                                                   {.loss = ReconstructionLoss::huber, .huber_delta = 0.4},
                                                   0},
                                           Setting{{3, 5, {6}, 2, {6}}, {.loss = ReconstructionLoss::mae}, 0.1},
                                           Setting{{3, 6, {6}, 4, {5}, CellActivation::relu}, {}, 0.1}));

TEST_P(Gradients, AgreeWithFiniteDifferencesOfTheTextbooksLossForEveryWeight) {
    const auto& [shape, options, missing] = GetParam();
    const AutoencoderNetwork network = random_network(shape);
    const Table<float> rows = random_readings(40, shape.n_sensors, missing);
    std::vector<Index> starts;
    for (Index k = 0; k < 17; ++k) starts.push_back((k * 7) % (40 - shape.window));  // a part of 16 and one of 1
    const Windows batch{rows.view(), starts};
    AutoencoderTrainer trainer(network, options);
    const double right = naive_loss(network, batch, options);
    EXPECT_NEAR(trainer.loss(batch), right, 1e-6 * right);
    EXPECT_NEAR(trainer.step(batch, kTiny), right, 1e-6 * right);
    const LossOf loss = [&](const AutoencoderNetwork& of) { return naive_loss(of, batch, options); };
    const bool smooth = options.loss == ReconstructionLoss::mse && shape.activation == CellActivation::tanh;
    expect_gradients(trainer, network, loss, shape.encoder[0] > 16 ? 7 : 1, smooth ? 2e-3F : 2e-4F,
                     smooth ? 5e-4 : 2e-2);
}

TEST(AutoencoderTrainer, DifferentiatesWhatDropoutLeaves) {
    const AutoencoderShape shape{4, 6, {20, 18}, 6, {18, 20}};
    const AutoencoderNetwork network = random_network(shape);
    const Table<float> rows = random_readings(40, 4, 0.1);
    const std::vector<Index> starts{0, 5, 9, 20, 30};
    const Windows batch{rows.view(), starts};
    const TrainerOptions options{.input_dropout = 0.2, .dropout = 0.3, .random_state = 5};
    AutoencoderTrainer trainer(network, options);
    const double loss = trainer.step(batch, kTiny);
    EXPECT_GT(std::abs(loss - trainer.loss(batch)), 1e-3) << "some was dropped";
    const LossOf same_drops = [&](const AutoencoderNetwork& of) {
        return AutoencoderTrainer(of, options).step(batch, kTiny);  // the same seed and batch number
    };
    expect_gradients(trainer, network, same_drops, 37, 1e-2F, 2e-2);
}

TEST(AutoencoderTrainer, MovesWeightsAsAdamDoes) {
    const AutoencoderShape shape{3, 6, {5}, 3, {4}};
    const Table<float> rows = random_readings(40, 3, 0.1);
    const std::vector<Index> starts{0, 5, 9, 20, 30};
    for (const double decay : {0.0, 0.1}) {
        for (const double clip : {0.0, 0.05}) {
            AutoencoderNetwork network = random_network(shape);
            AutoencoderTrainer trainer(network, {.weight_decay = decay, .clip_norm = clip});
            std::vector<std::vector<double>> mean, square;
            for (int step = 1; step <= 3; ++step) {
                const AutoencoderNetwork before = trainer.network();
                trainer.step({rows.view(), starts}, 0.01);
                double length = 0;
                for (const WeightTensor& tensor : before.tensors()) {
                    const Table<float> g = trainer.gradient(tensor.name);
                    for (Index k = 0; k < g.rows() * g.cols(); ++k) length += double{g.data()[k]} * double{g.data()[k]};
                }
                const double scale = clip > 0 ? std::min(1.0, clip / std::sqrt(length)) : 1.0;
                std::size_t at = 0;
                for (const WeightTensor& tensor : before.tensors()) {
                    const Table<float> g = trainer.gradient(tensor.name), w = before.tensor(tensor.name),
                                       after = trainer.network().tensor(tensor.name);
                    if (step == 1) {
                        mean.emplace_back(static_cast<std::size_t>(g.rows() * g.cols()));
                        square.emplace_back(mean.back().size());
                    }
                    for (std::size_t k = 0; k < mean[at].size(); ++k) {
                        const double gradient = scale * double{g.data()[k]};
                        mean[at][k] = 0.9 * mean[at][k] + 0.1 * gradient;
                        square[at][k] = 0.999 * square[at][k] + 0.001 * gradient * gradient;
                        const double m = mean[at][k] / (1 - std::pow(0.9, step));
                        const double v = square[at][k] / (1 - std::pow(0.999, step));
                        const double kept = tensor.name.ends_with("bias") ? 1 : 1 - 0.01 * decay;
                        const double right = kept * double{w.data()[k]} - 0.01 * m / (std::sqrt(v) + 1e-8);
                        ASSERT_NEAR(after.data()[k], right, 2e-6) << tensor.name << " step " << step;
                    }
                    ++at;
                }
            }
            EXPECT_EQ(trainer.n_steps(), 3);
        }
    }
}

AutoencoderTrainer trained(int n_jobs, int n_steps, Index batch = 100) {
    const Table<float> rows = random_readings(400, 5, 0.05);
    AutoencoderTrainer trainer(AutoencoderNetwork({5, 12, {20, 10}, 6, {10, 20}}, 1),
                               {.input_dropout = 0.1, .dropout = 0.2, .random_state = 3, .n_jobs = n_jobs});
    const std::vector<Index> starts = all_starts(rows, 12);
    for (int k = 0; k < n_steps; ++k) {
        const std::span<const Index> some(starts.data() + 7 * k, static_cast<std::size_t>(batch));
        trainer.step({rows.view(), some}, 0.003);
    }
    return trainer;
}

TEST(AutoencoderTrainer, LeavesTheSameBitsForAnyNumberOfThreads) {
    const AutoencoderTrainer one = trained(1, 10);
    EXPECT_FALSE(one.network() == AutoencoderNetwork(one.network().shape(), 1)) << "the weights have moved";
    for (const int n_jobs : {2, 3, 4, 8}) EXPECT_TRUE(trained(n_jobs, 10).network() == one.network()) << n_jobs;
    EXPECT_TRUE(trained(4, 3, 370).network() == trained(1, 3, 370).network()) << "more parts than are kept at once";
}

TEST(AutoencoderTrainer, GoesOnFromItsState) {
    const AutoencoderTrainer through = trained(1, 12);
    AutoencoderTrainer first = trained(1, 5);
    const Table<float> rows = random_readings(400, 5, 0.05);
    const std::vector<Index> starts = all_starts(rows, 12);
    AutoencoderTrainer second(first.network(), {.input_dropout = 0.1, .dropout = 0.2, .random_state = 3});
    second.set_state(first.state());
    for (int k = 5; k < 12; ++k) second.step({rows.view(), std::span<const Index>(starts.data() + 7 * k, 100)}, 0.003);
    EXPECT_TRUE(second.network() == through.network());
    AutoencoderTrainer other(AutoencoderNetwork({4, 12, {20, 10}, 6, {10, 20}}, 1), {});
    EXPECT_THROW(other.set_state(first.state()), InvalidArgument);
    EXPECT_THROW(other.set_network(first.network()), InvalidArgument);
}

TEST(AutoencoderTrainer, AllocatesNothingInAStepAfterTheFirst) {
    AutoencoderTrainer trainer = trained(1, 1);
    const Table<float> rows = random_readings(400, 5, 0.05);
    const std::vector<Index> starts = all_starts(rows, 12);
    const Windows batch{rows.view(), std::span<const Index>(starts).first(100)};
    const long before = n_allocations;
    for (int k = 0; k < 3; ++k) trainer.step(batch, 0.003);
    EXPECT_EQ(n_allocations, before);
}

TEST(AutoencoderTrainer, LearnsWaves) {
    const Table<float> rows = random_readings(600, 3, 0.02);
    const std::vector<Index> starts = all_starts(rows, 16);
    AutoencoderTrainer trainer(AutoencoderNetwork({3, 16, {16}, 8, {16}}, 1), {.clip_norm = 1});
    const Windows all{rows.view(), starts};
    const double before = trainer.loss(all);
    for (int epoch = 0; epoch < 20; ++epoch) {
        for (std::size_t k = 0; k + 64 <= starts.size(); k += 64)
            trainer.step({rows.view(), std::span<const Index>(starts).subspan(k, 64)}, 0.01);
    }
    EXPECT_LT(trainer.loss(all), 0.5 * before);
}

TEST(AutoencoderTrainer, LeavesWeightsAloneWhereNothingCanBeLearned) {
    Table<float> rows = random_readings(40, 3, 0);
    const std::vector<Index> starts{0, 5};
    AutoencoderNetwork network = random_network({3, 6, {5}, 3, {4}});
    AutoencoderTrainer trainer(network, {});
    const Table<float> nothing(40, 3, std::numeric_limits<float>::quiet_NaN());
    EXPECT_TRUE(std::isnan(trainer.step({nothing.view(), starts}, 0.01)));
    EXPECT_TRUE(std::isnan(trainer.loss({nothing.view(), starts})));
    rows(7, 1) = std::numeric_limits<float>::infinity();
    EXPECT_EQ(trainer.step({rows.view(), starts}, 0.01), std::numeric_limits<double>::infinity());
    rows(7, 1) = 1e30F;  // squares beyond float
    EXPECT_EQ(trainer.step({rows.view(), starts}, 0.01), std::numeric_limits<double>::infinity());
    EXPECT_TRUE(trainer.network() == network);
    EXPECT_EQ(trainer.n_steps(), 0);
}

TEST(AutoencoderTrainer, SaysWhichOptionIsWrong) {
    const AutoencoderNetwork network({3, 6, {5}, 3, {4}}, 0);
    const auto message = [&](const TrainerOptions& options) -> std::string {
        try {
            AutoencoderTrainer trainer(network, options);
        } catch (const InvalidArgument& error) {
            return error.what();
        }
        return "nothing";
    };
    EXPECT_EQ(message({.dropout = 1.0}), "LSTMAutoencoder: dropout must be in [0, 1), got 1.000000");
    EXPECT_NE(message({.input_dropout = -0.1}).find("input_dropout"), std::string::npos);
    EXPECT_NE(message({.clip_norm = kNaN}).find("clip_norm"), std::string::npos);
    EXPECT_NE(message({.weight_decay = -1}).find("weight_decay"), std::string::npos);
    EXPECT_NE(message({.loss = ReconstructionLoss::huber, .huber_delta = 0}).find("huber_delta"), std::string::npos);
    EXPECT_EQ(message({}), "nothing");
    AutoencoderTrainer trainer(network, {});
    const Table<float> rows = random_readings(40, 3, 0);
    const std::vector<Index> starts{0}, outside{35};
    EXPECT_THROW(trainer.step({rows.view(), starts}, 0), InvalidArgument);
    EXPECT_THROW(trainer.step({rows.view(), outside}, 0.01), InvalidArgument);
    EXPECT_THROW(AutoencoderTrainer(AutoencoderNetwork(), {}), NotFitted);
}

}  // namespace
}  // namespace plantwright
