"""The record's writer when the disk is slow, or full; the mask over every line."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from discord_sandbox.record.masking import Mask
from discord_sandbox.record.writer import Writer


def lost(lines: int) -> str:
    return f"lost {lines}"


def test_what_a_slow_disk_cannot_take_is_dropped_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discord_sandbox.record.writer.BACKLOG", 10)
    slow, busy = threading.Event(), threading.Event()

    def finish(line: str) -> str:
        busy.set()
        slow.wait(10)
        return line

    writer = Writer(tmp_path / "record", finish, lost)
    writer.put("first")
    assert busy.wait(10)
    for line in ("a" * 6, "b" * 4, "c", "d"):
        writer.put(line)
    slow.set()
    writer.close()
    assert (tmp_path / "record").read_text().split("\n") == [
        "first",
        "aaaaaa",
        "bbbb",
        "lost 2",
        "",
    ]


def test_one_line_that_is_larger_than_the_backlog_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discord_sandbox.record.writer.BACKLOG", 10)
    writer = Writer(tmp_path / "record", str, lost)
    writer.put(lambda: "x" * 100, 100)
    writer.close()
    assert (tmp_path / "record").read_text() == "x" * 100 + "\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full disk at hand")
def test_a_full_disk_ends_the_record_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    writer = Writer(Path("/dev/full"), str, lost)
    writer.put("line")
    writer._thread.join(10)
    writer.put("another")
    writer.close()
    assert [(each.levelno, each.getMessage()) for each in caplog.records] == [
        (logging.ERROR, "The record /dev/full ends here: [Errno 28] No space left on device")
    ]


BOT, HOOK = "b" * 43, "h-" * 34


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        (f'{{"content":"{BOT}"}}', '{"content":"<token>"}'),
        (f"xx{BOT}{HOOK}yy", "xx<token><token>yy"),
        (f"{'b' * 42} {'c' * 60}", f"{'b' * 42} {'c' * 60}"),
        ('{"token":"a\\"b","t":1}', '{"token":"<token>","t":1}'),
        ('{"content":"\\"token\\":\\"mine\\""}', '{"content":"\\"token\\":\\"mine\\""}'),
        ("/webhooks/12/abc.d-e/messages/1", "/webhooks/12/<token>/messages/1"),
        ("/interactions/12/abc/callback", "/interactions/12/<token>/callback"),
    ],
)
def test_tokens_are_masked_wherever_they_stand(line: str, masked: str) -> None:
    assert Mask({BOT, HOOK}.__contains__)(line) == masked
