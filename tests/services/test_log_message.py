"""A log call's message is what it said then, costs what is shown of it, and keeps nothing alive."""

from __future__ import annotations

import gc
import logging
import threading
import weakref
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.debugcog import host_text
from services.debugcog.log_message import SMALL, TEXT_MAX, message_of


class Point(NamedTuple):
    x: object
    y: object = 0


class Named(namedtuple("Place", "x")):
    """A named tuple of a host with a text of its own."""

    asked: ClassVar[list[object]] = []

    def __repr__(self) -> str:
        self.asked.append(self.x)
        return "a place"


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
KEYS = st.integers() | st.text(max_size=5) | st.tuples(st.integers())
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(KEYS, inner)
        | st.sets(st.integers())
        | st.frozensets(st.text(max_size=5))
        | st.dictionaries(KEYS, inner).map(OrderedDict)
        | st.dictionaries(KEYS, inner).map(lambda values: defaultdict(list, values))
        | st.lists(inner).map(deque)
        | st.lists(inner).map(lambda values: deque(values, maxlen=3))
        | st.builds(Point, inner, inner)
    ),
    max_leaves=5,
)


def record(text: object, *args: object) -> logging.LogRecord:
    return logging.LogRecord("bot", logging.INFO, "bot.py", 1, text, args, None)


class Item:
    """An object of a host, which counts how often it is asked for its text."""

    def __init__(self, text: str = "item") -> None:
        self.text = text
        self.asked: Counter[str] = Counter()

    def __str__(self) -> str:
        self.asked["str"] += 1
        return self.text

    def __repr__(self) -> str:
        self.asked["repr"] += 1
        return f"<{self.text}>"


def change_item(item: Item) -> None:
    item.text = "later"


def change_error(error: ValueError) -> None:
    error.args = ("later",)


@pytest.mark.parametrize(
    ("value", "change", "expected"),
    [
        ([1, "a"], list.clear, "[1, 'a']"),
        ({"n": 1}, dict.clear, "{'n': 1}"),
        ({1, 2}, set.clear, "{1, 2}"),
        (bytearray(b"ab"), bytearray.clear, "bytearray(b'ab')"),
        (deque([1]), deque.clear, "deque([1])"),
        (([1],), lambda value: value[0].clear(), "([1],)"),
        ({"inner": {"n": [1]}}, lambda value: value["inner"]["n"].clear(), "{'inner': {'n': [1]}}"),
        (Item(), change_item, "item"),
        (ValueError("now"), change_error, "now"),
    ],
)
def test_an_argument_that_changes_later_reads_as_it_was(
    value: Any, change: Callable[[Any], object], expected: str
) -> None:
    alone, beside = message_of(record("is %s", value)), message_of(record("%d: %s", 5, value))
    change(value)
    assert (str(alone), str(beside)) == (f"is {expected}", f"5: {expected}")


def test_a_message_that_is_no_text_and_named_arguments_read_as_they_were() -> None:
    item, values = Item(), {"of": [1]}
    messages = [message_of(record(item)), message_of(record("%(of)s", values))]
    item.text = "later"
    values["of"].clear()
    assert [str(message) for message in messages] == ["item", "[1]"]


def test_numbers_and_texts_are_left_to_the_writer() -> None:
    args = (5, 0.5, True, None, "text", b"bytes")
    message = message_of(record("%d %s %s %s %s %s", *args))
    assert message == ("%d %s %s %s %s %s", args, 0)
    assert str(message) == "5 0.5 True None text b'bytes'"


def test_of_a_list_or_dict_of_a_few_of_them_a_copy_is_left_to_the_writer() -> None:
    values, names = [1, "a"], {"n": None}
    message = message_of(record("%s %s %d", values, names, 5))
    values.clear()
    names.clear()
    assert message == ("%s %s %d", ([1, "a"], {"n": None}, 5), 0)
    assert str(message) == "[1, 'a'] {'n': None} 5"


@pytest.mark.parametrize("value", [[1] * 21, ["x" * 101], {"x" * 101: 1}, {1: [2]}, [b"x"]])
def test_of_a_container_with_more_in_it_the_text_is_kept(value: object) -> None:
    assert message_of(record("%s", value)) == (str(value), (), 0)


@settings(max_examples=50)
@given(VALUES, VALUES)
def test_a_message_is_what_python_makes_of_it(first: object, second: object) -> None:
    message = message_of(record("%s and %r", first, second))
    expected = f"{first} and {second!r}"
    assert str(message) == expected[:TEXT_MAX]


@settings(max_examples=50)
@given(VALUES, st.integers(250, 1_000))
def test_the_beginning_of_a_large_container_is_what_python_makes_of_it(
    value: object, count: int
) -> None:
    values: list[object] = [value] * count
    values = [values, tuple(values), {"key": values}]
    assert str(message_of(record("%s", values))) == str(values)[:TEXT_MAX]
    for of in (deque(values), OrderedDict(a=values), defaultdict(list, a=values)):
        assert str(message_of(record("%s", of))) == str(of)[:TEXT_MAX]
    point = Point(values, deque(values, maxlen=5))
    assert str(message_of(record("%s", point))) == str(point)[:TEXT_MAX]


def test_a_container_that_holds_itself_has_an_end() -> None:
    values: list[object] = ["x" * SMALL]
    values.append(values)
    assert str(message_of(record("%s", values))) == str(values)


@pytest.mark.parametrize(
    "kind", [KeyboardInterrupt, SystemExit, GeneratorExit, RuntimeError, RecursionError]
)
def test_an_argument_without_a_text_says_so_and_the_others_have_theirs(
    kind: type[BaseException],
) -> None:
    class Mute:
        def __str__(self) -> str:
            raise kind

        __repr__ = __str__

    says = f"<str() raised {kind.__name__}>"
    assert str(message_of(record("%s did %d in %s", Mute(), 3, [5]))) == f"{says} did 3 in [5]"
    assert str(message_of(record(Mute()))) == says
    shown = says.replace("str", "repr")
    assert str(message_of(record("%s", [Mute()]))) == f"[{shown}]"
    assert str(message_of(record("%s", {"key": Mute()}))) == f"{{'key': {says}}}"


def test_a_class_with_a_hash_that_raises_leaves_the_message() -> None:
    class Meta(type):
        def __hash__(cls) -> int:
            raise RuntimeError

    odd = Meta("Odd", (), {})()
    assert str(message_of(record("%s %d", odd, 5))) == "%s %d (arguments do not fit: RuntimeError)"


def test_arguments_that_do_not_fit_leave_the_message() -> None:
    assert str(message_of(record("%d users", "no"))) == "%d users (arguments do not fit: 'no')"
    assert str(message_of(record("%d users", [1]))) == "%d users (arguments do not fit: [1])"
    assert str(message_of(record("%s", 1, [2]))) == "%s (arguments do not fit: 1, [2])"
    assert str(message_of(record("%s %s", "deploy-17"))) == (
        "%s %s (arguments do not fit: 'deploy-17')"
    )
    assert str(message_of(record("Failed", RuntimeError("closed by peer")))) == (
        "Failed (arguments do not fit: RuntimeError('closed by peer'))"
    )


def test_arguments_that_do_not_fit_read_as_they_were_and_cost_what_is_shown() -> None:
    item = Item()
    made = message_of(record("Failed", item, ["x" * 5_000_000]))
    item.text = "later"
    assert str(made).startswith("Failed (arguments do not fit: <item>, ['xxx")
    assert len(str(made)) == TEXT_MAX
    assert made.left_out is None
    assert item.asked["repr"] <= 2


def test_an_argument_without_a_text_that_does_not_fit_says_so() -> None:
    class Mute:
        def __repr__(self) -> str:
            raise RuntimeError

    assert str(message_of(record("Failed", Mute(), 5))) == (
        "Failed (arguments do not fit: <repr() raised RuntimeError>, 5)"
    )


def test_a_large_argument_is_asked_for_no_more_than_is_shown() -> None:
    item = Item()
    message = message_of(record("%s", [item] * 1_000_000))
    assert str(message) == ("[" + "<item>, " * TEXT_MAX)[:TEXT_MAX]
    assert item.asked["repr"] <= TEXT_MAX // len("<item>")


@pytest.mark.parametrize(
    "wrap",
    [
        deque,
        lambda items: OrderedDict(enumerate(items)),
        lambda items: defaultdict(list, enumerate(items)),
        lambda items: Point(items),
    ],
)
def test_of_a_large_container_of_the_library_no_more_than_is_shown_is_asked(
    wrap: Callable[[list[Item]], object],
) -> None:
    item = Item()
    value = wrap([item] * 100_000)
    assert str(message_of(record("%s", value))) == str(value)[:TEXT_MAX]
    item.asked.clear()
    message_of(record("%s", value))
    assert 0 < item.asked["repr"] <= TEXT_MAX // len("<item>")


def test_a_named_tuple_with_a_text_of_its_own_is_asked_for_that() -> None:
    assert str(message_of(record("%s", Named("x" * 5_000)))) == "a place"
    assert str(message_of(record("%s", [Named("x")] * 300))).startswith("[a place, a place, ")


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("x" * 5_000_000, ()),
        ("%s", ("x" * 5_000_000,)),
        ("%s %s", ([], "x" * 4_999_997)),
        ("%r", (b"x" * 4_999_997,)),
    ],
)
def test_of_a_text_of_5_mb_the_beginning_and_the_length_are_kept(
    text: str, args: tuple[object, ...]
) -> None:
    message = message_of(record(text, *args))
    assert message.left_out is not None
    assert (len(str(message)), len(str(message)) + message.left_out) == (TEXT_MAX, 5_000_000)


def test_a_short_text_of_large_arguments_is_whole() -> None:
    assert message_of(record("%.3s, %s", "x" * 5_000_000, [1])) == ("xxx, [1]", (), 0)
    assert message_of(record("%s", list(range(1_000)))).left_out == 0


def test_a_record_is_asked_once_for_all_our_handlers_unless_somebody_changes_it() -> None:
    assert str(message_of(record("%s", Item()))) == "item"  # its type is known from now on
    item = Item()
    made = record("%s", item)
    first, second = message_of(made), message_of(made, 2)
    assert (str(first), str(second), second.left_out) == ("item", "it", 2)
    assert item.asked == {"str": 1}
    made.msg = "changed by a filter of the host: %s"
    assert str(message_of(made)) == "changed by a filter of the host: item"


def test_a_record_has_nothing_of_ours_for_the_handlers_that_come_after_us() -> None:
    made = record("%s", Item())
    before = dict(made.__dict__)
    assert str(message_of(made)) == "item"
    assert made.__dict__ == before


class Braces(logging.LogRecord):
    def getMessage(self) -> str:  # noqa: N802 - of logging
        return str(self.msg).format(*self.args or ())


@pytest.mark.parametrize(
    ("text", "args", "said"),
    [
        ("{} users in {!r}", (5, "a"), "5 users in 'a'"),
        ("%d of {}", ([1],), "%d of [1]"),
        ("{} {}", (1,), "{} {} (arguments do not fit: 1)"),
        ("{}", (Item(),), "item"),
    ],
)
def test_a_record_of_the_hosts_own_kind_says_what_it_says_itself(
    text: str, args: tuple[object, ...], said: str
) -> None:
    assert str(message_of(Braces("host", 20, "x.py", 1, text, args, None))) == said


def test_nothing_of_the_host_is_kept_alive() -> None:
    class Text(str):
        pass

    kept, watched = [], []
    for text in ("%s", "%r", "%s and %d"):
        for value in (Item(), Text("text")):
            made = record(text, value, 5) if "%d" in text else record(text, value)
            kept += [message_of(made), message_of(record(value))]
            watched.append(weakref.ref(value))
    del made, value
    gc.collect()
    assert [one() for one in watched] == [None] * 6
    assert len(kept) == 12


def test_an_argument_that_hangs_is_asked_in_no_thread_of_the_host_and_the_others_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(host_text, "HANG_SECONDS", 0.05)
    free, threads = threading.Event(), []

    class Stuck:
        def __str__(self) -> str:
            threads.append(threading.current_thread())
            free.wait(30)
            return "late"

        __repr__ = __str__

    stuck, late = Stuck(), "<str() does not return>"
    try:
        assert str(message_of(record("%s did %d", stuck, 3))) == f"{late} did 3"
        assert str(message_of(record(stuck))) == late
        assert str(message_of(record("%r", [1, {"key": stuck}]))) == f"[1, {{'key': {late}}}]"
        assert str(message_of(record("%s", ValueError(stuck)))) == late
        assert threading.current_thread() not in threads
    finally:
        free.set()
