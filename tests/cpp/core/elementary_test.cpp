// SPDX-License-Identifier: MIT
#include "plantwright/core/elementary.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "plantwright/core/random.hpp"

namespace plantwright {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kQuiet = std::numeric_limits<double>::quiet_NaN();
constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kSmallest = std::numeric_limits<double>::denorm_min();
constexpr int kDraws = 1'000'000;

std::uint64_t bits_of(double x) { return std::bit_cast<std::uint64_t>(x); }

/// Distance in units in the last place of `exact`, which a wider type holds nearly exactly.
double ulps(double got, long double exact) {
    const auto rounded = static_cast<double>(exact);
    if (std::isnan(got) || std::isnan(rounded)) return std::isnan(got) && std::isnan(rounded) ? 0 : kInf;
    if (std::isinf(got) || std::isinf(rounded)) return got == rounded ? 0 : kInf;
    int exponent = 0;
    std::frexp(rounded, &exponent);
    const int last_place = std::max(exponent - 53, -1074);
    return static_cast<double>(std::fabs(static_cast<long double>(got) - exact) / std::ldexp(1.0L, last_place));
}

double any_finite(RandomStream& stream) {
    for (;;) {
        const auto x = std::bit_cast<double>(stream.next());
        if (std::isfinite(x)) return x;
    }
}

/// One plus or minus something between 2^-52 and 1, on a logarithmic scale.
double near_one(RandomStream& stream) {
    return 1 + std::ldexp(stream.uniform(-1, 1), -static_cast<int>(stream.below(52)));
}

template <class Function, class Exact, class Draw>
double worst_ulps(Function function, Exact exact, Draw draw) {
    RandomStream stream(2024, 0, Purpose::noise);
    double worst = 0;
    for (int i = 0; i < kDraws; ++i) {
        const double x = draw(stream);
        worst = std::max(worst, ulps(function(x), exact(static_cast<long double>(x))));
    }
    return worst;
}

class ElementaryAccuracy : public testing::Test {
protected:
    void SetUp() override {
        if (std::numeric_limits<long double>::digits < 64) GTEST_SKIP() << "long double is no wider than double here";
    }
};

TEST_F(ElementaryAccuracy, ExpIsWithinOneUnitInTheLastPlace) {
    const auto exact = [](long double x) { return std::exp(x); };
    EXPECT_LE(worst_ulps(elementary::exp, exact, [](auto& s) { return s.uniform(-1, 1); }), 0.6);
    EXPECT_LE(worst_ulps(elementary::exp, exact, [](auto& s) { return s.uniform(-745.5, 709.9); }), 1.0);
    EXPECT_LE(worst_ulps(elementary::exp, exact, any_finite), 1.0);
}

TEST_F(ElementaryAccuracy, LogIsWithinOneUnitInTheLastPlace) {
    const auto exact = [](long double x) { return std::log(x); };
    EXPECT_LE(worst_ulps(elementary::log, exact, near_one), 1.0);
    EXPECT_LE(worst_ulps(elementary::log, exact, [](auto& s) { return s.uniform(0.5, 2); }), 1.0);
    EXPECT_LE(worst_ulps(elementary::log, exact, [](auto& s) { return std::fabs(any_finite(s)); }), 1.0);
    EXPECT_LE(worst_ulps(elementary::log, exact, [](auto& s) { return s.uniform() * 0x1p-1022; }), 1.0);
}

TEST_F(ElementaryAccuracy, SinAndCosAreWithinOneUnitInTheLastPlaceForEveryArgument) {
    const auto sine = [](long double x) { return std::sin(x); };
    const auto cosine = [](long double x) { return std::cos(x); };
    const auto everyday = [](auto& s) { return s.uniform(-7, 7); };
    const auto large = [](auto& s) { return s.uniform(-1e6, 1e6); };
    EXPECT_LE(worst_ulps(elementary::sin, sine, everyday), 1.0);
    EXPECT_LE(worst_ulps(elementary::cos, cosine, everyday), 1.0);
    EXPECT_LE(worst_ulps(elementary::sin, sine, large), 1.0);
    EXPECT_LE(worst_ulps(elementary::cos, cosine, large), 1.0);
    EXPECT_LE(worst_ulps(elementary::sin, sine, any_finite), 1.0);
    EXPECT_LE(worst_ulps(elementary::cos, cosine, any_finite), 1.0);
}

TEST_F(ElementaryAccuracy, SinAndCosKeepTheirPrecisionBesideMultiplesOfHalfPi) {
    const auto beside = [](auto& s) {
        const double multiple = static_cast<double>(s.below(1u << 20)) * 1.5707963267948966;
        return std::nextafter(multiple, s.below(2) == 0 ? 0 : 1e9);
    };
    EXPECT_LE(worst_ulps(elementary::sin, [](long double x) { return std::sin(x); }, beside), 1.0);
    EXPECT_LE(worst_ulps(elementary::cos, [](long double x) { return std::cos(x); }, beside), 1.0);
}

double worst_pow_ulps(auto draw_base, auto draw_log_of_result) {
    RandomStream stream(2024, 1, Purpose::noise);
    double worst = 0;
    for (int i = 0; i < kDraws; ++i) {
        const double x = draw_base(stream);
        const double y = draw_log_of_result(stream) / std::log(x);
        if (std::isfinite(y))
            worst = std::max(worst, ulps(elementary::pow(x, y), std::pow<long double, long double>(x, y)));
    }
    return worst;
}

TEST_F(ElementaryAccuracy, PowIsWithinOneUnitInTheLastPlace) {
    const auto full_range = [](auto& s) { return s.uniform(-745, 710); };
    const auto moderate = [](auto& s) { return s.uniform(-10, 10); };
    EXPECT_LE(worst_pow_ulps([](auto& s) { return std::fabs(any_finite(s)); }, full_range), 1.0);
    EXPECT_LE(worst_pow_ulps(near_one, full_range), 1.0);
    EXPECT_LE(worst_pow_ulps([](auto& s) { return s.uniform(0, 100); }, moderate), 1.0);
}

TEST_F(ElementaryAccuracy, PowOfSmallIntegersWithPositiveResultsIsNearlyAlwaysExact) {
    int wrong = 0;
    for (int i = 1; i < 10'000; ++i) wrong += elementary::pow(i, 2) != static_cast<double>(i) * i ? 1 : 0;
    EXPECT_LE(wrong, 100);
    for (int i = -1074; i <= 1023; ++i) EXPECT_EQ(elementary::pow(2, i), std::ldexp(1.0, i)) << i;
}

TEST(Elementary, ExpHasTheSpecialValuesOfAnnexF) {
    EXPECT_EQ(elementary::exp(0.0), 1);
    EXPECT_EQ(elementary::exp(-0.0), 1);
    EXPECT_EQ(elementary::exp(kInf), kInf);
    EXPECT_EQ(bits_of(elementary::exp(-kInf)), bits_of(0.0));
    EXPECT_TRUE(std::isnan(elementary::exp(kQuiet)));
    EXPECT_EQ(elementary::exp(710), kInf);
    EXPECT_LT(elementary::exp(709.782712893383), kInf);
    EXPECT_EQ(elementary::exp(709.782712893385), kInf);
    EXPECT_EQ(elementary::exp(-745), kSmallest);
    EXPECT_EQ(elementary::exp(-746), 0);
    EXPECT_EQ(elementary::exp(kSmallest), 1);
}

TEST(Elementary, LogHasTheSpecialValuesOfAnnexF) {
    EXPECT_EQ(bits_of(elementary::log(1.0)), bits_of(0.0));
    EXPECT_EQ(elementary::log(0.0), -kInf);
    EXPECT_EQ(elementary::log(-0.0), -kInf);
    EXPECT_EQ(elementary::log(kInf), kInf);
    EXPECT_TRUE(std::isnan(elementary::log(-1.0)));
    EXPECT_TRUE(std::isnan(elementary::log(-kSmallest)));
    EXPECT_TRUE(std::isnan(elementary::log(-kInf)));
    EXPECT_TRUE(std::isnan(elementary::log(kQuiet)));
    EXPECT_NEAR(elementary::log(kSmallest), -744.4400719213812, 1e-12);
    EXPECT_NEAR(elementary::log(kLargest), 709.782712893384, 1e-12);
}

TEST(Elementary, SinAndCosHaveTheSpecialValuesOfAnnexF) {
    EXPECT_EQ(bits_of(elementary::sin(0.0)), bits_of(0.0));
    EXPECT_EQ(bits_of(elementary::sin(-0.0)), bits_of(-0.0));
    EXPECT_EQ(elementary::sin(kSmallest), kSmallest);
    EXPECT_EQ(elementary::cos(0.0), 1);
    EXPECT_EQ(elementary::cos(-0.0), 1);
    for (const double x : {kInf, -kInf, kQuiet}) {
        EXPECT_TRUE(std::isnan(elementary::sin(x)));
        EXPECT_TRUE(std::isnan(elementary::cos(x)));
    }
    EXPECT_LE(std::fabs(elementary::sin(kLargest)), 1);
    EXPECT_EQ(elementary::sin(-3.0), -elementary::sin(3.0));
    EXPECT_EQ(elementary::cos(-3.0), elementary::cos(3.0));
}

TEST(Elementary, PowHasEverySpecialValueThatAnnexFLists) {
    const auto expect = [](double x, double y, double wanted) {
        EXPECT_EQ(bits_of(elementary::pow(x, y)), bits_of(wanted)) << x << " ^ " << y;
    };
    for (const double x : {0.0, -0.0, 1.0, -1.0, 3.5, -3.5, kInf, -kInf, kQuiet, kSmallest, kLargest}) {
        expect(x, 0.0, 1);
        expect(x, -0.0, 1);
        expect(1.0, x, 1);
        if (std::isfinite(x)) expect(x, 1.0, x);
    }
    expect(0.0, -3, kInf), expect(-0.0, -3, -kInf);
    expect(0.0, -2, kInf), expect(-0.0, -2, kInf), expect(-0.0, -2.5, kInf);
    expect(0.0, -kInf, kInf), expect(-0.0, -kInf, kInf);
    expect(0.0, 3, 0.0), expect(-0.0, 3, -0.0), expect(-0.0, 2, 0.0), expect(-0.0, 0.5, 0.0), expect(-0.0, kInf, 0.0);
    expect(-1, kInf, 1), expect(-1, -kInf, 1), expect(-1, 3, -1), expect(-1, 0x1p60, 1);
    expect(0.5, -kInf, kInf), expect(-0.5, -kInf, kInf), expect(2, -kInf, 0.0), expect(-2, -kInf, 0.0);
    expect(0.5, kInf, 0.0), expect(-0.5, kInf, 0.0), expect(2, kInf, kInf), expect(-2, kInf, kInf);
    expect(-kInf, -3, -0.0), expect(-kInf, -2, 0.0), expect(-kInf, -2.5, 0.0);
    expect(-kInf, 3, -kInf), expect(-kInf, 2, kInf), expect(-kInf, 2.5, kInf);
    expect(kInf, -1, 0.0), expect(kInf, 1, kInf), expect(kInf, kSmallest, kInf);
    expect(-8, 3, -512), expect(-8, 2, 64), expect(-2, -1, -0.5);
    EXPECT_TRUE(std::isnan(elementary::pow(-8, 1.0 / 3)));
    EXPECT_TRUE(std::isnan(elementary::pow(-kSmallest, 0.5)));
    EXPECT_TRUE(std::isnan(elementary::pow(kQuiet, 2)));
    EXPECT_TRUE(std::isnan(elementary::pow(2, kQuiet)));
}

TEST(Elementary, PowOverflowsAndUnderflowsWhereTheExactResultDoes) {
    EXPECT_EQ(elementary::pow(kLargest, 2), kInf);
    EXPECT_EQ(elementary::pow(-kLargest, 3), -kInf);
    EXPECT_EQ(elementary::pow(10, -400), 0);
    EXPECT_EQ(bits_of(elementary::pow(-10, -401)), bits_of(-0.0));
    EXPECT_EQ(elementary::pow(2, -1074), kSmallest);
    EXPECT_EQ(elementary::pow(1 + 0x1p-52, 1e300), kInf);
    EXPECT_EQ(elementary::pow(1 - 0x1p-53, 1e300), 0);
    EXPECT_EQ(elementary::pow(kLargest, 1e-30), 1);
}

TEST(Elementary, EveryNaNIsTheSameQuietNaN) {
    const double negative_nan = std::bit_cast<double>(0xFFF8000000001234ull);
    for (const double got :
         {elementary::exp(negative_nan), elementary::log(-1), elementary::log(negative_nan), elementary::sin(kInf),
          elementary::cos(negative_nan), elementary::pow(-1, 0.5), elementary::pow(negative_nan, 2)}) {
        EXPECT_EQ(bits_of(got), bits_of(kQuiet));
    }
}

/// FNV-1a over the results' bits.
class Fingerprint {
public:
    void add(double x) {
        for (int byte = 0; byte < 8; ++byte) value_ = (value_ ^ (bits_of(x) >> (8 * byte) & 0xFF)) * 0x100000001B3ull;
    }
    std::uint64_t value() const { return value_; }

private:
    std::uint64_t value_ = 0xCBF29CE484222325ull;
};

TEST(Elementary, TheBitsNeverChange) {
    RandomStream stream(99, 0, Purpose::simulation);
    Fingerprint exps, logs, sines, cosines, powers;
    for (int i = 0; i < 200'000; ++i) {
        const double wide = any_finite(stream);
        const double x = i % 2 == 0 ? wide : stream.uniform(-20, 20);
        exps.add(elementary::exp(x));
        logs.add(elementary::log(x));
        sines.add(elementary::sin(x));
        cosines.add(elementary::cos(x));
        powers.add(elementary::pow(std::fabs(x), stream.uniform(-3, 3)));
    }
    EXPECT_EQ(exps.value(), 0xA3D5A97C219778A4ull);
    EXPECT_EQ(logs.value(), 0x48B5EB6630333578ull);
    EXPECT_EQ(sines.value(), 0x042DD1E2D7F5523Cull);
    EXPECT_EQ(cosines.value(), 0x6771AA0EB5B2FE0Aull);
    EXPECT_EQ(powers.value(), 0x29FF27CE78AD6A27ull);
}

}  // namespace
}  // namespace plantwright
