// SPDX-License-Identifier: MIT
/// The balances of the plug-flow reactor, in `plantwright/simulate/reactor.hpp`, and their Jacobian.
#pragma once

#include <array>

#include "plantwright/simulate/reactor.hpp"

namespace plantwright::simulate {

/// The state at a volume: two extents of reaction (mol/min) and two temperatures (K). Extents stand for the four flows,
///
///     Fa = Fa0 - x1 - 2/3 x2,   Fb = Fb0 - 2 x1,   Fc = x1 - x2,   Fd = x2,   dx1/dV = -r1A,   dx2/dV = -r2C
///
/// so that no atom is lost whatever the error of a step, and the linear systems are 4 by 4.
enum StateIndex : std::size_t { kExtent1, kExtent2, kGas, kCoolant };
using State = std::array<double, 4>;
using Jacobian = std::array<State, 4>;  ///< [i][j] = d(dy_i/dV)/dy_j

struct Flows {
    double A, B, C, D;  ///< mol/min
    double total() const { return A + B + C + D; }
    double heat_capacity() const { return 10 * A + 12 * B + 14 * C + 16 * D; }  ///< cal/(min K)
};

class PlugFlow {
public:
    explicit PlugFlow(const ReactorConditions& conditions) : in_(conditions) {}

    State inlet() const { return {0, 0, in_.inlet_K, in_.coolant_inlet_K}; }
    /// What an error is relative to where the value itself is small.
    State typical() const { return {in_.feed_A_mol_min, in_.feed_A_mol_min, in_.inlet_K, in_.coolant_inlet_K}; }

    Flows flows(const State& y) const;
    State derivative(const State& y) const;
    Jacobian jacobian(const State& y) const;

private:
    struct Local;
    Local local(const State& y) const;

    ReactorConditions in_;
};

}  // namespace plantwright::simulate
