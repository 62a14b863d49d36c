"""Exception or log record → fingerprint and location, equal for repeats of one fault.

Fingerprint v1. It does not depend on line numbers, paths, messages, values and ids, nor on frames
of libraries as long as one frame is the host's own.
"""

from __future__ import annotations

import hashlib
import logging
import re
import site
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import FrameType, TracebackType

from services.debugcog.errors.reraise import steps
from services.debugcog.errors.templates import Templates
from services.debugcog.exceptions import type_name
from services.debugcog.guard import trace_of
from services.debugcog.redaction.redactor import cut
from services.debugcog.tracebacks import chain

VERSION = "v1"
IN_APP_MAX = 20
LIBRARY_MAX = 8
FILES_MAX = 2_000
"""File names for which it is remembered whether they are the host's."""
RAW_MAX = 5_000
"""Characters of a name that are kept until it is redacted and shortened."""

OUR_FILES = ("cogs/debug/", "services/debugcog/metrics.py", "services/debugcog/tracing.py")
"""Files of ours whose frames stand between those of the host, which may have the same modules."""
LIBRARY_FOLDERS = ("/site-packages/", "/dist-packages/", "<frozen ")

PARAMETERS = re.compile(
    r"(?<!\w)[bru]?'[^'\n]*'(?!\w)|\"[^\"\n]*\""  # quoted; no apostrophe of "can't" opens one
    r"|(?<![\w.~-])(?:[A-Za-z]:)?[\\/]?(?:[\w.~-]+[\\/])+[\w.~-]*"  # path
    r"|\b0x[0-9a-fA-F]+\b|(?<![\w-])(?=[a-f-]*\d)[0-9a-f-]{8,}(?![\w-])"  # hex, uuid
    r"|\d+(?:[.,:]\d+)*"  # number, snowflake, time
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What distinguishes one fault from another.

    Attributes:
        fingerprint: 64 hex digits.
        type: ``module.QualName`` of the exception, or level and logger of a log record; raw.
        where: innermost frame of the host: ``services/tts.py:45 in generate``; raw.
    """

    fingerprint: str
    type: str
    where: str


class Fingerprinter:
    """Makes fingerprints; knows frames of the host from those of libraries.

    Args:
        root: the host's folder; places are shown relative to it.
        libraries: folders whose files are not the host's; by default Python's own.
    """

    def __init__(self, root: Path, libraries: tuple[str, ...] | None = None) -> None:
        self._root = str(root)
        self._libraries = _library_folders() if libraries is None else libraries
        root_of_ours = Path(__file__).parents[3].as_posix()
        self._ours = tuple(f"{root_of_ours}/{file}" for file in OUR_FILES)
        self._in_app: dict[str, bool] = {}
        self._templates = Templates()

    def of_exception(
        self, error: BaseException, last: list[TracebackType] | None = None
    ) -> Identity:
        """Identify an exception by its chain of causes.

        Args:
            error: the exception.
            last: its steps, where its traceback holds those of earlier raises too.
        """
        links = chain(error)
        taken = {id(link): steps(trace_of(link)) for link in links}
        taken[id(error)] = last or taken[id(error)]
        every = [step for link in links for step in taken[id(link)]]
        in_app = any(self.is_in_app(step.tb_frame) for step in every)
        parts = [part for link in links for part in self._parts(link, taken[id(link)], in_app)]
        return _identity(parts, type_name(type(error)), self._where(every, in_app))

    def of_record(self, record: logging.LogRecord) -> Identity:
        """Identify a log record without a traceback by its logger and template."""
        template = PARAMETERS.sub("?", self._templates.of(record))
        place = f"{self._shown(record.pathname)}:{record.lineno} in {record.funcName}"
        kind = f"{record.levelname} {record.name}"
        return _identity(["log", record.name, template], kind, place)

    def is_in_app(self, frame: FrameType) -> bool:
        """Return whether a frame is the host's own code."""
        file = frame.f_code.co_filename
        known = self._in_app.get(file)
        if known is None:
            if len(self._in_app) >= FILES_MAX:
                self._in_app.clear()
            known = self._in_app[file] = not self._is_library(file)
        return known

    def _is_library(self, file: str) -> bool:
        path = file.replace("\\", "/")
        return path.startswith((*self._libraries, *self._ours)) or any(
            part in path for part in LIBRARY_FOLDERS
        )

    def _parts(
        self, error: BaseException, taken: list[TracebackType], in_app: bool
    ) -> Iterator[str]:
        yield f"type {type_name(type(error))}"
        yield from _details(error)
        frames = [step.tb_frame for step in taken]
        if in_app:
            names = [_name(frame) for frame in frames if self.is_in_app(frame)]
        else:
            names = [_name(frame) for frame in frames]
        collapsed = [name for name, _ in groupby(names)]
        yield from collapsed[-IN_APP_MAX if in_app else -LIBRARY_MAX :]

    def _where(self, taken: list[TracebackType], in_app: bool) -> str:
        """Name the innermost frame of the host, of the first exception that has one."""
        for step in reversed(taken):
            if not in_app or self.is_in_app(step.tb_frame):
                code = step.tb_frame.f_code
                return f"{self._shown(code.co_filename)}:{step.tb_lineno} in {code.co_qualname}"
        return ""

    def _shown(self, file: str) -> str:
        inside = file.startswith(self._root)
        shown = file[len(self._root) :] if inside else "/".join(Path(file).parts[-2:])
        return shown.replace("\\", "/").lstrip("/")


def _name(frame: FrameType) -> str:
    return f"{frame.f_globals.get('__name__')} {frame.f_code.co_qualname}"


def _details(error: BaseException) -> Iterator[str]:
    """Return what distinguishes errors of one type: an HTTP status, an errno."""
    if isinstance(error, OSError) and error.errno is not None:
        yield f"errno {error.errno}"
    if any(kind.__name__ == "HTTPException" for kind in type(error).__mro__):
        yield f"http {getattr(error, 'status', None)} {getattr(error, 'code', None)}"


def _identity(parts: list[str], kind: str, where: str) -> Identity:
    text = "\n".join([VERSION, *parts])
    fingerprint = hashlib.sha256(text.encode(errors="replace")).hexdigest()
    return Identity(fingerprint, cut(kind, RAW_MAX), cut(where, RAW_MAX))


def _library_folders() -> tuple[str, ...]:
    paths = {*sysconfig.get_paths().values(), site.getusersitepackages()}
    paths.discard(sysconfig.get_path("data"))  # the root of an installation may hold the bot
    paths.discard(sysconfig.get_path("scripts"))
    return tuple(sorted(path.replace("\\", "/") for path in paths))
