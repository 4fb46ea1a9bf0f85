// SPDX-License-Identifier: MIT
/// `Reactor`: a gas-phase plug-flow reactor with co-current cooling, its steady states and its runaways, labelled.
///
/// A + 2 B -> C is wanted, 2 A + 3 C -> 3 D is not. Along the volume V, in mol/min, dm3, K and cal:
///
///     dFa/dV = r1A + 2/3 r2C,   dFb/dV = 2 r1A,   dFc/dV = -r1A + r2C,   dFd/dV = -r2C
///     -r1A = k1 Ca Cb^2,   -r2C = k2 Ca^2 Cc^3,   k_i = 40 exp(E_i/R (1/300 - 1/T)),   E1 = 8,000, E2 = 14,000 cal/mol
///     C_i = Cto (F_i/F_t) (To/T),   Cto = P/(0.082 To),   R = 1.987 cal/(mol K)
///     dT/dV  = [2 r1A (-10,000) + 2/3 r2C (-8,000) - Ua (T - Ta)] / (10 Fa + 12 Fb + 14 Fc + 16 Fd)
///     dTa/dV = Ua (T - Ta) / (18.02 m)
///
/// Every one of these letters is read from its own row. After Fogler, Elements of Chemical Reaction Engineering, 5th
/// ed. 2016, Example 12-7, with other constants and three D instead of one: docs/simulate.md lists each difference.
///
/// Integrated by a Rosenbrock method of order 4 with an embedded one of order 3 and the analytic Jacobian (Hairer &
/// Wanner, Solving Ordinary Differential Equations II, 2nd ed. 1996, IV.7), so that stiff rows cost few steps; each
/// step's error is held below `tolerance`, relative to the feed and to the temperatures. The hot spot is the maximum of
/// the cubic between steps. About 100 steps a row; benchmarks/simulate/reactor.py has the time.
///
/// The same options give the same bits on every machine and for any number of threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/frame/frame.hpp"

namespace plantwright {

/// What enters the reactor. The defaults are the base case.
struct ReactorConditions {
    double feed_A_mol_min = 5;     ///< Fa0, in (0, 10000]
    double feed_B_mol_min = 10;    ///< Fb0, in [0, 10000]
    double pressure_atm = 4.92;    ///< P, constant along the reactor, in (0, 100]
    double inlet_K = 300;          ///< To, in [200, 1500]
    double coolant_mol_min = 10;   ///< m, in (0, 100000]
    double coolant_inlet_K = 325;  ///< Ta at V = 0, in [200, 1500]
    double heat_transfer = 80;     ///< Ua, cal/(min dm3 K), in [0, 10000]; falls when the cooling fouls
};

/// What leaves it, and what happened inside.
struct ReactorOutcome {
    double T_max_K;       ///< of the gas, the hot spot
    double hot_spot_dm3;  ///< where it is
    double conversion_A;  ///< (Fa0 - Fa)/Fa0
    double yield_C;       ///< Fc/(Fa0 - Fa); NaN where nothing reacted
    double out_A_mol_min, out_B_mol_min, out_C_mol_min, out_D_mol_min;
    double outlet_K;
    double coolant_outlet_K;
};

/// A way to run the plant: what its set-points are.
struct ReactorMode {
    std::string name;
    ReactorConditions set_points{};
};

/// `standard` (the base case), `throughput`, `mild` and `low_pressure`.
PLANTWRIGHT_API std::vector<ReactorMode> reactor_modes();

struct ReactorOptions {
    double volume_dm3 = 20;      ///< in (0, 1000]
    double tolerance = 1e-7;     ///< of one step's error, in [1e-12, 1e-3]
    double runaway_K = 750;      ///< a hot spot above it is a runaway; in [200, 5000]
    double yield_margin = 0.06;  ///< off spec: the yield is this far below that of the mode's set-points; in [0, 1]
    std::vector<ReactorMode> modes = reactor_modes();  ///< at least one, names distinct
    std::optional<int> n_jobs{};                       ///< threads, as in `resolve_n_jobs`
};

/// An operating history: campaigns of the modes in turn, one row an hour, each hour at its steady state.
struct ReactorHistoryOptions {
    Index n = 10'000;  ///< rows, in [1, 10000000]
    std::uint64_t seed = 0;
    std::string start = "2023-01-01";  ///< first day, ISO-8601
    double upsets_per_campaign = 2;    ///< on average, one condition off its set-point for hours; in [0, 20]
    double wander = 1;                 ///< of all conditions, times its usual spread; 0 = they keep their set-points
    double noise = 1;                  ///< of all measurements, times its usual spread; both in [0, 10]
};

/// Dynamic episodes: one row a minute, each with one cause of trouble or none.
struct ReactorEpisodeOptions {
    Index n = 10;      ///< episodes, in [1, 10000]
    Index hours = 24;  ///< of each, in [1, 1000]; n * hours at most 100000
    std::uint64_t seed = 0;
    std::string start = "2023-01-01";
    double wander = 1;
    double noise = 1;
};

/// Immutable; may be shared by threads.
class PLANTWRIGHT_API Reactor {
public:
    /// Throws InvalidArgument when an option is out of range.
    explicit Reactor(ReactorOptions options = {});

    const ReactorOptions& options() const { return options_; }

    /// Throws InvalidArgument when a condition is out of range.
    ReactorOutcome solve(const ReactorConditions& conditions) const;

    /// One outcome a row of `conditions`, columns named as the members of both structs; other columns are not read, and
    /// `heat_transfer` may be absent (80). Throws SchemaMismatch on a missing column, InvalidArgument naming the row.
    Frame solve(const Frame& conditions) const;

    /// Flows and temperatures at `n_points` equidistant volumes from inlet to outlet.
    Frame profile(const ReactorConditions& conditions, Index n_points = 201) const;

    /// Roles: levers and disturbances (measured), targets (outcomes, measured), group (`campaign`), ignored (the truth
    /// behind every measurement, labels: `upset`, `off_spec`, `runaway`). A mode's hours are the same whichever other
    /// modes there are.
    Frame steady_states(const ReactorHistoryOptions& options) const;

    /// The truth about the upsets of `steady_states`: mode, campaign, condition, start, end (exclusive), shift.
    Frame upsets(const ReactorHistoryOptions& options) const;

    /// Quasi-steady gas over a coolant loop with heat capacity, a cooler and a controller: equations in
    /// docs/simulate.md. The first k episodes are the same for every n >= k.
    Frame episodes(const ReactorEpisodeOptions& options) const;

    /// The truth about the episodes, one row each: episode, mode, cause, start, severity, runaway (NaT if none).
    Frame causes(const ReactorEpisodeOptions& options) const;

private:
    ReactorOptions options_;
};

}  // namespace plantwright
