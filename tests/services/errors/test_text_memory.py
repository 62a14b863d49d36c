"""What users wrote is hidden in log lines, however it is printed and however long ago it was."""

from __future__ import annotations

import html
import json
import random
import threading
import time
from collections.abc import Callable
from unicodedata import combining, normalize
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.errors.text_memory import BITS, GROUPS_MAX, HIDDEN, NEW_MAX, TextMemory
from tests.printed_forms import FORMS

DIARY = 'dear diary\nWHISPER I love bob and "alice", don\'t tell him: über-Größe 100% & more'
WORDS = ("WHISPER", "bob", "alice", "tell", "Größe")


def memory_of(*texts: str) -> TextMemory:
    memory = TextMemory()
    for text in texts:
        memory.add(text)
    return memory


PRINTED: dict[str, Callable[[str], str]] = {
    **FORMS,
    "JSON in JSON": lambda text: json.dumps(json.dumps({"content": text})),
    "repr of a dict": lambda text: repr({"content": text, "n": 1}),
    "bytes": lambda text: repr(text.encode()),
    "HTML": html.escape,
    "address": quote,
    "form": quote_plus,
    "one line": lambda text: " ".join(text.split()),
    "joined lines": lambda text: " | ".join(text.splitlines()),
    "indented": lambda text: text.replace("\n", "\n        > "),
    "in capitals": str.upper,
    "accents apart": lambda text: normalize("NFD", text),
    "without accents": lambda text: "".join(
        one for one in normalize("NFKD", text) if not combining(one)
    ),
    "name of a file": lambda text: "_".join(text.split()) + ".mp3",
    "its second line": lambda text: text.split("\n")[1],
    "cut off": lambda text: text[:52] + "…",
    "cut off at the start": lambda text: "…" + text[7:],
    "a list of words": lambda text: repr(text.split()),
}


@pytest.mark.parametrize("way", PRINTED)
def test_a_text_of_two_lines_is_hidden_however_it_is_printed(way: str) -> None:
    line = f"got {PRINTED[way](DIARY)}"

    output = memory_of(DIARY).hide(line)

    assert HIDDEN in output
    assert [word for word in WORDS if word.casefold() in output.casefold()] == []
    assert output.startswith("got ")


@pytest.mark.parametrize(
    ("text", "line", "output"),
    [
        (DIARY, f"got {DIARY!r} from 123", "got '[user's text]' from 123"),
        (
            "tell me a long story",
            "asked: tell me a long story, 5 tokens",
            f"asked: {HIDDEN}, 5 tokens",
        ),
        ("tell me a long story", "asked: tell me a long sto...", f"asked: {HIDDEN}..."),
        ("tell me a long story", "tell me a long story 81384788", f"{HIDDEN} 81384788"),
        ("hunter2x", "hunter2x asked, Hunter2x!", f"{HIDDEN} asked, {HIDDEN}!"),
        ("weather in Bern", "forecast for weather in Bern: rain", f"forecast for {HIDDEN}: rain"),
        ("今日はとても良い天気ですね", "said 今日はとても良い天気ですね!", f"said {HIDDEN}!"),
        ("今日はとても良い天気ですね", "said 今日はとても良い天…", f"said {HIDDEN}…"),
    ],
)
def test_what_is_around_a_text_stays(text: str, line: str, output: str) -> None:
    assert memory_of(text).hide(line) == output


@pytest.mark.parametrize(
    "line",
    [
        "connected to the gateway in 3.5 s",
        "tell me",
        "a long way",
        "user 81384788765712384 asked, tokens_input=1847",
        r"loaded C:\new\table.json &amp; %41",
    ],
)
def test_a_line_without_a_text_stays_as_it_is(line: str) -> None:
    assert memory_of("tell me a long story", "hey", "a", DIARY).hide(line) == line


def test_a_text_is_hidden_however_many_came_after_it() -> None:
    source, memory = random.Random(3), memory_of(DIARY, "pineapple9")
    others = (" ".join(f"w{source.randrange(10**6)}" for _ in range(10)) for _ in range(5_000))
    for other in others:
        memory.add(other)

    assert memory.hide(f"it says: {DIARY!r}") == "it says: '[user's text]'"
    assert memory.hide("code pineapple9") == f"code {HIDDEN}"


def test_words_that_many_write_are_hidden_only_while_they_are_new() -> None:
    memory = memory_of("hello", "play music")
    assert memory.hide("got hello and play music") == f"got {HIDDEN} and {HIDDEN}"

    for number in range(NEW_MAX):
        memory.add("thanks" if number % 2 else "good bot")

    assert memory.hide("got hello and play music") == "got hello and play music"


def test_the_memory_has_a_bound_and_forgets_the_oldest() -> None:
    source, memory = random.Random(4), memory_of(DIARY)
    while True:
        memory.add(" ".join(str(source.random()) for _ in range(50)))
        if HIDDEN not in memory.hide(DIARY):
            break
        assert len(memory._recent) + len(memory._older) == 2 * BITS // 8 == 1 << 20

    assert GROUPS_MAX <= 100_000
    memory.clear()
    assert len(memory._recent) + len(memory._older) == 0


@pytest.mark.thorough
def test_what_nobody_wrote_is_seldom_hidden() -> None:
    source, memory = random.Random(5), TextMemory()
    for _ in range(2 * GROUPS_MAX // 8):
        memory.add(" ".join(f"w{source.randrange(10**6)}" for _ in range(10)))

    lines = [" ".join(f"v{source.randrange(10**6)}" for _ in range(20)) for _ in range(20_000)]

    wrong = sum(memory.hide(line) != line for line in lines)
    print(f"{wrong} of {len(lines):,} lines lose words that nobody wrote")
    assert wrong <= 40


@given(st.text(), st.text())
def test_any_text_and_line_are_taken(text: str, line: str) -> None:
    memory = memory_of(text)

    assert isinstance(memory.hide(line), str)
    assert isinstance(memory.hide(f"{line} {text} {line}"), str)


def test_threads_do_not_disturb_each_other() -> None:
    memory = TextMemory()

    def write(number: int) -> None:
        for at in range(300):
            memory.add(f"thread {number} wrote text {at} of many")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    lines = [f"thread {number} wrote text {at} of many" for number in range(4) for at in range(300)]
    assert {memory.hide(line) for line in lines} == {HIDDEN}


def test_the_longest_message_costs_the_event_loop_a_millisecond_at_most() -> None:
    text = "some words " * 180
    memory = memory_of(text)

    cost = min(timed(lambda: memory.add(text)) for _ in range(50))

    print(f"{cost * 1e3:.2f} ms for {len(text):,} characters")
    assert cost < 5e-3  # 0.6 ms on an idle machine


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@pytest.mark.parametrize(
    ("written", "line", "shown"),
    [
        ("!note buy rope", "added: buy rope", "added: [user's text]"),
        ("?ban <@81384788765712384> being rude", "reason=being rude", "reason=[user's text]"),
        ("<@81384788765712384> remind call mum", "text 'call mum'", "text '[user's text]'"),
        ("!key zK29xx7qLp", "got zK29xx7qLp", "got [user's text]"),
        ("!play music", "music was loaded", "music was loaded"),
        ("!pay 10000", "paid 10000", "paid 10000"),
        ("they call mum", "call mum", "call mum"),
    ],
)
def test_of_a_prefix_command_the_arguments_are_hidden_by_themselves(
    written: str, line: str, shown: str
) -> None:
    assert memory_of(written).hide(line) == shown
