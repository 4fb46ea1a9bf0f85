# SPDX-License-Identifier: MIT
"""What the parts of a model cost on a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlanLine:
    """One step, or the estimator.

    Attributes
    ----------
    what : str
    columns_read, columns_written : int
        Of the estimator its features and outputs.
    columns_after : int
        Of the table that goes on.
    seconds : float
        As measured once.
    bytes : int
        Of the columns written.
    """

    what: str
    columns_read: int
    columns_written: int
    columns_after: int
    seconds: float
    bytes: int


@dataclass(frozen=True)
class Plan:
    """A line a step and one for the estimator; prints as a table.

    Attributes
    ----------
    lines : tuple of PlanLine
    n_rows : int
        Of the table it was measured on.
    """

    lines: tuple[PlanLine, ...]
    n_rows: int

    @property
    def seconds(self) -> float:
        """Of all lines together."""
        return sum(line.seconds for line in self.lines)

    def to_dict(self) -> list[dict[str, str | float]]:
        """The lines as plain data."""
        return [dict(vars(line)) for line in self.lines]

    def __str__(self) -> str:
        width = max(len(line.what) for line in self.lines)
        text = f"{'':{width}s}  {'reads':>6s} {'writes':>6s} {'after':>6s} {'ms':>9s} {'share':>6s} {'MB':>8s}\n"
        total = self.seconds or 1.0
        for line in self.lines:
            text += (
                f"{line.what:{width}s}  {line.columns_read:6d} {line.columns_written:6d} {line.columns_after:6d} "
                f"{1e3 * line.seconds:9.2f} {line.seconds / total:6.0%} {line.bytes / 1e6:8.2f}\n"
            )
        per_row = 1e6 * self.seconds / max(self.n_rows, 1)
        return text + f"{self.n_rows:,} rows in {1e3 * self.seconds:.1f} ms, {per_row:.2f} us a row"
