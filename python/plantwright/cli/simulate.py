# SPDX-License-Identifier: MIT
"""`plantwright simulate site`: a labelled plant as CSV."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import plantwright as pw
from plantwright.cli import _table
from plantwright.cli._terminal import Commands, Terminal

_EPILOG = """\
examples:
  plantwright simulate site --days 730 -o site.csv     # also writes site.schema.json: units, roles, what is known when
  plantwright simulate site --days 7 | head -3         # to stdout
  plantwright simulate site --faults-per-year 0 --missing 0.01 -o quiet.csv

The same options and seed give the same file on every machine. Columns fault_* are labels: never train on them (their
role in the schema is `ignored`; `plantwright train` finds the schema beside the table and respects it).
"""


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> None:
    parser = commands.add_parser(
        "simulate",
        help="a simulated, labelled plant as CSV",
        parents=[common],
        description="Simulates a plant and writes hourly rows with labels of every fault.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("plant", choices=["site"], help="site: a factory with lines, products, shifts and weather")
    parser.add_argument("--days", type=int, default=730, help="length in days (default 730)")
    parser.add_argument("--seed", type=int, default=0, help="of everything random (default 0)")
    parser.add_argument("--start", default="2023-01-01", metavar="DATE", help="first day (default 2023-01-01)")
    parser.add_argument("--lines", type=int, default=3, help="production lines, 1 to 16 (default 3)")
    parser.add_argument("--faults-per-year", type=float, default=6, metavar="N", help="of each kind (default 6)")
    parser.add_argument("--missing", type=float, default=0, metavar="SHARE", help="of telegrams lost (default 0)")
    parser.add_argument("--stuck-meter", action="store_true", help="the energy meter hangs now and then (labelled)")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="CSV file; a FILE.schema.json goes beside it (default: stdout)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, terminal: Terminal) -> None:
    _table.require_folder(arguments.output)
    frame = pw.simulate.ProductionSite(
        days=arguments.days,
        seed=arguments.seed,
        start=arguments.start,
        n_lines=arguments.lines,
        faults_per_year=arguments.faults_per_year,
        missing_fraction=arguments.missing,
        stuck_meter=arguments.stuck_meter,
    ).run()
    if arguments.output is None:
        sys.stdout.write(str(frame.to_csv()))
        return
    write_with_schema(frame, Path(arguments.output))
    terminal.say(f"{arguments.output}: {len(frame)} rows; schema in {_table.schema_path(arguments.output)}")


def write_with_schema(frame: pw.Frame, csv_path: Path) -> None:
    """The table, and beside it what its columns mean."""
    frame.to_csv(csv_path)
    _table.schema_path(csv_path).write_text(frame.schema.to_json() + "\n", encoding="utf-8")
