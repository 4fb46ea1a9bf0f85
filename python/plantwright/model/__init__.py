# SPDX-License-Identifier: MIT
"""`Model`: schema, steps and estimator in one file."""

from plantwright.model._model import Model, ModelStream

__all__ = ["Model", "ModelStream"]
