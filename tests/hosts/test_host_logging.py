"""Logging that the host sets up, before or after the load: bot.log goes on, the audit log too."""

from __future__ import annotations

import asyncio
import io
import logging
import logging.config
import logging.handlers
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cogs.debug.app.runtime import HOOKS_INTERVAL
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, environment, home, host, registered

__all__ = ["environment", "home", "host"]  # fixtures

TAKEN_AWAY = "Log handler was closed, as logging.basicConfig(force=True) or dictConfig() do"


@pytest.fixture(autouse=True)
def root_as_before(environment: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the test's own handlers out of what the host does to the root logger."""
    before = list(logging.root.handlers)
    logging.root.handlers = [logging.NullHandler()]
    disabled = {logger for logger in loggers() if logger.disabled}
    audit = logging.getLogger("debugcog.audit")
    yield
    logging.root.handlers = before
    for logger in loggers():  # some are new, as those of noisy libraries
        logger.disabled = logger in disabled
    audit.handlers, audit.propagate = [], True
    audit.setLevel(logging.NOTSET)


def loggers() -> list[logging.Logger]:
    every = logging.root.manager.loggerDict.values()
    return [logger for logger in every if isinstance(logger, logging.Logger)]


def lines(path: Path, word: str) -> list[str]:
    text = path.read_text() if path.exists() else ""
    plain = [re.sub(r"^\d{4}-\d\d-\d\d \S+ ", "", line) for line in text.splitlines()]
    return [line for line in plain if word in line]


async def written(path: Path, word: str) -> list[str]:
    """Wait until a line has a word."""
    async with asyncio.timeout(30):
        while not (found := lines(path, word)):  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.02)
    return found


async def test_after_basic_config_the_log_and_the_error_reports_go_on_within_5_seconds(
    home: Home, host: Host, tmp_path: Path
) -> None:
    assert HOOKS_INTERVAL <= 5
    logging.basicConfig(force=True, stream=io.StringIO())
    told = await written(tmp_path / "logs" / "bot.log", "Log handler")
    assert told[0].startswith(f"[WARNING] debugcog.logs: {TAKEN_AWAY}; it is back.")
    logging.getLogger("host").error("The model is gone")
    assert await written(tmp_path / "logs" / "bot.log", "The model is gone")
    await home.alerts.wait_for(lambda message: "The model is gone" in message.text)


class OnTheLoop(logging.Handler):
    """Works on the thread of the event loop alone, as one that posts into a channel does."""

    def emit(self, record: logging.LogRecord) -> None:
        asyncio.get_running_loop()


async def test_what_works_on_the_loops_thread_alone_costs_neither_a_line_nor_the_start(
    home: Home, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "debugcog.sqlite3").write_bytes(b"SQLite format 3\0" + b"x" * 9_000)
    environment.setenv("METRICS_COLLECTION_INTERVAL", "0.1")
    logging.root.handlers.insert(0, OnTheLoop())
    logging.root.setLevel(logging.INFO)
    before = logging.getLogRecordFactory()

    def with_task(*args: object, **kwargs: object) -> logging.LogRecord:
        asyncio.current_task()
        return before(*args, **kwargs)

    logging.setLogRecordFactory(with_task)
    log = tmp_path / "logs" / "bot.log"
    try:
        async with running(Host(), home.sandbox):
            await registered()
            assert await written(log, "State file put aside")
            first = len(await written(log, "memory_usage_mb"))
            async with asyncio.timeout(30):
                while len(lines(log, "memory_usage_mb")) < first + 3:  # noqa: ASYNC110 - a file
                    await asyncio.sleep(0.02)
    finally:
        logging.setLogRecordFactory(before)
    assert lines(log, "No alerts until") == lines(log, "dropped: it raised") == []


async def test_dict_config_does_not_switch_off_the_audit_log(
    home: Home, host: Host, tmp_path: Path
) -> None:
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": True,
            "handlers": {"nowhere": {"class": "logging.NullHandler", "level": "CRITICAL"}},
            "root": {"handlers": ["nowhere"], "level": "CRITICAL"},
            "loggers": {
                "debugcog.audit": {"handlers": ["nowhere"], "level": "CRITICAL", "propagate": False}
            },
        }
    )
    run = await home.sandbox.run_command(home.admin, home.channel, "debug loglevel")
    await run.wait(lambda run: run.message and run.message.embeds)
    found = await written(tmp_path / "logs" / "bot.log", "debugcog.audit")
    assert [line.partition(" user_id")[0] for line in found] == [
        "[INFO] debugcog.audit: use: /debug loglevel (administrator)"
    ]
    assert len(await written(tmp_path / "logs" / "bot.log", TAKEN_AWAY)) == 1


async def test_a_host_that_writes_the_log_file_itself_has_each_line_once(
    home: Home, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "logs").mkdir()
    handler = logging.handlers.RotatingFileHandler("logs/bot.log", maxBytes=10**6, backupCount=3)
    handler.setFormatter(logging.Formatter("%(levelname)s|%(name)s|%(message)s"))
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.INFO)
    try:
        async with running(Host(), home.sandbox):
            await registered()
            await home.sandbox.run_command(home.admin, home.channel, "debug loglevel")
            logging.getLogger("host").info("once")
    finally:
        logging.root.removeHandler(handler)
        handler.close()
    log = tmp_path / "logs" / "bot.log"
    assert lines(log, "host|once") == lines(log, "once") == ["INFO|host|once"]
    assert len(lines(log, "use: /debug loglevel")) == 1
    assert len(lines(log, "Log file is written by the host")) == 1
    assert sorted(path.name for path in (tmp_path / "logs").glob("bot*")) == ["bot.log"]
