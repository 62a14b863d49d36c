"""setup_logging takes over the root logger, and close gives it back as it was."""

from __future__ import annotations

import io
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import discord
import pytest

from services.debugcog.logfile.root_handler import NOISY
from services.debugcog.logs import Logging, current, setup_logging, share_logging
from services.debugcog.settings import Settings, SettingsError, load

ROOT = Path(__file__).parents[2]
Setup = Callable[..., Logging]


@pytest.fixture(autouse=True)
def levels_as_before() -> Iterator[None]:
    loggers = [logging.root, *map(logging.getLogger, NOISY)]
    before = [logger.level for logger in loggers]
    yield
    assert current() is None
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "bot.log"


@pytest.fixture
def setup(path: Path) -> Iterator[Setup]:
    def setup(**values: object) -> Logging:
        return setup_logging(Settings(log_file_path=path, **values))  # type: ignore[arg-type]  # keys vary

    yield setup
    active = current()
    if active is not None:
        active.close()


def tails(text: str) -> list[str]:
    """Give the lines without their times."""
    return [re.sub(r"^\d{4}-\d\d-\d\d \S+ ", "", line) for line in text.splitlines()]


def run(script: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own, with its log in the folder."""
    return subprocess.run(
        [sys.executable, "-c", f"import logging\nfrom services.debugcog.logs import *\n{script}"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_records_of_every_logger_go_to_the_file(setup: Setup, path: Path) -> None:
    active = setup()
    logging.getLogger("services.tts").error("Failed to generate TTS: %s", "timeout")
    logging.getLogger("services.tts").debug("not at this level")
    active.close()
    assert tails(path.read_text()) == ["[ERROR] services.tts: Failed to generate TTS: timeout"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, logging.INFO),
        ({"log_level": "WARNING"}, logging.WARNING),
        ({"log_level": "DEBUG"}, logging.DEBUG),
        ({"log_level": "WARNING", "debug_mode": True}, logging.DEBUG),
    ],
)
def test_the_root_level_is_log_level_or_debug_in_debug_mode(
    setup: Setup, values: dict[str, object], expected: int
) -> None:
    logging.root.setLevel(logging.CRITICAL)
    active = setup(**values)
    assert logging.root.level == expected
    active.close()
    assert logging.root.level == logging.CRITICAL


def test_a_level_that_the_host_sets_later_is_left_alone(setup: Setup) -> None:
    active = setup()
    logging.root.setLevel(logging.DEBUG)
    active.close()
    assert logging.root.level == logging.DEBUG


def test_levels_set_through_it_are_reverted_by_close(setup: Setup) -> None:
    logging.root.setLevel(logging.ERROR)
    active = setup()
    active.levels.set("root", logging.DEBUG)
    active.levels.set("discord", logging.DEBUG, seconds=600)
    active.close()
    assert logging.root.level == logging.ERROR
    assert logging.getLogger("discord").level == logging.NOTSET
    assert "Timer" not in {type(thread).__name__ for thread in threading.enumerate()}


def test_noisy_libraries_stay_at_warning_even_in_debug_mode(setup: Setup, path: Path) -> None:
    logging.getLogger("torch").setLevel(logging.ERROR)
    active = setup(debug_mode=True)
    levels = {name: logging.getLogger(name).level for name in NOISY}
    logging.getLogger("discord.gateway").debug("token and content")
    active.close()
    assert levels == {
        "transformers": logging.WARNING,
        "nemo_logger": logging.WARNING,
        "torch": logging.ERROR,
        "urllib3": logging.WARNING,
        "discord": logging.WARNING,
    }
    assert not path.exists()
    assert [logging.getLogger(name).level for name in NOISY] == [0, 0, logging.ERROR, 0, 0]


def test_verbose_logging_lets_them_speak(setup: Setup, path: Path) -> None:
    active = setup(debug_mode=True, verbose_logging=True)
    logging.getLogger("discord.gateway").debug("Shard 0 connected")
    active.close()
    assert tails(path.read_text()) == ["[DEBUG] discord.gateway: Shard 0 connected"]


@pytest.fixture
def console() -> Iterator[io.StringIO]:
    """What discord.py prints after ``bot.run()``, which gives its logger the level INFO."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    discord.utils.setup_logging(handler=handler, formatter=logging.Formatter(), root=False)
    yield stream
    logging.getLogger("discord").removeHandler(handler)


def test_the_level_that_bot_run_gives_to_discord_prints_and_fills_no_file(
    setup: Setup, path: Path, console: io.StringIO
) -> None:
    active = setup(debug_mode=True)
    logging.getLogger("discord.gateway").info("Session ID: abc")
    logging.getLogger("discord").info("logging in")
    logging.getLogger("discord.client").warning("PyNaCl is not installed")
    logging.getLogger("discordance").info("a logger of the host")
    active.close()
    assert tails(path.read_text()) == [
        "[WARNING] discord.client: PyNaCl is not installed",
        "[INFO] discordance: a logger of the host",
    ]
    assert console.getvalue().splitlines() == [
        "Session ID: abc",
        "logging in",
        "PyNaCl is not installed",
    ]


@pytest.mark.parametrize("name", ["discord", "discord.gateway"])
def test_a_noisy_library_speaks_as_long_as_a_level_is_set_at_runtime(
    setup: Setup, path: Path, console: io.StringIO, name: str
) -> None:
    gateway = logging.getLogger("discord.gateway")
    active = setup()
    active.levels.set("root", logging.DEBUG)
    gateway.info("before")
    active.levels.set(name, logging.DEBUG)
    gateway.debug("during")
    active.levels.revert(name)
    gateway.info("after")
    active.close()
    text = path.read_text()
    assert [word for word in ("before", "during", "after") if word in text] == ["during"]


def test_a_level_of_the_hosts_own_lets_a_part_of_a_noisy_library_speak(
    setup: Setup, path: Path, console: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("discord.http"), "level", logging.INFO)
    active = setup()
    logging.getLogger("discord.http").info("POST")
    logging.getLogger("discord.gateway").info("Session ID: abc")
    active.close()
    assert tails(path.read_text()) == ["[INFO] discord.http: POST"]


def test_verbose_logging_lets_them_speak_after_bot_run_too(
    setup: Setup, path: Path, console: io.StringIO
) -> None:
    active = setup(verbose_logging=True)
    logging.getLogger("discord.gateway").info("Session ID: abc")
    active.close()
    assert tails(path.read_text()) == ["[INFO] discord.gateway: Session ID: abc"]


def test_a_second_setup_replaces_the_first(setup: Setup, path: Path) -> None:
    handlers = list(logging.root.handlers)
    level = logging.root.level
    first = setup()
    second = setup(log_level="DEBUG")
    assert current() is second
    logging.getLogger("bot").info("once")
    second.close()
    first.close()
    second.close()
    assert tails(path.read_text()) == ["[INFO] bot: once"]
    assert logging.root.handlers == handlers
    assert logging.root.level == level
    assert not [thread for thread in threading.enumerate() if thread.name == "debugcog-log"]


def test_secrets_of_the_environment_are_taken_out_wherever_they_stand(
    setup: Setup, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PASSWORD", "correct horse battery")
    logs = setup(discord_token="a token of no known shape")
    logging.getLogger("host").info("said correct horse battery, a token of no known shape.")
    logs.close()

    assert tails(path.read_text())[-1] == "[INFO] host: said [redacted], [redacted]."


def test_without_a_file_nothing_is_made(setup: Setup, path: Path) -> None:
    setup(log_to_file=False).close()
    assert not path.parent.exists()


def test_bad_settings_are_told_and_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    with pytest.raises(SettingsError, match="LOG_LEVEL='LOUD'"):
        setup_logging()
    assert current() is None


def test_what_was_dropped_can_be_asked_for(setup: Setup) -> None:
    assert setup().dropped == {"debug": 0, "info": 0, "warning": 0, "error": 0}


def test_one_line_in_a_host_logs_to_file_and_console(tmp_path: Path) -> None:
    done = run("setup_logging(); logging.getLogger('bot').info('up')", tmp_path)
    assert done.returncode == 0
    assert tails(done.stderr) == ["[INFO] bot: up"]
    assert (tmp_path / "logs" / "bot.log").read_text() == done.stderr


@pytest.mark.parametrize("console", ["None", "False"])
def test_a_host_with_a_console_of_its_own_gets_no_second_line(tmp_path: Path, console: str) -> None:
    script = f"logging.basicConfig(); setup_logging(console={console}); logging.error('once')"
    assert run(script, tmp_path).stderr == "ERROR:root:once\n"


def test_a_console_that_comes_later_prints_alone(tmp_path: Path) -> None:
    script = """
setup_logging()
library = logging.getLogger("discord")
library.addHandler(logging.StreamHandler())  # what bot.run() does
library.error("once")
logging.error("and once")
"""
    assert tails(run(script, tmp_path).stderr) == ["once", "[ERROR] root: and once"]


@pytest.mark.parametrize("end", ["", "raise SystemExit(3)", "1 / 0"])
def test_every_accepted_record_is_in_the_file_when_the_process_ends(
    tmp_path: Path, end: str
) -> None:
    script = f"setup_logging(console=False)\nfor n in range(7000): logging.info('%d', n)\n{end}"
    run(script, tmp_path)
    lines = tails((tmp_path / "logs" / "bot.log").read_text())
    assert lines == [f"[INFO] root: {number}" for number in range(7000)]


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_after_kill_9_all_but_the_last_second_is_in_the_file(tmp_path: Path) -> None:
    script = """
import logging, itertools, time
from services.debugcog.logs import setup_logging
setup_logging(console=False)
for number in itertools.count():
    logging.info("%d", number)
    print(number, flush=True)
    time.sleep(0.001)
"""
    child = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    seen = [(time.monotonic(), int(child.stdout.readline()))]
    while len(seen) < 500 or time.monotonic() < seen[99][0] + 1.1:  # slow under load
        seen.append((time.monotonic(), int(child.stdout.readline())))
    child.send_signal(signal.SIGKILL)
    killed = time.monotonic()
    child.wait()
    child.stdout.close()
    expected = [number for at, number in seen if at < killed - 1]
    lines = tails((tmp_path / "logs" / "bot.log").read_text())
    assert len(expected) >= 100
    assert lines[: len(expected)] == [f"[INFO] root: {number}" for number in expected]


def test_an_unusable_log_directory_is_told_on_the_console_and_the_bot_runs_on(
    tmp_path: Path,
) -> None:
    (tmp_path / "logs").write_text("a file")
    done = run("setup_logging(); logging.info('up'); print('running')", tmp_path)
    assert (done.returncode, done.stdout) == (0, "running\n")
    assert tails(done.stderr) == [
        "[INFO] root: up",
        (
            f"[ERROR] debugcog.logs: Log file cannot be written: {tmp_path}/logs/bot.log: File"
            f" exists; fix: move the file {tmp_path}/logs away, a directory is needed there, or"
            " change LOG_FILE_PATH; records go to the console, next try in 5 s"
        ),
    ]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_forked_child_neither_blocks_nor_writes_the_parents_records(tmp_path: Path) -> None:
    script = """
import os, sys, warnings
warnings.simplefilter("ignore")
setup_logging(console=False)
logging.info("parent")
if os.fork() == 0:
    for _ in range(20000): logging.error("lost")
    setup_logging(console=False)
    logging.info("child")
    sys.exit()
os.wait()
"""
    done = run(script, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = tails((tmp_path / "logs" / "bot.log").read_text())
    assert sorted(lines) == ["[INFO] root: child", "[INFO] root: parent"]


def test_logging_never_raises_whatever_is_logged(tmp_path: Path) -> None:
    script = """
class Broken:
    def __str__(self): raise RuntimeError
setup_logging()
logging.error("%s", Broken())
logging.error("%d %d", 1)
"""
    done = run(script, tmp_path)
    assert done.returncode == 0
    assert tails(done.stderr) == [
        "[ERROR] root: <str() raised RuntimeError>",
        "[ERROR] root: %d %d (arguments do not fit: 1)",
    ]


def test_the_last_of_two_bots_closes_what_they_share(path: Path) -> None:
    settings = Settings(log_file_path=path)
    _, leave_first = share_logging(settings, str)
    _, leave_second = share_logging(settings, str)
    leave_first()
    logging.getLogger("bot").warning("the second goes on")
    leave_second()
    assert current() is None
    assert tails(path.read_text()) == ["[WARNING] bot: the second goes on"]


@pytest.mark.parametrize("by_host", [False, True])
def test_levels_that_one_of_two_bots_has_set_stay_until_the_last_has_ended(
    setup: Setup, path: Path, *, by_host: bool
) -> None:
    if by_host:
        setup()
    before = logging.root.level
    settings = Settings(log_file_path=path)
    logs, leave_first = share_logging(settings, str)
    _, leave_second = share_logging(settings, str)
    logs.levels.set("root", logging.DEBUG, seconds=600)
    leave_second()
    assert logging.root.level == logging.DEBUG
    leave_first()
    assert logging.root.level == (before if by_host else logging.WARNING)
    assert logs.levels.overrides() == ()
    assert current() is (logs if by_host else None)


def test_bots_that_start_and_end_at_once_on_threads_of_their_own_share_one_log(path: Path) -> None:
    settings, together = Settings(log_file_path=path), threading.Barrier(8)

    def share(number: int) -> int:
        together.wait(30)
        logs, leave = share_logging(settings, str)
        together.wait(30)
        logging.getLogger("bot").warning("bot %d", number)
        together.wait(30)
        leave()
        return id(logs)

    with ThreadPoolExecutor(8) as threads:
        shared = set(threads.map(share, range(8)))
    assert len(shared) == 1
    assert current() is None
    assert sorted(tails(path.read_text())) == [f"[WARNING] bot: bot {n}" for n in range(8)]


def test_what_a_host_has_set_up_by_itself_is_left_to_it(setup: Setup, path: Path) -> None:
    active = setup()
    found, leave = share_logging(Settings(log_file_path=path), str)
    leave()
    assert found is active
    assert current() is active


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("LOG_LEVEL", "ERROR", logging.ERROR),
        ("LOG_LEVEL", "INFO", logging.INFO),
        ("LOG_LEVEL", " ", logging.WARNING),
        ("DEBUG_MODE", "true", logging.DEBUG),
        ("DEBUG_MODE", "false", logging.WARNING),
    ],
)
def test_a_host_with_handlers_of_its_own_keeps_its_level_unless_another_one_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str, value: str, expected: int
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOG_LEVEL", raising=False)
    (tmp_path / ".env").write_text(f"{key}={value}\n")
    logging.root.addHandler(host := logging.NullHandler())
    logging.root.setLevel(logging.WARNING)
    _, leave = share_logging(load(), str)
    found = logging.root.level
    leave()
    logging.root.removeHandler(host)
    assert found == expected
    assert logging.root.level == logging.WARNING
