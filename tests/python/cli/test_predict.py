# SPDX-License-Identifier: MIT
"""`predict` and pipes: what comes out is what Python predicts, to the last bit."""

import csv
import io
import os
import subprocess
import sys

import numpy as np
import plantwright as pw
import pytest
from plantwright.cli import main


def predictions(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def expected(model, plant_csv):
    forest = pw.load(model)
    return forest.predict(pw.read_csv(plant_csv, time="at").with_calendar("at")).tolist()


def test_numbers_read_back_to_the_same_bits(trained, plant_csv, capsys):
    capsys.readouterr()
    assert main(["predict", str(trained), str(plant_csv)]) == 0
    rows = predictions(capsys.readouterr().out)
    assert [float(r["prediction"]) for r in rows] == expected(trained, plant_csv)
    assert rows[1]["at"] == "2024-01-01T01:00:00"


def test_stdin_gives_what_the_file_gives(trained, plant_csv, command):
    from_file = command("predict", trained, plant_csv)
    from_pipe = command("predict", trained, "-", input=plant_csv.read_bytes())
    assert from_file.returncode == from_pipe.returncode == 0
    assert from_pipe.stdout == from_file.stdout and from_pipe.stderr == b""


def test_columns_may_stand_in_any_order_and_the_target_may_be_absent(trained, plant_csv, capsys):
    wanted = expected(trained, plant_csv)
    frame = pw.read_csv(plant_csv, time="at")
    frame.select([n for n in reversed(frame.columns) if n != "energy"]).to_csv(plant_csv)
    capsys.readouterr()
    assert main(["predict", str(trained), str(plant_csv)]) == 0
    assert [float(r["prediction"]) for r in predictions(capsys.readouterr().out)] == wanted


@pytest.mark.parametrize("target", ["quality", "grade"])
def test_classifiers_give_class_and_probabilities(plant_csv, capsys, target):
    model = plant_csv.with_name("c.plw")
    assert main(["train", str(plant_csv), "--target", target, "--trees", "5", "--model", str(model)]) == 0
    capsys.readouterr()
    assert main(["predict", str(model), str(plant_csv)]) == 0
    rows = predictions(capsys.readouterr().out)
    shares = [[float(v) for k, v in r.items() if k.startswith("probability_")] for r in rows]
    np.testing.assert_allclose(np.sum(shares, axis=1), 1)
    assert {r["prediction"] for r in rows} <= {str(c) for c in pw.load(model).classes_}


def test_an_output_file_is_whole_and_leaves_no_temporary_one(trained, plant_csv, tmp_path):
    out = tmp_path / "p.csv"
    assert main(["predict", str(trained), str(plant_csv), "-o", str(out)]) == 0
    assert len(out.read_text().splitlines()) == 401
    assert not list(tmp_path.glob(".*tmp"))


def test_a_reader_that_leaves_early_is_no_error(trained, plant_csv, tmp_path):
    """`plantwright predict ... | head -1` is quiet."""
    lines = plant_csv.read_text().splitlines(keepends=True)
    big = tmp_path / "big.csv"
    big.write_text(lines[0] + "".join(lines[1:]) * 50)
    run = subprocess.run(
        ["bash", "-c", f"'{sys.executable}' -m plantwright predict '{trained}' '{big}' | head -1"],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))},
    )
    assert run.stdout == "at,prediction\n" and run.stderr == ""


def test_the_report_of_the_training_data_is_the_same_page_again(plant_csv, tmp_path):
    model, first, again = tmp_path / "m.plw", tmp_path / "1.html", tmp_path / "2.html"
    words = ["--target", "energy", "--time", "at", "--trees", "5", "--model", str(model), "--report", str(first)]
    assert main(["train", str(plant_csv), *words]) == 0
    assert main(["report", str(model), str(plant_csv), "-o", str(again)]) == 0
    assert again.read_text() == first.read_text()


def test_the_report_of_later_data_leaves_the_training_period_out(trained, plant_csv, tmp_path, capsys):
    later = tmp_path / "later.csv"
    lines = plant_csv.read_text().splitlines(keepends=True)
    later.write_text("".join(lines[:11]) + "".join(lines[11:]).replace("2024-01", "2025-01"))
    assert main(["report", str(trained), str(later), "-o", str(tmp_path / "l.html"), "-v"]) == 0
    assert "390 rows" in capsys.readouterr().err


@pytest.mark.parametrize("target", ["quality", "grade"])
def test_the_report_of_a_classifier_can_be_made_again(plant_csv, tmp_path, target):
    model = tmp_path / "c.plw"
    assert main(["train", str(plant_csv), "--target", target, "--trees", "5", "--model", str(model)]) == 0
    assert main(["report", str(model), str(plant_csv), "-o", str(tmp_path / "r.html")]) == 0
    assert "Confusion" in (tmp_path / "r.html").read_text()


@pytest.mark.parametrize("provenance", [None, "mine", {}, {"target": "energy"}, {"target": 3, "split": []}])
def test_a_model_that_says_too_little_gets_no_report(trained, plant_csv, tmp_path, provenance, fails):
    model = tmp_path / "other.plw"
    pw.save(pw.load(trained), model, extra={"provenance": provenance})
    assert "was not saved by `plantwright train`" in fails("report", model, plant_csv)


def test_help_teaches_by_examples(capsys):
    for words in ([], ["train"], ["predict"], ["inspect"], ["simulate"], ["report"], ["demo"]):
        assert main([*words, "--help"]) == 0
        assert "examples:" in capsys.readouterr().out


def test_the_simulated_site_on_stdout_is_the_file(tmp_path, command):
    whole = command("simulate", "site", "--days", 3)
    assert whole.returncode == 0 and len(whole.stdout.splitlines()) == 73
    assert command("simulate", "site", "--days", 3, "-o", "site.csv").returncode == 0
    assert (tmp_path / "site.csv").read_bytes() == whole.stdout


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """A detector of two sensors, and a day in which one strays."""
    folder = tmp_path_factory.mktemp("watched")
    rng = np.random.default_rng(0)
    at = np.datetime64("2024-01-01", "s") + np.arange(3000) * np.timedelta64(60, "s")
    table = pw.Frame({"at": at, "flow": rng.normal(size=3000), "heat": rng.normal(size=3000)}, roles={"at": "time"})
    watch = pw.EnsembleDetector([pw.Mahalanobis()], false_alarm_rate=0.05, off_delay=3).fit(table)
    pw.save(watch, folder / "watch.plw")
    strayed = {"at": at[:200], "flow": rng.normal(size=200), "heat": rng.normal(size=200) + 9 * (np.arange(200) > 150)}
    pw.Frame(strayed).to_csv(folder / "day.csv")
    return folder, watch


def test_an_ensemble_gives_its_verdicts(watched, capsys):
    folder, watch = watched
    assert main(["predict", str(folder / "watch.plw"), str(folder / "day.csv")]) == 0
    rows = predictions(capsys.readouterr().out)
    verdicts = watch.verdicts(pw.read_csv(folder / "day.csv", time="at"))
    assert [row["state"] for row in rows] == verdicts["state"].tolist()
    np.testing.assert_array_equal([float(row["severity"]) for row in rows], verdicts["severity"])
    last = rows[-1]
    assert (last["at"], last["state"], last["blamed"]) == ("2024-01-01T03:19:00", "alarm", "heat")
    assert last["since"] == "2024-01-01T02:31:00.000000000" and 5 < float(last["deviation"]) < 13
    assert rows[100]["since"] == "" or rows[100]["state"] != "normal"


def test_an_ensemble_of_plain_arrays_knows_no_columns(tmp_path, capsys):
    watch = pw.EnsembleDetector([pw.Mahalanobis()], false_alarm_rate=0.05)
    pw.save(watch.fit(np.random.default_rng(0).normal(size=(2000, 2))), tmp_path / "watch.plw")
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n")
    assert main(["predict", str(tmp_path / "watch.plw"), str(tmp_path / "rows.csv")]) == 1
    assert "knows no column names" in capsys.readouterr().err
