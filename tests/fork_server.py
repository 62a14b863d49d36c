"""Requests on a Unix socket → for each, a fork of this process that runs the program it names.

The process has imported the modules that it was started with, which takes longer than most of the
programs do. It runs no thread and is started with ``-S``, so that a fork is as a new interpreter
that has imported them. Its stdin is the socket, and it ends when a pipe does.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import select
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import ModuleType

REQUEST_MAX = 1 << 18


def serve(listener: socket.socket, pipe: int) -> Callable[[], object]:
    """Fork for each request, until the pipe ends; return, in each process, what it has to run."""
    while pipe not in select.select([listener.fileno(), pipe], [], [])[0]:
        connection = listener.accept()[0]
        if not os.fork():
            listener.detach()  # its descriptor becomes the program's stdin
            return watch(connection)
        connection.close()
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
    return lambda: None


def watch(connection: socket.socket) -> Callable[[], object]:
    """Fork the program; report its id and in the end its status. Return, in it, what it runs."""
    request, standard, _, _ = socket.recv_fds(connection, REQUEST_MAX, 3)
    child = os.fork()
    if not child:
        connection.close()
        for number, descriptor in enumerate(standard):
            os.dup2(descriptor, number)
            os.close(descriptor)
        return program(**json.loads(request))
    for descriptor in (*standard, 0):
        os.close(descriptor)
    with suppress(OSError):  # where nobody wants to know it any more
        connection.send(b"%d" % child)
        connection.send(b"%d" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    os._exit(0)


def program(arguments: list[str], folder: str, environ: dict[str, str]) -> Callable[[], object]:
    """Become as ``python -S`` with these arguments is; return what runs them.

    Args:
        arguments: ``-P`` and a file, a file, ``-c`` and a source, or ``-m`` and a module; then
            those of the program.
        folder: where it runs.
        environ: its whole environment; ``PYTHONPATH`` counts as at the start of an interpreter.
    """
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    library = [entry for entry in sys.path[1:] if entry not in GIVEN]
    given = [entry for entry in environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    first, *rest = arguments
    if first == "-m":
        sys.path[:], sys.argv = [folder, *given, *library], rest
        return partial(runpy.run_module, rest[0], run_name="__main__", alter_sys=True)
    main = sys.modules["__main__"] = ModuleType("__main__")
    if first == "-c":
        sys.path[:], sys.argv = ["", *given, *library], ["-c", *rest[1:]]
        return partial(exec, compile(rest[0], "<string>", "exec"), vars(main))
    sys.argv = rest if first == "-P" else arguments
    path = Path(folder, sys.argv[0])
    own = [] if first == "-P" else [str(path.parent)]
    sys.path[:] = [*own, *given, *library]
    main.__file__ = str(path)
    return partial(exec, compile(path.read_bytes(), str(path), "exec"), vars(main))


GIVEN = os.environ.get("PYTHONPATH", "").split(os.pathsep)

if __name__ == "__main__":
    for name in sys.argv[2:]:
        importlib.import_module(name)
    serve(socket.socket(fileno=0), int(sys.argv[1]))()
