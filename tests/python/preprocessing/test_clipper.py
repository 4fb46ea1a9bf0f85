# SPDX-License-Identifier: MIT
"""Limits, beside NumPy's and SciPy's."""

from __future__ import annotations

import numpy as np
import plantwright as pw
import pytest
from scipy import stats


@pytest.fixture(scope="module")
def flow():
    flow = np.random.default_rng(1).standard_cauchy(2001)
    flow[::50] = np.nan
    return flow


def test_quantiles_bound_as_numpy_has_them(flow):
    found = pw.Clipper(quantiles=(0.05, 0.9)).fit_transform(flow[:, None]).ravel()
    np.testing.assert_array_equal(found, np.clip(flow, *np.nanquantile(flow, [0.05, 0.9])))


def test_interquartile_ranges_and_median_deviations_bound(flow):
    low, high = np.nanquantile(flow, [0.25, 0.75])
    step = pw.Clipper("iqr", factor=(1, 2)).fit(flow[:, None])
    np.testing.assert_allclose([step.lower_[0], step.upper_[0]], [low - (high - low), high + 2 * (high - low)])
    median, deviation = np.nanmedian(flow), stats.median_abs_deviation(flow, scale="normal", nan_policy="omit")
    step = pw.Clipper("mad").fit(flow[:, None])
    np.testing.assert_allclose([step.lower_[0], step.upper_[0]], [median - 3 * deviation, median + 3 * deviation])


def test_given_limits_go_first():
    frame = pw.Frame({"x": [-5.0, 1.0, 9.0, None], "y": [-5.0, 1.0, 9.0, None]})
    found = pw.Clipper("fixed", limits={"x": [0, None]}).fit_transform(frame)
    np.testing.assert_array_equal(found["x"], [0, 1, 9, np.nan])
    np.testing.assert_array_equal(found["y"], frame["y"])
    found = pw.Clipper(quantiles=(0, 1), limits={"x": (0, 2)}).fit(frame)
    np.testing.assert_array_equal([found.lower_, found.upper_], [[0, -5], [2, 9]])
    assert pw.Winsorizer is pw.Clipper


def test_a_column_without_spread_or_values_is_not_bounded():
    X = np.column_stack([np.full(9, 3.0), np.full(9, np.nan)])
    for method in ("iqr", "mad"):
        step = pw.Clipper(method).fit(X)
        np.testing.assert_array_equal(step.transform([[7.0, 8.0]]), [[7, 8]])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"quantiles": (0.9, 0.1)}, "quantiles must rise"),
        ({"method": "iqr", "factor": -1}, "factor must be at least 0"),
        ({"method": "fixed"}, "needs limits"),
        ({"limits": {"x0": (3, 1)}}, "must not fall"),
        ({"limits": {"x0": 3}}, "two numbers"),
        ({"limits": {"flow": (0, 1)}}, "must name columns that are clipped"),
    ],
)
def test_wrong_options_say_what_is_allowed(options, words):
    with pytest.raises(pw.InvalidArgument, match=words):
        pw.Clipper(**options).fit(np.array([[1.0], [2.0]]))
