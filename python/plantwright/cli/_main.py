# SPDX-License-Identifier: MIT
"""Picks the subcommand, runs it, and turns its end into an exit code: 0 done, 1 failed, 2 wrong usage."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence

import plantwright as pw
from plantwright.cli import demo, inspect, predict, report, simulate, train
from plantwright.cli._terminal import CliError, Terminal

_EPILOG = """\
examples:
  plantwright simulate site --days 365 -o site.csv
  plantwright train site.csv --target energy_kWh --model energy.plw --report energy.html
  plantwright predict energy.plw site.csv | head
  plantwright inspect energy.plw

Results go to stdout, messages to stderr. Exit codes: 0 done, 1 failed (one line says why), 2 wrong usage.
`plantwright COMMAND --help` explains a command.
"""


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="plantwright",
        description="Forests for plant data: train on the past, judge on the future, predict anywhere.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"plantwright {pw.__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("-v", "--verbose", action="store_true", help="say what happens on stderr, also in a pipe")
    common.add_argument("--debug", action="store_true", help="on failure, show the Python traceback")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in (train, predict, inspect, simulate, report, demo):
        module.add_parser(commands, common)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit code; `argv` is without the program's name."""
    try:
        arguments = build_parser().parse_args(argv)
    except SystemExit as end:  # argparse has said what it had to say
        return int(end.code or 0)
    try:
        arguments.run(arguments, Terminal(verbose=arguments.verbose))
        sys.stdout.flush()
        return 0
    except SystemExit as end:  # a command found that its arguments do not go together
        return int(end.code or 0)
    except BrokenPipeError:  # `plantwright ... | head`: the reader has seen enough
        _drop_stdout()
        return 128 + 13
    except KeyboardInterrupt:
        print("plantwright: interrupted", file=sys.stderr)
        return 128 + 2
    except Exception as error:
        if arguments.debug:
            raise
        print(f"plantwright: error: {_sentence(error)}", file=sys.stderr)
        return 1


def _sentence(error: Exception) -> str:
    """One line for people; anything that is not ours is named as such."""
    text = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, MemoryError):
        return "out of memory"
    if isinstance(error, (CliError, pw.Error, OSError, ValueError, ImportError)):
        return text
    return f"{type(error).__name__}: {text} (unexpected; --debug shows where)"


def _drop_stdout() -> None:
    """What is still buffered must not raise again when the interpreter ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
