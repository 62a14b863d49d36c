"""Question to discordstatus.com → what it says, in one sentence each; only when somebody asks."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from services.debugcog.exceptions import brief
from services.debugcog.frozen import frozen
from services.debugcog.units import duration

PAGE = "https://discordstatus.com"
SUMMARY = f"{PAGE}/api/v2/summary.json"
SECONDS = 5.0
BYTES_MAX = 256 * 1024
INCIDENTS_MAX = 3


@frozen
class Status:
    """What the page says.

    Attributes:
        text: its own description, ``All Systems Operational``, or why it could not be asked.
        incidents: names of those that are open, three at most.
        is_known: whether it could be asked.
    """

    text: str
    incidents: tuple[str, ...] = ()
    is_known: bool = True


async def ask(url: str = SUMMARY, seconds: float = SECONDS) -> Status:
    """Ask the page; it never raises, and takes so many seconds at most."""
    try:
        async with asyncio.timeout(seconds):
            return _read(json.loads(await _get(url)))
    except TimeoutError:
        return _unknown(f"no answer within {duration(seconds)}")
    except (aiohttp.ClientError, OSError) as error:
        return _unknown(brief(error))
    except (ValueError, TypeError, AttributeError, KeyError):  # of what it has answered
        return _unknown("its answer could not be read")


async def _get(url: str) -> bytes:
    async with (
        aiohttp.ClientSession(trust_env=True, raise_for_status=True) as session,
        session.get(url) as response,
    ):
        body = b""
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > BYTES_MAX:
                raise ValueError("too long")
        return body


def _read(answer: Any) -> Status:
    incidents = [str(one["name"]) for one in answer["incidents"][:INCIDENTS_MAX]]
    return Status(str(answer["status"]["description"]), tuple(incidents))


def _unknown(why: str) -> Status:
    return Status(f"discordstatus.com could not be asked: {why}", is_known=False)
