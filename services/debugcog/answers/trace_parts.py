"""Spans of a call → its parts in a tree, how long each took itself, and the slowest in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.debugcog.answers.metrics import PARTS as KNOWN
from services.debugcog.calls.call import ANSWERED, Call, Span
from services.debugcog.frozen import frozen
from services.debugcog.timeseries.label_sets import labels_of
from services.debugcog.units import human
from services.debugcog.wording import counted

NEAR_MS = 1.0
"""Clocks of two tasks are read one after the other: a part may end so much after what holds it."""
GATEWAY, LOOP, DISCORD = "gateway", "event loop", "Discord"
TITLES = {**KNOWN, "discord": DISCORD, "total_response_time": "response"}
"""Service → its name in a sentence."""
WORTH = 0.1
"""Share of the whole from which a part is worth naming."""


@frozen(kw_only=True)
class Part:
    """One part of a call.

    Attributes:
        service: name of the metric or service.
        label: for people, with what was called.
        start_ms: from the start of the whole.
        ms: how long it took.
        own_ms: of these, outside of the parts inside of it.
        depth: 0 for the whole, 1 for what it called, and so on.
        failed: it raised.
    """

    service: str
    label: str
    start_ms: float
    ms: float
    own_ms: float
    depth: int
    failed: bool

    @property
    def end_ms(self) -> float:
        """Return when it ended, from the start of the whole."""
        return self.start_ms + self.ms

    @property
    def ms_text(self) -> str:
        """Write for people how long it took."""
        return human(self.ms, "ms")


def title(service: str) -> str:
    """Name a service for people."""
    return TITLES.get(service, service)


def parts_of(call: Call) -> tuple[Part, ...]:
    """List the whole and its parts, in the order in which they began.

    The whole of an interaction begins where Discord created it.
    """
    before = call.gateway_ms + call.loop_ms if call.kind in ANSWERED else 0.0
    inner = _tree(call.spans, before)
    if before:
        inner = [_wait(GATEWAY, 0.0, call.gateway_ms), _wait(LOOP, call.gateway_ms, before), *inner]
    total = before + call.ms
    own = total - _covered((one.start_ms, one.end_ms) for one in inner)
    failed = call.outcome == "failed"
    whole = Part(
        service="", label=call.name, start_ms=0.0, ms=total, own_ms=own, depth=0, failed=failed
    )
    return whole, *inner


def slowest_service(parts: Sequence[Part], call: Call) -> str:
    """Name the service that took most of the time itself; empty for the host's other code."""
    own: dict[str, float] = {}
    for part in parts:
        own[part.service] = own.get(part.service, 0.0) + part.own_ms
    if call.left_out:  # those are known by their sums only
        for one in call.services:
            kept = sum(part.ms for part in parts if part.service == one.service)
            own[one.service] = own.get(one.service, 0.0) + one.ms - kept
            own[""] -= one.ms - kept
    return max(own, key=lambda service: own[service])


def slowest_sentence(parts: Sequence[Part], call: Call) -> str:
    """Say what took the time: ``LLM took 3.2 s of 3.9 s``."""
    whole, service = parts[0], slowest_service(parts, call)
    of = human(whole.ms, "ms")
    if not service:
        rest = human(whole.own_ms, "ms")
        return f"{rest} of {of} were not timed: wrap that code in `metrics.timer`"
    mine = [part for part in parts if part.service == service]
    ms = _covered((part.start_ms, part.end_ms) for part in mine)
    if ms < WORTH * whole.ms:
        return f"No part took much of the {of}"
    sums = next((one for one in call.services if one.service == service), None)
    calls = sums.calls if sums else len(mine)
    if sums and calls > len(mine):  # some are not kept one by one
        ms = min(max(ms, sums.ms), whole.ms)
    times = f", in {counted(calls, 'call')}" if calls > 1 else ""
    return f"{title(service)} took {human(ms, 'ms')} of {of}{times}"


def _wait(service: str, start: float, end: float) -> Part:
    ms = end - start
    return Part(
        service=service, label=service, start_ms=start, ms=ms, own_ms=ms, depth=1, failed=False
    )


def _tree(spans: Sequence[Span], shift: float) -> list[Part]:
    """Find what each span is inside of: one of its own task, or else one of the call's own."""
    ordered = sorted(spans, key=lambda span: (span.start_ms, -span.ms))
    depths: list[int] = []
    inside: list[list[tuple[float, float]]] = [[] for _ in ordered]
    for number, span in enumerate(ordered):
        around = [one for one in range(number) if _holds(ordered[one], span)]
        own = [one for one in around if ordered[one].lane == span.lane]
        holders = own or [one for one in around if ordered[one].lane == 0]
        depths.append(max((depths[one] + 1 for one in holders), default=1))
        if holders:
            holder = max(holders, key=lambda one: depths[one])
            inside[holder].append((span.start_ms, span.start_ms + span.ms))
    return [
        Part(
            service=span.service,
            label=_label(span),
            start_ms=max(0.0, span.start_ms + shift),
            ms=span.ms,
            own_ms=max(0.0, span.ms - _covered(inner)),
            depth=depth,
            failed=span.failed,
        )
        for span, depth, inner in zip(ordered, depths, inside, strict=True)
    ]


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start_ms + outer.ms >= inner.start_ms + inner.ms - (
        0.0 if outer.lane == inner.lane else NEAR_MS
    )


def _label(span: Span) -> str:
    detail = ", ".join(labels_of(span.detail).values()) or span.detail
    return f"{title(span.service)} · {detail}" if detail else title(span.service)


def _covered(stretches: Iterable[tuple[float, float]]) -> float:
    """Return how long at least one of some stretches lasted."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(stretches):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total
