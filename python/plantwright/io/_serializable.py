# SPDX-License-Identifier: MIT
"""The mixin by which an estimator is saved, loaded, pickled and copied."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, Self

from plantwright.core import NotFitted
from plantwright.io._files import register

_STATE_KEY = "_plw_bytes"


class _CompiledModel(Protocol):
    """A bound C++ class with `def_saveable` of bindings/saveable.hpp."""

    def to_bytes(self) -> bytes: ...

    @staticmethod
    def from_bytes(bytes: bytes) -> Any: ...


class PlwSerializable:
    """Saving, loading, pickling and copying of an estimator through its model file.

    For authors of estimators. The fitted compiled model stands in one attribute, `_model`; everything else in the
    instance is plain Python. Derive from this class *first*, name the compiled class, and say how a loaded model
    becomes an estimator::

        class RandomForestRegressor(PlwSerializable, RegressorMixin, BaseEstimator):
            _plw_type = "RandomForestRegressor"               # the C++ kTypeName: registers the class with `load`
            _plw_model_class = _core.RandomForestRegressor    # bound with def_saveable

            def fit(self, X, y):
                self._model = _core.RandomForestRegressor.fit(...)
                ...

            @classmethod
            def _from_plw_model(cls, model):                  # the other attributes of a fitted estimator
                estimator = cls(n_estimators=model.n_estimators, ...)
                estimator._model = model
                estimator.n_features_in_ = model.n_features
                return estimator

    Then `plantwright.save` and `plantwright.load` work. `pickle`, `joblib`, `copy.deepcopy` and `cloudpickle` carry, in
    the place of the compiled model, exactly the bytes that `save` writes, and check them as `load` does. Parameters,
    attributes that a user has set, and an estimator that is not fitted pickle as usual; scikit-learn's `clone` is not
    affected. A subclass pickles as itself but is saved to a file as what it derives from, unless it names a `_plw_type`
    of its own.
    """

    _plw_type: ClassVar[str]
    _plw_model_class: ClassVar[type[_CompiledModel]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Register a class that names its own type."""
        super().__init_subclass__(**kwargs)
        if "_plw_type" in cls.__dict__:
            register(cls._plw_type, cls._from_plw_bytes)

    @classmethod
    def _from_plw_model(cls, model: Any) -> Self:
        """Return a fitted estimator around a compiled model."""
        raise NotImplementedError(f"{cls.__name__}._from_plw_model")

    def _to_plw_bytes(self) -> bytes:
        model: _CompiledModel | None = getattr(self, "_model", None)
        if model is None:
            raise NotFitted(f"{type(self).__name__}: call fit before saving")
        return model.to_bytes()

    @classmethod
    def _from_plw_bytes(cls, data: bytes) -> Self:
        return cls._from_plw_model(cls._plw_model_class.from_bytes(data))

    def __getstate__(self) -> dict[str, Any]:
        """Return the instance's attributes, the compiled model as the bytes of its file."""
        inherited: Any = super().__getstate__()
        state = dict(inherited or {})
        if state.get("_model") is not None:
            del state["_model"]
            state[_STATE_KEY] = self._to_plw_bytes()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the attributes back; the model is checked as when loaded from a file."""
        state = dict(state)
        data = state.pop(_STATE_KEY, None)
        if data is not None:
            state["_model"] = type(self)._plw_model_class.from_bytes(data)
        inherited = getattr(super(), "__setstate__", None)
        if inherited is None:
            self.__dict__.update(state)
        else:
            inherited(state)
