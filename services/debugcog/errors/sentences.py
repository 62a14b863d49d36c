"""ErrorGroup and news → its title, and the sentence of its notification, in plain text."""

from __future__ import annotations

from services.debugcog.errors.records import ErrorGroup
from services.debugcog.wording import clip, clip_start, counted

TITLE_MAX = 160
LINE_MAX = 2 * TITLE_MAX
ENDINGS = ".:;,!?"
"""After these a line that is joined needs no semicolon."""
PLACE_MAX = 80
DIGEST_SHOWN = 5
"""Groups that a digest lists, those with the most errors; a storm has more."""
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
    """Name a group by the type and the message of its last error: ``KeyError: 'voice'``.

    A message of several lines is joined, as often only the second one says what is wrong.
    """
    kind = _short_type(group.type)
    message = _in_one_line(group.message)
    text = f"{kind}: {message}" if message else kind
    text = text.encode(errors="replace").decode()  # a lone surrogate cannot be stored
    return clip(text, TITLE_MAX)


def _in_one_line(message: str) -> str:
    text = ""
    for line in message.splitlines():
        words = " ".join(line[:LINE_MAX].split())
        if words:
            text += f"{'' if not text else ' ' if text[-1] in ENDINGS else '; '}{words}"
        if len(text) > TITLE_MAX:
            break
    return text


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


def digest_sentence(groups: int, errors: int, top: tuple[ErrorGroup, ...]) -> str:
    """Say how many errors a digest stands for, and which is the most frequent one.

    Of a single one it says what the group's own notification would.
    """
    if groups == 1 and top:
        parts = (f"{WORSE} 1 more error: {title(top[0])}", place(top[0]), counted(errors, "time"))
        return " · ".join(filter(None, parts))
    most = f" · most often {title(top[0])}" if top else ""
    return f"{WORSE} {digest_title(groups, errors)}{most}"


def digest_title(groups: int, errors: int) -> str:
    """Name a digest by its size: a storm, or so few groups that it lists them all."""
    if groups > DIGEST_SHOWN:
        return f"Error storm: {counted(groups, 'group')}, {counted(errors, 'error')}"
    times = f", {counted(errors, 'time')}" if errors > groups else ""
    return f"{counted(groups, 'more error')}{times}"


def _short_type(kind: str) -> str:
    """Leave out the module of an exception; of a log record, level and logger stay."""
    return kind if " " in kind else kind.rpartition(".")[2]
