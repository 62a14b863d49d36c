from __future__ import annotations

import importlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from services.debugcog.deferred import DeferredModule, deferred, gently, hold, run_now
from services.debugcog.files_at_load import FilesAtLoad, stamp_of

NAME = "module_of_a_test"
Make = Callable[[str], DeferredModule]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / f"{NAME}.py"


@pytest.fixture
def make(file: Path) -> Iterator[Make]:
    """Make a module of a text, known to ``import`` and not run."""

    def made(text: str) -> DeferredModule:
        file.write_text(text)
        stamp = stamp_of(os.stat(file))  # noqa: PTH116 - as the load does
        files = FilesAtLoad(lambda: None, refuse)
        module = deferred(NAME, (str(file), stamp, files, False))
        sys.modules[NAME] = module
        return module

    yield made
    sys.modules.pop(NAME, None)


def refuse() -> None:
    raise ImportError("changed since")


def test_a_module_runs_when_a_name_of_it_is_used_first_and_then_is_one_like_any_other(
    make: Make,
) -> None:
    make("ran = 1")
    module = importlib.import_module(NAME)
    assert "ran" not in vars(module)
    assert module.ran == 1
    assert type(module) is ModuleType


def test_a_module_can_be_run_before_a_name_of_it_is_used(make: Make) -> None:
    module = make("ran = 1")
    run_now(module, importlib.import_module("json"))
    assert (type(module), vars(module)["ran"]) == (ModuleType, 1)


def test_what_replaces_a_part_of_a_module_is_not_replaced_when_it_runs(make: Make) -> None:
    module = make("part = 1\nother = 2")
    module.part = 3
    assert (module.part, module.other) == (3, 2)


def test_who_walks_through_all_modules_runs_none(make: Make, file: Path) -> None:
    module = make("ran = 1")
    assert (module.__name__, module.__file__, module.__doc__) == (NAME, str(file), None)
    assert getattr(module, "__warningregistry__", None) is None
    assert "ran" not in vars(module)


def test_what_the_file_had_at_the_load_is_what_runs_once_it_is_held(make: Make, file: Path) -> None:
    module = make("text = 'of the load'")
    hold(module)
    file.write_text("text = 'of an upgrade'")
    assert module.text == "of the load"


def test_a_file_that_was_changed_before_anybody_held_it_does_not_run(
    make: Make, file: Path
) -> None:
    module = make("text = 'of the load'")
    file.write_text("text = 'of an upgrade'")
    hold(module)
    with pytest.raises(ImportError, match="changed since"):
        _ = module.text
    assert type(module) is DeferredModule


def test_a_module_that_raises_has_not_run_and_leaves_nothing_of_itself(make: Make) -> None:
    module = make("half = 1\nraise RuntimeError('no')")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no"):
            _ = module.half
    assert "half" not in vars(module)


def test_a_thread_that_asks_while_another_runs_the_module_gets_the_whole_of_it(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    halfway, on = threading.Event(), threading.Event()
    monkeypatch.setattr(sys, "halfway", halfway, raising=False)
    monkeypatch.setattr(sys, "go_on", on, raising=False)
    module = make(
        "import sys\nstate = 'half'\nsys.halfway.set()\nsys.go_on.wait()\nstate = 'whole'"
    )
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(module.state)) for _ in range(2)]
    threads[0].start()
    assert halfway.wait(10)
    threads[1].start()
    on.set()
    for thread in threads:
        thread.join(10)
    assert got == ["whole", "whole"]


def test_after_each_module_that_is_run_gently_there_is_a_rest_and_after_others_none(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept = list[float]()
    monkeypatch.setattr("services.debugcog.deferred.time.sleep", slept.append)
    first = make("ran = 1")
    assert (gently(lambda: first.ran), slept) == (1, [0.002])
    assert (make("ran = 1 + 1").ran, slept) == (2, [0.002])


def test_there_is_no_rest_while_another_thread_waits_for_what_runs(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept = list[float]()
    monkeypatch.setattr("services.debugcog.deferred.time.sleep", slept.append)
    outer = make("import meeting_of_a_test\nran = meeting_of_a_test.meet()")
    files = vars(outer)["__origin__"][2]
    inner_file = tmp_path / "inner.py"
    inner_file.write_text("ran = 2")
    stamp = stamp_of(os.stat(inner_file))  # noqa: PTH116 - as the load does
    inner = deferred("inner_of_a_test", (str(inner_file), stamp, files, False))
    asker = threading.Thread(target=lambda: outer.ran)

    def meet() -> tuple[object, int]:
        asker.start()
        while not files.awaited_by:
            pass
        return inner.ran, len(slept)

    meeting = ModuleType("meeting_of_a_test")
    vars(meeting)["meet"] = meet
    monkeypatch.setitem(sys.modules, "meeting_of_a_test", meeting)
    assert gently(lambda: outer.ran) == (2, 0), "no rest after the inner module"
    asker.join(10)
    assert files.awaited_by == set()
