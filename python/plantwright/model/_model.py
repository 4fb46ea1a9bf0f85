# SPDX-License-Identifier: MIT
"""The one artefact: raw table in, prediction out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from plantwright import _core, forest
from plantwright.core import InvalidArgument, NotFitted
from plantwright.evaluate import Calibration, TimeSplit
from plantwright.frame import Frame, Schema, as_frame, is_table
from plantwright.io import PlwSerializable
from plantwright.model._estimators import fit_estimator, require_known
from plantwright.model._plan import Plan, PlanLine
from plantwright.preprocessing import Resampler, Step
from plantwright.preprocessing._pipeline import steps_of
from plantwright.preprocessing._stream import RowTaker


def _estimator_has(name: str) -> Any:
    def has(model: Any) -> bool:
        return hasattr(getattr(model, "estimator_", model.estimator), name)

    return has


class Model(PlwSerializable, BaseEstimator):
    """Schema, preprocessing steps and an estimator, fitted together and saved in one file.

    The file runs in C++ too (``plantwright::Model::load``), on raw rows, to the same bits; so does `stream`, row by
    row. The steps are fitted on what `fit` is given and on nothing else, hence cross-validation refits them in every
    fold.

    Parameters
    ----------
    steps : sequence of preprocessing steps, default=()
        In order; each takes what the one before gives. They are cloned, not changed.
    estimator : RandomForest*, ExtraTrees* or IsolationForest of this library, or a forest or tree of scikit-learn
        Takes the table that the last step gives: its columns of input roles are the features.
    calibration : {"sigmoid", "isotonic"}, optional
        Makes a classifier's probabilities happen as often as they say (`plantwright.evaluate.Calibration`): its curves
        are fitted on rows that a model fitted on other rows has predicted; the final model learns from all rows.
    calibration_splitter : splitter, default=TimeSplit(5)
        How those rows are found; anything with `split`, or pairs of row numbers.

    Attributes
    ----------
    steps_ : list of fitted steps
    estimator_ : fitted estimator
        Of this library; what scikit-learn fitted has become one (`plantwright.from_sklearn`).
    schema_ : Schema
        Of the raw table.
    feature_names_in_ : ndarray of str
        Columns of the raw table.
    classes_ : ndarray
        Of a classifier.
    provenance_ : dict
        Rows, range of times and a checksum of the data.
    calibration_ : dict or None
        Method and curves.

    Notes
    -----
    The target is the table's column of role "target", or `y`. Prediction needs no target and ignores further columns.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> frame = pw.Frame(
    ...     {"steam_t": np.arange(40.0), "energy_kWh": np.arange(40.0) ** 2}, roles={"energy_kWh": "target"}
    ... )
    >>> forest = pw.RandomForestRegressor(10, random_state=0)
    >>> model = pw.Model(steps=[pw.StandardScaler()], estimator=forest).fit(frame)
    >>> bool(abs(model.predict(frame)[20] - 400) < 100)
    True
    >>> stream = model.stream()
    >>> bool(stream.update({"steam_t": 20.0}) == model.predict(frame)[20])
    True
    """

    _plw_type = "Model"
    _plw_model_class = _core.Model

    def __init__(
        self,
        steps: Sequence[Step] = (),
        estimator: Any = None,
        *,
        calibration: str | None = None,
        calibration_splitter: Any = None,
    ) -> None:
        self.steps = steps
        self.estimator = estimator
        self.calibration = calibration
        self.calibration_splitter = calibration_splitter

    # ---- fitting

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Fit the steps one after the other, then the estimator.

        Parameters
        ----------
        X : Frame, table, or array of shape (n_rows, n_columns)
        y : array of shape (n_rows,), optional
            The target, if no column of X has that role.
        sample_weight : array of shape (n_rows,), optional
            Weights of the rows, for the estimator. Where a step balances classes, a copy and a synthetic row have the
            weight of the row that they were made from.

        Raises
        ------
        InvalidArgument
            If there is no target and the estimator needs one, or it is none of this library's; and what steps and
            estimator raise.
        """
        require_known(self.estimator)
        if self.calibration is not None and not is_classifier(self.estimator):
            raise InvalidArgument(f"Model: calibration needs a classifier, got {type(self.estimator).__name__}")
        frame = _training_frame(X, y)
        pipeline, ready, carried = self._fit_steps(frame, sample_weight, getattr(self.estimator, "n_jobs", None))
        weights = {} if carried is None else {"sample_weight": carried}
        estimator = fit_estimator(self.estimator, ready, frame.schema.name_of("target"), weights)
        self._model = _core.Model(pipeline, estimator._model, _core.Model.provenance_of(frame._core))
        if self.calibration is not None:
            curves = self._fit_calibration(frame, estimator.classes_, sample_weight)
            self._model = self._model.with_calibration(curves._core)
        self._adopt(estimator)
        return self

    def _fit_calibration(self, frame: Frame, classes: Any, sample_weight: Any) -> Calibration:
        """Learn from rows that were predicted by a model fitted on other rows."""
        target = np.asarray(_target_of(frame))
        splitter = TimeSplit(5) if self.calibration_splitter is None else self.calibration_splitter
        folds = splitter.split(frame, target) if hasattr(splitter, "split") else splitter
        weight = None if sample_weight is None else np.asarray(sample_weight)
        rows, shares = [], []
        for train, test in folds:
            part = clone(self).set_params(calibration=None)
            part.fit(frame[train], sample_weight=None if weight is None else weight[train])
            of_all = np.zeros((len(test), len(classes)))  # a class that the part has not seen has no share
            of_all[:, np.searchsorted(classes, part.classes_)] = part.predict_proba(frame[test])
            rows.append(test)
            shares.append(of_all)
        tested = np.concatenate(rows)
        return Calibration(str(self.calibration))._fit_codes(
            np.concatenate(shares),
            np.searchsorted(classes, target[tested]),
            None if weight is None else weight[tested],
        )

    def _fit_steps(self, frame: Frame, sample_weight: Any, n_jobs: int | None) -> tuple[Any, Frame, Any]:
        """Give the compiled pipeline, the table that trains the estimator, and the weights of its rows."""
        specs = [(_checked(step)._step_type, step._options()) for step in self.steps]
        carries = sample_weight is not None and any(isinstance(step, Resampler) for step in self.steps)
        if not carries:
            pipeline, ready = _core.Pipeline.fit_transform(specs, frame._core, n_jobs)
            return pipeline, Frame._of_core(ready), sample_weight
        name = "sample_weight"  # of a column that no step looks at
        while name in frame.columns:
            name += "_"
        frame = frame.with_column(name, np.asarray(sample_weight, dtype=np.float64), role="ignored")
        pipeline, ready = _core.Pipeline.fit_transform(specs, frame._core, n_jobs)
        weights = Frame._of_core(ready)[name]
        return pipeline.without_input(name), Frame._of_core(ready.without(name)), weights

    def _adopt(self, estimator: Any) -> None:
        self.estimator_ = estimator
        self.steps_ = steps_of(self._model.pipeline)
        self.schema_ = Schema._of_core(self._model.schema)
        self.feature_names_in_ = np.asarray(self._model.schema.names(), dtype=object)
        self.n_features_in_ = len(self.feature_names_in_)
        description = json.loads(self._model.describe())
        self.provenance_ = description["provenance"]
        self.calibration_ = description.get("calibration")
        if hasattr(estimator, "classes_"):
            self.classes_ = estimator.classes_

    # ---- predicting

    def _raw(self, X: Any) -> Frame:
        check_is_fitted(self)
        return as_frame(X) if is_table(X) or isinstance(X, Frame) else _named(X, self.schema_)

    def _ready(self, X: Any) -> Frame:
        return Frame._of_core(self._model.transform(self._raw(X)._core, self._jobs))

    @property
    def _jobs(self) -> int | None:
        return getattr(self.estimator_, "n_jobs", None)

    def transform(self, X: Any) -> Frame:
        """Give the table that the estimator sees."""
        return self._ready(X)

    def predict(self, X: Any) -> Any:
        """Predict what `estimator.predict` does, from raw rows.

        Raises
        ------
        SchemaMismatch
            If a column that steps or estimator read is missing or of another kind.
        """
        if self.__sklearn_is_fitted__() and self.calibration_ is not None:
            return self.classes_[np.argmax(self.predict_proba(X), axis=1)]
        ready = self._ready(X)
        return self.estimator_.predict(ready)

    @available_if(_estimator_has("predict_proba"))  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> Any:
        """Give the probability of each class of `classes_`."""
        if self.__sklearn_is_fitted__() and self.calibration_ is not None:
            return self._model.outputs(self._raw(X)._core, self._jobs)
        ready = self._ready(X)
        return self.estimator_.predict_proba(ready)

    @available_if(_estimator_has("score_samples"))  # type: ignore[untyped-decorator]
    def score_samples(self, X: Any) -> Any:
        """Give the scores of the rows, higher is more normal."""
        ready = self._ready(X)
        return self.estimator_.score_samples(ready)

    @available_if(_estimator_has("decision_function"))  # type: ignore[untyped-decorator]
    def decision_function(self, X: Any) -> Any:
        """Give the scores less the threshold, negative for anomalies."""
        ready = self._ready(X)
        return self.estimator_.decision_function(ready)

    @available_if(_estimator_has("score"))  # type: ignore[untyped-decorator]
    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Give R2 of a regressor or the accuracy of a classifier; y is by default the target column."""
        from sklearn.metrics import accuracy_score, r2_score

        truth = _target_of(as_frame(X)) if y is None else y
        measure = accuracy_score if hasattr(self, "classes_") else r2_score
        return float(measure(truth, self.predict(X), sample_weight=sample_weight))

    def stream(self) -> ModelStream:
        """Start a stream: raw rows one by one, predictions to the bits of `predict`."""
        if not self.__sklearn_is_fitted__():
            raise NotFitted("Model: call fit before stream")
        return ModelStream(self)

    def lineage(self, feature: str) -> list[str]:
        """Tell the way from raw columns to a column that the estimator sees, a line a step.

        Examples
        --------
        >>> import numpy as np, plantwright as pw
        >>> flow = np.arange(9.0)
        >>> frame = pw.Frame({"flow": flow, "y": flow}, roles={"y": "target"}, units={"flow": "t/h"})
        >>> pw.Model([pw.StandardScaler()], pw.RandomForestRegressor(2)).fit(frame).lineage("flow")
        ['flow [t/h]', 'flow = StandardScaler(flow)']
        """
        check_is_fitted(self)
        lines: list[str] = self._model.lineage(feature)
        return lines

    def explain_plan(self, X: Any) -> Plan:
        """Tell what steps and estimator cost on a table: time, memory, and columns.

        Examples
        --------
        >>> import numpy as np, plantwright as pw
        >>> flow = np.arange(9.0)
        >>> frame = pw.Frame({"flow": flow, "y": flow}, roles={"y": "target"})
        >>> plan = pw.Model([pw.Lags(lags=[1, 2])], pw.RandomForestRegressor(2)).fit(frame).explain_plan(frame)
        >>> [(line.what, line.columns_read, line.columns_written) for line in plan.lines]
        [('Lags', 1, 2), ('RandomForestRegressor', 3, 1)]
        """
        frame = self._raw(X)
        lines = self._model.explain_plan(frame._core, self._jobs)
        return Plan(tuple(PlanLine(*line) for line in lines), len(frame))

    def prune(self) -> Self:
        """Give this model without what its estimator does not use; predictions keep their bits.

        Dropped are features by which no tree splits, columns and steps that only they need, and raw columns that
        nothing reads any more: the plant need not deliver them. Out-of-bag estimates are not carried over.
        """
        check_is_fitted(self)
        pruned = type(self)._of_core(self._model.prune(), _python_header(self.estimator_))
        pruned.set_params(calibration=self.calibration, calibration_splitter=self.calibration_splitter)
        return pruned

    def __sklearn_is_fitted__(self) -> bool:
        """Say whether there is a compiled model."""
        return getattr(self, "_model", None) is not None

    def __sklearn_tags__(self) -> Any:
        """Be what the estimator is."""
        tags = super().__sklearn_tags__()
        if self.estimator is not None:
            of_estimator = get_tags(self.estimator)
            tags.estimator_type = of_estimator.estimator_type
            tags.classifier_tags = of_estimator.classifier_tags
            tags.regressor_tags = of_estimator.regressor_tags
        tags.input_tags.allow_nan = True
        return tags

    # ---- saving

    def _to_plw_bytes(self) -> bytes:
        data = super()._to_plw_bytes()
        return bytes(_core.with_header_members(data, json.dumps({"python": _python_header(self.estimator_)})))

    @classmethod
    def _from_plw_bytes(cls, data: bytes) -> Self:
        header = json.loads(_core.read_header_of_bytes(data)).get("python", {})
        return cls._of_core(_core.Model.from_bytes(data), header)

    @classmethod
    def _of_core(cls, core: Any, header: dict[str, Any]) -> Self:
        """Give the model around a compiled one; the header holds what Python knows of the estimator."""
        own = _core.with_header_members(core.estimator.to_bytes(), json.dumps({"python": header}))
        estimator = getattr(forest, core.estimator_type)._from_plw_bytes(bytes(own))
        model = cls(steps_of(core.pipeline), estimator)
        model._model = core
        model._adopt(estimator)
        model.calibration = model.calibration_ and model.calibration_["method"]
        return model


class ModelStream(RowTaker):
    """A model that takes raw rows one by one. Made by `Model.stream`; it belongs to one thread."""

    def __init__(self, model: Model) -> None:
        super().__init__(model._model.stream())
        self._classes = getattr(model, "classes_", None)
        self._offset = getattr(model.estimator_, "offset_", None)

    def update(self, row: Any) -> Any:
        """Take one row, a mapping of names or a sequence in the order of the raw columns, and give its prediction.

        A number, a class, or -1 or 1 of an isolation forest; several outputs as a tuple.
        """
        outputs = self.outputs(row)
        if self._classes is not None:
            return self._classes[int(np.argmax(outputs))]
        if self._offset is not None:
            return -1 if outputs[0] < self._offset else 1
        return outputs[0] if len(outputs) == 1 else outputs

    def outputs(self, row: Any) -> tuple[float, ...]:
        """Take one row and give the estimator's outputs: numbers, probabilities, or the score."""
        return self._take(row)


def _python_header(estimator: Any) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(_core.read_header_of_bytes(estimator._to_plw_bytes())).get("python", {})
    return header


def _checked(step: Any) -> Step:
    if isinstance(step, Step):
        return step
    raise InvalidArgument(f"Model: steps must be steps of plantwright.preprocessing, got {type(step).__name__}")


def _named(X: Any, schema: Schema) -> Frame:
    names = [name for name, column in zip(schema.names, schema.columns, strict=True) if column.role != "target"]
    return Frame(np.asarray(X), names=names)


def _training_frame(X: Any, y: Any) -> Frame:
    frame = as_frame(X) if is_table(X) or isinstance(X, Frame) else Frame(np.asarray(X))
    if y is None:
        return frame
    target = frame.schema.name_of("target")
    if target is None and "y" in frame.columns:
        raise InvalidArgument("Model: y was given, but the table has a column 'y' that is no target")
    return frame.with_column(target or "y", np.asarray(y), role="target")


def _target_of(frame: Frame) -> Any:
    name = frame.schema.name_of("target")
    if name is None:
        raise InvalidArgument("Model: score needs y, or a table with a column of role target")
    return frame[name]
