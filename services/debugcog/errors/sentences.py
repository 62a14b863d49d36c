"""ErrorGroup and news → its title, and the sentence of its notification, in plain text."""

from __future__ import annotations

from services.debugcog.errors.records import ErrorGroup

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
    return text if len(text) <= TITLE_MAX else text[: TITLE_MAX - 1] + "…"


def place(group: ErrorGroup) -> str:
    """Name file and line of a group, without the function; its beginning is cut off if it must."""
    where = group.where.partition(" in ")[0]
    return where if len(where) <= PLACE_MAX else "…" + where[1 - PLACE_MAX :]


def times(count: int) -> str:
    """Write how often."""
    return "1 time" if count == 1 else f"{count:,} times"


def sentence(group: ErrorGroup, news: str) -> str:
    """Say what fails, where and how often: ``🔴 KeyError: 'voice' · tts.py:45 · 36 times``.

    Args:
        group: with its last event.
        news: of ``groups``, or another reason to change the card.
    """
    state = news if news in STATES else group.state
    mark, name = STATES[state]
    lead = "" if state in ("new", "ongoing") else f"{name}: "
    parts = (f"{mark} {lead}{title(group)}", place(group), times(group.count))
    return " · ".join(filter(None, parts))


def storm_sentence(groups: int, errors: int, top: tuple[ErrorGroup, ...]) -> str:
    """Say how many errors a digest stands for, and which is the most frequent one."""
    most = f" · most often {title(top[0])}" if top else ""
    kinds = "1 group" if groups == 1 else f"{groups:,} groups"
    return f"{WORSE} Error storm: {kinds}, {errors:,} errors{most}"


def _short_type(kind: str) -> str:
    """Leave out the module of an exception; of a log record, level and logger stay."""
    return kind if " " in kind else kind.rpartition(".")[2]
