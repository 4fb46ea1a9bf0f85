# SPDX-License-Identifier: MIT
"""What an ensemble says of one row, in words that an operator can read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plantwright._core import detect as _core

_NO_TIME = np.iinfo(np.int64).min
_STATES = np.array(["warming_up", "normal", "pending", "alarm", "clearing", "shelved"])


@dataclass(frozen=True)
class Blame:
    """A sensor's part in a severity.

    Attributes
    ----------
    sensor : str or int
        Its name, or its place where arrays were fitted.
    share : float
        Of the members' severity; all sensors' sum to 1.
    deviation : float
        The reading less what the other sensors' readings of the same row explain (linear regression, fitted with the
        detector), in the sensor's unit; NaN without a reading.
    unit : str
    """

    sensor: Any
    share: float
    deviation: float
    unit: str = ""

    def __str__(self) -> str:
        """Say it as ``cooling_water_C +3.1 C (62 %)``."""
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.sensor} {self.deviation:+.3g}{unit} ({self.share:.0%})"


@dataclass(frozen=True)
class EnsembleVerdict:
    """What `StreamingDetector.update` says of one row.

    Attributes
    ----------
    state : str
        ``warming_up``, ``normal``, ``pending``, ``alarm``, ``clearing`` or ``shelved``.
    severity, p_value : float
        ``severity = -log10(p_value)``; NaN without a score.
    blame : list of Blame
        The greatest share first; empty while there is no event.
    broken : dict
        By sensor the worst rule that its reading breaks: ``range``, ``step`` or ``standstill``; of `RangeRules` among
        the members.
    member_severity : dict
        By member; NaN without a score.
    quality : tuple of str
        Any of ``missing_readings``, ``no_reading``, ``late``, ``duplicate``, ``untimed``, ``future`` (these four: the
        row was refused), ``gap``, ``silent_member``.
    n_missing : int
        Sensors without a reading.
    time, since : datetime64[ns] or int
        Of the row; when the event began, or the state where there is none. Nanoseconds since the first row where the
        detector knows no time column and the row came without a time.
    event : str or None
        The same after a crash, a restart and a replay, so that a double can be dropped.
    first_out : tuple or None
        The member that crossed the alarm level first in this event, and the sensor that it blamed most then.
    """

    state: str
    severity: float
    p_value: float
    blame: list[Blame] = field(default_factory=list)
    broken: dict[Any, str] = field(default_factory=dict)
    member_severity: dict[str, float] = field(default_factory=dict)
    quality: tuple[str, ...] = ()
    n_missing: int = 0
    time: Any = None
    since: Any = None
    event: str | None = None
    first_out: tuple[str, Any] | None = None

    @property
    def alarm(self) -> bool:
        """Whether an alarm stands, cleared not yet, and is not shelved."""
        return self.state in ("alarm", "clearing")

    def __str__(self) -> str:
        """Say it in one line."""
        since = f" since {self.since}" if self.event else ""
        reasons = [str(blame) for blame in self.blame[:3]] + [f"{j} breaks {rule}" for j, rule in self.broken.items()]
        return f"{self.state}{since}, severity {self.severity:.1f}" + (f": {'; '.join(reasons)}" if reasons else "")


def verdict_of(core: Any, sensors: list[Any], units: list[str], members: list[str], timed: bool) -> EnsembleVerdict:
    """Translate a compiled verdict."""
    return EnsembleVerdict(
        state=core.state,
        severity=core.severity,
        p_value=core.p_value,
        blame=[Blame(sensors[j], share, deviation, units[j] if units else "") for j, share, deviation in core.blame],
        broken={sensors[j]: rule for j, rule in core.broken},
        member_severity=dict(zip(members, core.member_severity, strict=True)),
        quality=tuple(core.quality),
        n_missing=core.n_missing,
        time=stamp_of(core.time, timed),
        since=stamp_of(core.since, timed),
        event=core.event,
        first_out=None
        if core.first_out_member < 0
        else (members[core.first_out_member], sensors[core.first_out_sensor]),
    )


def stamp_of(nanoseconds: int, timed: bool) -> Any:
    """Nanoseconds as a time, or as they are on a clock that counts rows; None where there is none."""
    if timed:
        return np.datetime64(nanoseconds, "ns")
    return None if nanoseconds == _NO_TIME else nanoseconds


def verdict_columns(columns: dict[str, Any], blame: bool) -> dict[str, Any]:
    """Columns of a compiled batch with states as texts, and with blame where it was asked for."""
    columns["state"] = _STATES[columns["state"]]
    if not blame:
        del columns["blame"], columns["deviation"]
    return columns


def signs_of(states: NDArray[np.uint8]) -> NDArray[np.int64]:
    """-1 where an alarm stands, else 1."""
    return np.where(np.isin(_STATES[states], ("alarm", "clearing")), -1, 1)


def quality_names(quality: int) -> tuple[str, ...]:
    """Names of the bits of a row's quality.

    Parameters
    ----------
    quality : int
        Of `EnsembleDetector.verdicts`.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> import plantwright as pw
    >>> pw.detect.quality_names(33)
    ('missing_readings', 'gap')
    """
    return tuple(_core.quality_names(int(quality)))
