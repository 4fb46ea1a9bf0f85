# SPDX-License-Identifier: MIT
"""Reports: the right baselines, the same rows for all, and every form they are shown in."""

import copy
import json
import pickle
from datetime import date

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from plantwright import InvalidArgument
from plantwright.evaluate import Report, cross_validate, metrics, report
from sklearn.linear_model import LinearRegression, LogisticRegression


def hourly(n, start="2024-01-01"):
    return np.datetime64(start, "ns") + np.arange(n) * np.timedelta64(1, "h")


def test_baselines_of_a_regression_are_what_they_say():
    n, n_train = 600, 400
    y, t = np.random.default_rng(1).normal(size=n), hourly(n)
    pred = y + 0.1
    r = report(y[n_train:], pred[n_train:], y_train=y[:n_train], times=t[n_train:], times_train=t[:n_train])
    assert r.predictors == ["model", "mean", "persistence", "last_week"]
    expected = {"model": pred[n_train:], "mean": np.full(200, y[:n_train].mean()), "persistence": y[n_train - 1 : -1]}
    expected["last_week"] = y[n_train - 168 : -168]
    for name, values in expected.items():
        assert r.metrics["RMSE"][name] == pytest.approx(metrics.root_mean_squared_error(y[n_train:], values))
        assert r.metrics["R2"][name] == pytest.approx(metrics.r2_score(y[n_train:], values))
    assert r.n_rows == 200 and r.n_train == 400 and r.n_dropped == 0
    assert r.time_range == ("2024-01-17 16:00", "2024-01-25 23:00")


def test_rows_without_a_baseline_are_left_out_for_the_model_too():
    y, t = np.arange(300.0), hourly(300)
    pred = y + 1
    pred[0] += 100  # in a row that last week does not reach
    r = report(y, pred, times=t, baselines=["last_week"])
    assert r.n_rows == 132 and r.n_dropped == 168
    assert r.metrics["RMSE"]["model"] == pytest.approx(1) and r.metrics["RMSE"]["last_week"] == pytest.approx(168)
    assert "168 rows without a value" in str(r)


def test_a_baseline_with_few_values_is_left_out_and_noted():
    r = report(np.arange(200.0), np.arange(200.0), times=hourly(200))
    assert "last_week" not in r.predictors and any("last_week left out" in note for note in r.notes)


def test_persistence_steps_over_time_stamps_in_any_row_order():
    t = hourly(6)[[3, 0, 5, 1, 4, 2]]
    y = np.array([3.0, 0.0, 5.0, 1.0, 4.0, 2.0])
    r = report(y, y, times=t, baselines=["persistence"], horizon=2)
    assert r.metrics["MAE"]["persistence"] == 2 and r.n_dropped == 2


def test_baselines_of_a_classification_are_what_they_say():
    rng = np.random.default_rng(2)
    y_train, y = rng.random(300) < 0.3, rng.random(100) < 0.3
    p = np.clip(y * 0.5 + rng.random(100) * 0.5, 0, 1)
    r = report(y, p > 0.5, y_proba=p, y_train=y_train, baselines=["majority", "prior", "always_positive"])
    assert r.n_rows == 100
    assert r.metrics["accuracy"]["majority"] == pytest.approx(metrics.accuracy_score(y, np.zeros(100, bool)))
    assert r.metrics["F1"]["always_positive"] == pytest.approx(metrics.f1_score(y, np.ones(100, bool)))
    assert r.metrics["log loss"]["prior"] == pytest.approx(metrics.log_loss(y, np.full(100, y_train.mean())))
    assert r.metrics["ROC AUC"]["prior"] == 0.5
    assert r.metrics["average precision"]["prior"] == pytest.approx(y.mean())
    assert np.isnan(r.metrics["log loss"]["majority"]) and np.isnan(r.metrics["accuracy"]["prior"])
    np.testing.assert_array_equal(r.confusion, metrics.confusion_matrix(y, p > 0.5))


def test_persistence_of_classes_gives_transition_frequencies_as_probabilities():
    rng = np.random.default_rng(2)
    y_train, y = rng.random(300) < 0.3, rng.random(100) < 0.3
    r = report(y, y, y_proba=y.astype(float), y_train=y_train)
    assert r.predictors == ["model", "majority", "prior", "always_positive", "persistence"]
    previous = np.r_[y_train[-1], y[:-1]]
    assert r.metrics["accuracy"]["persistence"] == pytest.approx(metrics.accuracy_score(y, previous))
    after = [np.append(y_train[1:][y_train[:-1] == k], y_train.mean()).mean() for k in (False, True)]
    expected = metrics.log_loss(y, np.where(previous, after[1], after[0]))
    assert r.metrics["log loss"]["persistence"] == pytest.approx(expected)


def test_several_classes_with_texts():
    rng = np.random.default_rng(3)
    y = rng.choice(["low", "mid", "high"], 90)
    proba = rng.dirichlet([1, 1, 1], 90)
    pred = np.array(["high", "low", "mid"])[proba.argmax(1)]
    r = report(y, pred, y_proba=proba, y_train=y)
    assert r.metrics["Brier"]["model"] == pytest.approx(metrics.brier_score_loss(y, proba))
    assert r.metrics["F1 (macro)"]["model"] == pytest.approx(metrics.f1_score(y, pred, average="macro"))
    assert "always_positive" not in r.predictors


def test_says_plainly_when_the_model_is_no_better():
    y = np.sin(np.arange(200) / 20)
    r = report(y, np.zeros(200), y_train=y)
    assert not r.beats_baselines()
    assert "the model does NOT beat persistence" in str(r)
    assert "beats every baseline" in str(report(y, y, y_train=y))


def test_text_dict_html_and_pickle_tell_the_same(tmp_path):
    y = np.arange(20.0)
    r = report(y, y + 1, y_train=y, split="last <fifth>")
    assert Report.from_dict(r.to_dict()) == r == pickle.loads(pickle.dumps(r)) == copy.deepcopy(r)
    json.dumps(r.to_dict(), allow_nan=False)
    html = r.to_html(tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text("utf-8") == html == r._repr_html_()
    assert "last &lt;fifth&gt;" in html and "persistence" in html
    lines = [line for line in str(r).splitlines() if line.startswith(("RMSE", "MAE", "   "))]
    assert len(lines) == 3 and len({len(line) for line in lines}) == 1  # aligned


def test_cross_validation_gives_folds_means_and_deviations():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(200, 3)), columns=list("abc"))
    y = X["a"].to_numpy() * 2 + rng.normal(size=200) * 0.5
    r = cross_validate(LinearRegression(), X, y, pw.TimeSplit(4))
    values = [fold.metrics["RMSE"]["model"] for fold in r.folds]
    assert len(values) == 4 and r.metrics["RMSE"]["model"] == pytest.approx(np.mean(values))
    assert r.deviations["RMSE"]["model"] == pytest.approx(np.std(values, ddof=1))
    train, test = list(pw.TimeSplit(4).split(X))[1]
    fitted = LinearRegression().fit(X.iloc[train], y[train])
    assert values[1] == pytest.approx(metrics.root_mean_squared_error(y[test], fitted.predict(X.iloc[test])))
    assert r.beats_baselines() and "RMSE by fold" in str(r)
    assert Report.from_dict(r.to_dict()) == r


def test_cross_validated_persistence_knows_the_actual_previous_row_for_any_splitter():
    rng = np.random.default_rng(0)
    y = np.cumsum(rng.normal(size=120))
    X = rng.normal(size=(120, 1))
    r = cross_validate(LinearRegression(), X, y, pw.KFold(3), ["persistence"])
    tested = sum(fold.n_rows * fold.metrics["MSE"]["persistence"] for fold in r.folds) / r.n_rows
    assert r.n_rows == 119 and tested == pytest.approx(np.mean(np.diff(y) ** 2))


def test_cross_validation_of_a_classifier_whose_training_side_lacks_a_class():
    X = np.r_[np.zeros(20), np.ones(20), np.full(10, 2.0), np.zeros(10)].reshape(-1, 1)
    X = X + np.random.default_rng(0).normal(size=X.shape) * 0.3
    y = np.array(["a"] * 20 + ["b"] * 20 + ["c"] * 10 + ["a"] * 10)
    r = cross_validate(LogisticRegression(), X, y, pw.TimeSplit(2, test_size=15))
    assert r.classes == ["a", "b", "c"] and len(r.folds) == 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: report([1.0, 2.0], [1.0]), "y_pred must have 2 rows, got 1"),
        (lambda: report([1.0], [1.0], baselines=["median", "best"]), "got 'best'"),
        (lambda: report([1.0, 2.0], [1.0, 2.0], baselines=["last_week"]), "needs time stamps"),
        (lambda: report([1.0], [1.0], task="ranking"), "got 'ranking'"),
        (lambda: report([1.0], [1.0], horizon=0), "horizon must be at least 1"),
        (lambda: report([1.0], [1.0], times=["yesterday"]), "ISO 8601"),
        (lambda: report([1.0, 1.0], [1.0, 1.0], times=["2024-01-01", "NaT"]), "missing time at row 1"),
        (lambda: report([1.0, 1.0], [1.0, 1.0], times=[date(2024, 1, 1), None]), "missing time at row 1"),
        (lambda: report(["a", "b"], ["a", "z"], labels=["a", "b"]), "y_pred must be of the classes"),
        (lambda: Report.from_dict({"task": "regression"}), "n_rows"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InvalidArgument, match=message):
        call()
