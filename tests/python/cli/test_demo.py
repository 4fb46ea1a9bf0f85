# SPDX-License-Identifier: MIT
"""The demo on the simulated site and on every real table it promises to take unedited."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import plantwright as pw
import pytest
from plantwright.cli import main

TABLES = [
    ("steel_energy/Steel_industry_data.csv", "Usage_kWh", "date"),
    ("steel_energy/Steel_industry_data.csv", "Load_Type", "date"),
    ("gas_turbine/gt_full.csv", "TEY", ""),
    ("gas_turbine/gt_full.csv", "NOX", ""),
    ("beijing_air/PRSA_Data_Aotizhongxin_20130301-20170228.csv", "PM10", "year,month,day,hour"),
    ("chem_yield/chem_proc_yield.csv", "yield", ""),
    ("reactor_seed/reactor_performance_data.csv", "Yc", ""),
]


@pytest.fixture(scope="session")
def scorer(repository: Path) -> Path:
    """The C++ program: PLANTWRIGHT_TEST_SCORER, or what a build in this tree has made; else skips."""
    named = os.environ.get("PLANTWRIGHT_TEST_SCORER")
    candidates = [Path(named)] if named else sorted(repository.glob("build/**/plantwright_score"))
    for candidate in candidates:
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return candidate
    pytest.skip("the C++ scorer is not built (CMake target plantwright_score, or PLANTWRIGHT_TEST_SCORER)")


@pytest.mark.parametrize(("table", "target", "time"), TABLES)
def test_a_real_table_unedited(table, target, time, data_dir, tmp_path, capsys, scorer, monkeypatch):
    monkeypatch.setenv("PLANTWRIGHT_SCORER", str(scorer))
    words = ["demo", "--data", str(data_dir / table), "--target", target, "--trees", "8", "--output", str(tmp_path)]
    assert main([*words, *(["--time", time] if time else [])]) == 0
    out, err = capsys.readouterr()
    assert "identical bit for bit" in err and "random forest, 8 trees" in out
    assert pw.io.read_header(tmp_path / "model.plw")["provenance"]["target"] == target
    assert {p.name for p in tmp_path.iterdir()} == {"model.plw", "report.html"}


def test_steel_names_carbon_and_same_moment_powers_and_moves_midnight(data_dir, tmp_path, capsys):
    data = data_dir / "steel_energy" / "Steel_industry_data.csv"
    words = ["--target", "Usage_kWh", "--time", "date", "--trees", "8", "--output", str(tmp_path)]
    assert main(["demo", "--data", str(data), *words]) == 0
    provenance = pw.io.read_header(tmp_path / "model.plw")["provenance"]
    powers = {"Lagging_Current_Reactive_Power_kVarh", "Leading_Current_Reactive_Power_kVarh"}
    assert {"CO2(tCO2)"} | powers <= set(provenance["suspect_columns"])
    assert provenance["time_range"] == ["2018-01-01 00:15", "2019-01-01 00:00"]
    assert "00:00" in capsys.readouterr().out


def test_the_simulated_site_gives_two_models_one_page_and_beats_every_baseline(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["demo", "--days", "400", "--trees", "20"]) == 0
    out = capsys.readouterr().out
    made = {p.name for p in (tmp_path / "demo-output").iterdir()}
    assert made == {"site.csv", "site.schema.json", "model.plw", "model_waste_kg.plw", "report.html"}
    assert "does not beat" not in out and "Suspect" not in out
    assert (tmp_path / "demo-output" / "report.html").read_text().count("<article>") == 2


def test_models_appear_only_after_cpp_has_agreed(tmp_path, capsys, monkeypatch, plant_csv):
    """A scorer that gives other numbers stops the demo, and nothing is left."""
    liar = tmp_path / "liar"
    liar.write_text("#!/bin/sh\ni=0; while [ $i -lt 400 ]; do echo 1.0; i=$((i+1)); done\n")
    liar.chmod(liar.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PLANTWRIGHT_SCORER", str(liar))
    words = ["--target", "energy", "--trees", "3", "--output", str(tmp_path / "out")]
    assert main(["demo", "--data", str(plant_csv), *words]) == 1
    assert "differ in 400 rows" in capsys.readouterr().err
    assert list((tmp_path / "out").iterdir()) == []


def test_the_proof_notices_a_single_bit(tmp_path, capsys, monkeypatch, plant_csv, scorer):
    """The real program's output with the last digit of one line changed."""
    wrapped = tmp_path / "nudged"
    wrapped.write_text(
        f"#!/bin/sh\n'{scorer}' \"$@\" | awk 'NR==7 {{ printf \"%.17g\\n\", $1 * (1 + 2.3e-16); next }} 1'\n"
    )
    wrapped.chmod(wrapped.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PLANTWRIGHT_SCORER", str(wrapped))
    words = ["--target", "energy", "--trees", "3", "--output", str(tmp_path / "out")]
    assert main(["demo", "--data", str(plant_csv), *words]) == 1
    assert "differ in 1 rows, first in row 7" in capsys.readouterr().err


def test_a_scorer_that_is_not_there_is_an_error(tmp_path, plant_csv, capsys, monkeypatch):
    monkeypatch.setenv("PLANTWRIGHT_SCORER", str(tmp_path / "nowhere"))
    assert main(["demo", "--data", str(plant_csv), "--target", "energy", "--output", str(tmp_path / "out")]) == 1
    assert "no such program" in capsys.readouterr().err
