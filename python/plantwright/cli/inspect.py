# SPDX-License-Identifier: MIT
"""`plantwright inspect`: what a model file says about itself."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import plantwright as pw
from plantwright.cli._story import BASELINE_NAMES
from plantwright.cli._terminal import CliError, Commands, Terminal, number, table

_EPILOG = """\
examples:
  plantwright inspect energy.plw
  plantwright inspect energy.plw --json | jq .provenance.data_sha256

Reads the header alone: type, columns with units and roles, provenance, metrics beside baselines. Nothing is executed.
"""


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> None:
    parser = commands.add_parser(
        "inspect",
        help="show schema, provenance, metrics and size of a model file",
        parents=[common],
        description="Shows what a model file says about itself.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", metavar="MODEL", help="file saved by train or pw.save")
    parser.add_argument("--json", action="store_true", help="the whole header as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, terminal: Terminal) -> None:
    path = Path(arguments.model)
    if not path.exists():
        raise CliError(f"no such file: {path}")
    header = pw.io.read_header(path)
    text = json.dumps(header, indent=2, ensure_ascii=False) if arguments.json else "\n".join(describe(path, header))
    sys.stdout.write(text + "\n")


def describe(path: Path, header: dict[str, Any]) -> list[str]:
    size_MB = path.stat().st_size / 1e6
    lines = [f"{path.name}: {header['type']}, {size_MB:.1f} MB, by plantwright {header['library_version']}"]
    lines += _options(header) + _provenance(header.get("provenance")) + _metrics(header.get("metrics"))
    return lines + _schema(header.get("schema"))


def _options(header: dict[str, Any]) -> list[str]:
    shown = {
        k: v
        for k, v in header.items()
        if isinstance(v, (int, float, str, bool)) and k not in ("type", "library_version")
    }
    return [f"  {name}: {value}" for name, value in shown.items()]


def _provenance(provenance: dict[str, Any] | None) -> list[str]:
    if not provenance:
        return ["", "no provenance"]
    lines = ["", "provenance"]
    for name, value in provenance.items():
        if name == "notes":
            continue
        if name == "suspect_columns":
            value = ", ".join(value) or "none"
        elif isinstance(value, dict):
            value = ", ".join(f"{k}: {v}" for k, v in value.items())
        elif isinstance(value, list):
            value = " to ".join(map(str, value))
        if value != "":
            lines.append(f"  {name.replace('_', ' ')}: {value}")
    return lines


def _metrics(metrics: dict[str, Any] | None) -> list[str]:
    """One table for each report in the header."""
    lines: list[str] = []
    for name, report in (metrics or {}).items():
        if not isinstance(report, dict) or "scores" not in report:
            continue
        names = [score["metric"] for score in report["scores"]]
        predictors = enumerate(report["predictors"])
        rows = [[BASELINE_NAMES.get(p, p), *(number(s["values"][i]) for s in report["scores"])] for i, p in predictors]
        lines += ["", f"metrics, {name.replace('_', ' ')} ({report['split']})", table(["", *names], rows)]
    return lines


def _schema(schema: dict[str, Any] | None) -> list[str]:
    if not schema or not schema.get("columns"):
        return []
    rows = [
        [c["name"], c.get("kind", "number"), c.get("unit", ""), c.get("role", "feature"), _origin(c), _known(c)]
        for c in schema["columns"]
    ]
    return ["", table(["column", "kind", "unit", "role", "from", "known ahead"], rows)]


def _origin(column: dict[str, Any]) -> str:
    derivation = column.get("derivation")
    return f"{derivation['function']} of {derivation['source']}" if derivation else ""


def _known(column: dict[str, Any]) -> str:
    return "yes" if column.get("known_at_prediction", True) else "no"
