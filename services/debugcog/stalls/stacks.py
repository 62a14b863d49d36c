"""Frame of a running thread → its calls inside the event loop, innermost first."""

from __future__ import annotations

import asyncio
import linecache
import opcode
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, takewhile
from pathlib import Path
from types import CodeType, FrameType

from services.debugcog.frozen import frozen
from services.debugcog.host_files import module_file
from services.debugcog.patterns import late_pattern
from services.debugcog.stalls import callbacks
from services.debugcog.whole_parts import path_inside
from services.debugcog.wording import clip_words

CALLS_MAX = 100
"""Calls of one stack that are kept, from the innermost on."""
MORE_MAX = 100
"""Functions of which one call is kept beyond them: below a recursion is who began it."""
DEPTH_MAX = 5_000
"""Calls that are gone through."""
CALLBACKS_MAX = 200
"""Names of callbacks that are remembered."""
SOURCE_MAX = 1_000
LINES_MAX = 20
"""Characters and lines of an expression that are looked at."""

ASYNCIO = Path(asyncio.__file__).parent.as_posix()
STDLIB = Path(linecache.__file__).parent.as_posix()
PACKAGES = ("site-packages", "dist-packages")
LOOP = frozenset({"_run_once", "run_forever", "run_until_complete", "run", "_run"})
"""Functions of asyncio in which the loop calls the host's code."""
LOOP_WAITS = frozenset({f"{STDLIB}/selectors.py", f"{ASYNCIO}/windows_events.py"})
"""Files in which a loop waits for something to do."""
THREAD_WAITS = LOOP_WAITS | {
    f"{STDLIB}/{name}"
    for name in ("threading.py", "queue.py", "socket.py", "ssl.py", "concurrent/futures/thread.py")
}
"""Files in which a thread waits, without holding the interpreter."""
COMPREHENSION = late_pattern(r"(\.<locals>\.<(listcomp|setcomp|dictcomp|genexpr)>)+$")
RESUME = opcode.opmap["RESUME"]


@frozen
class Call:
    """One call of a stack; it holds code, and no object of the host's.

    Attributes:
        code: what runs.
        line: where.
        instruction: where, as an index into the bytecode.
        module: file of its module, where the code was generated and has none of its own.
    """

    code: CodeType
    line: int
    instruction: int
    module: str = ""

    @property
    def file(self) -> str:
        """Return the file as the code names it, with slashes."""
        return self.code.co_filename.replace("\\", "/")

    @property
    def home(self) -> str:
        """Return the file that tells whose code it is."""
        return self.module or self.file

    @property
    def function(self) -> str:
        """Return the qualified name of the function, for a comprehension that of its function."""
        return COMPREHENSION.sub("", self.code.co_qualname)

    @property
    def is_pythons(self) -> bool:
        """Tell whether it is in Python's own library."""
        is_beside = not any(f"/{folder}/" in self.file for folder in PACKAGES)
        return self.file.startswith(("<frozen ", f"{STDLIB}/")) and is_beside

    @property
    def module_parts(self) -> tuple[str, ...]:
        """Split the path of a library's file, from the folder on in which libraries are."""
        parts = tuple(self.file.removeprefix(f"{STDLIB}/").split("/"))
        starts = [number for number, part in enumerate(parts) if part in PACKAGES]
        if starts or parts[0]:
            return parts[starts[-1] + 1 :] if starts else parts
        inside = (path_inside(self.file, each) for each in sys.path if type(each) is str and each)
        found = min(filter(None, inside), key=len, default=parts[-1])
        return tuple(found.split("/"))

    def source(self) -> str:
        """Read the expression that runs, or its lines; empty where there is no source."""
        position = next(islice(self.code.co_positions(), self.instruction // 2, None), None)
        _, end, left, right = position or (None,) * 4
        last = min(end or self.line, self.line + LINES_MAX)
        first = linecache.getline(self.code.co_filename, self.line)
        if last <= self.line:
            line = first.encode(errors="replace")  # columns are bytes of UTF-8
            return clip_words(
                (line[left:right] or line).decode(errors="replace").strip(), SOURCE_MAX
            )
        more = (linecache.getline(self.code.co_filename, n) for n in range(self.line + 1, last + 1))
        return clip_words("".join((first, *more)).strip(), SOURCE_MAX)


@frozen
class Callback(Call):
    """C code that the loop itself has called, by its name, where the loop calls it."""

    def source(self) -> str:
        """Write the call that the loop makes."""
        return f"{self.code.co_qualname}("

    @property
    def is_known(self) -> bool:
        """Tell whether it has a name."""
        return self.code is not callbacks.RUN


def calls_in_loop(frame: FrameType | None, below: Sequence[CodeType] = ()) -> tuple[Call, ...]:
    """List what the loop has called, innermost first; nothing while it waits.

    Below the loop's own frames stands what has started it: ``bot.run()`` is not to blame.

    Args:
        frame: of the loop's thread, the innermost.
        below: what stands below a callback, as ``below_callback`` has found; a loop that is not
            asyncio's own, as uvloop's in C, shows by nothing else what it has called.
    """
    calls = _calls(frame, _outermost_common(frame, below))
    inside = tuple(takewhile(lambda call: not _is_loop(call), calls))
    if not inside:
        return _callback(frame)
    return () if all(call.file in LOOP_WAITS for call in inside) else inside


def below_callback(frame: FrameType | None, callback: CodeType) -> tuple[CodeType, ...]:
    """List what runs below a callback of the loop, outermost first; nothing where it does not run.

    Args:
        frame: inside the callback.
        callback: its code.
    """
    while frame is not None and frame.f_code is not callback:
        frame = frame.f_back
    below = () if frame is None else islice(_outwards(frame.f_back), DEPTH_MAX)
    return tuple(each.f_code for each in below)[::-1]


def calls_of(frame: FrameType | None) -> tuple[Call, ...]:
    """List all calls of a thread, innermost first."""
    return tuple(_calls(frame))


def waits(calls: Sequence[Call]) -> bool:
    """Tell whether a thread waits, as its innermost call shows, so that others can run."""
    return not calls or calls[0].file in THREAD_WAITS


def stack_text(calls: Sequence[Call], shown: Sequence[str]) -> str:
    """Write calls as lines, with the names of their files as they are shown."""
    return "\n".join(
        f"{file}:{call.line} in {call.function}" for call, file in zip(calls, shown, strict=True)
    )


def _calls(frame: FrameType | None, end: FrameType | None = None) -> Iterator[Call]:
    if frame is not None and frame is not end and _has_just_begun(frame):
        frame = frame.f_back
    inner = tuple(islice(_outwards(frame, end), CALLS_MAX))
    yield from map(_call, inner)
    if len(inner) == CALLS_MAX:
        known = {id(each.f_code) for each in inner}  # hashing the code itself takes long
        most = len(known) + MORE_MAX
        for each in islice(_outwards(inner[-1].f_back, end), DEPTH_MAX - CALLS_MAX):
            if id(each.f_code) not in known and len(known) < most:
                known.add(id(each.f_code))
                yield _call(each)


def _callback(frame: FrameType | None) -> tuple[Callback, ...]:
    name = None if frame is None or _has_just_begun(frame) else callbacks.name_of(frame)
    if frame is None or name is None:
        return ()
    return (Callback(_callback_code(name), frame.f_lineno or 0, frame.f_lasti),)


@lru_cache(CALLBACKS_MAX)
def _callback_code(name: str) -> CodeType:
    """Make code that has the name of a callback; it is by its code that a function is known."""
    return callbacks.RUN.replace(co_name=name, co_qualname=name) if name else callbacks.RUN


def _outwards(frame: FrameType | None, end: FrameType | None = None) -> Iterator[FrameType]:
    while frame is not None and frame is not end:
        yield frame
        frame = frame.f_back


def _outermost_common(frame: FrameType | None, below: Sequence[CodeType]) -> FrameType | None:
    """Return the last frame from the outermost on that runs what stands below a callback."""
    frames = list(islice(_outwards(frame), DEPTH_MAX)) if below else []
    pairs = zip(reversed(frames), below, strict=False)
    common = [each for each, _ in takewhile(lambda pair: pair[0].f_code is pair[1], pairs)]
    return common[-1] if common else None


def _call(frame: FrameType) -> Call:
    return Call(frame.f_code, frame.f_lineno or 0, frame.f_lasti, module_file(frame))


def _has_just_begun(frame: FrameType) -> bool:
    """Tell whether a function was entered in this moment: the time was its caller's.

    A thread that held the interpreter gives it up after a call into C, but after an operation like
    ``a ** b`` only when it next calls something.
    """
    here = frame.f_code.co_code[frame.f_lasti : frame.f_lasti + 2]
    return frame.f_back is not None and here == bytes((RESUME, 0))


def _is_loop(call: Call) -> bool:
    folder, _, _ = call.file.rpartition("/")
    return folder == ASYNCIO and call.code.co_name in LOOP
