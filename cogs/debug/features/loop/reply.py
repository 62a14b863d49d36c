"""LoopAnswer → the reply of /debug loop: the lag, and who blocked the loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import discord

from cogs.debug.features.loop.actions import ShowCulprit, ShowLoop
from cogs.debug.ui.escaping import plain, short
from cogs.debug.ui.grades import Field, grade_of
from cogs.debug.ui.pages import Page, page_buttons, paged
from cogs.debug.ui.reply import OPTIONS_MAX, Button, Colour, Menu, Option, Reply
from cogs.debug.ui.stall_labels import blocked_by, who
from cogs.debug.ui.times import ago
from cogs.debug.ui.windows import window_menu
from services.debugcog.answers.loop import Culprit, LoopAnswer
from services.debugcog.units import human
from services.debugcog.windows import WINDOWS
from services.debugcog.wording import counted

LISTED_MAX = 100
LIST_MAX = 1_700
"""Characters of a page of culprits: so few that a menu takes them all."""
SHORTEST = "0.25 s"
"""What ``stalls.blame`` takes for a stall."""
UNSEEN = "no code was seen in it"
BLIND = (
    "Code in C that holds the interpreter, such as a regular expression, is not named here: that "
    "takes Linux, and a bot that runs in the main thread."
)


def loop_reply(answer: LoopAnswer, number: int = 0) -> Reply:
    """Render the figures, a page of culprits, and the chart of the lag."""
    page = paged(_entries(answer.culprits), number or 1, LIST_MAX)
    fields = tuple(_fields(answer))
    grade = grade_of(answer.lag.p99.severity)
    embed = discord.Embed(
        title=f"Event loop · last {WINDOWS[answer.window][1]}",
        description="\n".join(_described(answer, page)),
        colour=(Colour.CRITICAL if answer.going_on else grade).value,
        timestamp=discord.utils.utcnow(),
    )
    for field in fields:
        embed.add_field(name=field.title, value=field.text)
    if page.count > 1:
        embed.set_footer(text=f"Page {page.number} of {page.count}, worst first")

    def turn(wanted: int) -> ShowLoop:
        """Turn to a page; the button that leads to none must not say 0, which Refresh says."""
        return ShowLoop(answer.window, wanted or page.count + 1)

    return Reply(
        embeds=(embed,),
        controls=(
            window_menu(ShowLoop, answer.window),
            *_details(answer, page),
            Button("Refresh", ShowLoop(answer.window)),
            *page_buttons(turn, page, ("◀ Back", "More ▶")),
        ),
        chart=answer.chart,
    )


def times_text(culprit: Culprit) -> str:
    """Say how often, how long and when."""
    longest = f", longest {culprit.worst.duration}" if culprit.count > 1 else ""
    first = f", first {ago(culprit.first)}" if culprit.count > 1 else ""
    often = f"**{human(culprit.seconds, 's')}** in {counted(culprit.count, 'stall')}{longest}"
    return f"{often} · last {ago(culprit.last)}{first}"


def _described(answer: LoopAnswer, page: Page) -> Iterator[str]:
    if not answer.enabled:
        yield "Metrics are off: `METRICS_ENABLED=false`. Stalls are seen all the same."
    if answer.trouble:
        yield f"⚠️ {plain(answer.trouble)}"
    if answer.going_on is not None:
        yield f"🔴 **Blocked now.** {_now(answer)}"
    if answer.culprits:
        yield page.text
    elif answer.going_on is None:
        yield f"Nothing has blocked the loop for {SHORTEST} or longer."
    if not answer.sees_c_code:
        yield BLIND


def _now(answer: LoopAnswer) -> str:
    stall = answer.going_on
    assert stall is not None
    return blocked_by(stall) if stall.function else f"For {stall.duration}; {UNSEEN}"


def _entries(culprits: Sequence[Culprit]) -> list[str]:
    entries = [_entry(rank, culprit) for rank, culprit in enumerate(culprits[:LISTED_MAX], 1)]
    more = len(culprits) - LISTED_MAX
    return [*entries, f"and {more} more, each shorter in all"] if more > 0 else entries


def _entry(rank: int, culprit: Culprit) -> str:
    worst = culprit.worst
    name = who(worst) if worst.function else f"Unknown: {UNSEEN}"
    hint = f"\n→ {worst.hint}" if worst.hint else ""
    return f"**#{rank}** {name}\n{times_text(culprit)}{hint}"


def _fields(answer: LoopAnswer) -> Iterator[Field]:
    lag = answer.lag
    if lag.p99.value is None:
        yield Field("Lag", "nothing yet")
    else:
        text = (
            f"p99 **{lag.p99.text}**\nmax {lag.maximum.text}\np95 {answer.p95.text}\n"
            f"p50 {answer.p50.text}\nlatest {answer.last.text}"
        )
        if lag.now.value is not None:  # what the rule reads, where that warns
            text += f"\nalert value **{lag.now.text}**"
        yield Field("Lag", text, grade_of(lag.p99.severity))
    limits = (("warning", answer.warning), ("critical", answer.critical))
    told = [f"{name} {figure.text}" for name, figure in limits if figure.value is not None]
    yield Field("Thresholds", "\n".join(told) or "none")
    yield Field("Doing", _doing(answer))


def _doing(answer: LoopAnswer) -> str:
    """Say what the loop does: how many tasks, and how much of its time it computes."""
    tasks = counted(round(answer.tasks.value or 0), "task")
    if answer.busy.value is None:
        return tasks
    return f"{tasks}\nbusy {answer.busy.text} of the last minute"


def _details(answer: LoopAnswer, page: Page) -> Iterator[Menu]:
    """Offer the culprits of a page, with their stacks."""
    ranked = [
        (rank, culprit)
        for rank, culprit in enumerate(answer.culprits[:LISTED_MAX], 1)
        if f"**#{rank}** " in page.text
    ]
    options = tuple(
        Option(
            f"#{rank} {short(culprit.worst.function or UNSEEN, 60)}",
            ShowCulprit(culprit.key, answer.window),
            short(culprit.worst.place, 90) if culprit.worst.place else None,
        )
        for rank, culprit in ranked[:OPTIONS_MAX]
    )
    if options:
        yield Menu("Open a cause: stack, times", options)
