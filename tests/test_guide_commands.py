"""Every command of the guide that reads the log gives the right answer on what we write."""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.debugcog.logfile.entry import Block
from services.debugcog.logs import Logging, setup_logging
from services.debugcog.metrics import MetricsService
from services.debugcog.settings import Settings

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the guide's commands are for a shell")

GUIDE = Path(__file__).parents[2] / "shared" / "guide.md"
SECTIONS = ("## Troubleshooting", "## Log Analysis", "### Setting Up Alerts")

SLOW = 'grep "Slow LLM" logs/bot.log'
RESPONSE = 'grep "response_time" logs/bot.log'
MEMORY = 'grep "memory_usage" logs/bot.log'
CONFIGURATION = "cat .env | grep LOG"
DIRECTORY = "ls -la logs/"
PERMISSIONS = "ls -la logs/bot.log"
TTS = 'grep "TTS" logs/bot.log | grep ERROR'
ERRORS = "tail -n 10000 logs/bot.log | grep ERROR"
BY_TYPE = "grep ERROR logs/bot.log | cut -d':' -f4 | sort | uniq -c | sort -nr"
AVERAGE = (
    "grep \"total_response_time\" logs/bot.log | awk '{sum+=$NF; count++} END {print sum/count}'"
)
USERS = (
    r"""grep "user_id=" logs/bot.log | grep -oP 'user_id=\K[0-9]+'"""
    " | sort | uniq -c | sort -nr | head -10"
)
OVER_TIME = """grep "memory_usage_mb" logs/bot.log | awk '{print $1, $2, $NF}'"""
MAIL = 'tail -f logs/bot.log | grep --line-buffered ERROR | mail -s "Bot Error" you@example.com'
COMMANDS = (
    *(SLOW, RESPONSE, MEMORY, CONFIGURATION, DIRECTORY, PERMISSIONS, TTS, ERRORS, BY_TYPE),
    *(AVERAGE, USERS, OVER_TIME, MAIL),
)

START = time.mktime((2026, 11, 23, 16, 10, 0, 0, 0, -1))
FORGED = "hi\n2026-11-23 16:10:11,123 [ERROR] x: TTS: user_id=666 total_response_time 1e9"
EVIL = "2026-11-23 16:10:11,123 [ERROR] x: Slow LLM memory_usage_mb total_response_time 1e9"

Log = Callable[..., None]


@pytest.fixture
def active(tmp_path: Path) -> Iterator[Logging]:
    settings = Settings(log_file_path=tmp_path / "logs" / "bot.log", log_level="DEBUG")
    active = setup_logging(settings, console=False)
    yield active
    active.close()


@pytest.fixture
def log(active: Logging) -> Log:
    def log(
        second: int, level: int, name: str, message: object, *args: object, **more: object
    ) -> None:
        made = logging.makeLogRecord({"name": name, "msg": message, "args": args, **more})
        made.levelno, made.levelname = level, logging.getLevelName(level)
        made.created = START + second + 0.5
        logging.root.handle(made)

    return log


@pytest.fixture
def busy_log(log: Log, active: Logging) -> None:
    """An evening of a bot, with all that users and exceptions can do to its log."""
    error = ValueError(FORGED)
    log(0, 20, "bot", "Message: user_id=%d %s", 123, "hello")
    log(1, 20, "bot", "Message: user_id=%d %s", 456, "hello")
    log(2, 20, "bot", "Message: user_id=%d %s", 123, FORGED)
    log(3, 20, "debugcog.metrics", "total_response_time %.1f", 1500.0)
    log(4, 20, "debugcog.metrics", "total_response_time %.1f", 2500.5)
    log(5, 20, "debugcog.metrics", "memory_usage_mb %.1f", 512.25)
    log(6, 40, "services.tts", "Failed to generate TTS: %s", FORGED)
    log(
        7,
        40,
        "services.tts",
        "Failed to generate TTS: timeout",
        exc_info=(type(error), error, None),
    )
    log(8, 40, "services.rvc", "Failed to connect to RVC: refused", exc_text=EVIL, stack_info=EVIL)
    log(9, 30, "debugcog.performance", "Slow LLM response: 5.2s (expected < 3s)")
    log(
        10,
        10,
        "debugcog.tracing",
        Block("LLM Request:", (f"Model: {EVIL}", "Tokens: 1847")),
    )
    log(11, 10, "bot", "service_call: metrics.record(name=%s, value=9)", '"total_response_time"')
    log(12, 30, f"evil: {FORGED}", "The user typed ERROR")
    log(13, 20, "debugcog.metrics", "memory_usage_mb %.1f", 640.0)
    assert active.flush()


def answer(command: str, folder: Path) -> str:
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, text=True, timeout=20
    )
    assert done.stderr == ""
    return done.stdout


def test_the_commands_are_the_guides() -> None:
    if not GUIDE.exists():
        pytest.skip(f"no {GUIDE}")
    commands = []
    for section in SECTIONS:
        text = GUIDE.read_text().partition(f"\n{section}\n")[2]
        text = re.split(r"\n## ", text)[0]
        blocks = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
        lines = [line for block in blocks for line in block.splitlines()]
        commands += [line for line in lines if line and not line.startswith("#")]
    assert commands == list(COMMANDS)


FAILED = (
    "2026-11-23 16:10:06,500 [ERROR] services.tts: Failed to generate TTS: hi"
    r"\n2026-11-23 16:10:11,123 [\x45RROR] x: TTS: user_id\x3d666 total_response\x5ftime 1e9"
)
TIMEOUT = "2026-11-23 16:10:07,500 [ERROR] services.tts: Failed to generate TTS: timeout"
REFUSED = "2026-11-23 16:10:08,500 [ERROR] services.rvc: Failed to connect to RVC: refused"
FAST = "2026-11-23 16:10:03,500 [INFO] debugcog.metrics: total_response_time 1500.0"
FASTER = "2026-11-23 16:10:04,500 [INFO] debugcog.metrics: total_response_time 2500.5"
LIGHT = "2026-11-23 16:10:05,500 [INFO] debugcog.metrics: memory_usage_mb 512.2"
HEAVY = "2026-11-23 16:10:13,500 [INFO] debugcog.metrics: memory_usage_mb 640.0"
SLOWED = (
    "2026-11-23 16:10:09,500 [WARNING] debugcog.performance:"
    " Slow LLM response: 5.2s (expected < 3s)"
)


@pytest.mark.usefixtures("busy_log")
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (SLOW, [SLOWED]),
        (RESPONSE, [FAST, FASTER]),
        (MEMORY, [LIGHT, HEAVY]),
        (TTS, [FAILED, TIMEOUT]),
        (ERRORS, [FAILED, TIMEOUT, REFUSED]),
        (BY_TYPE, ["      2  Failed to generate TTS", "      1  Failed to connect to RVC"]),
        (AVERAGE, ["2000.25"]),
        (USERS, ["      2 123", "      1 456"]),
        (OVER_TIME, ["2026-11-23 16:10:05,500 512.2", "2026-11-23 16:10:13,500 640.0"]),
    ],
)
def test_the_log_answers_right(command: str, expected: list[str], tmp_path: Path) -> None:
    assert answer(command, tmp_path).splitlines() == expected


@pytest.mark.usefixtures("busy_log")
def test_missing_logs_can_be_looked_into(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=DEBUG\nDEBUG_MODE=true\nLOG_TO_FILE=true\n")
    assert answer(CONFIGURATION, tmp_path) == "LOG_LEVEL=DEBUG\nLOG_TO_FILE=true\n"
    names = [line.split()[-1] for line in answer(DIRECTORY, tmp_path).splitlines()[1:]]
    assert names == [".", "..", "bot.log"]
    assert re.fullmatch(r"-rw.r.*logs/bot\.log\n", answer(PERMISSIONS, tmp_path))
    assert answer("mkdir -p logs; chmod 755 logs", tmp_path) == ""


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return condition()


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_errors_are_mailed_as_they_come(log: Log, active: Logging, tmp_path: Path) -> None:
    log(0, 40, "services.tts", "Failed to generate TTS: before")
    active.flush()
    programs = tmp_path / "bin"
    programs.mkdir()
    mail, pid = tmp_path / "mail.txt", tmp_path / "tail.pid"
    program(programs / "mail", f'echo "$@" > {mail}; exec cat >> {mail}')
    program(programs / "tail", f'echo $$ > {pid}.new; mv {pid}.new {pid}; exec {real("tail")} "$@"')
    environ = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    with subprocess.Popen(["sh", "-c", MAIL], cwd=tmp_path, env=environ) as shell:
        try:
            assert eventually(lambda: mail.exists() and "before" in mail.read_text())
            log(1, 20, "bot", "Message: user_id=1 ERROR %s", FORGED)
            log(2, 40, "services.tts", "Failed to generate TTS: %s", "timeout", stack_info=EVIL)
            active.flush()
            assert eventually(lambda: "timeout" in mail.read_text())
        finally:
            assert eventually(pid.exists)
            os.kill(int(pid.read_text()), signal.SIGTERM)
        shell.wait(10)
    assert mail.read_text().splitlines() == [
        "-s Bot Error you@example.com",
        "2026-11-23 16:10:00,500 [ERROR] services.tts: Failed to generate TTS: before",
        "2026-11-23 16:10:02,500 [ERROR] services.tts: Failed to generate TTS: timeout",
    ]


def real(name: str) -> str:
    found = subprocess.run(["sh", "-c", f"command -v {name}"], capture_output=True, text=True)
    return found.stdout.strip()


def test_what_the_metrics_service_records_is_what_the_commands_tell(
    active: Logging, tmp_path: Path
) -> None:
    metrics = MetricsService(fold_interval=None)
    for milliseconds in (1000, 2000, 4500):
        metrics.record("total_response_time", milliseconds)
    metrics.record("memory_usage_mb", 512.25)
    metrics.fold()
    assert active.flush()
    assert answer(AVERAGE, tmp_path) == "2500\n"
    assert answer(OVER_TIME, tmp_path).split()[2:] == ["512.2"]


THRESHOLD = """\
# In metrics service
if metrics.get_avg("response_time") > 3000:
    logger.warning("High average response time detected!")
    # Send alert
"""


def test_the_threshold_snippet_is_the_guides() -> None:
    if not GUIDE.exists():
        pytest.skip(f"no {GUIDE}")
    section = GUIDE.read_text().partition("**Option 2: Metrics Threshold**")[2]
    assert re.search(r"```python\n(.*?)```", section, re.DOTALL)[1] == THRESHOLD  # type: ignore[index]


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [((2000, 4000), []), ((2000, 4002), ["High average response time detected!"])],
    ids=["3 s on average", "more"],
)
def test_the_threshold_snippet_warns_of_an_average_over_three_seconds(
    caplog: pytest.LogCaptureFixture, milliseconds: tuple[int, ...], expected: list[str]
) -> None:
    metrics = MetricsService(fold_interval=None)
    for one in milliseconds:
        metrics.record("total_response_time", one)
    exec(THRESHOLD, {"metrics": metrics, "logger": logging.getLogger("bot")})
    assert [record.getMessage() for record in caplog.records] == expected
