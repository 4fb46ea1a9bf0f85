# SPDX-License-Identifier: MIT
"""What all preprocessing steps have in common."""

from __future__ import annotations

import datetime
import json
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d, validate_data

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.frame import Frame, as_frame, has_names
from plantwright.io import PlwSerializable
from plantwright.preprocessing._stream import StepStream

_TYPES: dict[str, type[Step]] = {}


class Step(PlwSerializable, TransformerMixin, BaseEstimator):
    """A preprocessing step: base of the classes of this package.

    A step takes a `Frame`, any table, or an array of shape (n_rows, n_columns); it gives a `Frame` for a `Frame` and an
    array otherwise, unless `set_output` says another. Missing values are NaN. The compiled step behind it runs over
    whole tables and, by `stream`, row by row with the same bits; a saved step loads in C++ as
    ``plantwright::Pipeline``.
    """

    _step_type: ClassVar[str]
    _wants_target: ClassVar[bool] = False  # y becomes a column of role target when fitting
    _needs_target: ClassVar[bool] = True  # where it wants one
    _plw_model_class = _core.Pipeline

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Know the class by its type's name."""
        super().__init_subclass__(**kwargs)
        if "_step_type" in cls.__dict__:
            _TYPES[cls._step_type] = cls

    # ---- fitting

    def _options(self) -> str:
        """Give the parameters as the compiled step reads them."""
        own = {name: _known(value) for name, value in self._parameters().items() if name != "n_jobs"}
        try:
            return json.dumps(own, default=_plain)
        except (TypeError, ValueError) as error:
            raise InvalidArgument(f"{self._step_type}: parameters must be numbers, texts and lists, {error}") from None

    def _parameters(self) -> dict[str, Any]:
        return dict(self.get_params(deep=False))

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn from a table.

        Parameters
        ----------
        X : Frame, table, or array of shape (n_rows, n_columns)
        y : array of shape (n_rows,), optional
            The target, for the steps that look at it.

        Raises
        ------
        InvalidArgument
            On a parameter or a column that the step cannot take.
        """
        frame, target = self._with_target(self._take(X, reset=True), y)
        self._keep(_core.Pipeline.fit([(self._step_type, self._options())], frame, self._jobs), target)
        return self

    def fit_transform(self, X: Any, y: Any = None, **fit_params: Any) -> Any:
        """Learn from a table and give it as what comes next is to be trained on.

        As ``fit(X, y).transform(X)``, but for the steps that treat training rows otherwise (`TargetEncoder`).
        """
        if not self._wants_target:
            return super().fit_transform(X, y, **fit_params)
        frame, target = self._with_target(self._take(X, reset=True), y)
        model, table = _core.Pipeline.fit_transform([(self._step_type, self._options())], frame, self._jobs)
        self._keep(model, target)
        return _like(X, frame, table.without(target) if target else table)

    @property
    def _jobs(self) -> int | None:
        return getattr(self, "n_jobs", None)

    def _with_target(self, frame: Any, y: Any) -> tuple[Any, str | None]:
        """Give the frame with y as its target, under a name that is free, for the steps that look at it."""
        needs = self._wants_target and self._needs_target
        if y is None and needs and all(spec.role != "target" for spec in frame.schema.columns):
            raise InvalidArgument(
                f"{self._step_type}: it requires y to be passed, but the target y is None and no column has that role"
            )
        if y is None or not self._wants_target:
            return frame, None
        y = column_or_1d(y, warn=True)
        check_consistent_length(np.empty(frame.rows), y)
        name = "y"
        while name in frame.schema.names():
            name += "_"
        given = Frame({name: y}, roles={name: "target"})._core
        columns = [(spec, frame.column(spec.name)) for spec in frame.schema.columns]
        specs = [given.schema.at(name)] + [_input_of(spec) for spec, _ in columns]
        return _core.Frame(_core.Schema(specs), [given.column(name)] + [column for _, column in columns]), name

    def _keep(self, model: Any, target: str | None) -> None:
        self._model = model.without_input(target) if target else model
        self._set_fitted()

    @property
    def _schema(self) -> Any:
        return self._model.input_schema

    def _set_fitted(self) -> None:
        for name, values in self._model.fitted(0).items():
            setattr(self, name, values)

    # ---- transforming

    def transform(self, X: Any) -> Any:
        """Give the table with this step's columns written.

        Raises
        ------
        SchemaMismatch
            Where a column is missing or of another kind than it was fitted on.
        """
        check_is_fitted(self)
        frame = self._take(X, reset=False)
        return _like(X, frame, self._model.transform(frame, self._jobs))

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """Names of the columns that `transform` gives."""
        check_is_fitted(self)
        schema = self._schema
        if input_features is not None:
            self._check_names(input_features)
            if not hasattr(self, "feature_names_in_"):
                schema = _renamed(schema, list(input_features))
        names = self._model.transform_schema(self._schema).names()
        if schema is not self._schema:
            names = _named_after(names, self._schema.names(), schema.names())
        return np.asarray(names, dtype=object)

    def _check_names(self, input_features: Any) -> None:
        expected = getattr(self, "feature_names_in_", None)
        if expected is not None and list(input_features) != list(expected):
            raise ValueError("input_features is not equal to feature_names_in_")
        if len(input_features) != self.n_features_in_:
            raise ValueError(
                f"input_features should have length equal to number of features ({self.n_features_in_}), "
                f"got {len(input_features)}"
            )

    def stream(self) -> StepStream:
        """Start a stream: rows one by one, to the bits that `transform` gives.

        Examples
        --------
        >>> import numpy as np
        >>> import plantwright as pw
        >>> stream = pw.StandardScaler().fit(np.array([[1.0], [3.0]])).stream()
        >>> stream.update([3.0])
        (1.0,)
        """
        check_is_fitted(self)
        return StepStream(self._model)

    def __sklearn_is_fitted__(self) -> bool:
        """Say whether there is a compiled step."""
        return getattr(self, "_model", None) is not None

    def __sklearn_tags__(self) -> Any:
        """Say that missing values are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    # ---- input

    def _take(self, X: Any, *, reset: bool) -> Any:
        """Give the compiled frame, checked against what was fitted."""
        if has_names(X):
            frame = as_frame(X)._core
            if reset:
                self.n_features_in_ = frame.cols
                self.feature_names_in_ = np.asarray(frame.schema.names(), dtype=object)
            return frame
        if reset and hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        array = validate_data(self, X, reset=reset, dtype=[np.float64, np.float32], ensure_all_finite="allow-nan")
        names = list(getattr(self, "feature_names_in_", ())) or None
        return Frame(array, names=names)._core

    # ---- saving

    @classmethod
    def _from_plw_model(cls, model: Any) -> Self:
        description = json.loads(model.describe())["steps"][0]
        step = cls(**description["options"])
        step._model = model
        step._set_fitted()
        step.n_features_in_ = len(step._schema)
        step.feature_names_in_ = np.asarray(step._schema.names(), dtype=object)
        return step


class InvertibleStep(Step):
    """A step whose columns can be written back to what they were."""

    def inverse_transform(self, X: Any) -> Any:
        """Give the table as it was before `transform`."""
        check_is_fitted(self)
        named = as_frame(X) if has_names(X) else Frame(np.asarray(X), names=self._schema.names())
        return _like(X, named._core, self._model.inverse_transform(named._core, self._jobs))


def _plain(value: Any) -> Any:
    """Give NumPy's scalars and arrays as JSON has them."""
    if isinstance(value, np.generic) and not isinstance(value, np.datetime64):
        return value.item()
    if isinstance(value, np.ndarray | tuple | set):
        return list(value)
    if isinstance(value, np.datetime64 | datetime.date):
        day: Any = value  # NumPy's stubs know neither of the two
        return str(np.datetime64(day, "D"))
    raise TypeError(f"got {value!r} of type {type(value).__name__}")


def _known(value: Any) -> Any:
    """Give None for NaN, which is "missing" in JSON too."""
    return None if isinstance(value, float | np.floating) and np.isnan(value) else value


def _input_of(spec: Any) -> Any:
    """Give a column that is no target: another one was given."""
    if spec.role == "target":
        spec.role = "ignored"
    return spec


def _like(X: Any, given: Any, made: Any) -> Any:
    """Give what was made of the given frame: a Frame where X is one, else an array of X's width."""
    if isinstance(X, Frame):
        return Frame._of_core(made)
    dtype = np.float32 if getattr(X, "dtype", None) == np.float32 else np.float64
    shared = made.shared_matrix() if dtype == np.float64 else None
    if shared is not None and not any(np.may_share_memory(shared, column.values()) for column in _columns(given)):
        return shared  # it belongs to nobody else
    return Frame._of_core(made).to_numpy(dtype=dtype)


def _columns(frame: Any) -> list[Any]:
    return [frame.column(name) for name in frame.schema.names()]


def _renamed(schema: Any, names: list[str]) -> Any:
    specs = []
    for spec, name in zip(schema.columns, names, strict=True):
        spec.name = str(name)
        specs.append(spec)
    return _core.Schema(specs)


def _named_after(names: list[str], old: list[str], new: list[str]) -> list[str]:
    """Give the names with the input's name, which stands before any "__", replaced by its new one."""
    of_old = dict(zip(old, new, strict=True))

    def renamed(name: str) -> str:
        head, separator, rest = name.partition("__")
        return of_old.get(name, of_old.get(head, head) + separator + rest)

    return [renamed(name) for name in names]
