# SPDX-License-Identifier: MIT
"""What goes over the broker: topics, rows and alarms as JSON, and clients that come back by themselves.

plant/unit1/readings   {"time": "2024-03-05T10:17:00.000000000", "readings": {"load_percent": 83.1, ...}}
plant/unit1/alarms     {"id": "...#0", "event": "...", "what": "begin", "state": "alarm", "severity": 4.2, ...}
plant/unit1/state      the latest verdict, retained: whoever comes later knows where things stand
"""

from __future__ import annotations

import argparse
import json
import math
from typing import Any, NamedTuple

import numpy as np
import paho.mqtt.client as mqtt
import plantwright as pw

QOS = 1  # at least once
MOST_BLAMED = 4  # sensors in a message


class Topics(NamedTuple):
    """Of one unit."""

    readings: str
    alarms: str
    history: str
    state: str

    @classmethod
    def of(cls, unit: str) -> Topics:
        return cls(*(f"plant/{unit}/{name}" for name in cls._fields))


class Address(NamedTuple):
    host: str = "127.0.0.1"
    port: int = 1883


def client(name: str = "", *, reconnects: bool = True, manual_ack: bool = False) -> mqtt.Client:
    """A client; where it has a name, the broker keeps its session while it is away."""
    made = mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2,
        client_id=name,
        clean_session=not name,
        reconnect_on_failure=reconnects,
        manual_ack=manual_ack,
    )
    made.reconnect_delay_set(1, 8)
    return made


def row_message(time: np.datetime64, readings: dict[str, float]) -> str:
    known = {name: None if math.isnan(value) else value for name, value in readings.items()}
    return json.dumps({"time": str(time), "readings": known}, allow_nan=False)


def row_of(payload: bytes) -> tuple[np.datetime64, dict[str, float | None]]:
    """The time and the readings; ValueError where it is no row."""
    try:
        message = json.loads(payload)
        time, readings = np.datetime64(message["time"], "ns"), dict(message["readings"])
    except (TypeError, KeyError) as error:
        raise ValueError(f"no row: {error}") from None
    return time, readings


def number(value: float) -> float | None:
    """JSON knows no NaN."""
    return None if math.isnan(value) else float(value)


def verdict_message(verdict: pw.detect.EnsembleVerdict) -> dict[str, Any]:
    """What a verdict says, sensors in the plant's units."""
    return {
        "time": str(verdict.time),
        "state": verdict.state,
        "severity": number(verdict.severity),
        "p_value": number(verdict.p_value),
        "event": verdict.event,
        "since": str(verdict.since),
        "first_out": verdict.first_out,
        "quality": verdict.quality,
        "blamed": [
            {"sensor": b.sensor, "share": b.share, "deviation": number(b.deviation), "unit": b.unit}
            for b in verdict.blame[:MOST_BLAMED]
        ],
    }


def messages_of(payload: bytes) -> list[dict[str, Any]]:
    """Of the topic of alarms, one; of the history, many."""
    said = json.loads(payload)
    return said if isinstance(said, list) else [said]


def parser(description: str | None, unit: bool = True) -> argparse.ArgumentParser:
    """With what every program here asks for."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--host", default=Address().host, help="of the broker (default 127.0.0.1)")
    made.add_argument("--port", type=int, default=Address().port, help="of the broker (default 1883)")
    if unit:
        made.add_argument("--unit", default="unit1", help="in the topics' names (default unit1)")
    return made
