"""What is read of the system so that the next start can tell a kill for memory from others."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.debugcog.process.vitals import Vitals, read_vitals


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_version_2_of_control_groups(tmp_path: Path) -> None:
    write(tmp_path, "proc/self/cgroup", "0::/bot.slice/bot.service\n")
    write(tmp_path, "proc/sys/kernel/random/boot_id", "8578bb00\n")
    write(tmp_path, "proc/vmstat", "nr_free_pages 3\noom_kill 7\n")
    group = "sys/fs/cgroup/bot.slice/bot.service"
    write(tmp_path, f"{group}/memory.events", "low 0\nmax 9\noom 1\noom_kill 4\n")
    write(tmp_path, f"{group}/memory.max", f"{800 << 20}\n")
    found = read_vitals(traced=True, root=tmp_path)
    inode = (tmp_path / group).stat().st_ino
    assert found == Vitals("8578bb00", f"{tmp_path / group}#{inode}", 4, 7, 800.0, traced=True)


def test_version_1_whose_process_sees_only_its_own_group(tmp_path: Path) -> None:
    write(tmp_path, "proc/self/cgroup", "4:memory:/docker/abc\n0::/\n")
    group = "sys/fs/cgroup/memory"
    write(tmp_path, f"{group}/memory.oom_control", "oom_kill_disable 0\noom_kill 2\n")
    found = read_vitals(traced=False, root=tmp_path)
    assert (found.group_kills, found.machine_kills, found.traced) == (2, None, False)
    assert found.group.startswith(f"{tmp_path / group}#")


EVENTS = "low 0\nhigh 0\nmax 9\noom 1\noom_kill 4\noom_group_kill 1\n"


@pytest.mark.parametrize(
    ("told", "folder"),
    [
        pytest.param("0::/", "", id="a namespace of its own"),
        pytest.param("0::/../../abc", "", id="moved out of its namespace"),
        pytest.param("0::/docker/abc", "", id="named from the machine, mounted from its own group"),
        pytest.param("0::/docker/abc", "docker/abc", id="the machine's groups in sight"),
        pytest.param("0::/init.scope", "", id="in a group without memory.events"),
        pytest.param("4:memory:/\n0::/app", "unified/app", id="beside version 1 without counts"),
    ],
)
def test_version_2_in_a_container(tmp_path: Path, told: str, folder: str) -> None:
    write(tmp_path, "proc/self/cgroup", f"{told}\n")
    group = tmp_path / "sys/fs/cgroup" / folder
    write(group, "memory.events", EVENTS)
    found = read_vitals(traced=True, root=tmp_path)
    assert (found.group, found.group_kills) == (f"{group}#{group.stat().st_ino}", 4)


def test_the_root_of_version_2_counts_nothing_and_the_machine_does(tmp_path: Path) -> None:
    write(tmp_path, "proc/self/cgroup", "0::/\n")
    write(tmp_path, "sys/fs/cgroup/cgroup.controllers", "cpu memory\n")
    write(tmp_path, "proc/vmstat", "oom_kill 7\n")
    found = read_vitals(traced=True, root=tmp_path)
    assert (found.group, found.group_kills, found.machine_kills) == ("", None, 7)


def test_a_system_that_tells_nothing(tmp_path: Path) -> None:
    found = read_vitals(traced=True, root=tmp_path)
    assert (found.boot, found.group, found.group_kills, found.machine_kills) == ("", "", None, None)
