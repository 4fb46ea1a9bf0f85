# SPDX-License-Identifier: MIT
"""`Reactor`: a gas-phase plug-flow reactor with co-current cooling, its steady states and its runaways, labelled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.frame import Frame
from plantwright.frame._frame import as_frame

_CONDITIONS = (
    "feed_A_mol_min",
    "feed_B_mol_min",
    "pressure_atm",
    "inlet_K",
    "coolant_mol_min",
    "coolant_inlet_K",
    "heat_transfer",
)


class Reactor:
    r"""A gas-phase plug-flow reactor with co-current cooling: A + 2 B -> C is wanted, 2 A + 3 C -> 3 D is not.

    Along the volume :math:`V`, flows in mol/min, temperatures in K, heats in cal:

    .. math::

        F_A' &= r_{1A} + \tfrac{2}{3} r_{2C}, \quad F_B' = 2 r_{1A}, \quad F_C' = -r_{1A} + r_{2C}, \quad F_D' = -r_{2C}

        -r_{1A} &= k_1 C_A C_B^2, \quad -r_{2C} = k_2 C_A^2 C_C^3, \quad k_i = 40\, e^{E_i/R (1/300 - 1/T)}

        C_i &= C_{T0} (F_i/F_T)(T_0/T), \quad C_{T0} = P/(0.082\, T_0)

        T' &= \frac{20000\,(-r_{1A}) + \tfrac{16000}{3} (-r_{2C}) - Ua\,(T - T_a)}{10 F_A + 12 F_B + 14 F_C + 16 F_D},
        \quad T_a' = \frac{Ua\,(T - T_a)}{18.02\, m}

    with E1 = 8,000 and E2 = 14,000 cal/mol. Every condition of a row enters that row's equations. They are integrated
    by an adaptive Rosenbrock method with the analytic Jacobian. ``docs/simulate.md`` has all constants, and what
    differs from the textbook's example.

    Parameters
    ----------
    volume_dm3 : float, default=20
        Of the reactor, above 0 and up to 1,000.
    tolerance : float, default=1e-7
        Of the error of one step, relative to the feed and to the temperatures; 1e-12 to 1e-3.
    runaway_K : float, default=750
        A hot spot above it is a runaway; 200 to 5,000.
    yield_margin : float, default=0.06
        Off spec is a yield this far below the one at the mode's set-points; 0 to 1.
    modes : mapping of str to mapping, optional
        Ways to run the plant: the set-points of each by name, as in `base_case`, which stands for what is absent.
        Default: `standard` (the base case), `throughput`, `mild` and `low_pressure`.
    n_jobs : int, optional
        Threads; None is 1, -1 all. The numbers do not depend on it.

    Attributes
    ----------
    base_case : dict
        The textbook's conditions: feeds of A and B, pressure, temperature of the feed, flow and temperature of the
        coolant, and the heat transfer Ua in cal/(min dm3 K).
    modes : dict of dict
        The set-points of each mode.

    Raises
    ------
    InvalidArgument
        When a parameter or a condition is out of range; it is named.

    See Also
    --------
    ProductionSite : Energy and waste of a factory.

    Notes
    -----
    The same parameters give the same bits on every machine.

    References
    ----------
    .. [1] Fogler, H. S. (2016). Elements of Chemical Reaction Engineering, 5th ed., Example 12-7. Prentice Hall.
    .. [2] Hairer, E., & Wanner, G. (1996). Solving Ordinary Differential Equations II, 2nd ed., IV.7. Springer.

    Examples
    --------
    >>> import plantwright as pw
    >>> reactor = pw.simulate.Reactor()
    >>> out = reactor.solve({**reactor.base_case, "pressure_atm": [4.0, 4.92, 6.0]})
    >>> out["T_max_K"].round(1)
    array([589.6, 655.9, 755.2])
    >>> history = reactor.steady_states(1000, seed=1)
    >>> history.schema["pressure_atm"].role, history.schema["true_yield_C"].role
    ('lever', 'ignored')
    """

    base_case: dict[str, float] = {name: getattr(_core.ReactorConditions(), name) for name in _CONDITIONS}  # noqa: RUF012

    def __init__(
        self,
        *,
        volume_dm3: float = 20,
        tolerance: float = 1e-7,
        runaway_K: float = 750,
        yield_margin: float = 0.06,
        modes: Mapping[str, Mapping[str, float]] | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self._core = _core.Reactor(
            volume_dm3=volume_dm3,
            tolerance=tolerance,
            runaway_K=runaway_K,
            yield_margin=yield_margin,
            modes=None if modes is None else [(name, _conditions(points)) for name, points in modes.items()],
            n_jobs=n_jobs,
        )

    @property
    def modes(self) -> dict[str, dict[str, float]]:
        """The set-points of each mode."""
        return {name: {at: getattr(points, at) for at in _CONDITIONS} for name, points in self._core.modes}

    def solve(self, conditions: Any) -> Frame:
        """Steady states of any conditions, one row each.

        Parameters
        ----------
        conditions : Frame, table or mapping
            Columns as in `base_case`; others are not read, and `heat_transfer` may be absent (80). Of a mapping, a
            single number stands for all rows.

        Returns
        -------
        Frame
            `yield_C`, `conversion_A`, `T_max_K` (hot spot), `out_A_mol_min` to `out_D_mol_min`, `outlet_K`,
            `coolant_outlet_K` and `hot_spot_dm3`. The yield is NaN where nothing reacted.

        Raises
        ------
        SchemaMismatch
            When a column is missing.
        InvalidArgument
            On a value out of range, naming row and column.
        """
        table = _rows_of(conditions) if isinstance(conditions, Mapping) else conditions
        return Frame._of_core(self._core.solve(as_frame(table)._core))

    def profile(self, conditions: Mapping[str, float] | None = None, n_points: int = 201) -> Frame:
        """Flows and temperatures of gas and coolant at equidistant volumes from inlet to outlet.

        Parameters
        ----------
        conditions : mapping, optional
            What is absent is as in `base_case`.
        n_points : int, default=201
            2 to 1,000,000.
        """
        return Frame._of_core(self._core.profile(_conditions(conditions or {}), n_points))

    def steady_states(
        self,
        n: int = 10_000,
        *,
        seed: int = 0,
        start: str = "2023-01-01",
        upsets_per_campaign: float = 2,
        wander: float = 1,
        noise: float = 1,
    ) -> Frame:
        """An operating history: campaigns of the modes in turn, one row an hour, each at its steady state.

        Conditions wander about set-points that differ a little between campaigns; now and then one is off for 6 to 24
        hours (an upset). A mode's hours are the same whichever other modes there are.

        Parameters
        ----------
        n : int, default=10000
            Rows, 1 to 10,000,000.
        seed : int, default=0
            Of everything random, 0 to 2**64 - 1.
        start : str, default="2023-01-01"
            First day, ISO-8601.
        upsets_per_campaign : float, default=2
            On average, 0 to 20.
        wander : float, default=1
            Times the usual spread of all conditions, and the usual fouling; 0 to 10. With 0 they keep their set-points.
        noise : float, default=1
            Times the usual spread of all measurements; 0 to 10. The truth does not depend on it.

        Returns
        -------
        Frame
            `time`, `mode`, `campaign` (role group), `campaign_hour`, measured conditions (levers, disturbance),
            measured outcomes (targets), and with role ignored: the truth behind each (`true_*`), `yield_target`, and
            the labels `upset`, `off_spec` and `runaway`.
        """
        options = _core.ReactorHistoryOptions(
            n=n, seed=seed, start=start, upsets_per_campaign=upsets_per_campaign, wander=wander, noise=noise
        )
        return Frame._of_core(self._core.steady_states(options))

    def upsets(
        self,
        n: int = 10_000,
        *,
        seed: int = 0,
        start: str = "2023-01-01",
        upsets_per_campaign: float = 2,
        wander: float = 1,
        noise: float = 1,
    ) -> Frame:
        """The truth about the upsets of `steady_states` with the same parameters, one row each.

        Columns: mode, campaign, condition, start, end (exclusive), shift (in the condition's unit).
        """
        options = _core.ReactorHistoryOptions(
            n=n, seed=seed, start=start, upsets_per_campaign=upsets_per_campaign, wander=wander, noise=noise
        )
        return Frame._of_core(self._core.upsets(options))

    def episodes(
        self,
        n: int = 10,
        *,
        hours: int = 24,
        seed: int = 0,
        start: str = "2023-01-01",
        wander: float = 1,
        noise: float = 1,
    ) -> Frame:
        """Dynamic episodes, one row a minute: something goes wrong, or nothing, and a runaway may build up.

        The gas, 16 s in the reactor, is at each minute at the steady state of that minute's conditions; the coolant
        loop has a heat capacity, a cooler and a controller. ``docs/simulate.md`` has its equations. A cause is one of
        heat-transfer fouling, loss of coolant flow, fouling of the coolant's cooler, a pressure set-point that drifts
        and a step of the feeds.

        Parameters
        ----------
        n : int, default=10
            Episodes, 1 to 10,000; the first k are the same for every n.
        hours : int, default=24
            Length of each, 1 to 1,000; n * hours is at most 100,000.
        seed, start, wander, noise
            As in `steady_states`.

        Returns
        -------
        Frame
            `time`, `episode` (role group), `minute`, `mode`, measured conditions, `cooler_valve`, thermometers (role
            response, known at once; the hot spot's lags by 3 minutes), the laboratory's findings (targets), and with
            role ignored: the truth (`true_*`), and the labels `runaway`, `cause` and `minutes_to_runaway` (NaN where
            none comes).
        """
        options = _core.ReactorEpisodeOptions(n=n, hours=hours, seed=seed, start=start, wander=wander, noise=noise)
        return Frame._of_core(self._core.episodes(options))

    def causes(
        self,
        n: int = 10,
        *,
        hours: int = 24,
        seed: int = 0,
        start: str = "2023-01-01",
        wander: float = 1,
        noise: float = 1,
    ) -> Frame:
        """The truth about `episodes` with the same parameters, one row each.

        Columns: episode, mode, cause, start, severity, runaway (NaT where none comes). Takes as long as `episodes`.
        """
        options = _core.ReactorEpisodeOptions(n=n, hours=hours, seed=seed, start=start, wander=wander, noise=noise)
        return Frame._of_core(self._core.causes(options))


def _conditions(values: Mapping[str, float]) -> Any:
    conditions = _core.ReactorConditions()
    for name, value in values.items():
        if name not in _CONDITIONS:
            raise InvalidArgument(f"Reactor: there is no condition {name!r}; there are {', '.join(_CONDITIONS)}")
        setattr(conditions, name, value)
    return conditions


def _rows_of(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that are conditions, single numbers repeated."""
    values = {name: np.asarray(columns[name], dtype=np.float64) for name in _CONDITIONS if name in columns}
    try:
        shape = np.broadcast_shapes((1,), *(value.shape for value in values.values()))
    except ValueError:
        lengths = ", ".join(f"{name} {value.shape}" for name, value in values.items())
        raise InvalidArgument(f"Reactor.solve: conditions must have one length, got {lengths}") from None
    return {name: np.array(np.broadcast_to(value, shape)) for name, value in values.items()}
