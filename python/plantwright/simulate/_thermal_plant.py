# SPDX-License-Identifier: MIT
"""`ThermalPlant`: eight sensors of a 500 MW coal-fired unit, minute by minute, with labelled faults and trips."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plantwright import _core
from plantwright.frame import Frame


@dataclass(frozen=True)
class ThermalFault:
    """A fault that a `ThermalPlant` is asked for.

    Parameters
    ----------
    kind : str
        Of one sensor's reading: ``spike``, ``drift``, ``noise_burst``, ``stuck_sensor``, ``sensor_bias``. Of the
        process, by its physics: ``tube_leak``, ``bearing_wear``, ``cooling_fouling``.
    start_h : float
        Hours since the first row.
    hours : float
        Length; at least one row.
    severity : float, default=5
        In standard deviations of the sensor's residual (`ThermalPlant.residual_sd`), up to 20. Of a spike, a drift and
        a bias it may be negative: downwards. It has no meaning for a stuck sensor.
    sensor : str, default=""
        Whose reading is at fault; empty for faults of the process.
    """

    kind: str
    start_h: float
    hours: float
    severity: float = 5
    sensor: str = ""


class ThermalPlant:
    r"""A simulated 500 MW coal-fired unit: eight correlated sensors with memory, labelled faults, trips and start-ups.

    What is burnt goes somewhere, in MW:

    .. math::

        Q_\text{fuel} = P + Q_\text{condenser} + Q_\text{stack} + Q_\text{other} + C \dot p

    Load follows the hour, the day of the week and the grid's unrest; weather sets the cooling tower's water; three
    coals of different heating value and reactivity come in turn; soot and a fouling condenser come and are cleaned
    away. Hotter steam lowers the heat rate. Two of the controllers move valves that stick and so swing in small limit
    cycles. The equations and constants stand in ``docs/simulate.md``.

    Parameters
    ----------
    rows : int, default=10080
        1 to 20,000,000, and at most 50 years.
    period_s : float, default=60
        Seconds between rows, 1 to 3,600.
    seed : int, default=0
        Of everything random, 0 to 2**64 - 1.
    start : str, default="2024-01-01"
        First day, ISO-8601.
    steam_setpoint_C : float, default=500
        Of the steam's temperature, 490 to 510.
    faults_per_week : float, default=2
        Of all kinds together, each kind as often, 0 to 50; fewer where long ones fill the weeks. They do not overlap
        and keep clear of outages.
    faultless_days : float, default=0
        None of those faults begins earlier.
    lowest_severity, highest_severity : float, default=4, 8
        Of those faults, 0 to 20.
    faults : iterable of ThermalFault, optional
        Exactly these instead; they may not overlap.
    trips_per_year : float, default=12
        Each followed by a standstill of 2 to 16 hours and a start-up of 3 to 5; 0 to 100.
    missing_fraction : float, default=0.002
        Of the eight sensors' cells lost, in bursts of 1 to 6 rows; 0 to 0.5.
    lost_fraction : float, default=0.001
        Of the rows lost whole and absent from the table, in the same bursts; 0 to 0.5.
    fouling : float, default=1
        Of boiler and condenser in normal operation, times the usual; 0 to 3, as the following.
    season : float, default=1
        Amplitude of the year in the weather, times the usual.
    wander : float, default=1
        Of demand, weather, coal and everything in the process, times its usual spread.
    noise : float, default=1
        Of all measurements, times its usual spread. The truth does not depend on it.
    truth : bool, default=True
        With the columns `true_*`.

    Attributes
    ----------
    sensors : tuple of str
        Names of the eight.
    fault_kinds : tuple of str
        The eight kinds of faults.
    residual_sd : dict of str to float
        The unit of severity: per sensor, the standard deviation of what the other seven leave unexplained in a year of
        normal operation (linear regression).

    Raises
    ------
    InvalidArgument
        When a parameter is out of range, or a fault cannot be; it is named.

    See Also
    --------
    ProductionSite : Energy and waste of a factory.

    Notes
    -----
    The same parameters give the same bits on every machine. No option shifts the random numbers of another: with and
    without a fault, a plant is the same before it. The eight sensors are the only inputs of a model; the schema holds
    their normal range, which the rows whose `operating_state` is running keep but for a few in a thousand.

    References
    ----------
    .. [1] Astrom, K. J., & Bell, R. D. (2000). Drum-boiler dynamics. Automatica, 36, 363-378.
    .. [2] Choudhury, M. A. A. S., Thornhill, N. F., & Shah, S. L. (2005). Modelling valve stiction. Control Engineering
       Practice, 13, 641-658.

    Examples
    --------
    >>> import plantwright as pw
    >>> leak = pw.simulate.ThermalFault("tube_leak", start_h=30, hours=12, severity=5)
    >>> plant = pw.simulate.ThermalPlant(rows=2880, faults=[leak], trips_per_year=0, lost_fraction=0)
    >>> frame = plant.run()
    >>> frame.schema.input_names == list(plant.sensors)
    True
    >>> int(frame["anomaly"].sum())
    720
    >>> plant.events()["sensors"].tolist()
    ['fuel_flow_kg_s steam_pressure_bar']
    """

    sensors: tuple[str, ...] = tuple(name for name, *_ in _core.thermal_sensors())
    fault_kinds: tuple[str, ...] = tuple(_core.thermal_fault_kinds())
    residual_sd: dict[str, float] = {name: sd for name, *_, sd in _core.thermal_sensors()}  # noqa: RUF012

    def __init__(
        self,
        *,
        rows: int = 10_080,
        period_s: float = 60,
        seed: int = 0,
        start: str = "2024-01-01",
        steam_setpoint_C: float = 500,
        faults_per_week: float = 2,
        faultless_days: float = 0,
        lowest_severity: float = 4,
        highest_severity: float = 8,
        faults: Iterable[ThermalFault] | None = None,
        trips_per_year: float = 12,
        missing_fraction: float = 0.002,
        lost_fraction: float = 0.001,
        fouling: float = 1,
        season: float = 1,
        wander: float = 1,
        noise: float = 1,
        truth: bool = True,
    ) -> None:
        asked = None if faults is None else [(f.kind, f.start_h, f.hours, f.severity, f.sensor) for f in faults]
        self._core = _core.ThermalPlant(
            rows=rows,
            period_s=period_s,
            seed=seed,
            start=start,
            steam_setpoint_C=steam_setpoint_C,
            faults_per_week=faults_per_week,
            faultless_days=faultless_days,
            lowest_severity=lowest_severity,
            highest_severity=highest_severity,
            faults=asked,
            trips_per_year=trips_per_year,
            missing_fraction=missing_fraction,
            lost_fraction=lost_fraction,
            fouling=fouling,
            season=season,
            wander=wander,
            noise=noise,
            truth=truth,
        )

    def run(self) -> Frame:
        """One row a period, with units, roles, normal ranges and labels in the schema.

        Returns
        -------
        Frame
            `time`; the eight sensors (role feature); `heat_rate_kJ_kWh` and `efficiency_percent` (responses, derived
            from the readings, NaN unless running); and with role ignored `operating_state` (running, trip, start_up),
            `ambient_C`, `fuel_LHV_MJ_kg`, the labels `fault` ("none" or its kind), `anomaly` (0 or 1) and `event` (row
            of `events`, else NaN), and the truth behind the readings and the balance of heat (`true_*`).
        """
        return Frame._of_core(self._core.run())

    def events(self) -> Frame:
        """The truth about the faults, one row each; takes as long as `run` where a sensor is stuck.

        Columns: event, kind, sensors (those it touches, parted by spaces), start, end (exclusive), severity, size (in
        the unit of the first of the sensors, with its sign). Of a stuck sensor, severity and size are the largest
        deviation of its reading from what it would have been.
        """
        return Frame._of_core(self._core.events())

    def outages(self) -> Frame:
        """Trips, one row each: start, start_up (the fires are lit), end (exclusive: normal operation again).

        The last may end after the last row.
        """
        return Frame._of_core(self._core.outages())
