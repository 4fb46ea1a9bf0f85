# SPDX-License-Identifier: MIT
"""An outcome told three ways: as the model file's header, as text, and as the content of the HTML report."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from plantwright.cli import _table
from plantwright.cli._terminal import number, table

#: Baselines by the names people know.
BASELINE_NAMES = {"last_week": "same hour last week", "always_positive": "always the second class"}
WITHOUT_SUSPECTS = "forest without suspects"
#: Shown in this order; the model file's header holds all.
SHOWN = (
    "RMSE",
    "MAE",
    "R2",
    "balanced accuracy",
    "accuracy",
    "F1",
    "ROC AUC",
    "average precision",
    "log loss",
    "Brier",
)


def sha256_of(path: str | Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def time_text(time: np.datetime64) -> str:
    """To the minute, or to the second where it has one."""
    text = str(time.astype("datetime64[s]")).replace("T", " ")
    return text[:-3] if text.endswith(":00") else text


def header_of(outcome: Any) -> dict[str, Any]:
    """What the model file says about itself beside the forest: where it comes from and how good it was.

    Nothing that differs from run to run: no clock, no host, no path.
    """
    plan, split = outcome.plan, outcome.split
    provenance: dict[str, Any] = {
        "data": Path(plan.data).name,
        "data_sha256": outcome.sha256,
        "rows": len(outcome.frame),
        "rows_without_target_dropped": outcome.n_dropped,
        "target": plan.target,
        "task": outcome.target.task,
        "unit": outcome.target.unit,
        "seed": plan.seed,
        "split": {
            "kind": split.kind,
            "text": split.text,
            "test_fraction": plan.test_fraction,
            **({"group": plan.group} if plan.group else {}),
            "rows_train": int(split.train.size),
            "rows_test": int(split.test.size),
        },
        "suspect_columns": outcome.suspects,
        "notes": outcome.notes,
    }
    if outcome.times is not None:
        provenance["time_range"] = [time_text(outcome.times.min()), time_text(outcome.times.max())]
        provenance["trained_until"] = time_text(outcome.times[split.train].max())
    metrics = {"test": outcome.report.to_dict()}
    if outcome.report_without_suspects is not None:
        metrics["test_without_suspects"] = outcome.report_without_suspects.to_dict()
    return {"provenance": provenance, "metrics": metrics}


def scores_of(report: Any, without: Any | None, trees: int) -> list[tuple[str, dict[str, float], bool]]:
    """(name, metrics, is_baseline): the forest, the one without suspects, then the baselines."""
    metrics = {m: report.metrics[m] for m in SHOWN if m in report.metrics}
    lines = [(f"random forest, {trees} trees", {m: v["model"] for m, v in metrics.items()}, False)]
    if without is not None:
        lines.append((WITHOUT_SUSPECTS, {m: without.metrics[m]["model"] for m in metrics}, False))
    baselines = report.predictors[1:]
    return lines + [(_spoken(name), {m: v[name] for m, v in metrics.items()}, True) for name in baselines]


def _spoken(baseline: str) -> str:
    return BASELINE_NAMES.get(baseline, baseline.replace("_", " "))


def summary(outcome: Any) -> str:
    """The table of errors, then what must be said beside it."""
    lines = scores_of(outcome.report, outcome.report_without_suspects, outcome.plan.trees)
    names = list(lines[0][1])
    rows = [[name, *(number(metrics.get(m)) for m in names)] for name, metrics, _ in lines]
    unit = f" [{outcome.target.unit}]" if outcome.target.unit else ""
    head = f"{outcome.plan.target}{unit}: {outcome.split.test.size} test rows, {outcome.split.text}"
    parts = [head, "", table(["", *names], rows), "", *_remarks(outcome)]
    return "\n".join(parts) + "\n"


def _remarks(outcome: Any) -> list[str]:
    remarks: list[str] = [*outcome.notes, *outcome.report.notes]
    if outcome.n_dropped:
        remarks.append(f"{outcome.n_dropped} rows without target or time were dropped.")
    if outcome.report.n_dropped:
        remarks.append(f"{outcome.report.n_dropped} test rows for which some baseline has no value count for none.")
    if not outcome.report.beats_baselines():
        remarks.append(_beaten_by(outcome.report))
    if outcome.suspects:
        remarks.append("Suspect columns (kept; is each known before the target is?):")
        remarks += [f"  {name}: {reason}" for name, reason in outcome.suspects.items()]
    remarks.append("The saved model is the one judged here; it has not seen the test rows.")
    return remarks


def _beaten_by(report: Any) -> str:
    """One sentence about the best baseline, by the first metric."""
    metric, values = next(iter(report.metrics.items()))
    less = report.task == "regression"
    known = {name: v for name, v in values.items() if name != "model" and np.isfinite(v)}
    best = (min if less else max)(known, key=known.__getitem__)
    text = f"By {metric} the forest does not beat {_spoken(best)} ({number(known[best])})"
    return text + (", which knows the value just before each row." if best == "persistence" else ".")


def report_content(outcome: Any) -> Any:
    from plantwright.report import ReportContent, Score, Suspect

    target, split = outcome.target, outcome.split
    is_class = target.task == "classification"
    as_text = np.vectorize(str, otypes=[object])
    scores = scores_of(outcome.report, outcome.report_without_suspects, outcome.plan.trees)
    return ReportContent(
        title=f"{outcome.plan.target} from {Path(outcome.plan.data).name}",
        target=outcome.plan.target,
        task=target.task,
        facts=_facts(outcome),
        split=_split_facts(outcome),
        scores=[Score(name, metrics, is_baseline) for name, metrics, is_baseline in scores],
        actual=as_text(outcome.actual) if is_class else outcome.actual,
        predicted=as_text(outcome.predicted) if is_class else outcome.predicted,
        unit=target.unit,
        times=None if outcome.times is None else outcome.times[split.test],
        classes=[str(c) for c in target.classes] if is_class else [],
        probabilities=outcome.probabilities,
        columns=_columns(outcome.frame),
        suspects=[Suspect(name, reason) for name, reason in outcome.suspects.items()],
        importances=list(
            zip(outcome.forest.feature_names_in_, outcome.forest.feature_importances_.tolist(), strict=True)
        ),
        notes=[r for r in _remarks(outcome) if not r.startswith(("Suspect", "  "))],
    )


def _facts(outcome: Any) -> dict[str, str]:
    facts = {
        "rows": f"{len(outcome.frame):,}".replace(",", "\u2009"),
        "inputs": str(len(outcome.frame.schema.input_names)),
    }
    if outcome.times is not None:
        facts |= {"from": time_text(outcome.times.min()), "to": time_text(outcome.times.max())}
    return facts


def _split_facts(outcome: Any) -> dict[str, str]:
    split, times = outcome.split, outcome.times

    def part(rows: np.ndarray) -> str:
        span = "" if times is None else f", {time_text(times[rows].min())} to {time_text(times[rows].max())}"
        return f"{rows.size:,} rows{span}".replace(",", "\u2009", 1) if rows.size >= 1000 else f"{rows.size} rows{span}"

    facts = {
        "learned from": part(split.train),
        "tested on": part(split.test),
        "split": split.text,
        "file": f"{Path(outcome.plan.data).name}, SHA-256 {outcome.sha256}",
    }
    if outcome.n_dropped:
        facts["dropped"] = f"{outcome.n_dropped} rows without target or time"
    return facts


def _columns(frame: Any) -> list[Any]:
    from plantwright.report import ColumnLine

    inputs = set(frame.schema.input_names)
    return [
        ColumnLine(
            spec.name,
            spec.kind,
            spec.role,
            spec.unit,
            _table.n_missing(frame, spec.name),
            spec.name in inputs,
            spec.description,
        )
        for spec in frame.schema
    ]
