# SPDX-License-Identifier: MIT
"""Training beside the peers: same rows, same parameters, same run; accuracy on new rows is checked first.

    python benchmarks/forest/training.py [--cases NAME ...] [--libraries NAME ...] [--trees 100] [--repeats 3]
                                         [--threads N] [--quick] [--json FILE] [--markdown FILE] [--plot FILE]

A figure is the median over rounds of the processor's time of one fit (with several threads: of the clock); in a round
every library is measured once (ranger by R itself: the time of its call, without the reading of the table). A peer
whose score is below scikit-learn's by more than .01 is listed in brackets and not counted as the best peer. Libraries
that are not installed are left out. `--from-json FILE` draws and writes what an earlier run measured.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import plantwright as pw
from sklearn.metrics import accuracy_score, r2_score

DATA = Path(os.environ.get("PLANTWRIGHT_DATA", Path(__file__).parents[3] / "shared" / "data"))
ALLOWED_LOSS = 0.01


class Case(NamedTuple):
    """Training rows, new rows, and what every library is told."""

    X: np.ndarray
    y: np.ndarray
    X_new: np.ndarray
    y_new: np.ndarray
    max_features: int
    min_samples_leaf: int = 1
    max_depth: int | None = None
    classes: int = 0
    weight: np.ndarray | None = None


def process(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Thirty correlated sensors over eight latent factors; smooth, product and step effects, and noise."""
    rng = np.random.default_rng(seed)
    X = 0.7 * rng.standard_normal((rows, 8)) @ rng.standard_normal((8, 30)) + rng.standard_normal((rows, 30))
    X = np.ascontiguousarray(X, np.float32)
    step = np.where(X[:, 3] > 0.5, 2 * X[:, 4], -X[:, 5])
    signal = 3 * np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + step + 0.5 * X[:, 6] ** 2 + X[:, 7]
    return X, signal + rng.standard_normal(rows)


def halves(X: np.ndarray, y: np.ndarray, train: int, max_features: int, **more: Any) -> Case:
    """The first `train` rows, and up to 5,000 of the others."""
    return Case(X[:train], y[:train], X[train : train + 5000], y[train : train + 5000], max_features, **more)


def noise_heavy() -> Case:
    """Eighty columns, five of them informative."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((11_000, 80)).astype(np.float32)
    y = X[:, 0] + X[:, 1] * X[:, 2] + np.sin(2 * X[:, 3]) + 0.5 * X[:, 4] ** 2 + 0.3 * rng.standard_normal(len(X))
    return halves(X, y, 9_000, 9)


def low_cardinality() -> Case:
    """Columns of eight values."""
    rng = np.random.default_rng(2)
    X = rng.integers(0, 8, (35_000, 24)).astype(np.float32)
    y = X[:, 0] + X[:, 1] * X[:, 2] / 4 + 3 * np.sin(X[:, 3]) + rng.standard_normal(len(X))
    return halves(X, y, 30_000, 8)


def classified(classes: int) -> Case:
    """The process, its target cut at quantiles."""
    X, y = process(25_000)
    labels = np.digitize(y, np.quantile(y, np.arange(1, classes) / classes))
    return halves(X, labels, 20_000, 5, classes=classes)


def with_missing() -> Case:
    """The process, a tenth of its values missing."""
    X, y = process(25_000)
    X[np.random.default_rng(3).random(X.shape) < 0.1] = np.nan
    return halves(X, y, 20_000, 10)


def weighted() -> Case:
    """The process, recent rows counting more."""
    X, y = process(25_000)
    return halves(X, y, 20_000, 10, weight=np.linspace(0.5, 2, 20_000))


def steel() -> Case:
    """Energy of a steel plant, 15-minute rows, in time order."""
    table = np.genfromtxt(
        DATA / "steel_energy" / "Steel_industry_data.csv",
        delimiter=",",
        skip_header=1,
        usecols=range(1, 8),
        encoding="utf-8-sig",
    )
    n = len(table) * 4 // 5
    X = np.ascontiguousarray(table[:, 1:], np.float32)
    return Case(X[:n], table[:n, 0], X[n:], table[n:, 0], 3)


def gas_turbine() -> Case:
    """Turbine energy yield, hourly rows, the last fifth of the first two years new."""
    table = np.genfromtxt(DATA / "gas_turbine" / "gt_full.csv", delimiter=",", names=True)
    names = [name for name in table.dtype.names if name not in ("TEY", "NOX", "CO")]
    X = np.column_stack([table[name] for name in names]).astype(np.float32)[:15_039]
    y = table["TEY"][:15_039]
    return Case(X[:12_000], y[:12_000], X[12_000:], y[12_000:], 3)


def cases() -> dict[str, Callable[[], Case]]:
    """By name, made when wanted."""
    return {
        "20,000 x 30, full depth": lambda: halves(*process(25_000), 20_000, 10),
        "20,000 x 30, leaf 5": lambda: halves(*process(25_000), 20_000, 10, min_samples_leaf=5),
        "20,000 x 30, depth 8": lambda: halves(*process(25_000), 20_000, 10, max_depth=8),
        "noise-heavy 9,000 x 80, sqrt": noise_heavy,
        "low cardinality 30,000 x 24": low_cardinality,
        "two classes, 5 features": lambda: classified(2),
        "seven classes, 5 features": lambda: classified(7),
        "with NaN": with_missing,
        "with weights": weighted,
        "steel": steel,
        "gas turbine": gas_turbine,
        "100,000 x 30": lambda: halves(*process(105_000), 100_000, 10),
        "500,000 x 20": lambda: halves(*(a[..., :20] if a.ndim == 2 else a for a in process(505_000)), 500_000, 7),
    }


def scikit_forest(module: Any, case: Case, trees: int, threads: int) -> Any:
    """Any library with scikit-learn's parameters."""
    cls = module.RandomForestClassifier if case.classes else module.RandomForestRegressor
    return cls(
        n_estimators=trees,
        max_features=case.max_features,
        min_samples_leaf=case.min_samples_leaf,
        max_depth=case.max_depth,
        random_state=0,
        n_jobs=threads,
    )


def fit_scikit(module: Any) -> Callable[..., Any]:
    """As scikit-learn is called."""

    def fit(case: Case, trees: int, threads: int) -> Any:
        return scikit_forest(module, case, trees, threads).fit(case.X, case.y, sample_weight=case.weight)

    return fit


def fit_xgboost(case: Case, trees: int, threads: int) -> Any:
    """Trees without shrinkage or penalties, side by side."""
    import xgboost

    cls = xgboost.XGBRFClassifier if case.classes else xgboost.XGBRFRegressor
    return cls(
        n_estimators=trees,
        subsample=0.632,
        colsample_bynode=case.max_features / case.X.shape[1],
        min_child_weight=case.min_samples_leaf if not case.classes else 0,
        max_depth=case.max_depth or 0,
        reg_lambda=0,
        tree_method="hist",
        n_jobs=threads,
        random_state=0,
    ).fit(case.X, case.y, sample_weight=case.weight)


def fit_lightgbm(case: Case, trees: int, threads: int) -> Any:
    """`boosting_type` rf."""
    import lightgbm

    cls = lightgbm.LGBMClassifier if case.classes else lightgbm.LGBMRegressor
    return cls(
        boosting_type="rf",
        n_estimators=trees,
        subsample=0.632,
        subsample_freq=1,
        colsample_bytree=1.0,
        feature_fraction_bynode=case.max_features / case.X.shape[1],
        num_leaves=min(131_072, 2**case.max_depth if case.max_depth else len(case.X)),
        max_depth=case.max_depth or -1,
        min_child_samples=case.min_samples_leaf,
        min_child_weight=0,
        n_jobs=threads,
        random_state=0,
        verbose=-1,
    ).fit(case.X, case.y, sample_weight=case.weight)


class YdfForest:
    """ydf's learner and model, as one estimator."""

    def __init__(self, case: Case, trees: int, threads: int) -> None:
        import ydf

        ydf.verbose(0)
        self.classes = case.classes
        columns = self.columns(case.X) | {"y": case.y.astype(str) if case.classes else case.y}
        if case.weight is not None:
            columns["w"] = case.weight
        learner = ydf.RandomForestLearner(
            label="y",
            weights="w" if case.weight is not None else None,
            task=ydf.Task.CLASSIFICATION if case.classes else ydf.Task.REGRESSION,
            num_trees=trees,
            max_depth=case.max_depth or -1,
            min_examples=case.min_samples_leaf,
            num_candidate_attributes=case.max_features,
            compute_oob_performances=False,
            winner_take_all=False,
            num_threads=threads,
        )
        self.model = learner.train(columns)

    @staticmethod
    def columns(X: np.ndarray) -> dict[str, np.ndarray]:
        """ydf takes columns by name."""
        return {f"x{j}": np.ascontiguousarray(X[:, j]) for j in range(X.shape[1])}

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Numbers, or class numbers."""
        found = self.model.predict(self.columns(X))
        if not self.classes:
            return found
        names = np.array([int(name) for name in self.model.label_classes()])
        return names[found.argmax(axis=1)] if found.ndim == 2 else names[(found > 0.5).astype(int)]


RANGER = """
arguments <- commandArgs(trailingOnly = TRUE)
suppressMessages(library(ranger))
read <- function(name, columns) {
    file <- file.path(arguments[1], name)
    matrix(readBin(file, "double", file.info(file)$size / 8), ncol = columns)
}
columns <- as.integer(arguments[2]); classes <- as.integer(arguments[3]); depth <- as.integer(arguments[7])
X <- read("X", columns); y <- read("y", 1)[, 1]; X_new <- read("X_new", columns)
colnames(X) <- colnames(X_new) <- paste0("x", seq_len(columns))
if (classes > 0) y <- factor(y)
weights <- if (file.exists(file.path(arguments[1], "weight"))) read("weight", 1)[, 1] else NULL
started <- proc.time()
forest <- ranger(x = X, y = y, num.trees = as.integer(arguments[4]), mtry = as.integer(arguments[5]),
                 min.bucket = as.integer(arguments[6]), min.node.size = 1, max.depth = depth, case.weights = weights,
                 num.threads = as.integer(arguments[8]), seed = 1, oob.error = FALSE, verbose = FALSE)
taken <- proc.time() - started
found <- predict(forest, X_new, num.threads = 1)$predictions
writeBin(as.double(if (classes > 0) as.numeric(as.character(found)) else found), file.path(arguments[1], "found"))
cat(if (arguments[8] == "1") taken["user.self"] + taken["sys.self"] else taken["elapsed"])
"""


class RangerForest:
    """R's ranger in a process of its own, which predicts the new rows and says how long the fit took."""

    def __init__(self, case: Case, trees: int, threads: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            arrays = {"X": case.X, "y": case.y, "X_new": case.X_new} | (
                {"weight": case.weight} if case.weight is not None else {}
            )
            for name, array in arrays.items():
                np.asarray(array, np.float64).ravel(order="F").tofile(Path(folder) / name)
            arguments = [folder, case.X.shape[1], case.classes, trees, case.max_features, case.min_samples_leaf]
            arguments += [case.max_depth or 0, threads]
            command = ["Rscript", "-e", RANGER, *map(str, arguments)]
            self.seconds = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            self.found = np.fromfile(Path(folder) / "found")

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Of the new rows alone."""
        assert len(X) == len(self.found)
        return self.found


def has_ranger() -> bool:
    """R and its package ranger (Debian: r-cran-ranger)."""
    if shutil.which("Rscript") is None:
        return False
    return subprocess.run(["Rscript", "-e", "library(ranger)"], capture_output=True).returncode == 0


def libraries() -> dict[str, Callable[..., Any]]:
    """Those that are installed; ours and scikit-learn first."""
    import sklearn.ensemble

    found = {"plantwright": fit_scikit(pw), "scikit-learn": fit_scikit(sklearn.ensemble)}
    try:
        import sklearnex.ensemble

        found["sklearnex"] = fit_scikit(sklearnex.ensemble)
    except ImportError:
        pass
    for name, fit in {"lightgbm": fit_lightgbm, "xgboost": fit_xgboost, "ydf": YdfForest}.items():
        try:
            __import__(name)
        except ImportError:
            continue
        found[name] = fit
    if has_ranger():
        found["ranger"] = RangerForest
    return found


def score(case: Case, model: Any) -> float:
    """R2, or accuracy, on new rows."""
    predicted = model.predict(case.X_new)
    return float(accuracy_score(case.y_new, predicted) if case.classes else r2_score(case.y_new, predicted))


def measure(case: Case, fits: dict[str, Callable[..., Any]], trees: int, threads: int, repeats: int) -> dict[str, Any]:
    """Seconds and scores by library."""
    clock = time.process_time if threads == 1 else time.perf_counter
    times: dict[str, list[float]] = {name: [] for name in fits}
    scores: dict[str, float] = {}
    for _ in range(repeats):
        for name, fit in fits.items():
            if name == "ranger" and np.isnan(case.X).any():
                continue  # it takes no missing values
            start = clock()
            model = fit(case, trees, threads)
            times[name].append(getattr(model, "seconds", clock() - start))
            if name not in scores:
                scores[name] = score(case, model)
    return {
        name: {"seconds": statistics.median(runs), "score": scores[name], "runs": runs}
        for name, runs in times.items()
        if runs
    }


def best_peer(row: dict[str, Any]) -> tuple[str, float]:
    """The fastest of those that are as accurate as scikit-learn."""
    floor = row["scikit-learn"]["score"] - ALLOWED_LOSS
    peers = {k: v["seconds"] for k, v in row.items() if k != "plantwright" and v["score"] >= floor}
    name = min(peers, key=peers.__getitem__)
    return name, peers[name]


def markdown(results: dict[str, dict[str, Any]], names: list[str]) -> str:
    """One row a case: seconds by library, scores, and how many times as long the best peer takes."""
    lines = [
        "| case | " + " | ".join(names) + " | best peer takes |",
        "| --- | " + " | ".join("---" for _ in names) + " | --- |",
    ]
    for case, row in results.items():
        floor = row["scikit-learn"]["score"] - ALLOWED_LOSS
        cells = []
        for name in names:
            if name not in row:
                cells.append("")
                continue
            text = f"{row[name]['seconds']:.2f} s, {row[name]['score']:.3f}"
            cells.append(text if row[name]["score"] >= floor else f"({text})")
        name, seconds = best_peer(row)
        cells.append(f"{seconds / row['plantwright']['seconds']:.1f}x ({name})")
        lines.append(f"| {case} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def plot(results: dict[str, dict[str, Any]], names: list[str], path: Path) -> None:
    """Bars: how many times as long as ours each library takes; hollow where it is less accurate than scikit-learn."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    peers = [name for name in names if name != "plantwright"]
    figure, axes = pyplot.subplots(figsize=(8, 0.22 * len(results) * (len(peers) + 1) + 1), layout="constrained")
    colours = dict(zip(peers, pyplot.get_cmap("tab10").colors, strict=False))
    at, ticks = 0, []
    for case, row in results.items():
        floor = row["scikit-learn"]["score"] - ALLOWED_LOSS
        shown = [name for name in peers if name in row]
        for k, name in enumerate(shown):
            ratio = row[name]["seconds"] / row["plantwright"]["seconds"]
            fair = row[name]["score"] >= floor
            axes.barh(at + k, ratio, color=colours[name] if fair else "none", edgecolor=colours[name])
            axes.text(ratio * 1.03, at + k, f"{ratio:.1f}", va="center", fontsize=7)
        ticks.append((at + (len(shown) - 1) / 2, f"{case}\n{row['plantwright']['seconds']:.2f} s"))
        at += len(shown) + 1
    axes.set(xscale="log", xticks=(1, 2, 5, 10, 20, 50, 100), xticklabels=("1", "2", "5", "10", "20", "50", "100"))
    axes.minorticks_off()
    axes.set(xlabel="times as long as plantwright (its seconds stand at the case)")
    axes.set_yticks([y for y, _ in ticks], [label for _, label in ticks], fontsize=8)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    handles = [pyplot.Rectangle((0, 0), 1, 1, color=colours[name]) for name in peers]
    note = "hollow: less accurate"
    figure.legend(
        handles, peers, loc="outside upper center", ncols=len(peers), fontsize=8, title=note, title_fontsize=7
    )
    figure.savefig(path)


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", nargs="+", help="parts of the names of the cases wanted")
    parser.add_argument("--libraries", nargs="+")
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="one small case, ten trees, one run: a smoke test")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--from-json", type=Path)
    arguments = parser.parse_args()
    if arguments.from_json:
        results = json.loads(arguments.from_json.read_text())["results"]
        write(results, list(dict.fromkeys(name for row in results.values() for name in row)), arguments)
        return
    warnings.filterwarnings("ignore")
    os.environ.setdefault("OMP_NUM_THREADS", str(arguments.threads))
    fits = {k: v for k, v in libraries().items() if not arguments.libraries or k in arguments.libraries}
    wanted = cases()
    trees, repeats = arguments.trees, arguments.repeats
    if arguments.quick:
        wanted, trees, repeats = {"2,000 x 30": lambda: halves(*process(3_000), 2_000, 10)}, 10, 1
    elif arguments.cases:
        wanted = {k: v for k, v in wanted.items() if any(part in k for part in arguments.cases)}
    results = {}
    for name, make in wanted.items():
        try:
            case = make()
        except OSError as reason:
            print(f"{name}: left out, {reason}", file=sys.stderr)
            continue
        results[name] = measure(case, fits, trees, arguments.threads, repeats)
        print(markdown({name: results[name]}, list(fits)).splitlines()[-1], file=sys.stderr, flush=True)
    if arguments.json:
        arguments.json.write_text(
            json.dumps({"trees": trees, "threads": arguments.threads, "results": results}, indent=1)
        )
    write(results, list(fits), arguments)


def write(results: dict[str, dict[str, Any]], names: list[str], arguments: argparse.Namespace) -> None:
    """The table, and the picture where it is wanted."""
    print(markdown(results, names))
    if arguments.markdown:
        arguments.markdown.write_text(markdown(results, names) + "\n")
    if arguments.plot:
        plot(results, names, arguments.plot)


if __name__ == "__main__":
    main()
