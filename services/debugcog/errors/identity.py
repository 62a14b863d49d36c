"""Identity: what distinguishes one fault from another."""

from __future__ import annotations

from services.debugcog.frozen import frozen


@frozen
class Identity:
    """A fault.

    Attributes:
        fingerprint: 64 hex digits.
        type: ``module.QualName`` of the exception, or level and logger of a log record; raw.
        where: innermost frame of the host: ``services/tts.py:45 in generate``; raw.
        former: the fingerprint v1, under which its group may be stored.
        earlier: the fingerprint v2 that it had while all that was handled when an exception was
            raised counted, likewise; empty where that makes no difference.
    """

    fingerprint: str
    type: str
    where: str
    former: str = ""
    earlier: str = ""
