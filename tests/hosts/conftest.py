"""The wheel, built once for all workers, and installed into a folder that is a site-packages."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hosts.installed import install, wheel_in


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this run, which its workers share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "installed"
    folder.mkdir(exist_ok=True)
    return folder


def made_once(folder: Path, name: str, make: Callable[[Path], Path]) -> Path:
    """Let the first worker make it, and the others wait for that; a test's timeout bounds it."""
    made, begun = folder / f"{name}.made", folder / f"{name}.begun"
    try:
        begun.mkdir()
    except FileExistsError:
        while not made.exists():
            time.sleep(0.05)
    else:
        path = begun / "path"
        path.write_text(str(make(folder / name)))
        path.rename(made)  # whole, or not there
    return Path(made.read_text())


@pytest.fixture(scope="session")
def wheel(shared: Path) -> Path:
    return made_once(shared, "wheel", wheel_in)


@pytest.fixture(scope="session")
def site(wheel: Path, shared: Path) -> Path:
    return made_once(shared, "site", lambda folder: install(wheel, folder))
