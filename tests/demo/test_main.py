"""The demo's entry point, where the bot does not do what is awaited."""

from __future__ import annotations

import pytest

from demo import __main__ as entry
from demo.demo_guild import furnish
from discord_sandbox import Sandbox, SandboxError


async def test_a_bot_that_does_not_register_its_command_is_told_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(entry, "START_SECONDS", 0.01)
    async with Sandbox() as sandbox:
        with pytest.raises(SandboxError, match=r"^the bot has not registered /debug within 0 s$"):
            await entry.registered(furnish(sandbox))
