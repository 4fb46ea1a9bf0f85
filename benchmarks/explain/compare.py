# SPDX-License-Identifier: MIT
"""`compare` of deep forests: a period and a reference as two sets, beside the mean over pairs of rows.

    python benchmarks/explain/compare.py [--shapes leaf-5 full-depth] [--rows 50 500 1000] [--most-pairs 2500]

Pairs of rows are what `TreeExplainer(model, reference)` takes deep trees by; they are measured, and the contributions
compared, up to so many pairs. Seconds of the processor, one thread, once, without
making the explainers.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import plantwright as pw
from tree_shap import SHAPES, Bench, require

warnings.simplefilter("ignore")


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds, and the result."""
    start = time.process_time()
    result = run()
    return time.process_time() - start, result


def line(bench: Bench, n: int, most_pairs: int) -> str:
    """n rows against n."""
    rows, reference = bench.fresh[:n], bench.X[:n]
    explainer = pw.TreeExplainer(bench.forest)
    seconds, found = timed(lambda: explainer.compare(rows, reference))
    require(abs(found.now - bench.forest.predict(rows).mean()) < 1e-9 * bench.spread, "the sum of contributions")
    by_pairs = ""
    if n * n <= most_pairs:
        against = pw.TreeExplainer(bench.forest, reference)
        pairs, values = timed(lambda: against.shap_values(rows))
        deviation = np.abs(values.mean(axis=0) - found.contributions).max()
        require(deviation < 1e-6 * bench.spread, f"off by {deviation} from the mean over pairs")
        by_pairs = f"{pairs:.2f}"
    return f"| {bench.shape}, {bench.forest._model.n_nodes:,} nodes | {n}, {n} | {seconds:.2f} | {by_pairs} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", nargs="+", choices=list(SHAPES), default=["leaf-5", "full-depth"])
    parser.add_argument("--rows", nargs="+", type=int, default=[50, 500, 1000])
    parser.add_argument("--most-pairs", type=int, default=2500)
    parser.add_argument("--trees", type=int, default=100)
    arguments = parser.parse_args()
    print("| forest | rows, reference | sets, s | pairs, s |\n| --- | --- | ---: | ---: |")
    for shape in arguments.shapes:
        bench = Bench(shape, arguments.trees)
        for n in arguments.rows:
            print(line(bench, n, arguments.most_pairs), flush=True)


if __name__ == "__main__":
    main()
