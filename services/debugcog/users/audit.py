"""Conversation that somebody opens → a line of the audit log, once a minute."""

from __future__ import annotations

import time
from collections.abc import Callable

from services.debugcog.audit import OnceAMinute, audit


class ConversationAudit:
    """Notes who reads what users wrote; a conversation is read a page at a time.

    Args:
        clock: seconds, from any start.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._noted = OnceAMinute(clock)

    def note(self, reader: str, user_id: str, conversation_id: str) -> None:
        """Write the line, unless there is one since less than a minute.

        Args:
            reader: who it is, such as ``user_id=7`` or ``the token``.
            user_id: whose conversation it is.
            conversation_id: the host's own.
        """
        if self._noted.is_news((reader, user_id, conversation_id)):
            text = "use: dashboard, conversation %s of %s (%s)"
            audit(text, conversation_id, user_id, reader)
