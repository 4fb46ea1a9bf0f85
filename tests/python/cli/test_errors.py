# SPDX-License-Identifier: MIT
"""Whatever is wrong: one clear sentence, exit code 1, and no file."""

import os
import re

import numpy as np
import plantwright as pw
import pytest
from plantwright.cli import main

HEADER = "at,load,energy\n"


def rows(n=50, energy=lambda i: str(i % 9 + 0.5)):
    return HEADER + "".join(f"2024-01-{i // 24 + 1:02d}T{i % 24:02d}:00,{i},{energy(i)}\n" for i in range(n))


def table(tmp_path, content):
    path = tmp_path / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


BAD_TABLES = {
    "empty": (b"", "empty"),
    "header only": (HEADER, "no rows"),
    "one row": (rows(1), "1 row"),
    "nine rows": (rows(9), "9 rows"),
    "no target": (rows(energy=lambda i: ""), "missing in every row"),
    "constant target": (rows(energy=lambda i: "4.5"), "same value"),
    "constant past": (rows(energy=lambda i: "4.5" if i < 40 else str(i)), "does not change in the training part"),
    "binary junk": (bytes(range(256)) * 40, "line|UTF-8|NUL|column"),
    "unclosed quote": (rows().replace(",5,", ',"5,'), "quote"),
    "ragged": (rows() + "2024-02-01T00:00,1,2,3,4\n", "line 52"),
    "doubled names": (rows().replace("load", "energy", 1), "energy"),
}


@pytest.mark.parametrize("command", [["train"], ["demo", "--data"]], ids=["train", "demo"])
@pytest.mark.parametrize("name", BAD_TABLES)
def test_a_table_that_cannot_be_learned_from(command, name, tmp_path, fails):
    content, says = BAD_TABLES[name]
    sentence = fails(*command, table(tmp_path, content), "--target", "energy")
    assert re.search(says, sentence), sentence


def test_a_path_that_is_not_there_or_a_folder(tmp_path, fails):
    assert fails("train", "nowhere.csv", "--target", "y") == "no such file: nowhere.csv"
    assert "folder" in fails("train", tmp_path, "--target", "y")
    assert "no such file" in fails("predict", "no.plw", "x.csv")
    assert "no such file" in fails("inspect", "no.plw")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path, fails):
    path = table(tmp_path, rows())
    path.chmod(0)
    assert "ermission" in fails("train", path, "--target", "energy")


def test_a_wrong_target_suggests_what_was_meant(tmp_path, fails):
    path = table(tmp_path, rows())
    assert "did you mean 'energy'?" in fails("train", path, "--target", "Energy")
    assert "did you mean 'energy'?" in fails("train", path, "--target", "enrgy")
    assert "there are: at, load, energy" in fails("train", path, "--target", "zzz")
    assert "is a time" in fails("train", path, "--target", "at")


def test_a_wrong_time_column_is_named(tmp_path, fails):
    path = table(tmp_path, rows())
    assert "when" in fails("train", path, "--target", "energy", "--time", "when")
    assert "load" in fails("train", path, "--target", "energy", "--time", "load")


def test_a_task_that_the_target_does_not_allow(tmp_path, fails):
    path = table(tmp_path, rows(energy=lambda i: ["on", "off"][i % 2]))
    assert "regression needs numbers" in fails("train", path, "--target", "energy", "--task", "regression")
    path = table(tmp_path, rows())
    assert "classification needs classes" in fails("train", path, "--target", "energy", "--task", "classification")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--test-fraction", "1.5"], "--test-fraction"),
        (["--trees", "0"], "--trees"),
        (["--min-samples-leaf", "0"], "min_samples_leaf"),
        (["--max-features", "2"], "--max-features"),
        (["--exclude", "laod"], "did you mean 'load'"),
        (["--exclude", "load,energy"], "names the target"),
        (["--group", "lot"], "group"),
        (["--schema", "none.json"], "none.json"),
    ],
)
def test_options_out_of_range(tmp_path, fails, options, says):
    assert says in fails("train", table(tmp_path, rows()), "--target", "energy", "--time", "at", *options)


def test_a_schema_file_that_is_no_schema(tmp_path, fails):
    (tmp_path / "s.json").write_text("{'not': json")
    fails("train", table(tmp_path, rows()), "--target", "energy", "--schema", tmp_path / "s.json")


def test_a_damaged_model_is_refused_by_every_command(trained, plant_csv, fails):
    data = bytearray(trained.read_bytes())
    data[-100] ^= 1
    trained.write_bytes(data)
    fails("predict", trained, plant_csv)
    fails("report", trained, plant_csv)
    trained.write_bytes(b"not a model at all" * 20)
    fails("inspect", trained)


def test_a_table_that_does_not_fit_the_model_is_named_column_by_column(trained, plant_csv, fails):
    frame = pw.read_csv(plant_csv, time="at")
    frame.select([n for n in frame.columns if n != "humidity"]).to_csv(plant_csv)
    assert "humidity" in fails("predict", trained, plant_csv)


def test_a_model_of_plain_arrays_cannot_read_a_table(tmp_path, plant_csv, fails):
    rng = np.random.default_rng(0)
    pw.save(pw.RandomForestRegressor(3).fit(rng.normal(size=(40, 2)), rng.normal(size=40)), tmp_path / "a.plw")
    assert "plain array" in fails("predict", tmp_path / "a.plw", plant_csv)


def test_wrong_usage_ends_with_2_and_says_how_it_goes(capsys):
    for words in (["train", "x.csv"], ["fly"], [], ["train", "x.csv", "--target", "y", "--trees", "many"]):
        assert main(words) == 2
        assert "usage: plantwright" in capsys.readouterr().err


def test_an_old_model_survives_a_training_that_fails(trained, tmp_path):
    before = trained.read_bytes()
    bad = table(tmp_path, rows(energy=lambda i: "1.5"))
    assert main(["train", str(bad), "--target", "energy", "--model", str(trained)]) == 1
    assert trained.read_bytes() == before


def test_an_output_folder_that_does_not_exist_costs_no_half_written_file(plant_csv, fails):
    words = ["train", plant_csv, "--target", "energy", "--trees", "2"]
    assert "nowhere" in fails(*words, "--model", "nowhere/m.plw")
    assert "nowhere" in fails(*words, "--report", "nowhere/r.html")


def test_infinite_targets_are_refused(tmp_path, fails):
    values = np.arange(50.0) + 0.5
    values[3] = np.inf
    path = tmp_path / "i.csv"
    pw.Frame({"x": np.arange(50.0), "y": values}).to_csv(path)
    assert "infinite" in fails("train", path, "--target", "y")


def test_debug_shows_where_it_happened(tmp_path):
    with pytest.raises(Exception, match="no such file"):
        main(["train", "nowhere.csv", "--target", "y", "--debug"])
