# SPDX-License-Identifier: MIT
"""The reactor that says why its yield fell.

    python docs/examples/reactor/run.py --output reactor     # simulate, train, judge, explain, check against the truth
    python docs/examples/reactor/run.py --data chem_proc_yield.csv --target yield    # a real table: cross-validation

Everything is done by calls of plantwright; what stands here is the story. See README.md beside this file.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import plantwright as pw
from plantwright.evaluate import metrics
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

TARGET = "yield_C"
# What may have lowered the yield, and whose truth stands for it: no instrument shows the heat transfer, but it falls
# with the hours since the reactor was cleaned.
CONDITIONS = {
    name: name
    for name in ("feed_A_mol_min", "feed_B_mol_min", "pressure_atm", "inlet_K", "coolant_mol_min", "coolant_inlet_K")
} | {"campaign_hour": "heat_transfer"}
SHORTEST_h = 4  # a period is at least so many hours below target, with at most one hour above in between
REFERENCE_ROWS = 100
SMALLEST_LEAF = 5  # trees of moderate size: a comparison takes a second


@dataclass
class Period:
    """Hours in which the yield was below target, and what was said about them."""

    rows: np.ndarray
    mode: str
    comparison: pw.Comparison | None = None
    truth: dict[str, float] = field(default_factory=dict)  # what each condition truly did to the yield

    def causes(self) -> list:
        """Conditions that may have lowered the yield, the most harmful first."""
        named = [condition for condition in self.comparison.ranked() if condition.name in CONDITIONS]
        return sorted(named, key=lambda condition: condition.contribution)

    def true_order(self) -> list[str]:
        """The same by truth."""
        return sorted(self.truth, key=self.truth.__getitem__)


def errors(y_true, y_pred) -> dict[str, float]:
    """What the tables show."""
    return {
        "RMSE": metrics.root_mean_squared_error(y_true, y_pred),
        "MAE": metrics.mean_absolute_error(y_true, y_pred),
        "R2": metrics.r2_score(y_true, y_pred),
    }


def print_table(title: str, rows: dict[str, dict[str, float]]) -> None:
    """One predictor a line."""
    print(f"\n{title}\n  {'':28s}" + "".join(f"{name:>10s}" for name in next(iter(rows.values()))))
    for name, values in rows.items():
        print(f"  {name:28s}" + "".join(f"{value:10.4f}" for value in values.values()))


# ---- the simulated plant


def split_by_campaign(history: pw.Frame, test_fraction: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the earlier campaigns, and of the later ones: no campaign stands on both sides."""
    campaign = history["campaign"]
    first_of_test = np.quantile(np.unique(campaign), 1 - test_fraction)
    return np.flatnonzero(campaign < first_of_test), np.flatnonzero(campaign >= first_of_test)


def linear_model(table: pw.Frame) -> tuple[LinearRegression, OneHotEncoder]:
    """Least squares on the same inputs, the mode one-hot."""
    encoder = OneHotEncoder(sparse_output=False).fit(table["mode"].reshape(-1, 1))
    return LinearRegression().fit(linear_inputs(table, encoder), table[TARGET]), encoder


def linear_inputs(table: pw.Frame, encoder: OneHotEncoder) -> np.ndarray:
    return np.column_stack([table.to_numpy(list(CONDITIONS)), encoder.transform(table["mode"].reshape(-1, 1))])


def low_periods(history: pw.Frame, rows: np.ndarray) -> list[Period]:
    """Stretches of one campaign in which the measured yield is below its mode's target."""
    low = history[TARGET] < history["yield_target"]
    campaign, periods, begin, end = history["campaign"], [], -1, -1
    for row in (*rows, -1):  # the last closes what is open
        inside = row >= 0 and low[row]
        goes_on = begin >= 0 and row >= 0 and row - end <= 2 and campaign[row] == campaign[begin]
        if begin >= 0 and not goes_on:
            if end - begin + 1 >= SHORTEST_h:
                periods.append(Period(np.arange(begin, end + 1), history["mode"][begin]))
            begin = -1
        if inside:
            begin, end = (row if begin < 0 else begin), row
    return periods


def normal_rows(history: pw.Frame, mode: str, rows: np.ndarray, seed: int = 0) -> np.ndarray:
    """A sample of the mode's hours on target."""
    good = (history["mode"][rows] == mode) & (history[TARGET][rows] >= history["yield_target"][rows])
    found = rows[good]
    return np.sort(np.random.default_rng(seed).choice(found, min(REFERENCE_ROWS, len(found)), replace=False))


def true_effects(reactor, history: pw.Frame, period: np.ndarray, normal: np.ndarray) -> dict[str, float]:
    """What each condition did to the period's mean yield: the yield as it was, less the yield with that one condition
    set back to its normal mean, both by the simulator and without noise."""
    names = list(reactor.base_case)
    actual = {name: history[f"true_{name}"][period] for name in names}
    back = {
        shown: {**actual, name: np.full(len(period), history[f"true_{name}"][normal].mean())}
        for shown, name in CONDITIONS.items()
    }
    together = {name: np.concatenate([actual[name], *(one[name] for one in back.values())]) for name in names}
    yields = reactor.solve(together)[TARGET].reshape(1 + len(CONDITIONS), -1).mean(axis=1)
    return {name: float(yields[0] - yields[1 + k]) for k, name in enumerate(CONDITIONS)}


def hit_rates(periods: list[Period], orders: dict[str, list[list[str]]]) -> dict[str, dict[str, float]]:
    """How often the condition that truly did most harm is named first, and among the first two."""
    truth = [period.true_order()[0] for period in periods]
    return {
        name: {
            "top-1": float(np.mean([found[0] == cause for found, cause in zip(order, truth, strict=True)])),
            "top-2": float(np.mean([cause in found[:2] for found, cause in zip(order, truth, strict=True)])),
        }
        for name, order in orders.items()
    }


def orders_of_baselines(history: pw.Frame, periods: list[Period], normals: dict[str, np.ndarray], linear) -> dict:
    """Conditions by how far they are from normal in standard deviations, and by the linear model's coefficients."""
    by_distance, by_linear = [], []
    coefficients = dict(zip(CONDITIONS, linear.coef_, strict=False))
    for period in periods:
        normal = normals[period.mode]
        now = {name: history[name][period.rows].mean() for name in CONDITIONS}
        then = {name: history[name][normal] for name in CONDITIONS}
        distance = {name: abs(now[name] - then[name].mean()) / then[name].std() for name in CONDITIONS}
        effect = {name: coefficients[name] * (now[name] - then[name].mean()) for name in CONDITIONS}
        by_distance.append(sorted(distance, key=distance.__getitem__, reverse=True))
        by_linear.append(sorted(effect, key=effect.__getitem__))
    return {"linear": by_linear, "farthest from normal": by_distance}


def sentence(history: pw.Frame, period: Period, normal: np.ndarray, top: int = 3) -> str:
    """Tell why, beside the truth."""
    first, last = (str(history["time"][row])[:16].replace("T", " ") for row in period.rows[[0, -1]])
    now, target = history[TARGET][period.rows].mean(), history["yield_target"][period.rows[0]]
    lines = [
        f"{first} to {last[5:]}, campaign {history['campaign'][period.rows[0]]:.0f}, {period.mode}: "
        f"the yield fell to {now:.3f} (target {target:.3f}, normally {history[TARGET][normal].mean():.3f}), because"
    ]
    harmful = [condition for condition in period.causes()[:top] if condition.contribution < -0.002]
    lines += [f"    {condition!s:58s} truly {period.truth[condition.name]:+.3f}" for condition in harmful]
    return "\n".join(lines)


def table_of(history: pw.Frame, periods: list[Period]) -> pw.Frame:
    """All periods in order of time, with the condition said and the one true to have done most harm."""
    periods = sorted(periods, key=lambda period: period.rows[0])
    first, last = (np.array([period.rows[end] for period in periods], dtype=int) for end in (0, -1))
    said, true = [period.causes()[0] for period in periods], [period.true_order()[0] for period in periods]
    return pw.Frame(
        {
            "start": history["time"][first],
            "end": history["time"][last],
            "campaign": history["campaign"][first],
            "mode": history["mode"][first],
            "yield_C": np.array([history[TARGET][period.rows].mean() for period in periods]),
            "yield_target": history["yield_target"][first],
            "said": [condition.name for condition in said],
            "contribution": np.array([condition.contribution for condition in said]),
            "true": true,
            "true_effect": np.array([period.truth[name] for period, name in zip(periods, true, strict=True)]),
        }
    )


def explain_periods(explainer, reactor, history, inputs, periods, normals) -> None:
    """Fills in what the explainer says and what is true."""
    for period in periods:
        normal = normals[period.mode]
        period.comparison = explainer.compare(history[period.rows].select(inputs), history[normal].select(inputs))
        period.truth = true_effects(reactor, history, period.rows, normal)


def run_simulated(options: argparse.Namespace) -> dict:
    """The whole story; returns what the tests and the notebook look at."""
    reactor = pw.simulate.Reactor(n_jobs=options.n_jobs)
    history = reactor.steady_states(options.hours, seed=options.seed)
    inputs = history.schema.input_names
    table = history.select([*inputs, TARGET])
    train, test = split_by_campaign(history)
    leaks = pw.evaluate.leak_check(history[train], history[test], target=TARGET, group="campaign", warn=False)
    shared = [finding.message for finding in leaks.findings if finding.kind in ("same_group", "same_time")]
    off_spec = history["off_spec"].mean()
    print(f"{len(history):,} hours simulated with seed {options.seed}, {off_spec:.0%} of them off spec")
    print(f"{len(train):,} hours of earlier campaigns train, {len(test):,} of later ones test")
    print(f"campaigns and times that stand on both sides: {'; '.join(shared) or 'none'}")

    forest = pw.RandomForestRegressor(
        options.trees, min_samples_leaf=SMALLEST_LEAF, random_state=options.seed, n_jobs=options.n_jobs
    ).fit(table[train])
    linear, encoder = linear_model(table[train])
    predicted, measured = forest.predict(table[test]), table[TARGET][test]
    scores = {
        "forest": errors(measured, predicted),
        "linear": errors(measured, linear.predict(linear_inputs(table[test], encoder))),
        "mean": errors(measured, np.full(len(test), table[TARGET][train].mean())),
        "(the laboratory's noise)": errors(measured, history[f"true_{TARGET}"][test]),
    }
    print_table("yield of the later campaigns", scores)

    periods = low_periods(history, test)
    normals = {mode: normal_rows(history, mode, train) for mode in reactor.modes}
    explain_periods(pw.TreeExplainer(forest, n_jobs=options.n_jobs), reactor, history, inputs, periods, normals)
    print(f"\n{len(periods)} periods of {SHORTEST_h} hours and more below target; the worst of each mode:")
    worst = sorted(periods, key=lambda period: period.comparison.now - period.comparison.then)
    for mode in reactor.modes:
        for period in [period for period in worst if period.mode == mode][: options.show]:
            print(sentence(history, period, normals[mode]))
    orders = {"forest, compare": [[c.name for c in period.causes()] for period in periods]}
    orders |= orders_of_baselines(history, periods, normals, linear)
    rates = hit_rates(periods, orders)
    rates["a guess"] = {"top-1": 1 / len(CONDITIONS), "top-2": 2 / len(CONDITIONS)}
    print_table("the condition that truly did most harm is named", rates)
    found = {"reactor": reactor, "history": history, "test": test, "predicted": predicted, "scores": scores}
    return found | {"periods": worst, "rates": rates, "normals": normals}


# ---- a real table


def run_table(options: argparse.Namespace) -> dict:
    """Cross-validation of any table of numbers beside its baselines, and what sets its worst rows apart."""
    table = pw.read_csv(options.data, roles={options.target: "target"})
    inputs = table.schema.input_names
    y, X = table[options.target], table.to_numpy(inputs)
    print(f"{len(table)} rows, {len(inputs)} inputs, {np.isnan(X).sum()} readings missing; target {options.target}")
    forest = pw.RandomForestRegressor(options.trees, random_state=options.seed, n_jobs=options.n_jobs)
    fill = SimpleImputer(strategy="median"), StandardScaler()
    models = {
        "forest": forest,
        "ridge": make_pipeline(*fill, RidgeCV(np.logspace(-2, 4, 25))),
        "linear": make_pipeline(*fill, LinearRegression()),
    }
    scores = {}
    for title, splitter in {
        "10 shuffled folds": pw.KFold(10, shuffle=True, random_state=options.seed),
        "10 blocks in file order": pw.BlockedKFold(10),
    }.items():
        scores[title] = cross_validate(models, X, y, splitter)
        print_table(f"{options.target}, {title}", scores[title])
    return {"scores": scores, "comparison": explain_worst(forest, table, inputs, options)}


def cross_validate(models: dict, X: np.ndarray, y: np.ndarray, splitter) -> dict[str, dict[str, float]]:
    """Errors of the pooled predictions of rows that were not trained on."""
    predicted = {name: np.empty(len(y)) for name in (*models, "mean")}
    for train, test in splitter.split(X):
        predicted["mean"][test] = y[train].mean()
        for name, model in models.items():
            predicted[name][test] = model.fit(X[train], y[train]).predict(X[test])
    return {name: errors(y, values) for name, values in predicted.items()}


def explain_worst(forest, table: pw.Frame, inputs: list[str], options: argparse.Namespace) -> pw.Comparison:
    """What the forest makes of the worst tenth of the rows, none of which it was trained on."""
    y = table[options.target]
    low = y <= np.quantile(y, 0.1)
    if low.all():
        raise SystemExit(f"{options.target} has one value alone")
    forest.fit(table[~low].select([*inputs, options.target]))
    comparison = pw.TreeExplainer(forest, n_jobs=options.n_jobs).compare(
        table[low].select(inputs), table[~low].select(inputs)
    )
    print(f"\nthe worst tenth, {low.sum()} rows that did not train, against the others:")
    print(f"measured {y[low].mean():.4g} beside {y[~low].mean():.4g}; the forest says\n{comparison.to_text(8)}")
    return comparison


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=int, default=20_000, help="length of the simulated history (default 20000)")
    parser.add_argument("--seed", type=int, default=0, help="of everything random (default 0)")
    parser.add_argument("--trees", type=int, default=100, help="of the forest (default 100)")
    parser.add_argument("--n-jobs", type=int, default=-1, help="threads; -1 is all (default)")
    parser.add_argument("--show", type=int, default=2, help="periods of each mode that are printed (default 2)")
    parser.add_argument("--output", type=Path, help="folder for pictures and the table of all low-yield periods")
    parser.add_argument("--data", type=Path, help="a CSV file of numbers instead of the simulator")
    parser.add_argument("--target", default="yield", help="of that file (default yield)")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> dict:
    options = parse(arguments)
    if options.data is not None:
        return run_table(options)
    found = run_simulated(options)
    if options.output is not None:
        write(found, options.output)
    return found


def write(found: dict, folder: Path) -> None:
    """The pictures, and the table of all low-yield periods."""
    import pictures

    folder.mkdir(parents=True, exist_ok=True)
    table_of(found["history"], found["periods"]).to_csv(folder / "low_yield_periods.csv")
    for path in (folder / "low_yield_periods.csv", *pictures.draw_all(found, folder)):
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
