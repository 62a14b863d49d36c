"""Who is to blame for a reply that did not arrive."""

from __future__ import annotations

from unittest.mock import create_autospec

import aiohttp
import discord
import pytest

from cogs.debug.ui.edits import is_undelivered


def refused(status: int, code: int = 0) -> discord.HTTPException:
    response = create_autospec(aiohttp.ClientResponse, status=status, reason="")
    return discord.HTTPException(response, {"code": code, "message": ""})


@pytest.mark.parametrize(
    ("error", "undelivered"),
    [
        (refused(401, 50027), True),
        (refused(502), True),
        (refused(400, 50035), False),
        (refused(403, 50001), False),
        (aiohttp.ServerDisconnectedError(), True),
        (discord.RateLimited(60.0), True),
        (ValueError(), False),
    ],
)
def test_discord_and_the_way_to_it_are_told_from_our_own_faults(
    error: Exception, undelivered: bool
) -> None:
    assert is_undelivered(error) is undelivered
