# SPDX-License-Identifier: MIT
"""What a table's columns mean: `Schema` and the `ColumnSpec` of each column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

from plantwright import _core

_FIELDS_OF_TIME_RULE = ("columns", "name", "day_first", "midnight_ends_day")


@dataclass(frozen=True)
class ColumnSpec:
    """One column's name, kind and meaning.

    Parameters
    ----------
    name : str
        Unique within the table.
    kind : {"number", "category", "time"}, default="number"
    role : str, default="feature"
        What the column is in the plant: "feature", "lever" (a set-point that can be moved), "disturbance" (known, but
        not ours to move), "response" (a measurement that follows), "target", "time", "group" or "ignored". The first
        four are inputs.
    unit, description : str
        For people and reports, as "t/h".
    source : str
        Where the values come from: a tag of the historian, a laboratory.
    lowest, highest : float or None
        What a sound reading can be, in the column's unit.
    known_at_prediction : bool, default=True
        False for what is measured too late to be an input.
    time_zone : str
        Of a time column: an IANA name or an offset as "+08:00"; empty for the plant's local clock.
    levels : tuple of str
        Of a category column, in the order of their codes.
    derivation : (str, str) or None
        Time column and calendar function of a column that `Frame.with_calendar` computed.

    Examples
    --------
    >>> import plantwright as pw
    >>> pw.ColumnSpec("steam_t", role="lever", unit="t/h").is_input
    True
    """

    name: str
    kind: str = "number"
    role: str = "feature"
    unit: str = ""
    description: str = ""
    source: str = ""
    lowest: float | None = None
    highest: float | None = None
    known_at_prediction: bool = True
    time_zone: str = ""
    levels: tuple[str, ...] = ()
    derivation: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        """Check kind and role, and make the levels a tuple."""
        object.__setattr__(self, "levels", tuple(self.levels))
        self._to_core()

    @property
    def is_input(self) -> bool:
        """Whether an estimator takes it: an input role, no time, and known when a prediction is made."""
        return bool(self._to_core().is_input())

    def _to_core(self) -> Any:
        spec = _core.ColumnSpec()
        for field in fields(self):
            value = getattr(self, field.name)
            setattr(spec, field.name, list(value) if field.name == "levels" else value)
        return spec

    @classmethod
    def _of_core(cls, spec: Any) -> ColumnSpec:
        return cls(**{field.name: getattr(spec, field.name) for field in fields(cls)})


@dataclass(frozen=True)
class TimeRule:
    """How the time columns of a raw file become one.

    Parameters
    ----------
    columns : tuple of str
        ``("date",)``, or several of numbers: ``("year", "month", "day", "hour")``. Empty: the file has no time.
    name : str
        The resulting column's.
    day_first : bool, default=False
        31/12/2018 rather than 12/31/2018.
    midnight_ends_day : bool, default=False
        00:00 is written under the date of the day that it ends.
    """

    columns: tuple[str, ...] = ()
    name: str = ""
    day_first: bool = False
    midnight_ends_day: bool = False

    def _to_core(self) -> Any:
        rule = _core.TimeRule()
        for name in _FIELDS_OF_TIME_RULE:
            value = getattr(self, name)
            setattr(rule, name, list(value) if name == "columns" else value)
        return rule

    @classmethod
    def _of_core(cls, rule: Any) -> TimeRule:
        return cls(tuple(rule.columns), rule.name, rule.day_first, rule.midnight_ends_day)


class Schema:
    """The columns of a table, ordered and with unique names; saved with every model. Immutable.

    Parameters
    ----------
    columns : iterable of ColumnSpec
    time_rule : TimeRule, optional
        How a raw file's time is read.

    Raises
    ------
    InvalidArgument
        On an empty or doubled name, an unknown kind or role.

    Examples
    --------
    >>> import plantwright as pw
    >>> schema = pw.Schema([pw.ColumnSpec("steam_t", role="lever"), pw.ColumnSpec("energy_kWh", role="target")])
    >>> schema.names, schema.input_names
    (['steam_t', 'energy_kWh'], ['steam_t'])
    >>> schema["steam_t"].role
    'lever'
    """

    def __init__(self, columns: Iterable[ColumnSpec], time_rule: TimeRule | None = None) -> None:
        rule = time_rule if time_rule is not None else TimeRule()
        self._core: Any = _core.Schema([column._to_core() for column in columns], rule._to_core())

    @classmethod
    def _of_core(cls, core: Any) -> Schema:
        schema = cls.__new__(cls)
        schema._core = core
        return schema

    @property
    def columns(self) -> list[ColumnSpec]:
        """The specs in order."""
        return [ColumnSpec._of_core(spec) for spec in self._core.columns]

    @property
    def time_rule(self) -> TimeRule:
        """How a raw file's time is read."""
        return TimeRule._of_core(self._core.time_rule)

    @property
    def names(self) -> list[str]:
        """The names in order."""
        return list(self._core.names())

    @property
    def input_names(self) -> list[str]:
        """Names of the columns that an estimator takes."""
        return list(self._core.input_names())

    def name_of(self, role: str) -> str | None:
        """Name of the first column with that role; None where there is none.

        Parameters
        ----------
        role : str
            As of `ColumnSpec`.

        Raises
        ------
        InvalidArgument
            On an unknown role.

        Examples
        --------
        >>> import plantwright as pw
        >>> pw.Schema([pw.ColumnSpec("steam_t"), pw.ColumnSpec("energy_kWh", role="target")]).name_of("target")
        'energy_kWh'
        """
        name: str | None = self._core.name_of(role)
        return name

    def __getitem__(self, name: str) -> ColumnSpec:
        """The column of that name; SchemaMismatch where there is none."""
        return ColumnSpec._of_core(self._core.at(name))

    def __len__(self) -> int:
        """The number of columns."""
        return len(self._core)

    def __iter__(self) -> Iterator[ColumnSpec]:
        """The specs in order."""
        return iter(self.columns)

    def __contains__(self, name: object) -> bool:
        """Whether there is a column of that name."""
        return name in self.names

    def __eq__(self, other: object) -> bool:
        """Whether names, kinds, meanings, levels and time rule are the same."""
        return bool(self._core == other._core) if isinstance(other, Schema) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def to_json(self) -> str:
        """As JSON for people and headers; of a category's levels only their number and the first five."""
        return str(self._core.to_json())

    @classmethod
    def from_json(cls, text: str) -> Schema:
        """What `to_json` wrote; a member ``levels`` of a column, written by hand, is read too."""
        return cls._of_core(_core.Schema.from_json(text))

    def __reduce__(self) -> tuple[Any, ...]:
        """For pickle and copy."""
        columns = [tuple(asdict(column).values()) for column in self.columns]
        rule = tuple(asdict(self.time_rule).values())
        return _rebuild_schema, (columns, rule)

    def __repr__(self) -> str:
        """One line a column."""
        return "\n".join(["Schema:", *(f"  {_line_of(column)}" for column in self.columns)])


def _rebuild_schema(columns: list[tuple[Any, ...]], rule: tuple[Any, ...]) -> Schema:
    return Schema([ColumnSpec(*column) for column in columns], TimeRule(*rule))


def _line_of(column: ColumnSpec) -> str:
    parts = [column.kind, column.role]
    if column.unit:
        parts.append(column.unit)
    if column.kind == "category":
        parts.append(f"{len(column.levels)} levels")
    if column.kind == "time":
        parts.append(column.time_zone or "local clock")
    if column.derivation:
        parts.append(f"{column.derivation[1]} of {column.derivation[0]}")
    if not column.known_at_prediction:
        parts.append("not known at prediction")
    return f"{column.name}: {', '.join(parts)}"
