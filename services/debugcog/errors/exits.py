"""Ends of the process without an unload of the cog → one line each, written before it is gone.

``os._exit`` ends a process on the spot, ``os.execv`` puts another program in its place, as bots do
that restart themselves, and a program may just end. The next start could not tell any of these
from a kill.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Callable
from pathlib import PurePath
from types import FrameType
from typing import Any

from services.debugcog.errors.patch import Function, Patch
from services.debugcog.exceptions import brief
from services.debugcog.process.termination import Termination

HANGUP: signal.Signals | None = getattr(signal, "SIGHUP", None)
"""Windows has none."""
WHY_MAX = 8_000
"""Characters of an exception's text: what is noted is redacted before it is cut."""
EXITS = ("_exit", "execv", "execve")


class ExitNotes:
    """Notes how the process ends.

    Args:
        note: writes a text at once; an empty one takes the last one back.
    """

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._patches = [Patch(os, name, self._noting(name)) for name in EXITS]
        self._hangup = Termination(
            lambda: note("SIGHUP: the terminal that it was started in was closed"), HANGUP
        )

    def install(self) -> None:
        """Begin; on the main thread, if the signal is to be noted."""
        for patch in self._patches:
            patch.install()
        atexit.register(self._at_exit)
        self._hangup.install()

    def uninstall(self) -> None:
        """Note nothing more."""
        self._hangup.uninstall()
        atexit.unregister(self._at_exit)
        for patch in self._patches:
            patch.remove()

    def _noting(self, name: str) -> Callable[[Function], Function]:
        def wrap(below: Function) -> Function:
            def function(*args: Any, **kwargs: Any) -> Any:
                status = f"({args[0]})" if name == "_exit" and args else ""
                self._note(f"os.{name}{status}{_caller(sys._getframe(1))}")  # noqa: SLF001 - documented
                try:
                    return below(*args, **kwargs)
                except BaseException:
                    self._note("")  # there is no such program: this one goes on
                    raise

            return function

        return wrap

    def _at_exit(self) -> None:
        error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
        why = (
            f", by {brief(error, WHY_MAX)}"
            if error is not None
            else " (sys.exit, or its last line)"
        )
        self._note(f"the program ended without unloading DebugCog{why}")


def _caller(frame: FrameType | None) -> str:
    """Name the function that called, behind our own frames and those of ``os.execl``."""
    ours = {one.__code__.co_filename for one in (_caller, Patch.install)}
    ours.add(os.execl.__code__.co_filename)
    while frame is not None and frame.f_code.co_filename in ours:
        frame = frame.f_back
    if frame is None:
        return ""
    code = frame.f_code
    return f" in {code.co_qualname} ({PurePath(code.co_filename).name}:{frame.f_lineno})"
