"""What a request asks: a question of the API and its parameters, checked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import field

from services.debugcog.answers.published import Published
from services.debugcog.frozen import frozen
from services.debugcog.windows import WINDOWS, Window

NUMBER_MAX = 2**63 - 1
TEXT_MAX = 200


class RefusedError(Exception):
    """A request is answered with an error.

    Attributes:
        status: of HTTP.
        text: for people; it names the fix.
        retry_after: seconds after which it may be asked again; 0 where that is not known.
    """

    def __init__(self, status: int, text: str, retry_after: float = 0.0) -> None:
        self.status = status
        self.text = text
        self.retry_after = retry_after
        super().__init__(text)


@frozen
class Ask:
    """A question's parameters; each method raises ``RefusedError`` for a bad one.

    Attributes:
        query: of the address, by name.
        path: parts of the path that vary, by name.
        viewer: who asks, as the audit log names them.
    """

    query: Mapping[str, str] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    viewer: str = ""

    @property
    def window(self) -> Window:
        """Return the window that is asked about; an hour where none is named."""
        text = self.query.get("window", "1h")
        for window in WINDOWS:
            if window == text:
                return window
        raise RefusedError(400, f"window: one of {', '.join(WINDOWS)}.")

    def number(self, name: str, default: int, *, low: int = 0, high: int = NUMBER_MAX) -> int:
        """Return a whole number."""
        text = self.query.get(name, "")
        if not text:
            return default
        value = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1
        if not low <= value <= high:
            raise RefusedError(400, f"{name}: a whole number from {low} to {high}.")
        return value

    def text(self, name: str) -> str:
        """Return a text; empty where it is not given."""
        text = self.query.get(name, "")
        if len(text) > TEXT_MAX:
            raise RefusedError(400, f"{name}: {TEXT_MAX} characters at most.")
        return text

    def choice(self, name: str, allowed: Collection[str], default: str) -> str:
        """Return one of some words."""
        text = self.query.get(name) or default
        if text not in allowed:
            raise RefusedError(400, f"{name}: one of {', '.join(allowed)}.")
        return text


Question = Callable[[Published, Ask], object]
"""Makes an answer on a thread of the server's, or what the server's loop awaits for it."""
