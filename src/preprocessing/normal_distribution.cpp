// SPDX-License-Identifier: MIT
#include "preprocessing/normal_distribution.hpp"

#include <cmath>
#include <limits>

#include "plantwright/core/elementary.hpp"
#include "plantwright/core/types.hpp"

namespace plantwright {
namespace {

template <std::size_t N>
double polynomial(const double (&c)[N], double x) {
    double sum = c[N - 1];
    for (std::size_t i = N - 1; i-- > 0;) sum = sum * x + c[i];
    return sum;
}

/// Phi(z) - 1/2 = phi(z) (z + z^3/3 + z^5/15 + ...), Abramowitz & Stegun 26.2.11.
double from_the_middle(double z, double density) {
    double term = z, sum = z;
    for (double k = 3; std::abs(term) > 1e-18 * std::abs(sum); k += 2) {
        term *= z * z / k;
        sum += term;
    }
    return 0.5 + density * sum;
}

/// Phi(-z) = phi(z) / (z + 1/(z + 2/(z + 3/...))), z > 0, Abramowitz & Stegun 26.2.14.
double tail(double z, double density) {
    double rest = z;
    for (int k = 120; k >= 1; --k) rest = z + k / rest;
    return density / rest;
}

// AS 241, PPND16: rational approximations in the middle, the near and the far tail.
constexpr double kMiddleA[] = {3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427,
                               13731.693765509461125, 45921.953931549871457, 67265.770927008700853,
                               33430.575583588128105, 2509.0809287301226727};
constexpr double kMiddleB[] = {1.0,
                               42.313330701600911252,
                               687.18700749205790830,
                               5394.1960214247511077,
                               21213.794301586595867,
                               39307.895800092710610,
                               28729.085735721942674,
                               5226.4952788528545610};
constexpr double kNearA[] = {1.42343711074968357734,    4.63033784615654529590,   5.76949722146069140550,
                             3.64784832476320460504,    1.27045825245236838258,   2.41780725177450611770e-1,
                             2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr double kNearB[] = {1.0,
                             2.05319162663775882187,
                             1.67638483018380384940,
                             6.89767334985100004550e-1,
                             1.48103976427480074590e-1,
                             1.51986665636164571966e-2,
                             5.47593808499534494600e-4,
                             1.05075007164441684324e-9};
constexpr double kFarA[] = {6.65790464350110377720,    5.46378491116411436990,    1.78482653991729133580,
                            2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                            2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr double kFarB[] = {1.0,
                            5.99832206555887937690e-1,
                            1.36929880922735805310e-1,
                            1.48753612908506148525e-2,
                            7.86869131145613259100e-4,
                            1.84631831751005468180e-5,
                            1.42151175831644588870e-7,
                            2.04426310338993978564e-15};

}  // namespace

double normal_distribution(double z) {
    constexpr double kInverseRootTwoPi = 0.39894228040143267794;
    if (std::isnan(z)) return kNaN;
    if (std::abs(z) > 38.5) return z < 0 ? 0 : 1;
    const double density = kInverseRootTwoPi * elementary::exp(-z * z / 2);
    if (std::abs(z) < 2.5) return from_the_middle(z, density);
    return z < 0 ? tail(-z, density) : 1 - tail(z, density);
}

double normal_quantile(double p) {
    const double q = p - 0.5;
    if (std::abs(q) <= 0.425) {
        const double r = 0.180625 - q * q;
        return q * polynomial(kMiddleA, r) / polynomial(kMiddleB, r);
    }
    if (!(p >= 0 && p <= 1)) return kNaN;
    const double outside = q < 0 ? p : 1 - p;
    if (outside == 0) return q < 0 ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    const double r = std::sqrt(-elementary::log(outside));
    const double z = r <= 5 ? polynomial(kNearA, r - 1.6) / polynomial(kNearB, r - 1.6)
                            : polynomial(kFarA, r - 5) / polynomial(kFarB, r - 5);
    return q < 0 ? -z : z;
}

}  // namespace plantwright
