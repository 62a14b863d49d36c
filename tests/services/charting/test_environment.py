from __future__ import annotations

import os
from pathlib import Path

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
    environ = {"HOME": "/dev/null", "TMPDIR": str(tmp_path), "MPLCONFIGDIR": "/somewhere"}
    assert child_environment(environ) == {**environ, **ONE_THREAD}


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
