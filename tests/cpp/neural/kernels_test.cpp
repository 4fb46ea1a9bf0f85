// SPDX-License-Identifier: MIT
/// The kernels at every level that this processor has, beside plain loops.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "neural/network_kernel.hpp"
#include "plantwright/core/isa.hpp"

namespace plantwright {
namespace {

struct Level {
    IsaLevel level;
    const NeuralKernels* kernels;
    bool fused;  ///< has fused multiply-add
};

std::vector<Level> levels() {
    std::vector<Level> found{{IsaLevel::portable, &portable::kNeuralKernels, false}};
#if defined(__x86_64__) && !defined(PLANTWRIGHT_PORTABLE)
    for (const Level& level :
         {Level{IsaLevel::v2, &v2::kNeuralKernels, false}, Level{IsaLevel::v3, &v3::kNeuralKernels, true},
          Level{IsaLevel::v4, &v4::kNeuralKernels, true}}) {
        if (level.level <= best_isa_level()) found.push_back(level);
    }
#endif
    return found;
}

std::string name_of(const Level& level) { return std::string(to_string(level.level)); }

std::vector<float> normal(std::size_t n, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> draw;
    std::vector<float> values(n);
    for (float& value : values) value = draw(random);
    return values;
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

/// The largest relative error over a fine grid of [-20, 20] and its surroundings of 0.
template <class Exact>
double worst_error(void (*function)(const float*, std::ptrdiff_t, float*), const Exact& exact) {
    std::vector<float> x, y;
    for (int k = -200'000; k <= 200'000; ++k) x.push_back(static_cast<float>(k) * 1e-4F);
    for (float small = 1e-30F; small < 1; small *= 1.01F) x.insert(x.end(), {small, -small});
    x.resize((x.size() + 15) / 16 * 16, 1.0F);
    y.resize(x.size());
    function(x.data(), std::ssize(x), y.data());
    double worst = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        const double right = exact(static_cast<double>(x[k]));
        worst = std::max(worst, right == 0 ? std::abs(double{y[k]}) : std::abs(double{y[k]} - right) / std::abs(right));
    }
    return worst;
}

TEST(Activations, TanhIsWithinAQuarterOfAMillionth) {
    for (const Level& level : levels())
        EXPECT_LE(worst_error(level.kernels->tanh, [](double x) { return std::tanh(x); }), 2.5e-7) << name_of(level);
}

/// Below 0 the logistic function is nearly e^x: what the argument loses when it is scaled by log2(e) grows with it, to
/// 3.1e-7 of the result at -4. The absolute error stays small.
TEST(Activations, TheLogisticFunctionIsWithinFourTenMillionthsFromMinusFourOn) {
    std::vector<float> x, y;
    for (int k = -40'000; k < 200'000; ++k) x.push_back(static_cast<float>(k) * 1e-4F);
    y.resize(x.size());
    for (const Level& level : levels()) {
        level.kernels->sigmoid(x.data(), std::ssize(x), y.data());
        for (std::size_t k = 0; k < x.size(); ++k) {
            const double right = logistic(static_cast<double>(x[k])), error = std::abs(double{y[k]} - right);
            ASSERT_LE(error / right, 4e-7) << name_of(level) << " " << x[k];
            ASSERT_LE(error, 1.5e-7) << name_of(level) << " " << x[k];
        }
    }
}

TEST(Activations, SaturateAtTheEdgesAndKeepNaN) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity(), kHuge = std::numeric_limits<float>::max();
    const float nan = std::numeric_limits<float>::quiet_NaN(), least = std::numeric_limits<float>::denorm_min();
    const std::vector<float> x{kInfinity, -kInfinity, kHuge,   -kHuge, nan,   0.0F,   -0.0F, least,
                               -least,    100.0F,     -100.0F, 1e4F,   -1e4F, 1e-38F, 50.0F, -50.0F};
    for (const Level& level : levels()) {
        std::vector<float> s(16), t(16);
        level.kernels->sigmoid(x.data(), 16, s.data());
        level.kernels->tanh(x.data(), 16, t.data());
        for (std::size_t k = 0; k < 16; ++k) {
            if (std::isnan(x[k])) {
                EXPECT_TRUE(std::isnan(s[k]) && std::isnan(t[k])) << name_of(level);
                continue;
            }
            EXPECT_NEAR(s[k], logistic(static_cast<double>(x[k])), 1e-7) << name_of(level) << " " << x[k];
            EXPECT_NEAR(t[k], std::tanh(static_cast<double>(x[k])), 1e-7) << name_of(level) << " " << x[k];
            EXPECT_GE(s[k], 0);
            EXPECT_LE(s[k], 1);
            EXPECT_LE(std::abs(t[k]), 1);
        }
    }
}

/// A panel of (rows, groups * 16) and the number at (row, column).
struct Panel {
    std::ptrdiff_t rows, groups, per_block;
    std::vector<float> data;

    Panel(std::ptrdiff_t n_rows, std::ptrdiff_t n_groups, std::ptrdiff_t block, unsigned seed)
        : rows(n_rows), groups(n_groups), per_block(block),
          data(normal(static_cast<std::size_t>(n_rows * n_groups * 16), seed)) {}
    WeightPanel view() const { return {data.data(), rows, groups, per_block}; }
    std::size_t at(std::ptrdiff_t row, std::ptrdiff_t column) const {
        const std::ptrdiff_t group = column / 16;
        return static_cast<std::size_t>((group / per_block) * rows * per_block * 16 + row * per_block * 16 +
                                        (group % per_block) * 16 + column % 16);
    }
};

TEST(Products, AreOneChainOfAdditionsForEveryNumberWhateverTheTile) {
    for (const Level& level : levels()) {
        for (const std::ptrdiff_t n_rows : {1, 2, 3, 5, 6, 7, 12, 13, 16}) {
            for (const auto& [groups, per_block] : {std::pair{1, 1}, {2, 1}, {3, 1}, {5, 1}, {4, 4}, {8, 4}}) {
                const std::ptrdiff_t depth = 19, first = 2, columns = groups * 16, stride = depth + 3;
                const Panel w(depth + first + 1, groups, per_block, 7);
                const auto a = normal(static_cast<std::size_t>(n_rows * stride), 8);
                const auto init = normal(static_cast<std::size_t>(n_rows * columns), 9);
                std::vector<float> out(init.size(), -1.0F);
                level.kernels->product(
                    {a.data(), stride, n_rows, first, depth, w.view(), init.data(), columns, out.data(), columns});
                for (std::ptrdiff_t r = 0; r < n_rows; ++r) {
                    for (std::ptrdiff_t j = 0; j < columns; ++j) {
                        float sum = init[static_cast<std::size_t>(r * columns + j)];
                        for (std::ptrdiff_t k = 0; k < depth; ++k) {
                            const float x = a[static_cast<std::size_t>(r * stride + k)], y = w.data[w.at(first + k, j)];
                            const volatile float product = x * y;  // rounded, where the level does not fuse
                            sum = level.fused ? std::fma(x, y, sum) : product + sum;
                        }
                        ASSERT_EQ(out[static_cast<std::size_t>(r * columns + j)], sum)
                            << name_of(level) << ", " << n_rows << " rows, " << groups << " groups, column " << j;
                    }
                }
            }
        }
    }
}

TEST(Products, OfNoDepthAreTheirStart) {
    const Panel w(4, 2, 1, 7);
    for (const Level& level : levels()) {
        std::vector<float> out(5 * 32, 3.0F);
        level.kernels->product({nullptr, 0, 5, 0, 0, w.view(), nullptr, 0, out.data(), 32});
        EXPECT_EQ(out, std::vector<float>(out.size(), 0.0F)) << name_of(level);
    }
}

TEST(OuterProducts, AddToEveryWeightAndToNoOther) {
    for (const Level& level : levels()) {
        for (const auto& [groups, per_block] : {std::pair{1, 1}, {3, 1}, {4, 4}, {8, 4}}) {
            for (const std::ptrdiff_t depth : {1, 5, 6, 13, 17}) {
                const std::ptrdiff_t n_rows = 9, columns = groups * 16, x_stride = depth + 2;
                Panel w(depth + 1, groups, per_block, 3);
                const Panel before = w;
                const auto x = normal(static_cast<std::size_t>(n_rows * x_stride), 4);
                const auto d = normal(static_cast<std::size_t>(n_rows * columns), 5);
                level.kernels->add_outer({x.data(), x_stride, d.data(), columns, n_rows, depth, w.view()});
                for (std::ptrdiff_t m = 0; m <= depth; ++m) {
                    for (std::ptrdiff_t j = 0; j < columns; ++j) {
                        double sum = double{before.data[w.at(m, j)]};
                        for (std::ptrdiff_t r = 0; m < depth && r < n_rows; ++r)
                            sum += double{x[static_cast<std::size_t>(r * x_stride + m)]} *
                                   double{d[static_cast<std::size_t>(r * columns + j)]};
                        ASSERT_NEAR(w.data[w.at(m, j)], sum, 1e-5) << name_of(level) << " " << depth << " " << m;
                    }
                }
            }
        }
    }
}

TEST(Dropout, KeepsTheShareAskedForAndTheSameUnitsAtEveryLevel) {
    const std::ptrdiff_t n = 20'000;
    const auto drop = static_cast<std::uint32_t>(0.2 * 0x1p32);
    std::vector<std::uint16_t> reference(static_cast<std::size_t>(n)), other(reference.size()), kept(reference.size());
    portable::kNeuralKernels.draw_kept(77, n, drop, reference.data());
    portable::kNeuralKernels.draw_kept(78, n, drop, other.data());
    std::int64_t n_kept = 0, n_both = 0;
    for (std::size_t k = 0; k < reference.size(); ++k) {
        n_kept += std::popcount(reference[k]);
        n_both += std::popcount(static_cast<std::uint16_t>(reference[k] & other[k]));
    }
    EXPECT_NEAR(static_cast<double>(n_kept) / (16.0 * n), 0.8, 0.004);        // 5.6 standard errors
    EXPECT_NEAR(static_cast<double>(n_both) / (16.0 * n), 0.8 * 0.8, 0.005);  // another key: independent
    for (const Level& level : levels()) {
        level.kernels->draw_kept(77, n, drop, kept.data());
        EXPECT_EQ(kept, reference) << name_of(level);
    }
}

TEST(Dropout, ZeroesWhatIsNotKeptAndScalesTheRest) {
    for (const Level& level : levels()) {
        std::vector<float> values(3 * 32, 2.0F);
        const std::vector<std::uint16_t> kept{0xFFFF, 0x0001, 0x8000, 0x0000, 0xAAAA, 0x5555};  // (2 blocks, 3 rows)
        level.kernels->apply_kept(kept.data(), 3, 1.25F, 3, 2, values.data());
        for (std::size_t r = 0; r < 3; ++r) {
            for (std::size_t u = 0; u < 32; ++u) {
                const bool there = (kept[u / 16 * 3 + r] >> (u % 16)) & 1;
                EXPECT_EQ(values[r * 32 + u], there ? 2.5F : 0.0F) << name_of(level);
            }
        }
    }
}

TEST(Losses, AreSquaresAbsoluteValuesOrHubersAndSkipWhatIsMissing) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> target(16, nan);
    target[0] = 1.0F, target[1] = -2.0F, target[2] = 0.5F;
    const double expected[3] = {0.25 + 9 + 0, 0.5 + 3 + 0, 0.125 + (3 - 0.5) + 0};
    const float slopes[3][3] = {{1, 6, 0}, {1, 1, 0}, {0.5F, 1, 0}};
    for (const Level& level : levels()) {
        for (int kind = 0; kind < 3; ++kind) {
            std::vector<float> values(16, 5.0F);
            values[0] = 1.5F, values[1] = 1.0F, values[2] = 0.5F;
            const double sum = level.kernels->loss({target.data(), values.data(), 1, 16, kind, 1.0F, 2.0F});
            EXPECT_DOUBLE_EQ(sum, expected[kind]) << name_of(level) << " " << kind;
            for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(values[k], 2 * slopes[kind][k]) << kind << " " << k;
            for (std::size_t k = 3; k < 16; ++k) EXPECT_EQ(values[k], 0) << "no gradient where nothing was read";
        }
    }
}

}  // namespace
}  // namespace plantwright
