# SPDX-License-Identifier: MIT
"""The digits of 2 / pi in the source are computed anew."""

import re
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "src" / "core" / "trigonometry.cpp"


def arctan_of_inverse(n: int, unit: int) -> int:
    """Sum arctan(1 / n) in units of 1 / `unit`."""
    total, power, k = 0, unit // n, 0
    while power:
        total += (-1) ** k * power // (2 * k + 1)
        power //= n * n
        k += 1
    return total


def test_the_table_of_two_over_pi_holds_its_binary_digits():
    unit = 1 << 1400
    pi = 4 * (4 * arctan_of_inverse(5, unit) - arctan_of_inverse(239, unit))  # Machin, 1706
    table = SOURCE.read_text().split("kTwoOverPi = {")[1].split("}")[0]
    words = [int(word, 16) for word in re.findall(r"0x([0-9A-F]{16})ull", table)]
    digits = sum(word << 64 * i for i, word in enumerate(reversed(words)))
    assert len(words) == 19
    assert digits == (2 * unit << 64 * len(words)) // pi
