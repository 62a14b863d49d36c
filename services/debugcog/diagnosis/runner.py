"""Checks → Report, one after another, each with its deadline; what one raises costs that one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from services.debugcog.diagnosis.findings import Check, Finding, UnknownError
from services.debugcog.frozen import frozen
from services.debugcog.guard import own_logger
from services.debugcog.units import duration

log = own_logger("debugcog.diagnosis")

PATIENCE = 0.3
"""Seconds after which the next check begins, whether the one before has ended or not."""
EVIDENCE_MAX = 12
FINDINGS_MAX = 12
"""Of one check."""


@frozen
class Report:
    """What the checks have found.

    Attributes:
        findings: each with the name of its check, worst first.
        passed: names of the checks that found no fault.
        unknown: names of the checks that could not tell, with the reason.
    """

    findings: tuple[tuple[str, Finding], ...]
    passed: tuple[str, ...]
    unknown: tuple[tuple[str, str], ...]

    @property
    def count(self) -> int:
        """Return how many checks were made."""
        faulty = {name for name, finding in self.findings if finding.severity}
        return len(self.passed) + len(self.unknown) + len(faulty)


async def run(checks: Sequence[Check], progress: Callable[[int], None]) -> Report:
    """Make all checks, each after the one before: threads at work together hold up the event loop.

    A slow one is not waited for. One that takes too long is left alone, never cancelled: it may
    wait inside discord.py, where a cancellation can lock the host's client.

    Args:
        checks: to be made.
        progress: is told how many are done.
    """
    done = 0
    results: dict[str, tuple[Finding, ...] | str] = {}

    async def one(check: Check) -> None:
        nonlocal done
        results[check.name] = await _result(check)
        done += 1
        progress(done)

    made = list[asyncio.Task[None]]()
    try:
        for check in checks:
            made.append(asyncio.create_task(one(check), name="debugcog-checks"))
            await asyncio.wait(made[-1:], timeout=PATIENCE)
        await asyncio.gather(*made)
    finally:
        for task in made:
            task.cancel()
    return _report([(check.name, results[check.name]) for check in checks])


async def _result(check: Check) -> tuple[Finding, ...] | str:
    """Return what a check finds, or why it could not tell."""
    task = asyncio.create_task(_made(check), name="debugcog-check")
    task.add_done_callback(_read)
    await asyncio.wait((task,), timeout=check.seconds)
    if not task.done():
        return f"no answer within {duration(check.seconds)}"
    if task.cancelled():
        return "it was cancelled"
    error = task.exception()
    if isinstance(error, UnknownError):
        return str(error)
    if error is not None:
        log.warning("Check failed: %s", check.name, exc_info=error)
        return f"it failed with {type(error).__name__}; the log has the traceback"
    return task.result()


def _read(task: asyncio.Task[object]) -> None:
    """Look at how a check ended that was given up, so that asyncio does not tell it as an error."""
    if not task.cancelled():
        task.exception()


async def _made(check: Check) -> tuple[Finding, ...]:
    return tuple(await check.run())


def _report(results: Iterable[tuple[str, tuple[Finding, ...] | str]]) -> Report:
    found: list[tuple[str, Finding]] = []
    passed, unknown = [], []
    for name, result in results:
        if isinstance(result, str):
            unknown.append((name, result))
            continue
        found += [(name, finding) for finding in result[:FINDINGS_MAX]]
        if not any(finding.severity for finding in result):
            passed.append(name)
    found.sort(key=lambda one: -one[1].severity)
    return Report(tuple(found), tuple(passed), tuple(unknown))
