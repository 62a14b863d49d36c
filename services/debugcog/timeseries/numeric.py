"""Value of any numeric type → Python's own int or float."""

from __future__ import annotations

from math import inf
from numbers import Complex, Real


def as_number(value: object) -> float:
    """Return a value as a number of Python's own, whose sums do not overflow.

    ``Decimal``, ``Fraction``, bool, enums of numbers, scalars of numpy: all that can say what float
    they are. Text is none, nor is a complex number, which would lose a part. What is beyond any
    float is infinite.

    Raises:
        TypeError: it is no number.
    """
    kind = type(value)
    if kind is float or kind is int:
        return value  # type: ignore[return-value] # as the line before says
    numeric = hasattr(kind, "__float__") or hasattr(kind, "__index__")
    partial = isinstance(value, Complex) and not isinstance(value, Real)
    if not numeric or partial or isinstance(value, str):  # numpy's text has __float__
        raise TypeError(f"{kind.__name__} is no numeric type")
    try:
        return float(value)  # type: ignore[arg-type] # it has what float() looks for
    except OverflowError:
        return inf
