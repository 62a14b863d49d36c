"""Each check: the fault that it is for is found, and without it nothing is."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.reads import MISSING, Signal
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Severity
from services.debugcog.alerting.states import SeverityState, Track
from services.debugcog.diagnosis import disk, runner
from services.debugcog.diagnosis.clock_skew import clock_skew
from services.debugcog.diagnosis.disk import free_disk
from services.debugcog.diagnosis.double_lines import double_lines
from services.debugcog.diagnosis.env_file import env_file
from services.debugcog.diagnosis.findings import Check, Finding, UnknownError, critical, warning
from services.debugcog.diagnosis.high_memory import high_memory
from services.debugcog.diagnosis.limits import limits
from services.debugcog.diagnosis.log_search import Lines, lines_with
from services.debugcog.diagnosis.loop_blocked import loop_blocked
from services.debugcog.diagnosis.missing_logs import missing_logs
from services.debugcog.diagnosis.modes import debug_mode, metrics_off
from services.debugcog.diagnosis.slow_responses import slow_responses
from services.debugcog.diagnosis.state import state_file
from services.debugcog.diagnosis.tts_errors import tts_errors
from services.debugcog.diagnosis.versions import FAULTS, known_faults
from services.debugcog.gateway.responses import RateLimit
from services.debugcog.gateway.vitals import InvalidRequests, SessionStarts
from services.debugcog.levels import Override
from services.debugcog.logfile.log_files import LogFiles
from services.debugcog.process.samplers import MemoryReport
from services.debugcog.settings import Settings
from services.debugcog.stalls.stall import Stall, StallSummary
from services.debugcog.timeseries.trend import Trend

REPORT = MemoryReport(
    rss_mb=100.0,
    uss_mb=80.0,
    peak_mb=110.0,
    system_total_mb=1000.0,
    system_available_mb=900.0,
    contained=False,
    threads=5,
    tasks=9,
    descriptors=20,
    collections=(1, 1, 1),
    uncollectable=0,
    uptime=100.0,
)
NOW = 1_795_773_600.0


def log_with(tmp_path: Path, *lines: str) -> LogFiles:
    path = tmp_path / "bot.log"
    now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S,000")
    path.write_text("".join(f"{now} {line}\n" for line in lines))
    return LogFiles(path)


def titles(found: Iterator[Finding]) -> list[tuple[Severity, str]]:
    return [(one.severity, one.title) for one in found]


def test_slow_llm_lines_and_large_contexts_are_told_together(tmp_path: Path) -> None:
    files = log_with(
        tmp_path,
        "[WARNING] debugcog.performance: Slow LLM response: 4 s (our own line is none)",
        "[WARNING] bot.llm: Slow LLM response: 5.2s (expected < 3s)",
        "[INFO] bot: fine",
    )
    (found,) = slow_responses({}, 4200.0, REPORT, files)
    assert (found.severity, found.title) == (Severity.WARNING, "Responses are slow")
    assert [one for one in found.evidence if "CPU" not in one] == [
        "1 line with “Slow LLM” in the last day",
        "bot.llm: Slow LLM response: 5.2s (expected < 3s)",
        "large contexts: 4.2k input tokens per request (more than 3,000)",
    ]
    assert list(slow_responses({}, 4200.0, REPORT, log_with(tmp_path, "[INFO] bot: x"))) == []
    assert list(slow_responses({}, None, REPORT, None)) == []


@pytest.mark.parametrize(
    ("signal", "evidence"),
    [
        (Signal(58.0), None),  # after a restart: the incident ends in a few minutes
        (Signal(1400.0), "Memory: 1.37 GB (Process memory, median of 3 samples)"),
        (MISSING, "Memory: no value now (Process memory, median of 3 samples)"),
    ],
)
def test_memory_that_is_back_is_not_called_high_though_its_incident_is_open(
    signal: Signal, evidence: str | None
) -> None:
    rule = next(one for one in default_rules(Settings()) if one.name == "memory")
    state = SeverityState(severity=Severity.CRITICAL, warning=Track(True), critical=Track(True))
    found = list(high_memory({"memory": RuleStatus(rule, rule, signal, state)}, None, None, {}))
    expected = [] if evidence is None else [(evidence,)]
    assert [one.evidence for one in found] == expected


def test_memory_that_grows_for_sure_and_temporary_files_are_told_with_the_guides_settings() -> None:
    leak = Trend(60.0, 45.0, 70.0, 7200.0)
    given = {"MEMORY_CLEANUP_ENABLED": "false", "MAX_HISTORY_MESSAGES": "500"}
    (found,) = high_memory({}, leak, 2048.0, given)
    assert (found.severity, found.title, found.evidence) == (
        Severity.WARNING,
        "Memory grows",
        (
            "it grows by at least 45 MB per hour, over 2 h",
            "temporary files: 2 GB",
            "MEMORY_CLEANUP_ENABLED is not true",
            "MAX_HISTORY_MESSAGES=500",
        ),
    )
    (slow,) = high_memory({}, Trend(2.0, 1.5, 2.5, 7200.0), None, {})
    assert slow.evidence == ("it grows by at least 1.5 MB per hour, over 2 h",)
    wanders = Trend(60.0, -5.0, 70.0, 7200.0)
    assert list(high_memory({}, wanders, 10.0, given)) == []
    assert titles(high_memory({}, None, 2048.0, {})) == [(Severity.WARNING, "Many temporary files")]


@pytest.mark.skipif(os.name == "nt", reason="there, files have no mode and no such owner")
def test_a_log_of_another_user_is_told_with_the_user_it_should_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "logs" / "bot.log"
    settings = Settings(log_file_path=path)
    (missing,) = missing_logs(settings, {}, 0)
    assert missing.fix == f"`mkdir -p {tmp_path}/logs`"
    path.parent.mkdir()
    monkeypatch.setattr("os.getuid", lambda: 65_534)
    monkeypatch.setattr("os.access", lambda place, mode: mode == os.F_OK)
    (folder,) = missing_logs(settings, {}, 0)
    assert (folder.title, folder.fix) == (
        "The bot may not write into the log's folder",
        f"`chown 65534 {tmp_path}/logs`",
    )
    path.touch()
    monkeypatch.setattr("os.access", lambda place, mode: mode == os.F_OK or place != path)
    (file,) = missing_logs(settings, {}, 0)
    assert (file.title, file.fix) == (
        "The bot may not write the log file",
        f"`chown 65534 {path}`",
    )


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "bot.log"
    settings = Settings(log_file_path=path)
    assert titles(missing_logs(settings, {}, 0)) == [
        (Severity.CRITICAL, "The log's folder does not exist")
    ]
    path.parent.mkdir()
    assert titles(missing_logs(settings, {}, 0)) == [(Severity.OK, "The log file does not exist")]
    path.touch()
    assert list(missing_logs(settings, {}, 0)) == []
    (dropped,) = missing_logs(settings, {"debug": 3, "error": 0}, 0)
    assert (dropped.title, dropped.evidence) == (
        "3 log lines did not fit into the queue",
        ("3 debug",),
    )
    (taken,) = missing_logs(settings, {}, 2)
    assert taken.evidence == ("taken off or closed 2 times",)
    assert titles(missing_logs(Settings(log_to_file=False), {}, 0)) == [
        (Severity.OK, "No log file is written")
    ]
    (device,) = missing_logs(Settings(log_file_path=Path(os.devnull)), {}, 0)
    assert (device.title, device.evidence, device.fix) == (
        "No log file is written",
        (f"LOG_FILE_PATH={os.devnull}",),
        "Let `LOG_FILE_PATH` name a file.",
    )


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("[ERROR] tts: Failed to connect to RVC: refused", "RVC cannot be reached"),
        ("[ERROR] tts: Kokoro initialization failed: no model", "Kokoro could not be started"),
        ("[WARNING] tts: Edge TTS timeout after 10 s", "Edge TTS does not answer"),
        ("[ERROR] voice: TTS broke", "Speech fails"),
    ],
)
def test_errors_of_speech_are_found_in_the_log(tmp_path: Path, line: str, title: str) -> None:
    (found,) = tts_errors(log_with(tmp_path, line, "[INFO] tts: TTS is ready"), ())
    assert found.title == title
    assert found.evidence[0] == "1 line in the log of the last day"
    assert found.fix


def test_errors_of_speech_are_found_among_the_error_groups_without_a_log() -> None:
    (found,) = tts_errors(None, ("ConnectionError: Failed to connect to RVC · tts.py:4 · 1a",))
    assert (found.title, found.evidence) == (
        "RVC cannot be reached",
        ("ConnectionError: Failed to connect to RVC · tts.py:4 · 1a",),
    )
    assert list(tts_errors(None, ())) == []


def test_lines_older_than_a_day_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "bot.log"
    path.write_text("2026-11-20 10:00:00,000 [ERROR] bot: TTS broke\n")
    assert lines_with(LogFiles(path), "TTS") == Lines(0, ())


def test_without_a_log_file_a_search_cannot_tell(tmp_path: Path) -> None:
    with pytest.raises(UnknownError, match="no log file"):
        lines_with(None, "x")
    with pytest.raises(UnknownError, match="cannot be read"):
        lines_with(LogFiles(tmp_path / "none" / "bot.log"), "x")


def test_two_handlers_of_one_file_are_told_and_two_of_two_files_are_not(tmp_path: Path) -> None:
    def handler(name: str) -> logging.Handler:
        made = logging.FileHandler(tmp_path / name, delay=True)
        handlers.append(made)
        return made

    handlers: list[logging.Handler] = []
    parent, child = logging.getLogger("doubled"), logging.getLogger("doubled.child")
    before = list(double_lines())
    parent.addHandler(handler("one.log"))
    child.addHandler(handler("two.log"))
    assert list(double_lines()) == before
    child.addHandler(handler("one.log"))
    try:
        found = [one for one in double_lines() if one not in before]
        place = tmp_path / "one.log"
        assert [one.evidence for one in found] == [
            (f"logger doubled.child: 2 handlers write to {place} (FileHandler, FileHandler)",)
        ]
        child.propagate = False
        assert list(double_lines()) == before
    finally:
        child.propagate = True
        for one in handlers:
            parent.removeHandler(one)
            child.removeHandler(one)
            one.close()


def test_an_env_file_is_found_missing_elsewhere_unreadable_or_misspelt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, other = tmp_path / "here", tmp_path / "there"
    folder.mkdir()
    other.mkdir()
    assert titles(env_file(folder, [other], ())) == [(Severity.OK, "There is no `.env`")]
    (other / ".env").write_text("RELEASE=1\n")
    (found,) = env_file(folder, [other], ())
    assert found.evidence == (f"{folder / '.env'} is not there, but {other / '.env'} is",)
    (folder / ".env").write_text("RELEASE=1\nOTHER=2\n")
    monkeypatch.delenv("RELEASE", raising=False)
    assert list(env_file(folder, [other], ())) == []
    monkeypatch.setenv("RELEASE", "2")
    (found,) = env_file(folder, [], ())
    assert (found.title, found.evidence[0]) == ("1 key of `.env` without effect", "RELEASE")
    (folder / ".env").write_bytes(b"RELEASE=\xff\n")
    assert titles(env_file(folder, [], ())) == [(Severity.WARNING, "`.env` cannot be read")]
    (folder / ".env").write_text("")
    assert [
        one.evidence for one in env_file(folder, [], (("ALERT_CHANEL_ID", "ALERT_CHANNEL_ID"),))
    ] == [("ALERT_CHANEL_ID; did you mean ALERT_CHANNEL_ID?",)]


def test_debug_mode_that_does_not_end_is_told_and_one_that_does_is_not() -> None:
    settings = Settings()
    assert list(debug_mode(settings, logging.INFO, ())) == []
    (found,) = debug_mode(settings, logging.DEBUG, ())
    assert found.evidence == ("it was set at runtime",)
    ends = Override(name="root", level=logging.DEBUG, previous=logging.INFO, until=NOW)
    assert list(debug_mode(settings, logging.DEBUG, (ends,))) == []
    (found,) = debug_mode(Settings(debug_mode=True), logging.DEBUG, ())
    assert found.evidence == ("DEBUG_MODE=true or LOG_LEVEL=DEBUG",)


def test_metrics_that_are_off_are_told() -> None:
    assert list(metrics_off(Settings())) == []
    assert len(list(metrics_off(Settings(metrics_enabled=False)))) == 1


def test_a_state_file_in_memory_is_told(tmp_path: Path) -> None:
    assert list(state_file(tmp_path, None)) == []
    (found,) = state_file(tmp_path, "state is kept in memory only: read-only")
    assert found.severity is Severity.CRITICAL


def test_a_full_disk_is_told_once_for_log_and_state_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = {"log": tmp_path / "missing" / "logs", "state file": tmp_path}
    assert list(free_disk(paths)) == []
    monkeypatch.setattr(disk, "WARNING_MB", 1e12)
    (found,) = free_disk(paths)
    assert (found.severity, found.title) == (Severity.WARNING, "The disk is nearly full")
    assert found.evidence[0].endswith(f" left at {tmp_path} (log)")


@pytest.mark.parametrize(
    ("package", "version", "found"),
    [
        ("Python", "3.11.7", 0),
        ("Python", "3.12.6", 1),
        ("Python", "3.12.7", 0),
        ("Python", "3.13.0rc2", 1),
        ("Python", "3.13.1", 0),
        ("aiohttp", "3.12.9", 2),
        ("aiohttp", "3.13.2", 1),
        ("aiohttp", "3.14.5", 0),
        ("aiohttp", "from source", 0),
    ],
)
def test_versions_with_known_faults_are_told_with_their_source(
    package: str, version: str, found: int
) -> None:
    told = list(known_faults({package: version}, serves=True))
    assert len(told) == found
    assert all("https://" in one.fix for one in told)


def test_a_fault_of_serving_is_none_of_a_bot_that_serves_nothing() -> None:
    assert list(known_faults({"aiohttp": "3.13.2"}, serves=False)) == []
    assert all(fault.since < fault.fixed for fault in FAULTS)


@pytest.mark.parametrize(
    ("ahead", "severity", "text"),
    [
        (4.0, None, ""),
        (6.0, Severity.WARNING, "this machine's clock is 6 s ahead of Discord's"),
        (-600.0, Severity.CRITICAL, "this machine's clock is 10 min behind Discord's"),
    ],
)
def test_a_clock_that_is_wrong_is_told(ahead: float, severity: Severity | None, text: str) -> None:
    found = list(clock_skew("Fri, 27 Nov 2026 10:00:00 GMT", NOW + ahead))
    assert [(one.severity, one.evidence) for one in found] == (
        [(severity, (text,))] if severity else []
    )


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 99 Nov 2026 10:00:00 GMT"])
def test_without_a_date_of_discords_the_clock_is_not_known(date: str) -> None:
    with pytest.raises(UnknownError):
        list(clock_skew(date, NOW))


def test_limits_of_discord_that_are_near_are_told() -> None:
    fine, few = SessionStarts(1000, 900, NOW, NOW), SessionStarts(1000, 40, NOW, NOW)
    assert list(limits(fine, InvalidRequests(5), ())) == []
    assert list(limits(None, InvalidRequests(9000, is_seen=False), ())) == []
    assert [(one.severity, one.evidence) for one in limits(few, InvalidRequests(2500), ())] == [
        (Severity.CRITICAL, ("40 of 1,000",)),
        (Severity.WARNING, ("2,500 of 10,000 in 10 minutes",)),
    ]
    route = RateLimit(NOW, "route", "POST /channels/{id}/messages", 1.0)
    banned = RateLimit(NOW, "cloudflare", "GET /users/@me", None)
    shared = RateLimit(NOW, "shared", "PATCH /channels/{id}", 9.0)
    assert list(limits(fine, InvalidRequests(9), [route] * 9 + [shared] * 50)) == []
    assert [one.title for one in limits(fine, InvalidRequests(9), [banned, *[route] * 10])] == [
        "Cloudflare refuses this IP address",
        "The bot often meets rate limits",
    ]


def test_stalls_are_told_with_their_culprit() -> None:
    assert list(loop_blocked(StallSummary())) == []
    worst = Stall(NOW, 4.2, function="load", file="bot/db.py", line=12, hint="sleep; use await")
    (found,) = loop_blocked(StallSummary(3, worst=worst))
    assert (found.severity, found.evidence) == (
        Severity.CRITICAL,
        (
            "3 stalls in the last hour, the longest 4.2 s",
            "load at bot/db.py:12",
            "sleep; use await",
        ),
    )


async def test_each_check_has_its_own_deadline_and_what_one_raises_costs_that_one() -> None:
    async def fine() -> tuple[()]:
        return ()

    async def bad() -> list[Finding]:
        return [warning("b"), critical("a")]

    async def broken() -> list[Finding]:
        raise KeyError("x")

    async def unknown() -> list[Finding]:
        raise UnknownError("nobody tells")

    async def hanging() -> list[Finding]:
        await gate.wait()
        return []

    gate = asyncio.Event()
    done: list[int] = []
    checks = [
        Check("Fine", fine),
        Check("Bad", bad),
        Check("Broken", broken),
        Check("Unknown", unknown),
        Check("Hanging", hanging, seconds=0.05),
    ]
    report = await runner.run(checks, done.append)
    gate.set()
    assert report.findings == (("Bad", critical("a")), ("Bad", warning("b")))
    assert report.passed == ("Fine",)
    assert report.unknown == (
        ("Broken", "it failed with KeyError; the log has the traceback"),
        ("Unknown", "nobody tells"),
        ("Hanging", "no answer within 0 s"),
    )
    assert report.count == 5
    assert done == [1, 2, 3, 4, 5]


async def test_a_check_that_fails_after_it_was_given_up_is_not_told_by_asyncio(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def late() -> list[Finding]:
        await gate.wait()
        ended.set()
        raise KeyError("x")

    gate, ended = asyncio.Event(), asyncio.Event()
    report = await runner.run([Check("Late", late, seconds=0.01)], lambda _: None)
    gate.set()
    await ended.wait()
    await asyncio.sleep(0)  # the task ends
    gc.collect()
    assert report.unknown == (("Late", "no answer within 0 s"),)
    assert caplog.records == []


async def test_checks_are_made_one_after_another_but_a_slow_one_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner, "PATIENCE", 0.01)
    told: list[str] = []
    gate = asyncio.Event()

    def check(name: str, wait: Callable[[], Awaitable[object]]) -> Check:
        async def made() -> tuple[()]:
            told.append(f"{name} begins")
            await wait()
            told.append(f"{name} ends")
            return ()

        return Check(name, made)

    async def last() -> None:
        gate.set()

    checks = [
        check("quick", lambda: asyncio.sleep(0)),
        check("slow", gate.wait),
        check("last", last),
    ]
    report = await runner.run(checks, lambda _: None)
    assert report.passed == ("quick", "slow", "last")
    assert told == [
        *("quick begins", "quick ends", "slow begins"),
        *("last begins", "last ends", "slow ends"),
    ]
