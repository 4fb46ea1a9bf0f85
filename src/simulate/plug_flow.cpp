// SPDX-License-Identifier: MIT
#include "simulate/plug_flow.hpp"

#include <cmath>

#include "plantwright/core/elementary.hpp"

namespace plantwright::simulate {
namespace {

constexpr double kGasConstant_cal = 1.987;      // cal/(mol K)
constexpr double kGasConstant_dm3_atm = 0.082;  // dm3 atm/(mol K)
constexpr double kRate = 40;                    // both k_i at 300 K, (dm3/mol)^2/min and (dm3/mol)^4/min
constexpr double kActivation1_K = 8'000 / kGasConstant_cal, kActivation2_K = 14'000 / kGasConstant_cal;
constexpr double kHeat1 = 2 * 10'000.0, kHeat2 = 2.0 / 3 * 8'000;  // cal per mol of x1 and of x2
constexpr double kCoolantHeatCapacity = 18.02;                     // cal/(mol K)

double rate_constant(double activation_K, double T) {
    return kRate * elementary::exp(activation_K * (1.0 / 300 - 1 / T));
}

/// How the flows change with an extent of reaction.
struct Stoichiometry {
    double A, B, C, D;
    double total() const { return A + B + C + D; }
    double heat_capacity() const { return 10 * A + 12 * B + 14 * C + 16 * D; }
};
constexpr std::array<Stoichiometry, 2> kReactions = {{{-1, -2, 1, 0}, {-2.0 / 3, 0, -1, 1}}};

}  // namespace

/// Everything at one place in the reactor that balances and Jacobian share.
struct PlugFlow::Local {
    double c;           ///< mol/dm3 per mol/min: C_i = c F_i
    double Ca, Cb, Cc;  ///< mol/dm3
    double k1, k2;
    double rate1, rate2;   ///< -r1A and -r2C, mol/(dm3 min)
    double heat_capacity;  ///< cal/(min K)
    double heating;        ///< dT/dV, K/dm3
};

Flows PlugFlow::flows(const State& y) const {
    const double x1 = y[kExtent1], x2 = y[kExtent2];
    return {in_.feed_A_mol_min - x1 - 2.0 / 3 * x2, in_.feed_B_mol_min - 2 * x1, x1 - x2, x2};
}

/// Even powers carry the sign, C |C|: a step that overshoots zero is driven back, where C^2 would run away from it.
PlugFlow::Local PlugFlow::local(const State& y) const {
    const Flows F = flows(y);
    const double T = y[kGas], To = in_.inlet_K, Cto = in_.pressure_atm / (kGasConstant_dm3_atm * To);
    Local at{};
    at.c = Cto / F.total() * (To / T);
    at.Ca = at.c * F.A, at.Cb = at.c * F.B, at.Cc = at.c * F.C;
    at.k1 = rate_constant(kActivation1_K, T), at.k2 = rate_constant(kActivation2_K, T);
    at.rate1 = at.k1 * at.Ca * at.Cb * std::fabs(at.Cb);
    at.rate2 = at.k2 * at.Ca * std::fabs(at.Ca) * (at.Cc * at.Cc * at.Cc);
    at.heat_capacity = F.heat_capacity();
    const double removed = in_.heat_transfer * (T - y[kCoolant]);
    at.heating = (kHeat1 * at.rate1 + kHeat2 * at.rate2 - removed) / at.heat_capacity;
    return at;
}

State PlugFlow::derivative(const State& y) const {
    const Local at = local(y);
    const double warming = in_.heat_transfer / (kCoolantHeatCapacity * in_.coolant_mol_min);
    return {at.rate1, at.rate2, at.heating, warming * (y[kGas] - y[kCoolant])};
}

Jacobian PlugFlow::jacobian(const State& y) const {
    const Local at = local(y);
    const double T = y[kGas], per_flow = 1 / flows(y).total();
    const double rate1_by_Ca = at.k1 * at.Cb * std::fabs(at.Cb), rate1_by_Cb = 2 * at.k1 * at.Ca * std::fabs(at.Cb);
    const double rate2_by_Ca = 2 * at.k2 * std::fabs(at.Ca) * (at.Cc * at.Cc * at.Cc),
                 rate2_by_Cc = 3 * at.k2 * at.Ca * std::fabs(at.Ca) * (at.Cc * at.Cc);
    Jacobian J{};
    for (const std::size_t x : {kExtent1, kExtent2}) {
        const Stoichiometry& nu = kReactions[x];
        const double thinning = nu.total() * per_flow;  // of every concentration, as the total flow grows
        const double Ca = at.c * nu.A - at.Ca * thinning, Cb = at.c * nu.B - at.Cb * thinning,
                     Cc = at.c * nu.C - at.Cc * thinning;
        J[kExtent1][x] = rate1_by_Ca * Ca + rate1_by_Cb * Cb;
        J[kExtent2][x] = rate2_by_Ca * Ca + rate2_by_Cc * Cc;
        J[kGas][x] =
            (kHeat1 * J[kExtent1][x] + kHeat2 * J[kExtent2][x] - at.heating * nu.heat_capacity()) / at.heat_capacity;
    }
    J[kExtent1][kGas] = at.rate1 * (kActivation1_K / T - 3) / T;  // three concentrations, each as 1/T
    J[kExtent2][kGas] = at.rate2 * (kActivation2_K / T - 5) / T;
    J[kGas][kGas] = (kHeat1 * J[kExtent1][kGas] + kHeat2 * J[kExtent2][kGas] - in_.heat_transfer) / at.heat_capacity;
    J[kGas][kCoolant] = in_.heat_transfer / at.heat_capacity;
    J[kCoolant][kGas] = in_.heat_transfer / (kCoolantHeatCapacity * in_.coolant_mol_min);
    J[kCoolant][kCoolant] = -J[kCoolant][kGas];
    return J;
}

}  // namespace plantwright::simulate
