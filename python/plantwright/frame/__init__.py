# SPDX-License-Identifier: MIT
"""Named columns of number, category and time, with a schema; from NumPy, pandas, polars, pyarrow and CSV."""

from plantwright.frame._csv import read_csv
from plantwright.frame._frame import Frame, as_frame, as_timed_frame, has_names, is_table
from plantwright.frame._schema import ColumnSpec, Schema, TimeRule

__all__ = ["ColumnSpec", "Frame", "Schema", "TimeRule", "as_frame", "as_timed_frame", "has_names", "is_table",
           "read_csv"]  # fmt: skip
