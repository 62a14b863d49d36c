"""The installed package, for a host that is checked by mypy."""

from __future__ import annotations

from tests.hosts.conftest import shared, site, wheel

__all__ = ["shared", "site", "wheel"]
