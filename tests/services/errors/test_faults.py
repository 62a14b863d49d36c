"""Whatever breaks in our own parts, the host's code goes on, and nothing is posted about us."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import sys
import threading
from collections.abc import Callable
from pkgutil import resolve_name
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clock import Clock
from tests.error_rig import Rig, rig

PARTS = (
    "services.debugcog.errors.fingerprint.Fingerprinter.of_exception",
    "services.debugcog.errors.fingerprint.Fingerprinter.of_record",
    "services.debugcog.errors.causes.links_of",
    "services.debugcog.errors.reraise.steps",
    "services.debugcog.errors.reporter.steps",
    "services.debugcog.errors.handling.unwrapped",
    "services.debugcog.errors.breadcrumbs.current_key",
    "services.debugcog.errors.breadcrumbs.Breadcrumbs.add",
    "services.debugcog.errors.breadcrumbs.Breadcrumbs.of",
    "services.debugcog.errors.breadcrumbs.Breadcrumbs.without_texts",
    "services.debugcog.errors.error_buffer.ErrorBuffer.add",
    "services.debugcog.errors.error_buffer.ErrorBuffer.take",
    "services.debugcog.errors.details.Details.event",
    "services.debugcog.errors.details.Details.identity",
    "services.debugcog.errors.text.traceback_text",
    "services.debugcog.errors.posts.record",
    "services.debugcog.errors.posts.enqueue",
    "services.debugcog.errors.tables.save_group",
    "services.debugcog.state.database.Database.submit",
    "services.debugcog.redaction.keys.redact_keys",
)
EXAMPLES = int(os.environ.get("ALERT_EXAMPLES", "10"))
FAULTS = (RuntimeError("ours"), MemoryError())


def live(reports: Rig, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the host fail in each way that needs no Discord; return how far it came."""
    lines: list[str] = []
    for hook in (sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook"):
        monkeypatch.setattr(*hook, lambda *_: lines.append("as before"))

    def fail() -> None:
        raise LookupError("the host's own")

    async def work() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda *_: lines.append("as before"))
        reports.hooks.install(loop)
        try:
            logging.getLogger("host").error("Lost %s", "x")
            try:
                fail()
            except LookupError:
                logging.getLogger("host").exception("Lost")
            thread = threading.Thread(target=fail)
            thread.start()
            thread.join()
            loop.call_soon(fail)
            await asyncio.sleep(0)
            sys.excepthook(LookupError, LookupError("last"), None)
            lines.append("done")
        finally:
            reports.hooks.uninstall()

    asyncio.run(work())
    return lines


def breaking(fault: BaseException) -> Callable[..., Any]:
    def broken(*_: object, **__: object) -> Any:
        raise fault

    return broken


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_part_that_fails_is_no_matter_of_the_host(
    reports: Rig, part: str, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.debugcog.errors.worker.RETRY", 0.01)
    monkeypatch.setattr("services.debugcog.errors.hooks.FLUSH_SECONDS", 0.1)
    with monkeypatch.context() as broken:
        broken.setattr(part, breaking(fault))
        assert live(reports, monkeypatch) == ["as before"] * 3 + ["done"]
        reports.store.flush(0.1)

    strange = [post["title"] for post in posts(reports) if not any(w in post["title"] for w in OWN)]
    assert strange == []


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(PARTS), st.sets(st.integers(0, 9), min_size=1), min_size=1, max_size=6
    )
)
def test_any_parts_that_fail_at_any_calls_are_no_matter_of_the_host(
    tmp_path_factory: pytest.TempPathFactory, faults: dict[str, set[int]]
) -> None:
    path = tmp_path_factory.mktemp("reports") / "state.sqlite3"
    with pytest.MonkeyPatch.context() as patch, rig(path, Clock()) as reports:
        patch.setattr("services.debugcog.errors.worker.RETRY", 0.001)
        patch.setattr("services.debugcog.errors.hooks.FLUSH_SECONDS", 0.1)
        with patch.context() as broken:
            for part, calls in faults.items():
                broken.setattr(part, breaking_at(calls, resolve_name(part)))
            for _ in range(3):
                assert live(reports, patch) == ["as before"] * 3 + ["done"]
            reports.store.flush(0.1)
        strange = [post for post in posts(reports) if not any(w in post["title"] for w in OWN)]
        assert strange == []


def breaking_at(calls: set[int], real: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function fail at its calls with these numbers."""
    numbers = itertools.count()

    def broken(*args: Any, **kwargs: Any) -> Any:
        if next(numbers) in calls:
            raise RuntimeError("ours")
        return real(*args, **kwargs)

    return broken


OWN = ("LookupError", "ERROR host", "[redacted]", "Error digest")
"""What the titles of the host's errors hold."""


def posts(reports: Rig) -> list[dict[str, Any]]:
    reports.groups()
    return reports.posts()
