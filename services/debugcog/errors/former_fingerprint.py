"""Exception or log record → fingerprint v1, under which version 0.1 stored its group.

Needed by upgrades only: a group of v1 goes on under its old fingerprint. End of life: version 1.0,
which drops this module, ``Identity.former`` and the table ``error_aliases``. Until then it has to
give what version 0.1 gave, its mistakes included.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import groupby
from types import FrameType, TracebackType

from services.debugcog.errors.reraise import steps
from services.debugcog.exceptions import type_name
from services.debugcog.guard import guard, trace_of
from services.debugcog.host_text import text_now
from services.debugcog.tracebacks import chain

IN_APP_MAX = 20
LIBRARY_MAX = 8
LIBRARY_FOLDERS = ("/site-packages/", "/dist-packages/", "<frozen ")


@guard("")
def former_of_exception(
    error: BaseException, last: list[TracebackType] | None, libraries: tuple[str, ...]
) -> str:
    """Return the fingerprint v1 of an exception; empty where its attributes fail.

    Args:
        error: the exception.
        last: its steps, where its traceback holds those of earlier raises too.
        libraries: what the paths of files begin with that are not the host's.
    """
    links = chain(error)
    taken = {id(link): steps(trace_of(link)) for link in links}
    taken[id(error)] = last or taken[id(error)]
    frames = {key: [step.tb_frame for step in each] for key, each in taken.items()}
    in_app = any(_is_in_app(frame, libraries) for each in frames.values() for frame in each)
    parts: list[str] = []
    for link in links:
        counted = [
            frame for frame in frames[id(link)] if not in_app or _is_in_app(frame, libraries)
        ]
        collapsed = [name for name, _ in groupby(map(_name, counted))]
        parts += [f"type {type_name(type(link))}", *_details(link)]
        parts += collapsed[-IN_APP_MAX if in_app else -LIBRARY_MAX :]
    return _digest(parts)


def former_of_record(logger: str, template: str) -> str:
    """Return the fingerprint v1 of a log record without a traceback."""
    return _digest(["log", logger, template])


def _is_in_app(frame: FrameType, libraries: tuple[str, ...]) -> bool:
    path = frame.f_code.co_filename.replace("\\", "/")
    return not path.startswith(libraries) and not any(part in path for part in LIBRARY_FOLDERS)


def _name(frame: FrameType) -> str:
    return f"{frame.f_globals.get('__name__')} {frame.f_code.co_qualname}"


def _details(error: BaseException) -> Iterator[str]:
    errno = getattr(error, "errno", None) if issubclass(type(error), OSError) else None
    if errno is not None:
        yield f"errno {text_now(errno)}"
    if any(kind.__name__ == "HTTPException" for kind in type(error).__mro__):
        status, code = getattr(error, "status", None), getattr(error, "code", None)
        yield f"http {text_now(status)} {text_now(code)}"


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(["v1", *parts]).encode(errors="replace")).hexdigest()
