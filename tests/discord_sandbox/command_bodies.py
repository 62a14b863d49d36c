"""Bodies of application commands."""

from __future__ import annotations

from typing import Any


def command(**more: Any) -> dict[str, Any]:
    return {"name": "ask", "description": "Ask something.", **more}


def option(**more: Any) -> dict[str, Any]:
    return {"type": 3, "name": "what", "description": "What to ask.", **more}


def group(**more: Any) -> dict[str, Any]:
    return {"type": 2, "name": "group", "description": "A group.", **more}


def sub(**more: Any) -> dict[str, Any]:
    return {"type": 1, "name": "sub", "description": "A subcommand.", **more}


def choices(count: int) -> list[dict[str, Any]]:
    return [{"name": f"c{number}", "value": f"v{number}"} for number in range(count)]


def options(count: int, **more: Any) -> list[dict[str, Any]]:
    return [option(name=f"o{number}", **more) for number in range(count)]
