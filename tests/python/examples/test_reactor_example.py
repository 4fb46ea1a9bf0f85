# SPDX-License-Identifier: MIT
"""The reactor example: it runs, its parts do what they say, and its claims are held against the simulator's truth."""

import importlib
import os
import sys

import numpy as np
import plantwright as pw
import pytest


@pytest.fixture(scope="module")
def folder(repository):
    return repository / "docs" / "examples" / "reactor"


@pytest.fixture(scope="module")
def run(folder):
    sys.path.insert(0, str(folder))  # as when the script is started
    yield importlib.import_module("run")
    sys.path.remove(str(folder))
    for name in ("run", "pictures"):
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def small(run, tmp_path_factory):
    """A run of some seconds, and where it wrote."""
    folder = tmp_path_factory.mktemp("reactor")
    return run.main(
        ["--hours", "4000", "--trees", "30", "--seed", "1", "--n-jobs", "1", "--output", str(folder)]
    ), folder


def test_the_forest_beats_the_mean_and_the_noise_beats_the_forest(small):
    scores = {name: score["RMSE"] for name, score in small[0]["scores"].items()}
    assert scores["forest"] < 0.4 * scores["mean"]
    assert scores["(the laboratory's noise)"] < scores["forest"]


def test_no_campaign_stands_on_both_sides_and_the_later_ones_test(run, small):
    history = small[0]["history"]
    train, test = run.split_by_campaign(history)
    assert history["campaign"][train].max() < history["campaign"][test].min()
    assert len(train) + len(test) == len(history)


def test_the_worst_condition_is_named_far_more_often_than_by_a_guess(small):
    rates = small[0]["rates"]
    assert len(small[0]["periods"]) >= 8
    assert rates["forest, compare"]["top-1"] > 0.6 > 3 * rates["a guess"]["top-1"]
    assert rates["forest, compare"]["top-2"] >= rates["forest, compare"]["top-1"]


def test_contributions_add_up_and_follow_the_truth(small):
    said, true = [], []
    for period in small[0]["periods"]:
        comparison = period.comparison
        assert comparison.now == pytest.approx(comparison.then + comparison.contributions.sum(), abs=1e-5)
        assert comparison.now < comparison.then
        said += [condition.contribution for condition in period.causes()]
        true += [period.truth[condition.name] for condition in period.causes()]
    assert np.corrcoef(said, true)[0, 1] > 0.8


def test_pictures_and_a_table_of_all_periods_are_written(small):
    found, folder = small
    names = {path.name for path in folder.iterdir()}
    assert names == {"low_yield_periods.csv", "reactor_profile.png", "reactor_prediction.png", "reactor_why.png",
                     "reactor_contributions.png"}  # fmt: skip
    assert all((folder / name).stat().st_size > 10_000 for name in names if name.endswith(".png"))
    table = pw.read_csv(folder / "low_yield_periods.csv", time="start")
    assert len(table) == len(found["periods"])
    assert np.mean(table["said"] == table["true"]) == pytest.approx(found["rates"]["forest, compare"]["top-1"])


def test_every_period_lies_below_target_in_one_campaign(run, small):
    history = small[0]["history"]
    low = history["yield_C"] < history["yield_target"]
    for period in small[0]["periods"]:
        assert len(period.rows) >= run.SHORTEST_h and low[period.rows[[0, -1]]].all()
        assert not (~low[period.rows][:-1] & ~low[period.rows][1:]).any()  # never two hours above
        assert len(np.unique(history["campaign"][period.rows])) == 1


@pytest.mark.parametrize(
    ("low", "expected"),
    [
        ("0011110000", [(2, 5)]),
        ("0111011000", [(1, 6)]),  # one hour above does not end it
        ("0111001110", []),  # two do, and three hours are too short
        ("1111000000", [(0, 3)]),
        ("0000001111", [(6, 9)]),
        ("0000000000", []),
        ("1111111111", [(0, 4), (5, 9)]),  # the campaign changes at the sixth hour
    ],
)
def test_periods_are_found_as_promised(run, low, expected):
    below = np.array([digit == "1" for digit in low])
    table = {
        "yield_C": np.where(below, 0.7, 0.9),
        "yield_target": np.full(10, 0.8),
        "campaign": np.repeat([0.0, 1.0], 5) if below.all() else np.zeros(10),
        "mode": ["standard"] * 10,
    }
    found = run.low_periods(pw.Frame(table), np.arange(10))
    assert [(period.rows[0], period.rows[-1]) for period in found] == expected


def test_the_true_effect_of_an_upset_is_that_of_its_condition(run):
    """In hours that are normal but for one upset, setting its condition back restores the yield, another's does not."""
    reactor = pw.simulate.Reactor(modes={"standard": {}}, tolerance=1e-5)
    history = reactor.steady_states(1_500, seed=3, wander=0, noise=0)
    normal = np.flatnonzero(history["upset"] == "none")
    for condition in ("feed_B_mol_min", "pressure_atm"):
        period = np.flatnonzero(history["upset"] == condition)
        effects = run.true_effects(reactor, history, period, normal)
        fall = history["yield_C"][period].mean() - history["yield_C"][normal].mean()
        assert effects.pop(condition) == pytest.approx(fall, abs=1e-9)
        assert max(map(abs, effects.values())) < 1e-9


def test_hit_rates_count_what_they_say(run):
    periods = [run.Period(np.arange(4), "standard", truth={"a": -2.0, "b": -1.0, "c": 1.0}) for _ in range(4)]
    orders = {"x": [["a", "b", "c"], ["b", "a", "c"], ["c", "b", "a"], ["a", "c", "b"]]}
    assert run.hit_rates(periods, orders) == {"x": {"top-1": 0.5, "top-2": 0.75}}


def test_the_forest_beats_mean_ridge_and_least_squares_on_the_real_table(run, data_dir, capsys):
    path = data_dir / "chem_yield" / "chem_proc_yield.csv"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    found = run.main(["--data", str(path), "--trees", "60", "--n-jobs", "1"])
    for scores in found["scores"].values():
        assert scores["forest"]["RMSE"] < min(scores[name]["RMSE"] for name in ("mean", "linear", "ridge"))
    assert found["scores"]["10 shuffled folds"]["forest"]["R2"] > 0.5
    assert found["comparison"].now < found["comparison"].then
    assert "the worst tenth, 18 rows" in capsys.readouterr().out


def test_the_notebook_runs(folder, monkeypatch):
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    paths = [path for path in (os.environ.get("PYTHONPATH"),) if path]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(os.path.abspath(path) for path in paths))  # it starts elsewhere
    notebook = nbformat.read(folder / "reactor.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "commit it without outputs"
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in shown) == 4
    assert any("because" in output.get("text", "") for output in shown)
