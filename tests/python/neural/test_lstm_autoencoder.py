# SPDX-License-Identifier: MIT
"""The autoencoder as a scikit-learn detector of rows, windows and tables."""

import copy
import pickle
import signal
import threading
from typing import Any

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError


def same(a: Any, b: Any) -> bool:
    return np.array_equal(a, b, equal_nan=True)


def test_a_trained_network_beats_itself_untrained(plant: Any, small: Any) -> None:
    report = pw.LSTMAutoencoder(**small | {"max_epochs": 30}).fit(plant).fit_report_
    assert report["lstm_error"] < 0.3 * report["untrained_error"]
    assert report["lstm_error"] < 0.5 * report["mean_error"]


def test_a_network_beats_pca_where_the_plant_is_not_linear() -> None:
    """A product sets where the sensors swing: gains differ by product, which no single plane holds."""
    rng = np.random.default_rng(1)
    product = np.repeat(rng.integers(0, 2, 100), 30)
    phase = 0.5 * np.arange(3000.0)
    gain = np.where(product == 1, -1.0, 1.0)
    X = np.stack([np.sin(phase), gain * np.sin(phase), gain * np.cos(phase), np.cos(2 * phase) * gain], axis=1)
    model = pw.LSTMAutoencoder(
        window=10, encoder=24, bottleneck=3, decoder=24, max_epochs=30, learning_rate=0.01, random_state=0
    )
    report = model.fit(X).fit_report_
    assert report["lstm_error"] < 0.8 * report["pca_error"]
    assert report["earns_its_cost"]
    assert report["verdict"].startswith("The LSTM earns its cost")


def test_the_report_says_when_pca_is_enough(fitted: Any) -> None:
    report = fitted.fit_report_
    assert not report["earns_its_cost"]
    assert "does not earn its cost: a PCA with as long a code reconstructs better" in str(report)
    assert dict(report) == report.to_dict()
    assert len(fitted.history_) == 4 and fitted.history_[0]["validation_loss"] > 0
    page = report.to_html(title="Boiler <1>")
    assert "Boiler &lt;1&gt;" in page and "does not earn its cost" in page and page.count("<svg") == 1


def test_scores_have_signs_and_gaps_as_documented(fitted: Any, plant: Any) -> None:
    scores = fitted.score_samples(plant)
    assert np.isnan(scores[:7]).all() and (scores[7:] < 0).all()
    assert same(fitted.decision_function(plant), scores - fitted.offset_)
    assert same(fitted.predict(plant), np.where(scores < fitted.offset_, -1, 1))
    assert np.allclose(fitted.attribution(plant).sum(axis=1), -scores, rtol=1e-14, equal_nan=True)
    assert fitted.transform(plant).shape == (200, 4)
    assert fitted.reconstruct(plant).shape == plant.shape


def test_windows_that_stand_apart_have_one_result_each(fitted: Any, plant: Any, small: Any) -> None:
    windows = np.stack([plant[i : i + 8] for i in range(0, 100, 5)])
    assert same(fitted.score_samples(windows), fitted.score_samples(plant)[7:107:5][:20])
    assert fitted.transform(windows).shape == (20, 4)
    assert fitted.reconstruct(windows).shape == windows.shape
    again = pw.LSTMAutoencoder(**small).fit(windows)
    assert again.fit_report_["n_training_windows"] == 17
    with pytest.raises(pw.InvalidArgument, match="windows must have 8 rows each, got windows of 5"):
        fitted.score_samples(windows[:, :5])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_any_layout_score_the_same(fitted: Any, plant: Any, dtype: Any, order: str) -> None:
    X = plant.astype(np.float32).astype(dtype, order=order)
    assert same(fitted.score_samples(X), fitted.score_samples(plant.astype(np.float32).astype(np.float64)))


def test_a_table_brings_its_names_and_its_time(small: Any, make_plant: Any) -> None:
    X = make_plant(120)
    table = pd.DataFrame(X, columns=["a", "b", "c"])
    table.insert(0, "time", pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(120) * 10, "s"))
    frame = pw.Frame(table, roles={"time": "time"})
    model = pw.LSTMAutoencoder(**small).fit(frame)
    assert list(model.feature_names_in_) == ["a", "b", "c"]
    assert same(model.score_samples(frame), model.score_samples(table[["c", "a", "time", "b"]]))
    late = table.copy()
    late.loc[60:, "time"] += pd.Timedelta("1h")
    assert np.flatnonzero(np.isnan(model.score_samples(late))).tolist() == [*range(7), *range(60, 67)]
    with pytest.raises(pw.SchemaMismatch, match="'b'"):
        model.score_samples(table[["time", "a", "c"]])
    assert "time" not in model.pca_twin_.attribution(late).dtype.str


def test_missing_readings_are_masked(plant: Any, small: Any) -> None:
    X = plant.copy()
    X[np.random.default_rng(3).random(X.shape) < 0.2] = np.nan
    model = pw.LSTMAutoencoder(**small | {"max_epochs": 20}).fit(X)
    assert model.fit_report_["lstm_error"] < 0.6 * model.fit_report_["untrained_error"]
    X[50:58] = np.nan
    assert np.isnan(model.score_samples(X)[57]) and model.predict(X)[57] == 1


@pytest.mark.parametrize("method", ["fit", "score_samples", "partial_fit"])
def test_an_infinite_reading_is_named(fitted: Any, plant: Any, method: str) -> None:
    X = plant.copy()
    X[31, 2] = np.inf
    with pytest.raises(pw.InvalidArgument, match="got inf in row 31 of column 2"):
        getattr(copy.deepcopy(fitted), method)(X)


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("window", 0, "window must be an integer of at least 1, got 0"),
        ("encoder", (), "encoder"),
        ("encoder", (8, 0), "encoder must be positive integers"),
        ("activation", "gelu", "activation must be one of 'tanh', 'relu', got 'gelu'"),
        ("loss", "l2", "loss must be one of"),
        ("scoring", "mean", "scoring must be one of"),
        ("dropout", 1.0, "dropout"),
        ("learning_rate", 0.0, "learning_rate must be in (0, 1], got 0"),
        ("validation_fraction", 0.7, "validation_fraction must be a number in [0, 0.5], got 0.7"),
        ("contamination", 0.6, "contamination must be 'auto' or a float in (0, 0.5], got 0.6"),
        ("max_gap", 0.5, "max_gap must be at least 1, got 0.5"),
    ],
)
def test_parameters_out_of_range_are_refused(plant: Any, parameter: str, value: Any, message: str, small: Any) -> None:
    with pytest.raises(pw.InvalidArgument) as caught:
        pw.LSTMAutoencoder(**small | {parameter: value}).fit(plant)
    assert message in str(caught.value)


def test_too_few_rows_are_a_clear_error(small: Any, make_plant: Any) -> None:
    with pytest.raises(pw.InvalidArgument, match=r"a window has 8 rows, but the longest run .* \(n_samples = 5\)"):
        pw.LSTMAutoencoder(**small).fit(make_plant(5))


def test_contamination_is_the_share_of_fitted_rows_that_are_anomalies(plant: Any, small: Any) -> None:
    model = pw.LSTMAutoencoder(**small | {"contamination": 0.1}).fit(plant)
    assert (model.predict(plant) == -1).sum() == 20
    model.offset_ = -1e9
    assert (model.predict(plant) == 1).all()


def test_the_threads_never_change_the_loss_curve(plant: Any, small: Any) -> None:
    parameters = small | {"dropout": 0.2, "input_dropout": 0.1}
    curves = [pw.LSTMAutoencoder(**parameters, n_jobs=n).fit(plant).history_ for n in (1, 2, 4)]
    assert curves[0] == curves[1] == curves[2]


# ---- going on, stopping


def test_warm_start_and_partial_fit_go_on(plant: Any, small: Any) -> None:
    model = pw.LSTMAutoencoder(**small | {"warm_start": True}).fit(plant)
    first = model.fit_report_["lstm_error"]
    assert model.fit(plant).history_[0]["epoch"] == 5
    assert model.fit_report_["lstm_error"] < first
    mean = model.mean_
    model.partial_fit(plant[:100] + 1)
    assert len(model.history_) == 1 and same(model.mean_, mean)
    assert not hasattr(model, "pca_twin_")
    fresh = pw.LSTMAutoencoder(**small).partial_fit(plant)
    assert len(fresh.history_) == 1


def test_a_callback_sees_the_epochs_and_ends_the_training(plant: Any, small: Any) -> None:
    seen: list[dict[str, Any]] = []

    def watch(epoch: dict[str, Any]) -> bool:
        seen.append(epoch)
        return len(seen) < 2

    model = pw.LSTMAutoencoder(**small).fit(plant, callback=watch)
    assert [epoch["epoch"] for epoch in seen] == [1, 2]
    assert model.fit_report_["stopped"] and len(model.history_) == 2


def test_what_a_callback_raises_is_raised_and_the_best_so_far_is_kept(plant: Any, small: Any) -> None:
    def fail(epoch: dict[str, Any]) -> None:
        raise RuntimeError("the disk is full")

    model = pw.LSTMAutoencoder(**small)
    with pytest.raises(RuntimeError, match="the disk is full"):
        model.fit(plant, callback=fail)
    assert np.isfinite(model.score_samples(plant)[50])


def test_progress_that_says_stop_keeps_the_best_so_far(plant: Any, small: Any, make_plant: Any) -> None:
    epochs: list[Any] = []
    model = pw.LSTMAutoencoder(**small | {"max_epochs": 100_000, "patience": 100_000})
    with pytest.raises(pw.Stopped):
        model.fit(plant, progress=lambda task, done, total: not epochs, callback=lambda epoch: epochs.append(epoch))
    assert model.fit_report_["stopped"] and len(model.history_) >= 1
    untouched = pw.LSTMAutoencoder(**small)
    with pytest.raises(pw.Stopped):
        untouched.fit(make_plant(20_000), progress=lambda task, done, total: False)
    assert not hasattr(untouched, "n_features_in_") or not untouched.__sklearn_is_fitted__()


def test_ctrl_c_ends_the_training_and_keeps_the_best_so_far(plant: Any, small: Any, interruptible: None) -> None:
    model = pw.LSTMAutoencoder(**small | {"max_epochs": 1_000_000, "patience": 1_000_000})

    def interrupt_once(epoch: dict[str, Any]) -> None:
        if epoch["epoch"] == 2:
            signal.raise_signal(signal.SIGINT)

    assert threading.current_thread() is threading.main_thread()
    with pytest.raises(KeyboardInterrupt):
        model.fit(plant, callback=interrupt_once)
    assert len(model.history_) >= 2
    assert np.isfinite(model.score_samples(plant)[50])


def test_a_checkpoint_is_a_model(plant: Any, tmp_path: Any, small: Any) -> None:
    path = tmp_path / "best.plw"
    model = pw.LSTMAutoencoder(**small, checkpoint=path).fit(plant)
    assert same(pw.load(path).score_samples(plant), model.score_samples(plant))


def test_verbose_shows_the_loss(plant: Any, capsys: Any, small: Any) -> None:
    pw.LSTMAutoencoder(**small | {"verbose": 1}).fit(plant)
    shown = capsys.readouterr()
    assert shown.out == "" and "fit" in shown.err


# ---- files and copies


def test_it_is_saved_pickled_copied_and_cloned(fitted: Any, plant: Any, tmp_path: Any) -> None:
    pw.save(fitted, tmp_path / "model.plw")
    scores = fitted.score_samples(plant)
    for other in (pw.load(tmp_path / "model.plw"), pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted)):
        assert same(other.score_samples(plant), scores)
        assert same(other.pca_twin_.score_samples(plant), fitted.pca_twin_.score_samples(plant))
        assert other.get_params()["learning_rate"] == 0.01
        assert str(other.fit_report_) == str(fitted.fit_report_)
    assert not clone(fitted).__sklearn_is_fitted__()
    with pytest.raises(NotFittedError):
        clone(fitted).score_samples(plant)


def test_a_damaged_file_is_refused(fitted: Any, tmp_path: Any) -> None:
    path = tmp_path / "model.plw"
    pw.save(fitted, path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(pw.CorruptModel):
        pw.load(path)


def test_the_pca_twin_is_a_detector(fitted: Any, plant: Any) -> None:
    X = plant.copy()
    X[100, 1] += 20
    twin = fitted.pca_twin_
    assert twin.predict(X)[100] == -1
    assert same(twin.decision_function(X), twin.score_samples(X) - twin.offset_)
    assert np.allclose(twin.attribution(X).sum(axis=1), -twin.score_samples(X), equal_nan=True)
    assert twin.components_.shape == (4, 24) and twin.mean_.shape == (24,)
    assert np.allclose(twin.components_ @ twin.components_.T, np.eye(4), atol=1e-5)
