# SPDX-License-Identifier: MIT
"""`ProductionSite`: hourly energy, waste, units and carbon of a simulated factory, with every fault labelled."""

from __future__ import annotations

from plantwright import _core
from plantwright.frame import Frame


class ProductionSite:
    """A simulated factory: lines with ovens, shifts, set-points, weather, maintenance and labelled faults.

    Energy is a balance of parts (base load, ovens, compressed air, drives, ventilation and cooling, lighting, gas for
    heating), and the parts are in the table beside their sum. Scrap grows with wrong set-points, tool wear, damp air,
    changeovers and starts. The equations and constants stand in ``docs/simulate.md``.

    Parameters
    ----------
    days : int, default=730
        Length, 1 to 36,600.
    seed : int, default=0
        Of everything random, 0 to 2**64 - 1.
    start : str, default="2023-01-01"
        First day, ISO-8601.
    n_lines : int, default=3
        1 to 16; every third line rests at night and at weekends.
    faults_per_year : float, default=6
        Of each kind (air leak, oven insulation, worn tool, stuck sensor), over the whole site; 0 to 100.
    missing_fraction : float, default=0
        Of the telegrams of sensors and meters lost, in bursts; 0 to 0.5.
    stuck_meter : bool, default=False
        The energy meter repeats old readings now and then, labelled in `meter_stuck`.

    Raises
    ------
    InvalidArgument
        When a parameter is out of range.

    Notes
    -----
    The same parameters give the same bits on every machine. Levers, the plan and the weather are inputs; counted units
    and oven temperatures are measured too late (`known_at_prediction` is False), labels and parts of the balance have
    the role `ignored`, and all seven outputs are targets, so that none is an input of another.

    References
    ----------
    .. [1] Alduchov, O. A., & Eskridge, R. E. (1996). Improved Magnus form approximation of saturation vapor pressure.
       Journal of Applied Meteorology, 35, 601-609.

    Examples
    --------
    >>> import plantwright as pw
    >>> frame = pw.simulate.ProductionSite(days=7, seed=1).run()
    >>> frame.shape[0]
    168
    >>> frame.schema["line1_oven_setpoint_C"].role
    'lever'
    >>> parts = ["base", "ovens", "air", "drives", "ventilation", "lighting", "gas"]
    >>> total = sum(frame[f"energy_{part}_kWh"] for part in parts)
    >>> bool(abs(total - frame["energy_kWh"]).max() < 1e-9)
    True
    """

    def __init__(
        self,
        *,
        days: int = 730,
        seed: int = 0,
        start: str = "2023-01-01",
        n_lines: int = 3,
        faults_per_year: float = 6,
        missing_fraction: float = 0,
        stuck_meter: bool = False,
    ) -> None:
        self._core = _core.ProductionSite(
            days=days,
            seed=seed,
            start=start,
            n_lines=n_lines,
            faults_per_year=faults_per_year,
            missing_fraction=missing_fraction,
            stuck_meter=stuck_meter,
        )

    def run(self) -> Frame:
        """One row an hour, with units, roles and labels in the schema."""
        return Frame._of_core(self._core.run())

    def faults(self) -> Frame:
        """The truth about the faults, one row each: kind, line (1-based), start, end (exclusive), severity."""
        return Frame._of_core(self._core.faults())
