# SPDX-License-Identifier: MIT
"""`train`: an honest split, errors beside baselines, a model that says where it comes from."""

import hashlib
import json

import numpy as np
import plantwright as pw
import pytest
from plantwright.cli import main


def train(path, *more):
    model = path.with_name("m.plw")
    assert main(["train", str(path), "--trees", "10", "--model", str(model), *more]) == 0
    return model


def read(path):
    return pw.read_csv(path, time="at")


def test_the_forest_stands_beside_its_baselines_and_beats_them(plant_csv, capsys):
    train(plant_csv, "--target", "energy", "--time", "at")
    out = capsys.readouterr().out
    assert "random forest, 10 trees" in out and "persistence" in out and "same hour last week" in out
    assert "does not beat" not in out


def test_the_header_tells_data_split_metrics_and_schema(plant_csv):
    header = pw.io.read_header(train(plant_csv, "--target", "energy", "--time", "at"))
    provenance = header["provenance"]
    assert provenance["data"] == "plant.csv"
    assert provenance["data_sha256"] == hashlib.sha256(plant_csv.read_bytes()).hexdigest()
    assert (provenance["split"]["rows_train"], provenance["split"]["rows_test"]) == (320, 80)
    assert provenance["trained_until"] == "2024-01-14 07:00"
    assert header["metrics"]["test"]["predictors"][0] == "model"
    assert [c["name"] for c in header["schema"]["columns"]][-1] == "at_month"


def test_the_model_has_not_seen_the_test_rows(plant_csv):
    """Another target in the test rows changes the metrics, and no prediction."""
    first = train(plant_csv, "--target", "energy", "--time", "at").rename(plant_csv.with_name("first.plw"))
    rows = read(plant_csv)
    energy = np.array(rows["energy"])
    energy[320:] = 7.0
    energy[-1] = 8.0
    rows.with_column("energy", energy).to_csv(plant_csv)
    second = train(plant_csv, "--target", "energy", "--time", "at")
    frame = read(plant_csv).with_calendar("at")
    assert np.array_equal(pw.load(first).predict(frame), pw.load(second).predict(frame))
    assert pw.io.read_header(first)["metrics"] != pw.io.read_header(second)["metrics"]


def test_the_same_command_writes_the_same_bytes(plant_csv):
    first = train(plant_csv, "--target", "energy", "--time", "at").read_bytes()
    assert train(plant_csv, "--target", "energy", "--time", "at").read_bytes() == first


def test_the_number_of_threads_changes_no_prediction(plant_csv):
    models = [pw.load(train(plant_csv, "--target", "energy", "--jobs", jobs)) for jobs in ("1", "2")]
    frame = read(plant_csv).with_calendar("at")
    assert np.array_equal(models[0].predict(frame), models[1].predict(frame))


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("energy", pw.RandomForestRegressor),
        ("quality", pw.RandomForestClassifier),
        ("grade", pw.RandomForestClassifier),
    ],
)
def test_the_task_follows_from_the_target(plant_csv, target, kind):
    assert isinstance(pw.load(train(plant_csv, "--target", target, "--time", "at")), kind)


def test_a_task_that_is_asked_for_wins(plant_csv):
    model = pw.load(train(plant_csv, "--target", "quality", "--task", "regression"))
    assert isinstance(model, pw.RandomForestRegressor)


def test_whole_numbers_are_classes_of_that_name(plant_csv):
    assert pw.load(train(plant_csv, "--target", "quality")).classes_.tolist() == [0, 1]


def test_rows_without_a_target_are_dropped_and_counted(plant_csv, capsys):
    model = train(plant_csv, "--target", "grade", "--time", "at")
    assert pw.io.read_header(model)["provenance"]["rows_without_target_dropped"] == 24
    assert "24 rows without target" in capsys.readouterr().out


def test_a_suspect_column_is_named_kept_and_shown_without(plant_csv, capsys):
    rows = read(plant_csv)
    rows.with_column("carbon", rows["energy"] * 0.4).to_csv(plant_csv)
    model = train(plant_csv, "--target", "energy", "--time", "at")
    out = capsys.readouterr().out
    assert "carbon" in out and "forest without suspects" in out
    assert "carbon" in pw.load(model).feature_names_in_
    assert "carbon" in pw.io.read_header(model)["provenance"]["suspect_columns"]


def test_excluded_columns_are_no_inputs(plant_csv):
    model = train(plant_csv, "--target", "energy", "--time", "at", "--exclude", "humidity,quality")
    assert set(pw.load(model).feature_names_in_) == {"load", "grade", "at_hour", "at_weekday", "at_month"}


def test_groups_stand_on_one_side_only(plant_csv):
    rows = read(plant_csv)
    batches = np.array([f"b{i // 40}" for i in range(len(rows))], dtype=object)
    rows.with_column("batch", batches).to_csv(plant_csv)
    model = train(plant_csv, "--target", "energy", "--group", "batch")
    told = pw.io.read_header(model)["provenance"]["split"]
    assert told["kind"] == "group" and told["rows_test"] == 80
    assert "batch" not in pw.load(model).feature_names_in_


def test_without_a_time_column_the_last_rows_of_the_file_test(tmp_path):
    """The step at row 80 is unknown to a model that has only the rows before; a shuffled split would know it."""
    path = tmp_path / "t.csv"
    x = np.arange(100.0)
    pw.Frame({"x": x % 7, "y": np.r_[np.zeros(80), np.full(20, 5.0)] + x % 7 + 0.25}).to_csv(path)
    header = pw.io.read_header(train(path, "--target", "y"))
    errors = {s["metric"]: s["values"][0] for s in header["metrics"]["test"]["scores"]}
    assert header["provenance"]["split"]["kind"] == "order" and errors["MAE"] > 4


def test_the_schema_file_says_what_is_an_input(tmp_path):
    path = tmp_path / "site.csv"
    assert main(["simulate", "site", "--days", "20", "-o", str(path)]) == 0
    schema = tmp_path / "site.schema.json"
    model = pw.load(train(path, "--target", "waste_kg", "--schema", str(schema)))
    names = list(model.feature_names_in_)
    assert "line1_oven_setpoint_C" in names and "time_hour" in names
    assert not [n for n in names if n.startswith(("fault_", "energy_", "waste_", "carbon", "units"))]


def test_a_schema_beside_the_table_is_found_unless_told_not_to_look(tmp_path):
    path = tmp_path / "site.csv"
    assert main(["simulate", "site", "--days", "20", "-o", str(path)]) == 0
    assert "line1_units" not in pw.load(train(path, "--target", "waste_kg")).feature_names_in_
    assert "line1_units" in pw.load(train(path, "--target", "waste_kg", "--schema", "none")).feature_names_in_


def test_a_report_is_written_on_request(plant_csv, tmp_path):
    train(plant_csv, "--target", "energy", "--time", "at", "--report", str(tmp_path / "r.html"))
    page = (tmp_path / "r.html").read_text()
    assert "random forest, 10 trees" in page and "<svg" in page


def test_a_column_name_with_markup_stays_text_in_the_report(plant_csv, tmp_path):
    rows = read(plant_csv)
    rows.with_column("<script>x", rows["load"] * 1.1).to_csv(plant_csv)
    train(plant_csv, "--target", "energy", "--report", str(tmp_path / "r.html"))
    assert "<script" not in (tmp_path / "r.html").read_text()


def test_inspect_as_json_is_json(trained, capsys):
    capsys.readouterr()
    assert main(["inspect", str(trained), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["provenance"]["target"] == "energy"


def test_inspect_shows_schema_provenance_metrics_and_size(trained, capsys):
    capsys.readouterr()
    assert main(["inspect", str(trained)]) == 0
    out = capsys.readouterr().out
    for text in ("RandomForestRegressor", "MB", "data sha256", "persistence", "hour of at"):
        assert text in out


def test_inspect_reads_a_model_that_python_code_saved(tmp_path, capsys):
    rng = np.random.default_rng(0)
    pw.save(pw.RandomForestRegressor(3).fit(rng.normal(size=(40, 2)), rng.normal(size=40)), tmp_path / "a.plw")
    assert main(["inspect", str(tmp_path / "a.plw")]) == 0
    assert "no provenance" in capsys.readouterr().out
