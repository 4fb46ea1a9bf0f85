# SPDX-License-Identifier: MIT
"""Prediction by batch size beside the peers, on one thread: 20,000 x 30, 100 trees, 10 features a split.

    python benchmarks/forest/inference.py [--shapes depth-8 leaf-5 full-depth] [--quick] [--json FILE] [--markdown FILE]
                                          [--plot FILE] [--from-json FILE]

Each library predicts with its own forest of the same shape (ONNX Runtime, treelite and tl2cgen with scikit-learn's;
tl2cgen, which compiles C code for minutes, at depth 8 alone). `--from-json` draws what an earlier run measured.

Before a time counts,
ours must explain as much of new rows as the peers, and equal a walk by hand through its own trees. A figure is the
median over rounds of the processor's time a row; in a round every library is measured once.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import plantwright as pw
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import r2_score

BATCHES = (1, 4, 16, 64, 256, 1000, 20_000)
SHAPES: dict[str, dict[str, Any]] = {
    "depth-8": {"max_depth": 8},
    "leaf-5": {"min_samples_leaf": 5},
    "full-depth": {},
}
Predict = Callable[[np.ndarray], Any]


def process(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Thirty sensors, five of which act on the target, with interactions and noise."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 30)).astype(np.float32)
    signal = 2 * X[:, 0] + np.sin(3 * X[:, 1]) + X[:, 2] * X[:, 3] + np.abs(X[:, 4])
    return X, signal + rng.normal(size=rows) * 0.5 * signal.std()


def ours(shape: str, X: np.ndarray, y: np.ndarray, trees: int) -> dict[str, Predict]:
    """`predict`, and for one row `predict_one` of a list."""
    forest = pw.RandomForestRegressor(trees, max_features=10, random_state=0, **SHAPES[shape]).fit(X, y)
    check_by_hand(forest, X[:20])
    return {"plantwright": forest.predict, "plantwright, predict_one": lambda rows: forest.predict_one(rows)}


def check_by_hand(forest: Any, X: np.ndarray) -> None:
    """Every row through every tree, by the published arrays."""
    trees = [estimator.tree_ for estimator in forest.estimators_]
    for row, predicted in zip(X, forest.predict(X), strict=True):
        total = 0.0
        for tree in trees:
            node = 0
            while tree.children_left[node] >= 0:
                left = row[tree.feature[node]] <= tree.threshold[node]
                node = tree.children_left[node] if left else tree.children_right[node]
            total += tree.value[node, 0]
        if total / len(trees) != predicted:
            raise SystemExit("plantwright: a prediction is not what its trees say")


def sklearn_and_onnx(shape: str, X: np.ndarray, y: np.ndarray, trees: int) -> dict[str, Predict]:
    """scikit-learn's forest, by itself and in ONNX Runtime."""
    forest = RandomForestRegressor(trees, max_features=10, random_state=0, n_jobs=-1, **SHAPES[shape]).fit(X, y)
    forest.n_jobs = 1
    peers: dict[str, Predict] = {"scikit-learn": forest.predict} | treelite_forests(shape, forest)
    try:
        import onnxruntime
        from skl2onnx import to_onnx
    except ImportError:
        return peers
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        to_onnx(forest, X[:1]).SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return peers | {"ONNX Runtime": lambda rows: session.run(None, {"X": rows})[0].ravel()}


def treelite_forests(shape: str, forest: RandomForestRegressor) -> dict[str, Predict]:
    """scikit-learn's forest in treelite's own walker, and as C code that tl2cgen writes and the C compiler builds."""
    try:
        import treelite
    except ImportError:
        return {}
    model = treelite.sklearn.import_model(forest)
    found: dict[str, Predict] = {
        "treelite": lambda rows: treelite.gtil.predict(model, rows.astype(np.float64), nthread=1)
    }
    try:
        import tl2cgen
    except ImportError:
        return found
    if shape != "depth-8":
        return found
    folder = tempfile.mkdtemp()
    library = Path(folder) / "forest.so"
    parameters = {"parallel_comp": 16}
    tl2cgen.export_lib(model, toolchain="gcc", libpath=str(library), params=parameters, nthread=os.cpu_count())
    predictor = tl2cgen.Predictor(str(library), nthread=1)
    return found | {"tl2cgen": lambda rows: predictor.predict(tl2cgen.DMatrix(rows.astype(np.float64)))}


def xgboost(shape: str, X: np.ndarray, y: np.ndarray, trees: int) -> dict[str, Predict]:
    """A forest of parallel trees; `inplace_predict`, the faster of its ways."""
    import xgboost as xgb

    least = {"depth-8": 1, "leaf-5": 5, "full-depth": 1}[shape]
    parameters = {
        "max_depth": 8 if shape == "depth-8" else 30,
        "min_child_weight": least,
        "subsample": 0.632,
        "colsample_bynode": 1 / 3,
        "num_parallel_tree": trees,
        "learning_rate": 1,
        "reg_lambda": 0,
        "nthread": 1,
    }
    booster = xgb.train(parameters, xgb.DMatrix(X, y), num_boost_round=1)
    return {"XGBoost": booster.inplace_predict}


def lightgbm(_: str, X: np.ndarray, y: np.ndarray, trees: int) -> dict[str, Predict]:
    """Its random forest, of depth 8."""
    import lightgbm as lgb

    parameters = {
        "boosting": "rf",
        "bagging_freq": 1,
        "bagging_fraction": 0.632,
        "feature_fraction_bynode": 1 / 3,
        "num_leaves": 256,
        "max_depth": 8,
        "min_data_in_leaf": 1,
        "num_threads": 1,
        "verbosity": -1,
    }
    booster = lgb.train(parameters, lgb.Dataset(X, y), num_boost_round=trees)
    return {"LightGBM": lambda rows: booster.predict(rows, num_threads=1)}


def library_forests(shape: str, X: np.ndarray, y: np.ndarray, trees: int) -> dict[str, Predict]:
    """Whatever is installed."""
    forests = ours(shape, X, y, trees) | sklearn_and_onnx(shape, X, y, trees)
    for library in (xgboost, lightgbm):
        if shape != "depth-8" and library is lightgbm:
            continue  # its trees of thousands of leaves take minutes to grow
        try:
            forests |= library(shape, X, y, trees)
        except ImportError:
            print(f"{library.__name__} is not installed")
    return forests


def check_scores(shape: str, forests: dict[str, Predict]) -> dict[str, float]:
    """R2 on new rows; a peer far below ours has not learnt the same forest."""
    X, y = process(4_000, seed=1)
    scores = {name: float(r2_score(y, np.ravel(predict(X)))) for name, predict in forests.items() if "one" not in name}
    print(shape, {name: round(score, 4) for name, score in scores.items()})
    if scores["plantwright"] < max(scores.values()) - 0.03:
        raise SystemExit(f"{shape}: plantwright explains less than a peer: {scores}")
    return scores


def microseconds(predict: Predict, X: np.ndarray, batch: int, least_rows: int) -> float:
    """Processor time a row, over enough batches to be measured."""
    batches = [X[at : at + batch] for at in range(0, max(batch, min(least_rows, len(X)) // batch * batch), batch)]
    if predict.__name__ == "<lambda>" and "predict_one" in predict.__code__.co_names:
        batches = [rows[0].tolist() for rows in batches]
    predict(batches[0])
    start = time.process_time()
    for rows in batches:
        predict(rows)
    return (time.process_time() - start) / (len(batches) * batch) * 1e6


def measure(shape: str, trees: int, rounds: int, batches: tuple[int, ...]) -> dict[str, Any]:
    """Every library at every batch size, in turns."""
    X, y = process(20_000)
    forests = library_forests(shape, X, y, trees)
    scores = check_scores(shape, forests)
    fresh = process(20_000, seed=2)[0]
    figures: dict[str, dict[int, float]] = {name: {} for name in forests}
    for batch in batches:
        times: dict[str, list[float]] = {name: [] for name in forests}
        for _ in range(rounds):
            for name, predict in forests.items():
                if batch > 1 and "predict_one" in name:
                    continue
                slow = name in ("scikit-learn", "LightGBM") and batch < 64
                times[name].append(microseconds(predict, fresh, batch, 300 if slow else 4_000))
        for name, values in times.items():
            if values:
                figures[name][batch] = statistics.median(values)
    return {"shape": shape, "trees": trees, "scores": scores, "microseconds": figures}


def markdown(results: list[dict[str, Any]]) -> str:
    """A table a shape: microseconds a row, and the best peer's time over ours."""
    lines = []
    for result in results:
        figures: dict[str, dict[int, float]] = result["microseconds"]
        batches = list(figures["plantwright"])
        lines += [
            f"### {result['shape']}, microseconds a row",
            "",
            "| rows a call | " + " | ".join(map(str, batches)) + " |",
        ]
        lines.append("| --- |" + " ---: |" * len(batches))
        for name, row in figures.items():
            cells = [f"{row[batch]:.2f}" if batch in row else "" for batch in batches]
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
        ratios = []
        for batch in batches:
            mine = min(row[batch] for name, row in figures.items() if name.startswith("plantwright") and batch in row)
            best = min(row[batch] for name, row in figures.items() if not name.startswith("plantwright"))
            ratios.append(f"{best / mine:.1f}")
        lines += ["| best peer / ours | " + " | ".join(ratios) + " |", ""]
    return "\n".join(lines)


def plot(results: list[dict[str, Any]], path: Path) -> None:
    """Microseconds a row by rows a call, one panel a shape."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(
        1, len(results), figsize=(4 * len(results), 3.6), layout="constrained", sharey=True
    )
    names = list(dict.fromkeys(name for result in results for name in result["microseconds"]))
    colours = dict(zip(names, pyplot.get_cmap("tab10").colors, strict=False))
    for axes, result in zip(np.atleast_1d(panels), results, strict=True):
        for name, row in result["microseconds"].items():
            ours = name.startswith("plantwright")
            axes.plot(
                [int(batch) for batch in row],
                list(row.values()),
                marker="D" if "one" in name else "o",
                markersize=4,
                color=colours[name],
                linewidth=2.2 if ours else 1.0,
                label=name,
            )
        axes.set(xscale="log", yscale="log", title=result["shape"], xlabel="rows a call")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.3)
    np.atleast_1d(panels)[0].set_ylabel("microseconds a row, one thread")
    handles = {
        label: line
        for axes in np.atleast_1d(panels)
        for line, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(handles.values(), handles, loc="outside upper center", ncols=5, fontsize=8)
    figure.savefig(path)


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", nargs="+", choices=list(SHAPES), default=list(SHAPES))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="ten trees, one round")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--from-json", type=Path)
    arguments = parser.parse_args()
    if arguments.from_json:
        write(json.loads(arguments.from_json.read_text()), arguments)
        return
    trees, rounds = (10, 1) if arguments.quick else (100, arguments.rounds)
    results = [measure(shape, trees, rounds, BATCHES) for shape in arguments.shapes]
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")
    write(results, arguments)


def write(results: list[dict[str, Any]], arguments: argparse.Namespace) -> None:
    """The tables, and the picture where it is wanted."""
    print(markdown(results))
    if arguments.markdown:
        arguments.markdown.write_text(markdown(results) + "\n")
    if arguments.plot:
        plot(results, arguments.plot)


if __name__ == "__main__":
    main()
