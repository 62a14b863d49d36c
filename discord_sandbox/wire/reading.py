"""Untrusted JSON text → its value, or ValueError if it could not be encoded again.

A lone surrogate would pass ``json.loads``, and break everybody who is told of it later.
"""

from __future__ import annotations

import json
import math
from typing import Any

ESCAPED_SURROGATE = "\\ud"


def parse(text: str | bytes) -> Any:
    """Read a JSON text.

    Raises:
        ValueError: it is none, or nobody could be told of it.
    """
    whole = text.decode() if isinstance(text, bytes) else text
    try:
        value = json.loads(whole, parse_float=_finite, parse_constant=_finite)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if ESCAPED_SURROGATE in whole.lower():
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"JSON has no {text}")
    return number
