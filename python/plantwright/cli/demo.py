# SPDX-License-Identifier: MIT
"""`plantwright demo`: what `make demo` runs, on a simulated site or on the user's own table."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import sys
import time
from pathlib import Path

import plantwright as pw
from plantwright.cli import _scorer, _table
from plantwright.cli import _workflow as workflow
from plantwright.cli._terminal import CliError, Commands, Terminal
from plantwright.cli.simulate import write_with_schema
from plantwright.cli.train import add_training_options, plan_of

_EPILOG = """\
examples:
  plantwright demo
  plantwright demo --data steel.csv --target Usage_kWh --time date

Without --data, a factory is simulated (two years, hourly) and one forest learns its energy, another its waste. With
PLANTWRIGHT_SCORER naming the C++ program (docs/examples/cpp_score), its predictions are compared bit by bit.
"""
_SITE_TARGETS = ("energy_kWh", "waste_kg")


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> None:
    parser = commands.add_parser(
        "demo",
        help="simulate or take a table, train, save, load in C++, report",
        parents=[common],
        description="The whole way in one command: data, honest split, forest, baselines, model file, C++, report.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", metavar="FILE", help="CSV file (default: a simulated site)")
    parser.add_argument("--output", default="demo-output", metavar="FOLDER", help="default demo-output")
    parser.add_argument("--days", type=int, default=730, help="of the simulated site (default 730)")
    add_training_options(parser, required=False)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, terminal: Terminal) -> None:
    terminal = Terminal(always=True)
    started = time.perf_counter()
    program = _scorer.scorer_program()
    folder = Path(arguments.output)
    outcomes = _own_table(arguments, terminal) if arguments.data else _simulated_site(arguments, folder, terminal)
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / "report.html"
    models = [folder / ("model.plw" if i == 0 else f"model_{o.plan.target}.plw") for i, o in enumerate(outcomes)]
    with contextlib.ExitStack() as files:  # the models take their names when everything has succeeded
        for outcome, model in zip(outcomes, models, strict=True):
            temporary = files.enter_context(_table.whole_or_not_at_all(model))
            workflow.save(outcome, temporary)
            _prove(outcome, temporary, program, terminal)
        workflow.write_report(outcomes, report)
    for outcome in outcomes:
        sys.stdout.write("\n" + workflow.summary(outcome))
    sys.stdout.flush()
    sizes = ", ".join(f"{model} ({model.stat().st_size / 1e6:.1f} MB)" for model in models)
    terminal.stage(f"Done in {time.perf_counter() - started:.1f} s: {sizes}, {report}")


def _own_table(arguments: argparse.Namespace, terminal: Terminal) -> list[workflow.Outcome]:
    if not arguments.target:
        raise CliError("--data needs --target, the column to predict")
    return [workflow.train(plan_of(arguments), terminal)]


def _simulated_site(arguments: argparse.Namespace, folder: Path, terminal: Terminal) -> list[workflow.Outcome]:
    """Writes the site's table, then learns from the file as from any other."""
    terminal.stage(f"Simulating a production site: {arguments.days} days, hourly, seed {arguments.seed}")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "site.csv"
    site = pw.simulate.ProductionSite(days=arguments.days, seed=arguments.seed, missing_fraction=0.005)
    write_with_schema(site.run(), path)
    plan = dataclasses.replace(plan_of(arguments), data=str(path), schema=str(_table.schema_path(path)))
    targets = (arguments.target,) if arguments.target else _SITE_TARGETS
    return [workflow.train(dataclasses.replace(plan, target=target), terminal) for target in targets]


def _prove(outcome: workflow.Outcome, model: Path, program: Path | None, terminal: Terminal) -> None:
    """C++ loads the file and must give the same bits for the same raw table."""
    if program is None:
        terminal.say("    C++ was not asked: set PLANTWRIGHT_SCORER to the program of docs/examples/cpp_score")
        return
    terminal.stage(f"Scoring {outcome.plan.data} with {program.name} (C++) and with Python")
    rows = _scorer.prove_same_bits(program, model, outcome.plan.data)
    terminal.say(f"    identical bit for bit: {rows} predictions of {outcome.plan.target}")
