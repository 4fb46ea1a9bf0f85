# SPDX-License-Identifier: MIT
"""Rolling features beside polars and pandas, on one thread: 1 M rows, windows 5, 10, 30, 60.

    python benchmarks/preprocessing/rolling.py [--rows N] [--cases features ...] [--json FILE] [--markdown FILE]

`features` are {mean, std, min, max, median, q10, q90}; `orders 60` and `orders 1000` median, q10 and q90 alone;
`missing` is `features` where 5 % of the readings are missing; `by time` are windows of 5, 10, 30, 60 minutes on
irregular stamps. Before a time counts, every column is compared with polars' and pandas'. Quantiles interpolate
linearly everywhere. A figure is the least over rounds of the processor's time; ours is `transform` on a Frame, the
allocation of what comes out included, as with the peers.
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
os.environ.setdefault("POLARS_MAX_THREADS", "1")

import numpy as np
import pandas as pd
import plantwright as pw
import polars as pl

ALL = ["mean", "std", "min", "max", "median", "q10", "q90"]
ORDERS = ["median", "q10", "q90"]
CASES: dict[str, dict[str, Any]] = {
    "features": {"windows": [5, 10, 30, 60], "statistics": ALL},
    "missing": {"windows": [5, 10, 30, 60], "statistics": ALL, "missing": 0.05},
    "orders 60": {"windows": [60], "statistics": ORDERS},
    "orders 1000": {"windows": [1000], "statistics": ORDERS},
    "moments 1000": {"windows": [1000], "statistics": ["mean", "std", "min", "max"]},
    "by time": {"windows": ["5min", "10min", "30min", "60min"], "statistics": ALL},
}
Columns = dict[str, np.ndarray]


def require(ok: bool, what: str) -> None:
    """End where a result is not what it must be: no time counts then."""
    if not ok:
        raise SystemExit(f"wrong result: {what}")


class Case:
    """One table, and how each library computes its columns."""

    def __init__(self, name: str, rows: int) -> None:
        self.windows, self.statistics = CASES[name]["windows"], CASES[name]["statistics"]
        random = np.random.default_rng(0)
        self.x = np.cumsum(random.normal(size=rows))
        self.x[random.random(rows) < CASES[name].get("missing", 0)] = np.nan
        seconds = np.cumsum(random.integers(10, 111, rows))
        self.time = np.datetime64("2024-01-01", "ns") + seconds.astype("timedelta64[s]")
        self.by_time = isinstance(self.windows[0], str)

    def ours(self) -> Callable[[], Columns]:
        """Fit our step; give what runs it."""
        columns = {"time": self.time, "x": self.x} if self.by_time else {"x": self.x}
        frame = pw.Frame(columns)
        step = pw.RollingFeatures(windows=self.windows, statistics=self.statistics).fit(frame)

        def run() -> Columns:
            out = step.transform(frame)
            names = [(s, w) for w in self.windows for s in self.statistics]
            return {f"{s} {w}": out[f"x__rolling_{s}_{w}"] for s, w in names}

        return run

    def polars(self) -> Callable[[], Any]:
        """Lazily nothing: one eager select of all columns."""
        table = pl.DataFrame({"x": pl.Series(self.x).fill_nan(None), "time": self.time})
        columns = [self._polars_column(s, w).alias(f"{s} {w}") for w in self.windows for s in self.statistics]
        return lambda: table.select(columns)

    def _polars_column(self, statistic: str, window: Any) -> Any:
        x, quantile = pl.col("x"), {"median": 0.5, "q10": 0.1, "q90": 0.9}.get(statistic)
        suffix = "_by" if self.by_time else ""
        where = {"by": "time", "window_size": window.replace("min", "m")} if self.by_time else {"window_size": window}
        if quantile is not None:
            return getattr(x, "rolling_quantile" + suffix)(
                quantile=quantile, interpolation="linear", min_samples=1, **where
            )
        return getattr(x, f"rolling_{statistic}{suffix}")(min_samples=2 if statistic == "std" else 1, **where)

    def pandas(self) -> Callable[[], Any]:
        """One call a column."""
        series = pd.Series(self.x, index=self.time if self.by_time else None)

        def run() -> dict[str, Any]:
            result = {}
            for window in self.windows:
                rolling = series.rolling(window, min_periods=1)
                for s in self.statistics:
                    quantile = {"q10": 0.1, "q90": 0.9}.get(s)
                    result[f"{s} {window}"] = rolling.quantile(quantile) if quantile else getattr(rolling, s)()
            return result

        return run


def check(ours: Columns, theirs: Any, peer: str) -> None:
    """Every column, to what the peer's running sums allow."""
    for name, values in ours.items():
        other = np.asarray(theirs[name].to_numpy(), dtype=float)
        scale = np.nanmax(np.abs(values))
        same = np.isnan(values) == np.isnan(other)
        require(bool(same.all()), f"{peer}, {name}: other rows are missing")
        worst = float(np.nanmax(np.abs(values - other)))
        require(worst < 1e-6 * scale, f"{peer}, {name}: off by {worst:.1e}")


def least_seconds(run: Callable[[], Any], rounds: int) -> float:
    """Least processor time of a call."""
    least = np.inf
    for _ in range(rounds):
        start = time.process_time()
        run()
        least = min(least, time.process_time() - start)
    return least


def measure(name: str, rows: int, rounds: int) -> dict[str, Any]:
    """One case: checked, then timed."""
    case = Case(name, rows)
    ours, peers = case.ours(), {"polars": case.polars(), "pandas": case.pandas()}
    result = ours()
    for peer, run in peers.items():
        check(result, run(), peer)
    n_columns = len(result)
    del result
    nanoseconds = {"plantwright": least_seconds(ours, rounds) / rows * 1e9}
    for peer, run in peers.items():
        nanoseconds[peer] = least_seconds(run, 1 if peer == "pandas" else 2) / rows * 1e9
    best = min(nanoseconds["polars"], nanoseconds["pandas"])
    return {
        "case": name,
        "columns": n_columns,
        "ns a row": nanoseconds,
        "times faster": best / nanoseconds["plantwright"],
    }


def markdown(results: list[dict[str, Any]], rows: int) -> str:
    """A table of the figures."""
    lines = [
        f"Nanoseconds of processor time a row, {rows:,} rows, one thread.",
        "",
        "| case | columns | plantwright | polars | pandas | times the best peer |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for r in results:
        ns = r["ns a row"]
        lines.append(
            f"| {r['case']} | {r['columns']} | {ns['plantwright']:.1f} | {ns['polars']:.0f} | {ns['pandas']:.0f} "
            f"| {r['times faster']:.1f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run the cases."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=list(CASES))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_args()
    results = []
    for name in arguments.cases:
        results.append(measure(name, arguments.rows, arguments.rounds))
        print(json.dumps(results[-1]), flush=True)
    text = markdown(results, arguments.rows)
    print(text)
    if arguments.json:
        arguments.json.write_text(json.dumps({"rows": arguments.rows, "results": results}, indent=1) + "\n")
    if arguments.markdown:
        arguments.markdown.write_text(text)


if __name__ == "__main__":
    main()
