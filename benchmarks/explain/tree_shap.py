# SPDX-License-Identifier: MIT
"""Shapley values of forests beside the peers, on one thread: 20,000 x 30, 100 trees, 10 features a split.

    python benchmarks/explain/tree_shap.py [--cases depth-8 leaf-5 ...] [--quick] [--json FILE] [--markdown FILE]

shap explains our forest, the same trees; XGBoost, LightGBM and ydf explain forests of their own of the same shape, and
ours explains XGBoost's and LightGBM's, taken over, too. Before a time counts, ours must agree with shap on the same
trees (with XGBoost's and LightGBM's own values on theirs), and add up to the predictions. A figure is the least over
rounds of the processor's time a row; ours takes 1,000 rows or more, slow peers a few.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import plantwright as pw

SHAPES: dict[str, dict[str, Any]] = {"depth-8": {"max_depth": 8}, "leaf-5": {"min_samples_leaf": 5}, "full-depth": {}}
CASES = [*SHAPES, "interactions", "interventional", "one row"]
Explain = Callable[[np.ndarray], Any]


def process(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Correlated sensors: eight latent factors plus noise; smooth, product and step effects in the target."""
    rng = np.random.default_rng(seed)
    mixing = np.random.default_rng(42).normal(size=(8, 30)) * 0.7
    X = (rng.normal(size=(rows, 8)) @ mixing + rng.normal(size=(rows, 30))).astype(np.float32)
    signal = 3 * np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + np.where(X[:, 3] > 0.5, 2 * X[:, 4], -X[:, 5])
    return X, signal + 0.5 * X[:, 6] ** 2 + X[:, 7] + rng.normal(size=rows)


class Bench:
    """The forests of one shape, made when they are first asked for."""

    def __init__(self, shape: str, trees: int) -> None:
        self.shape, self.trees = shape, trees
        self.X, self.y = process(20_000)
        self.fresh = process(5_000, seed=1)[0]
        self.forest = pw.RandomForestRegressor(trees, max_features=10, random_state=0, **SHAPES[shape])
        self.forest.fit(self.X, self.y)
        self.spread = float(np.ptp(self.forest.predict(self.fresh)))
        self._xgboost: Any = None
        self._lightgbm: Any = None

    def xgboost(self) -> Any:
        """A forest of parallel trees of XGBoost's."""
        import xgboost as xgb

        if self._xgboost is None:
            parameters = {
                "max_depth": 8 if self.shape == "depth-8" else 40,
                "min_child_weight": 5 if self.shape == "leaf-5" else 1,
                "subsample": 0.632,
                "colsample_bynode": 1 / 3,
                "num_parallel_tree": self.trees,
                "learning_rate": 1,
                "reg_lambda": 0,
                "tree_method": "hist",
                "nthread": 1,
            }
            self._xgboost = xgb.train(parameters, xgb.DMatrix(self.X, self.y), num_boost_round=1)
        return self._xgboost

    def lightgbm(self) -> Any:
        """A random forest of LightGBM's, of depth 8."""
        import lightgbm as lgb

        if self._lightgbm is None:
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
            self._lightgbm = lgb.train(parameters, lgb.Dataset(self.X, self.y), num_boost_round=self.trees)
        return self._lightgbm

    def ydf(self) -> Explain:
        """A random forest of ydf's, of depth 8."""
        import ydf

        def table(X: np.ndarray) -> dict[str, np.ndarray]:
            return {f"x{j}": X[:, j] for j in range(X.shape[1])}

        learner = ydf.RandomForestLearner(
            label="y",
            task=ydf.Task.REGRESSION,
            num_trees=self.trees,
            max_depth=9,  # it counts nodes
            min_examples=1,
            num_candidate_attributes=10,
            compute_oob_performances=False,
            num_threads=1,
        )
        model = learner.train(table(self.X) | {"y": self.y}, verbose=0)
        return lambda X: model.predict_shap(table(X), num_threads=1)


def require(ok: bool, what: str) -> None:
    """End where a result is not what it must be: no time counts then."""
    if not ok:
        raise SystemExit(f"wrong result: {what}")


def seconds_a_row(explain: Explain, X: np.ndarray, rounds: int, calls: int = 1) -> float:
    """Least processor time a row."""
    least = np.inf
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(calls):
            explain(X)
        least = min(least, (time.process_time() - start) / (len(X) * calls))
    return least


def agree(bench: Bench, ours: np.ndarray, theirs: np.ndarray, what: str, tolerance: float = 1e-5) -> float:
    """Largest difference over the spread of the predictions."""
    deviation = float(np.abs(ours - theirs).max() / bench.spread)
    require(deviation < tolerance, f"{what}: off by {deviation:.1e} of the range")
    return deviation


# ---- the cases: each gives {library: seconds a row} and notes


def path_dependent(bench: Bench, rounds: int, slow_rows: int) -> tuple[dict[str, float], dict[str, float]]:
    """Values without background."""
    import shap

    explainer = pw.TreeExplainer(bench.forest)
    batch = bench.fresh[: {"depth-8": 4096, "leaf-5": 1024, "full-depth": 1024}[bench.shape]]
    values = explainer.shap_values(batch)
    sums = values.sum(axis=1) + explainer.expected_value
    notes = {"additivity": agree(bench, sums, bench.forest.predict(batch), "additivity")}
    theirs = shap.TreeExplainer(bench.forest.to_shap_trees())
    few = bench.fresh[:slow_rows]
    expected = theirs.shap_values(few, check_additivity=False)
    notes["deviation from shap"] = agree(bench, values[:slow_rows], expected, "shap")
    audit = pw.TreeExplainer(bench.forest, precision="audit")
    notes["audit's deviation from shap"] = agree(bench, audit.shap_values(few), expected, "audit", 1e-6)
    times = {
        "plantwright": seconds_a_row(explainer.shap_values, batch, rounds),
        "plantwright, audit": seconds_a_row(audit.shap_values, batch[:256], 1),
        "shap": seconds_a_row(lambda X: theirs.shap_values(X, check_additivity=False), few, 1),
    }
    return times | of_own_forests(bench, rounds, slow_rows, batch), notes


def of_own_forests(bench: Bench, rounds: int, slow_rows: int, batch: np.ndarray) -> dict[str, float]:
    """XGBoost, LightGBM and ydf on forests of their own, and ours on those that it can take over."""
    import xgboost as xgb

    times = {}
    booster = bench.xgboost()
    few = bench.fresh[: max(4, slow_rows)]
    taken = pw.TreeExplainer(pw.from_xgboost(booster))
    theirs = booster.predict(xgb.DMatrix(few, nthread=1), pred_contribs=True)
    agree(bench, taken.shap_values(few), theirs[:, :-1], "XGBoost", 2e-5)
    times["XGBoost"] = seconds_a_row(lambda X: booster.predict(xgb.DMatrix(X, nthread=1), pred_contribs=True), few, 1)
    times["plantwright on XGBoost's forest"] = seconds_a_row(taken.shap_values, batch, rounds)
    if bench.shape != "depth-8":
        return times  # LightGBM and ydf take minutes to grow, or to explain, such trees
    model = bench.lightgbm()
    taken = pw.TreeExplainer(pw.from_lightgbm(model))
    theirs = model.predict(few, pred_contrib=True, num_threads=1) / bench.trees  # it sums where its predictions average
    agree(bench, taken.shap_values(few), theirs[:, :-1], "LightGBM", 2e-5)
    times["LightGBM"] = seconds_a_row(lambda X: model.predict(X, pred_contrib=True, num_threads=1), few, 1)
    times["plantwright on LightGBM's forest"] = seconds_a_row(taken.shap_values, batch, rounds)
    try:
        times["ydf"] = seconds_a_row(bench.ydf(), few, 1)
    except ImportError:
        print("ydf is not installed")
    return times


def interactions(bench: Bench, rounds: int, slow_rows: int) -> tuple[dict[str, float], dict[str, float]]:
    """Interaction values at depth 8."""
    import shap
    import xgboost as xgb

    explainer = pw.TreeExplainer(bench.forest)
    theirs = shap.TreeExplainer(bench.forest.to_shap_trees())
    few = bench.fresh[: max(1, slow_rows // 10)]
    notes = {
        "deviation from shap": agree(
            bench, explainer.shap_interaction_values(few), theirs.shap_interaction_values(few), "interactions"
        )
    }
    booster = bench.xgboost()
    taken = pw.TreeExplainer(pw.from_xgboost(booster))

    def of_xgboost(X: np.ndarray) -> np.ndarray:
        return booster.predict(xgb.DMatrix(X, nthread=1), pred_interactions=True)[:, :-1, :-1]

    agree(bench, taken.shap_interaction_values(few), of_xgboost(few), "XGBoost", 2e-5)
    batch = bench.fresh[:1024]
    return {
        "plantwright": seconds_a_row(explainer.shap_interaction_values, batch, rounds),
        "plantwright on XGBoost's forest": seconds_a_row(taken.shap_interaction_values, batch, rounds),
        "shap": seconds_a_row(theirs.shap_interaction_values, few, 1),
        "XGBoost": seconds_a_row(of_xgboost, few, 1),
    }, notes


def interventional(bench: Bench, rounds: int, slow_rows: int) -> tuple[dict[str, float], dict[str, float]]:
    """Against 100 rows of background, at depth 8."""
    import shap

    background = bench.X[:100]
    start = time.process_time()
    explainer = pw.TreeExplainer(bench.forest, background)
    notes = {"making the tables, s": time.process_time() - start}
    theirs = shap.TreeExplainer(
        bench.forest.to_shap_trees(), background.astype(np.float64), feature_perturbation="interventional"
    )
    few = bench.fresh[:slow_rows]
    expected = theirs.shap_values(few, check_additivity=False)
    notes["deviation from shap"] = agree(bench, explainer.shap_values(few), expected, "interventional")
    return {
        "plantwright": seconds_a_row(explainer.shap_values, bench.fresh[:4096], rounds),
        "shap": seconds_a_row(lambda X: theirs.shap_values(X, check_additivity=False), few, 1),
    }, notes


def one_row(bench: Bench, rounds: int, slow_rows: int) -> tuple[dict[str, float], dict[str, float]]:
    """One row through the Python API, path-dependent, at depth 8."""
    import shap
    import xgboost as xgb

    row = bench.fresh[:1]
    explainer = pw.TreeExplainer(bench.forest)
    theirs = shap.TreeExplainer(bench.forest.to_shap_trees())
    booster, model, of_ydf = bench.xgboost(), bench.lightgbm(), bench.ydf()
    agree(bench, explainer.shap_values(row), theirs.shap_values(row, check_additivity=False), "one row")
    ways: dict[str, Explain] = {
        "plantwright": explainer.shap_values,
        "shap": lambda X: theirs.shap_values(X, check_additivity=False),
        "XGBoost": lambda X: booster.predict(xgb.DMatrix(X, nthread=1), pred_contribs=True),
        "LightGBM": lambda X: model.predict(X, pred_contrib=True, num_threads=1),
        "ydf": of_ydf,
    }
    return {name: seconds_a_row(way, row, rounds, calls=min(slow_rows, 20)) for name, way in ways.items()}, {}


def measure(cases: list[str], trees: int, rounds: int, slow: float) -> list[dict[str, Any]]:
    """Every case asked for."""
    results, benches = [], {}
    runs = {"interactions": interactions, "interventional": interventional, "one row": one_row}
    slow_rows = {"depth-8": 40, "leaf-5": 4, "full-depth": 2, "interactions": 40, "interventional": 40, "one row": 20}
    for case in cases:
        shape = case if case in SHAPES else "depth-8"
        if shape not in benches:
            benches = {shape: Bench(shape, trees)}
        run = runs.get(case, path_dependent)
        times, notes = run(benches[shape], rounds, max(1, int(slow_rows[case] * slow)))
        nodes = benches[shape].forest._model.n_nodes
        results.append({"case": case, "trees": trees, "nodes": nodes, "seconds_a_row": times, "notes": notes})
        print(markdown(results[-1:]), flush=True)
    return results


def markdown(results: list[dict[str, Any]]) -> str:
    """A line a case and library: microseconds a row, and how many times as long as ours."""
    lines = ["| case | library | us a row | times ours |", "| --- | --- | ---: | ---: |"]
    for result in results:
        ours = result["seconds_a_row"]["plantwright"]
        for name, seconds in result["seconds_a_row"].items():
            own = result["seconds_a_row"].get(f"plantwright on {name}'s forest", ours)
            ratio = "" if name.startswith("plantwright") else f"{seconds / own:,.0f}"
            lines.append(f"| {result['case']}, {result['nodes']:,} nodes | {name} | {seconds * 1e6:,.1f} | {ratio} |")
        for name, value in result["notes"].items():
            lines.append(f"| {result['case']} | {name} | {value:.1e} | |")
    return "\n".join(lines)


def page(results: list[dict[str, Any]], machine: str) -> str:
    """A page of the documentation."""
    return f"""# Shapley values of forests: time
`python benchmarks/explain/tree_shap.py`: microseconds of the processor a row, {results[0]["trees"]} trees trained on
20,000 x 30 with 10 features a split, one thread, least of some rounds{machine and f", on {machine}"}.
shap explains our forest, the same trees; XGBoost, LightGBM and ydf explain forests of their own of the same shape, and
are set beside ours on those trees where it takes them over. Results are checked before a time counts; deviations are
shares of the predictions' range. Ours takes 1,000 rows or more a call (but for "one row"), slow peers 2 to 40.

{markdown(results)}
"""


def joined(paths: list[Path]) -> list[dict[str, Any]]:
    """Results in the order of the cases; a later file's stand for those of an earlier one."""
    found = {result["case"]: result for path in paths for result in json.loads(path.read_text())}
    return [found[case] for case in CASES if case in found]


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", nargs="+", choices=CASES, default=CASES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="five trees, one round")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--machine", default="", help="said on the page")
    parser.add_argument("--from-json", nargs="+", type=Path, help="do not measure: join these")
    arguments = parser.parse_args()
    if arguments.from_json:
        results = joined(arguments.from_json)
        print(markdown(results))
    elif arguments.quick:
        results = measure(arguments.cases, 5, 1, 0.2)
    else:
        results = measure(arguments.cases, 100, arguments.rounds, 1)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")
    if arguments.markdown:
        arguments.markdown.write_text(page(results, arguments.machine))


if __name__ == "__main__":
    main()
