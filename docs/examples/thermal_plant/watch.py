# SPDX-License-Identifier: MIT
"""The thermal plant watched in real time: fits the watch, says what it can promise, then runs it over a real broker.

    python docs/examples/thermal_plant/watch.py --output watched     # some minutes; needs mosquitto, paho-mqtt and rich

A simulated year without faults to learn from, another to count false alarms in, one with faults to say what is found;
then a week row by row: publisher -> mosquitto -> detector -> mosquitto -> alarm log and dashboard; then a report.
Kill the detector while it runs (`kill -9`): it is started again and goes on where it was.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any, Self

import alarm_log
import dashboard
import detector_service
import detectors
import plantwright as pw
import promises
from alarm_log import AlarmLog
from broker import Broker, tied
from messages import Topics
from plantwright.report import Timeline
from publisher import Publisher

UNIT = "unit1"


class Chain:
    """Publisher and alarm log as threads, the detector as a process of its own, about one broker."""

    def __init__(self, model: Path, rows: pw.Frame, broker: Broker, folder: Path, rows_per_second: float | None = None):
        self.broker = broker
        self.publisher = Publisher(rows, broker.address, Topics.of(UNIT), rows_per_second)
        self.log_path = folder / "alarms.jsonl"
        self.log = AlarmLog(self.log_path, broker.address, UNIT)
        self.sender = threading.Thread(target=self.publisher.run, daemon=True)
        self._command = tied(detector_service.command(model, folder / "state.plw", broker.address, UNIT))
        self.detector: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.log.start()
        self.start_detector()
        self.sender.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.publisher.stop()
        self.log.stop()
        self.kill_detector()
        self.sender.join()

    def start_detector(self) -> None:
        self.detector = subprocess.Popen(self._command)

    def kill_detector(self) -> None:
        """As a crash would."""
        if self.detector is not None:
            self.detector.kill()
            self.detector.wait()

    def tend(self) -> bool:
        """Start the detector again where someone killed it; whether there is more to come."""
        ended = None if self.detector is None else self.detector.poll()
        if ended is not None and ended >= 0:
            raise RuntimeError(f"the detector has ended by itself, with status {ended}")
        if ended is not None:
            self.start_detector()
        return self.sender.is_alive()

    def told(self) -> list[dict[str, Any]]:
        return alarm_log.read(self.log_path)


def fit(options: argparse.Namespace) -> Path:
    """The watch, saved."""
    began = time.perf_counter()
    normal = detectors.faultless(options.days, options.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pw.core.DataWarning)  # printed below
        watch = detectors.fitted(normal, options.seed, options.network)
    took = time.perf_counter() - began
    print(f"{', '.join(watch.members_)} fitted on {len(normal):,} normal rows in {took:.0f} s")
    for text in (*watch.notes_, *(f"{name} left out: {why}" for name, why in watch.left_out_.items())):
        print(f"  note: {text}")
    path = options.output / "watch.plw"
    pw.save(watch, path)
    return path


def promise(watch: pw.EnsembleDetector, options: argparse.Namespace) -> dict[str, Any]:
    quiet = detectors.faultless(options.days, options.seed + 1)
    realised = promises.alarms_a_day(watch, quiet)
    faulty = promises.Faulty.simulated(options.days, options.faults_per_week, options.seed + 2)
    reports = promises.reports_by_kind(watch, faulty)
    promises.print_promises(realised, promises.days_of(quiet), reports)
    return {"realised": realised, "reports": reports}


def run_live(model: Path, rows: pw.Frame, options: argparse.Namespace) -> list[dict[str, Any]]:
    """All rows through the broker, from a fresh start; the alarms' messages."""
    folder = options.output / "live"
    shutil.rmtree(folder, ignore_errors=True)  # stream, log and broker of another time
    folder.mkdir()
    with (
        Broker(folder / "broker") as broker,
        Chain(model, rows, broker, folder, options.rows_per_second or None) as chain,
    ):
        if sys.stdout.isatty():
            dashboard.show(dashboard.Board(UNIT), broker.address, UNIT, until=lambda: not chain.tend())
        while chain.tend():
            time.sleep(0.2)
        return settled(chain)


def settled(chain: Chain, quiet_s: float = 2.0) -> list[dict[str, Any]]:
    """The messages, once none has come for a while."""
    told = chain.told()
    while True:
        time.sleep(quiet_s)
        if len(chain.told()) == len(told):
            return told
        told = chain.told()


def print_alarms(told: list[dict[str, Any]]) -> None:
    begun = [said for said in told if said["what"] == "begin"]
    print(f"\n{len(begun)} alarms came through the broker; the first of them:")
    for said in begun[:5]:
        worst = said["blamed"][0]
        print(f"  {said['time'][:16]}  {worst['sensor']} {worst['deviation'] or 0:+.3g} {worst['unit']}")


def write_report(watch: pw.EnsembleDetector, week: promises.Faulty, folder: Path) -> Path:
    """What was seen, what was blamed, what was true."""
    found = watch.verdicts(week.rows, blame=True)
    timeline = Timeline.of(week.rows, found, faults=week.events, level=watch.raise_level_)
    path = folder / "watched.html"
    promises.report_of(found, week.rows, week.labels).to_html(path, title="Thermal plant, unit 1", timeline=timeline)
    return path


def run(options: argparse.Namespace) -> dict[str, Any]:
    options.output.mkdir(parents=True, exist_ok=True)
    model = fit(options)
    watch = pw.load(model)
    promised = promise(watch, options)
    week = promises.Faulty.simulated(options.live_days, options.faults_per_week, options.seed + 3)
    told = run_live(model, week.rows, options)
    print_alarms(told)
    print(f"wrote {write_report(watch, week, options.output)}")
    return promised | {"watch": watch, "week": week, "told": told}


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=365, help="to fit, to count false alarms, with faults: each")
    parser.add_argument(
        "--network", action=argparse.BooleanOptionalAction, default=True, help="with an LSTM autoencoder; minutes more"
    )
    parser.add_argument("--live-days", type=int, default=7, help="through the broker (default 7)")
    parser.add_argument("--rows-per-second", type=float, default=200, help="through the broker; 0: as fast as it goes")
    parser.add_argument("--faults-per-week", type=float, default=14, help="where there are faults (default 14)")
    parser.add_argument("--seed", type=int, default=1, help="of everything random (default 1)")
    parser.add_argument("--output", type=Path, default=Path("watched"), help="folder for all that is written")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run(parse())
