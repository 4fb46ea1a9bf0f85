# SPDX-License-Identifier: MIT
"""Tables as the commands need them: read, given roles, asked for their time, checked for columns that leak."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import plantwright as pw
from plantwright.cli._target import require_column
from plantwright.cli._terminal import CliError

_MEANING = ("role", "unit", "description", "source", "lowest", "highest", "known_at_prediction")
CALENDAR = ("hour", "weekday", "month")


def read(plan: Any) -> tuple[Any, list[str]]:
    """The raw table of a plan, and what the reader found worth saying."""
    schema = schema_file(plan)
    categories = [c.name for c in schema if c.kind == "category"] if schema else None
    frame, notes = _read(plan.data, time=list(plan.time) or None, categories=categories)
    return (_with_meaning(frame, schema) if schema else frame), notes


def _read(path: str, **options: Any) -> tuple[Any, list[str]]:
    return with_notes(lambda: pw.read_csv(path, **options))


def with_notes(read: Callable[[], Any]) -> tuple[Any, list[str]]:
    """What is read, and the reader's warnings as texts."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame = read()
    return frame, [str(warning.message) for warning in caught]


def schema_path(csv_path: str | os.PathLike[str]) -> Path:
    """site.csv -> site.schema.json"""
    return Path(csv_path).with_suffix(".schema.json")


def schema_file(plan: Any) -> Any | None:
    """What --schema names, or the file that lies beside the table; None where there is none, or for --schema none."""
    beside = schema_path(plan.data)
    path = plan.schema or (beside if beside.is_file() else "none")
    return None if path == "none" else pw.Schema.from_json(Path(path).read_text(encoding="utf-8"))


def _with_meaning(frame: Any, schema: Any) -> Any:
    """Roles, units, descriptions and what is known when, for the columns that both have."""
    told = {spec.name: spec for spec in schema}
    columns = [
        replace(spec, **{name: getattr(t, name) for name in _MEANING})
        if (t := told.get(spec.name)) is not None and t.kind == spec.kind
        else spec
        for spec in frame.schema
    ]
    return frame.with_schema(pw.Schema(columns, frame.schema.time_rule))


def prepared(frame: Any, plan: Any) -> Any:
    """With the target, the group and the excluded columns marked, and calendar columns where there is a time."""
    names = frame.columns
    require_column(plan.target, names, "target")
    for name in plan.exclude:
        require_column(name, names, "excluded")
        if name == plan.target:
            raise CliError(f"--exclude names the target {name!r}")
    others = [spec.name for spec in frame.schema if spec.role == "target"]
    roles = dict.fromkeys([*plan.exclude, *others], "ignored") | {plan.target: "target"}
    if plan.group:
        require_column(plan.group, names, "group")
        roles[plan.group] = "group"
    frame = frame.with_roles(roles)
    time = time_name(frame)
    if time is None:
        return frame
    fresh = [f for f in CALENDAR if f"{time}_{f}" not in names]
    return frame.with_calendar(time, fresh)


def time_name(frame: Any) -> str | None:
    """The column that orders the rows."""
    return next((spec.name for spec in frame.schema if spec.role == "time" and spec.kind == "time"), None)


def times(frame: Any) -> np.ndarray | None:
    name = time_name(frame)
    return None if name is None else frame[name]


def n_missing(frame: Any, name: str) -> int:
    values = frame[name]
    if values.dtype == object:
        return int(sum(v is None for v in values))
    return int((np.isnat(values) if values.dtype.kind == "M" else np.isnan(values)).sum())


def texts(frame: Any, name: str) -> np.ndarray:
    """A column as texts, whatever its kind."""
    return np.array([str(v) for v in frame[name]])


def read_for(model: Any, path: str) -> Any:
    """A raw file, or stdin as `-`, as the model expects it."""
    schema = schema_of(model)
    if schema is None:
        raise CliError("the model was fitted on a plain array and knows no column names; it cannot read a table")
    return _read(path, schema=schema)[0]


def schema_of(model: Any) -> Any | None:
    """The columns of the fitted table; None where an array was fitted."""
    if not hasattr(model._model, "schema"):
        return _schema_of_sensors(model._model)
    schema = pw.Schema._of_core(model._model.schema)
    return schema if len(schema) else None


def _schema_of_sensors(detector: Any) -> Any | None:
    """A detector of readings remembers their names, perhaps units and the name of the time."""
    time = getattr(detector, "time_name", "")
    units = getattr(detector, "units", None) or [""] * len(detector.names)
    clock = [pw.ColumnSpec(time, kind="time", role="time")] if time else []
    sensors = [pw.ColumnSpec(name, unit=unit) for name, unit in zip(detector.names, units, strict=True)]
    return pw.Schema(clock + sensors) if sensors else None


def require_folder(path: str | Path | None) -> None:
    """Says before the work, not after it, that a file cannot be written there."""
    if path is not None and not Path(path).parent.is_dir():
        raise CliError(f"cannot write {path}: there is no folder {Path(path).parent}")


@contextlib.contextmanager
def whole_or_not_at_all(path: Path) -> Iterator[Path]:
    """A temporary path that takes the place of `path` at the end, or vanishes when something fails."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()


def leaks(frame: Any, plan: Any, split: Any) -> tuple[dict[str, str], list[str]]:
    """Names of input columns that may know the target, each with the reason; and what leaks by rows.

    Where a schema file says what is known when, that decides about measurements of the same moment; a column that
    nearly equals the target is suspect all the same.
    """
    report = pw.evaluate.leak_check(frame[split.train], frame[split.test], target=plan.target, warn=False)
    of_columns = {"near_target", "same_moment"} if schema_file(plan) is None else {"near_target"}
    inputs = set(frame.schema.input_names)
    by_column = {
        f.columns[0]: f.message.removeprefix(f"`{f.columns[0]}` ")
        for f in report.findings
        if f.kind in of_columns and f.columns[0] in inputs
    }
    return by_column, [f.message for f in report.findings if f.kind not in ("near_target", "same_moment")]
