# SPDX-License-Identifier: MIT
"""The leak check names what makes a score too good, and says nothing of an honest split."""

import warnings

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from plantwright import InvalidArgument, SchemaMismatch
from plantwright.evaluate import LeakWarning, cross_validate, leak_check, suspect_columns
from sklearn.linear_model import LinearRegression


def plant(n=600, seed=0):
    rng = np.random.default_rng(seed)
    load = np.convolve(rng.normal(size=n + 20), np.ones(21) / 4, "valid")
    return pd.DataFrame(
        {
            "at": pd.date_range("2024-01-01", periods=n, freq="h"),
            "batch": np.repeat([f"B{i}" for i in range(n // 20)], 20),
            "plan": load + rng.normal(size=n) * 2,
            "carbon": np.round(load * 3, 1),
            "energy": load,
        }
    )


def test_an_honest_split_of_honest_columns_is_quiet():
    table = plant().drop(columns="carbon")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = leak_check(table[:480], table[480:], target="energy", time="at", group="batch")
    assert not report and str(report).startswith("No leak was found.")


def test_warns_of_each_leak_by_name():
    table = plant()
    rows = np.random.default_rng(1).permutation(600)
    train, test = table.iloc[rows[:450]], table.iloc[np.r_[rows[450:], rows[:3]]]
    with pytest.warns(LeakWarning) as caught:
        report = leak_check(train, test, target="energy", time="at", group="batch")
    assert [f.kind for f in report.findings][:4] == ["same_time", "time_order", "same_group", "identical_rows"]
    assert report.of_kind("same_time")[0].rows == report.of_kind("identical_rows")[0].rows == 3
    assert "3 of them with the same target" in report.of_kind("identical_rows")[0].message
    assert report.suspect_columns == ["carbon"]
    assert len(caught) == len(report.findings) and any("`carbon` nearly equals" in str(w.message) for w in caught)


def test_roles_of_a_frame_name_the_columns():
    frame = pw.Frame(plant(), roles={"energy": "target", "at": "time", "batch": "group"})
    report = leak_check(frame[:480], frame[400:], warn=False)
    assert {f.kind for f in report.findings} >= {"same_time", "same_group", "near_target"}


def test_cross_validation_warns_once_a_kind():
    frame = pw.Frame(plant(), roles={"energy": "target", "at": "time", "batch": "group"})

    class Plan(LinearRegression):
        def fit(self, X, y):
            return super().fit(X.to_numpy(["plan"]), y)

        def predict(self, X):
            return super().predict(X.to_numpy(["plan"]))

    with pytest.warns(LeakWarning) as caught:
        report = cross_validate(Plan(), frame, splitter=pw.KFold(3))
    texts = [str(w.message) for w in caught]
    assert len([t for t in texts if "earlier than the latest training row" in t]) == 1
    assert len([t for t in texts if "`carbon`" in t]) == 1
    assert report.time_range == ("2024-01-01 01:00", "2024-01-25 23:00")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cross_validate(Plan(), frame, splitter=pw.KFold(3), check_leaks=False)


def test_cross_validation_by_group_is_quiet_where_groups_do_not_meet():
    table = plant()
    X = table[["plan"]].to_numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cross_validate(LinearRegression(), X, table["energy"], pw.GroupSplit(3), groups=table["batch"])
    with pytest.warns(LeakWarning, match="belong to a group"):
        cross_validate(LinearRegression(), X, table["energy"], pw.KFold(7), groups=table["batch"])


@pytest.mark.parametrize(
    ("file", "options", "target", "suspects"),
    [
        (
            "steel_energy/Steel_industry_data.csv",
            {"time": "date"},
            "Usage_kWh",
            ["Lagging_Current_Reactive_Power_kVarh", "Leading_Current_Reactive_Power_kVarh", "CO2(tCO2)"],
        ),
        ("gas_turbine/gt_full.csv", {}, "TEY", ["AFDP", "GTEP", "TIT", "CDP"]),
        ("chem_yield/chem_proc_yield.csv", {}, "yield", []),
        (
            "reactor_seed/reactor_performance_data.csv",
            {},
            "Yc",
            ["Fbo", "Fa_out", "Fb_out", "Fc_out", "Fd_out", "Xa"],
        ),
    ],
)
def test_suspects_in_real_tables(data_dir, file, options, target, suspects):
    data = pd.read_csv(data_dir / file, encoding="utf-8-sig")
    data = data.drop(columns=list(options.values()))  # file order is time order
    assert suspect_columns(data, target=target).suspect_columns == suspects


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda t: leak_check(t, t, target="nope"), SchemaMismatch, "nope"),
        (lambda t: leak_check(t, t[:0], target="energy"), InvalidArgument, "at least one row, got 600 and 0"),
        (lambda t: leak_check(t, t, time="plan"), InvalidArgument, "must be a time column"),
        (lambda t: cross_validate(LinearRegression(), t), InvalidArgument, "y must be given"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call(plant())
