# SPDX-License-Identifier: MIT
"""`DustSite`: hourly weather and PM10 about a simulated open-pit mine, censored as instruments do."""

from __future__ import annotations

from collections.abc import Mapping

from plantwright import _core
from plantwright.frame import Frame


class DustSite:
    r"""A simulated open-pit mine: weather, soil, dust, and stations that sample PM10 and report it censored.

    At a station, in ug/m3:

    .. math::

        \mathrm{PM10} = (\text{background} + \text{plumes of pit and tailings})\, e^{\text{residual}}

    The background is a box of regional air that still winter nights fill and wind and rain empty; the pit hauls and
    blasts; the wind erodes the tailings above a threshold that grows with the soil's moisture; plumes are Gaussian.
    The equations and constants stand in ``docs/simulate.md``.

    Parameters
    ----------
    days : int, default=1461
        Length, 1 to 36,600; days times stations is at most 200,000.
    seed : int, default=0
        Of everything random, 0 to 2**64 - 1.
    start : str, default="2020-01-01"
        First day, ISO-8601.
    stations : mapping of str to (float, float), optional
        Distance from the pit in km (0.3 to 50) and bearing in degrees, clockwise from north (0 to below 360), by name.
        Default: `gate`, `village`, `school` and `farm`.
    dustiness : float, default=1
        Of all sources, times the usual; 0 to 20. With 1, PM10 exceeds its limit on a few per cent of the days.
    storms_per_year : float, default=5
        Dust from far away, mostly in spring; 0 to 50.
    watering_failures_per_year : float, default=4
        The water trucks stand still for days; 0 to 50.
    missing_fraction : float, default=0.02
        Of the hourly readings lost, in bursts; 0 to 0.5.
    detection_limit_ug_m3 : float, default=10
        Lower readings are reported as this, and flagged; 0 to 100.
    saturation_ug_m3 : float, default=1000
        Higher readings are reported as this, and flagged; 200 to 100,000.
    limit_ug_m3 : float, default=150
        Of a day's mean; above 0 and up to 10,000.

    Attributes
    ----------
    stations : dict of str to (float, float)
        Distance in km and bearing in degrees.

    Raises
    ------
    InvalidArgument
        When a parameter is out of range.

    See Also
    --------
    ProductionSite : Energy and waste of a factory.

    Notes
    -----
    The same parameters give the same bits on every machine. Weather and the mine's plan are inputs, the reported PM10
    is the target and its flag is known no sooner; the truth and the labels have the role `ignored`.

    References
    ----------
    .. [1] White, B. R. (1979). Soil transport by winds on Mars. Journal of Geophysical Research, 84, 4643-4651.
    .. [2] Marticorena, B., & Bergametti, G. (1995). Modeling the atmospheric dust cycle: 1. Design of a soil-derived
       dust emission scheme. Journal of Geophysical Research, 100, 16415-16430.
    .. [3] Fecan, F., Marticorena, B., & Bergametti, G. (1999). Parametrization of the increase of the aeolian erosion
       threshold wind friction velocity due to soil moisture. Annales Geophysicae, 17, 149-157.
    .. [4] Turner, D. B. (1970). Workbook of Atmospheric Dispersion Estimates. US EPA.

    Examples
    --------
    >>> import plantwright as pw
    >>> site = pw.simulate.DustSite(days=14, seed=1)
    >>> hours = site.run()
    >>> len(hours) == 14 * 24 * len(site.stations)
    True
    >>> hours.schema["wind_speed_m_s"].role, hours.schema["true_PM10_ug_m3"].role
    ('disturbance', 'ignored')
    >>> hours.levels("PM10_flag")
    ['ok', 'below_detection', 'saturated']
    """

    def __init__(
        self,
        *,
        days: int = 1461,
        seed: int = 0,
        start: str = "2020-01-01",
        stations: Mapping[str, tuple[float, float]] | None = None,
        dustiness: float = 1,
        storms_per_year: float = 5,
        watering_failures_per_year: float = 4,
        missing_fraction: float = 0.02,
        detection_limit_ug_m3: float = 10,
        saturation_ug_m3: float = 1000,
        limit_ug_m3: float = 150,
    ) -> None:
        self._core = _core.DustSite(
            days=days,
            seed=seed,
            start=start,
            stations=None if stations is None else [(name, *place) for name, place in stations.items()],
            dustiness=dustiness,
            storms_per_year=storms_per_year,
            watering_failures_per_year=watering_failures_per_year,
            missing_fraction=missing_fraction,
            detection_limit_ug_m3=detection_limit_ug_m3,
            saturation_ug_m3=saturation_ug_m3,
            limit_ug_m3=limit_ug_m3,
        )

    @property
    def stations(self) -> dict[str, tuple[float, float]]:
        """Distance from the pit in km and bearing in degrees, by name."""
        return {name: (distance, bearing) for name, distance, bearing in self._core.stations}

    def run(self) -> Frame:
        """One row an hour and station, in order of time, with units, roles and labels in the schema."""
        return Frame._of_core(self._core.run())

    def days(self) -> Frame:
        """One row a day and station: what the reported hours tell of its mean, and whether it exceeds the limit.

        `PM10_mean_ug_m3` takes censored hours as reported and is NaN below 18 hours; the bounds set hours below the
        detection limit to 0 (lower) and to the limit (upper), and a saturated hour leaves no upper bound (NaN).
        `exceeds` is 1 or 0 where the bounds tell and NaN elsewhere; `true_exceeds` is the truth.
        """
        return Frame._of_core(self._core.days())

    def episodes(self) -> Frame:
        """The truth about storms and failures of watering, one row each: kind, start, end (exclusive), severity."""
        return Frame._of_core(self._core.episodes())
