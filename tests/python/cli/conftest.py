# SPDX-License-Identifier: MIT
"""The command line as a user has it: in a process of its own, or quickly in this one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import plantwright as pw
import pytest
from plantwright.cli import main


@pytest.fixture(autouse=True)
def no_scorer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that want the C++ program say so."""
    monkeypatch.delenv("PLANTWRIGHT_SCORER", raising=False)


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Runs `python -m plantwright` with arguments in a folder of its own."""

    def run(*arguments: object, **more: Any) -> subprocess.CompletedProcess[bytes]:
        words = [sys.executable, "-m", "plantwright", *map(str, arguments)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
        return subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=300, env=environment, **more)

    return run


@pytest.fixture
def fails(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs a command that must fail with one sentence and write no file; returns the sentence."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> str:
        before = sorted(tmp_path.rglob("*"))
        capsys.readouterr()
        assert main([str(a) for a in arguments]) == 1
        out, err = capsys.readouterr()
        lines = [line for line in err.splitlines() if not line.startswith(("==>", "    "))]
        assert len(lines) == 1 and lines[0].startswith("plantwright: error: "), err
        assert out == "" and "unexpected" not in err
        assert sorted(tmp_path.rglob("*")) == before
        return lines[0].removeprefix("plantwright: error: ")

    return run


def plant_rows(n: int = 400) -> dict[str, Any]:
    """Hourly rows whose energy follows the load, with a category, gaps and a quality class."""
    rng = np.random.default_rng(5)
    load = 50 + 30 * np.sin(np.arange(n) / 24) + rng.normal(0, 5, n)
    grade = np.where(load > 55, "high", "low").astype(object)
    grade[::17] = None
    energy = 3 * load + np.where(grade == "high", 20, 0) + rng.normal(0, 2, n)
    return {
        "at": np.datetime64("2024-01-01T00", "s") + np.arange(n) * np.timedelta64(3600, "s"),
        "load": load,
        "humidity": np.where(rng.random(n) < 0.1, np.nan, rng.uniform(20, 90, n)),
        "grade": grade,
        "energy": energy,
        "quality": (load > 60).astype(np.int64),
    }


@pytest.fixture
def plant_csv(tmp_path: Path) -> Path:
    path = tmp_path / "plant.csv"
    pw.Frame(plant_rows()).to_csv(path)
    return path


@pytest.fixture
def trained(plant_csv: Path) -> Path:
    """A small regression model of `plant_csv`."""
    model = plant_csv.with_name("energy.plw")
    words = ["--target", "energy", "--time", "at", "--exclude", "quality", "--trees", "10", "--model", str(model)]
    assert main(["train", str(plant_csv), *words]) == 0
    return model
