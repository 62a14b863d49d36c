"""Name, unit and times of a rule → the error that refuses them."""

from __future__ import annotations

import math

from services.debugcog.patterns import late_pattern
from services.debugcog.redaction.redactor import redact

NAME = late_pattern("[a-z][a-z0-9_]{0,39}")
"""A name is part of the ids of buttons, which Discord limits to 100 characters."""
UNIT_MAX = 16


def check_texts(name: str, unit: str) -> None:
    """Refuse what cannot be a key or be shown.

    Raises:
        ValueError: says what is wrong, and what is allowed.
    """
    if not NAME.fullmatch(name):
        raise ValueError(
            f"rule {redact(repr(name)):.80}: a name starts with a lower-case letter and goes "
            "on with lower-case letters, digits and underscores, 40 at most"
        )
    if len(unit) > UNIT_MAX:
        raise ValueError(f"rule {name}: a unit has {UNIT_MAX} characters at most")


def check_times(name: str, window: float, *times: float) -> None:
    """Refuse what are no seconds.

    Raises:
        ValueError: says what is wrong, and what is allowed.
    """
    if not all(math.isfinite(one) and one >= 0 for one in (window, *times)) or not window:
        raise ValueError(
            f"rule {name}: window, for_seconds and keep_firing_for are seconds, window above 0"
        )
