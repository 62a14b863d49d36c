"""Thread that looks at the event loop's stack when a heartbeat is overdue; it keeps the stalls."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from types import CodeType, FrameType
from typing import TYPE_CHECKING

from services.debugcog.periodic import PeriodicThread
from services.debugcog.stalls import blame as stalls_blame
from services.debugcog.stalls import stacks as stalls_stacks
from services.debugcog.stalls import thread_times as stalls_thread_times
from services.debugcog.stalls.hold_timer import HoldTimer
from services.debugcog.stalls.stall_log import StallLog
from services.debugcog.ticker import Beat

if TYPE_CHECKING:
    from services.debugcog.stalls.blame import Blame, Gap, Sample
    from services.debugcog.stalls.stacks import Call
    from services.debugcog.stalls.stall import Stall, StallSummary

OVERDUE = 0.2
"""Seconds from when a heartbeat is due until the loop is looked at."""
BESIDE = 0.01
"""Seconds that a look comes after a heartbeat is due: the processor's caches are still warm."""
HELD = 0.15
"""Seconds that the next look may be late until the kernel's timer interrupts."""
AGE_SHARE = 0.05
"""Of a stall's age, the time between two looks, so that a long one takes few."""
SAMPLES_MAX = 1_000
BUSY_SECONDS = 60.0
"""For which is told how much the loop's thread computes."""
STILL_SECONDS = 10.0
"""A stall that goes on for so long is told in the log before it ends, and written down."""
BEAT = Beat._call.__code__  # noqa: SLF001 - what the loop calls for a heartbeat
AGAIN = 1.25
"""Times the age at which it was written down last, until it is written down again."""


class StallWatch:
    """Sees stalls of one event loop.

    A heartbeat on the loop says that it runs. When one is overdue, a thread takes the stack of the
    loop's thread, four times a second. It cannot while C code holds the interpreter's lock;
    ``HoldTimer`` has that stack taken as soon as the code returns.

    Args:
        stalls: keeps what is found.
        blame: makes a stall of what was seen.
        clock: monotonic seconds.
        still: gets a stall that goes on, the process may die of it; on the watch's thread.
        ended: called when the watch has ended.
        is_over: returns whether the loop is closed: nothing beats then, and nothing is blocked.
    """

    def __init__(
        self,
        stalls: StallLog,
        blame: Blame,
        clock: Callable[[], float] = time.perf_counter,
        still: Callable[[Stall], None] = lambda stall: None,
        ended: Callable[[], None] = lambda: None,
        is_over: Callable[[], bool] = lambda: False,
    ) -> None:
        self._stalls = stalls
        self._blame = blame
        self._clock = clock
        self._interval = blame.interval
        self._loop_thread = 0
        self._watching = False
        self._beat = (0.0, 0.0)
        self._below: tuple[CodeType, ...] = ()
        self._next_look = 0.0
        self._thread_times: dict[int, float] = {}
        self._wait = self._interval
        self._still = still
        self._ended = ended
        self._is_over = is_over
        self._told = 0.0
        self._still_again = 0.0
        self._samples = deque[stalls_blame.Sample](maxlen=SAMPLES_MAX)
        self._gaps = deque[stalls_blame.Gap](maxlen=SAMPLES_MAX)
        self._busy = deque[tuple[float, float]](maxlen=round(BUSY_SECONDS / self._interval) + 1)
        self._settling = threading.Lock()
        self._timer = HoldTimer(self._held)
        self._thread = PeriodicThread("debugcog-stalls", self._look, self._interval)

    def start(self) -> None:
        """Begin; on the loop's thread, whose heartbeats follow."""
        self._loop_thread = threading.get_ident()
        self._beat = (self._clock(), time.process_time())
        self._next_look = self._beat[0] + self._interval
        self._watching = True
        self._timer.open()
        self._thread.start()

    def beat(self) -> None:
        """Note that the loop runs, and from where (about 3 µs)."""
        before, now = self._beat, (self._clock(), time.process_time())
        self._beat = now
        self._below = stalls_stacks.below_callback(sys._getframe(), BEAT)  # noqa: SLF001 - documented
        self._busy.append((now[0], time.thread_time()))
        if now[0] - before[0] >= 2 * self._interval:
            samples = tuple(one for one in tuple(self._samples) if one.beat == before[0])
            self._gaps.append(self._gap(before, now, samples))
            self._thread.wake()
        self._samples.clear()

    def summary(self, window: float) -> StallSummary:
        """Sum up the stalls of the last ``window`` seconds, with one that ended just now."""
        self._settle()
        return self._stalls.summary(window)

    def stalls(self, window: float) -> tuple[Stall, ...]:
        """List the stalls of the last ``window`` seconds, the newest last."""
        self._settle()
        return self._stalls.stalls(window)

    @property
    def sees_c_code(self) -> bool:
        """Tell whether code is named that holds the interpreter's lock without a break."""
        return self._timer.is_open

    @property
    def busy(self) -> float | None:
        """Return the share of the last minute in which the loop's thread computed, in percent."""
        beats = tuple(self._busy)
        if len(beats) < 2:
            return None
        (began, cpu_began), (ended, cpu_ended) = beats[0], beats[-1]
        return 100 * (cpu_ended - cpu_began) / (ended - began) if ended > began else None

    def ongoing(self) -> Stall | None:
        """Tell of the stall that goes on now, from any thread; None while the loop runs."""
        began, now = self._beat, self._clock()
        if not self._watching or now - began[0] < self._interval + OVERDUE:
            return None
        return self._until_now(began, now)

    def release(self) -> None:
        """Give the timer's signal back; on the loop's thread, which may be the main one."""
        self._watching = False
        self._timer.close()

    def close(self) -> None:
        """End the thread; it may take a moment."""
        self._timer.disarm()
        self._thread.stop()
        self._ended()

    def _look(self) -> float:
        """Look at the loop, and return the wait until the next time."""
        if self._is_over():
            self._watching = False
            self._timer.disarm()
            self._settle()
            return math.inf
        now, (beat, _) = self._clock(), self._beat
        due = beat + self._interval + OVERDUE - now
        if due > 0:
            if self._gaps:
                self._settle()
            self._stalls.settle()
        else:
            self._sample(late=now - self._next_look)
            self._tell_still(beat, now)
        wait = self._pause(due)
        self._wait, self._next_look = wait, now + wait
        self._thread_times = stalls_thread_times.thread_times()
        self._timer.arm(wait + HELD)
        return wait

    def _pause(self, due: float) -> float:
        """Return the wait until the next look.

        Args:
            due: seconds until the loop is overdue, unless a heartbeat comes before that.
        """
        if due <= 0:
            return max(self._interval, AGE_SHARE * -due)
        beside = due - OVERDUE + BESIDE
        return beside if beside > 0 else due

    def _sample(self, late: float) -> None:
        """Keep what the loop does; if it waits, and nobody had a turn, what another thread does.

        Args:
            late: seconds by which this look came too late.
        """
        beat, _ = self._beat
        frames = sys._current_frames()  # noqa: SLF001 - documented, for this very purpose
        calls, thread = stalls_stacks.calls_in_loop(frames.get(self._loop_thread), self._below), ""
        if late > HELD and stalls_stacks.waits(calls):
            calls, thread = self._holder(frames, late) or (calls, thread)
        self._samples.append(self._seen(beat, calls, thread))

    def _held(self, frame: FrameType | None) -> None:
        """Keep what the main thread does; in a handler of signals, so without any lock."""
        beat, _ = self._beat
        calls = stalls_stacks.calls_in_loop(frame, self._below)
        if not stalls_stacks.waits(calls):
            self._samples.append(self._seen(beat, calls))

    def _seen(self, beat: float, calls: tuple[Call, ...], thread: str = "") -> Sample:
        return stalls_blame.Sample(
            beat, self._clock(), time.process_time(), self._wait, calls, thread
        )

    def _holder(
        self, frames: dict[int, FrameType], late: float
    ) -> tuple[tuple[Call, ...], str] | None:
        """Find the one other thread that computes in code of the host's, and its name.

        A thread that waits in ``os.read`` or ``time.sleep`` has the same stack as one that holds
        the interpreter there: what it has computed since the last look tells them apart.
        """
        names = {one.ident: one.name for one in threading.enumerate()}
        before, times = self._thread_times, stalls_thread_times.thread_times()
        others = frames.keys() - {self._loop_thread, threading.get_ident()}
        if times:
            least = stalls_blame.COMPUTING_SHARE * late
            others = {one for one in others if times.get(one, 0) - before.get(one, 0) >= least}
        stacks = {ident: stalls_stacks.calls_of(frames[ident]) for ident in others}
        running = [ident for ident in others if self._runs_host(stacks[ident])]
        if len(running) != 1:
            return None
        return stacks[running[0]], names.get(running[0]) or str(running[0])

    def _runs_host(self, calls: tuple[Call, ...]) -> bool:
        return not stalls_stacks.waits(calls) and self._blame.runs_host(calls)

    def _settle(self) -> None:
        """Make stalls of the gaps that have ended; here or in a query, whoever is first."""
        with self._settling:
            while self._gaps:
                stall = self._blame.stall(self._gaps.popleft())
                if stall is not None:
                    self._stalls.add(stall)

    def _tell_still(self, beat: float, now: float) -> None:
        is_told = self._told == beat
        if now - beat < (self._still_again if is_told else STILL_SECONDS):
            return
        self._told, self._still_again = beat, (now - beat) * AGAIN
        stall = self._until_now(self._beat, now)
        if stall is not None:
            self._still(stall)
            if not is_told:
                self._stalls.still(stall)

    def _until_now(self, began: tuple[float, float], now: float) -> Stall | None:
        """Make the stall since a heartbeat, as far as it has come."""
        samples = tuple(one for one in tuple(self._samples) if one.beat == began[0])
        return self._blame.stall(self._gap(began, (now, time.process_time()), samples))

    def _gap(
        self,
        began: tuple[float, float],
        ended: tuple[float, float],
        samples: tuple[Sample, ...],
    ) -> Gap:
        unix = time.time() - (ended[0] - began[0])
        return stalls_blame.Gap(began[0], ended[0], began[1], ended[1], unix, self._wait, samples)
