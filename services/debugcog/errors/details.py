"""Sample (exception or log record, taken down) → ErrorEvent: redacted, bounded in size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from services.debugcog.errors import records
from services.debugcog.errors import text as errors_text
from services.debugcog.errors.error_buffer import Line, Sample
from services.debugcog.errors.identity import Identity
from services.debugcog.exceptions import storable, type_name
from services.debugcog.guard import attempt, is_hosts, own_logger
from services.debugcog.redaction import REDACTED

if TYPE_CHECKING:
    from services.debugcog.errors.records import Context, ErrorEvent

UNREADABLE = "[log line that cannot be read]"
MESSAGE_MAX = 1_000
NAME_MAX = 200
TRACEBACK_MAX = 512_000 // 4
"""A character has up to four bytes, and the file of a traceback at most 512 kB."""

logger = own_logger("debugcog.errors")


class Details:
    """Writes events; used by one thread.

    Args:
        redact: removes secrets from a text.
        release: version of the host, as a tag.
    """

    def __init__(self, redact: Callable[[str], str], release: str) -> None:
        self._redact = redact
        self._release = release

    def event(self, sample: Sample) -> ErrorEvent:
        """Write the event of a sample; a part that fails is left out."""
        identity = self.identity(sample.identity)
        return records.ErrorEvent(
            id=sample.id,
            at=sample.at,
            type=identity.type,
            message=self._safe(self._message, sample),
            traceback=self._safe(self._traceback, sample),
            where=identity.where,
            fingerprint=identity.fingerprint,
            context=self._context(sample.context),
            release=self._release,
            breadcrumbs=self.lines([Line(crumb, sample.hide) for crumb in sample.crumbs]),
        )

    def lines(self, lines: Sequence[Line]) -> tuple[str, ...]:
        """Format log lines without secrets and without what users wrote."""
        return tuple(attempt(partial(self._line, one), UNREADABLE) for one in lines)

    def identity(self, identity: Identity) -> Identity:
        """Redact and shorten the names of a kind, so that they can be stored and shown."""
        return replace(identity, type=self._name(identity.type), where=self._name(identity.where))

    def _line(self, line: Line) -> str:
        return storable(line.crumb.text(lambda text: self._redact(line.hide(text))))

    def _name(self, name: str) -> str:
        """Redact the name of a logger, file or function, then shorten it."""
        return " ".join(storable(self._redact(name)).split())[:NAME_MAX]

    def _context(self, context: Context) -> Context:
        command, cog = self._name(context.command), self._name(context.cog)
        logger, guild = self._name(context.logger), self._name(context.guild)
        return replace(context, command=command, cog=cog, logger=logger, guild=guild)

    def _safe(self, part: Callable[[Sample], str], sample: Sample) -> str:
        try:
            return part(sample)
        except BaseException as error:
            if not is_hosts(error):
                raise
            logger.warning("Error detail left out: %s", type_name(type(error)))
            return REDACTED

    def _message(self, sample: Sample) -> str:
        return storable(_clipped(self._redact(sample.message), MESSAGE_MAX))

    def _traceback(self, sample: Sample) -> str:
        """Redact the whole text at once: what surrounds a secret in a source line shows it."""
        text = sample.stack if sample.raised is None else errors_text.traceback_text(sample.raised)
        return storable(_clipped(self._redact(text), TRACEBACK_MAX))


def _clipped(text: str, limit: int) -> str:
    """Cut the middle out of a text, so that its end stays."""
    if len(text) <= limit:
        return text
    half = limit // 2 - 10
    return f"{text[:half]}\n[…]\n{text[-half:]}"
