"""Published and the stall that is going on → FrameAnswer: what stands around every page."""

from __future__ import annotations

from services.debugcog.answers.incidents import IncidentLine, incident_lines
from services.debugcog.answers.published import Published
from services.debugcog.answers.sources import Sources
from services.debugcog.frozen import frozen
from services.debugcog.stalls.stall import Stall
from services.debugcog.version import __version__


@frozen
class StallNow:
    """A stall of the event loop that is going on; its texts are redacted.

    Attributes:
        seconds: since when.
        stack: of what blocks, innermost call first; empty when nobody was seen.
        function: of the host, that blocks; empty when nobody was seen.
        place: its file and line.
        thread: that it runs in, when that is another one than the loop's.
        hint: what it does, and what to do instead; empty when that is not known.
    """

    seconds: float
    stack: str
    function: str
    place: str
    thread: str
    hint: str


@frozen
class FrameAnswer:
    """How the bot is, and how old that news is.

    Attributes:
        name: of the bot; empty before its login.
        version: of the cog.
        release: of the host; empty where it is not told.
        taken_at: unix seconds at which the bot's thread published.
        age: seconds since then.
        stall: None while the loop runs.
        gateway_down: seconds without a connection, of the shard that has none for longest; None
            while all are connected.
        alerts: the open incidents, the worst first.
        troubles: what keeps alerts from being made or kept, in sentences with `code` in them.
    """

    name: str
    version: str
    release: str
    taken_at: float
    age: float
    stall: StallNow | None
    gateway_down: float | None
    alerts: tuple[IncidentLine, ...]
    troubles: tuple[str, ...]


def frame(sources: Sources, published: Published) -> FrameAnswer:
    """Answer from what was published last, and from the watch on the event loop."""
    down = [one.down_seconds for one in published.shards if one.down_seconds is not None]
    return FrameAnswer(
        name=published.name,
        version=__version__,
        release=sources.release,
        taken_at=published.taken_at,
        age=max(0.0, sources.monotonic() - published.heartbeat),
        stall=_stall(sources.stalled()),
        gateway_down=max(down, default=None),
        alerts=incident_lines(published.incidents, sources.clock(), published.people),
        troubles=published.troubles,
    )


def _stall(stall: Stall | None) -> StallNow | None:
    if stall is None:
        return None
    return StallNow(
        stall.seconds, stall.stack, stall.function, stall.place, stall.thread, stall.hint
    )
