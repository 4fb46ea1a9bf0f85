# SPDX-License-Identifier: MIT
"""What an ensemble can be made of: Python's detectors and their compiled form, there and back."""

from __future__ import annotations

from typing import Any

from plantwright.core import InvalidArgument
from plantwright.detect._base import BaseDetector
from plantwright.detect._dynamic_pca import DynamicPCA
from plantwright.detect._half_space_trees import HalfSpaceTrees
from plantwright.detect._mahalanobis import Mahalanobis
from plantwright.detect._mewma_chart import MewmaChart
from plantwright.detect._range_rules import RangeRules
from plantwright.detect._rolling_isolation import RollingIsolationForest
from plantwright.detect._window_kmeans import WindowKMeans
from plantwright.forest import IsolationForest
from plantwright.forest._isolation import _options_of as _isolation_options
from plantwright.neural import LSTMAutoencoder
from plantwright.neural._options import options_of as _autoencoder_options

_CLASSES: dict[str, Any] = {
    "MewmaChart": MewmaChart,
    "DynamicPCA": DynamicPCA,
    "Mahalanobis": Mahalanobis,
    "IsolationForest": IsolationForest,
    "RangeRules": RangeRules,
    "HalfSpaceTrees": HalfSpaceTrees,
    "WindowKMeans": WindowKMeans,
    "RollingIsolationForest": RollingIsolationForest,
    "LSTMAutoencoder": LSTMAutoencoder,
}


def default_members() -> list[Any]:
    """Those of an ensemble that names none."""
    return [MewmaChart(), DynamicPCA(variance=0.99), Mahalanobis(), RangeRules()]


def add_member(options: Any, member: Any) -> None:
    """Hand the parameters of `member` to the compiled options."""
    if isinstance(member, IsolationForest):
        options.add_isolation_forest(_isolation_options(member))
    elif isinstance(member, LSTMAutoencoder):
        options.add_autoencoder(_autoencoder_options(member))
    elif isinstance(member, BaseDetector):
        options.add(member._compiled_options())
    else:
        raise InvalidArgument(
            f"EnsembleDetector: members must be detectors among {', '.join(_CLASSES)}, got {type(member).__name__}"
        )


def fitted_member(name: str, model: Any, parameters: dict[str, list[dict[str, Any]]]) -> Any:
    """The compiled member called `name`, as the Python object that it is alone.

    Forests and networks know not all of their parameters once they are fitted: `parameters` of the ensemble's options
    hold them by kind, in order; none where an old file has none.
    """
    kind, _, nth = name.partition(" ")
    member = _CLASSES[kind]._from_plw_model(model)
    of_kind = parameters.get(kind, [])
    if of_kind:
        member.set_params(**of_kind[int(nth or 1) - 1])
    return member
