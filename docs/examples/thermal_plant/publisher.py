# SPDX-License-Identifier: MIT
"""The plant: sends rows to the broker, and sends them again where the detector does not have them.

    python docs/examples/thermal_plant/publisher.py --days 7 --rows-per-second 100

That the broker has a row is not enough: what it has not yet written to its disk, a power cut takes along. The detector
tells in its state topic up to which row it has saved. Whenever a connection is lost, rows after that one are sent
again, in order, by a fresh client with nothing queued. What the detector knows already, it refuses by its time stamp.
"""

from __future__ import annotations

import json
import threading
import time

import numpy as np
import plantwright as pw
from detectors import running_rows
from messages import QOS, Address, Topics, client, parser, row_message

WINDOW = 500  # rows ahead of the detector at most, so that what waits in the broker is bounded
_PATIENCE_S = 0.5


class Publisher:
    """Rows of one table, in order, until the detector has saved the last."""

    def __init__(self, rows: pw.Frame, address: Address, topics: Topics, rows_per_second: float | None = None) -> None:
        self._times = rows["time"]
        sensors = rows.schema.input_names
        self._columns = dict(zip(sensors, (rows[name] for name in sensors), strict=True))
        self._address, self._topics = address, topics
        self._pause = 1 / rows_per_second if rows_per_second else 0.0
        self._news = threading.Condition()
        self._connected = False
        self._ready = False  # the detector listens
        self.confirmed = 0  # rows that it has saved
        self._stopping = False

    def run(self) -> None:
        """Return when the detector has them all, or after `stop`."""
        while not self._finished():
            try:
                self._connection()
            except OSError:  # the broker is not there yet
                time.sleep(_PATIENCE_S)

    def stop(self) -> None:
        with self._news:
            self._stopping = True
            self._news.notify_all()

    def _finished(self) -> bool:
        return self._stopping or self.confirmed >= len(self._times)

    def _connection(self) -> None:
        """From connecting to losing the connection, or to the end."""
        mine = client(reconnects=False)
        mine.on_connect = lambda *_: mine.subscribe(self._topics.state, QOS)
        mine.on_message, mine.on_disconnect = self._hear, self._lost
        mine.connect(*self._address)
        self._connected, self._ready = True, False
        mine.loop_start()
        try:
            self._send_all(mine)
        finally:
            mine.disconnect()
            mine.loop_stop()

    def _send_all(self, mine) -> None:
        with self._news:
            self._wait_until(lambda: self._ready)
            place = self.confirmed
        while self._connected and not self._finished():
            with self._news:
                self._wait_until(lambda at=place: at < min(self.confirmed + WINDOW, len(self._times)))
            if not self._connected or self._finished():
                return
            mine.publish(self._topics.readings, self._message(place), QOS)
            place += 1
            self._rest()

    def _wait_until(self, ready) -> None:
        self._news.wait_for(lambda: ready() or not self._connected or self._finished())

    def _rest(self) -> None:
        if self._pause:
            with self._news:
                self._news.wait_for(lambda: not self._connected or self._stopping, self._pause)

    def _message(self, i: int) -> str:
        return row_message(self._times[i], {name: float(column[i]) for name, column in self._columns.items()})

    def _hear(self, _client, _userdata, message) -> None:
        last = json.loads(message.payload)["time"]
        with self._news:
            self._ready = True
            if last is not None:
                place = int(np.searchsorted(self._times, np.datetime64(last, "ns"), "right"))
                self.confirmed = max(self.confirmed, place)
            self._news.notify_all()

    def _lost(self, *_: object) -> None:
        with self._news:
            self._connected = False
            self._news.notify_all()


def main(arguments: list[str] | None = None) -> None:
    options = parser(__doc__)
    options.add_argument("--days", type=int, default=7)
    options.add_argument("--faults-per-week", type=float, default=10)
    options.add_argument("--seed", type=int, default=3)
    options.add_argument("--rows-per-second", type=float, help="default: as fast as they are taken")
    asked = options.parse_args(arguments)
    plant = pw.simulate.ThermalPlant(rows=asked.days * 1440, faults_per_week=asked.faults_per_week, seed=asked.seed)
    where = Address(asked.host, asked.port)
    Publisher(running_rows(plant), where, Topics.of(asked.unit), asked.rows_per_second).run()


if __name__ == "__main__":
    main()
