"""The dashboard's own files: what they may contain, and that they fit together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[3] / "services" / "debugcog" / "web" / "static"
SCRIPTS = sorted(STATIC.glob("*.js"))
SHEETS = sorted(STATIC.glob("*.css"))
LINES_MAX = 300
UNSAFE = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\bFunction\s*\(|DOMParser"
    r"|createContextualFragment|srcdoc|setHTML|javascript:|cssText|[\"']style[\"']"
    r"|set(Timeout|Interval)\(\s*[\"'`]"
)
"""What would make markup, code or inline styles of a text."""
ELSEWHERE = re.compile(r"(https?:)?//[\w.-]+\.\w|@import|\burl\(")
IMPORT = re.compile(r'^import .+ from "\./([\w.]+)";$', re.MULTILINE)
WORKER = re.compile(r'new Worker\("/static/([\w.]+)"\)')


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_makes_no_markup_of_texts(path: Path) -> None:
    assert UNSAFE.findall(path.read_text()) == []


@pytest.mark.parametrize("text", ["e.innerHTML = x", "eval(x)", 'h("p", {"style": x})'])
def test_the_search_for_unsafe_calls_finds_them(text: str) -> None:
    assert UNSAFE.search(text)


@pytest.mark.parametrize("path", [*SCRIPTS, *SHEETS], ids=lambda path: path.name)
def test_a_file_says_what_it_does_and_is_not_long(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert re.fullmatch(r"(// [A-Z].{10,}[.,:;]?|/\* [A-Z].+\. \*/)", lines[0])
    assert len(lines) <= LINES_MAX


@pytest.mark.parametrize("path", [*SCRIPTS, *SHEETS], ids=lambda path: path.name)
def test_a_file_loads_nothing_from_elsewhere(path: Path) -> None:
    assert ELSEWHERE.search(path.read_text()) is None


def test_the_page_has_no_script_or_style_of_its_own_and_loads_ours_only() -> None:
    page = (STATIC / "index.html").read_text()
    assert re.search(r"<style|style=|\son\w+=|<script(?![^>]*\ssrc=)", page) is None
    loaded = re.findall(r'(?:src|href)="(/[^"]*)"', page)
    assert loaded == [
        "/static/icon.svg",
        "/static/style.css",
        "/static/chart.css",
        "/static/logs.css",
        "/static/runtime.css",
        "/static/main.js",
    ]
    assert all((STATIC / path.removeprefix("/static/")).exists() for path in loaded)


def test_every_script_is_reached_from_the_first_one() -> None:
    reached, left = set(), {"main.js"}
    while left:
        name = left.pop()
        reached.add(name)
        text = (STATIC / name).read_text()
        left |= {*IMPORT.findall(text), *WORKER.findall(text)} - reached
    assert reached == {path.name for path in SCRIPTS}


def test_scripts_import_each_other_in_one_direction() -> None:
    graph = {path.name: set(IMPORT.findall(path.read_text())) for path in SCRIPTS}
    while graph:
        leaves = {name for name, needs in graph.items() if not needs & set(graph)}
        assert leaves, f"these import each other: {sorted(graph)}"
        graph = {name: needs for name, needs in graph.items() if name not in leaves}
