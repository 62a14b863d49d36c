"""What a process's stock of leftovers holds, and what it leaves to others."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator

from tests.hosts.bots.leftovers import changes, leftovers

PARENT = "read go; sleep 60 & echo started; wait"


@contextlib.contextmanager
def started() -> Iterator[subprocess.Popen[bytes]]:
    """Run a program that starts another one as soon as it reads a line."""
    command, pipe = ["sh", "-c", PARENT], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, start_new_session=True) as parent:
        try:
            yield parent
        finally:
            os.killpg(parent.pid, signal.SIGKILL)


async def test_a_started_process_is_a_change_and_what_it_starts_itself_later_is_none() -> None:
    nothing = leftovers()
    with started() as parent:
        assert parent.stdin
        assert parent.stdout
        before = leftovers()
        parent.stdin.write(b"go\n")
        parent.stdin.flush()
        assert parent.stdout.readline() == b"started\n"
        assert changes(before, leftovers()) == []
    [found] = (each for each in changes(nothing, before) if each.startswith("process:"))
    assert str(parent.pid) in found.partition("is")[2]
    assert changes(nothing, leftovers()) == []
