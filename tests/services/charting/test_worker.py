from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from services.debugcog.charting.picture_spec import encode
from services.debugcog.charting.worker import MAX_WAITING, ChartError, ChartWorker
from tests.chart_pictures import busy_chart, chart, decode_png, flat

ROOT = Path(__file__).parents[3]
SPEC = chart(flat("p50", 900.0))
NO_DATA = chart()
linux_only = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads /proc")


@asynccontextmanager
async def working(**arguments: Any) -> AsyncIterator[ChartWorker]:
    worker = ChartWorker(**arguments)
    try:
        yield worker
    finally:
        await worker.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - processes and files send no event
            await asyncio.sleep(0.01)


def pid_of(worker: ChartWorker) -> int:
    assert worker._process is not None
    return worker._process.pid


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended; a zombie of this process counts as there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def script(body: str) -> tuple[str, ...]:
    """Return a command that plays a faulty worker: it has read one request, then runs ``body``."""
    start = "import os, sys, time, struct; sys.stdin.buffer.read(5)\n"
    answer = "def answer(data): sys.stdout.buffer.write(data); sys.stdout.buffer.flush()\n"
    return (sys.executable, "-S", "-c", start + answer + body)


async def test_pictures_come_from_one_process_that_starts_with_the_first() -> None:
    async with working() as worker:
        assert worker._process is None
        pictures = await asyncio.gather(*(worker.draw(SPEC) for _ in range(3)))
        first = pid_of(worker)
        assert decode_png(pictures[0]).image.size == (800, 400)
        assert set(pictures) == {pictures[0]}
        assert await worker.draw(NO_DATA) != pictures[0]
        assert pid_of(worker) == first
        assert len(await worker.draw(busy_chart())) <= 40 * 1024
    assert is_gone(first)


async def test_the_process_ends_after_idling_and_the_next_chart_starts_another() -> None:
    async with working(idle_seconds=0.05) as worker:
        await worker.draw(SPEC)
        await until(lambda: worker._process is None)
        assert await worker.draw(NO_DATA)


async def test_a_process_that_died_while_idle_costs_no_picture() -> None:
    async with working() as worker:
        await worker.draw(NO_DATA)
        dead = pid_of(worker)
        os.kill(dead, signal.SIGKILL)
        await until(lambda: worker._process is None or worker._process.returncode is not None)
        assert await worker.draw(NO_DATA)
        assert pid_of(worker) != dead


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("time.sleep(60)", "the picture was not drawn within 0.5 s"),
        ("os._exit(3)", "the chart process ended before the picture was drawn"),
        ("answer(b'x' * 9)", "the chart process failed: it answered nonsense"),
        ("answer(b'x' * 10_000_000)", "the chart process failed: it answered nonsense"),
        (
            "answer(struct.pack('>cI', b'P', 2_000_000_000))",
            "the chart process failed: it answered nonsense",
        ),
        (
            "answer(struct.pack('>cI', b'P', 3) + b'GIF')",
            "the chart process failed: it answered with something that is no picture",
        ),
        (
            "answer(struct.pack('>cI', b'P', 100) + b'half'); os._exit(0)",
            "the chart process ended before the picture was drawn",
        ),
    ],
)
async def test_a_faulty_process_costs_one_picture_and_is_killed(body: str, reason: str) -> None:
    async with working(
        command=script(body), first_timeout=0.5 if "sleep" in body else 30
    ) as worker:
        with pytest.raises(ChartError) as caught:
            await worker.draw(SPEC)
        assert str(caught.value) == reason
        assert worker._process is None


async def test_after_a_process_that_hung_the_next_picture_is_drawn_by_a_fresh_one() -> None:
    async with working(timeout=0.2) as worker:
        await worker.draw(NO_DATA)
        hung = pid_of(worker)
        os.kill(hung, signal.SIGSTOP)
        lost, waiting = (asyncio.create_task(worker.draw(SPEC)) for _ in range(2))
        with pytest.raises(ChartError, match=r"the picture was not drawn within 0\.2 s"):
            await lost
        assert decode_png(await waiting).image.size == (800, 400)
        assert is_gone(hung)


async def test_what_goes_wrong_inside_the_process_is_told_and_does_not_end_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "matplotlib.py").write_text("raise ImportError('no matplotlib here')\n")
    environ = {**os.environ, "PYTHONPATH": str(tmp_path)}
    async with working(environ=environ) as worker:
        processes = set()
        for _ in range(2):
            with pytest.raises(ChartError, match="ImportError: no matplotlib here"):
                await worker.draw(SPEC)
            processes.add(pid_of(worker))
        assert len(processes) == 1


async def test_a_program_that_cannot_be_started_is_a_chart_error() -> None:
    async with working(command=("/nonexistent/python",)) as worker:
        with pytest.raises(ChartError, match=r"the chart process failed: .*No such file"):
            await worker.draw(SPEC)


async def test_a_frozen_host_is_not_started_a_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    async with working() as worker:
        with pytest.raises(ChartError, match="there is no Python interpreter to draw with"):
            await worker.draw(SPEC)


async def test_a_caller_who_gives_up_disturbs_nobody() -> None:
    async with working() as worker:
        expected = await worker.draw(SPEC)
        process = pid_of(worker)
        drawn, queued = (asyncio.create_task(worker.draw(NO_DATA)) for _ in range(2))
        await asyncio.sleep(0)  # both are asked for, the first is on its way
        await asyncio.sleep(0)
        drawn.cancel()
        queued.cancel()
        assert await worker.draw(SPEC) == expected
        assert pid_of(worker) == process
        assert drawn.cancelled()
        assert queued.cancelled()


async def test_closing_ends_the_process_at_once_and_refuses_what_is_still_wanted() -> None:
    worker = ChartWorker(command=script("time.sleep(60)"))
    wanted = [asyncio.create_task(worker.draw(SPEC)) for _ in range(3)]
    await until(lambda: worker._process is not None)
    process = pid_of(worker)
    await worker.close()
    assert is_gone(process)
    for error in await asyncio.gather(*wanted, worker.draw(SPEC), return_exceptions=True):
        assert isinstance(error, ChartError)
    await worker.close()


async def test_closing_before_the_process_has_started_refuses_the_picture() -> None:
    worker = ChartWorker()
    wanted = asyncio.create_task(worker.draw(SPEC))
    await asyncio.sleep(0)
    await worker.close()
    with pytest.raises(ChartError, match="closed"):
        await wanted
    assert worker._process is None


async def test_charts_beyond_the_longest_queue_are_refused_at_once() -> None:
    worker = ChartWorker(command=script("time.sleep(60)"))
    wanted = [asyncio.create_task(worker.draw(NO_DATA)) for _ in range(MAX_WAITING + 1)]
    await until(lambda: any(task.done() for task in wanted))
    with pytest.raises(ChartError, match="32 charts are waiting already"):
        await wanted[-1]
    await worker.close()
    await asyncio.gather(*wanted, return_exceptions=True)


@linux_only
async def test_nothing_is_left_behind(tmp_path: Path) -> None:
    def left() -> tuple[int, int, int]:
        files = len(list(Path("/proc/self/fd").iterdir()))
        return files, len(asyncio.all_tasks()), threading.active_count()

    before = left()
    for command in ((), script("answer(b'x' * 10_000_000); time.sleep(60)"), script("os._exit(1)")):
        worker = ChartWorker(command=command)
        await asyncio.gather(worker.draw(NO_DATA), return_exceptions=True)
        await worker.close()
    # fewer than before: a test before this one had not quite ended
    await until(lambda: all(now <= then for now, then in zip(left(), before, strict=True)))


@linux_only
async def test_the_process_is_nice_and_knows_no_secret() -> None:
    environ = {**os.environ, "DISCORD_TOKEN": "synthetic-secret"}
    async with working(environ=environ) as worker:
        await worker.draw(NO_DATA)
        process = pid_of(worker)
        own = os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getpriority(os.PRIO_PROCESS, process) == min(19, own + 10)
        assert b"synthetic-secret" not in environment_of(process)


HOST = """
import asyncio, os, sys, time
from pathlib import Path
from services.debugcog.charting.worker import ChartWorker
from services.debugcog.charting.picture_spec import decode

with open("starts", "a") as file:
    file.write("x")

async def main():
    worker = ChartWorker()
    picture = await worker.draw(decode(Path("spec").read_bytes()))
    print(worker._process.pid, len(picture), "matplotlib" in sys.modules, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@linux_only
async def test_a_host_without_main_guard_starts_once_and_its_worker_dies_with_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "host.py").write_text(HOST)
    (tmp_path / "spec").write_bytes(encode(SPEC))
    host = await asyncio.create_subprocess_exec(
        *(sys.executable, "host.py"),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert host.stdout is not None
    pid, size, imported = (await host.stdout.readline()).split()
    assert (int(size) > 1000, imported) == (True, b"False")
    host.kill()
    await host.communicate()
    await until(lambda: has_ended(int(pid)))
    assert (tmp_path / "starts").read_text() == "x"


def has_ended(pid: int) -> bool:
    """Tell whether a process that is not ours has ended; whoever adopted it may not have looked."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_matplotlib_is_in_no_module_that_the_bot_imports() -> None:
    names = [p.stem for p in (ROOT / "services").glob("*.py") if p.stem != "charts"]
    program = f"""
import importlib, json, sys
for name in {names!r}:
    importlib.import_module("services." + name)
print(json.dumps(sorted({{"matplotlib", "numpy", "PIL"}} & set(sys.modules))))
"""
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert json.loads(found.stdout) == []


async def test_a_worker_whose_loop_is_closed_is_closed_on_another_without_waiting_for_it() -> None:
    loop, worker = asyncio.new_event_loop(), ChartWorker()

    async def serve() -> None:
        await asyncio.Event().wait()

    async def begin() -> None:
        worker._task = loop.create_task(serve())
        await asyncio.sleep(0)

    await asyncio.to_thread(loop.run_until_complete, begin())
    loop.close()
    left: Any = worker._task
    async with asyncio.timeout(20):
        await worker.close()
    left._log_destroy_pending = False
    left.get_coro().close()
