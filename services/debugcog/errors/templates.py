"""Log record → message template, recovered from the code that logged it.

``log.error("Lost %s", name)`` hands a template over; ``log.error(f"Lost {name}")`` a finished text,
whose constant parts stand in the code of the call. Where a host has a function of its own for
logging, they stand in the code that calls that one; where it makes the text before it logs it
(``text = f"…"``), in another line of the function, or in a constant of the module.
"""

from __future__ import annotations

import dis
import logging
import re
import sys
from collections.abc import Iterator
from types import CodeType, FrameType

from services.debugcog.patterns import late_pattern

TEXT_MAX = 2_000
"""Characters of a text that count."""
PART_MIN = 3
"""Characters from which a constant part is looked for in a text."""
TEXT_MIN = 8
"""Characters of the constant parts of a text that was made in another line than the call's."""
FRAMES_MAX = 50
"""Frames among which the one that logs is looked for."""
CALLERS_MAX = 4
"""Calls whose constants may be parts of the text."""
CALLS_MAX = 2_000
"""Calls whose constants are remembered."""
FIELDS = late_pattern(r"%[-+ #0-9.*]*[a-zA-Z]|\{[^{}]*\}")
"""What ``%`` and ``str.format`` fill in."""
WORD = late_pattern(r"[\w.-]*$")
"""A key or name, which stands in a text by chance."""
LOAD_CONST = dis.opmap["LOAD_CONST"]

Call = tuple[CodeType, int]


class Templates:
    """Finds templates, and remembers what it has read in the code."""

    def __init__(self) -> None:
        self._parts: dict[tuple[int, int], tuple[CodeType, tuple[str, ...]]] = {}
        self._texts: dict[int, tuple[CodeType, tuple[tuple[str, ...], ...]]] = {}

    def with_former(self, record: logging.LogRecord) -> tuple[str, str]:
        """Return what all texts have in common that one line of code logs.

        A record that comes from elsewhere than the running code goes by its function alone.

        Returns:
            That, and what version 0.1 found, which read nothing of a text that was made before.
        """
        text = str(record.msg)[:TEXT_MAX]
        frames = list(_frames(record))
        if not frames:
            text = f"? in {record.funcName}" if record.funcName else text
            return text, text
        calls = [(frame.f_code, frame.f_lasti) for frame in frames]
        if text in self._of_call(calls[0]):
            return text, text
        found = {part for call in calls for part in self._of_call(call) if part in text}
        former = template = _without_the_rest(text, found) if found else text
        if not any(part in text for part in self._of_call(calls[0])):
            more = self._made_before(text, frames[0])
            template = _without_the_rest(text, found.union(more)) if more else former
        return template, former

    def _made_before(self, text: str, frame: FrameType) -> tuple[str, ...]:
        """Find the parts of the one text in a function that a finished text was made of."""
        code = frame.f_code
        known = self._texts.get(id(code))
        if known is None:
            if len(self._texts) >= CALLS_MAX:
                self._texts.clear()
            known = self._texts[id(code)] = code, _texts(code, frame.f_globals)
        return max((parts for parts in known[1] if _is_made_of(text, parts)), key=_size, default=())

    def _of_call(self, call: Call) -> tuple[str, ...]:
        code, at = call
        key = id(code), at  # its hash would cost as much as the function is long
        known = self._parts.get(key)
        if known is None:
            if len(self._parts) >= CALLS_MAX:
                self._parts.clear()
            known = self._parts[key] = code, tuple(_parts(code, at))
        return known[1]


def _frames(record: logging.LogRecord) -> Iterator[FrameType]:
    """List the frame that has logged a record, and those that led to it; innermost first."""
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - as logging itself finds its caller
    for _ in range(FRAMES_MAX):
        if frame is None or _has_logged(frame, record):
            break
        frame = frame.f_back
    for _ in range(CALLERS_MAX if frame is not None and _has_logged(frame, record) else 0):
        if frame is not None:
            yield frame
            frame = frame.f_back


def _has_logged(frame: FrameType, record: logging.LogRecord) -> bool:
    code = frame.f_code
    return (
        code.co_filename == record.pathname
        and code.co_name == record.funcName
        and frame.f_lineno == record.lineno
    )


def _parts(code: CodeType, at: int) -> Iterator[str]:
    """List the constant parts of texts that stand in one call.

    Args:
        code: of the function.
        at: the index of the call in its bytecode.
    """
    bytecode, positions = code.co_code, list(code.co_positions())
    first, last = _lines(positions[at // 2])
    extended = 0
    for index, position in enumerate(positions):
        operation, argument = bytecode[2 * index], bytecode[2 * index + 1] | extended
        extended = argument << 8 if operation == dis.EXTENDED_ARG else 0
        if operation == LOAD_CONST and first <= _lines(position)[0] <= last:
            yield from _pieces(code.co_consts[argument])


def _texts(code: CodeType, names: dict[str, object]) -> tuple[tuple[str, ...], ...]:
    """List the texts that a function makes, by their constant parts; ``names`` are the module's."""
    bytecode, extended = code.co_code, 0
    lines: dict[int, list[str]] = {}
    for index, position in enumerate(code.co_positions()):
        operation, argument = bytecode[2 * index], bytecode[2 * index + 1] | extended
        extended = argument << 8 if operation == dis.EXTENDED_ARG else 0
        if operation == LOAD_CONST:
            lines.setdefault(_lines(position)[0], []).extend(_between(code.co_consts[argument]))
    given = (_between(names.get(name)) for name in code.co_names)
    return tuple(tuple(parts) for parts in (*lines.values(), *given) if parts)


def _is_made_of(text: str, parts: tuple[str, ...]) -> bool:
    """Return whether a text begins or ends with one of some parts, and has all in their order."""
    if _size(parts) < TEXT_MIN or not (text.startswith(parts[0]) or text.endswith(parts[-1])):
        return False
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def _size(parts: tuple[str, ...]) -> int:
    return sum(map(len, parts))


def _pieces(constant: object) -> Iterator[str]:
    """List what a text has of a constant: all of it, or what stands around its fields."""
    if type(constant) is str and _is_part(constant):
        yield constant
    yield from _between(constant)


def _between(constant: object) -> list[str]:
    """List what a text has around the fields of a constant."""
    parts = FIELDS.split(constant) if type(constant) is str else ()
    return [part for part in parts if _is_part(part)]


def _is_part(text: str) -> bool:
    return len(text) >= PART_MIN and not WORD.match(text)


def _lines(position: tuple[int | None, int | None, int | None, int | None]) -> tuple[int, int]:
    first, last = position[:2]
    return first or 0, last or first or 0


def _without_the_rest(text: str, parts: set[str]) -> str:
    """Put a mark for all that is between the parts."""
    pattern = "|".join(re.escape(part) for part in sorted(parts, key=len, reverse=True))
    kept, end = "", 0
    for match in re.finditer(pattern, text):
        kept += ("?" if match.start() > end else "") + match[0]
        end = match.end()
    return kept + ("?" if end < len(text) else "")
