"""Debug mode writes its lines, and is silent and harmless otherwise."""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
import threading
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.debugcog import host_text
from services.debugcog.logs import setup_logging
from services.debugcog.settings import Settings
from services.debugcog.tracing import log_request, log_response, traced
from tests.hostile import Stuck


class Unprintable:
    def __repr__(self) -> str:
        raise OSError("no repr")


class Cancelled:
    def __repr__(self) -> str:
        raise asyncio.CancelledError


class Unbound:
    """A proxy as of web frameworks, which stands for nothing yet."""

    @property  # type: ignore[misc]  # object's own can be written
    def __class__(self) -> Any:
        raise RuntimeError("working outside of a context")

    def __repr__(self) -> str:
        raise RuntimeError("working outside of a context")


class Undecided(list[int]):
    """Has no truth, as an array of numbers."""

    def __bool__(self) -> bool:
        raise ValueError("the truth of an array is ambiguous")


class Model:
    def __call__(self, prompt: str) -> str:
        return prompt


class Streamed:
    async def __call__(self, prompt: str) -> str:
        return prompt


class Ollama:
    @traced("ollama")
    async def chat(self, prompt: str, history: list[str]) -> str:
        return f"{prompt} {len(history)}"

    @traced("ollama")
    async def stream(self, prompt: str) -> AsyncGenerator[str, str]:
        got = ""
        while got != "stop":
            got = yield prompt + got

    @traced("ollama")
    def models(self, *names: str, token: str = "", **options: object) -> Iterator[str]:
        yield from names

    @classmethod
    @traced("ollama")
    def connect(cls, host: str, port: int = 11434) -> str:
        return f"{cls.__name__} {host}:{port}"

    @staticmethod
    @traced("ollama")
    def fail(reason: str) -> None:
        """Fail."""
        raise ValueError(reason)


@pytest.fixture(autouse=True)
def debug_mode(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def test_a_request_is_a_block_as_in_the_guide(caplog: pytest.LogCaptureFixture) -> None:
    context = ["User profile", "10 messages", "summary"]
    log_request("LLM", model="stheno-3.2:latest", tokens=1847, context=context)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        (
            "DEBUG",
            (
                "LLM Request:\n"
                "  Model: stheno-3.2:latest\n"
                "  Tokens: 1847\n"
                "  Context: [User profile, 10 messages, summary]"
            ),
        )
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("That's it", '"That\'s it"'),
        ("x" * 50, '"' + "x" * 50 + '"'),
        ("x" * 51, '"' + "x" * 50 + '..."'),
        ('a\n"b"', r'"a\n\"b\""'),
        (f"{'x' * 40} password=hunter2hunter2", f'"{"x" * 40} password=..."'),
    ],
)
def test_a_response_is_a_block_with_the_beginning_of_its_text(
    caplog: pytest.LogCaptureFixture, text: str, shown: str
) -> None:
    log_response("LLM", seconds=2.345, tokens=156, text=text)
    assert caplog.messages == [
        f"LLM Response:\n  Time: 2.3s\n  Tokens: 156\n  First 50 chars: {shown}"
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "None"), ("?", "?"), (Cancelled(), "<Cancelled>"), (Unprintable(), "<Unprintable>")],
)
def test_a_block_shows_whatever_it_is_given(
    caplog: pytest.LogCaptureFixture, value: Any, shown: str
) -> None:
    log_request(value, model=value, tokens=value, context=[value])
    log_response(value, seconds=value, tokens=value, text=value)
    quoted = shown if shown.startswith("<") else f'"{shown}"'
    assert caplog.messages == [
        f"{shown} Request:\n  Model: {shown}\n  Tokens: {shown}\n  Context: [{shown}]",
        f"{shown} Response:\n  Time: {shown}\n  Tokens: {shown}\n  First 50 chars: {quoted}",
    ]


async def test_what_has_no_text_in_time_does_not_hold_the_event_loop_up(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_text, "HANG_SECONDS", 0.05)
    stuck: Any = Stuck()

    @traced("LLM")
    async def ask(question: object, more: object) -> str:
        return "yes"

    assert await ask(stuck, [stuck]) == "yes"
    log_request(stuck, model=stuck, tokens=stuck, context=[stuck])
    log_response("LLM", seconds=stuck, tokens=stuck, text=stuck)
    stuck.free.set()
    late = "<str() does not return>"
    assert threading.current_thread().name not in stuck.threads
    assert caplog.messages == [
        f"service_call: LLM.ask(question={late}, more=[...])",
        f"{late} Request:\n  Model: {late}\n  Tokens: {late}\n  Context: [{late}]",
        f"LLM Response:\n  Time: {late}\n  Tokens: {late}\n  First 50 chars: {late}",
    ]


@pytest.mark.parametrize(("context", "shown"), [(None, "[]"), (3, "<int>"), ((), "[]")])
def test_a_request_without_a_usable_context_is_a_block(
    caplog: pytest.LogCaptureFixture, context: Any, shown: str
) -> None:
    log_request(model="m", tokens=1, context=context)
    assert caplog.messages == [f"LLM Request:\n  Model: m\n  Tokens: 1\n  Context: {shown}"]


async def test_coroutines_generators_and_methods_are_traced_and_work_as_before(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ollama = Ollama()
    assert await ollama.chat("hello", history=["hi"]) == "hello 1"
    stream = ollama.stream("x")
    assert [await anext(stream), await stream.asend("y")] == ["x", "xy"]
    assert list(ollama.models("a", "b", "c", token="12345678", limit=5)) == ["a", "b", "c"]
    assert Ollama.connect("localhost") == "Ollama localhost:11434"
    with pytest.raises(ValueError, match="why"):
        Ollama.fail("why")
    assert caplog.messages == [
        'service_call: ollama.chat(prompt="hello", history=[...])',
        'service_call: ollama.stream(prompt="x")',
        'service_call: ollama.models("a", "b", "c", token=***, limit=5)',
        'service_call: ollama.connect(host="localhost")',
        'service_call: ollama.fail(reason="why")',
    ]
    assert {record.name for record in caplog.records} == {__name__}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (123, "123"),
        (None, "None"),
        pytest.param(10**5000, "<int>", id="an int that Python refuses to print"),
        ("x" * 41, '"' + "x" * 40 + '..."'),
        ([], "[]"),
        ((1,), "(...)"),
        ({"password": "hunter2"}, "{...}"),
        (set(), "{}"),
        (Unprintable(), "<Unprintable>"),
        (Cancelled(), "<Cancelled>"),
        pytest.param(Unbound(), "<Unbound>", id="a proxy that is bound to nothing"),
        pytest.param(Undecided(), "<Undecided>", id="a list without a truth"),
        (range(10**30), "range(0, 1000000000000000000000000000000..."),
        ("a password=hunter2hunter2", '"a password=[redacted]"'),
        ("x" * 30 + " sk-" + "a1B2" * 12, '"' + "x" * 30 + ' [redacted..."'),
    ],
)
def test_arguments_are_shortened_and_redacted(
    caplog: pytest.LogCaptureFixture, value: object, shown: str
) -> None:
    @traced("service")
    def call(value: object) -> None:
        pass

    call(value)
    assert caplog.messages == [f"service_call: service.call(value={shown})"]


@pytest.mark.parametrize("name", ["token", "bot_token", "password", "api_key", "Authorization"])
def test_arguments_with_secret_names_are_masked(
    caplog: pytest.LogCaptureFixture, name: str
) -> None:
    @traced("service")
    def call(**more: object) -> None:
        pass

    call(**{name: 12345678}, tokens=1847)
    assert caplog.messages == [f"service_call: service.call({name}=***, tokens=1847)"]


def test_many_arguments_are_cut(caplog: pytest.LogCaptureFixture) -> None:
    @traced("service")
    def call(*values: int) -> None:
        pass

    call(*range(100))
    shown = ", ".join(str(number) for number in range(20))
    assert caplog.messages == [f"service_call: service.call({shown}, ...)"]


def test_what_has_no_signature_is_traced_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "builtins")
    assert traced("python")(max)(1, 2) == 2
    assert caplog.messages == ["service_call: python.max(1, 2)"]


async def chat(model: str, prompt: str) -> str:
    return f"{model}: {prompt}"


async def test_partials_and_callable_objects_are_traced_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert await traced("ollama")(functools.partial(chat, "stheno"))("hi") == "stheno: hi"
    assert traced("ollama")(Model())("hello") == "hello"
    assert await traced("ollama")(Streamed())("hey") == "hey"
    assert caplog.record_tuples == [
        (__name__, logging.DEBUG, 'service_call: ollama.chat(prompt="hi")'),
        (__name__, logging.DEBUG, 'service_call: ollama.Model(prompt="hello")'),
        (__name__, logging.DEBUG, 'service_call: ollama.Streamed(prompt="hey")'),
    ]


class Unreadable:
    def __getattr__(self, name: str) -> object:
        raise RuntimeError(name)

    def __call__(self) -> str:
        return "called"


def test_what_cannot_be_traced_works_as_before() -> None:
    assert traced("odd")(Unreadable())() == "called"


def test_a_key_that_misbehaves_does_not_reach_the_host() -> None:
    class Key(str):
        __hash__ = str.__hash__

        def lower(self) -> str:
            raise OSError("no")

        def replace(self, *args: object) -> str:
            raise OSError("no")

    @traced("service")
    def call(**more: object) -> int:
        return len(more)

    assert call(**{Key("a"): 1}) == 1


def test_a_decorated_function_looks_like_itself() -> None:
    assert inspect.iscoroutinefunction(Ollama.chat)
    assert asyncio.iscoroutinefunction(Ollama.chat)
    assert not inspect.iscoroutinefunction(Ollama.models)
    assert (Ollama.fail.__name__, Ollama.fail.__doc__) == ("fail", "Fail.")
    assert str(inspect.signature(Ollama.connect)) == "(host: 'str', port: 'int' = 11434) -> 'str'"


async def test_outside_debug_mode_nothing_is_written_or_looked_at(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    seen = []

    class Watched:
        def __repr__(self) -> str:
            seen.append(self)
            return ""

    @traced("service")
    async def call(value: object) -> object:
        return value

    watched = Watched()
    assert await call(watched) is watched
    assert seen == []
    Ollama.connect("localhost")
    log_request(model="m", tokens=1)
    log_response(seconds=1.0, tokens=1, text="t")
    assert caplog.messages == []


def test_one_module_can_be_traced_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, __name__)
    log_request(model="m", tokens=1)
    Ollama.connect("localhost")
    assert caplog.messages == ['service_call: ollama.connect(host="localhost")']


def test_a_known_secret_that_is_longer_than_what_is_shown_goes_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = "correct horse battery staple, every word of it"
    monkeypatch.setenv("DB_PASSWORD", known)
    settings = Settings(log_file_path=tmp_path / "bot.log", debug_mode=True)
    logs = setup_logging(settings, console=False)

    traced("db")(connect)(known)
    logs.close()

    line = settings.log_file_path.read_text()
    assert line.endswith('service_call: db.connect(where="[redacted]")\n')


def connect(where: str) -> None:
    """Do nothing."""
