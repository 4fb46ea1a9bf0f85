# SPDX-License-Identifier: MIT
"""The control room's screen: state, severity, sensors and alarms, live in a terminal.

    python docs/examples/thermal_plant/dashboard.py

It only listens, and may come and go. The state topic is retained, so that it is not empty at first.
"""

from __future__ import annotations

import contextlib
import json
import math
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from messages import QOS, Address, Topics, client, messages_of, parser, row_of
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

COLOURS = {"normal": "green", "pending": "yellow", "alarm": "bold white on red", "clearing": "dark_orange"}
_BLOCKS = "▁▂▃▄▅▆▇█"
_BAR_WIDTH, _COURSE, _MOST_ALARMS = 40, 30, 8
_RATE_OVER_S = 5.0


class Board:
    """What has been heard, and how it looks."""

    def __init__(self, unit: str = "unit1", clock: Callable[[], float] = time.monotonic) -> None:
        self._unit, self._clock = unit, clock
        self._courses: dict[str, deque[float]] = {}
        self._state: dict[str, Any] = {"state": "waiting", "time": None}
        self._alarms: dict[str, dict[str, Any]] = {}  # the latest message of each event
        self._seen: set[str] = set()
        self._moments: deque[float] = deque()
        self.n_rows = 0

    # ---- hearing

    def hear(self, topic: str, payload: bytes) -> None:
        name = topic.rsplit("/", 1)[1]
        {"readings": self._reading, "alarms": self._alarm, "history": self._alarm, "state": self._now}[name](payload)

    def _reading(self, payload: bytes) -> None:
        _, readings = row_of(payload)
        for name, value in readings.items():
            course = self._courses.setdefault(name, deque(maxlen=_COURSE))
            course.append(math.nan if value is None else value)
        self.n_rows += 1
        self._moments.append(self._clock())

    def _alarm(self, payload: bytes) -> None:
        for said in messages_of(payload):
            if said["id"] not in self._seen:  # a double changes nothing
                self._seen.add(said["id"])
                begun = self._alarms.get(said["event"], said)
                blamed = begun["blamed"] or said["blamed"]
                self._alarms[said["event"]] = said | {"from": begun.get("from", said["time"]), "blamed": blamed}

    def _now(self, payload: bytes) -> None:
        self._state = json.loads(payload)

    def rows_a_second(self) -> float:
        now = self._clock()
        while self._moments and self._moments[0] < now - _RATE_OVER_S:
            self._moments.popleft()
        return len(self._moments) / _RATE_OVER_S

    # ---- showing

    def __rich__(self) -> RenderableType:
        return Group(self._head(), self._sensors(), self._latest())

    def _head(self) -> Panel:
        said = self._state
        line = Text.assemble(
            (f" {said['state']} ", COLOURS.get(said["state"], "dim")), "  ", _minute(said["time"]),
            (f"   {self.n_rows:,} rows, {self.rows_a_second():.3g} a second", "dim"),
        )  # fmt: skip
        return Panel(Group(line, _severity_bar(said.get("severity"), said.get("raise_level"))), title=self._unit)

    def _sensors(self) -> Table:
        table = Table(expand=True, header_style="dim", title_justify="left")
        table.add_column("sensor")
        table.add_column("reading", justify="right")
        table.add_column(f"last {_COURSE} rows")
        table.add_column("off what others explain", justify="right")
        table.add_column("blame")
        blamed = {b["sensor"]: b for b in self._state.get("blamed", [])}
        worst = max(blamed, key=lambda name: blamed[name]["share"], default=None)
        for name, course in list(self._courses.items()):
            style = "bold red" if name == worst else ""
            table.add_row(name, _number(course[-1]), sparkline(course), *_blame(blamed.get(name)), style=style)
        return table

    def _latest(self) -> Panel:
        table = Table.grid(padding=(0, 2))
        for said in list(self._alarms.values())[: -_MOST_ALARMS - 1 : -1]:
            until = _minute(said["time"]) if said["what"] == "end" else "stands"
            names = ", ".join(f"{b['sensor']} {_off(b)}" for b in said["blamed"][:2] if b["share"] >= 0.05)
            table.add_row(_minute(said["from"]), until, names, style="dim" if said["what"] == "end" else "red")
        return Panel(table, title="alarms", title_align="left")


def sparkline(values: deque[float]) -> str:
    """One block a value between the lowest and the highest; a space where a reading is missing."""
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return " " * len(values)
    low, span = min(known), (max(known) - min(known)) or 1.0
    places = [None if math.isnan(v) else int((v - low) / span * (len(_BLOCKS) - 1) + 0.5) for v in values]
    return "".join(" " if place is None else _BLOCKS[place] for place in places)


def _severity_bar(severity: float | None, level: float | None) -> Text:
    """Full at twice the alarm level, which is marked."""
    if severity is None or level is None:
        return Text("severity: none", style="dim")
    filled = min(_BAR_WIDTH, round(severity / level * _BAR_WIDTH / 2))
    bar = ["█"] * filled + ["·"] * (_BAR_WIDTH - filled)
    bar[_BAR_WIDTH // 2] = "┃"
    return Text(f"severity {severity:5.2f} {''.join(bar)} alarm from {level:.2f}", "red" if severity >= level else "")


def _blame(blamed: dict[str, Any] | None) -> tuple[str, str]:
    if blamed is None:
        return "", ""
    return _off(blamed), f"{'■' * round(10 * blamed['share']):10s} {blamed['share']:4.0%}"


def _off(blamed: dict[str, Any]) -> str:
    return "" if blamed["deviation"] is None else f"{blamed['deviation']:+.3g} {blamed['unit']}"


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"


def _minute(moment: str | None) -> str:
    return "–" if moment is None else moment[:16].replace("T", " ")


def listener(board: Board, address: Address, unit: str) -> Any:
    """A client that tells the board what it hears; to be started with `loop_start` and ended with `disconnect`."""
    made = client()
    made.on_connect = lambda *_: made.subscribe([(topic, QOS) for topic in Topics.of(unit)])
    made.on_message = lambda _client, _userdata, message: board.hear(message.topic, message.payload)
    made.connect_async(*address)
    return made


def show(board: Board, address: Address, unit: str, until: Callable[[], bool]) -> None:
    """Live, until the condition holds."""
    listening = listener(board, address, unit)
    listening.loop_start()
    try:
        with Live(board, console=Console(), refresh_per_second=5):
            while not until():
                time.sleep(0.2)
    finally:
        listening.disconnect()
        listening.loop_stop()


def main(arguments: list[str] | None = None) -> None:
    asked = parser(__doc__).parse_args(arguments)
    with contextlib.suppress(KeyboardInterrupt):
        show(Board(asked.unit), Address(asked.host, asked.port), asked.unit, until=lambda: False)


if __name__ == "__main__":
    main()
