"""Settings of all tests: hypothesis may be slow on a busy machine, and that is no failure."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
