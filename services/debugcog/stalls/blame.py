"""Gap between two heartbeats and the stacks seen in it → Stall, or None where there was none. Pure.

A stack that was seen stands for the time since the one before it: while C code holds the
interpreter no thread runs, and the first that runs again sees the call that has just returned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from services.debugcog.frozen import frozen
from services.debugcog.host_files import HostFiles
from services.debugcog.stalls import hints
from services.debugcog.stalls.stacks import Call, Callback, stack_text
from services.debugcog.stalls.stall import Stall

SHORTEST = 0.25
"""Seconds of lag from which on it is a stall: one of twice that always has so much."""
UNSEEN = 0.5
"""Seconds of lag from which on it is one even if nobody was seen in it."""
PATIENCE = 0.5
"""Seconds that the next look may be late on a busy machine."""
CPU_SHARE = 0.05
"""Of a longer time, the part that code holding the interpreter computes, at the very least."""
COMPUTING_SHARE = 0.1
"""Of a stall, the part from which on it computed, on a busy machine too."""
WRITTEN, GENERATED, UNKNOWN, LIBRARYS = range(4)
"""Ranks: code in a file of the host's, made in a module of its, made nobody knows where, other."""
STACK_MAX = 1_500
STACK_CALLS_MAX = 25
NAME_MAX = 200


@frozen
class Sample:
    """What was seen at one moment.

    Attributes:
        beat: the heartbeat that was the last one then; on the watch's clock, as all times here.
        at: when.
        cpu: seconds that the process had computed by then.
        wait: seconds after the last look in which the next one was due.
        calls: inside the loop, innermost first; empty when the loop was waiting.
        thread: whose calls they are, where it is not the loop's.
    """

    beat: float
    at: float
    cpu: float
    wait: float
    calls: tuple[Call, ...] = ()
    thread: str = ""


@frozen
class Gap:
    """The time between two heartbeats that were too far apart.

    Attributes:
        began, ended: the heartbeats.
        cpu_began, cpu_ended: seconds that the process had computed by then.
        unix: unix seconds at its beginning.
        wait: seconds after the last sample in which the next one was due.
        samples: what was seen in between, in order.
    """

    began: float
    ended: float
    cpu_began: float
    cpu_ended: float
    unix: float
    wait: float
    samples: tuple[Sample, ...]


@frozen
class Blame:
    """Makes stalls.

    Attributes:
        host: knows the host's code.
        redact: hides secrets in texts.
        interval: seconds between two heartbeats.
    """

    host: HostFiles
    redact: Callable[[str], str]
    interval: float

    def stall(self, gap: Gap) -> Stall | None:
        """Make the stall of a gap; None when the process, not the loop, stood still."""
        spans = tuple(_spans(gap))
        seconds = sum(length for length, _ in spans) - self.interval
        if seconds < SHORTEST:
            return None
        computing = gap.cpu_ended - gap.cpu_began >= COMPUTING_SHARE * seconds
        weights: dict[tuple[str, str] | None, float] = {}
        for length, sample in spans:
            who = self._who(sample)
            weights[who] = weights.get(who, 0.0) + length
        guilty = max(weights, key=lambda who: weights[who])
        if guilty is None:  # a busy machine, unless somebody computed who was not seen
            return Stall(gap.unix, seconds) if computing and seconds >= UNSEEN else None
        _, sample = max(
            (span for span in spans if self._who(span[1]) == guilty), key=lambda span: span[0]
        )
        assert sample is not None
        return self._named(gap.unix, seconds, sample, computing)

    def runs_host(self, calls: tuple[Call, ...]) -> bool:
        """Return whether code is among these calls that is known to be the host's."""
        return any(self._rank(call) <= GENERATED for call in calls)

    def _who(self, sample: Sample | None) -> tuple[str, str] | None:
        if sample is None or not sample.calls:
            return None
        call = sample.calls[self._depth(sample.calls)]
        return call.file, call.function

    def _depth(self, calls: tuple[Call, ...]) -> int:
        """Find the innermost call of those that are the host's most surely."""
        best, found = 0, LIBRARYS
        for depth, call in enumerate(calls):
            rank = self._rank(call)
            if rank < found:
                best, found = depth, rank
            if rank == WRITTEN:
                break
        return best

    def _rank(self, call: Call) -> int:
        """Rank a call: generated code says less than the file from which it was called."""
        if not self.host.is_file_in_app(call.home):
            return LIBRARYS
        if call.module:
            return GENERATED
        return UNKNOWN if call.file.startswith("<") else WRITTEN

    def _named(self, began: float, seconds: float, sample: Sample, computing: bool) -> Stall:
        depth = self._depth(sample.calls)
        call, top = sample.calls[depth], sample.calls[:STACK_CALLS_MAX]
        if type(call) is Callback and not call.is_known:
            return Stall(began, seconds)
        shown = [self.host.shown(one.file) for one in top]
        return Stall(
            began=began,
            seconds=seconds,
            function=self._text(call.function, NAME_MAX),
            file=self._text(self.host.shown(call.file), NAME_MAX),
            line=call.line,
            hint=self._hint(sample.calls[: depth + 1], computing),
            stack=self._text(stack_text(top, shown), STACK_MAX),
            thread=self._text(sample.thread, NAME_MAX),
        )

    def _hint(self, calls: tuple[Call, ...], computing: bool) -> str:
        """Return the hint for calls up to the host's; none for what this project does or awaits."""
        at_work = next((call for call in calls if not call.is_pythons), calls[-1])
        if self.host.is_ours(at_work.file):
            return ""
        theirs = tuple(call for call in calls if not self.host.is_ours(call.file))
        return hints.hint_for(theirs, computing)

    def _text(self, text: str, limit: int) -> str:
        """Redact and shorten; names of files may have characters that cannot be stored."""
        return self.redact(text.encode(errors="replace").decode())[:limit]


def _spans(gap: Gap) -> Iterator[tuple[float, Sample | None]]:
    """Divide a gap at its samples; each span comes with the sample that it stands for.

    A long span in which the process neither computed nor saw anything is left out: the machine was
    suspended, or the process stopped.
    """
    at, cpu, last = gap.began, gap.cpu_began, None
    for sample in gap.samples:
        if _lived(sample.at - at, sample.cpu - cpu, sample.wait):
            yield sample.at - at, sample
        at, cpu, last = sample.at, sample.cpu, sample
    if _lived(gap.ended - at, gap.cpu_ended - cpu, gap.wait):
        yield gap.ended - at, last


def _lived(seconds: float, cpu: float, wait: float) -> bool:
    return seconds < wait + PATIENCE or cpu >= CPU_SHARE * seconds
