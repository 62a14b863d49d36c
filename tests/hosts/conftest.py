"""The wheel, built once, and installed into a folder that is a host's site-packages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hosts.installed import install, wheel_in


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wheel_in(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(wheel, tmp_path_factory.mktemp("site"))
