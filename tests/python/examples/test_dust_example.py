# SPDX-License-Identifier: MIT
"""The dust example on real data: it beats its baselines, and its file gives the same answers row by row."""

import importlib
import sys

import numpy as np
import plantwright as pw
import pytest


@pytest.fixture(scope="module")
def found(repository, data_dir, tmp_path_factory):
    """A run with few trees, and where it wrote."""
    data = data_dir / "beijing_air"
    if not data.is_dir():
        pytest.skip(f"no data in {data}")
    folder = repository / "docs" / "examples" / "dust"
    sys.path.insert(0, str(folder))
    try:
        output = tmp_path_factory.mktemp("dust")
        arguments = ["--data", str(data), "--trees", "60", "--n-jobs", "1", "--output", str(output)]
        yield importlib.import_module("run").main(arguments), output
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop("run", None)


def test_weather_beats_majority_and_persistence_by_time(found):
    scores = found[0]["scores"]
    ours = scores.pop("forest on weather")
    assert ours["AUC"] >= 0.87
    for name, other in scores.items():
        for metric in ("F1", "balanced acc.", "avg precision"):
            assert ours[metric] > other[metric], (name, metric)
    low, high = found[0]["interval"]
    assert low < ours["AUC"] < high


def test_the_alarm_costs_less_than_none_and_than_always(found):
    costs = found[0]["costs"]
    assert min(costs, key=costs.get) not in ("never", "always")


def test_a_shuffled_split_promises_more_than_one_by_date(found):
    splits = found[0]["splits"]
    shuffled, grouped = splits["shuffled days (flatters)"], splits["grouped by date"]
    assert shuffled["AUC"] > grouped["AUC"]


def test_the_file_answers_day_by_day_what_the_table_answers(found):
    result, output = found
    model, table = pw.load(output / "dust.plw"), result["table"][:90]
    expected = model.predict_proba(table)
    np.testing.assert_array_equal(expected, result["model"].predict_proba(table))
    stream = model.stream()
    for i in range(len(table)):
        row = {name: table[name][i] for name in table.columns}
        np.testing.assert_array_equal(stream.outputs(row), expected[i])
