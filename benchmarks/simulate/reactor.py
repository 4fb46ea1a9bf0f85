# SPDX-License-Identifier: MIT
"""Steady states of the simulated reactor, beside scipy's Radau and LSODA on the same rows, checked first.

Run: python benchmarks/simulate/reactor.py [--rows N]
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import plantwright as pw
from scipy.integrate import solve_ivp

TARGET_S = 10  # for 10,000 rows on one core


def slope(volume, y, To, Cto, m, Ua):
    """The equations of docs/simulate.md."""
    Fa, Fb, Fc, Fd, T, Ta = y
    Ft = Fa + Fb + Fc + Fd
    k1, k2 = (40 * np.exp(E / 1.987 * (1 / 300 - 1 / T)) for E in (8_000, 14_000))
    Ca, Cb, Cc = (Cto * (F / Ft) * (To / T) for F in (Fa, Fb, Fc))
    r1A, r2C, removed = -k1 * Ca * Cb**2, -k2 * Ca**2 * Cc**3, Ua * (T - Ta)
    warming = (-20_000 * r1A - 16_000 / 3 * r2C - removed) / (10 * Fa + 12 * Fb + 14 * Fc + 16 * Fd)
    return [r1A + 2 / 3 * r2C, 2 * r1A, -r1A + r2C, -r2C, warming, removed / (18.02 * m)]


def peer(conditions: dict[str, np.ndarray], method: str, rows: int) -> tuple[np.ndarray, float]:
    """Temperatures at the outlet, and processor seconds a row."""
    outlet, begin = [], time.process_time()
    for i in range(rows):
        Fa, Fb, P, To, m, Ta, Ua = (values[i] for values in conditions.values())
        arguments = (To, P / (0.082 * To), m, Ua)
        found = solve_ivp(slope, (0, 20), [Fa, Fb, 0, 0, To, Ta], method, args=arguments, rtol=1e-6, atol=1e-8)
        outlet.append(found.y[4, -1])
    return np.array(outlet), (time.process_time() - begin) / rows


def least_seconds(call, rounds: int = 3) -> float:
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        call()
        times.append(time.process_time() - begin)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000)
    rows = parser.parse_args().rows
    reactor = pw.simulate.Reactor()
    history = reactor.steady_states(rows, seed=1)
    conditions = {name: history[f"true_{name}"] for name in reactor.base_case}
    exact = pw.simulate.Reactor(tolerance=1e-12).solve(conditions)
    for tolerance in (1e-5, 1e-7, 1e-9):
        plain = pw.simulate.Reactor(tolerance=tolerance)
        found = plain.solve(conditions)
        seconds = least_seconds(lambda plain=plain: plain.solve(conditions))
        errors = {name: np.abs(found[name] - exact[name]).max() for name in ("T_max_K", "yield_C", "conversion_A")}
        shown = ", ".join(f"{name} {error:.1e}" for name, error in errors.items())
        print(f"solve, tolerance {tolerance:.0e}: {1e6 * seconds / rows:7.1f} us a row; largest error: {shown}")
    for method in ("Radau", "LSODA"):
        outlet, seconds = peer(conditions, method, 20)
        np.testing.assert_allclose(outlet, exact["outlet_K"][:20], atol=0.01)
        print(f"scipy {method}, rtol 1e-6: {1e6 * seconds:9.0f} us a row")
    seconds = least_seconds(lambda: reactor.steady_states(rows, seed=1))
    print(f"steady_states({rows}): {seconds:.2f} s of one core (target: {TARGET_S} s for 10,000)")
    seconds = least_seconds(lambda: reactor.episodes(2, hours=12), rounds=1)
    print(f"episodes: {1e6 * seconds / (2 * 12 * 60):.0f} us a minute simulated")


if __name__ == "__main__":
    main()
