# SPDX-License-Identifier: MIT
"""`plantwright train`: a table in, an honest result, a model file and a report out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from plantwright.cli import _table, _train_config
from plantwright.cli import _workflow as workflow
from plantwright.cli._terminal import Commands, Terminal

_EPILOG = """\
examples:
  plantwright train steel.csv --target Usage_kWh --time date --model energy.plw --report energy.html
  plantwright train air.csv --target PM10 --time year,month,day,hour --exclude No,PM2.5
  plantwright train quality.csv --target grade --task classification --trees 300
  plantwright train plant.yaml              # schema, steps, estimator and split from a file: docs/model.md

what it does:
  The latest rows (--test-fraction, by time, else by file order; never shuffled) are kept aside. A forest learns from
  the rest and predicts them; its errors stand beside those of trivial baselines. Rows without a target are dropped and
  counted. Columns that look as if they knew the answer are named, not dropped, and a second result without them
  stands beside. The saved model is the one that was judged: it has not seen the test rows.
"""


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> None:
    parser = commands.add_parser(
        "train",
        help="learn from a table, judge on its future, save the model",
        parents=[common],
        description="Trains a random forest on the past of a CSV file and judges it on the future.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "data",
        metavar="DATA",
        help="CSV file; separator, decimal comma, BOM and gaps are recognised; or a YAML file that describes the model",
    )
    parser.add_argument("--model", metavar="FILE", help="where to save (default model.plw)")
    parser.add_argument("--report", metavar="FILE", help="write a one-page HTML report")
    add_training_options(parser, required=False)
    parser.set_defaults(run=run, parser=parser)


def add_training_options(parser: argparse.ArgumentParser, required: bool = True) -> None:
    """What `train` and `demo` share."""
    parser.add_argument("--target", required=required, metavar="COLUMN", help="what to predict")
    parser.add_argument(
        "--time", default="", metavar="COL[,COL...]", help="time column(s), e.g. date or year,month,day,hour"
    )
    parser.add_argument(
        "--task",
        choices=["regression", "classification"],
        help="default: classification for texts and for at most 10 whole numbers",
    )
    parser.add_argument(
        "--schema",
        metavar="FILE",
        help="JSON with units, roles and what is known when, as `simulate` writes it (default: DATA.schema.json "
        "where that lies beside it; none = do not look)",
    )
    parser.add_argument("--exclude", default="", metavar="COL[,COL...]", help="columns that must not be inputs")
    parser.add_argument(
        "--group", metavar="COLUMN", help="rows of one group (batch, site) never stand on both sides of the split"
    )
    parser.add_argument(
        "--test-fraction", type=float, default=0.2, metavar="SHARE", help="latest rows to judge on (default 0.2)"
    )
    parser.add_argument("--trees", type=int, default=100, help="number of trees (default 100)")
    parser.add_argument(
        "--min-samples-leaf", type=int, default=5, metavar="N", help="rows in a leaf at least (default 5)"
    )
    parser.add_argument(
        "--max-features",
        type=float,
        default=None,
        metavar="SHARE",
        help="of the columns tried at a split (default: 1 for regression, square root for classes)",
    )
    parser.add_argument("--seed", type=int, default=0, help="of everything random (default 0)")
    parser.add_argument(
        "--jobs", type=int, default=-1, metavar="N", help="threads, -1 = all (default); results do not depend on it"
    )


def plan_of(arguments: argparse.Namespace) -> workflow.Plan:
    """The parsed command line as the workflow takes it."""
    return workflow.Plan(
        data=arguments.data,
        target=arguments.target,
        time=names_in(arguments.time),
        task=arguments.task,
        schema=arguments.schema,
        exclude=names_in(arguments.exclude),
        group=arguments.group,
        test_fraction=arguments.test_fraction,
        trees=arguments.trees,
        min_samples_leaf=arguments.min_samples_leaf,
        max_features=arguments.max_features,
        seed=arguments.seed,
        n_jobs=arguments.jobs,
    )


def names_in(text: str) -> tuple[str, ...]:
    """`a,b` as two names; a name that holds a comma itself is written with a backslash before it."""
    parts = text.replace("\\,", "\0").split(",")
    return tuple(part.replace("\0", ",").strip() for part in parts if part.strip())


def run(arguments: argparse.Namespace, terminal: Terminal) -> None:
    if Path(arguments.data).suffix.lower() in (".yaml", ".yml"):
        _train_config.run(arguments, terminal)
        return
    if arguments.target is None:
        arguments.parser.error("the following arguments are required: --target")
    arguments.model = arguments.model or "model.plw"
    _table.require_folder(arguments.model)
    _table.require_folder(arguments.report)
    outcome = workflow.train(plan_of(arguments), terminal)
    with _table.whole_or_not_at_all(Path(arguments.model)) as temporary:  # takes its name after all else has succeeded
        workflow.save(outcome, temporary)
        if arguments.report:
            workflow.write_report([outcome], arguments.report)
    sys.stdout.write(workflow.summary(outcome))
    terminal.say(f"model: {arguments.model}" + (f", report: {arguments.report}" if arguments.report else ""))
