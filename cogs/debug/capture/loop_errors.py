"""LoopError: the last error of a ``tasks.loop``."""

from __future__ import annotations

from services.debugcog.frozen import frozen


@frozen
class LoopError:
    """The last error of a loop; ``id`` is that of /debug errors."""

    at: float
    type: str
    id: str
