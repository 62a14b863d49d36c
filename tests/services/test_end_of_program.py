"""A program ends in seconds, whatever it records, logs or leaves open; its last values count."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 60.0
"""Much more than it takes: what hangs would hang for ever."""


def run(source: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", source],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


LATE = """
import atexit, logging, sys
from pathlib import Path
from services.debugcog.errors.breadcrumbs import Breadcrumbs
from services.debugcog.errors.error_buffer import ErrorBuffer
from services.debugcog.errors.hooks import RecordHandler
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.logs import setup_logging
from services.debugcog.metrics import MetricsService
from services.debugcog.periodic import PeriodicThread
from services.debugcog.settings import Settings

worker = PeriodicThread("debugcog-test", {}.clear, 0.001)
worker.start()
logs = setup_logging(Settings(log_file_path=Path("bot.log")), console=False)
metrics, fresh = MetricsService(), MetricsService()
metrics.increment("api_calls")
buffer, crumbs = ErrorBuffer(worker.wake), Breadcrumbs()
reporter = ErrorReporter(buffer, crumbs, metrics.increment)
logging.getLogger().addHandler(RecordHandler(reporter, crumbs))


def late(held=(metrics, fresh, logs, reporter, buffer, worker, logging, setup_logging, Settings)):
    metrics, fresh, logs, reporter, buffer, worker, logging, setup_logging, Settings = held
    for one in (metrics, fresh):
        one.increment("errors")
        one.increment("of_its_own", 2, user=7)
        one.record("total_response_time", 12.0)
        one.gauge("length", float)
        with one.timer("command"):
            pass
        one.get_stats()
        one.snapshot()
    logging.getLogger("host").error("late")
    reporter.report(ValueError("late"))
    buffer.take()
    logs.ensure()
    logs.flush()
    worker.flush(60)
    worker.stop(60)
    setup_logging(Settings(log_to_file=False), console=True).close()
    fresh.close()
    logs.close()


class Session:
    def __del__(self, late=late, sys=sys):
        late()
        sys.stdout.write("late\\n")


session = Session()
"""

HELD = """
import atexit, threading

def hold():
    told.wait()
    for lock in (*(metric._lock for metric in metrics._registry), buffer._lock, crumbs.texts._lock):
        lock.acquire()

def end():
    told.set()
    thread.join()

told, thread = threading.Event(), threading.Thread(target=hold, daemon=True)
thread.start()
atexit.register(end)  # it is called after those that are registered below
"""


def test_what_an_object_does_at_its_end_holds_up_nothing(tmp_path: Path) -> None:
    done = run(LATE, tmp_path)
    assert (done.stdout, done.returncode) == ("late\n", 0)
    assert "Traceback" not in done.stderr


def test_no_lock_is_awaited_whose_holder_was_ended(tmp_path: Path) -> None:
    done = run(HELD + LATE, tmp_path)
    assert (done.stdout, done.returncode) == ("late\n", 0)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("end", ["", "raise RuntimeError('end')"])
def test_a_response_time_of_the_last_moment_is_in_the_log(tmp_path: Path, end: str) -> None:
    run(
        f"""
import atexit, logging, sys
atexit.register(lambda: metrics.record("total_response_time", 4.0))  # called last of all
from pathlib import Path
from services.debugcog.logs import setup_logging
from services.debugcog.metrics import MetricsService
from services.debugcog.settings import Settings

setup_logging(Settings(log_file_path=Path("bot.log")), console=False)
metrics, alone = MetricsService(), MetricsService(fold_interval=None)
atexit.register(lambda: metrics.record("total_response_time", 3.0))
alone.record("total_response_time", 1.0)
metrics.record("total_response_time", 2.0)
{end}
""",
        tmp_path,
    )
    lines = (tmp_path / "bot.log").read_text().splitlines()
    found = sorted(line.split()[-1] for line in lines if "total_response_time" in line)
    assert found == ["1.0", "2.0", "3.0", "4.0"]


UNCLOSED = """
import asyncio, os, sys
import aiohttp, discord
from discord.ext import commands

os.environ["DISCORD_TOKEN"] = "x"


async def main():
    bot = commands.Bot("!", intents=discord.Intents.default())
    await bot._async_setup_hook()
    await bot.load_extension("debugcog")
    bot.session = aiohttp.ClientSession()
    bot.task = asyncio.create_task(asyncio.sleep(60))
    bot.loop.call_later(60, print)
    debugcog.metrics_of(bot).record("total_response_time", 5.0)
    return bot

import debugcog
bot = asyncio.run(main())
"""


def test_a_bot_that_was_not_closed_ends_all_the_same(tmp_path: Path) -> None:
    done = run(UNCLOSED, tmp_path)
    assert done.returncode == 0
    assert "ignored" not in done.stderr
    log = (tmp_path / "logs" / "bot.log").read_text()
    assert "total_response_time 5.0" in log


LEFT_IN_THE_PARENT = """
import os, signal, threading
from services.debugcog.metrics import MetricsService

metrics, is_held, may_end = MetricsService(fold_interval=None), threading.Event(), threading.Event()
metrics.record("queue", 1.0)


def hold():
    with metrics._registry.metric("queue", counter=False)._lock:
        is_held.set()
        may_end.wait()


threading.Thread(target=hold, daemon=True).start()
is_held.wait()
if os.fork() == 0:
    signal.alarm(30)
    metrics.record("queue", 3.0)
    print(metrics.get_avg("queue"), flush=True)
    os._exit(0)
print(os.wait()[1])
may_end.set()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_awaits_no_lock_that_another_thread_of_its_parent_held(
    tmp_path: Path,
) -> None:
    done = run(LEFT_IN_THE_PARENT, tmp_path)
    assert (done.stdout, done.returncode) == ("2.0\n0\n", 0)


CLOSED_LATE = """
import asyncio, logging, sys, threading
import discord
from discord.ext import commands


async def main():
    bot = commands.Bot("!", intents=discord.Intents.default())
    await bot.load_extension("debugcog")
    return bot

bot = asyncio.run(main())
asyncio.run(bot.unload_extension("debugcog"))
ours = [thread.name for thread in threading.enumerate() if thread.name.startswith("debugcog")]
print(ours, logging.root.handlers, sys.excepthook is sys.__excepthook__)
"""


def test_a_bot_whose_loop_has_ended_can_be_unloaded_on_another_one(tmp_path: Path) -> None:
    done = run(CLOSED_LATE, tmp_path)
    assert (done.stdout, done.returncode) == ("[] [] True\n", 0)
    assert "Traceback" not in done.stderr


RAISING = """
import asyncio, builtins, logging, os
import discord
from discord.ext import commands
import debugcog


class Session:
    def __del__(self, log=logging.getLogger("host"), write=os.write):
        log.error("late")
        write(1, f"{type(reporter).__name__} {reporter.failures}\\n".encode())
        raise ValueError("the host's own")


async def main():
    global reporter
    bot = commands.Bot("!", intents=discord.Intents.default())
    await bot.load_extension("debugcog")
    reporter = bot.get_cog("DebugCog").runtime.errors.reporter
    builtins.session = Session()


asyncio.run(main())
builtins.reporter = reporter
"""


def test_what_an_object_raises_at_its_end_is_shown_as_it_would_be_without_us(
    tmp_path: Path,
) -> None:
    done = run(RAISING, tmp_path)
    assert (done.stdout, done.returncode) == ("ErrorReporter 0\n", 0)
    shown = done.stderr.partition("Exception ignored in")[2].splitlines()
    assert shown[-1] == "ValueError: the host's own"
    assert "services" not in "".join(shown)
