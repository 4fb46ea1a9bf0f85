# SPDX-License-Identifier: MIT
"""A whole model described by a YAML file: data, schema, steps, estimator, split."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from plantwright import _core, evaluate, forest, preprocessing
from plantwright.core import Error, InvalidArgument
from plantwright.frame import Frame, Schema, read_csv
from plantwright.model._model import Model
from plantwright.model._yaml import Entry, near, read_yaml
from plantwright.preprocessing import Step

_ROLES = ("feature", "lever", "disturbance", "response", "target", "group", "ignored")
_KINDS = ("number", "category", "time")
_COLUMN_TEXTS = ("unit", "description", "source")
_COLUMN_NUMBERS = ("lowest", "highest")
_COLUMN_KEYS = ("kind", "role", *_COLUMN_TEXTS, *_COLUMN_NUMBERS, "known_at_prediction")
_SCHEMA_KEYS = ("time", "time_zone", "target", "group", "exclude", "columns")
_KEYS = ("data", "schema", "steps", "estimator", "calibration", "split", "output")
_ESTIMATORS = (
    "RandomForestRegressor",
    "RandomForestClassifier",
    "ExtraTreesRegressor",
    "ExtraTreesClassifier",
    "IsolationForest",
)
_SPLITTERS = ("TimeSplit", "BlockedKFold", "KFold", "StratifiedKFold", "GroupSplit")


@dataclass(frozen=True)
class ModelConfig:
    """What a YAML file says of a model. Made by `read_config`.

    Attributes
    ----------
    path : Path
        Of the file; what it names is relative to its folder.
    data : Path or None
        The table.
    model : Model
        Not fitted.
    test_fraction : float
        Share of the latest rows that judge the model.
    gap : int or str
        Left out between training and test rows: a number of rows or a duration.
    cross_validation : splitter or None
        Where asked for, how the training rows are split once more.
    outputs : dict of str to Path
        Of "model" and "report", those that are given.
    """

    path: Path
    data: Path | None
    model: Model
    test_fraction: float
    gap: int | str
    cross_validation: Any
    outputs: dict[str, Path]
    _schema: dict[str, Entry] = field(repr=False)
    _parts: dict[str, Entry] = field(repr=False)

    def frame(self, data: str | os.PathLike[str] | None = None) -> Frame:
        """Read the table, by default the one that the file names, with the schema that the file describes.

        Raises
        ------
        InvalidArgument
            If the table lacks a column that the file names; the message names file and line.
        """
        source = data if data is not None else self.data
        if source is None:
            raise InvalidArgument(f"{self.path}: data is missing, and no table was given")
        told = self._schema
        columns = {name: _column_of(entry) for name, entry in _columns(told).items()}
        with self.located():
            frame = read_csv(
                source,
                time=told["time"].texts() if "time" in told else None,
                time_zone=told["time_zone"].text() if "time_zone" in told else None,
                categories=[name for name, column in columns.items() if column.get("kind") == "category"] or None,
            )
        return _with_meaning(frame, told, columns)

    @contextmanager
    def located(self) -> Iterator[None]:
        """Let errors that speak of an option of this file name its line."""
        try:
            yield
        except Error as error:
            found = None if str(error).startswith(f"{self.path}:") else _speaks_of(str(error), self._parts)
            if found is None:
                raise
            raise InvalidArgument(f"{self.path}:{found.line}: {found.key}: {error}") from None


def read_config(path: str | os.PathLike[str]) -> ModelConfig:
    """Read a YAML file that describes a model.

    Keys: ``data``; ``schema`` (``time``, ``time_zone``, ``target``, ``group``, ``exclude``, ``columns`` with kind,
    role, unit, description, source, lowest, highest, known_at_prediction); ``steps`` (a list of types, each with its
    options); ``estimator`` (a type with its options); ``calibration``; ``split`` (``test_fraction``, ``gap``,
    ``cross_validation``); ``output`` (``model``, ``report``).

    Raises
    ------
    InvalidArgument
        On anything that is not allowed; the message names file, line, key, the value and what is allowed.
    ImportError
        Without the package pyyaml: ``pip install plantwright[yaml]``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import plantwright as pw
    >>> file = pathlib.Path(tempfile.mkdtemp(), "plant.yaml")
    >>> _ = file.write_text("steps: [{Lags: {lags: [1, 2]}}]\\nestimator: {RandomForestRegressor: {n_estimators: 9}}")
    >>> pw.read_config(file).model
    Model(estimator=RandomForestRegressor(n_estimators=9),
          steps=[Lags(lags=[1, 2])])
    """
    path = Path(path)
    top = read_yaml(path)
    members = top.known(_KEYS, required=["estimator"])
    steps = [_step_of(entry) for entry in members["steps"].items()] if "steps" in members else []
    estimator = _estimator_of(members["estimator"])
    calibration = members["calibration"].choice(["sigmoid", "isotonic"]) if "calibration" in members else None
    schema = members["schema"].known(_SCHEMA_KEYS) if "schema" in members else {}
    for column in _columns(schema).values():
        _column_of(column)
    split = members["split"].known(["test_fraction", "gap", "cross_validation"]) if "split" in members else {}
    output = members["output"].known(["model", "report"]) if "output" in members else {}
    return ModelConfig(
        path=path,
        data=path.parent / members["data"].text() if "data" in members else None,
        model=Model(steps, estimator, calibration=calibration),
        test_fraction=_fraction_of(split["test_fraction"]) if "test_fraction" in split else 0.2,
        gap=_gap_of(split["gap"]) if "gap" in split else 0,
        cross_validation=_splitter_of(split["cross_validation"]) if "cross_validation" in split else None,
        outputs={name: path.parent / entry.text() for name, entry in output.items()},
        _schema=schema,
        _parts=members,
    )


# ---- parts


def _type_and_options(entry: Entry, allowed: list[str]) -> tuple[str, Entry, dict[str, Entry]]:
    """Read ``Type`` or ``Type: {option: value}``."""
    if isinstance(entry.value, str):
        name, named, options = entry.value, entry, {}
    else:
        members = entry.members()
        if len(members) != 1:
            raise entry.fail(f"must be one type with its options, got {', '.join(members) or 'nothing'}")
        name, named = next(iter(members.items()))
        options = named.members() if named.value is not None else {}
    if name not in allowed:
        raise named.fail(f"there is no {name!r}{near(name, allowed)}; allowed are {', '.join(allowed)}")
    return name, named, options


def _made(kind: Any, named: Entry, options: dict[str, Entry]) -> Any:
    """An object of the class, whose options must be its parameters."""
    known = list(inspect.signature(kind.__init__).parameters)[1:]
    for option, given in options.items():
        if option not in known:
            raise given.fail(f"there is no such option{near(option, known)}; allowed are {', '.join(known)}")
    try:
        return kind(**{option: given.value for option, given in options.items()})
    except (Error, TypeError, ValueError) as error:
        raise _located(named, options, error) from None


def _step_of(entry: Entry) -> Step:
    classes = {name: kind for name in preprocessing.__all__ if _is_step(kind := getattr(preprocessing, name))}
    name, named, options = _type_and_options(entry, sorted(classes))
    step: Step = _made(classes[name], named, options)
    try:
        _core.complete_options(step._step_type, step._options())
    except Error as error:
        raise _located(named, options, error) from None
    return step


def _is_step(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Step) and "_step_type" in kind.__dict__


def _estimator_of(entry: Entry) -> Any:
    name, named, options = _type_and_options(entry, list(_ESTIMATORS))
    return _made(getattr(forest, name), named, options)


def _splitter_of(entry: Entry) -> Any:
    name, named, options = _type_and_options(entry, list(_SPLITTERS))
    return _made(getattr(evaluate, name), named, options)


def _fraction_of(entry: Entry) -> float:
    fraction = entry.number()
    if not 0 < fraction < 1:
        raise entry.refuse("between 0 and 1")
    return fraction


def _gap_of(entry: Entry) -> int | str:
    if isinstance(entry.value, bool) or not isinstance(entry.value, (int, str)):
        raise entry.refuse('a number of rows or a duration such as "2h"')
    return entry.value


def _located(named: Entry, options: dict[str, Entry], error: Exception) -> InvalidArgument:
    """The error with the line of the option that it speaks of, else of the type."""
    return (_first_named(str(error), options) or named).fail(str(error))


def _first_named(message: str, options: dict[str, Entry]) -> Entry | None:
    places = {option: re.search(rf"\b{re.escape(option)}\b", message) for option in options}
    found = [(place.start(), option) for option, place in places.items() if place]
    return options[min(found)[1]] if found else None


def _speaks_of(message: str, parts: dict[str, Entry]) -> Entry | None:
    """The option of a step or of the estimator that an error raised by it names."""
    who = message.partition(":")[0]
    entries = [parts["estimator"], *(parts["steps"].items() if "steps" in parts else [])]
    for entry in entries:
        named = entry.members() if isinstance(entry.value, dict) else {}
        if who in named:
            options = named[who].members() if named[who].value is not None else {}
            return _first_named(message, options) or named[who]
        if entry.value == who:
            return entry
    return None


# ---- schema


def _columns(schema: dict[str, Entry]) -> dict[str, Entry]:
    return schema["columns"].members() if "columns" in schema else {}


def _column_of(entry: Entry) -> dict[str, Any]:
    """What the file tells of a column, as fields of a `ColumnSpec`."""
    told = entry.known(_COLUMN_KEYS)
    fields: dict[str, Any] = {name: told[name].text() for name in _COLUMN_TEXTS if name in told}
    fields |= {name: told[name].number() for name in _COLUMN_NUMBERS if name in told}
    for name, words in (("role", _ROLES), ("kind", _KINDS)):
        if name in told:
            fields[name] = told[name].choice(words)
    if "known_at_prediction" in told:
        fields["known_at_prediction"] = told["known_at_prediction"].flag()
    if fields.get("lowest", -np.inf) > fields.get("highest", np.inf):
        raise told["lowest"].refuse(f"at most highest, {fields['highest']:g}")
    return fields


def _with_meaning(frame: Frame, told: dict[str, Entry], columns: dict[str, dict[str, Any]]) -> Frame:
    specs = {spec.name: spec for spec in frame.schema}

    def change(name: str, entry: Entry, **fields: Any) -> None:
        if name not in specs:
            raise entry.fail(f"the table has no column {name!r}{near(name, frame.columns)}")
        if fields.get("kind", specs[name].kind) != specs[name].kind:
            raise entry.fail(f"the table's column {name!r} is of kind {specs[name].kind}, not {fields['kind']}")
        specs[name] = replace(specs[name], **fields)

    for name, entry in _columns(told).items():
        change(name, entry, **columns[name])
    for name in told["exclude"].texts() if "exclude" in told else []:
        change(name, told["exclude"], role="ignored")
    for role in ("target", "group"):
        if role in told:
            change(told[role].text(), told[role], role=role)
    return frame.with_schema(Schema([specs[name] for name in frame.columns], frame.schema.time_rule))
