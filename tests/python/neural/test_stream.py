# SPDX-License-Identifier: MIT
"""Rows one by one: the bits of whole tables."""

import pickle
from typing import Any

import numpy as np
import pandas as pd
import plantwright as pw
import pytest


def same(a: Any, b: Any) -> bool:
    return np.array_equal(a, b, equal_nan=True)


@pytest.mark.parametrize("scoring", ["window", "last"])
def test_a_stream_gives_the_bits_of_the_table(plant: Any, scoring: str, small: Any) -> None:
    model = pw.LSTMAutoencoder(**small | {"scoring": scoring}).fit(plant)
    X = plant.copy()
    X[20:23, 1] = np.nan
    stream = model.stream()
    results = [stream.update(row) for row in X]
    assert same([r.score for r in results], model.score_samples(X))
    assert same([r.attribution for r in results], model.attribution(X))
    assert [r.is_anomaly for r in results] == (model.predict(X) == -1).tolist()


def test_rows_come_as_lists_arrays_and_mappings(small: Any, make_plant: Any) -> None:
    X = make_plant(60)
    table = pd.DataFrame(X, columns=["a", "b", "c"])
    table["time"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(60), "min")
    table["unit"] = ["U1"] * 30 + ["U2"] * 30
    frame = pw.Frame(table, roles={"time": "time", "unit": "group"})
    model = pw.LSTMAutoencoder(**small).fit(frame)
    scores = model.score_samples(frame)
    by_name, by_place = model.stream(), model.stream()
    for i, row in enumerate(table.to_dict("records")):
        assert same(by_name.update(row).score, scores[i])
        assert same(by_place.update(X[i].tolist(), time=row["time"], group=row["unit"]).score, scores[i])
    assert by_name.n_rows == 8
    assert np.isnan(by_name.update({"a": 1.0, "time": np.datetime64("2025-01-01"), "unit": "U2"}).score)
    assert by_name.n_rows == 1
    with pytest.raises(pw.InvalidArgument, match="there is no column 'z'"):
        by_name.update({"z": 1.0})


def test_a_stream_goes_on_where_it_was_saved(fitted: Any, plant: Any, tmp_path: Any) -> None:
    scores = fitted.score_samples(plant)
    stream = fitted.stream()
    for row in plant[:50]:
        stream.update(row)
    pw.save(stream, tmp_path / "stream.plw")
    for other in (pw.load(tmp_path / "stream.plw"), pickle.loads(pickle.dumps(stream)), stream):
        assert same([other.update(row).score for row in plant[50:60]], scores[50:60])
    stream.restart()
    assert stream.n_rows == 0


def test_a_wrong_row_is_refused(fitted: Any, plant: Any, small: Any) -> None:
    stream = fitted.stream()
    with pytest.raises(pw.InvalidArgument, match="a row must have 3 readings, got 2"):
        stream.update([1.0, 2.0])
    with pytest.raises(pw.InvalidArgument, match="got inf in column 1"):
        stream.update([1.0, np.inf, 2.0])
    with pytest.raises(pw.InvalidArgument, match="fitted on an array"):
        stream.update({"a": 1.0})
    with pytest.raises(pw.InvalidArgument, match="point needs rows that come later"):
        pw.LSTMAutoencoder(**small | {"scoring": "point"}).fit(plant).stream()
