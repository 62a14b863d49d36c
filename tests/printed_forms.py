"""Ways in which a program writes a text that somebody gave it."""

from __future__ import annotations

import json
from collections.abc import Callable

FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "repr": repr,
    "ascii": ascii,
    "repr of a repr": lambda text: repr(repr(text)),
    "JSON": json.dumps,
    "JSON with all letters": lambda text: json.dumps(text, ensure_ascii=False),
}
