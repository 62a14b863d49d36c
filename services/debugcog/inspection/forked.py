"""Function → what it returns in a forked child, which sees the process as it was at that moment.

What would hold the interpreter's lock for seconds here holds nobody up there: the bot only waits
for the fork. The child takes no lock that it does not make itself, logs nothing, imports nothing,
and ends by ``os._exit``.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator

from services.debugcog.frozen import frozen

SECONDS = 30.0
POLL_SECONDS = 0.05
NICE = 10
FILES_MAX = 65_536
BYTES_MAX = 8 * 1024 * 1024
FIRST_TO_GO = b"1000"
"""Of a process whose memory the kernel takes first, should there be too little."""
UNAVAILABLE = (
    "This needs `fork`, which Windows does not have and which is not safe on macOS "
    "in a process with threads."
)


class ChildError(Exception):
    """The child gave no answer; the text says why."""


@frozen
class Returned:
    """What a child has returned.

    Attributes:
        data: of the function.
        paused: seconds for which the fork held up the whole process.
    """

    data: bytes
    paused: float


def is_available() -> bool:
    """Tell whether this system can fork a process with threads."""
    return hasattr(os, "fork") and sys.platform != "darwin"


def in_child(
    work: Callable[[], bytes], seconds: float = SECONDS, unwanted: threading.Event | None = None
) -> Returned:
    """Run a function in a child; it waits, so call it in a thread.

    Args:
        work: must take no lock and import nothing; it may return 8 MiB.
        seconds: after which the child is killed.
        unwanted: once it is set, the child is killed too.

    Raises:
        ChildError: it did not return in time, or failed, or none could be made.
    """
    if not is_available():
        raise ChildError(UNAVAILABLE)
    with _refusals():
        reading, writing = os.pipe()
    start = time.perf_counter()
    try:
        with _refusals():
            child = _fork()
    except ChildError:
        os.close(reading)
        os.close(writing)
        raise
    if not child:
        _be_the_child(work, writing, seconds)
    paused = time.perf_counter() - start
    os.close(writing)
    try:
        data = _read(reading, child, start + seconds, unwanted or threading.Event())
        return Returned(data, paused)
    finally:
        os.close(reading)


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """Turn what the system refuses into the error that says so: too many files or processes."""
    try:
        yield
    except OSError as error:
        raise ChildError(f"No child could be forked: {error.strerror}.") from error


def _fork() -> int:
    with warnings.catch_warnings():  # from Python 3.12 on, of a fork with threads
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _read(reading: int, child: int, deadline: float, unwanted: threading.Event) -> bytes:
    """Read until the child ends, kill it where that is not waited for, and reap it."""
    data, trouble = _received(reading, deadline, unwanted)
    status = 0
    if trouble:
        with contextlib.suppress(OSError):
            os.kill(child, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):  # a host that waits for all children was first
        _, status = os.waitpid(child, 0)
    if trouble:
        raise ChildError(trouble)
    if status or not data:
        raise ChildError("It was ended before it was done, perhaps for want of memory.")
    return data


def _received(reading: int, deadline: float, unwanted: threading.Event) -> tuple[bytes, str]:
    """Read until the end of the pipe; also say why not until then."""
    poll, data = select.poll(), bytearray()
    poll.register(reading, select.POLLIN)
    while len(data) <= BYTES_MAX:
        if unwanted.is_set():
            return b"", "The cog was unloaded meanwhile."
        if time.perf_counter() >= deadline:
            return b"", "It took too long and was ended; nothing was counted."
        if poll.poll(POLL_SECONDS * 1000):
            part = os.read(reading, 65_536)
            if not part:
                return bytes(data), ""
            data += part
    return b"", "It wrote too much and was ended."


def _be_the_child(work: Callable[[], bytes], writing: int, seconds: float) -> None:
    """Do the work and write what it returns; never return to the code that forked."""
    status = 1
    try:
        gc.disable()  # it would write to all objects, and so copy the memory
        _let_go(writing, seconds)
        data = memoryview(work())
        while data:
            data = data[os.write(writing, data) :]
        status = 0
    finally:
        os._exit(status)


def _let_go(writing: int, seconds: float) -> None:
    """Give up what is the parent's, and be the first to be ended."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.alarm(int(seconds) + 1)
    os.closerange(3, writing)
    os.closerange(writing + 1, FILES_MAX)
    os.nice(NICE)
    with contextlib.suppress(OSError):  # Linux's
        file = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        os.write(file, FIRST_TO_GO)
        os.close(file)
