# SPDX-License-Identifier: MIT
"""The detector as a service: rows from one topic, alarms to another; kill it whenever you like.

    python docs/examples/thermal_plant/detector_service.py watch.plw --state state.plw

For each row, or the few that have come meanwhile, in this order:

1. the stream takes it; what it changes in the alarm becomes a message;
2. stream and messages are saved, in one file, whole or not at all;
3. the messages are published, and up to which row is saved;
4. the row is acknowledged.

Killed before 2, the broker delivers the row again to the stream of before. Killed after 2, the messages stand in the
file and are published at the next start; the row comes again and the stream refuses it by its time stamp. The latest
messages are also kept in a retained topic, which every connection publishes anew, in case the broker had not written
them to its disk or had forgotten who listens. So each comes at least once, and doubles carry the same id.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

import paho.mqtt.client as mqtt
import plantwright as pw
from messages import QOS, Address, Topics, client, number, parser, row_of, verdict_message

TOGETHER = 20  # rows at most between two saves: the broker sends no more before some are acknowledged
KEPT = 50  # messages in the history
REFUSED = {"late", "duplicate", "untimed"}
_log = logging.getLogger("detector")


class AlarmTeller:
    """Makes messages of what changes: an alarm begins, its state changes, it ends."""

    def __init__(self, memory: dict[str, Any] | None = None) -> None:
        self.memory = memory or {"event": None, "state": "normal", "n": 0, "latest": []}

    def messages(self, verdict: pw.detect.EnsembleVerdict) -> list[dict[str, Any]]:
        """What this row has to tell, first the end of the last event."""
        told = []
        event = verdict.event if verdict.alarm else None
        if self.memory["event"] not in (None, event):
            told.append(self._message("end", verdict, self.memory["event"]))
        if event is not None and event != self.memory["event"]:
            self.memory["n"] = 0
            told.append(self._message("begin", verdict, event))
        elif event is not None and verdict.state != self.memory["state"]:
            told.append(self._message("update", verdict, event))
        self.memory |= {"event": event, "state": verdict.state, "latest": [*self.memory["latest"], *told][-KEPT:]}
        return told

    def _message(self, what: str, verdict: pw.detect.EnsembleVerdict, event: str) -> dict[str, Any]:
        said = verdict_message(verdict) | {"id": f"{event}#{self.memory['n']}", "event": event, "what": what}
        self.memory["n"] += 1
        return said


class Arrival(NamedTuple):
    """A row as it came."""

    connection: int  # an acknowledgement is of its own connection alone
    message: mqtt.MQTTMessage


class DetectorService:
    """One stream of an `EnsembleDetector` between two topics."""

    def __init__(self, watch: pw.EnsembleDetector, state: Path, address: Address, unit: str = "unit1") -> None:
        self._watch, self._path, self._address = watch, state, address
        self._topics = Topics.of(unit)
        self._stream, memory = self._start(unit)
        self._last = memory.get("last")  # what the state topic says: of the last row that is saved
        self._teller = AlarmTeller(memory.get("teller"))
        self._arrived: SimpleQueue[Arrival] = SimpleQueue()
        self._connection, self._listening = 0, False
        self._client = client(f"detector-{unit}", manual_ack=True)
        self._client.on_connect, self._client.on_disconnect = self._subscribe, self._lose
        self._client.on_subscribe = self._come_back
        self._client.on_message = lambda _c, _u, message: self._arrived.put(Arrival(self._connection, message))

    def _start(self, unit: str) -> tuple[pw.StreamingDetector, dict[str, Any]]:
        if not self._path.exists():
            return self._watch.stream(unit), {}
        return self._watch.resume(self._path), pw.io.read_header(self._path)

    def run(self) -> None:
        """Until the process is ended; the connection comes back by itself."""
        self._client.connect_async(*self._address)
        self._client.loop_start()
        while True:
            self._take(self._next())

    def _next(self) -> list[Arrival]:
        """Wait for a row; with it those that have come meanwhile, so that fast rows share a save."""
        arrivals = [self._arrived.get()]
        while len(arrivals) < TOGETHER and not self._arrived.empty():
            arrivals.append(self._arrived.get())
        return arrivals

    def _take(self, arrivals: list[Arrival]) -> None:
        taken = [verdict for verdict in map(self._judge, arrivals) if verdict is not None]
        told = [message for verdict in taken for message in self._teller.messages(verdict)]
        if taken:
            self._save(verdict_message(taken[-1]) | {"raise_level": number(self._watch.raise_level_)})
        for message in told:
            self._publish(self._topics.alarms, message)
        if told:
            self._publish(self._topics.history, self._teller.memory["latest"], retain=True)
        if self._listening:
            self._tell_state()
        for connection, message in arrivals:
            if connection == self._connection:
                self._client.ack(message.mid, message.qos)

    def _judge(self, arrival: Arrival) -> pw.detect.EnsembleVerdict | None:
        """None where the stream has refused the row, or it is none: it would come again for ever."""
        try:
            time, readings = row_of(arrival.message.payload)
            verdict = self._stream.update(readings, time=time)
        except ValueError as error:
            _log.warning("row left out: %s", error)
            return None
        return None if REFUSED.intersection(verdict.quality) else verdict

    def _save(self, last: dict[str, Any]) -> None:
        self._stream.save(self._path, extra={"teller": self._teller.memory, "last": last})
        self._last = last

    # ---- called by the client's thread

    def _subscribe(self, *_: object) -> None:
        self._connection += 1
        self._client.subscribe(self._topics.readings, QOS)

    def _come_back(self, *_: object) -> None:
        self._publish(self._topics.history, self._teller.memory["latest"], retain=True)
        self._tell_state()
        self._listening = True

    def _lose(self, *_: object) -> None:
        self._listening = False  # who hears of the state sends rows: not before the broker knows that we listen

    # ---- called by both

    def _tell_state(self) -> None:
        said = {"time": None, "state": "warming_up"} if self._last is None else self._last
        self._publish(self._topics.state, said, retain=True)

    def _publish(self, topic: str, said: Any, retain: bool = False) -> None:
        self._client.publish(topic, json.dumps(said, allow_nan=False), QOS, retain)


def command(model: Path, state: Path, address: Address, unit: str) -> list[str]:
    """To start it as a process."""
    where = ["--host", address.host, "--port", str(address.port), "--unit", unit]
    return [sys.executable, os.path.abspath(__file__), str(model), "--state", str(state), *where]


def main(arguments: list[str] | None = None) -> None:
    options = parser(__doc__)
    options.add_argument("model", type=Path, help="a saved EnsembleDetector")
    options.add_argument("--state", type=Path, required=True, help="file of the stream; goes on from it if it is there")
    asked = options.parse_args(arguments)
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s")
    DetectorService(pw.load(asked.model), asked.state, Address(asked.host, asked.port), asked.unit).run()


if __name__ == "__main__":
    main()
