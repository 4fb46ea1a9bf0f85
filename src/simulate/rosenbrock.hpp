// SPDX-License-Identifier: MIT
/// Adaptive integration of the plug-flow reactor by a Rosenbrock method of order 4(3), stiffly accurate.
///
/// One step h of y' = f(y), J the Jacobian at y, six stages (Hairer & Wanner, Solving Ordinary Differential Equations
/// II, 2nd ed. 1996, IV.7, with their transformed coefficients for RODAS):
///
///     (I/(gamma h) - J) g_i = f(y + sum_j a_ij g_j) + 1/h sum_j c_ij g_j,   y_new = y + sum_j a_6j g_j + g_6,   error
///     g_6
///
/// The coefficients are Boost.Odeint's `rosenbrock4`. Its stepper itself is not used: uBLAS as of Boost 1.74 is no
/// C++20, its templates over double would be shared with a program that links us and compiles them under other flags,
/// and the controller's step sizes go through libm's pow, whose last bit depends on the processor.
#pragma once

#include <functional>

#include "simulate/plug_flow.hpp"

namespace plantwright::simulate {

/// An accepted step, with the derivatives at both ends: the cubic through them is the solution in between.
struct Step {
    double from, to;  ///< dm3
    State y_from, y_to;
    State slope_from, slope_to;

    State at(double volume_dm3) const;
    double peak_of_gas() const;  ///< where T is largest in [from, to]
};

/// Calls `visit` for every step from 0 to `volume_dm3`; each step's error is at most tolerance * (|y| + typical), in
/// root mean square over the state. Throws InvalidArgument after 100,000 steps, or when they become too small.
void integrate(const PlugFlow& reactor, double volume_dm3, double tolerance,
               const std::function<void(const Step&)>& visit);

}  // namespace plantwright::simulate
