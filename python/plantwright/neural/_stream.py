# SPDX-License-Identifier: MIT
"""Rows one by one through an LSTM autoencoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.io import PlwSerializable
from plantwright.preprocessing._stream import _nanoseconds

_NOT_A_TIME = -(2**63)


class StreamScore(NamedTuple):
    """What `AutoencoderStream.update` says of the window that ends with the row."""

    score: float  # NaN before there is a full window, and where no reading is there
    is_anomaly: bool
    attribution: NDArray[np.float64]  # of each sensor; sums to -score


class AutoencoderStream(PlwSerializable):
    """A fitted LSTM autoencoder that takes rows one by one, to the bits that whole tables give.

    Made by `LSTMAutoencoder.stream`. It can be saved by `plantwright.save` or pickled between two rows and goes on
    where it was. It belongs to one thread.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> t = np.arange(300.0)[:, None]
    >>> X = np.hstack([np.sin(t / 5), np.cos(t / 5)])
    >>> model = pw.LSTMAutoencoder(window=8, encoder=8, bottleneck=2, decoder=8, max_epochs=1, random_state=0).fit(X)
    >>> stream = model.stream()
    >>> scores = [stream.update(row).score for row in X]
    >>> np.array_equal(scores, model.score_samples(X), equal_nan=True)
    True
    """

    _plw_type = "AutoencoderStream"
    _plw_model_class = _core.AutoencoderStream

    def __init__(self, core: Any) -> None:
        self._model = core

    @classmethod
    def _from_plw_model(cls, model: Any) -> Self:
        return cls(model)

    @property
    def n_rows(self) -> int:
        """Rows in the window so far, at most its length."""
        return int(self._model.n_rows)

    def restart(self) -> None:
        """Forget all rows."""
        self._model.restart()

    def update(
        self, row: Mapping[str, Any] | Sequence[float] | NDArray[Any], time: Any = None, group: Any = None
    ) -> StreamScore:
        """Take one row.

        Parameters
        ----------
        row : mapping of names to values, or sequence of shape (n_features,)
            Numbers, NaN or None where missing. A mapping, for models fitted on a table, may hold the time and group
            columns too; sensors that are absent from it are missing.
        time : datetime or datetime64, optional
            A stamp too far from the last one, or not after it, begins a new window. Without one the row follows.
        group : optional
            Another one than before begins a new window.

        Returns
        -------
        StreamScore

        Raises
        ------
        InvalidArgument
            On an infinite reading, another number of them, or a name that the model does not know; the stream is then
            as it was.
        """
        if isinstance(row, Mapping):
            row, time, group = self._by_name(row, time, group)
        stamp = None if time is None else _nanoseconds(time)
        if time is not None and stamp is None:
            stamp = _NOT_A_TIME
        score = self._model.update(row, stamp, "" if group is None else str(group))
        return StreamScore(score, score < self._model.offset, self._model.attribution())

    def _by_name(self, row: Mapping[str, Any], time: Any, group: Any) -> tuple[list[float], Any, Any]:
        schema = self._model.schema
        names = list(schema.input_names())
        if not names:
            raise InvalidArgument("stream: the model was fitted on an array, so a row must be a sequence of numbers")
        unknown = [name for name in row if name not in schema.names()]
        if unknown:
            raise InvalidArgument(f"stream: there is no column {unknown[0]!r}; known are {', '.join(schema.names())}")
        values = [np.nan if row.get(name) is None else float(row[name]) for name in names]
        of_role = {
            role: [c.name for c in schema.columns if c.role == role and c.name in row] for role in ("time", "group")
        }
        if time is None and of_role["time"]:
            time = row[of_role["time"][0]]
            time = np.datetime64("NaT") if time is None else time
        if group is None and of_role["group"]:
            group = "\x1f".join(str(row[name]) for name in of_role["group"])
        return values, time, group
