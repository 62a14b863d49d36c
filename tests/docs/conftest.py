"""A sandbox with a server, people and channels, for documents that need a running bot."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import environment, home

pytest.register_assert_rewrite(
    *(f"tests.docs.{kind}_blocks" for kind in ("python", "shell", "other"))
)

__all__ = ["environment", "home"]
