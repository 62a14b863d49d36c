"""Corpora of secrets and of harmless lines → how many leak, how many change, and what it costs."""

from __future__ import annotations

import random
import string
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from services.debugcog.redaction.redactor import Redactor, redact
from tests.benchmarks.rows import Row
from tests.harmless_lines import harmless_lines
from tests.secret_samples import TEMPLATES, ruled_samples, samples

SECRETS, LINES, MOST_CHANGED = 2_000, 5_000, 5
SIZE, GOAL = 2_000, 40.0
"""Characters of a text, and the µs that it may cost."""
KNOWN = 5
"""Known values, as many as a bot with some services has."""
ROUNDS, CALLS = 400, 8
"""Short rounds: on a busy machine one of them is not interrupted."""


def run() -> list[Row]:
    """Measure; about 10 s."""
    made = [*samples(SECRETS // 2), *ruled_samples(SECRETS // 2)]
    leaked = sum(one.leaks_in(redact(one.text)) for one in made)
    lines = list(harmless_lines(LINES))
    changed = sum(redact(line) != line for line in lines)
    shapes = f"{len(made):,} secrets in {len(TEMPLATES)} shapes"
    return [
        Row(f"redaction: of {shapes} leak", leaked, "", goal=0),
        Row(f"redaction: of {len(lines):,} harmless lines change", changed, "", goal=MOST_CHANGED),
        *_costs(),
    ]


def _costs() -> list[Row]:
    redactor = Redactor(_settings())
    return [
        row
        for kind, text in texts().items()
        for row in (
            Row(f"redact, 2 kB of {kind}", cost(redact, text), "µs", goal=GOAL),
            Row(f"with {KNOWN} known values, 2 kB of {kind}", cost(redactor, text), "µs"),
        )
    ]


def texts() -> dict[str, str]:
    """Make the texts that are redacted for their cost; nothing in them is secret."""
    try:
        Path("/nowhere/at/all").read_text(encoding="utf-8")
    except OSError:
        trace = traceback.format_exc()
    logged = (
        "Response for user_id=81384788765712384 in channel 8138: total_response_time=1234.5 "
        "tokens_input=1847, model=gpt-4o, cached: False\n"
    )
    prose = (
        "Users of the server asked the bot, what the weather would be like in Berlin tomorrow; "
        "it answered after 3.5 s. "
    )
    kinds = {"tracebacks": trace, "log lines": logged, "prose": prose}
    return {kind: (text * (SIZE // len(text) + 1))[:SIZE] for kind, text in kinds.items()}


def cost(work: Callable[[str], str], text: str) -> float:
    """Give the µs of a call in the quietest round: others only add to it."""
    quietest = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(CALLS):
            work(text)
        quietest = min(quietest, time.perf_counter() - start)
    return quietest / CALLS * 1e6


def _settings() -> dict[str, str]:
    source, letters = random.Random(7), string.ascii_letters + string.digits
    return {f"S{n}_TOKEN": "".join(source.choices(letters, k=32)) for n in range(KNOWN)}
