# SPDX-License-Identifier: MIT
"""Rules of single sensors: the schema's limits, and what they find."""

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from plantwright import InvalidArgument


def normal(n=500):
    return np.random.default_rng(0).normal([50.0, 5.0], [2.0, 0.1], size=(n, 2))


def table(rows):
    schema = pw.Schema(
        [pw.ColumnSpec("level", lowest=0.0, highest=100.0), pw.ColumnSpec("flow", unit="m3/s", lowest=0.0)]
    )
    return pw.Frame(pd.DataFrame(rows, columns=["level", "flow"])).with_schema(schema)


def test_the_schemas_limits_hold_where_none_are_given_also_when_cross_fitted():
    frame = table(normal())
    rules = pw.RangeRules(highest=[np.nan, 9.0]).fit(frame)
    np.testing.assert_array_equal(rules.lowest_, [0.0, 0.0])
    np.testing.assert_array_equal(rules.highest_, [100.0, 9.0])
    assert -rules.cross_fitted_scores(frame).max() > 0
    limits = pw.RangeRules(lowest=[0.0, 0.0], highest=[100.0, 9.0])
    np.testing.assert_array_equal(rules.cross_fitted_scores(frame), limits.cross_fitted_scores(normal()))


def test_each_row_says_which_rule_it_breaks():
    rules = pw.RangeRules(step_factor=1.5).fit(table(normal()))
    rows = normal(60)
    rows[5, 1] = -0.1
    rows[20:, 0] = rows[20, 0]
    broken = rules.rules(rows)
    assert broken[5] in ("range", "step")
    assert (broken[31:] == "standstill").all()
    assert set(broken[7:30]) == {""}
    assert (-rules.score_samples(rows) >= 1).tolist() == (broken != "").tolist()


def test_limits_travel_and_are_named_when_they_do_not_fit(tmp_path):
    rules = pw.RangeRules(lowest=[np.nan, 0.0], step_factor=np.inf).fit(normal())
    pw.save(rules, tmp_path / "rules.plw")
    other = pw.load(tmp_path / "rules.plw")
    np.testing.assert_array_equal(other.get_params()["lowest"], [np.nan, 0.0])
    np.testing.assert_array_equal(other.highest_, rules.highest_)
    with pytest.raises(InvalidArgument, match="lowest must have one number for each of 2 sensors, got 1"):
        pw.RangeRules(lowest=[0.0]).fit(normal())
    with pytest.raises(InvalidArgument, match="highest must be one number for each sensor"):
        pw.RangeRules(highest=[[1.0], [2.0]]).fit(normal())
    with pytest.raises(InvalidArgument, match="step_quantile must be in"):
        pw.RangeRules(step_quantile=0.0).fit(normal())
