from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from services.debugcog.process.procfs import age, peak_bytes, resident_mb

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="these are files of Linux")


@linux_only
def test_the_age_is_that_of_the_process_by_a_clock_that_nobody_sets() -> None:
    expected = time.time() - psutil.Process().create_time()
    assert age(os.getpid()) == pytest.approx(expected, abs=5.0)


@linux_only
def test_the_peak_is_at_least_what_the_process_holds() -> None:
    peak = peak_bytes(os.getpid())
    assert peak is not None
    assert peak >= psutil.Process().memory_info().rss * 0.9


@linux_only
def test_the_resident_memory_is_what_psutil_reads() -> None:
    expected = psutil.Process().memory_info().rss / 1024**2
    assert resident_mb() == pytest.approx(expected, rel=0.2)


@linux_only
def test_a_program_may_be_named_like_the_fields_behind_its_name(tmp_path: Path) -> None:
    (tmp_path / "proc/7").mkdir(parents=True)
    fields = ["S", *["0"] * 18, "0", "0"]
    (tmp_path / "proc/7" / "stat").write_text(f"7 (a) b 1 2) {' '.join(fields)}\n")
    since_boot = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert age(7, tmp_path) == pytest.approx(since_boot, abs=5.0)


def test_where_there_are_no_such_files_nothing_is_told(tmp_path: Path) -> None:
    assert resident_mb(tmp_path) is None
    assert age(7, tmp_path) is None
    assert peak_bytes(7, tmp_path) is None
    (tmp_path / "proc/7").mkdir(parents=True)
    (tmp_path / "proc/7" / "status").write_text("Name:\tpython\nVmRSS:\t  100 kB\n")
    assert peak_bytes(7, tmp_path) is None
    (tmp_path / "proc/7" / "status").write_text("Name:\tpython\nVmHWM:\t  100 kB\n")
    assert peak_bytes(7, tmp_path) == 102_400
