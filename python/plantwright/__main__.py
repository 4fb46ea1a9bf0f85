# SPDX-License-Identifier: MIT
"""`python -m plantwright` is the command `plantwright`."""

import sys

from plantwright.cli import main

if __name__ == "__main__":
    sys.exit(main())
