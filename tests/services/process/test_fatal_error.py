"""What a crash was, read from what ``faulthandler`` has written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from services.debugcog.process.fatal_error import fatal_error

CRASHING = """
import ctypes, faulthandler, threading, time
faulthandler.enable()
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()

def crash():
    ctypes.string_at(0)

crash()
"""


def test_a_real_crash_is_named_with_the_function_of_its_thread(tmp_path: Path) -> None:
    script = tmp_path / "labbot.py"
    script.write_text(CRASHING)
    ended = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode
    assert fatal_error(ended.stderr).startswith("Segmentation fault in string_at (__init__.py:")


@pytest.mark.parametrize(
    ("trace", "told"),
    [
        ("", ""),
        ("nothing of it", ""),
        ("Fatal Python error: Aborted\n", "Aborted"),
        (
            (
                "Fatal Python error: Segmentation fault\n\n"
                "Thread 0x01 (most recent call first):\n"
                '  File "/usr/lib/wait.py", line 320 in wait\n\n'
                "Current thread 0x02 [bot] (most recent call first):\n"
                '  File "/srv/bot/labbot.py", line 12 in crash\n'
                '  File "/srv/bot/labbot.py", line 40 in main\n'
            ),
            "Segmentation fault in crash (labbot.py:12)",
        ),
        (
            (
                "Windows fatal exception: access violation\n\n"
                "Current thread 0x02 (most recent call first):\n"
                '  File "C:\\\\bot\\\\main.py", line 3 in <module>\n'
            ),
            "access violation in <module> (main.py:3)",
        ),
    ],
)
def test_what_is_missing_is_left_out(trace: str, told: str) -> None:
    assert fatal_error(trace) == told
