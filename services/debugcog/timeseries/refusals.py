"""What was raised by a name, label or value → the refusal of it, and its text for the log."""

from __future__ import annotations

from services.debugcog.exceptions import text_in_time


def as_refusal(problem: BaseException) -> ValueError:
    """Return a refusal as it is; of what an object of the host's has raised, tell the kind."""
    if type(problem) is ValueError:
        return problem
    return ValueError(f"a name, label or value raised {type(problem).__name__}")


def log_text(problem: ValueError) -> str:
    """Write a problem for the log, where a metric's name would pass for one of its values."""
    return text_in_time(problem).replace("_", " ")
