"""Numbers without rounding; apart, for they take 3 ms to import and few bots have prices."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

__all__ = ["Decimal", "Fraction"]
