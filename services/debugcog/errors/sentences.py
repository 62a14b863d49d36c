"""ErrorGroup and news → its title, and the sentence of its notification, in plain text."""

from __future__ import annotations

from services.debugcog.errors.records import ErrorGroup
from services.debugcog.wording import clip, clip_start, counted

TITLE_MAX = 160
PLACE_MAX = 80
BAD, WORSE, FINE, QUIET = "⚠️", "🔴", "✅", "🔕"
STATES = {
    "new": (WORSE, "New error"),
    "ongoing": (BAD, "Error"),
    "regressed": (WORSE, "Back after it was resolved"),
    "escalating": (WORSE, "Many more than before"),
    "unmuted": (BAD, "Back after it was muted"),
    "resolved": (FINE, "Resolved"),
    "muted": (QUIET, "Muted"),
}
"""State of a group, or news about it → mark and name."""


def title(group: ErrorGroup) -> str:
    """Name a group by the type and the message of its last error: ``KeyError: 'voice'``."""
    kind = _short_type(group.type)
    message = next((line for line in group.message.splitlines() if line.strip()), "")
    text = " ".join(f"{kind}: {message}".split()) if message else kind
    text = text.encode(errors="replace").decode()  # a lone surrogate cannot be stored
    return clip(text, TITLE_MAX)


def place(group: ErrorGroup) -> str:
    """Name file and line of a group, without the function; its beginning is cut off if it must."""
    return clip_start(group.where.partition(" in ")[0], PLACE_MAX)


def sentence(group: ErrorGroup, news: str) -> str:
    """Say what fails, where and how often: ``🔴 KeyError: 'voice' · tts.py:45 · 36 times``.

    Args:
        group: with its last event.
        news: of ``groups``, or another reason to change the card.
    """
    state = news if news in STATES else group.state
    mark, name = STATES[state]
    lead = "" if state in ("new", "ongoing") else f"{name}: "
    parts = (f"{mark} {lead}{title(group)}", place(group), counted(group.count, "time"))
    return " · ".join(filter(None, parts))


def storm_sentence(groups: int, errors: int, top: tuple[ErrorGroup, ...]) -> str:
    """Say how many errors a digest stands for, and which is the most frequent one."""
    most = f" · most often {title(top[0])}" if top else ""
    return f"{WORSE} {storm(groups, errors)}{most}"


def storm(groups: int, errors: int) -> str:
    """Name a storm by its size."""
    return f"Error storm: {counted(groups, 'group')}, {counted(errors, 'error')}"


def _short_type(kind: str) -> str:
    """Leave out the module of an exception; of a log record, level and logger stay."""
    return kind if " " in kind else kind.rpartition(".")[2]
