from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

import pytest

from services.debugcog.frozen import FEW, frozen, slotted

T = TypeVar("T")


@frozen
class Place:
    """Has a field of each kind."""

    KIND: ClassVar[str] = "place"

    file: str
    line: int = 1
    calls: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    seen_at: float = field(default=0.0, compare=False, repr=False)


@frozen
class Named(Place):
    """Has one more."""

    name: str = "?"


@frozen(kw_only=True)
class Window:
    """Is made by names."""

    seconds: float = 60.0
    title: str


@frozen
class Box(Generic[T]):
    """Holds a single value."""

    value: T


@frozen
class Nothing:
    """Has no field."""


@frozen
class Checked:
    """Looks at its value, and has methods of its own."""

    value: int

    def __post_init__(self) -> None:
        if self.value < 0:
            raise ValueError("below zero")

    def __repr__(self) -> str:
        return f"<{self.value}>"


@dataclass(frozen=True, slots=True)
class Usual:
    """Is made the usual way."""

    file: str
    line: int = 1


def test_fields_are_given_by_place_or_name_and_have_defaults() -> None:
    one = Place("bot.py", 7, labels={"a": "b"})
    assert (one.file, one.line, one.calls, one.labels, one.seen_at) == (
        "bot.py",
        7,
        (),
        {"a": "b"},
        0.0,
    )
    assert Place("bot.py").labels is not Place("bot.py").labels
    assert Named("bot.py", name="run").name == "run"
    assert Window(title="hour").seconds == 60.0
    assert Place.KIND == "place"


def test_what_is_missing_or_too_much_is_refused_in_the_usual_words() -> None:
    with pytest.raises(TypeError) as usual:
        Usual()  # type: ignore[call-arg]
    with pytest.raises(TypeError) as missing:
        Place()  # type: ignore[call-arg]
    assert str(missing.value) == str(usual.value).replace("Usual", "Place")
    with pytest.raises(TypeError, match="takes 1 positional argument"):
        Window(60.0)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'nobody'"):
        Place("bot.py", nobody=1)  # type: ignore[call-arg]


def new_classes() -> tuple[type, type, type]:
    """Make classes that have no instance yet: the first ones are made in another way."""

    @frozen
    class Kept:
        file: str
        line: int = 1
        labels: Mapping[str, str] = field(default_factory=dict)

    @frozen(kw_only=True)
    class Hour:
        seconds: float = 60.0
        title: str

    @frozen
    class Positive(Kept):
        value: int = 0

        def __post_init__(self) -> None:
            if self.value < 0:
                raise ValueError("below zero")

    return Kept, Hour, Positive


@pytest.mark.parametrize(
    ("which", "values", "named", "shown"),
    [
        (0, ("bot.py",), {"labels": {}}, "Kept(file='bot.py', line=1, labels={})"),
        (1, (), {"title": "hour"}, "Hour(seconds=60.0, title='hour')"),
        (2, ("a", 2), {"value": 3}, "Positive(file='a', line=2, labels={}, value=3)"),
    ],
)
def test_the_first_instance_is_as_all_others(
    which: int, values: tuple[object, ...], named: dict[str, object], shown: str
) -> None:
    kind = new_classes()[which]
    first, *others = (kind(*values, **named) for _ in range(FEW + 1))
    assert others == [first] * FEW
    assert {repr(one).rpartition(">.")[2] for one in (first, *others)} == {shown}


@pytest.mark.parametrize(
    ("which", "values", "named", "refusal"),
    [
        (0, (), {}, "missing 1 required positional argument: 'file'"),
        (0, ("a", 1, {}, 2), {}, "takes from 2 to 4 positional arguments but 5 were given"),
        (0, ("a",), {"file": "b"}, "got multiple values for argument 'file'"),
        (0, ("a",), {"nobody": 1}, "got an unexpected keyword argument 'nobody'"),
        (1, (), {}, "missing 1 required keyword-only argument: 'title'"),
        (1, ("hour",), {}, "takes 1 positional argument but 2"),
    ],
)
def test_what_does_not_fit_is_refused_from_the_first_instance_on(
    which: int, values: tuple[object, ...], named: dict[str, object], refusal: str
) -> None:
    kind = new_classes()[which]
    for _ in range(FEW + 1):
        with pytest.raises(TypeError, match=refusal):
            kind(*values, **named)


def test_what_the_first_instance_checks_after_its_making_is_checked() -> None:
    with pytest.raises(ValueError, match="below zero"):
        new_classes()[2]("a", value=-1)


def test_nothing_can_be_assigned_or_deleted() -> None:
    one = Place("bot.py")
    with pytest.raises(dataclasses.FrozenInstanceError, match="'line'"):
        one.line = 2  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError, match="'other'"):
        one.other = 2  # type: ignore[attr-defined]
    with pytest.raises(dataclasses.FrozenInstanceError, match="'line'"):
        del one.line
    assert one.line == 1
    assert not hasattr(one, "__dict__")


def test_equal_are_those_of_one_class_whose_compared_fields_are_equal() -> None:
    assert Place("bot.py", seen_at=1.0) == Place("bot.py", seen_at=2.0)
    assert Place("bot.py") != Place("bot.py", 2)
    assert Place("bot.py") != Named("bot.py")
    assert Box(1) == Box(1)
    assert Box(1) != Box(2)
    assert Nothing() == Nothing()
    nan = float("nan")
    assert Box(nan) == Box(nan), "as in tuples"


def test_equal_ones_have_one_hash() -> None:
    assert len({Box("a"), Box("a"), Box("b")}) == 2
    assert hash(Nothing()) == hash(Nothing())
    with pytest.raises(TypeError, match="unhashable type: 'dict'"):
        hash(Place("bot.py"))


def test_it_is_shown_with_its_fields() -> None:
    assert repr(Place("bot.py")) == "Place(file='bot.py', line=1, calls=(), labels={})"
    assert repr(Nothing()) == "Nothing()"
    assert repr(Checked(1)) == "<1>"


def test_one_that_holds_itself_is_shown_too() -> None:
    held: list[object] = []
    one = Box(held)
    held.append(one)
    assert repr(one) == "Box(value=[...])"


def test_what_a_class_checks_after_its_making_is_checked() -> None:
    with pytest.raises(ValueError, match="below zero"):
        Checked(-1)


def test_the_functions_of_dataclasses_take_it() -> None:
    assert dataclasses.replace(Place("bot.py"), line=2) == Place("bot.py", 2)
    assert dataclasses.asdict(Box(Usual("a"))) == {"value": {"file": "a", "line": 1}}
    assert [one.name for one in dataclasses.fields(Named)][-2:] == ["seen_at", "name"]
    match Named("bot.py", 3):
        case Place(file, line):
            assert (file, line) == ("bot.py", 3)


@pytest.mark.parametrize("one", [Place("bot.py", 2, ("f",), {"a": "b"}, 3.0), Named("a"), Box([1])])
def test_a_copy_is_equal(one: object) -> None:
    assert copy.copy(one) == one
    assert copy.deepcopy(one) == one
    assert pickle.loads(pickle.dumps(one)) == one


def test_its_signature_is_told() -> None:
    assert str(inspect.signature(Window)) == "(*, seconds: 'float' = 60.0, title: 'str') -> None"


def test_a_slotted_one_changes_and_has_fields_that_are_no_arguments() -> None:
    @slotted
    class Count:
        name: str
        number: int = 0
        seen: list[int] = field(default_factory=list, init=False)
        before: int | None = field(default=None, init=False)
        late: int = field(init=False)

    for _ in range(FEW + 1):  # the first are made in another way
        one = Count("a", 1)
        one.number += 1
        assert (one.name, one.number, one.seen, one.before) == ("a", 2, [], None)
        assert not hasattr(one, "late")
        assert not hasattr(one, "__dict__")
        assert one == one != Count("a", 2)
        assert hash(one) == hash(one)
    for kind in (new_slotted(), Count):
        with pytest.raises(TypeError, match="unexpected keyword argument 'late'"):
            kind("a", late=1)


def new_slotted() -> type:
    @slotted
    class Fresh:
        name: str
        late: int = field(init=False)

    return Fresh
