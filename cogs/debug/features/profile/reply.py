"""ProfileAnswer → the reply of /debug profile; and how far a profile has come."""

from __future__ import annotations

from collections.abc import Iterator

import discord

from cogs.debug.features.profile.actions import EndProfile, ShowProfile, StartProfile
from cogs.debug.ui.escaping import inline
from cogs.debug.ui.reply import Attachment, Button, Colour, Menu, Option, Reply
from services.debugcog.answers.profile import FunctionTime, ProfileAnswer
from services.debugcog.units import duration
from services.debugcog.wording import counted

NAME_MAX, PLACE_MAX = 90, 90
FILE = "profile.speedscope.json"
BAR = 20
LENGTHS = (5, 10, 30, 60)
"""Seconds; the window of a profile, which shows what was not looked at before it began."""
TITLE = "Profile of the event loop"


def progress_reply(planned: float, passed: float, looks: int) -> Reply:
    """Say how far a profile has come."""
    share = min(1.0, passed / planned)
    bar = "▰" * round(BAR * share) + "▱" * (BAR - round(BAR * share))
    embed = discord.Embed(
        title=f"{TITLE} · {round(passed)} of {round(planned)} s",
        description=f"{bar}\n{counted(looks, 'sample')} so far; the bot runs as usual.",
        colour=Colour.NEUTRAL.value,
    )
    controls = (Button("Stop", EndProfile()), Button("Refresh", ShowProfile()))
    return Reply(embeds=(embed,), controls=controls, progress=True)


def nothing_yet() -> Reply:
    """Say that no profile was taken in this run."""
    text = "No profile was taken since the bot started."
    embed = discord.Embed(title=TITLE, description=text, colour=Colour.NEUTRAL.value)
    return Reply(embeds=(embed,), controls=(Button("Profile 10 s", StartProfile(10)),))


def profile_reply(answer: ProfileAnswer, planned: int) -> Reply:
    """Render where the time went, the host's functions that took most first."""
    embed = discord.Embed(
        title=f"{TITLE} · {answer.seconds.text}",
        description="\n".join(_lines(answer)),
        colour=Colour.NEUTRAL.value,
        timestamp=discord.utils.utcnow(),
    )
    embed.set_footer(text=f"{answer.looks.text} samples · wall time, waiting left out")
    file = Attachment(FILE, answer.speedscope, "Stacks, for speedscope.app")
    files = (file,) if answer.speedscope else ()
    controls = _lengths(planned), Button("Again", StartProfile(planned))
    return Reply(embeds=(embed,), controls=controls, chart=answer.flame, files=files)


def _lengths(planned: int) -> Menu:
    """Offer profiles of other lengths; a choice begins one."""
    options = (
        Option(f"Profile for {duration(each)}", StartProfile(each), chosen=each == planned)
        for each in sorted({*LENGTHS, planned})
    )
    return Menu("Length", tuple(options))


def _lines(answer: ProfileAnswer) -> Iterator[str]:
    if answer.flame is None:
        yield f"The loop had nothing to do for all of the {answer.seconds.text}."
        return
    yield (
        f"Busy for **{answer.busy.text}**; it waited for {answer.idle.text} of the time, "
        "which is left out below."
    )
    yield (
        f"**{answer.host.text}** in your code · {answer.called.text} in libraries it called · "
        f"{answer.other.text} in libraries on their own"
    )
    if not answer.functions:
        yield "None of your functions was seen."
        return
    yield "\n**Your functions**, with the libraries they call:"
    for one in answer.functions:
        yield _function(one)
    yield f"\n`{FILE}` opens on speedscope.app, or with a copy of it on your own machine."


def _function(one: FunctionTime) -> str:
    whole = "" if one.whole.text == one.own.text else f" ({one.whole.text} with all it calls)"
    return f"**{one.own.text}** {inline(one.name, NAME_MAX)} {inline(one.place, PLACE_MAX)}{whole}"
