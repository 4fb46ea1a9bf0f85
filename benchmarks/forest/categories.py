# SPDX-License-Identifier: MIT
"""Accuracy of forests that split categories node by node, or as numbers in one order, on new rows.

    python benchmarks/forest/categories.py [--seeds 5] [--trees 50] [--quick] [--markdown FILE]

Cases: levels that matter, levels that act together with a number, levels that are noise, and the steel plant, whose
categories are the week's status, the day and the type of load (without the columns that leak the target). A figure is
the mean R2 over seeds.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import plantwright as pw
from sklearn.metrics import r2_score

DATA = Path(os.environ.get("PLANTWRIGHT_DATA", Path(__file__).parents[3] / "shared" / "data"))
Case = tuple[pw.Frame, np.ndarray, int]


def table(numbers: np.ndarray, levels: list[np.ndarray]) -> pw.Frame:
    """Columns of numbers, and of level names."""
    columns: dict[str, Any] = {f"x{j}": numbers[:, j] for j in range(numbers.shape[1])}
    return pw.Frame(columns | {f"c{j}": np.array([f"L{k}" for k in codes]) for j, codes in enumerate(levels)})


def made(n_levels: int, together: bool, noise_columns: int, seed: int) -> Case:
    """3,000 rows to learn from and as many new ones."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(6000, 5))
    code = rng.integers(0, n_levels, 6000)
    effect, slope = rng.normal(size=n_levels), rng.normal(size=n_levels)
    y = X[:, 0] + X[:, 1] * X[:, 2] + rng.normal(size=6000)
    y += slope[code] * X[:, 3] if together else effect[code]
    noise = [rng.integers(0, n_levels, 6000) for _ in range(noise_columns)]
    return table(X, [code, *noise]), y, 3000


def steel(_: int) -> Case:
    """In time order; the last fifth is new."""
    frame = pw.read_csv(DATA / "steel_energy" / "Steel_industry_data.csv")
    inputs = ["NSM", "WeekStatus", "Day_of_week", "Load_Type"]
    return frame.select(inputs), np.asarray(frame["Usage_kWh"]), len(frame) * 4 // 5


def cases() -> dict[str, Callable[[int], Case]]:
    """By name; each takes a seed."""
    return {
        "10 levels with an effect": lambda seed: made(10, False, 0, seed),
        "200 levels with an effect": lambda seed: made(200, False, 0, seed),
        "20 levels with slopes of their own": lambda seed: made(20, True, 0, seed),
        "20 levels with an effect, 4 noisy columns": lambda seed: made(20, False, 4, seed),
        "200 levels with an effect, 4 noisy columns": lambda seed: made(200, False, 4, seed),
        "steel": steel,
    }


def scores(case: Case, trees: int, seed: int) -> dict[str, float]:
    """R2 of new rows by how categories are split."""
    frame, y, n = case
    found = {}
    for splits in ("node", "once"):
        forest = pw.RandomForestRegressor(
            trees, max_features=1 / 3, min_samples_leaf=3, random_state=seed, category_splits=splits
        ).fit(frame[:n], y[:n])
        found[splits] = float(r2_score(y[n:], forest.predict(frame[n:])))
    return found


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--trees", type=int, default=50)
    parser.add_argument("--quick", action="store_true", help="one seed, five trees: a smoke test")
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_args()
    seeds, trees = (1, 5) if arguments.quick else (arguments.seeds, arguments.trees)
    lines = ["| case | lists of levels at each node | one order for all nodes |", "| --- | ---: | ---: |"]
    for name, make in cases().items():
        try:
            rows = [scores(make(seed), trees, seed) for seed in range(seeds)]
        except OSError as reason:
            print(f"{name}: left out, {reason}")
            continue
        mean = {splits: np.mean([row[splits] for row in rows]) for splits in rows[0]}
        lines.append(f"| {name} | {mean['node']:.3f} | {mean['once']:.3f} |")
    print("\n".join(lines))
    if arguments.markdown:
        arguments.markdown.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
