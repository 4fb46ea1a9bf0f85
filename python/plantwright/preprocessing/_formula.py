# SPDX-License-Identifier: MIT
"""New columns by arithmetic."""

from __future__ import annotations

from collections.abc import Mapping

from plantwright.preprocessing._step import Step


class Formula(Step):
    """New columns from others by arithmetic that is written down: ``energy_kWh / max(units, 1)``.

    Operators bind as in Python: ``or``, ``and``, ``not``, comparisons, ``+ -``, ``* /``, signs, ``^`` or ``**``.
    Functions are ``if(c, a, b)``, ``min``, ``max``, ``coalesce``, ``isnan``, ``abs``, ``sqrt``, ``exp``, ``log``,
    ``log10``, ``sin``, ``cos``, ``pow``, ``round``, ``floor`` and ``ceil``. A name that is no identifier stands in
    backquotes. The text is parsed, never handed to an interpreter, and runs with the same bits in C++.

    A missing value makes a result missing, in comparisons, conditions, ``min`` and ``max`` too: in all but ``isnan(x)``
    and ``coalesce(a, b, ...)``, which gives the first that is present. ``x / 0`` is infinite; ``0 / 0`` and
    ``sqrt(-1)`` are missing. True is 1, false 0.

    Units are checked where columns have them: what is added or compared must have the same, exponents, logarithms and
    sines take pure numbers, and what comes out carries the unit, as "kWh/unit". A number that is written out fits any
    unit and changes none: tell a conversion by `units`.

    Parameters
    ----------
    formulas : dict of str to str
        Of each new column its formula. A column that the formula reads and that has the new one's name is replaced.
    units : dict of str to str, optional
        Units of new columns, where they are not what the formula says.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Raises
    ------
    ParseError
        In `fit`, on a text that is no formula; the message shows the place.
    SchemaMismatch
        In `fit`, on a column that is not there.
    InvalidArgument
        In `fit`, on units that do not fit together, and on a column that is no number.

    Examples
    --------
    >>> import plantwright as pw
    >>> frame = pw.Frame(
    ...     {"energy_kWh": [120.0, 90.0], "units": [40.0, 0.0]}, units={"energy_kWh": "kWh", "units": "unit"}
    ... )
    >>> step = pw.Formula({"kWh_per_unit": "energy_kWh / max(units, 1)"}).fit(frame)
    >>> step.transform(frame)["kWh_per_unit"]
    array([ 3., 90.])
    >>> step.transform(frame).schema["kWh_per_unit"].unit
    'kWh/unit'
    """

    _step_type = "Formula"

    def __init__(
        self,
        formulas: Mapping[str, str] | None = None,
        *,
        units: Mapping[str, str] | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.formulas = formulas
        self.units = units
        self.n_jobs = n_jobs
