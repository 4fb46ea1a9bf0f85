# SPDX-License-Identifier: MIT
"""How well anomalies are ranked, beside scikit-learn: the same rows, the same parameters, paired over seeds.

"At parity" means: over the seeds, our ROC AUC is not worse than scikit-learn's by more than max(2 standard errors,
.002). Hyperplanes of three features are listed too, for information.

    python benchmarks/forest/isolation_parity.py [--seeds 10] [--trees 100] [--data DIR] [--json FILE] [--markdown FILE]
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
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score


class Part(NamedTuple):
    """Rows to fit on, rows to rank, and which of these are anomalies."""

    X_train: np.ndarray
    X: np.ndarray
    is_odd: np.ndarray


class Case(NamedTuple):
    """One labelled set; several parts are fitted one by one, and their scores averaged."""

    name: str
    parts: list[Part]


def whole(name: str, X: np.ndarray, is_odd: np.ndarray) -> Case:
    """Anomalies among the rows that are fitted, as they come."""
    X = np.ascontiguousarray(X, dtype=np.float32)
    return Case(f"{name}, {len(X):,} x {X.shape[1]}", [Part(X, X, is_odd)])


def swapped(X: np.ndarray, seed: int, share: float = 0.03) -> tuple[np.ndarray, np.ndarray]:
    """Some rows get half of their values from other rows: each value is usual, together they are not."""
    rng = np.random.default_rng(seed)
    X, is_odd = X.copy(), rng.random(len(X)) < share
    for i in np.flatnonzero(is_odd):
        columns = rng.permutation(X.shape[1])[: X.shape[1] // 2]
        X[i, columns] = X[rng.integers(len(X)), columns]
    return X, is_odd


def clusters(rows: int = 5_000) -> Case:
    """Three clusters of unlike width, and anomalies all over the box around them."""
    rng = np.random.default_rng(0)
    centre, width = rng.normal(size=(3, 8)) * 4, np.array([0.5, 1.0, 1.5])
    kind = rng.integers(0, 3, rows)
    X = centre[kind] + rng.normal(size=(rows, 8)) * width[kind, None]
    is_odd = rng.random(rows) < 0.02
    X[is_odd] = rng.uniform(X.min(axis=0), X.max(axis=0), size=(is_odd.sum(), 8))
    return whole("clusters", X, is_odd)


def among_noise(rows: int = 8_000) -> Case:
    """Forty columns, five of which are shifted in anomalies."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(rows, 40))
    is_odd = rng.random(rows) < 0.03
    X[is_odd, :5] += 2.5
    return whole("five of forty columns", X, is_odd)


def beside_lines(rows: int = 5_000) -> Case:
    """Correlated sensors; anomalies break the correlation and leave every single sensor within its range."""
    rng = np.random.default_rng(2)
    latent = rng.normal(size=(rows, 3))
    X = latent @ rng.normal(size=(3, 8)) + 0.1 * rng.normal(size=(rows, 8))
    return whole("correlated sensors", *swapped(X, 3))


def heavy_tails(rows: int = 8_000) -> Case:
    """Log-normal columns; anomalies are large in two of them."""
    rng = np.random.default_rng(4)
    X = np.exp(rng.normal(size=(rows, 10)))
    is_odd = rng.random(rows) < 0.02
    for i in np.flatnonzero(is_odd):
        X[i, rng.permutation(10)[:2]] *= 8
    return whole("heavy tails", X, is_odd)


def production_site() -> Case:
    """The simulated plant: energy by part, waste and climate; a fault anywhere is an anomaly."""
    frame = pw.simulate.ProductionSite(days=365, seed=1, faults_per_year=3).run()
    names = [c.name for c in frame.schema.columns if c.kind == "number"]
    wanted = [n for n in names if n.startswith(("energy_", "waste_", "line")) or n in ("units", "carbon_kg")]
    faults = [n for n in names if n.startswith("fault_") and n.endswith("_severity")]
    severity = np.max([np.asarray(frame[n], dtype=float) for n in faults], axis=0)
    X = np.column_stack([np.asarray(frame[n], dtype=float) for n in wanted])
    return whole("simulated site, faults", X, np.nan_to_num(severity) > 0.5)


def skab(data: Path) -> Case:
    """A water circuit whose valve is closed; each file's first 400 rows are normal."""
    parts = []
    for path in sorted((data / "skab_valve1" / "valve1").glob("*.csv")):
        table = np.genfromtxt(path, delimiter=";", skip_header=1, usecols=range(1, 10))
        X = table[:, :8].astype(np.float32)
        parts.append(Part(X[:400], X[400:], table[400:, 8] > 0))
    return Case("SKAB valve1, 16 files x 8, fitted on 400 rows each", parts)


def gas_turbine(data: Path) -> Case:
    """Eleven sensors of a gas turbine, some rows swapped."""
    table = np.genfromtxt(data / "gas_turbine" / "gt_full.csv", delimiter=",", skip_header=1)
    return whole("gas turbine, swapped values", *swapped(table[:15_039], 5))


def steel(data: Path) -> Case:
    """Numbers of a steel plant, some rows swapped."""
    path = data / "steel_energy" / "Steel_industry_data.csv"
    table = np.genfromtxt(path, delimiter=",", skip_header=1, usecols=range(1, 8), encoding="utf-8-sig")
    return whole("steel, swapped values", *swapped(table[::2], 6))


def dust(data: Path) -> Case:
    """Gases and weather with gaps; hours of very much dust are anomalies."""
    path = data / "beijing_air" / "PRSA_Data_Dingling_20130301-20170228.csv"
    table = np.genfromtxt(path, delimiter=",", skip_header=1, usecols=(6, 7, 8, 9, 10, 11, 12, 13), missing_values="NA")
    table = table[~np.isnan(table[:, 0])][::2]
    return whole("dust, gases and weather with gaps", table[:, 1:], table[:, 0] > np.quantile(table[:, 0], 0.98))


def cases(data: Path) -> Iterator[Case]:
    """All cases; those on real data only where it is."""
    yield from (clusters(), among_noise(), beside_lines(), heavy_tails(), production_site())
    if data.is_dir():
        yield from (skab(data), gas_turbine(data), steel(data), dust(data))


def auc(case: Case, make: Callable[[], Any]) -> float:
    """Mean over the parts."""
    scores = []
    for part in case.parts:
        forest = make().fit(part.X_train)
        scores.append(roc_auc_score(part.is_odd, -forest.score_samples(part.X)))
    return float(np.mean(scores))


def compare(case: Case, seeds: int, trees: int) -> dict[str, Any]:
    """Scores over the seeds, and whether ours is at parity."""
    contenders: dict[str, Callable[[int], Any]] = {
        "plantwright": lambda s: pw.IsolationForest(n_estimators=trees, random_state=s),
        "scikit-learn": lambda s: IsolationForest(n_estimators=trees, random_state=s),
        "plantwright, ndim=3": lambda s: pw.IsolationForest(n_estimators=trees, random_state=s, ndim=3),
    }
    scores = {
        name: np.array([auc(case, lambda make=make, seed=seed: make(seed)) for seed in range(seeds)])
        for name, make in contenders.items()
    }
    loss = scores["scikit-learn"] - scores["plantwright"]
    error = float(loss.std(ddof=1) / np.sqrt(len(loss))) if len(loss) > 1 else 0.0
    row: dict[str, Any] = {"case": case.name, "anomalies": sum(int(part.is_odd.sum()) for part in case.parts)}
    row |= {name: float(values.mean()) for name, values in scores.items()}
    row |= {"loss": float(loss.mean()), "standard error": error}
    return row | {"at parity": bool(loss.mean() <= max(2 * error, 0.002))}


HEAD = [
    "| labelled set | anomalies | plantwright | scikit-learn | scikit-learn less ours | at parity | ours, ndim=3 |",
    "| --- | ---: | ---: | ---: | --- | --- | ---: |",
]


def line(row: dict[str, Any]) -> str:
    """One row of the table."""
    return (
        f"| {row['case']} | {row['anomalies']:,} | {row['plantwright']:.4f} | {row['scikit-learn']:.4f} | "
        f"{row['loss']:+.4f} ± {row['standard error']:.4f} | {'yes' if row['at parity'] else 'NO'} | "
        f"{row['plantwright, ndim=3']:.4f} |"
    )


def main() -> None:
    """Print the table; write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("PLANTWRIGHT_DATA", "../shared/data")))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_args()
    print("\n".join(HEAD))
    rows = []
    for case in cases(arguments.data):
        rows.append(compare(case, arguments.seeds, arguments.trees))
        print(line(rows[-1]), flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")
    if arguments.markdown:
        arguments.markdown.write_text("\n".join([*HEAD, *map(line, rows)]) + "\n")


if __name__ == "__main__":
    main()
