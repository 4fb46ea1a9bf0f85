# SPDX-License-Identifier: MIT
"""Calendar columns against Python's datetime and zoneinfo."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import plantwright as pw
import pytest

FUNCTIONS = ["hour", "minute_of_day", "weekday", "day_of_year", "month", "year"]
ZONES = [
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Asia/Seoul",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Pacific/Chatham",
]
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def calendar_of(seconds, zone):
    times = np.array(seconds, dtype=np.int64).astype("datetime64[s]")
    frame = pw.Frame({"at": times})
    schema = pw.Schema([pw.ColumnSpec("at", "time", "time", time_zone=zone)])
    return frame.with_schema(schema).with_calendar("at", FUNCTIONS).to_numpy([f"at_{f}" for f in FUNCTIONS])


def expected_of(seconds, zone):
    rows = []
    for second in seconds:
        local = (EPOCH + dt.timedelta(seconds=int(second))).astimezone(zone)
        day = local.timetuple().tm_yday
        rows.append([local.hour, 60 * local.hour + local.minute, local.weekday(), day, local.month, local.year])
    return np.array(rows, dtype=float)


@pytest.mark.parametrize("name", ZONES)
def test_calendar_columns_agree_with_zoneinfo_from_1700_to_2250(name):
    rng = np.random.default_rng(7)
    seconds = rng.integers(-8_500_000_000, 8_800_000_000, 3000)
    recent = rng.integers(0, 3_000_000_000, 3000)
    both = np.concatenate([seconds, recent])
    np.testing.assert_array_equal(calendar_of(both, name), expected_of(both, ZoneInfo(name)))


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
def test_every_half_hour_of_some_years_agrees_across_the_changes_of_the_clock(name):
    for year in (1968, 2018, 2024, 2031, 2040, 2100):
        start = int((dt.datetime(year, 1, 1, tzinfo=dt.UTC) - EPOCH).total_seconds())
        seconds = start + np.arange(0, 366 * 86400, 1800)
        ours = calendar_of(seconds, name)[:, 1]
        changes = np.flatnonzero(np.diff(ours) % 1440 != 30)
        picked = np.unique(np.concatenate([changes + k for k in range(-3, 5)] + [np.arange(0, len(seconds), 97)]))
        picked = picked[(picked >= 0) & (picked < len(seconds))]
        np.testing.assert_array_equal(calendar_of(seconds, name)[picked], expected_of(seconds[picked], ZoneInfo(name)))


@pytest.mark.parametrize(("name", "hours"), [("+08:00", 8), ("-03:30", -3.5), ("", 0)])
def test_fixed_offsets_and_the_plants_own_clock_agree_with_datetime(name, hours):
    seconds = np.random.default_rng(3).integers(-8_500_000_000, 8_800_000_000, 2000)
    zone = dt.timezone(dt.timedelta(hours=hours))
    np.testing.assert_array_equal(calendar_of(seconds, name), expected_of(seconds, zone))


def test_leap_days_and_century_years_fall_where_they_should():
    days = ["1900-02-28", "1900-03-01", "2000-02-29", "2000-12-31", "2100-03-01", "2023-12-31"]
    frame = pw.Frame({"at": np.array(days, dtype="M8[D]")}).with_calendar("at", ["day_of_year", "weekday"])
    assert frame["at_day_of_year"].tolist() == [59, 60, 60, 366, 60, 365]
    assert frame["at_weekday"].tolist() == [dt.date.fromisoformat(day).weekday() for day in days]


def test_a_moment_before_1970_belongs_to_the_second_that_it_is_in():
    frame = pw.Frame({"at": np.array([-1, -(10**9), 10**9 - 1], dtype="M8[ns]")})
    assert frame.with_calendar("at", ["minute_of_day"])["at_minute_of_day"].tolist() == [1439, 1439, 0]


def test_an_unknown_zone_or_function_is_refused_by_name():
    frame = pw.Frame({"at": np.array([0], "M8[s]"), "x": [1.0]})
    zoned = frame[["at"]].with_schema(pw.Schema([pw.ColumnSpec("at", "time", time_zone="Mars/Olympus")]))
    with pytest.raises(pw.InvalidArgument, match="'Mars/Olympus'"):
        zoned.with_calendar("at")
    with pytest.raises(pw.InvalidArgument, match="'fortnight'"):
        frame.with_calendar("at", ["fortnight"])
    with pytest.raises(pw.InvalidArgument, match="'x' must be a time"):
        frame.with_calendar("x")
