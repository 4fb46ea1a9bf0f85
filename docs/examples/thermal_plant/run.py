# SPDX-License-Identifier: MIT
"""The thermal plant: which of its sensors moves as it should not, and does an LSTM see it better than PCA?

    python docs/examples/thermal_plant/run.py --output thermal      # a simulated 500 MW unit with labelled faults
    python docs/examples/thermal_plant/run.py --data gt_full.csv    # the gas turbine of UCI 551, trained on 2011-12

Everything is done by calls of plantwright; what stands here is the story. See README.md beside this file.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import plantwright as pw
import turbine
from faults import SETTLING_MINUTES, by_kind, rows_of_events, with_settling
from plantwright.evaluate import metrics


class Watched(NamedTuple):
    """A table of running rows, its sensors, and which of the rows train, set the threshold and test."""

    table: pw.Frame
    sensors: list[str]
    train: np.ndarray
    quiet: np.ndarray  # normal, not trained on
    test: np.ndarray
    labels: np.ndarray  # 1 in a fault, NaN where nobody is judged
    events: pw.Frame  # the faults of the test rows: kind, sensors, begin, end (rows of the table)
    lowest: np.ndarray
    highest: np.ndarray


# ---- the plant


def simulated(options: argparse.Namespace) -> Watched:
    """Weeks without faults to train and to set thresholds, then weeks with faults."""
    plant = pw.simulate.ThermalPlant(
        rows=options.days * 1440,
        faultless_days=options.normal_days,
        faults_per_week=options.faults_per_week,
        seed=options.seed,
        truth=False,
    )
    everything = plant.run()
    table = everything[np.flatnonzero(everything["operating_state"] == "running")]
    day = (table["time"] - table["time"][0]) / np.timedelta64(1, "D")
    train_days = options.normal_days * 2 / 3
    test = np.flatnonzero(day >= options.normal_days)
    events = rows_of_events(table["time"], plant.events())
    ranges = [table.schema[name] for name in plant.sensors]
    return Watched(
        table,
        list(plant.sensors),
        np.flatnonzero(day < train_days),
        np.flatnonzero((day >= train_days) & (day < options.normal_days)),
        test,
        with_settling(table["time"], table["anomaly"], events),
        events,
        np.array([column.lowest for column in ranges]),
        np.array([column.highest for column in ranges]),
    )


# ---- the detectors


def autoencoder(options: argparse.Namespace) -> pw.LSTMAutoencoder:
    return pw.LSTMAutoencoder(
        window=options.window,
        stride=options.stride,
        bottleneck=options.bottleneck,
        max_epochs=options.epochs,
        learning_rate=0.005,
        random_state=options.seed,
        n_jobs=options.n_jobs,
        verbose=int(options.verbose),
    )


def out_of_range(watched: Watched) -> np.ndarray:
    """How far the worst sensor is outside its normal range, in widths of that range; negative inside."""
    values = np.column_stack([watched.table[name] for name in watched.sensors])
    middle, half = (watched.highest + watched.lowest) / 2, (watched.highest - watched.lowest) / 2
    beyond = np.abs(values - middle) / half - 1
    return np.where(np.isnan(beyond).all(axis=1), np.nan, np.fmax.reduce(beyond, axis=1))


def severities(model: pw.LSTMAutoencoder, watched: Watched) -> dict[str, np.ndarray]:
    """Of each detector, one a row, higher is worse."""
    return {
        "LSTM autoencoder": -model.score_samples(watched.table),
        "PCA twin": -model.pca_twin_.score_samples(watched.table),
        "range rule": out_of_range(watched),
    }


def threshold_of(severity: np.ndarray, quiet: np.ndarray, rate: float) -> float:
    """What the given share of normal rows exceeds that the detector was not trained on."""
    known = severity[quiet]
    return float(np.quantile(known[~np.isnan(known)], 1 - rate))


# ---- judging


def judge(watched: Watched, severity: np.ndarray, threshold: float) -> dict:
    """What the table shows of one detector, and its report."""
    test = watched.test
    report = pw.evaluate.detection_report(
        watched.labels[test],
        severity[test],
        threshold=threshold,
        times=watched.table["time"][test],
        merge_gap=f"{SETTLING_MINUTES}min",
        values=np.column_stack([watched.table[name][test] for name in watched.sensors]),
        lowest=watched.lowest,
        highest=watched.highest,
        split="the weeks after training",
    )
    known = ~np.isnan(watched.labels[test]) & ~np.isnan(severity[test])
    y, s = watched.labels[test][known], severity[test][known]
    found = [event for event in report.events if event["first_alarm"] is not None]
    delays = [event["delay_s"] / 60 for event in found]
    return {
        "report": report,
        "AUC-PR": metrics.average_precision_score(y, s),
        "AUC-ROC": metrics.roc_auc_score(y, s),
        "recall": len(found) / len(report.events),
        "delay, min": float(np.median(delays)) if delays else np.nan,
        "false/day": report.metrics["false alarms a day"]["model"],
    }


def most_blamed(watched: Watched, shares: np.ndarray | None, begin: int, end: int) -> str | None:
    """The sensor with the largest share of the error over some rows."""
    return None if shares is None else watched.sensors[int(np.nanmean(shares[begin:end], axis=0).argmax())]


def print_scores(title: str, scores: dict[str, dict]) -> None:
    columns = [name for name in next(iter(scores.values())) if name != "report"]
    print(f"\n{title}\n  {'':20s}" + "".join(f"{name:>12s}" for name in columns))
    for name, row in scores.items():
        print(f"  {name:20s}" + "".join(f"{row[column]:12.3f}" for column in columns))
    for name, row in scores.items():
        print(f"  {name}: {row['report'].sentence}")


def print_kinds(kinds: dict[str, dict[str, dict]]) -> None:
    names = list(kinds)
    print("\nfaults found, median delay in minutes" + " " * 6 + "".join(f"{name:>24s}" for name in names))
    for kind in sorted(kinds[names[0]]):
        print(f"  {kind:40s}", end="")
        for name in names:
            row = kinds[name][kind]
            delay = f"{np.median(row['delays']):.0f}" if row["delays"] else "-"
            print(f"{row['found']:>12d} of {row['events']:d}{delay:>7s}", end="")
        row = kinds[names[0]][kind]
        print(f"   blamed first: {row['blamed']} of {row['found']}")


def run(options: argparse.Namespace) -> dict:
    """The whole story; returns what the tests and pictures look at."""
    watched = simulated(options) if options.data is None else turbine.watched(options.data, options.seed, Watched)
    times, n_faults = watched.table["time"], len(watched.events)
    print(f"{len(watched.table):,} running rows from {times[0]} to {times[-1]}, {len(watched.sensors)} sensors")
    print(f"trained on {len(watched.train):,}, thresholds from the next {len(watched.quiet):,} normal rows")
    print(f"tested on the last {len(watched.test):,} rows with {n_faults} faults")
    model = autoencoder(options).fit(watched.table[watched.train])
    print(f"\n{model.fit_report_}")
    severity = severities(model, watched)
    thresholds = {name: threshold_of(s, watched.quiet, options.rate) for name, s in severity.items()}
    scores = {name: judge(watched, s, thresholds[name]) for name, s in severity.items()}
    print_scores(f"tested rows; alarm where {options.rate:.2%} of unseen normal rows lie beyond", scores)
    shares = {
        "LSTM autoencoder": model.attribution(watched.table),
        "PCA twin": model.pca_twin_.attribution(watched.table),
    }
    kinds = {
        name: by_kind(
            watched.events, score["report"], int(watched.test[0]), partial(most_blamed, watched, shares.get(name))
        )
        for name, score in scores.items()
    }
    print_kinds(kinds)
    found = {"watched": watched, "model": model, "severity": severity, "thresholds": thresholds, "scores": scores}
    return found | {"kinds": kinds, "shares": shares["LSTM autoencoder"]}


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="gt_full.csv of the gas turbine instead of the simulator")
    parser.add_argument("--days", type=int, default=84, help="of the simulated unit (default 84)")
    parser.add_argument("--normal-days", type=int, default=42, help="of them without faults, the first (default 42)")
    parser.add_argument("--faults-per-week", type=float, default=8, help="in the later days (default 8)")
    parser.add_argument("--window", type=int, help="rows of a window (default 60; hours of the turbine: 24)")
    parser.add_argument("--stride", type=int, help="rows between training windows (default 6; turbine: 1)")
    parser.add_argument("--bottleneck", type=int, default=16, help="length of the code (default 16)")
    parser.add_argument("--epochs", type=int, default=30, help="passes over the training windows at most (default 30)")
    parser.add_argument("--rate", type=float, help="share of normal rows in alarm (default 0.001; turbine 0.01)")
    parser.add_argument("--seed", type=int, default=0, help="of everything random (default 0)")
    parser.add_argument("--n-jobs", type=int, default=-1, help="threads; -1 is all (default)")
    parser.add_argument("--verbose", action="store_true", help="a progress bar while it trains")
    parser.add_argument("--output", type=Path, help="folder for the model, the report and the pictures")
    options = parser.parse_args(arguments)
    options.window = options.window or (60 if options.data is None else 24)
    options.stride = options.stride or (6 if options.data is None else 1)
    options.rate = options.rate or (0.001 if options.data is None else 0.01)
    return options


def main(arguments: list[str] | None = None) -> dict:
    options = parse(arguments)
    found = run(options)
    if options.output is not None:
        write(found, options.output)
    return found


def write(found: dict, folder: Path) -> None:
    """The model, the report on its detection, and the pictures."""
    import pictures

    folder.mkdir(parents=True, exist_ok=True)
    scores = {name: {k: v for k, v in row.items() if k != "report"} for name, row in found["scores"].items()}
    pw.save(found["model"], folder / "thermal_plant.plw", extra={"metrics": scores})
    found["scores"]["LSTM autoencoder"]["report"].to_html(folder / "detection.html", title="Thermal plant")
    print()
    for path in (folder / "thermal_plant.plw", folder / "detection.html", *pictures.draw_all(found, folder)):
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
