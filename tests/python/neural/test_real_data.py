# SPDX-License-Identifier: MIT
"""A water circuit with labelled faults (SKAB): sixteen runs, the first 400 rows of each without faults."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from sklearn.metrics import f1_score, roc_auc_score

ROLES = {"datetime": "time", "run": "group", "anomaly": "ignored", "changepoint": "ignored"}


@pytest.fixture(scope="module")
def runs(data_dir: Path) -> list[pd.DataFrame]:
    files = sorted((data_dir / "skab_valve1").glob("**/[0-9]*.csv"))
    if not files:
        pytest.skip("SKAB is not here")
    tables = [pd.read_csv(file, sep=";", parse_dates=["datetime"]) for file in files]
    return [table.assign(run=f"run {k}") for k, table in enumerate(tables)]


def test_it_finds_faults_that_rows_alone_do_not_show(runs: list[pd.DataFrame]) -> None:
    normal = pw.Frame(pd.concat([run.iloc[:400] for run in runs]), roles=ROLES)
    everything = pd.concat(runs)
    parameters: dict[str, Any] = {"window": 20, "encoder": 32, "bottleneck": 8, "decoder": 32, "learning_rate": 3e-3}
    model = pw.LSTMAutoencoder(**parameters, max_epochs=25, random_state=0).fit(normal)
    scores = model.score_samples(pw.Frame(everything, roles=ROLES))
    later = np.concatenate([np.arange(len(run)) >= 400 for run in runs]) & ~np.isnan(scores)
    faulty = everything["anomaly"].to_numpy()[later] == 1
    alarms = model.predict(pw.Frame(everything, roles=ROLES))[later] == -1
    assert model.fit_report_["lstm_error"] < 0.75 * model.fit_report_["untrained_error"]
    assert roc_auc_score(faulty, -scores[later]) > 0.78
    assert f1_score(faulty, alarms) > f1_score(faulty, np.ones(len(faulty)))  # always an alarm
