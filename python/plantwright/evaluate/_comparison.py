# SPDX-License-Identifier: MIT
"""What reports share: a model beside trivial predictors, as compiled object, as plain content, as text."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, ClassVar, Self


class Comparison:
    """Around a compiled report; two are equal where their contents are, and pickle by them."""

    _core_class: ClassVar[Any]  # compiled, with to_json, from_json, to_text, beats_baselines

    def __init__(self, core: Any) -> None:
        self._core = core
        self._content: dict[str, Any] = json.loads(core.to_json())

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Self:
        """The report that `to_dict` described."""
        return cls(cls._core_class.from_json(json.dumps(_without_nan(content))))

    def to_dict(self) -> dict[str, Any]:
        """Everything in the report as plain lists, numbers and texts; None where a value is undefined."""
        return json.loads(self._core.to_json())  # type: ignore[no-any-return]

    def __str__(self) -> str:
        return str(self._core.to_text())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._content == other._content

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, tuple[dict[str, Any]]]:
        return type(self).from_dict, (self.to_dict(),)


def written(html: str, path: str | os.PathLike[str] | None) -> str:
    """The page, also in a file where a path is given."""
    if path is not None:
        Path(path).write_text(html, encoding="utf-8")
    return html


def _without_nan(value: Any) -> Any:
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, dict):
        return {k: _without_nan(v) for k, v in value.items()}
    return [_without_nan(v) for v in value] if isinstance(value, list) else value
