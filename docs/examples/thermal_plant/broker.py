# SPDX-License-Identifier: MIT
"""A mosquitto of one's own on 127.0.0.1: its port, configuration and memory belong to one folder."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

from messages import Address

_WAIT_S = 60.0
_CONFIGURATION = """\
listener {port} 127.0.0.1
allow_anonymous true
user {user}
persistence true
persistence_location {folder}/
autosave_interval 1
max_queued_messages 0
log_dest file {folder}/mosquitto.log
"""


def program() -> str | None:
    """Where mosquitto is; Debian's stands outside most users' path."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def tied(command: list[str]) -> list[str]:
    """The command, to be ended with the program that starts it even where that is killed, if the system can do so."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", *command] if setpriv else command


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Broker:
    """Starts where it is entered, stops where it is left; `kill` and `start` again keep port and memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.address = Address(port=free_port())
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        mosquitto = program()
        if mosquitto is None:
            raise FileNotFoundError("mosquitto is not installed; Debian: apt-get install mosquitto")
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = {"port": self.address.port, "user": getpass.getuser(), "folder": self.folder}
        configuration = self.folder / "mosquitto.conf"
        configuration.write_text(_CONFIGURATION.format(**settings), encoding="utf-8")
        self._process = subprocess.Popen(tied([mosquitto, "-c", str(configuration)]), stderr=subprocess.DEVNULL)
        self._wait_until_it_listens()

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + _WAIT_S
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                socket.create_connection(self.address, timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"mosquitto did not come up; see {self.folder / 'mosquitto.log'}")

    def kill(self) -> None:
        """As a power cut would: what it has not yet written is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_WAIT_S)
            except subprocess.TimeoutExpired:
                self.kill()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
