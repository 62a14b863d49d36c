from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from services.debugcog.charting.environment import cache_trouble, child_environment

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
posix_only = pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows has no read-only home")


def test_the_process_learns_what_python_needs_and_no_secrets(tmp_path: Path) -> None:
    kept = {"PATH": "/bin", "HOME": str(tmp_path), "LC_ALL": "C", "SystemRoot": "C:\\Windows"}
    secrets = {"DISCORD_TOKEN": "t", "OPENAI_API_KEY": "k", "DATABASE_URL": "postgres://u:p@h"}
    assert child_environment({**secrets, **kept}) == {**kept, **ONE_THREAD}


@posix_only
@pytest.mark.parametrize("home", ["/dev/null", "/nonexistent"])
def test_without_a_home_the_font_cache_gets_a_private_folder_that_lasts(
    tmp_path: Path, home: str
) -> None:
    environ = {"HOME": home, "TMPDIR": str(tmp_path)}
    folder = tmp_path / f"debugcog-matplotlib-{os.getuid()}"
    assert child_environment(environ) == child_environment(environ)
    assert child_environment(environ)["MPLCONFIGDIR"] == str(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


@posix_only
def test_a_folder_that_is_given_wins(tmp_path: Path) -> None:
    given = str(tmp_path / "given")
    environ = {"HOME": "/dev/null", "TMPDIR": str(tmp_path), "MPLCONFIGDIR": given}
    assert child_environment(environ) == {**environ, **ONE_THREAD}


@posix_only
@pytest.mark.parametrize(
    "taken", [(".config",), (".cache",), (".config/matplotlib",), (".cache/matplotlib",)]
)
def test_a_home_in_which_matplotlib_cannot_make_its_folders_is_none(
    tmp_path: Path, taken: tuple[str, ...]
) -> None:
    home = tmp_path / "home"
    for name in taken:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("")
    environ = child_environment({"HOME": str(home), "TMPDIR": str(tmp_path)})
    assert environ["MPLCONFIGDIR"] == str(tmp_path / f"debugcog-matplotlib-{os.getuid()}")
    assert cache_trouble(environ) == ""


@posix_only
def test_a_given_folder_that_cannot_be_used_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "given").write_text("")
    environ = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    chosen = child_environment({**environ, "MPLCONFIGDIR": str(tmp_path / "given")})
    assert chosen["MPLCONFIGDIR"] == str(tmp_path / f"debugcog-matplotlib-{os.getuid()}")


@posix_only
def test_a_place_is_tried_by_writing_and_nothing_is_left_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, spare = tmp_path / "home", tmp_path / "spare"
    home.mkdir()
    spare.mkdir()
    assert "MPLCONFIGDIR" not in child_environment({"HOME": str(home), "TMPDIR": str(spare)})
    assert [path for path in home.rglob("*") if path.is_file()] == []
    assert list(spare.iterdir()) == []
    real = tempfile.NamedTemporaryFile

    def full(*, dir: Path, prefix: str) -> Any:  # noqa: A002 - the name that it has there
        if dir.is_relative_to(home):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(dir=dir, prefix=prefix)

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    environ = child_environment({"HOME": str(home), "TMPDIR": str(spare)})
    assert environ["MPLCONFIGDIR"] == str(spare / f"debugcog-matplotlib-{os.getuid()}")


@posix_only
def test_a_link_in_the_place_of_our_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"debugcog-matplotlib-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
    environ = {"HOME": "/dev/null", "TMPDIR": str(tmp_path)}
    assert "MPLCONFIGDIR" not in child_environment(environ, tmp_path / "none")


@posix_only
def test_where_no_disk_can_be_written_the_font_cache_is_kept_in_memory(tmp_path: Path) -> None:
    environ = child_environment({"HOME": "/dev/null", "TMPDIR": "/dev/null"}, tmp_path)
    assert environ["MPLCONFIGDIR"] == str(tmp_path / f"debugcog-matplotlib-{os.getuid()}")
    assert cache_trouble(environ, tmp_path) == (
        "Font cache of charts is kept in memory only: neither home nor the folder for temporary "
        "files can be written; set MPLCONFIGDIR"
    )


@posix_only
def test_without_any_writable_folder_matplotlib_is_left_to_itself() -> None:
    nowhere = Path("/dev/null")
    environ = child_environment({"HOME": "/dev/null", "TMPDIR": "/dev/null"}, nowhere)
    assert "MPLCONFIGDIR" not in environ
    assert cache_trouble(environ, nowhere) == (
        "Font cache of charts has no place, so charts may fail: neither home nor the folder for "
        "temporary files can be written; set MPLCONFIGDIR"
    )


@posix_only
def test_a_folder_that_lasts_is_no_trouble(tmp_path: Path) -> None:
    for environ in ({"HOME": str(tmp_path)}, {"HOME": "/dev/null", "TMPDIR": str(tmp_path)}):
        assert cache_trouble(child_environment(environ)) == ""


@posix_only
def test_a_folder_that_somebody_else_has_laid_there_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getuid", lambda: 54_321)  # whoever that is, the folder is not theirs
    environ = child_environment({"HOME": "/dev/null", "TMPDIR": str(tmp_path)}, tmp_path / "none")
    assert "MPLCONFIGDIR" not in environ
