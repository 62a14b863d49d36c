"""A path that names a standard stream or a device is a console: lines come once, and stay there."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.debugcog.logfile.no_file import is_file, standard_stream, why_no_file
from services.debugcog.logs import Logging, setup_logging
from services.debugcog.settings import Settings

ROOT = Path(__file__).parents[3]
SCRIPT = """
import logging
from services.debugcog.logs import setup_logging
{}
logs = setup_logging()
for number in range(3): logging.info("line %d \\udc80", number)
logs.flush()
assert (logs.path, logs.no_file) == (None, "LOG_FILE_PATH is no file")
assert logs.lines.count == 3
assert logs.obstacles("bot", logging.WARNING) == ()
"""
LINES = [f"[INFO] root: line {number} \\udc80" for number in range(3)]
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such paths")


@posix
@pytest.mark.parametrize("folder", ["/dev/std", "/dev/fd/", "/proc/self/fd/"])
def test_the_names_of_the_standard_streams_and_links_to_them_are_known(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = ("out", "err") if folder == "/dev/std" else ("1", "2")
    for name, stream in zip(names, (sys.__stdout__, sys.__stderr__), strict=True):
        path = Path(f"{folder}{name}")
        (tmp_path / f"first-{name}").symlink_to(path)
        Path(f"second-{name}").symlink_to(f"first-{name}")
        assert standard_stream(path) is stream
        assert standard_stream(Path(f"second-{name}")) is stream
        assert not is_file(Path(f"second-{name}"))


@posix
def test_files_and_paths_of_nothing_are_files_and_devices_are_none(tmp_path: Path) -> None:
    (tmp_path / "bot.log").touch()
    (tmp_path / "circle").symlink_to("circle")
    os.mkfifo(tmp_path / "pipe")
    paths = ("bot.log", "missing", "circle", ".", "pipe")
    assert [is_file(tmp_path / name) for name in paths] == [True, True, True, True, False]
    assert standard_stream(tmp_path / "circle") is None
    assert not is_file(Path(os.devnull))
    assert why_no_file(tmp_path / "bot.log", to_file=True) == ""
    assert why_no_file(tmp_path / "bot.log", to_file=False) == "LOG_TO_FILE is false"


def run(path: str, tmp_path: Path, stdout: int, before: str = "") -> tuple[str, str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LOG_FILE_PATH": path}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(before)],
        cwd=tmp_path,
        env=environment,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def without_times(text: str) -> list[str]:
    return [line.split(" ", 2)[2] for line in text.splitlines()]


@posix
def test_where_the_path_is_standard_output_each_line_comes_there_once(tmp_path: Path) -> None:
    out, errors = run("/dev/stdout", tmp_path, subprocess.PIPE)
    assert (without_times(out), errors) == (LINES, "")
    out, errors = run("/dev/stderr", tmp_path, subprocess.PIPE)
    assert (out, without_times(errors)) == ("", LINES)


@posix
def test_a_host_with_a_handler_that_prints_nothing_has_the_lines_there_too(tmp_path: Path) -> None:
    before = "logging.basicConfig(level=20, handlers=[logging.NullHandler()])"
    out, errors = run("/dev/stdout", tmp_path, subprocess.PIPE, before)
    assert (without_times(out), errors) == (LINES, "")


@posix
def test_where_standard_output_is_a_file_no_second_one_stands_beside_it(tmp_path: Path) -> None:
    before = set(os.listdir("/dev"))  # noqa: PTH208 - names
    with (tmp_path / "out.log").open("w") as out:
        _, errors = run("/dev/stdout", tmp_path, out.fileno())
    assert (without_times((tmp_path / "out.log").read_text()), errors) == (LINES, "")
    assert "stdout-debugcog" not in set(os.listdir("/dev")) - before  # noqa: PTH208 - names


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logging]:
    """Log to a device that the host has open, too."""
    (tmp_path / "null").symlink_to(os.devnull)
    handler = logging.FileHandler(tmp_path / "null")
    logging.root.addHandler(handler)
    active = setup_logging(Settings(log_file_path=tmp_path / "null"), console=False)
    yield active
    active.close()
    logging.root.removeHandler(handler)
    handler.close()


@posix
def test_a_device_is_left_to_nobody_and_has_no_file_beside_it(
    logs: Logging, tmp_path: Path
) -> None:
    logging.getLogger("bot").warning("line")
    assert logs.flush()
    logs.ensure()
    assert [line.message for line in logs.lines.after(0, 9)] == ["line"]
    assert (logs.path, logs.no_file) == (None, "LOG_FILE_PATH is no file")
    assert [path.name for path in tmp_path.iterdir()] == ["null"]
