# SPDX-License-Identifier: MIT
"""Reading CSV files on one core: plantwright beside pandas, polars and pyarrow.

Usage: python benchmarks/frame/read_csv.py [--rows N] [--runs N] [--output DIRECTORY]

Each reader reads the same files; its values are checked first. Reported are medians of wall time and of CPU
time (the steadier figure on a machine that others use too), in MB/s of text. polars and pyarrow run with one thread.
"""

from __future__ import annotations

import os

os.environ["POLARS_MAX_THREADS"] = "1"  # before polars is imported
os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import plantwright as pw
import polars as pl
import pyarrow as pa
import pyarrow.csv

Reader = Callable[[Path], object]


Columns = dict[str, np.ndarray]


def numeric_table(rng: np.random.Generator, rows: int, digits: int, columns: int) -> tuple[str, Columns]:
    """Sensors of `digits` significant digits, and the doubles Python makes of them. A block of rows is repeated."""
    block = [[f"{value:.{digits}g}" for value in row] for row in rng.normal(500, 200, (min(rows, 20_000), columns))]
    names = [f"sensor_{j}" for j in range(columns)]
    repeats = max(1, rows // len(block))
    text = ",".join(names) + "\n" + "".join(",".join(row) + "\n" for row in block) * repeats
    return text, {name: np.tile([float(row[j]) for row in block], repeats) for j, name in enumerate(names)}


def plant_log(rng: np.random.Generator, rows: int) -> tuple[str, Columns]:
    """Time, ten sensors with gaps, three categories, one of them quoted."""
    block, repeats = min(rows, 20_000), max(1, rows // min(rows, 20_000))
    stamps = pd.date_range("2020-01-01", periods=block, freq="min").strftime("%Y-%m-%d %H:%M:%S")
    grade, shift = rng.choice(["A", "B", "C"], block), rng.choice(["early", "late", "night"], block)
    gaps = rng.random((block, 10)) < 0.03
    sensors = np.where(gaps, "", [[f"{v:.7g}" for v in row] for row in rng.normal(500, 200, (block, 10))])
    lines = (f'{stamps[i]},{",".join(sensors[i])},{grade[i]},{shift[i]},"line {i % 4}"\n' for i in range(block))
    text = "time," + ",".join(f"s{j}" for j in range(10)) + ",grade,shift,line\n" + "".join(lines) * repeats
    return text, {f"s{j}": np.tile([float(v or "nan") for v in sensors[:, j]], repeats) for j in range(10)}


def readers() -> dict[str, Reader]:
    """One thread each."""
    one_thread = pa.csv.ReadOptions(use_threads=False)
    return {
        "plantwright": lambda path: pw.read_csv(path),
        "pandas (c)": lambda path: pd.read_csv(path),
        "pandas (pyarrow)": lambda path: pd.read_csv(path, engine="pyarrow"),
        "polars": lambda path: pl.read_csv(path, try_parse_dates=True),
        "pyarrow": lambda path: pa.csv.read_csv(path, read_options=one_thread),
    }


def numbers_of(table: object) -> Columns:
    """The columns of numbers, NaN where missing."""
    if isinstance(table, pw.Frame):
        return {name: table[name] for name in table.columns if table.schema[name].kind == "number"}
    frame = table if isinstance(table, pd.DataFrame) else table.to_pandas()
    return {name: frame[name].to_numpy(np.float64) for name in frame.columns if frame[name].dtype.kind in "if"}


def largest_ulps(table: object, expected: Columns) -> float:
    """Largest distance from the exact doubles, in units of the last place; raises where values are elsewhere."""
    numbers = numbers_of(table)
    assert set(numbers) == set(expected), (sorted(numbers), sorted(expected))
    worst = 0.0
    for name, exact in expected.items():
        np.testing.assert_allclose(numbers[name], exact, rtol=1e-12, err_msg=name)
        worst = max(worst, float(np.nanmax(np.abs(numbers[name] - exact) / np.spacing(np.abs(exact)))))
    return worst


def timed(reader: Reader, path: Path, runs: int) -> tuple[float, float]:
    """Medians of wall and CPU seconds."""
    wall, cpu = [], []
    for _ in range(runs):
        start = time.perf_counter(), time.process_time()
        reader(path)
        wall.append(time.perf_counter() - start[0])
        cpu.append(time.process_time() - start[1])
    return statistics.median(wall), statistics.median(cpu)


def measure(path: Path, expected: Columns, runs: int) -> list[dict[str, object]]:
    """One row a reader."""
    megabytes = path.stat().st_size / 1e6
    rows = []
    for name, reader in readers().items():
        ulps = largest_ulps(reader(path), expected)  # also warms the file cache
        wall, cpu = timed(reader, path, runs)
        rows.append(
            {
                "reader": name,
                "wall_s": wall,
                "cpu_s": cpu,
                "wall_MB_s": megabytes / wall,
                "cpu_MB_s": megabytes / cpu,
                "largest_ulps": ulps,
            }
        )
    ours = rows[0]["cpu_s"]
    return [{**row, "times_ours": row["cpu_s"] / ours} for row in rows]


def markdown(results: dict[str, dict]) -> str:
    """A table a file."""
    text = "# Reading CSV on one core\n"
    for title, result in results.items():
        text += f"\n## {title} ({result['megabytes']:.0f} MB)\n\n"
        text += (
            "| reader | MB/s (CPU time) | MB/s (wall) | CPU time / ours | largest error, ulp |\n|---|---|---|---|---|\n"
        )
        for row in result["readers"]:
            text += (
                f"| {row['reader']} | {row['cpu_MB_s']:.0f} | {row['wall_MB_s']:.0f} | {row['times_ours']:.2f} | "
                f"{row['largest_ulps']:.0f} |\n"
            )
    return text


def main() -> None:
    """Writes, reads, reports."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--output", type=Path, help="directory for csv.json and csv.md")
    arguments = parser.parse_args()
    rng = np.random.default_rng(0)
    tables = {
        "numbers of 6 digits, 15 columns": lambda: numeric_table(rng, arguments.rows, 6, 15),
        "numbers of 9 digits, 15 columns": lambda: numeric_table(rng, arguments.rows, 9, 15),
        "numbers of 17 digits, 5 columns": lambda: numeric_table(rng, arguments.rows, 17, 5),
        "time, numbers with gaps, categories": lambda: plant_log(rng, arguments.rows),
    }
    results = {}
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "table.csv"
        for title, table in tables.items():
            text, expected = table()
            path.write_text(text)
            results[title] = {"megabytes": len(text) / 1e6, "readers": measure(path, expected, arguments.runs)}
    print(markdown(results))
    if arguments.output:
        arguments.output.mkdir(parents=True, exist_ok=True)
        (arguments.output / "csv.json").write_text(json.dumps(results, indent=2))
        (arguments.output / "csv.md").write_text(markdown(results))


if __name__ == "__main__":
    main()
