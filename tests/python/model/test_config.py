# SPDX-License-Identifier: MIT
"""A model described by a YAML file."""

from __future__ import annotations

import numpy as np
import plantwright as pw
import pytest
from plantwright.cli import main

PLANT = """\
data: plant.csv
schema:
  time: time
  target: energy_kWh
  exclude: [batch]
  columns:
    steam_t: {unit: C, role: lever, lowest: 450, highest: 560, source: TI-101, description: live steam}
    line: {kind: category}
steps:
  - SimpleImputer:
      strategy: last
      max_age: 10min
  - RollingFeatures:
      windows: [30min, 5]
      statistics: [mean, std]
  - OneHotEncoder
estimator:
  RandomForestRegressor:
    n_estimators: 20
    random_state: 0
split:
  test_fraction: 0.25
  gap: 1h
output:
  model: energy.plw
  report: energy.html
"""


@pytest.fixture
def folder(tmp_path):
    random = np.random.default_rng(0)
    n = 400
    steam = 500 + random.normal(size=n).cumsum()
    times = np.datetime64("2024-01-01T00:00") + np.arange(n) * np.timedelta64(5, "m")
    lines = ["time,steam_t,line,batch,energy_kWh"]
    for i in range(n):
        reading = "" if i % 13 == 0 else f"{steam[i]:.3f}"
        lines.append(f"{times[i]},{reading},{i % 3},b{i},{'' if i == 7 else 3 * steam[i] + i % 3:}")
    (tmp_path / "plant.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "plant.yaml").write_text(PLANT)
    return tmp_path


def test_a_file_describes_data_steps_estimator_and_split(folder):
    config = pw.read_config(folder / "plant.yaml")
    assert [type(step).__name__ for step in config.model.steps] == ["SimpleImputer", "RollingFeatures", "OneHotEncoder"]
    assert config.model.steps[1].windows == ["30min", 5]
    assert config.model.estimator.n_estimators == 20
    assert (config.test_fraction, config.gap) == (0.25, "1h")
    frame = config.frame()
    steam = frame.schema["steam_t"]
    assert (steam.unit, steam.role, steam.lowest, steam.highest, steam.source) == ("C", "lever", 450, 560, "TI-101")
    assert frame.schema["line"].kind == "category"
    assert frame.schema["batch"].role == "ignored"
    assert frame.schema["energy_kWh"].role == "target"


def test_the_command_trains_judges_and_saves_it(folder, capsys):
    assert main(["train", str(folder / "plant.yaml")]) == 0
    shown = capsys.readouterr().out
    assert "persistence" in shown and "mean" in shown
    model = pw.load(folder / "energy.plw")
    assert isinstance(model, pw.Model)
    assert model.schema_["steam_t"].source == "TI-101"
    assert (folder / "energy.html").read_text().count("<table") >= 1
    assert np.isfinite(model.predict(pw.read_config(folder / "plant.yaml").frame())).all()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("estimator:", "estimatr:", "plant.yaml:17: estimatr: there is no such key, did you mean estimator?"),
        ("max_age: 10min", "max_age: soon", "plant.yaml:12: steps[0].SimpleImputer.max_age: "),
        ("strategy: last", "strategy: lastt", "plant.yaml:11: steps[0].SimpleImputer.strategy: SimpleImputer: "),
        (
            "windows: [30min, 5]",
            "window: [30min, 5]",
            "plant.yaml:14: steps[1].RollingFeatures.window: there is no",
        ),
        ("  - OneHotEncoder", "  - OneHotEncodr", "plant.yaml:16: steps[2]: there is no 'OneHotEncodr', did you mean"),
        ("n_estimators: 20", "trees: 20", "plant.yaml:19: estimator.RandomForestRegressor.trees: there is no such"),
        ("RandomForestRegressor:", "LinearRegression:", "estimator.LinearRegression: there is no 'LinearRegression'"),
        ("role: lever", "role: leaver", "plant.yaml:7: schema.columns.steam_t.role: must be one of feature, lever,"),
        ("lowest: 450", "lowest: 650", "plant.yaml:7: schema.columns.steam_t.lowest: must be at most highest, 560"),
        ("test_fraction: 0.25", "test_fraction: 25", "plant.yaml:22: split.test_fraction: must be between 0 and 1"),
        ("time: time", "time: time\n  time: date", "plant.yaml:4: schema.time: stands twice, first in line 3"),
        ("data: plant.csv", "data: [plant.csv", "no YAML"),
        ("data: plant.csv", "data: !!python/object:os.system x", "cannot be read"),
    ],
)
def test_an_error_names_line_key_value_and_what_is_allowed(folder, old, new, says):
    assert old in PLANT
    (folder / "plant.yaml").write_text(PLANT.replace(old, new, 1))
    with pytest.raises(pw.InvalidArgument) as caught:
        pw.read_config(folder / "plant.yaml")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("target: energy_kWh", "target: energy", "plant.yaml:4: schema.target: the table has no column 'energy', did"),
        ("steam_t: {", "steam: {", "plant.yaml:7: schema.columns.steam: the table has no column 'steam'"),
        ("line: {kind: category}", "batch: {kind: number}", "is of kind category, not number"),
        ("n_estimators: 20", "n_estimators: 0", "plant.yaml:19: estimator.RandomForestRegressor.n_estimators: "),
        ("windows: [30min, 5]", "windows: [30min, 0]", "plant.yaml:14: steps[1].RollingFeatures.windows: "),
    ],
)
def test_what_only_data_can_show_is_located_too(folder, old, new, says, capsys):
    (folder / "plant.yaml").write_text(PLANT.replace(old, new, 1))
    assert main(["train", str(folder / "plant.yaml")]) == 1
    assert says in capsys.readouterr().err
    assert not (folder / "energy.plw").exists()


def test_options_of_the_command_line_that_stand_in_the_file_are_refused(folder, capsys):
    assert main(["train", str(folder / "plant.yaml"), "--trees", "5"]) == 2
    assert "--trees stands in the file" in capsys.readouterr().err


def test_a_file_with_an_estimator_alone_takes_any_table(folder):
    (folder / "small.yaml").write_text("estimator: IsolationForest\n")
    config = pw.read_config(folder / "small.yaml")
    assert config.data is None
    with pytest.raises(pw.InvalidArgument, match="data is missing"):
        config.frame()
    frame = config.frame(folder / "plant.csv")
    assert set(np.unique(config.model.fit(frame).predict(frame))) <= {-1, 1}
