# SPDX-License-Identifier: MIT
"""The consumer: writes each alarm message once, as a line of JSON, however often it comes.

    python docs/examples/thermal_plant/alarm_log.py alarms.jsonl

A message is acknowledged when its line is on the disk. Doubles are known by their ids, also after a restart.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from messages import QOS, Address, Topics, client, messages_of, parser


class AlarmLog:
    """Runs in a thread of its own from `start` to `stop`, or in this one for ever by `run`."""

    def __init__(self, path: Path, address: Address, unit: str = "unit1", name: str = "alarm-log") -> None:
        self._path, self._address = path, address
        self.n_doubles = 0
        whole = _without_a_torn_end(path)
        self._ids = {message["id"] for message in whole}
        self._client = client(f"{name}-{unit}", manual_ack=True)
        topics = Topics.of(unit)
        self._client.on_connect = lambda *_: self._client.subscribe([(topics.alarms, QOS), (topics.history, QOS)])
        self._client.on_message = self._take

    def start(self) -> None:
        self._client.connect_async(*self._address)
        self._client.loop_start()

    def run(self) -> None:
        self._client.connect_async(*self._address)
        self._client.loop_forever(retry_first_connection=True)

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _take(self, _client, _userdata, message) -> None:
        for said in messages_of(message.payload):
            if said["id"] in self._ids:
                self.n_doubles += 1
            else:
                self._write(said)
        self._client.ack(message.mid, message.qos)

    def _write(self, said: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(said) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._ids.add(said["id"])


def read(path: Path) -> list[dict[str, Any]]:
    """The messages in the log, in the order of their arrival."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if line[-1] == "\n"]


def _without_a_torn_end(path: Path) -> list[dict[str, Any]]:
    """What stands in whole lines; half a line, left by a crash, is cut off: it was never acknowledged."""
    whole = read(path)
    if path.exists():
        data = path.read_bytes()
        os.truncate(path, data.rfind(b"\n") + 1)
    return whole


def main(arguments: list[str] | None = None) -> None:
    options = parser(__doc__)
    options.add_argument("log", type=Path)
    asked = options.parse_args(arguments)
    AlarmLog(asked.log, Address(asked.host, asked.port), asked.unit).run()


if __name__ == "__main__":
    main()
