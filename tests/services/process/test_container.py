from __future__ import annotations

from pathlib import Path

import pytest

from services.debugcog.process.container import Limit, memory_limit, usable_mb

MB = 1024 * 1024
MACHINE = 64 * 1024 * MB
NO_LIMIT = (9_223_372_036_854_771_712, 9_223_372_036_854_710_272, 2**64 - 1)
"""What version 1 gives with pages of 4 and 64 kB, and what some systems give."""


def group(root: Path, folder: str, **figures: object) -> None:
    """Lay the files of a group of either version; ``_DOT_`` in a name stands for a dot."""
    path = root / "sys/fs/cgroup" / folder
    path.mkdir(parents=True, exist_ok=True)
    for name, figure in figures.items():
        (path / name.replace("_DOT_", ".")).write_text(f"{figure}\n")


def of_process(root: Path, text: str) -> None:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(text)


def test_a_container_of_version_2_has_its_own_limit_and_room(tmp_path: Path) -> None:
    of_process(tmp_path, "0::/\n")
    stat = f"anon 1\nfile 2\ninactive_file {56 * MB}"
    group(
        tmp_path,
        "",
        memory_DOT_max=512 * MB,
        memory_DOT_current=312 * MB,
        memory_DOT_stat=stat,
    )
    assert memory_limit(MACHINE, tmp_path) == Limit(512 * MB, 256 * MB)


def test_a_container_of_version_1_has_its_own_limit_and_room(tmp_path: Path) -> None:
    of_process(tmp_path, "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n1:name=systemd:/\n")
    group(  # the container sees its own group as the mount
        tmp_path,
        "memory",
        memory_DOT_limit_in_bytes=512 * MB,
        memory_DOT_usage_in_bytes=312 * MB,
        memory_DOT_stat=f"cache 9\ntotal_inactive_file {56 * MB}",
    )
    assert memory_limit(MACHINE, tmp_path) == Limit(512 * MB, 256 * MB)


def test_the_tightest_limit_of_nested_groups_counts_and_the_least_room(tmp_path: Path) -> None:
    of_process(tmp_path, "0::/bots.slice/mine.service\n")
    group(tmp_path, "", memory_DOT_max="max", memory_DOT_current=900 * MB)
    group(tmp_path, "bots.slice", memory_DOT_max=512 * MB, memory_DOT_current=500 * MB)
    group(tmp_path, "bots.slice/mine.service", memory_DOT_max="max", memory_DOT_current=100 * MB)
    assert memory_limit(MACHINE, tmp_path) == Limit(512 * MB, 12 * MB)
    group(tmp_path, "bots.slice/mine.service", memory_DOT_max=256 * MB)
    assert memory_limit(MACHINE, tmp_path) == Limit(256 * MB, 12 * MB)


def test_a_limit_that_only_a_group_out_of_sight_has_counts(tmp_path: Path) -> None:
    of_process(tmp_path, "4:memory:/docker/abc\n")
    group(
        tmp_path,
        "memory",
        memory_DOT_limit_in_bytes=NO_LIMIT[0],
        memory_DOT_usage_in_bytes=100 * MB,
        memory_DOT_stat=f"hierarchical_memory_limit {300 * MB}",
    )
    assert memory_limit(MACHINE, tmp_path) == Limit(300 * MB, 200 * MB)


@pytest.mark.parametrize("machine", [MACHINE, None])
@pytest.mark.parametrize("limit", [*NO_LIMIT, "max", "", "much", -1, 0])
def test_what_means_no_limit_is_none(tmp_path: Path, limit: object, machine: int | None) -> None:
    of_process(tmp_path, "4:memory:/\n0::/\n")
    group(tmp_path, "memory", memory_DOT_limit_in_bytes=limit, memory_DOT_usage_in_bytes=MB)
    group(tmp_path, "", memory_DOT_max=limit, memory_DOT_current=MB)
    assert memory_limit(machine, tmp_path) is None


def test_a_limit_above_the_machine_is_none(tmp_path: Path) -> None:
    of_process(tmp_path, "0::/\n")
    group(tmp_path, "", memory_DOT_max=2 * MACHINE, memory_DOT_current=MB)
    assert memory_limit(MACHINE, tmp_path) is None


def test_where_both_versions_are_mounted_the_one_with_the_limit_is_found(tmp_path: Path) -> None:
    of_process(tmp_path, "4:memory:/app\n0::/app\n")
    group(
        tmp_path,
        "memory/app",
        memory_DOT_limit_in_bytes=512 * MB,
        memory_DOT_usage_in_bytes=112 * MB,
    )
    group(tmp_path, "unified/app", cgroup_DOT_procs="1")
    assert memory_limit(MACHINE, tmp_path) == Limit(512 * MB, 400 * MB)


def test_a_use_that_is_not_told_costs_the_room_alone(tmp_path: Path) -> None:
    of_process(tmp_path, "0::/\n")
    group(tmp_path, "", memory_DOT_max=512 * MB)
    assert memory_limit(MACHINE, tmp_path) == Limit(512 * MB, None)


def test_a_group_outside_of_what_is_seen_leads_nowhere_else(tmp_path: Path) -> None:
    of_process(tmp_path, "0::/../../other\n")
    group(tmp_path, "", memory_DOT_max=512 * MB, memory_DOT_current=MB)
    (tmp_path / "other").mkdir()
    (tmp_path / "other/memory.max").write_text(f"{MB}\n")
    assert memory_limit(MACHINE, tmp_path) == Limit(512 * MB, 511 * MB)


def test_a_system_without_groups_has_no_limit(tmp_path: Path) -> None:
    assert memory_limit(MACHINE, tmp_path) is None


def test_a_process_can_have_what_its_container_has_or_else_its_machine(tmp_path: Path) -> None:
    assert usable_mb(tmp_path, lambda: 1024 * MB) == 1024
    assert usable_mb(tmp_path, lambda: None) is None
    of_process(tmp_path, "0::/\n")
    group(tmp_path, "", memory_DOT_max=512 * MB)
    assert usable_mb(tmp_path, lambda: 1024 * MB) == 512
    assert usable_mb(tmp_path, lambda: None) == 512
    assert usable_mb(tmp_path, lambda: 256 * MB) == 256
    assert (usable_mb() or 0) > 100, "of this machine"
