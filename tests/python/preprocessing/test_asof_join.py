# SPDX-License-Identifier: MIT
"""The as-of join beside pandas'."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plantwright as pw
import pytest


def tables(rows=400, seed=0):
    random = np.random.default_rng(seed)
    start = np.datetime64("2024-01-01", "ns")

    def stamps(n):
        return start + np.sort(random.integers(0, 3000, n)) * np.timedelta64(1, "m")

    left = pd.DataFrame({"at": stamps(rows), "line": random.choice(["east", "west", "new"], rows)})
    left["x"] = random.normal(size=rows)
    right = pd.DataFrame({"at": stamps(rows // 2), "line": random.choice(["west", "east", "old"], rows // 2)})
    right["y"] = random.normal(size=len(right)).astype(np.float32)
    right["grade"] = random.choice(["A", "B"], len(right))
    right["x"] = np.arange(len(right)) * 1.0
    return left, right


@pytest.mark.parametrize("direction", ["backward", "forward", "nearest"])
@pytest.mark.parametrize("tolerance", [None, "10min"])
@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("by", [None, "line"])
def test_matches_are_pandas(direction, tolerance, exact, by):
    left, right = tables()
    if by is None:
        right = right.drop(columns="line")
    expected = pd.merge_asof(
        left,
        right,
        on="at",
        by=by,
        direction=direction,
        tolerance=None if tolerance is None else pd.Timedelta(tolerance),
        allow_exact_matches=exact,
        suffixes=("", "_right"),
    )
    found = pw.asof_join(
        left, right, on="at", by=by or (), direction=direction, tolerance=tolerance, allow_exact_matches=exact
    )
    assert found.columns == list(expected.columns)
    for name in ("x", "y", "x_right"):
        np.testing.assert_array_equal(found[name], expected[name].to_numpy())
    assert list(found["grade"]) == [None if pd.isna(g) else g for g in expected["grade"]]
    assert 20 < expected["y"].isna().sum() < 380 or tolerance is None
    np.testing.assert_array_equal(found["at"], left["at"].to_numpy())


def test_neither_table_need_be_sorted():
    left, right = tables()
    order, other = np.random.default_rng(1).permutation(len(left)), np.random.default_rng(2).permutation(len(right))
    right = right.drop_duplicates(["at", "line"])
    other = other[other < len(right)]
    sorted_one = pw.asof_join(left, right, by="line")
    shuffled = pw.asof_join(left.iloc[order], right.iloc[other], by="line")
    np.testing.assert_array_equal(shuffled["y"], sorted_one["y"][order])


def test_rows_without_a_stamp_or_a_group_match_nothing():
    at = np.array(["2024-01-01T00:00", "NaT", "2024-01-01T00:05"], "M8[ns]")
    left = pw.Frame({"at": at, "g": ["a", "a", None]})
    right = pw.Frame({"at": at, "g": ["a", "a", "a"], "y": [1.0, 2.0, 3.0]})
    np.testing.assert_array_equal(pw.asof_join(left, right, by="g")["y"], [1, np.nan, np.nan])
    np.testing.assert_array_equal(pw.asof_join(left, right.select(["at", "y"]))["y"], [1, np.nan, 3])


def test_several_groups_count_together():
    at = np.array(["2024-01-01"] * 4, "M8[ns]")
    left = pw.Frame({"at": at, "g": ["a", "a", "b", "b"], "h": ["u", "v", "u", "v"]})
    right = pw.Frame({"at": at[:3], "g": ["b", "a", "a"], "h": ["v", "v", "u"], "y": [4.0, 2.0, 1.0]})
    np.testing.assert_array_equal(pw.asof_join(left, right, by=["g", "h"])["y"], [1, 2, np.nan, 4])


def test_what_is_known_later_changes_nothing():
    left, right = tables()
    early = left["at"] < left["at"].iloc[200]
    changed = right.assign(y=right["y"].where(right["at"] < left["at"].iloc[200], 99))
    before, after = (pw.asof_join(left, table, by="line")["y"][early.to_numpy()] for table in (right, changed))
    np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"direction": "sideways"}, 'one of "backward", "forward", "nearest", got "sideways"'),
        ({"tolerance": 10}, "tolerance must be a duration"),
        ({"tolerance": "10 parsecs"}, "duration"),
        ({"on": "x"}, "on must be a column of kind time, got 'x' of kind number in the left table"),
        ({"by": "x"}, "by must be columns of kind category"),
        ({"suffix": ""}, "suffix must make it another name"),
    ],
)
def test_wrong_options_say_what_is_allowed(options, words):
    left, right = tables(20)
    with pytest.raises(pw.InvalidArgument, match=words):
        pw.asof_join(left, right.drop(columns="line"), **options)
    with pytest.raises(pw.SchemaMismatch):
        pw.asof_join(left, right, by="lines")
    with pytest.raises(pw.InvalidArgument, match="the right table must have a column of kind time"):
        pw.asof_join(left, pw.Frame({"y": [1.0]}))
