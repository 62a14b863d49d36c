from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.debugcog.charting import program as chart_program
from services.debugcog.charting.picture_spec import encode
from services.debugcog.charting.program import CHART, FAULT, HEADER, PICTURE
from tests.chart_pictures import chart, decode_png, flat

PROGRAM = Path(chart_program.__file__)
OWN_FILES = (
    *(path.name for path in PROGRAM.parent.glob("*.py")),
    *("../units.py", "../wording.py", "../patterns.py", "../frozen.py"),
)
REQUEST = encode(chart(flat("p50", 900.0)))


def frame(body: bytes) -> bytes:
    return HEADER.pack(CHART, len(body)) + body


def frames(stdout: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    while stdout:
        kind, size = HEADER.unpack(stdout[: HEADER.size])
        found.append((kind, stdout[HEADER.size : HEADER.size + size]))
        stdout = stdout[HEADER.size + size :]
    return found


def run(
    *requests: bytes,
    program: Path = PROGRAM,
    flags: tuple[str, ...] = ("-P",),
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *flags, str(program), "60"],
        input=b"".join(requests),
        capture_output=True,
        cwd=cwd,
        check=False,
    )


def copied(folder: Path) -> Path:
    """Copy the program into a host's folder, where more than our own files may lie."""
    copy = folder / "services" / "debugcog" / "charting"
    copy.mkdir(parents=True)
    for name in OWN_FILES:
        shutil.copy(PROGRAM.parent / name, copy / name)
    return copy


def test_every_request_gets_one_answer_and_the_end_of_the_input_ends_the_program() -> None:
    done = run(frame(REQUEST), frame(b"C{}"), frame(REQUEST))
    kinds = [kind for kind, _ in frames(done.stdout)]
    assert (done.returncode, done.stderr, kinds) == (0, b"", [PICTURE, FAULT, PICTURE])


def test_a_fault_says_what_is_wrong() -> None:
    assert frames(run(frame(b"C{}")).stdout) == [(FAULT, b"ValueError: not a picture: 'title'")]


def test_an_input_that_ends_at_once_or_within_a_frame_leaves_no_picture() -> None:
    assert (run().returncode, run().stdout) == (0, b"")
    broken = run(frame(REQUEST)[:-10])
    assert [kind for kind, _ in frames(broken.stdout)] == [FAULT]


@pytest.mark.thorough
def test_warnings_do_not_appear_and_prints_do_not_disturb_the_answers(tmp_path: Path) -> None:
    strange = encode(chart(flat("🔥 応答", 900.0), title="$\\frac{\n"))
    done = run(frame(strange), flags=("-P", "-W", "error"))
    assert done.stderr == b""
    copy = copied(tmp_path)
    with (copy / "charts.py").open("a") as file:
        file.write("\nprint('hello')\n")
    loud = run(frame(strange), program=copy / PROGRAM.name)
    assert loud.stderr == b"hello\n"
    assert frames(loud.stdout) == frames(done.stdout)


def test_nothing_of_the_host_is_imported_even_from_the_same_folder(tmp_path: Path) -> None:
    copy = copied(tmp_path)
    for folder in (copy, copy.parent):
        for name in ("logging.py", "json.py", "random.py", "email.py"):
            (folder / name).write_text("raise SystemExit('the host was imported')\n")
    (copy.parent / "__init__.py").write_text("raise SystemExit('the host was imported')\n")
    (tmp_path / "numpy.py").write_text("raise SystemExit('the host was imported')\n")
    done = run(frame(REQUEST), program=copy / PROGRAM.name, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    [(kind, body)] = frames(done.stdout)
    assert kind == PICTURE
    assert decode_png(body).image.size == (800, 400)


@pytest.mark.parametrize("flag", ["-P", "-I"])
def test_a_forgotten_program_ends_by_itself(flag: str) -> None:
    with subprocess.Popen(
        [sys.executable, flag, str(PROGRAM), "0.2"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.wait(timeout=30) == 1  # its input is still open
