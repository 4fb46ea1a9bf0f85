# SPDX-License-Identifier: MIT
"""The dust warning: will the day's mean PM10 exceed the limit, as weather alone tells?

    python docs/examples/dust/run.py --output dust    # a simulated mine
    python docs/examples/dust/run.py --data FOLDER    # hourly CSV files of stations (UCI 501's columns)

Everything is done by calls of plantwright; what stands here is the story. See README.md beside this file.
"""

from __future__ import annotations

import argparse
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import plantwright as pw
from days import HISTORY, LIMIT_ug_m3, daily_table, hours_of_folder, hours_of_site
from plantwright.evaluate import metrics

MISSED_COST = 5  # a missed exceedance costs as much as five false alarms
CHEAPEST = 1 / (1 + MISSED_COST)  # from this probability on an alarm is worth its cost
LABORATORY_DAYS = 20  # so long the laboratory needs: no PM10 of the last days is known
STEPS = [
    pw.RollingFeatures(windows=["3d", "7d"], statistics=["mean"], columns=HISTORY, by="station"),
    pw.Lags(lags=["1d", "2d"], columns=HISTORY, by="station"),
]
FOLDS = pw.TimeSplit(4)  # within the training days
GRID = {"min_samples_leaf": [1, 5, 20], "max_features": ["sqrt", 0.3]}


# ---- judging


def judge(y: np.ndarray, probability: np.ndarray, alarm: np.ndarray) -> dict[str, float]:
    """What the tables show."""
    return {
        "AUC": metrics.roc_auc_score(y, probability),
        "avg precision": metrics.average_precision_score(y, probability),
        "F1": metrics.f1_score(y, alarm),
        "balanced acc.": metrics.balanced_accuracy_score(y, alarm),
    }


def print_table(title: str, rows: dict[str, dict[str, float]]) -> None:
    """One predictor a line."""
    print(f"\n{title}\n  {'':32s}" + "".join(f"{name:>15s}" for name in next(iter(rows.values()))))
    for name, values in rows.items():
        print(f"  {name:32s}" + "".join(f"{value:15.3f}" for value in values.values()))


def earlier_exceedances(table: pw.Frame, days: int) -> np.ndarray:
    """Whether the station exceeded the limit so many days before; NaN where nobody knows."""
    of_day = dict(zip(zip(table["station"], table["time"], strict=True), table["exceeds"], strict=True))
    before = table["time"] - np.timedelta64(days, "D")
    return np.array([of_day.get(key, np.nan) for key in zip(table["station"], before, strict=True)])


def best_threshold(y: np.ndarray, probability: np.ndarray) -> float:
    """The one with the best F1."""
    candidates = np.unique(np.quantile(probability, np.linspace(0.3, 0.99, 100)))
    return float(max(candidates, key=lambda t: metrics.f1_score(y, (probability >= t).astype(float))))


def block_bootstrap(dates, y, probability, seed: int, block_days: int = 14, repeats: int = 500) -> tuple[float, float]:
    """A 95 % interval of the AUC: blocks of days are drawn, since neighbouring days resemble each other."""
    random = np.random.default_rng(seed)
    block = ((dates - dates.min()) / np.timedelta64(block_days, "D")).astype(int)
    rows_of = [np.flatnonzero(block == b) for b in np.unique(block)]
    found = []
    for _ in range(repeats):
        rows = np.concatenate([rows_of[b] for b in random.integers(len(rows_of), size=len(rows_of))])
        if 0 < y[rows].sum() < len(rows):
            found.append(metrics.roc_auc_score(y[rows], probability[rows]))
    return tuple(np.quantile(found, [0.025, 0.975]))


# ---- learning


def forest(options: argparse.Namespace, **parameters) -> pw.RandomForestClassifier:
    return pw.RandomForestClassifier(
        options.trees, class_weight="balanced", random_state=options.seed, n_jobs=options.n_jobs, **parameters
    )


def probability_of(estimator, ready: pw.Frame) -> np.ndarray:
    return estimator.predict_proba(ready)[:, list(estimator.classes_).index(1)]


def out_of_fold(ready: pw.Frame, estimator, folds) -> tuple[np.ndarray, np.ndarray]:
    """Rows that were tested in some fold, and their probabilities."""
    probability = np.full(len(ready), np.nan)
    for train, test in folds:
        probability[test] = probability_of(estimator.fit(ready[train]), ready[test])
    rows = np.flatnonzero(~np.isnan(probability))
    return rows, probability[rows]


def search(ready: pw.Frame, options: argparse.Namespace) -> dict:
    """The parameters of the best average precision over folds that each test what comes after what trained."""
    folds = list(FOLDS.split(ready))
    best: dict = {}
    for values in product(*GRID.values()):
        parameters = dict(zip(GRID, values, strict=True))
        rows, probability = out_of_fold(ready, forest(options, **parameters), folds)
        score = metrics.average_precision_score(ready["exceeds"][rows], probability)
        print(f"  {parameters!s:58s} average precision {score:.3f}")
        if score > best.get("score", -1):
            best = {"score": score, "parameters": parameters, "rows": rows, "probability": probability}
    return best


def with_features(table: pw.Frame) -> pw.Frame:
    """The table as the estimator sees it. Steps look back and learn nothing, so that no split leaks through them."""
    for step in STEPS:
        table = step.fit(table).transform(table)
    return table


def split_by_time(table: pw.Frame, test_from: np.datetime64) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the days that train and of the later ones that test, of those where the truth is known."""
    known, before = ~np.isnan(table["exceeds"]), table["time"] < test_from
    train, test = np.flatnonzero(known & before), np.flatnonzero(known & ~before)
    y, n_stations = table["exceeds"], len(set(table["station"]))
    if len(train) < 100 or len(test) < 30 or 0 in (y[train].sum(), y[test].sum()):
        raise SystemExit(f"{len(train)} days to train and {len(test)} to test are too few, or none of them exceeds")
    print(f"{len(table):,} days of {n_stations} stations; for {known.sum():,} the hours tell whether PM10 exceeded")
    print(f"trained before {test_from}: {len(train):,} days, {y[train].mean():.1%} above {LIMIT_ug_m3} ug/m3")
    print(f"tested since then: {len(test):,} days, {y[test].mean():.1%} above")
    return train, test


def last_quarter(table: pw.Frame) -> np.datetime64:
    """The day from which on a quarter of the days is left."""
    days = table["time"].astype("datetime64[D]")
    first, last = days.min(), days.max()
    return first + np.timedelta64(int(np.ceil(0.75 * int((last - first).astype(int) + 1))), "D")


def run(options: argparse.Namespace) -> dict:
    """The whole story; returns what the tests and pictures look at."""
    hours = hours_of_site(options.site) if options.data is None else hours_of_folder(options.data)
    table = daily_table(hours)
    test_from = last_quarter(table) if options.test_from is None else np.datetime64(options.test_from)
    train, test = split_by_time(table, test_from)
    known, y = ~np.isnan(table["exceeds"]), table["exceeds"]

    ready = with_features(table)
    print("\nsearch, by time within the training days")
    best = search(ready[train], options)
    truth = y[train][best["rows"]]
    curve = pw.evaluate.Calibration("sigmoid").fit(best["probability"], truth)
    threshold = best_threshold(truth, curve.apply(best["probability"]))

    trees = forest(options, **best["parameters"])
    model = pw.Model(STEPS, trees, calibration="sigmoid", calibration_splitter=FOLDS).fit(table[train])
    probability = probability_of(model, table)[test]  # looks back into the training days
    raw = probability_of(model.estimator_, model.transform(table))[test]
    scores = {
        "forest on weather": judge(y[test], probability, (probability >= threshold).astype(float)),
        **baselines(table, y, train, test),
    }
    print_table(f"days since {test_from}; alarm from a probability of {threshold:.2f}", scores)
    interval = block_bootstrap(table["time"][test], y[test], probability, options.seed)
    auc = scores["forest on weather"]["AUC"]
    print(f"  AUC {auc:.3f}, 95 % interval {interval[0]:.3f} to {interval[1]:.3f} (blocks of 14 days)")
    print_calibration(y[test], raw, probability)
    costs = cost_table(y[test], probability)
    splits = flattery(ready, y, np.flatnonzero(known), scores["forest on weather"], best["parameters"], options)
    found = {"scores": scores, "interval": interval, "costs": costs, "splits": splits, "model": model, "table": table}
    found |= {"site": options.site, "test": test, "probability": probability, "threshold": threshold}
    return found | {"cheapest": CHEAPEST, "cost_of": cost_per_100_days}


def baselines(table: pw.Frame, y: np.ndarray, train: np.ndarray, test: np.ndarray) -> dict[str, dict[str, float]]:
    """Majority, and persistence: of yesterday, which nobody knows in time, and of what the laboratory has told."""
    found = {"majority": judge(y[test], np.zeros(len(test)), np.zeros(len(test)))}
    for name, days in {"yesterday (not known in time)": 1, f"{LABORATORY_DAYS} days ago": LABORATORY_DAYS}.items():
        said = np.nan_to_num(earlier_exceedances(table, days)[test], nan=0.0)
        found[name] = judge(y[test], said, said)
    found["always an alarm"] = judge(y[test], np.full(len(test), y[train].mean()), np.ones(len(test)))
    return found


def print_calibration(y: np.ndarray, raw: np.ndarray, calibrated: np.ndarray) -> None:
    """Whether days called 30 % exceed the limit in 30 % of the cases."""
    print(
        f"\nBrier score {np.mean((raw - y) ** 2):.4f} of the votes, {np.mean((calibrated - y) ** 2):.4f} calibrated, "
        f"{y.mean() * (1 - y.mean()):.4f} of the mean"
    )
    print("  said           days   happened")
    edges = [0, 0.05, 0.15, 0.3, 0.5, 0.7, 1.01]
    for low, high in pairwise(edges):
        inside = (calibrated >= low) & (calibrated < high)
        if inside.any():
            print(f"  {calibrated[inside].mean():5.0%} {inside.sum():13d} {y[inside].mean():10.0%}")


def cost_per_100_days(y: np.ndarray, alarm: np.ndarray) -> float:
    """In false alarms."""
    return 100 * (MISSED_COST * int((y[~alarm] == 1).sum()) + int((y[alarm] == 0).sum())) / len(y)


def cost_table(y: np.ndarray, probability: np.ndarray) -> dict[str, float]:
    """The alarm that is worth its cost: from a probability of 1 / (1 + cost of a miss in false alarms)."""
    rules = {
        f"alarm from {CHEAPEST:.2f}": probability >= CHEAPEST,
        "never": np.zeros(len(y), dtype=bool),
        "always": np.ones(len(y), dtype=bool),
    }
    print(f"\na missed exceedance costs {MISSED_COST} false alarms; cost per 100 days")
    costs = {name: cost_per_100_days(y, alarm) for name, alarm in rules.items()}
    for name, alarm in rules.items():
        missed, wrong = int((y[~alarm] == 1).sum()), int((y[alarm] == 0).sum())
        print(f"  {name:18s} {costs[name]:8.1f}   ({missed} missed, {wrong} false alarms)")
    return costs


def flattery(ready: pw.Frame, y, rows, by_time, parameters, options) -> dict[str, dict[str, float]]:
    """The same forest judged by other splits: what they promise beyond what time shows."""
    dates = ready["time"][rows].astype("datetime64[D]").astype(int)
    splits = {
        "shuffled days (flatters)": pw.KFold(5, shuffle=True, random_state=options.seed).split(ready[rows]),
        "grouped by date": pw.GroupSplit(5).split(ready[rows], groups=dates),
    }
    found = {"by time": by_time}
    for name, folds in splits.items():
        tested, probability = out_of_fold(ready[rows], forest(options, **parameters), list(folds))
        truth = y[rows][tested]
        alarm = probability >= best_threshold(truth, probability)  # even the threshold flatters here
        found[name] = judge(truth, probability, alarm.astype(float))
    print_table("why the split matters: the same forest, other ways to test it", found)
    print("  stations share the day's weather: a shuffled test day has its twin among the training days")
    return found


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of hourly CSV files, one a station, instead of the simulator")
    parser.add_argument("--days", type=int, default=2922, help="of the simulated mine (default 2922)")
    parser.add_argument("--test-from", help="first day that tests (default: a quarter of the days)")
    parser.add_argument("--trees", type=int, default=300, help="of the forest (default 300)")
    parser.add_argument("--seed", type=int, default=0, help="of everything random (default 0)")
    parser.add_argument("--n-jobs", type=int, default=-1, help="threads; -1 is all (default)")
    parser.add_argument("--output", type=Path, help="folder for the model and the pictures")
    options = parser.parse_args(arguments)
    options.site = None if options.data else pw.simulate.DustSite(days=options.days, seed=options.seed)
    return options


def main(arguments: list[str] | None = None) -> dict:
    options = parse(arguments)
    found = run(options)
    if options.output is not None:
        write(found, options.output)
    return found


def write(found: dict, folder: Path) -> None:
    """The model, and the pictures."""
    import pictures

    folder.mkdir(parents=True, exist_ok=True)
    pw.save(found["model"], folder / "dust.plw", extra={"metrics": {"test": found["scores"]["forest on weather"]}})
    print()
    for path in (folder / "dust.plw", *pictures.draw_all(found, folder)):
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
