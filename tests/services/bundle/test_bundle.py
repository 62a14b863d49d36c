"""A support bundle: what is in it, what does not fit, and its page in a real browser."""

from __future__ import annotations

import asyncio
import io
import os
import random
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.debugcog.bundle.archive import SIZE_MAX, archive
from services.debugcog.bundle.collect import Source, collect
from services.debugcog.bundle.part import Missing, Part, chart_parts, json_part
from services.debugcog.charting.chart_spec import ChartSpec, Line
from services.debugcog.redaction.redactor import redact
from tests.chromium import chromium, executable

NOW = 1_800_000_000.0
EVIL = (
    "<script>document.title='hacked'</script><img src=http://a.test/x onerror=alert(1)>\x00\ud800"
)
TOKEN = "ghp_0123456789abcdefghij0123456789abcdef"


def unpacked(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        return {name: found.read(name).decode() for name in found.namelist()}


def noise(characters: int, seed: int = 1) -> str:
    return random.Random(seed).randbytes(characters // 2).hex()


def chart(title: str = "Memory", label: str = "memory") -> ChartSpec:
    line = Line(label, tuple((NOW + 60 * n, None if n == 3 else 1.5 * n) for n in range(100)))
    return ChartSpec(title, "MB", (line,), (), (), NOW, NOW + 6000)


def test_a_bundle_has_its_files_and_a_page_that_names_them() -> None:
    parts = (Part("log.txt", "Log", "a < b\n"), *chart_parts({"memory": chart()}, redact))
    made = archive("Support bundle of Bot", parts, (Missing("Tasks", "no answer"),), NOW, SIZE_MAX)
    files = unpacked(made.content)
    assert sorted(files) == ["charts/memory.csv", "index.html", "log.txt"]
    assert files["log.txt"] == "a < b\n"
    assert files["charts/memory.csv"].splitlines()[:2] == [
        "time (UTC),memory (MB)",
        "2027-01-15T08:00:00Z,0.0",
    ]
    page = files["index.html"]
    assert "<li><b>Tasks</b>: no answer</li>" in page
    assert '<a href="log.txt">log.txt</a>' in page
    assert '<pre tabindex="0">a &lt; b\n</pre>' in page
    assert "<p>The last 60 of 100 rows.</p>" in page


@pytest.mark.thorough
@pytest.mark.parametrize("size_max", [SIZE_MAX, 300_000])
def test_what_does_not_fit_is_left_out_and_named_on_the_page(size_max: int) -> None:
    parts = (
        Part("small.txt", "Small", "small"),
        Part("large.txt", "Large", noise(30_000_000)),
        Part("other.txt", "Other", "other"),
    )
    made = archive("Bundle", parts, (), NOW, size_max)
    assert len(made.content) <= size_max
    files = unpacked(made.content)
    assert sorted(files) == ["index.html", "other.txt", "small.txt"]
    assert "<li><b>Large</b>: too large: 1" in files["index.html"]
    assert [one.title for one in made.missing] == ["Large"]


def test_a_page_that_would_be_too_large_has_links_alone() -> None:
    parts = [Part(f"{n}.txt", f"Part {n}", noise(20_000, n)) for n in range(8)]
    made = archive("Bundle", parts, (), NOW, 110_000)
    assert len(made.content) <= 110_000
    assert "<pre" not in unpacked(made.content)["index.html"]


def test_texts_and_keys_of_an_answer_are_redacted() -> None:
    part = json_part("x", "X", {f"k {TOKEN}": [TOKEN, {"deep": f"token={TOKEN}"}]}, redact)
    assert TOKEN not in part.text
    (table,) = chart_parts({"memory": chart(TOKEN, f"=cmd {TOKEN}")}, redact)
    assert TOKEN not in table.text + table.title + str(table.table)


async def test_a_source_that_fails_or_never_answers_costs_that_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.debugcog.bundle.collect.SECONDS", 0.05)

    async def fine() -> Sequence[Part]:
        return (Part("a.txt", "A", "a"),)

    async def broken() -> Sequence[Part]:
        raise KeyError("x")

    async def endless() -> Sequence[Part]:
        await asyncio.Event().wait()
        return ()

    seen: list[int] = []
    made = [Source("Broken", broken), Source("Endless", endless), Source("Fine", fine)]
    found = await collect(made, seen.append)
    assert [part.name for part in found.parts] == ["a.txt"]
    assert found.missing == (
        Missing("Broken", "it failed with KeyError"),
        Missing("Endless", "no answer within 0 s"),
    )
    assert seen == [0, 1, 2]


async def test_there_is_an_end_to_the_time_of_all_sources() -> None:
    times = iter([0.0, 70.0])

    async def fine() -> Sequence[Part]:
        return ()

    found = await collect([Source("Late", fine)], lambda _: None, lambda: next(times))
    assert found.missing == (Missing("Late", "no time was left"),)


@pytest.mark.skipif(
    executable() is None and not os.environ.get("CI"), reason="there is no Chromium"
)
async def test_the_page_opens_offline_without_a_request_or_a_word_in_the_console(
    tmp_path: Path,
) -> None:
    parts = (
        Part("log.txt", f"Log {EVIL}", EVIL * 10),
        *chart_parts({"memory": chart(EVIL[:100], "<b>x</b>")}, redact),
    )
    made = archive(f"Bundle {EVIL}", parts, (Missing(EVIL, EVIL),), NOW, SIZE_MAX)
    with zipfile.ZipFile(io.BytesIO(made.content)) as found:
        found.extractall(tmp_path)
    async with chromium() as browser:
        page = await browser.page(400, 800)
        await page.watch_requests()
        await page.go((tmp_path / "index.html").as_uri())
        await page.see("Left out")
        await page.click("summary", "Chart: ")
        await page.see("2027-01-15T09:39:00Z")
        title = await page.run("document.title")
        elements = await page.run("document.querySelectorAll('script, img, b *, iframe').length")
        wide = await page.run("document.documentElement.scrollWidth")
        await page.click("summary", "Log ")
        await page.click("a", "log.txt")
        await page.see("hacked")
    assert title.startswith("Bundle <script>")
    assert elements == 0
    assert wide <= 400
    assert page.console == []
    assert [url.rpartition("/")[2] for url in page.requests if url.startswith("file:")] == [
        "index.html",
        "log.txt",
    ]
    assert all(url.startswith(("file:", "data:")) for url in page.requests)
