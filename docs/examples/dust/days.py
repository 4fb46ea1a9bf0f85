# SPDX-License-Identifier: MIT
"""From hours to days: the simulated mine, or a folder of measured hours, as one table that a warning can learn from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import plantwright as pw

LIMIT_ug_m3 = 150
COMPLETE_h = 18  # a day's mean counts where so many hours were measured
WEATHER = ["temperature_C", "pressure_hPa", "dew_point_C", "wind_speed_m_s", "wind_east_m_s", "wind_north_m_s"]
OF_THE_MINE = ["downwind", "hauling_planned", "blast_planned"]  # what the mine will do is known beforehand
HISTORY = [f"{name}__mean_1d" for name in WEATHER] + ["rain_mm__sum_1d", "wind_speed_m_s__max_1d"]
UNITS = {
    "temperature_C": "C",
    "pressure_hPa": "hPa",
    "dew_point_C": "C",
    "wind_speed_m_s": "m/s",
    "rain_mm": "mm",
    "PM10_ug_m3": "ug/m3",
}
COLUMNS_OF_FILE = {
    "TEMP": "temperature_C",
    "PRES": "pressure_hPa",
    "DEWP": "dew_point_C",
    "WSPM": "wind_speed_m_s",
    "RAIN": "rain_mm",
    "PM10": "PM10_ug_m3",
}
BEARINGS = ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"]


def hours_of_site(site: pw.simulate.DustSite) -> pw.Frame:
    """The simulated hours as an instrument's reader sees them: neither truth nor labels."""
    hours = site.run()
    hours = hours.select([name for name in hours.columns if not name.startswith(("true_", "episode_"))])
    bearing = np.array([site.stations[name][1] for name in hours["station"]])
    off = np.cos(np.deg2rad(hours["wind_direction_deg"] + 180 - bearing))  # 1: straight from the pit to the station
    return hours.with_column("downwind", np.where(np.isnan(off), np.nan, off > np.cos(np.deg2rad(30))))


def hours_of_folder(folder: Path) -> pw.Frame:
    """Hourly CSV files, one a station, with the columns of UCI's data set 501. Nothing in them is flagged."""
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise SystemExit(f"{folder} holds no CSV files")
    tables = [pw.read_csv(path, time=["year", "month", "day", "hour"]) for path in files]
    bearing = {name: 22.5 * k for k, name in enumerate(BEARINGS)}
    together = {"time": np.concatenate([table["time"] for table in tables])}
    together["station"] = np.concatenate([table["station"] for table in tables])
    for theirs, ours in COLUMNS_OF_FILE.items():
        together[ours] = np.concatenate([table[theirs] for table in tables])
    together["wind_direction_deg"] = np.array([bearing.get(at, np.nan) for table in tables for at in table["wd"]])
    return pw.Frame(together, roles={"time": "time"}, units=UNITS)


def with_wind_and_bounds(hours: pw.Frame) -> pw.Frame:
    """The wind as a vector (where it goes), and what a censored PM10 leaves open: a value below detection lies between
    0 and the limit of detection, one above the range anywhere above."""
    angle, speed = np.deg2rad(hours["wind_direction_deg"]), hours["wind_speed_m_s"]
    hours = hours.with_column("wind_east_m_s", -speed * np.sin(angle), unit="m/s")
    hours = hours.with_column("wind_north_m_s", -speed * np.cos(angle), unit="m/s")
    pm10 = hours["PM10_ug_m3"]
    flag = hours["PM10_flag"] if "PM10_flag" in hours else np.full(len(pm10), "ok", dtype=object)
    known = ~np.isnan(pm10)
    hours = hours.with_column("lower", np.where(flag == "below_detection", 0.0, pm10))
    hours = hours.with_column("upper", pm10)
    return hours.with_column("saturated", np.where(known, flag == "saturated", np.nan).astype(float))


def daily_table(hours: pw.Frame) -> pw.Frame:
    """Days of all stations in order of time: weather, plan, month, station, and whether PM10 exceeded the limit; NaN
    where too few hours or censored ones leave it open."""
    hours = with_wind_and_bounds(hours)

    def daily(statistics: list[str], columns: list[str], complete_h: int = 1) -> pw.Frame:
        return pw.resample(hours, "1d", statistics, columns=columns, by="station", min_count=complete_h)

    table = daily(["mean", "min", "max"], WEATHER)
    dust = daily(["mean"], ["lower", "upper", "saturated"], COMPLETE_h)
    others = [daily(["sum"], ["rain_mm"]), *(daily(["mean"], [name]) for name in OF_THE_MINE if name in hours)]
    for other in others:
        name = other.columns[-1]
        table = table.with_column(name, other[name], unit=other.schema[name].unit)
    table = table.select([*(name for name in table.columns if name != "station"), "station"])
    table = table.with_column("exceeds", exceeds(dust), role="target")
    return table.with_calendar("time", ["month", "day_of_year"])


def exceeds(dust: pw.Frame) -> np.ndarray:
    """1 where even the lower bound of the day's mean reaches the limit, 0 where the upper one does not, else NaN."""
    upper = np.where(dust["saturated__mean_1d"] > 0, np.inf, dust["upper__mean_1d"])
    return np.select([dust["lower__mean_1d"] >= LIMIT_ug_m3, upper < LIMIT_ug_m3], [1.0, 0.0], np.nan)
