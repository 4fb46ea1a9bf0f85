# SPDX-License-Identifier: MIT
"""Calendar features beside pandas'."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import plantwright as pw
import pytest

ALL = ["hour", "minute_of_day", "weekday", "day_of_year", "month", "year", "is_weekend"]


@pytest.fixture(scope="module")
def stamps():
    random = np.random.default_rng(1)
    stamps = pd.Series(pd.to_datetime(random.integers(-3 * 10**18, 3 * 10**18, 500)))
    stamps[::50] = pd.NaT
    return stamps


def expected_of(t):
    return {
        "hour": t.dt.hour,
        "minute_of_day": t.dt.hour * 60 + t.dt.minute,
        "weekday": t.dt.day_of_week,
        "day_of_year": t.dt.day_of_year,
        "month": t.dt.month,
        "year": t.dt.year,
        "is_weekend": (t.dt.day_of_week >= 5).where(t.notna()),
    }


@pytest.mark.parametrize("zone", [None, "Europe/Berlin", "Asia/Ulaanbaatar"])
def test_the_calendar_is_pandas(stamps, zone):
    t = stamps if zone is None else stamps.dt.tz_localize("UTC").dt.tz_convert(zone)
    out = pw.TimeFeatures("t", features=ALL).fit_transform(pw.Frame(pd.DataFrame({"t": t})))
    for name, values in expected_of(t).items():
        np.testing.assert_array_equal(out[f"t__{name}"], values.to_numpy(float), err_msg=name)


def test_what_comes_round_is_a_point_on_a_circle(stamps):
    step = pw.TimeFeatures("t", features=[*ALL, "elapsed"], cyclical=True).fit(pw.Frame({"t": stamps.to_numpy()}))
    out = step.transform(pw.Frame({"t": stamps.to_numpy()}))
    expected = expected_of(stamps)
    days = stamps.dt.is_leap_year + 365
    for name, period, first in (
        ("hour", 24, 0),
        ("minute_of_day", 1440, 0),
        ("weekday", 7, 0),
        ("month", 12, 1),
        ("day_of_year", days, 1),
    ):
        angle = 2 * np.pi * (expected[name] - first) / period
        np.testing.assert_allclose(out[f"t__{name}_sin"], np.sin(angle), rtol=1e-14, atol=1e-14)
        np.testing.assert_allclose(out[f"t__{name}_cos"], np.cos(angle), rtol=1e-14, atol=1e-14)
        assert f"t__{name}" not in out
    assert {"t__year", "t__is_weekend", "t__elapsed_h"} <= set(out.columns)


def test_holidays_and_shifts_follow_the_local_clock():
    utc = pd.to_datetime(["2019-12-24T23:30", "2019-12-25T13:00", "2019-12-25T23:30", None], utc=True)
    frame = pw.Frame(pd.DataFrame({"t": pd.Series(utc).dt.tz_convert("Europe/Berlin")}))
    step = pw.TimeFeatures(
        "t",
        features=["is_holiday", "shift"],
        holidays=[datetime.date(2019, 12, 25)],
        shifts={"early": "06:00-14:00", "late": "14:00-22:00", "night": "22:00-06:00"},
    ).fit(frame)
    out = step.transform(frame)
    np.testing.assert_array_equal(out["t__is_holiday"], [1, 1, 0, np.nan])
    assert list(out["t__shift"]) == ["night", "late", "night", None]
    stream = step.stream()
    rows = [stream.update({"t": t})["t__shift"] for t in utc.tz_localize(None).to_numpy()]
    assert rows == ["night", "late", "night", None]


def test_time_elapses_from_the_first_stamp_of_each_group():
    t = np.array(["2019-01-01T00", "2019-01-01T06", "2019-01-01T12", "NaT", "2019-01-02T00"], "M8[ns]")
    frame = pw.Frame({"t": t, "batch": ["a", "b", "a", "b", None]})
    out = pw.TimeFeatures(features=["elapsed"]).fit_transform(frame)
    np.testing.assert_array_equal(out["t__elapsed_h"], [0, 6, 12, np.nan, 24])
    assert out.schema["t__elapsed_h"].unit == "h"
    out = pw.TimeFeatures(features=["elapsed"], by="batch").fit_transform(frame)
    np.testing.assert_array_equal(out["t__elapsed_h"], [0, 0, 12, np.nan, np.nan])


def test_a_step_survives_its_file_and_streams_the_same(stamps, tmp_path):
    frame = pw.Frame({"t": stamps.to_numpy()})
    step = pw.TimeFeatures(
        features=[*ALL, "is_holiday", "shift", "elapsed"], holidays=["2000-01-01"], shifts={"day": "06:00-18:00"}
    ).fit(frame)
    pw.save(step, tmp_path / "step.plw")
    stream, out = pw.load(tmp_path / "step.plw").stream(), step.transform(frame)
    for i, stamp in enumerate(frame["t"]):
        row = stream.update({"t": stamp})
        for name in out.columns:
            value = out[name][i]
            assert (
                row[name] == value
                or (row[name] is None and (value is None or np.isnat(value)))
                or (row[name] != row[name] and value != value)
            ), name


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"features": ["fortnight"]}, 'one of "hour", "minute_of_day"'),
        ({"features": []}, "at least one"),
        ({"features": ["shift"]}, "needs shifts"),
        ({"features": ["is_holiday"]}, "needs holidays"),
        ({"holidays": ["25.12.2019"]}, 'dates as "2019-12-25", got "25.12.2019"'),
        ({"holidays": ["2019-02-30"]}, "dates as"),
        ({"shifts": {"early": "6-14"}}, 'spans as "06:00-14:00", got "6-14" for \'early\''),
        ({"columns": "x"}, "must be of kind time, got 'x' of kind number"),
        ({"by": "x"}, "by must name a column of kind category"),
    ],
)
def test_wrong_options_say_what_is_allowed(options, words):
    with pytest.raises(pw.InvalidArgument, match=words):
        pw.TimeFeatures(**options).fit(pw.Frame({"t": np.array(["2019-01-01"], "M8[ns]"), "x": [1.0]}))
