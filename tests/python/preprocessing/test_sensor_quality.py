# SPDX-License-Identifier: MIT
"""Faults that are labelled, told by the past alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plantwright as pw
import pytest

FAULTS = {
    "out_of_range": lambda x: x + 300,
    "spike": lambda x: x + 8,
    "stuck_at": lambda x: np.full_like(x, x[0]),
}


def plant(rows=4000, seed=0):
    random = np.random.default_rng(seed)
    drift = np.zeros(rows)
    for i in range(1, rows):
        drift[i] = 0.98 * drift[i - 1] + 0.2 * random.normal()
    time = np.datetime64("2024-01-01", "ns") + np.arange(rows) * np.timedelta64(1, "m")
    return pd.DataFrame({"time": time, "steam_t": 500 + drift + 0.1 * random.normal(size=rows)})


@pytest.mark.parametrize("check", FAULTS)
def test_labelled_faults_are_found_and_clean_rows_are_not(check):
    step = pw.SensorQuality().fit(plant(seed=0))
    later = plant(seed=1)
    label = np.zeros(len(later), dtype=bool)
    for begin in range(500, 3500, 500):
        rows = slice(begin, begin + (60 if check == "stuck_at" else 1))
        later.loc[later.index[rows], "steam_t"] = FAULTS[check](later["steam_t"].to_numpy()[rows])
        label[rows] = True
    found = step.transform(pw.Frame(later))[f"steam_t__quality_{check}"] == 1
    assert found[label].mean() > (0.45 if check == "stuck_at" else 0.99)  # a run must last before it tells
    assert found[~label].mean() < 0.001


def test_limits_are_factors_of_quantiles_about_the_median():
    x = np.random.default_rng(0).lognormal(size=1001)
    step = pw.SensorQuality(quantile=0.95, factor=2).fit(pw.Frame({"x": x}))
    low, median, high = np.quantile(x, [0.05, 0.5, 0.95])
    np.testing.assert_allclose(step.low_, median - 2 * (median - low))
    np.testing.assert_allclose(step.high_, median + 2 * (high - median))
    rates = np.abs(np.diff(x[(x >= step.low_) & (x <= step.high_)]))
    assert 0.5 < step.max_rate_[0] / (2 * np.quantile(rates, 0.95)) < 1.5
    assert np.isnan(step.max_time_step_[0])


def test_the_departure_from_the_median_is_pandas_rolling_one():
    x = pd.Series(np.random.default_rng(0).normal(size=500))
    limit = 2.0
    step = pw.SensorQuality(["spike"], max_spike={"x": limit}, limits={"x": (None, None)}, spike_window=7)
    found = step.fit_transform(pw.Frame({"x": x.to_numpy()}))["x__quality_spike"]
    departure = (x - x.shift().rolling(7, min_periods=4).median()).abs()
    np.testing.assert_array_equal(found, (departure > limit).to_numpy())


def test_a_stream_holds_the_last_good_reading_and_tells_of_late_rows():
    step = pw.SensorQuality(["out_of_range", "late"], mode="hold", flags="any", limits={"steam_t": (400, 600)})
    stream = step.fit(plant()).stream()
    at = np.datetime64("2025-01-01T00:00", "ns")
    rows = [
        stream.update({"time": at + np.timedelta64(m, "m"), "steam_t": x}) for m, x in ((0, 500.0), (1, -1), (0, 501))
    ]
    assert [row["steam_t"] for row in rows] == [500, 500, 501]
    assert [row["steam_t__quality_bad"] for row in rows] == [0, 1, 0]
    assert [row["time__quality_bad"] for row in rows] == [0, 0, 1]


def test_wrong_options_say_what_is_allowed():
    with pytest.raises(pw.InvalidArgument, match='one of "flag", "blank", "hold", got "drop"'):
        pw.SensorQuality(mode="drop").fit(plant())
    with pytest.raises(pw.InvalidArgument, match="limits names 'pressure', which is no column that is tested"):
        pw.SensorQuality(limits={"pressure": (0, 1)}).fit(plant())


def test_the_range_that_the_schema_tells_counts_unless_limits_are_given():
    flow = np.r_[np.linspace(1.0, 2.0, 30), 9.0]
    frame = pw.Frame({"flow": flow})
    told = frame.with_column("flow", flow, lowest=0.0, highest=5.0)
    step = pw.SensorQuality(["out_of_range"]).fit(told)
    assert step.transform(told)["flow__quality_out_of_range"].tolist() == [0.0] * 30 + [1.0]
    given = pw.SensorQuality(["out_of_range"], limits={"flow": (0, 10)}).fit(told)
    assert not given.transform(told)["flow__quality_out_of_range"].any()
