"""Objects counted by type, and which types grow; no code of the host's is called for it."""

from __future__ import annotations

from typing import Any

import pytest

from services.debugcog.inspection import forked
from services.debugcog.inspection.census import Census, Grown, grown, take_census

pytestmark = pytest.mark.skipif(not forked.is_available(), reason="this system has no safe fork")


class Leaked:
    def __init__(self) -> None:
        self.held = [1]


class Hostile(type):
    """A class of classes that fails at whatever is asked of it."""

    def __hash__(cls) -> int:
        raise RuntimeError("no hash")

    def __eq__(cls, other: object) -> bool:
        raise RuntimeError("no comparison")

    def __getattribute__(cls, name: str) -> Any:
        raise RuntimeError("no attribute")

    def __repr__(cls) -> str:
        raise RuntimeError("no text")


def test_each_type_is_counted_by_its_module_and_name() -> None:
    kept = [Leaked() for _ in range(1_234)]
    found = take_census(clock=lambda: 1_800_000_000.0)
    assert found.types[f"{__name__}.Leaked"] == len(kept)
    assert found.at == 1_800_000_000.0
    assert found.objects > 2 * len(kept)
    assert 0 < found.paused_ms < 1000


def test_classes_that_fail_at_everything_are_counted_by_the_names_python_keeps() -> None:
    odd = Hostile("Odd\n```name", (), {"__slots__": ("x",), "__module__": "host.models"})
    kept = [type.__call__(odd) for _ in range(2_000)]
    found = take_census()
    assert found.types["host.models.Odd ```name"] == len(kept)


def census(at: float, **types: int) -> Census:
    return Census(at, sum(types.values()), types, 5.0, 1.0)


def test_growth_is_told_for_an_hour_and_the_fastest_comes_first() -> None:
    before = census(0.0, dict=500, Session=10, gone=7)
    after = census(600.0, dict=600, Session=1_210, new=5, gone=1)
    assert grown(before, after, 2) == (
        Grown("Session", 1_210, 1_200, 7_200.0),
        Grown("dict", 600, 100, 600.0),
    )
    assert [one.name for one in grown(before, after, 9)] == ["Session", "dict", "new"]
    assert grown(after, after, 9) == ()
