"""What an admin can do about a file that cannot be written, by the error and by what is there."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from services.debugcog.file_errors import advice_for

ROOT = Path(__file__).parents[2]


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, ""), "free space on its disk"),
        (OSError(errno.EDQUOT, ""), "free space in its quota"),
        (sqlite_error(sqlite3.SQLITE_FULL), "free space on its disk"),
        (OSError(errno.EACCES, ""), "chmod 755 {folder}"),
        (sqlite_error(sqlite3.SQLITE_CANTOPEN), "chmod 755 {folder}"),
        (sqlite3.OperationalError("of no kind"), "see that files in {folder} can be written"),
        (
            OSError(errno.EROFS, ""),
            "let STATE_PATH name a file on a disk that can be written, {folder} is read-only",
        ),
    ],
)
def test_the_error_tells_what_to_do(tmp_path: Path, error: Exception, expected: str) -> None:
    path = tmp_path / "not there yet" / "state.sqlite3"
    assert advice_for(error, path, "STATE_PATH") == expected.format(folder=tmp_path)


def test_a_file_is_named_where_a_directory_is_needed(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("")
    path = tmp_path / "logs" / "of" / "bot.log"
    assert advice_for(OSError(errno.ENOTDIR, ""), path, "LOG_FILE_PATH") == (
        f"move the file {tmp_path}/logs away, a directory is needed there, or change LOG_FILE_PATH"
    )


def test_a_directory_is_named_where_a_file_is_needed(tmp_path: Path) -> None:
    assert advice_for(sqlite_error(sqlite3.SQLITE_CANTOPEN), tmp_path, "STATE_PATH") == (
        f"let STATE_PATH name a file, {tmp_path} is a directory"
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes")
def test_what_is_no_file_is_named_where_a_file_is_needed(tmp_path: Path) -> None:
    pipe = tmp_path / "state.sqlite3"
    os.mkfifo(pipe)
    assert advice_for(sqlite_error(sqlite3.SQLITE_IOERR), pipe, "STATE_PATH") == (
        f"let STATE_PATH name a file, {pipe} is a device, a pipe or a socket"
    )


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs a mount of its own")
def test_a_read_only_disk_is_known_by_itself(tmp_path: Path) -> None:
    script = (
        "import sqlite3, pathlib\n"
        "from services.debugcog.file_errors import advice_for\n"
        f"path = pathlib.Path({str(tmp_path)!r}) / 'state.sqlite3'\n"
        "try: sqlite3.connect(path).execute('CREATE TABLE t (x)')\n"
        "except sqlite3.Error as error: print(advice_for(error, path, 'STATE_PATH'))\n"
    )
    mount = f'mount -t tmpfs -o ro none "{tmp_path}" && exec "$0" -c "$1"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount, sys.executable, script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )
    if re.search("^(unshare|mount): ", done.stderr, re.MULTILINE):
        pytest.skip(f"this machine allows no mounts: {done.stderr.strip()}")
    assert done.stdout == (
        f"let STATE_PATH name a file on a disk that can be written, {tmp_path} is read-only\n"
    )


@pytest.mark.skipif(os.name == "nt", reason="there, files have no mode and no such owner")
def test_the_file_is_named_where_it_is_what_refuses_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.sqlite3"
    path.touch()
    error = sqlite_error(sqlite3.SQLITE_CANTOPEN)
    assert advice_for(error, path, "STATE_PATH") == f"chmod 755 {tmp_path}"
    monkeypatch.setattr("services.debugcog.file_errors.os.access", lambda _, mode: mode == os.F_OK)
    assert advice_for(error, path, "STATE_PATH") == f"chmod 644 {path}"
    monkeypatch.setattr("services.debugcog.file_errors.os.getuid", lambda: 65_534)
    assert advice_for(error, path, "STATE_PATH") == f"chown 65534 {path}"


NOBODY = 65_534


@pytest.mark.skipif(getattr(os, "getuid", lambda: 1)() != 0, reason="needs files of root")
@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        ({}, "chown 65534 {folder}/state.sqlite3 {folder}/state.sqlite3-wal"),
        ({"state.sqlite3": NOBODY}, "chown 65534 {folder}/state.sqlite3-wal"),
        (None, "chown 65534 {folder}"),
    ],
)
def test_what_belongs_to_root_is_named_with_the_user_it_should_have(
    owners: dict[str, int] | None, expected: str
) -> None:
    script = (
        "import os, pathlib, sqlite3, sys\n"
        "from services.debugcog.file_errors import advice_for\n"
        "from services.debugcog.state.connection import connect\n"
        "path = pathlib.Path(sys.argv[1])\n"
        f"os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "try: connect(str(path))\n"
        "except sqlite3.Error as error: print(advice_for(error, path, 'STATE_PATH'))\n"
    )
    with tempfile.TemporaryDirectory() as name:  # that of pytest is closed to other users
        folder = Path(name)
        folder.chmod(0o755)
        path = folder / "state.sqlite3"
        if owners is not None:
            killed = f"connect({str(path)!r}).execute('CREATE TABLE t (x)'); os._exit(9)"
            made = f"import os; from services.debugcog.state.connection import connect; {killed}"
            subprocess.run([sys.executable, "-c", made], cwd=ROOT, timeout=30)
        for file, owner in (owners or {}).items():
            os.chown(folder / file, owner, owner)
        done = subprocess.run(
            [sys.executable, "-c", script, str(path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert (done.stdout, done.stderr) == (expected.format(folder=folder) + "\n", "")


@pytest.mark.skipif(os.name == "nt", reason="there, files have no mode and no such owner")
def test_a_folder_that_cannot_be_made_leaves_the_one_above_it_to_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "logs" / "bot.log"
    error = OSError(errno.EACCES, "")
    monkeypatch.setattr("services.debugcog.file_errors.os.getuid", lambda: NOBODY)
    assert (
        advice_for(error, path, "LOG_FILE_PATH") == f"see that files in {tmp_path} can be written"
    )
    monkeypatch.setattr("services.debugcog.file_errors.os.access", lambda _, mode: mode == os.X_OK)
    assert advice_for(error, path, "LOG_FILE_PATH") == (
        f"mkdir -p {tmp_path}/logs && chown 65534 {tmp_path}/logs"
    )
    path.parent.mkdir()
    assert advice_for(error, path, "LOG_FILE_PATH") == f"chown 65534 {tmp_path}/logs"
