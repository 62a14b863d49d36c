"""Main program of the chart process: framed specs on stdin → framed PNGs on stdout.

The bot starts it with ``python -P …/program.py SECONDS``. It never imports the host's main
module, nor anything beside it that the host has put into the same folder. It ends when its stdin
does, so it does not outlive a bot that was killed.
"""

from __future__ import annotations

import faulthandler
import functools
import os
import signal
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

HEADER = struct.Struct(">cI")  # the kind of a frame, and the bytes that follow
CHART, PICTURE, FAULT = b"C", b"P", b"F"
NICENESS = 10


def serve(
    requests: BinaryIO, answers: BinaryIO, draw: Callable[[bytes], bytes], seconds: float
) -> None:
    """Answer every request with a picture, or with what went wrong, until the input ends.

    Args:
        requests: frames of kind CHART.
        answers: frames of kind PICTURE or FAULT.
        draw: makes a picture of a request's body.
        seconds: the process ends by itself if it waits or draws for longer, even in C code.
    """
    while True:
        faulthandler.dump_traceback_later(seconds, exit=True)
        header = requests.read(HEADER.size)
        if len(header) < HEADER.size:
            break
        body = requests.read(HEADER.unpack(header)[1])
        try:
            kind, answer = PICTURE, draw(body)
        except Exception as error:  # noqa: BLE001 - one bad chart must not cost the next one
            kind, answer = FAULT, f"{type(error).__name__}: {error}"[:500].encode()
        answers.write(HEADER.pack(kind, len(answer)) + answer)
        answers.flush()
    faulthandler.cancel_dump_traceback_later()


@functools.cache
def painter() -> Callable[[bytes], bytes]:
    """Import matplotlib and return the function that draws an encoded spec."""
    from services.debugcog.charting.painter import Painter
    from services.debugcog.charting.picture_spec import decode

    draw = Painter().draw
    return lambda document: draw(decode(document))


def main() -> None:
    """Run the program on the process's own stdin and stdout."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the bot, which ends us
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    _find_own_package()
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # whatever a library prints must not come between the answers
        serve(sys.stdin.buffer, answers, lambda document: painter()(document), float(sys.argv[1]))


def _find_own_package() -> None:
    """Make ``services.debugcog`` our folder alone: a host's ``services/__init__.py`` is not run."""
    for name, path in (("services", []), ("services.debugcog", [str(Path(__file__).parents[1])])):
        package = ModuleType(name)
        package.__path__ = path
        sys.modules[name] = package


if __name__ == "__main__":
    main()
