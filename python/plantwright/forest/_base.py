# SPDX-License-Identifier: MIT
"""What the forests of this package share: intake of tables and arrays, attributes, files."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable
from typing import Any, ClassVar, Self, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from plantwright import _core
from plantwright.core import InvalidArgument, NotFitted, resolve_progress
from plantwright.forest._export import TreeExports
from plantwright.forest._input import FLOATS, ForestInput
from plantwright.forest._labels import Columns, as_list
from plantwright.forest._options import categorical_of, options_of, tree_range_of
from plantwright.forest._tree import DecisionTree
from plantwright.frame import Frame, as_frame
from plantwright.io import PlwSerializable

__all__ = ["FLOATS", "BaseForest", "plain", "unplain", "warn_missing_oob"]


class BaseForest(TreeExports, ForestInput, PlwSerializable, BaseEstimator):
    """Fit and predict from NumPy arrays or tables; every number comes from the compiled model `_model`."""

    _criteria: ClassVar[tuple[str, ...]]
    _splitter: ClassVar[str | None] = None  # where it is no parameter
    _variant: ClassVar[str | None] = None  # the name in files of a class that is no compiled class of its own
    _variants: ClassVar[dict[str, type[BaseForest]]] = {}
    _model: Any
    _seed: int  # of the random streams that the trees were grown from
    feature_names_in_: NDArray[Any]
    n_estimators: int
    n_jobs: int | None
    oob_score: Any
    random_state: Any
    verbose: int
    warm_start: bool

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Remember a class that names its variant, for `load`."""
        super().__init_subclass__(**kwargs)
        variant = cls.__dict__.get("_variant")
        if variant is not None:
            cls._variants[variant] = cls

    def __sklearn_tags__(self) -> Any:
        """Say that missing values are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    # ---- fitting

    def _grow(
        self, X: Any, y: Any, sample_weight: ArrayLike | None, progress: Any, tree_range: Any, more: dict[str, Any]
    ) -> Any:
        """Return a compiled model of an array X and y, or of a frame X and the name y of its target.

        Several outputs are a y of two dimensions, or a list of names.
        """
        options = options_of(self, self._criteria) | {"tree_range": tree_range_of(self, tree_range)} | more
        names = [name for name in X.schema.input_names if name != y] if isinstance(X, Frame) else None
        options["categorical_features"] = categorical_of(self, X.shape[1] if names is None else len(names), names)
        start = self._start(options)
        if start is not None and start.n_trees == options["n_estimators"] and not self._lacks_oob():
            return start
        weights = None if sample_weight is None else _weights_of(sample_weight, len(X))
        model: Any = self._plw_model_class
        of_frame, several = isinstance(X, Frame), isinstance(y, list) or getattr(y, "ndim", 1) == 2
        grow = getattr(model, ("fit_frame" if of_frame else "fit") + ("_outputs" if several else ""))
        with resolve_progress(self.verbose, progress) as callback:
            data = X._core if isinstance(X, Frame) else X
            model = grow(data, y, sample_weight=weights, progress=callback, start=start, **options)
        self._seed = options["random_state"]
        return model

    def _start(self, options: dict[str, Any]) -> Any:
        """Give the model to add trees to, or None; a random state that is no integer keeps the seed it once gave."""
        model = getattr(self, "_model", None)
        if not self.warm_start or model is None:
            return None
        if isinstance(getattr(self, "_seed", None), int) and not isinstance(self.random_state, int | np.integer):
            options["random_state"] = self._seed
        if model.n_trees == options["n_estimators"]:
            warnings.warn(
                "Warm-start fitting without increasing n_estimators does not fit new trees.", UserWarning, stacklevel=4
            )
        return model

    def _lacks_oob(self) -> bool:
        return bool(self.oob_score) and not hasattr(self, "oob_score_")

    def _score_oob(self, truth: NDArray[Any], prediction: NDArray[Any], known: NDArray[np.bool_]) -> None:
        """Take a callable `oob_score`'s word for the rows that have an out-of-bag prediction."""
        if callable(self.oob_score) and known.any():
            self.oob_score_ = float(self.oob_score(truth[known], prediction[known]))

    def _adopt(self, model: Any) -> None:
        """Take a compiled model as the fitted state."""
        self._model = model
        self.n_features_in_ = int(model.n_features)
        self.n_outputs_ = int(getattr(model, "n_outputs", 1))
        for stale in ("feature_names_in_", "oob_score_", "oob_prediction_", "oob_decision_function_"):
            self.__dict__.pop(stale, None)
        if model.feature_names:
            self.feature_names_in_ = np.asarray(model.feature_names, dtype=object)
        if not np.isnan(model.oob_score):
            self.oob_score_ = float(model.oob_score)

    def _training_table(self, X: Any, y: Any, target: Any) -> tuple[Frame, Any, list[str]]:
        """Give the frame, the targets' values and the names under which they stand, or shall stand, in it."""
        frame = as_frame(X)
        if len(frame) == 0:
            raise InvalidArgument(f"{type(self).__name__}: the table has no rows")
        if y is not None:
            if target is not None:
                raise InvalidArgument(f"{type(self).__name__}: y and target exclude each other, got both")
            return frame, y, _free_names(frame, y)
        names = _target_names(type(self).__name__, frame, target)
        if len(names) == 1:
            return frame, frame[names[0]], names
        return frame, Columns(frame[name] for name in names), names

    def _refuse_target(self, target: Any) -> None:
        """Say that an array has no columns to name."""
        if target is not None:
            raise InvalidArgument(f"{type(self).__name__}: target names columns of a table, got X without names")

    # ---- forests as sets of trees

    @classmethod
    def merge(cls, forests: Iterable[Self]) -> Self:
        """Put the trees of several forests into one.

        Ranges of one forest that were grown apart (``fit(..., tree_range=(a, b))``), on whatever machines, become the
        forest grown at once, bit for bit. Forests of other seeds or rows can be merged too, where inputs, classes and
        criterion agree.

        Parameters
        ----------
        forests : iterable of fitted forests
            In the order that their trees shall have.

        Returns
        -------
        forest
            With the first one's parameters and ``n_estimators`` the number of all trees. It has no out-of-bag estimate:
            that is a mean over all trees, which the parts' means do not give exactly. To make it anew, set
            ``oob_score=True, warm_start=True`` and call `fit` on the training rows: no tree is grown again.

        Raises
        ------
        InvalidArgument
            If there is none, or they do not fit together; the message says what differs.

        Examples
        --------
        >>> import numpy as np, plantwright as pw
        >>> X = np.arange(40.0).reshape(20, 2)
        >>> forest = pw.RandomForestRegressor(n_estimators=10, random_state=0)
        >>> first = pw.RandomForestRegressor(n_estimators=10, random_state=0).fit(X, X[:, 0], tree_range=(0, 5))
        >>> rest = pw.RandomForestRegressor(n_estimators=10, random_state=0).fit(X, X[:, 0], tree_range=(5, 10))
        >>> merged = pw.RandomForestRegressor.merge([first, rest])
        >>> bool((merged.predict(X) == forest.fit(X, X[:, 0]).predict(X)).all())
        True
        """
        parts = list(forests)
        for part in parts:
            if not isinstance(part, cls):
                raise InvalidArgument(f"{cls.__name__}: merge takes forests of this class, got a {type(part).__name__}")
            if not part.__sklearn_is_fitted__():
                raise NotFitted(f"{cls.__name__}: merge needs fitted forests")
        if not parts:
            raise InvalidArgument(f"{cls.__name__}: merge needs at least one forest, got none")
        kinds = {
            "".join(classes.dtype.kind for classes in as_list(part.classes_))
            for part in parts
            if hasattr(part, "classes_")
        }
        if len(kinds) > 1:
            raise InvalidArgument(f"{cls.__name__}: merge needs classes of one type, got dtype kinds {sorted(kinds)}")
        merged = parts[0]._with_model(cls._plw_model_class.merge([part._model for part in parts]))  # type: ignore[attr-defined]
        if any(getattr(part, "_seed", None) != getattr(merged, "_seed", None) for part in parts):
            merged.__dict__.pop("_seed", None)
        return merged

    def subset(self, first: int, last: int) -> Self:
        """Return the forest of trees ``first`` to ``last``, the latter left out, without out-of-bag estimate.

        Parameters
        ----------
        first, last : int
            ``0 <= first < last <= len(estimators_)``.

        Raises
        ------
        InvalidArgument
            If they are out of range.

        Examples
        --------
        >>> import numpy as np, plantwright as pw
        >>> X = np.arange(40.0).reshape(20, 2)
        >>> forest = pw.RandomForestRegressor(n_estimators=10, random_state=0).fit(X, X[:, 0])
        >>> len(forest.subset(0, 4).estimators_)
        4
        """
        check_is_fitted(self)
        return self._with_model(self._model.subset(first, last))

    def _with_model(self, model: Any) -> Self:
        """Give a fitted forest of the same parameters around another model of the same inputs and outputs."""
        other: Self = clone(self)
        other.n_estimators = model.n_trees
        if hasattr(self, "_seed"):
            other._seed = self._seed
        other._adopt(model)
        return other

    # ---- looking inside

    @property
    def estimators_(self) -> list[DecisionTree]:
        """The trees, in order; each has scikit-learn's ``tree_`` arrays and ``predict``."""
        check_is_fitted(self)
        return [DecisionTree(self._model, i) for i in range(self._model.n_trees)]

    @property
    def feature_importances_(self) -> NDArray[np.float64]:
        """Mean decrease in impurity of each feature, summing to 1; biased towards features with many values."""
        check_is_fitted(self)
        return np.asarray(self._model.feature_importances())

    def apply(self, X: Any) -> NDArray[np.int64]:
        """Return the leaf that each row reaches in each tree.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)

        Returns
        -------
        ndarray of int64, shape (n_rows, n_estimators)
            Node numbers within the trees.
        """
        data = self._take_input(X)
        return np.asarray(self._model.apply(data, n_jobs=self.n_jobs), dtype=np.int64)

    def decision_path(self, X: Any) -> tuple[Any, NDArray[np.int64]]:
        """Return the nodes that each row passes, as scikit-learn does.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)

        Returns
        -------
        indicator : scipy.sparse.csr_matrix of shape (n_rows, n_nodes)
            1 where the row passes the node.
        n_nodes_ptr : ndarray of int64, shape (n_estimators + 1,)
            Columns ``n_nodes_ptr[i]`` to ``n_nodes_ptr[i + 1]`` belong to tree i.
        """
        from scipy.sparse import csr_matrix

        data = self._take_input(X)
        row_offsets, nodes, tree_offsets = self._model.decision_path(data, n_jobs=self.n_jobs)
        shape = (len(row_offsets) - 1, int(tree_offsets[-1]))
        return csr_matrix((np.ones(len(nodes), dtype=np.int64), nodes, row_offsets), shape=shape), tree_offsets

    # ---- files

    def _python_header(self) -> dict[str, Any]:
        """What the file's header tells Python beyond the compiled model."""
        header: dict[str, Any] = {
            "parameters": {name: plain(value) for name, value in self.get_params(deep=False).items()}
        }
        if self._variant is not None:
            header["variant"] = self._variant
        if hasattr(self, "_seed"):
            header["seed"] = self._seed
        if callable(self.oob_score) and hasattr(self, "oob_score_"):
            header["oob_score"] = self.oob_score_
        return header

    def _to_plw_bytes(self) -> bytes:
        data = super()._to_plw_bytes()
        return bytes(_core.with_header_members(data, json.dumps({"python": self._python_header()})))

    @classmethod
    def _from_plw_bytes(cls, data: bytes) -> Self:
        header = json.loads(_core.read_header_of_bytes(data)).get("python", {})
        header = header if isinstance(header, dict) else {}
        variant = cls._variants.get(str(header.get("variant")), cls)
        kind: Any = variant if variant._plw_model_class is cls._plw_model_class else cls
        estimator = kind._from_plw_model(cls._plw_model_class.from_bytes(data))
        estimator._restore(header)
        return cast(Self, estimator)

    @classmethod
    def _from_plw_model(cls, model: Any) -> Self:
        estimator = cls(n_estimators=model.n_trees, criterion=model.criterion)  # type: ignore[call-arg]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # what fit has said about out-of-bag rows
            estimator._adopt(model)
        return estimator

    def _restore(self, header: dict[str, Any]) -> None:
        """Take back what `_python_header` told; a file by C++ has nothing, and unknown parameters are left out."""
        known = self.get_params(deep=False)
        parameters = header.get("parameters", {})
        self.set_params(**{name: unplain(value) for name, value in parameters.items() if name in known})
        if isinstance(header.get("seed"), int):
            self._seed = header["seed"]
        if isinstance(header.get("oob_score"), int | float) and hasattr(self, "oob_score_"):
            self.oob_score_ = float(header["oob_score"])


def plain(value: Any) -> Any:
    """Give a parameter's form in JSON: a dict as pairs, a callable as True; what has none as None."""
    if callable(value):
        return True
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {"pairs": [[plain(key), plain(item)] for key, item in value.items()]}
    value = value.item() if isinstance(value, np.generic) else value
    return value if isinstance(value, bool | int | float | str) else None


def unplain(value: Any) -> Any:
    """Undo `plain`."""
    return dict(value["pairs"]) if isinstance(value, dict) else value


def warn_missing_oob() -> None:
    """Warn as scikit-learn does: too few trees leave rows without an out-of-bag estimate."""
    warnings.warn(
        "Some inputs do not have OOB scores. This probably means too few trees were used to compute any reliable "
        "OOB estimates.",
        UserWarning,
        stacklevel=4,
    )


def _weights_of(sample_weight: ArrayLike, n_rows: int) -> NDArray[np.float64]:
    rows = np.empty((n_rows, 0))
    weights = _check_sample_weight(sample_weight, rows, dtype=np.float64)
    if (weights < 0).any():
        raise ValueError("Negative values in data passed to `sample_weight`: weights must not be negative")
    return np.asarray(weights)


def _target_names(who: str, frame: Frame, target: Any) -> list[str]:
    """The columns to learn: those asked for, or those of role "target"."""
    if isinstance(target, str):
        return [target]
    if target is None:
        names = [column.name for column in frame.schema.columns if column.role == "target"]
        if not names:
            raise InvalidArgument(
                f"{who}: requires y to be passed, or target to name columns, or a table with a column of role 'target'"
            )
        return names
    names = list(target)
    if not names or not all(isinstance(name, str) for name in names):
        raise InvalidArgument(f"{who}: target must be a column's name or a list of names, got {target!r}")
    return names


def _free_names(frame: Frame, y: Any) -> list[str]:
    """Names for the targets beside the frame's columns: their own where they have any."""
    n_outputs = np.shape(y)[1] if len(np.shape(y)) == 2 else 1
    own = list(getattr(y, "columns", [])) if n_outputs > 1 else [getattr(y, "name", None)]
    wishes = own if len(own) == n_outputs else [None] * n_outputs
    names: list[str] = []
    for wish in wishes:
        names.append(_free_name([*frame.columns, *names], wish, numbered=n_outputs > 1))
    return names


def _free_name(taken: list[str], wish: Any, numbered: bool) -> str:
    candidates = [wish] if isinstance(wish, str) else []
    candidates += [] if numbered else ["target", "y"]
    for name in [*candidates, *(f"target_{k}" for k in range(len(taken) + 1))]:
        if name and name not in taken:
            return str(name)
    raise AssertionError("there are more candidates than columns")
