# SPDX-License-Identifier: MIT
"""Steps that remember rows, beside pandas and polars."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plantwright as pw
import pytest

STATISTICS = ["mean", "std", "var", "min", "max", "sum", "median", "q10", "q90", "skew"]
PANDAS = {
    "q10": lambda window: window.quantile(0.1),
    "q90": lambda window: window.quantile(0.9),
    "range": lambda window: window.max() - window.min(),
}


def noise(rows, seed=0, missing=0.1, offset=0.0):
    random = np.random.default_rng(seed)
    x = np.cumsum(random.normal(size=rows)) + offset
    x[random.random(rows) < missing] = np.nan
    return x


def by_pandas(window, statistic):
    return PANDAS.get(statistic, lambda w: getattr(w, statistic)())(window).to_numpy()


def exactly(x, window, statistic):
    """The formula itself, for what pandas' running sums lose."""
    out = np.full(len(x), np.nan)
    for i in range(len(x)):
        part = x[max(0, i - window + 1) : i + 1].astype(np.longdouble)
        part = part[~np.isnan(part)]
        if len(part) > 1:
            deviation = part - part.mean()
            variance = (deviation**2).sum() / (len(part) - 1)
            out[i] = np.sqrt(variance) if statistic == "std" else variance
    return out


@pytest.mark.parametrize("missing", [0.0, 0.1, 0.9])
@pytest.mark.parametrize("window", [1, 2, 3, 5, 10, 30, 60, 100, 255, 256, 257, 300, 1000])
def test_windows_of_rows_are_those_of_pandas(window, missing):
    x = noise(1500, window, missing)
    step = pw.RollingFeatures(windows=[window], statistics=STATISTICS)
    out = step.fit_transform(pw.Frame({"x": x}))
    rolling = pd.Series(x).rolling(window, min_periods=1)
    for statistic in STATISTICS:
        expected = by_pandas(rolling, statistic)
        found = out[f"x__rolling_{statistic}_{window}"]
        if statistic in ("std", "var", "skew"):  # pandas' sums leave residues where values are equal, or nearly
            ok = by_pandas(rolling, "std") > 1e-4
            assert (np.isnan(expected) == np.isnan(found))[ok].all()
            expected, found = expected[ok], found[ok]
        np.testing.assert_allclose(found, expected, rtol=1e-6 if statistic == "skew" else 1e-9, atol=1e-9)


@pytest.mark.parametrize("window", [5, 60, 300, 1000])
def test_windows_of_rows_are_those_of_polars(window):
    polars = pytest.importorskip("polars")
    x = noise(3000, missing=0.05)
    out = pw.RollingFeatures(windows=[window], statistics=["mean", "std", "min", "median", "q90"]).fit_transform(
        pw.Frame({"x": x})
    )
    series = polars.Series(x).fill_nan(None)
    peers = {
        "mean": series.rolling_mean(window, min_samples=1),
        "std": series.rolling_std(window, min_samples=2),
        "min": series.rolling_min(window, min_samples=1),
        "median": series.rolling_median(window, min_samples=1),
        "q90": series.rolling_quantile(0.9, "linear", window, min_samples=1),
    }
    for statistic, peer in peers.items():
        np.testing.assert_allclose(
            out[f"x__rolling_{statistic}_{window}"], peer.to_numpy().astype(float), rtol=1e-9, atol=1e-9
        )


def irregular(rows, seed=0):
    random = np.random.default_rng(seed)
    seconds = np.cumsum(random.choice([0, 1, 7, 60, 400, 4000], rows, p=[0.1, 0.2, 0.2, 0.3, 0.15, 0.05]))
    return np.datetime64("2024-01-01T00:00:00", "ns") + seconds.astype("timedelta64[s]")


@pytest.mark.parametrize("window", ["1s", "90s", "30min", "2h", "1d"])
def test_windows_of_time_are_those_of_pandas(window):
    x, time = noise(1500, 3), irregular(1500)
    statistics = [*STATISTICS, "range", "count"]
    out = pw.RollingFeatures(windows=[window], statistics=statistics).fit_transform(pw.Frame({"time": time, "x": x}))
    rolling = pd.Series(x, index=time).rolling(pd.Timedelta(window.replace("d", "D")), min_periods=1)
    enough = by_pandas(rolling, "std") > 1e-4
    for statistic in statistics:
        expected = (
            np.nan_to_num(by_pandas(rolling, statistic)) if statistic == "count" else by_pandas(rolling, statistic)
        )
        found = out[f"x__rolling_{statistic}_{window}"]
        rows = enough if statistic in ("std", "var", "skew") else slice(None)
        np.testing.assert_allclose(
            found[rows], expected[rows], rtol=1e-6 if statistic == "skew" else 1e-9, atol=1e-9, err_msg=statistic
        )


def test_the_slope_of_a_window_of_time_is_by_second():
    x, time = noise(300, 4), irregular(300)
    out = pw.RollingFeatures(windows=["30min"], statistics=["slope"]).fit_transform(pw.Frame({"time": time, "x": x}))
    seconds = (time - time[0]) / np.timedelta64(1, "s")
    for i in range(0, 300, 7):
        rows = np.flatnonzero((seconds > seconds[i] - 1800) & (np.arange(300) <= i) & ~np.isnan(x))
        if len(np.unique(seconds[rows])) > 1:
            expected = np.polyfit(seconds[rows] - seconds[i], x[rows], 1)[0]
            np.testing.assert_allclose(out["x__rolling_slope_30min"][i], expected, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("window", [5, 60, 300, 1000])
def test_an_offset_of_1e8_costs_no_digits(window):
    x = noise(2000, 5, offset=1e8)
    out = pw.RollingFeatures(windows=[window], statistics=["std", "var"]).fit_transform(pw.Frame({"x": x}))
    for statistic in ("std", "var"):
        np.testing.assert_allclose(
            out[f"x__rolling_{statistic}_{window}"], exactly(x, window, statistic), rtol=1e-12, atol=0
        )


def test_groups_are_series_of_their_own():
    random = np.random.default_rng(6)
    table = pd.DataFrame({"x": noise(600, 6), "line": random.choice(["east", "west"], 600)})
    out = pw.RollingFeatures(windows=[10], statistics=["mean", "q10"], by="line").fit_transform(pw.Frame(table))
    groups = table.groupby("line")["x"].rolling(10, min_periods=1)
    for statistic, expected in {"mean": groups.mean(), "q10": groups.quantile(0.1)}.items():
        np.testing.assert_allclose(
            out[f"x__rolling_{statistic}_10"], expected.droplevel(0).sort_index().to_numpy(), rtol=1e-12
        )


def test_threads_change_no_bit():
    X = np.stack([noise(5000, seed) for seed in range(5)], axis=1)
    step = pw.RollingFeatures(windows=[5, 60], statistics=STATISTICS)
    np.testing.assert_array_equal(step.fit_transform(X), step.set_params(n_jobs=4).fit_transform(X))


PRINT_HASH = """
import hashlib, numpy as np, plantwright as pw
random = np.random.default_rng(0)
X = random.normal(size=(5000, 3)).cumsum(axis=0)
X[:3000][random.random((3000, 3)) < 0.03] = np.nan
time = np.datetime64("2024-01-01", "ns") + np.cumsum(random.integers(10, 111, 5000)).astype("timedelta64[s]")
frame = pw.Frame({"time": time, "a": X[:, 0], "b": X[:, 1], "c": X[:, 2]})
statistics = ["mean", "std", "min", "max", "median", "q10", "skew", "sum", "count"]
out = pw.RollingFeatures(windows=[5, 60, 300, "20min"], statistics=statistics).fit_transform(frame)
print(hashlib.sha256(np.nan_to_num(out.to_numpy(out.columns[1:]), nan=-1.5).tobytes()).hexdigest())
"""


def test_every_instruction_set_level_gives_the_same_bits(run_python, runnable_levels):
    hashes = {run_python(PRINT_HASH, PLANTWRIGHT_ISA=level).stdout for level in runnable_levels}
    assert len(hashes) == 1


def test_lags_and_differences_are_those_of_pandas():
    x, time = noise(400, 7), irregular(400)
    frame, series = pw.Frame({"time": time, "x": x}), pd.Series(x)
    lags = pw.Lags(lags=[1, 7, "1h"]).fit_transform(frame)
    np.testing.assert_array_equal(lags["x__lag_7"], series.shift(7))
    left = pd.DataFrame({"time": time - np.timedelta64(1, "h")})
    as_of = pd.merge_asof(left, pd.DataFrame({"time": time, "x": x}), on="time")
    np.testing.assert_array_equal(lags["x__lag_1h"], as_of["x"])
    np.testing.assert_array_equal(pw.Differences(lags=[3]).fit_transform(frame)["x__diff_3"], series.diff(3))
    with np.errstate(divide="ignore", invalid="ignore"):
        hours = np.diff(time) / np.timedelta64(1, "h")
        rate = np.where(hours > 0, np.diff(x) / hours, np.nan)
    np.testing.assert_allclose(pw.Differences(rate="h").fit_transform(frame)["x__rate_per_h_1"][1:], rate, rtol=1e-14)


def test_expanding_statistics_are_those_of_pandas():
    x = noise(500, 8)
    statistics = ["mean", "std", "var", "min", "max", "sum", "count"]
    out = pw.Expanding(statistics=statistics).fit_transform(pw.Frame({"x": x}))
    for statistic in statistics:
        expected = getattr(pd.Series(x).expanding(), statistic)()
        np.testing.assert_allclose(out[f"x__expanding_{statistic}"], expected, rtol=1e-11, atol=1e-11)


def test_exponential_averages_are_those_of_pandas():
    x, time = noise(500, 9, missing=0.0), irregular(500)
    out = pw.ExponentialAverage(halflife=[5, "10min"]).fit_transform(pw.Frame({"time": time, "x": x}))
    series = pd.Series(x)
    np.testing.assert_allclose(out["x__ewma_5"], series.ewm(halflife=5).mean(), rtol=1e-11)
    by_time = series.ewm(halflife=pd.Timedelta("10min"), times=pd.Series(time)).mean()
    np.testing.assert_allclose(out["x__ewma_10min"], by_time, rtol=1e-11)
    gaps = noise(500, 9)
    out = pw.ExponentialAverage(halflife=[5]).fit_transform(pw.Frame({"x": gaps}))
    np.testing.assert_allclose(out["x__ewma_5"], pd.Series(gaps).ewm(halflife=5).mean(), rtol=1e-11)


def test_names_units_and_roles():
    frame = pw.Frame({"time": irregular(5), "flow": np.arange(5.0)}, units={"flow": "t/h"})
    step = pw.RollingFeatures(windows=[5, "30min"], statistics=["mean", "var", "slope"]).fit(frame)
    assert list(step.get_feature_names_out())[2:] == [
        "flow__rolling_mean_5",
        "flow__rolling_var_5",
        "flow__rolling_slope_5",
        "flow__rolling_mean_30min",
        "flow__rolling_var_30min",
        "flow__rolling_slope_30min",
    ]


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (pw.RollingFeatures(windows=["half an hour"]), "windows must be rows"),
        (pw.RollingFeatures(windows=[0]), "windows must be rows"),
        (pw.RollingFeatures(windows=5), "windows must be a list"),
        (pw.RollingFeatures(statistics=["mode"]), "statistics must be of mean"),
        (pw.RollingFeatures(windows=["1h"]), "durations need a column of kind time"),
        (pw.Lags(lags=[-1]), "lags must be rows"),
        (pw.Differences(rate="year"), "rate must be a unit of time"),
        (pw.Expanding(statistics=["median"]), "statistics must be one of"),
        (pw.ExponentialAverage(halflife=[]), "halflife must be at least one"),
    ],
)
def test_errors_say_what_is_allowed(step, message):
    with pytest.raises(pw.InvalidArgument, match=message):
        step.fit(np.ones((3, 1)))
