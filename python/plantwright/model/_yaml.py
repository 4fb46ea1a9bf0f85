# SPDX-License-Identifier: MIT
"""A YAML file as nested entries that know their line, so that errors can name it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from plantwright.core import InvalidArgument

_KINDS: dict[type, str] = {dict: "mapping", list: "sequence"}  # as YAML's nodes call them


class Entry:
    """A value of the file: where it stands, what it is called, what it holds.

    Attributes
    ----------
    key : str
        The way from the top: "steps[1].RollingFeatures.windows".
    line : int
        From 1.
    value : Any
        As plain data.
    """

    def __init__(self, file: str, key: str, node: Any, key_line: int | None = None) -> None:
        self._file = file
        self._node = node
        self.key = key
        self.line = key_line if key_line is not None else node.start_mark.line + 1
        self.value: Any = _plain(node, self)

    def fail(self, says: str) -> InvalidArgument:
        """Make an error that names file, line and key."""
        where = f"{self._file}:{self.line}: "
        return InvalidArgument(where + (f"{self.key}: {says}" if self.key else says))

    def refuse(self, allowed: str) -> InvalidArgument:
        """Make an error that tells the value got and what is allowed."""
        return self.fail(f"must be {allowed}, got {self.value!r}")

    def members(self) -> dict[str, Entry]:
        """Give a mapping's entries by name."""
        if not _is(self._node, dict):
            raise self.refuse("a mapping")
        found: dict[str, Entry] = {}
        for key, value in self._node.value:
            name = str(key.value)
            inner = f"{self.key}.{name}" if self.key else name
            entry = Entry(self._file, inner, value, key.start_mark.line + 1)
            if name in found:
                raise entry.fail(f"stands twice, first in line {found[name].line}")
            found[name] = entry
        return found

    def known(self, allowed: Iterable[str], required: Iterable[str] = ()) -> dict[str, Entry]:
        """Give a mapping's entries, all of which must be among those allowed."""
        members, allowed = self.members(), list(allowed)
        for name, entry in members.items():
            if name not in allowed:
                raise entry.fail(f"there is no such key{near(name, allowed)}; allowed are {', '.join(allowed)}")
        for name in required:
            if name not in members:
                raise self.fail(f"{name} is missing")
        return members

    def items(self) -> list[Entry]:
        """Give a list's entries."""
        if not _is(self._node, list):
            raise self.refuse("a list")
        return [Entry(self._file, f"{self.key}[{i}]", node) for i, node in enumerate(self._node.value)]

    def text(self) -> str:
        """Give a text that is not empty."""
        if not isinstance(self.value, str) or not self.value:
            raise self.refuse("a text")
        return self.value

    def choice(self, allowed: Iterable[str]) -> str:
        """Give one of some words."""
        allowed = list(allowed)
        if self.value not in allowed:
            raise self.refuse("one of " + ", ".join(allowed))
        return str(self.value)

    def number(self) -> float:
        """Give a number."""
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            raise self.refuse("a number")
        return float(self.value)

    def flag(self) -> bool:
        """Give true or false."""
        if not isinstance(self.value, bool):
            raise self.refuse("true or false")
        return self.value

    def texts(self) -> list[str]:
        """Give one text or a list of them."""
        if isinstance(self.value, str):
            return [self.text()]
        return [item.text() for item in self.items()]


def near(name: str, allowed: Iterable[str]) -> str:
    """Give ", did you mean ...?" where something resembles the name."""
    found = difflib.get_close_matches(name, list(allowed), n=1)
    return f", did you mean {found[0]}?" if found else ""


def read_yaml(path: Path) -> Entry:
    """Read a file that holds one mapping. No tag makes anything but plain data."""
    yaml = _yaml()
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise InvalidArgument(f"{path}: must be UTF-8 text, {error.reason} at byte {error.start}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise InvalidArgument(f"{path}{line}: no YAML: {getattr(error, 'problem', None) or error}") from None
    if not _is(node, dict):
        raise InvalidArgument(f"{path}:1: must hold a mapping of keys and values")
    return Entry(str(path), "", node)


def _yaml() -> Any:
    try:
        import yaml
    except ImportError:
        raise ImportError("read_config needs the package pyyaml: pip install plantwright[yaml]") from None
    return yaml


def _is(node: Any, kind: type) -> bool:
    return getattr(node, "id", None) == _KINDS[kind]


def _plain(node: Any, entry: Entry) -> Any:
    yaml = _yaml()
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise entry.fail(f"cannot be read: {getattr(error, 'problem', None) or error}") from None
    finally:
        loader.dispose()
