# SPDX-License-Identifier: MIT
"""`Explanation`: what each feature added to each prediction."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plantwright.core import InvalidArgument
from plantwright.frame import Frame

_AXES = ("rows", "features", "outputs")


def _shown(value: Any) -> str:
    if value is None or value != value:
        return "missing"
    return f"{value:.6g}" if isinstance(value, int | float | np.number) else str(value)


class Explanation:
    """Contributions of features to predictions, with the field names of shap's ``Explanation``.

    ``prediction[i, k] = base_values[i, k] + sum over j of values[i, j, k]``

    Made by calling a `TreeExplainer`. Index it by rows, features (also by name) and outputs (also by name):
    ``explanation[0]``, ``explanation[:, "steam_t"]``, ``explanation[:, :, "good"]``; an integer or a name drops its
    axis.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_features) or (n_rows, n_features, n_outputs)
        Contributions, in the unit of the prediction.
    base_values : ndarray of shape (n_rows,) or (n_rows, n_outputs)
        The prediction where nothing is known of a row.
    data : ndarray of shape (n_rows, n_features), optional
        The rows that were explained; numbers, or objects where a column holds categories.
    feature_names, output_names : list of str, optional
        Names of features, and of classes.

    Attributes
    ----------
    values, base_values, data, feature_names, output_names
        As given.

    See Also
    --------
    TreeExplainer : makes explanations.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> rng = np.random.default_rng(0)
    >>> table = {"steam": rng.normal(size=200), "air": rng.normal(size=200)}
    >>> forest = pw.RandomForestRegressor(20, random_state=0).fit(table, 3 * table["steam"])
    >>> explanation = pw.TreeExplainer(forest)(table)
    >>> explanation.shape
    (200, 2)
    >>> explanation[:, "steam"].values.shape
    (200,)
    >>> np.allclose(explanation.values.sum(axis=1) + explanation.base_values, forest.predict(table))
    True
    """

    def __init__(
        self,
        values: NDArray[np.float64],
        base_values: NDArray[np.float64],
        data: NDArray[Any] | None = None,
        feature_names: list[str] | None = None,
        output_names: list[str] | None = None,
    ) -> None:
        self.values = values
        self.base_values = base_values
        self.data = data
        self.feature_names = feature_names
        self.output_names = output_names
        self._axes: tuple[str, ...] = _AXES[: values.ndim]

    @property
    def shape(self) -> tuple[int, ...]:
        """That of `values`."""
        return self.values.shape

    def __len__(self) -> int:
        """The length of the first axis."""
        return len(self.values)

    def __getitem__(self, key: Any) -> Explanation:
        """Part of it, by position, slice, mask, list or name along each axis."""
        keys = key if isinstance(key, tuple) else (key,)
        if len(keys) > len(self._axes):
            raise InvalidArgument(f"Explanation: {len(keys)} indices for the axes {', '.join(self._axes)}")
        part = self
        for axis, of_axis in reversed(list(zip(self._axes, keys, strict=False))):
            part = part._taken(axis, self._position(axis, of_axis))
        return part

    def _position(self, axis: str, key: Any) -> Any:
        """Give a name's position on its axis; anything else as it is."""
        names = {"features": self.feature_names, "outputs": self.output_names}.get(axis)
        if not isinstance(key, str):
            if isinstance(key, list) and any(isinstance(item, str) for item in key):
                return [self._position(axis, item) for item in key]
            return key
        if names is None or key not in names:
            known = "none have names" if names is None else "there are " + ", ".join(map(repr, names))
            raise InvalidArgument(f"Explanation: no {axis[:-1]} is named {key!r}: {known}")
        return names.index(key)

    def _taken(self, axis: str, key: Any) -> Explanation:
        """Index one axis of all fields that have it."""
        part = Explanation.__new__(Explanation)
        part.__dict__.update(self.__dict__)
        drops = np.ndim(key) == 0 and not isinstance(key, slice)
        part._axes = tuple(name for name in self._axes if not (drops and name == axis))

        def take(array: Any, axes: tuple[str, ...]) -> Any:
            present = [name for name in axes if name in self._axes]
            if array is None or axis not in present:
                return array
            return array[(slice(None),) * present.index(axis) + (key,)]

        part.values = take(self.values, _AXES)
        part.base_values = take(self.base_values, ("rows", "outputs"))
        part.data = take(self.data, ("rows", "features"))
        names = "feature_names" if axis == "features" else "output_names" if axis == "outputs" else None
        if names and getattr(self, names) is not None:
            chosen = np.asarray(getattr(self, names), dtype=object)[key]
            setattr(part, names, chosen if isinstance(chosen, str) else list(chosen))
        return part

    # ---- for other programs

    def to_shap(self) -> Any:
        """Give the same as ``shap.Explanation``, for every plot of the shap package.

        Raises
        ------
        ImportError
            If shap is not installed.
        """
        import shap

        return shap.Explanation(
            values=self.values,
            base_values=self.base_values,
            data=self.data,
            feature_names=self.feature_names,
            output_names=self.output_names,
        )

    def to_frame(self) -> Frame:
        """Give a table with one row for each row explained.

        Returns
        -------
        Frame
            Columns ``base_value``, one for each feature's contribution, and ``prediction``, their sum. Of several
            outputs, each has its own: ``"steam [good]"``.

        Raises
        ------
        InvalidArgument
            If the features' axis was dropped.

        Examples
        --------
        >>> import numpy as np, plantwright as pw
        >>> e = pw.Explanation(np.array([[1.0, 2.0]]), np.array([10.0]), feature_names=["steam", "air"])
        >>> e.to_frame().to_csv()
        'base_value,steam,air,prediction\\n10,1,2,13\\n'
        """
        if "features" not in self._axes:
            raise InvalidArgument("Explanation.to_frame: the features' axis was dropped by indexing")
        has_rows, has_outputs = "rows" in self._axes, "outputs" in self._axes
        values = self.values if has_rows else self.values[None]
        base = np.asarray(self.base_values if has_rows else np.asarray(self.base_values)[None])
        if not has_outputs:
            return Frame(self._columns(values, base, ""))
        columns: dict[str, NDArray[np.float64]] = {}
        for k, name in enumerate(self.output_names or map(str, range(values.shape[-1]))):
            columns |= self._columns(values[..., k], base[..., k], f" [{name}]")
        return Frame(columns)

    def to_html(self, row: int = 0, path: str | os.PathLike[str] | None = None) -> str:
        """Give one row's contributions as a page, the largest first.

        Parameters
        ----------
        row : int, default=0
            Which one; not used where the rows' axis was dropped.
        path : path-like, optional
            Where to write the page too.

        Returns
        -------
        str
            An HTML document that needs nothing else.

        Raises
        ------
        InvalidArgument
            If there are several outputs (choose one: ``explanation[:, :, "good"]``), or no features.

        Examples
        --------
        >>> import numpy as np, plantwright as pw
        >>> e = pw.Explanation(np.array([[1.0, 2.0]]), np.array([10.0]), feature_names=["steam", "air"])
        >>> "steam" in e.to_html(0)
        True
        """
        from plantwright.report import explanation_page

        one = self[row] if "rows" in self._axes else self
        if one._axes != ("features",):
            raise InvalidArgument("Explanation.to_html: needs the features of one output, as explanation[:, :, 0]")
        names = one.feature_names or [f"x{j}" for j in range(len(one.values))]
        data = one.data if one.data is not None else [""] * len(names)
        lines = [(name, _shown(value), float(size)) for name, value, size in zip(names, data, one.values, strict=True)]
        title = f"Row {row} explained" if "rows" in self._axes else "One row explained"
        page = explanation_page(title, float(one.base_values), lines)
        if path is not None:
            Path(path).write_text(page, encoding="utf-8")
        return page

    def _columns(
        self, values: NDArray[np.float64], base: NDArray[np.float64], suffix: str
    ) -> dict[str, NDArray[np.float64]]:
        names = self.feature_names or [f"x{j}" for j in range(values.shape[1])]
        columns = {"base_value" + suffix: np.ascontiguousarray(base)}
        columns |= {name + suffix: np.ascontiguousarray(values[:, j]) for j, name in enumerate(names)}
        return columns | {"prediction" + suffix: base + values.sum(axis=1)}

    def __repr__(self) -> str:
        """Shape, and the features that moved predictions most."""
        axes = ", ".join(f"{size} {axis}" for axis, size in zip(self._axes, self.shape, strict=True))
        if "features" not in self._axes or not self.values.size:
            return f"Explanation of {axes or '1 value'}"
        others = tuple(i for i, axis in enumerate(self._axes) if axis != "features")
        mean = np.abs(self.values).mean(axis=others)
        names = self.feature_names or [f"x{j}" for j in range(len(mean))]
        best = np.argsort(-mean, kind="stable")[:5]
        return f"Explanation of {axes}; mean |value|: " + ", ".join(f"{names[j]} {mean[j]:.4g}" for j in best)
