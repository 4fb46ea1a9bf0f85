# SPDX-License-Identifier: MIT
"""Model files: one portable, checked `.plw` file per fitted object, the same in Python and C++."""

from plantwright.io._files import load, read_header, register, save
from plantwright.io._serializable import PlwSerializable

__all__ = ["PlwSerializable", "load", "read_header", "register", "save"]
