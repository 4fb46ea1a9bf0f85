# SPDX-License-Identifier: MIT
"""Accuracy beside scikit-learn: the same data, the same parameters, paired over seeds.

"At parity" means: over the seeds, our score is not worse than the other's by more than max(2 standard errors, .002).

    python benchmarks/forest/parity.py [--cases NAME ...] [--seeds 10] [--trees 100] [--data DIR] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import plantwright as pw
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import r2_score, roc_auc_score


class Case(NamedTuple):
    """One data set, split into past and future, and the parameters both sides get."""

    name: str
    X_train: np.ndarray
    y_train: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    parameters: dict[str, Any]
    classes: bool = False
    metric: str = "R2"


def _split(
    name: str, X: np.ndarray, y: np.ndarray, parameters: dict[str, Any], share: float = 0.8, **more: Any
) -> Case:
    cut = int(share * len(y))
    return Case(name, X[:cut], y[:cut], X[cut:], y[cut:], parameters, **more)


def noise_heavy(rows: int = 9_000) -> Case:
    """Eighty columns, five of which matter, more noise than signal: where coarse bins lose."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(2 * rows, 80)).astype(np.float32)
    signal = X[:, 0] + 0.8 * X[:, 1] * (X[:, 2] > 0) + np.sin(2 * X[:, 3]) + 0.5 * X[:, 4] ** 2
    y = signal + rng.normal(size=len(X)) * signal.std() * 0.7
    return _split("noise-heavy 9,000 x 80, sqrt", X, y, {"max_features": "sqrt"}, share=0.5)


def low_cardinality(rows: int = 20_000) -> Case:
    """Twenty-four columns of eight values each."""
    rng = np.random.default_rng(2)
    X = rng.integers(0, 8, size=(rows, 24)).astype(np.float32)
    y = X[:, 0] * X[:, 1] / 8 + np.where(X[:, 2] > 4, 3, 0) + X[:, 3] + rng.normal(size=rows) * 2
    return _split("low-cardinality 16,000 x 24", X, y, {"max_features": 8})


def low_cardinality_classes(rows: int = 20_000) -> Case:
    """The same columns, the target cut into two classes: gains tie often."""
    case = low_cardinality(rows)
    cut = np.median(case.y_train)
    return case._replace(
        name="low-cardinality, two classes",
        y_train=(case.y_train > cut).astype(int),
        y_test=(case.y_test > cut).astype(int),
        classes=True,
        metric="ROC AUC",
    )


def with_missing(rows: int = 12_000) -> Case:
    """A tenth of the cells missing, and missing more often where the target is high."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(rows, 12)).astype(np.float32)
    y = X[:, 0] * 2 + np.abs(X[:, 1]) + rng.normal(size=rows) * 0.5
    X[rng.random(X.shape) < 0.1] = np.nan
    X[(y > 2) & (rng.random(rows) < 0.5), 2] = np.nan
    return _split("10 % missing 9,600 x 12", X, y, {})


def binary(rows: int = 12_000) -> Case:
    """Two classes, one of them in a tenth of the rows."""
    rng = np.random.default_rng(4)
    X = rng.normal(size=(rows, 20)).astype(np.float32)
    logit = 2 * X[:, 0] - X[:, 1] * X[:, 2] - 2.5
    y = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(int)
    return _split("binary 9,600 x 20", X, y, {"max_features": "sqrt"}, classes=True, metric="ROC AUC")


def seven_classes(rows: int = 12_000, criterion: str = "gini") -> Case:
    """Bands of a smooth function with noise."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(rows, 20)).astype(np.float32)
    y = 2 * X[:, 0] + X[:, 1] * X[:, 2] + np.sin(3 * X[:, 3]) + rng.normal(size=rows)
    labels = np.digitize(y, np.quantile(y, np.arange(1, 7) / 7))
    parameters = {"max_features": "sqrt", "criterion": criterion}
    return _split(f"seven classes, {criterion}", X, labels, parameters, classes=True, metric="ROC AUC")


def heavy_tailed(rows: int = 12_000) -> Case:
    """Noise of Student's t with 1.5 degrees of freedom, which has no variance; scored by ranks against the signal."""
    rng = np.random.default_rng(6)
    X = rng.normal(size=(rows, 15)).astype(np.float32)
    signal = 3 * X[:, 0] + X[:, 1] * X[:, 2] + 2 * np.abs(X[:, 3])
    case = _split("heavy-tailed 9,600 x 15", X, signal + rng.standard_t(1.5, rows), {"min_samples_leaf": 5})
    return case._replace(y_test=signal[len(case.y_train) :], metric="rank correlation")


def steel(data: Path) -> Case:
    """Calendar and lags alone: what is known before the energy is used."""
    frame = pw.read_csv(data / "steel_energy" / "Steel_industry_data.csv", time="date")
    frame = frame.with_calendar("date", ["hour", "weekday", "month"])
    usage = np.asarray(frame["Usage_kWh"], dtype=np.float64)
    lags = [np.concatenate([np.full(k, np.nan), usage[:-k]]) for k in (1, 2, 4, 96, 672)]
    X = np.column_stack([frame[f"date_{name}"] for name in ("hour", "weekday", "month")] + lags)[672:]
    return _split("steel 27,494 x 8", X.astype(np.float32), usage[672:], {"min_samples_leaf": 2})


def gas_turbine(data: Path) -> Case:
    """The ambient and process columns; the energy yield of the last year and a half."""
    frame = pw.read_csv(data / "gas_turbine" / "gt_full.csv")
    columns = ["AT", "AP", "AH", "AFDP", "GTEP", "TIT", "TAT", "CDP"]
    X = np.column_stack([frame[name] for name in columns]).astype(np.float32)
    return _split("gas turbine NOX 22,191 x 8", X[:29349], np.asarray(frame["NOX"])[:29349], {}, share=22191 / 29349)


def cases(data: Path) -> Iterator[Case]:
    """All cases; those on real data only where it is."""
    yield noise_heavy()
    yield low_cardinality()
    yield low_cardinality_classes()
    yield with_missing()
    yield binary()
    yield seven_classes()
    yield seven_classes(criterion="entropy")
    yield heavy_tailed()
    if (data / "steel_energy").is_dir():
        yield steel(data)
        yield gas_turbine(data)


def _score(case: Case, forest: Any) -> float:
    forest.fit(case.X_train, case.y_train)
    if case.classes:
        share = forest.predict_proba(case.X_test)
        return float(roc_auc_score(case.y_test, share[:, 1] if share.shape[1] == 2 else share, multi_class="ovr"))
    if case.metric == "rank correlation":
        ranks = [np.argsort(np.argsort(values)) for values in (case.y_test, forest.predict(case.X_test))]
        return float(np.corrcoef(*ranks)[0, 1])
    return float(r2_score(case.y_test, forest.predict(case.X_test)))


def contenders(case: Case) -> dict[str, Callable[..., Any]]:
    """Who takes part, by name."""
    if case.classes:
        ours, theirs = pw.RandomForestClassifier, RandomForestClassifier
    else:
        ours, theirs = pw.RandomForestRegressor, RandomForestRegressor
    return {"fast": ours, "exact": lambda **k: ours(splitter="exact", **k), "scikit-learn": theirs}


def compare(case: Case, seeds: int, trees: int) -> dict[str, Any]:
    """Scores of each contender over the seeds, and whether "fast" is at parity with the others."""
    scores = {
        name: [
            _score(case, make(n_estimators=trees, random_state=seed, n_jobs=-1, **case.parameters))
            for seed in range(seeds)
        ]
        for name, make in contenders(case).items()
    }
    row: dict[str, Any] = {"case": case.name, "metric": case.metric}
    row.update({name: float(np.mean(values)) for name, values in scores.items()})
    for other in ("exact", "scikit-learn"):
        loss = np.asarray(scores[other]) - np.asarray(scores["fast"])
        error = float(loss.std(ddof=1) / np.sqrt(len(loss))) if len(loss) > 1 else 0.0
        row[f"loss against {other}"] = float(loss.mean())
        row[f"standard error against {other}"] = error
        row[f"at parity with {other}"] = bool(loss.mean() <= max(2 * error, 0.002))
    return row


def _print(row: dict[str, Any]) -> None:
    verdict = " / ".join("yes" if row[f"at parity with {other}"] else "NO" for other in ("exact", "scikit-learn"))
    print(
        f"| {row['case']} | {row['metric']} | {row['fast']:.4f} | {row['exact']:.4f} | {row['scikit-learn']:.4f} | "
        f"{row['loss against scikit-learn']:+.4f} ± {row['standard error against scikit-learn']:.4f} | {verdict} |",
        flush=True,
    )


def main() -> None:
    """Print the table; write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", nargs="+", default=[""], help="parts of the names of the cases wanted")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("PLANTWRIGHT_DATA", "../shared/data")))
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    print("| case | metric | fast | exact | scikit-learn | scikit-learn less fast | at parity (exact / scikit-learn) |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    rows = []
    for case in cases(arguments.data):
        if not any(part in case.name for part in arguments.cases):
            continue
        rows.append(compare(case, arguments.seeds, arguments.trees))
        _print(rows[-1])
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
