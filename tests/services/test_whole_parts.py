"""Names and paths are compared by whole parts, never by how their text begins."""

from __future__ import annotations

import pytest

from services.debugcog.whole_parts import is_below, is_inside, path_inside


@pytest.mark.parametrize(
    ("name", "is_part"),
    [
        ("asyncio", True),
        ("asyncio.tasks", True),
        ("concurrent.futures.thread", True),
        ("asyncio_tools", False),
        ("asynciox.tasks", False),
        ("my.asyncio", False),
        ("concurrent", False),
        ("concurrent.futures2", False),
        ("", False),
    ],
)
def test_a_name_is_below_another_only_by_whole_parts(name: str, is_part: bool) -> None:
    assert is_below(name, ("asyncio", "concurrent.futures")) is is_part


def test_names_may_have_another_separator() -> None:
    names = ("debugcog", "debugcog-log", "debugcog_x", "debugcogs-log")
    assert [is_below(name, ("debugcog",), "-") for name in names] == [True, True, False, False]


@pytest.mark.parametrize(
    ("path", "folder", "inside"),
    [
        ("/srv/bot/cogs/a.py", "/srv/bot", "cogs/a.py"),
        ("/srv/bot/cogs/a.py", "/srv/bot/", "cogs/a.py"),
        ("/srv/bot/src/../cogs/./a.py", "/srv/bot", "cogs/a.py"),
        ("/srv/bot/../bot2/a.py", "/srv/bot", None),
        ("/srv/bot2/a.py", "/srv/bot", None),
        ("/srv/bot.py", "/srv/bot", None),
        ("/srv/bo", "/srv/bot", None),
        ("/srv/bot", "/srv/bot", ""),
        ("/app.py", "/", "app.py"),
        ("cogs/a.py", "/srv/bot", None),
        ("", "/srv/bot", None),
        ("<string>", "/srv/bot", None),
    ],
)
def test_a_path_is_inside_a_folder_only_by_whole_parts(
    path: str, folder: str, inside: str | None
) -> None:
    assert path_inside(path, folder) == inside
    assert is_inside(path, ("/nowhere", folder)) is (inside is not None)
