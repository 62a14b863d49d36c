from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from services.debugcog.loaded_code import LoadedCode, loaded_code
from services.debugcog.version import __version__


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder laid out as ours, with a module in each of its three."""
    for name in ("debugcog/a.py", "cogs/debug/b.py", "services/debugcog/version.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(f'__version__ = "{__version__}"\n')
    return tmp_path


def changed(code: LoadedCode) -> bool:
    try:
        with code.imported_once():
            return False
    except ImportError:
        return True


def test_the_code_of_this_process_is_that_of_this_checkout() -> None:
    assert loaded_code() is loaded_code()
    assert not changed(loaded_code())


def test_a_module_that_is_new_other_or_gone_is_a_change_and_its_return_is_none(root: Path) -> None:
    code = LoadedCode(root)
    assert not changed(code)
    code.hold()
    new = root / "cogs" / "debug" / "ui" / "new.py"
    new.parent.mkdir()
    new.touch()
    assert changed(code)
    new.unlink()
    assert not changed(code)
    old = root / "debugcog" / "a.py"
    text = old.read_text()
    old.write_text(text + "# more\n")
    assert changed(code)
    old.unlink()
    assert changed(code)
    old.write_text(text)
    (root / "debugcog" / "notes.txt").write_text("no module")
    assert not changed(code)


def test_another_version_on_the_disk_is_a_change_even_before_the_first_load(root: Path) -> None:
    (root / "services" / "debugcog" / "version.py").write_text('__version__ = "99.1"\n')
    with pytest.raises(ImportError, match=re.escape("(they are 99.1): restart the bot")):
        LoadedCode(root).imported_once().__enter__()


def test_a_module_that_was_deleted_is_the_same_the_next_time_and_a_hosts_own_is_left_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = ModuleType("cogs.debug.b"), ModuleType("cogs.debug.tools")
    ours.__file__, theirs.__file__ = str(root / "cogs" / "debug" / "b.py"), "/host/cogs/tools.py"
    code = LoadedCode(root)
    with code.imported_once():
        monkeypatch.setitem(sys.modules, "cogs.debug.b", ours)
        monkeypatch.setitem(sys.modules, "cogs.debug.tools", theirs)
    for name in ("cogs.debug.b", "cogs.debug.tools"):
        monkeypatch.delitem(sys.modules, name)
    with code.imported_once():
        assert sys.modules["cogs.debug.b"] is ours
        assert "cogs.debug.tools" not in sys.modules


def test_a_package_that_is_made_anew_has_the_modules_that_are_found_again_below_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, anew = ModuleType("cogs.debug.b"), ModuleType("cogs.debug")
    ours.__file__ = str(root / "cogs" / "debug" / "b.py")
    code = LoadedCode(root)
    with code.imported_once():
        monkeypatch.setitem(sys.modules, "cogs.debug.b", ours)
    monkeypatch.setitem(sys.modules, "cogs.debug", anew)
    with code.imported_once():
        assert vars(anew)["b"] is ours
    anew.b = theirs = ModuleType("b")  # type: ignore[attr-defined]
    with code.imported_once():
        assert vars(anew)["b"] is theirs, "what a host has put there stays"
