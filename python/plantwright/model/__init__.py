# SPDX-License-Identifier: MIT
"""`Model`: schema, steps and estimator in one file."""

from plantwright.model._config import ModelConfig, read_config
from plantwright.model._model import Model, ModelStream
from plantwright.model._plan import Plan, PlanLine

__all__ = ["Model", "ModelConfig", "ModelStream", "Plan", "PlanLine", "read_config"]
