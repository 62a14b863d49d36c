"""Request log and faults → JSON for the page's status bar and drawers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from discord_sandbox.page.page_context import PageContext
from discord_sandbox.rest.records import Request
from discord_sandbox.world.core import JSON

SHOWN = 100
BODY_LIMIT = 6_000  # characters of a body or an answer


def status(context: PageContext) -> JSON:
    """Return what the status bar shows: whether the bot is connected, and counts."""
    last = context.requests[-1].at if context.requests else 0.0
    return {
        "online": bool(context.stage.hub.connected()),
        "last": last,
        "requests": len(context.requests),
        "violations": len(context.violations),
        "outage": context.faults.is_out,
        "faults": len(context.faults.now()),
        "replay": context.read_only,
    }


def recent(context: PageContext) -> JSON:
    """Return the newest requests, newest first, and the newest violations."""
    newest = islice(reversed(context.requests), SHOWN)
    return {
        "requests": [_request(each) for each in newest],
        "violations": [str(each) for each in islice(reversed(context.violations), SHOWN)],
    }


def _request(it: Request) -> JSON:
    return {
        "at": it.at,
        "method": it.method,
        "path": it.path,
        "status": it.status,
        "milliseconds": it.took * 1000,
        "details": "\n\n".join(_details(it)),
    }


def _details(it: Request) -> Iterator[str]:
    if it.query:
        yield f"Query\n{_pretty(dict(it.query))}"
    if it.body is not None:
        yield f"Body\n{_pretty(it.body)}"
    for file in it.files:
        yield f"File\n{file.filename}, {len(file.data)} bytes, {file.content_type}"
    if it.answer is not None:
        yield f"Answer\n{_pretty(it.answer)}"


def _pretty(value: Any) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return text if len(text) <= BODY_LIMIT else f"{text[:BODY_LIMIT]}…"
