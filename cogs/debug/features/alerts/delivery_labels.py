"""Delivery Condition and test-alert Receipt → text for admins, with a fix for each problem."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from cogs.debug.features.alerts.actions import ListAlerts, SendTestAlert
from cogs.debug.features.alerts.undelivered import failure, last_word, waiting
from cogs.debug.ui.escaping import inline
from cogs.debug.ui.reply import Button, Colour, Reply
from cogs.debug.ui.times import ago
from services.debugcog.outbox.outcomes import Outcome
from services.debugcog.outbox.records import Condition, ForumCondition, Receipt
from services.debugcog.setting_kinds import OWNERS_DM
from services.debugcog.wording import counted

NO_CHANNEL = (
    "Nothing can be posted: `ALERT_CHANNEL_ID` is not set. Put the id of a channel there and "
    "restart the bot."
)
RIGHTS = "View Channel, {send}, Embed Links, Attach Files and Read Message History"
SEND = {False: "Send Messages", True: "Send Messages in Threads"}
"""What a message needs, by whether the channel is a thread."""
CHANNEL_FIXES = {
    Outcome.NO_CHANNEL: (
        "`ALERT_CHANNEL_ID` {channel_id} does not exist, or the bot cannot see it. Put the id of a "
        "text channel there and restart the bot, or let the bot see it."
    ),
    Outcome.WRONG_CHANNEL: (
        "`ALERT_CHANNEL_ID` {channel_id} takes no messages: it is a category, a forum or a closed "
        "thread. Put the id of a text channel there and restart the bot."
    ),
}
FORUM_FIXES = {
    Outcome.NO_CHANNEL: (
        "`ERROR_FORUM_ID` {channel_id} does not exist, or the bot cannot see it. Put the id of a "
        "forum there and restart the bot, or give it View Channel there."
    ),
    Outcome.NO_TAG: (
        "The forum <#{channel_id}> wants a tag on each post, and has none of new, regressed, muted "
        "and resolved: make them, or give the bot Manage Channels there."
    ),
}
FORUM_RIGHTS = (
    "The bot may not post in the forum <#{channel_id}>. Give it View Channel, Send Messages, Send "
    "Messages in Threads, Embed Links, Attach Files, Read Message History and Manage Threads there."
)
MAY_NOT_WRITE = f"The bot may not write in <#{{channel_id}}>. Give it {RIGHTS} there."


def delivery(
    condition: Condition | None, troubles: Sequence[str], *, in_thread: bool = False
) -> tuple[list[str], bool]:
    """Say where alerts go, and whether something keeps them from it.

    Args:
        condition: None without a channel.
        troubles: what else keeps alerts from being made or kept, in sentences.
        in_thread: the channel for alerts is a thread.

    Returns:
        Lines, and whether there is trouble.
    """
    bad = [f"⚠️ {trouble}" for trouble in troubles]
    if condition is None:
        return [*bad, f"⚠️ {NO_CHANNEL}"], True
    bad += [f"⚠️ {line}" for line in _refusals(condition, in_thread)]
    lines = []
    if condition.target is not None:
        idle = "" if condition.backlog.waiting else " Queue empty."
        lines.append(f"Posting to {_place(condition.target)}.{idle}")
    if line := waiting(condition):
        lines.append(line)
    return [*bad, *lines], bool(bad)


def _refusals(condition: Condition, in_thread: bool) -> list[str]:
    lines = []
    if condition.reopens is not None:
        fix = CHANNEL_FIXES.get(condition.refusal or Outcome.FORBIDDEN, MAY_NOT_WRITE)
        again = f"It is tried again {ago(condition.reopens)}."
        text = fix.format(channel_id=condition.channel_id, send=SEND[in_thread])
        lines.append(f"{text} {again}")
    elif line := failure(condition):
        lines.append(line)
    lines += _forum(condition.forum) if condition.forum else []
    if condition.backlog.dead:
        posts = counted(condition.backlog.dead, "post")
        reason = inline(condition.backlog.dead_reason, 120)
        lines.append(f"{posts} given up in the last day, see the log. Discord said {reason}.")
    return lines


def _forum(forum: ForumCondition) -> list[str]:
    """Say what keeps error groups out of their forum."""
    lines = []
    if forum.reopens is not None:
        fix = FORUM_FIXES.get(forum.refusal or Outcome.FORBIDDEN, FORUM_RIGHTS)
        again = f"Error groups go to the alert channel; it is tried again {ago(forum.reopens)}."
        lines.append(f"{fix.format(channel_id=forum.channel_id)} {again}")
    if forum.closed_posts:
        posts = counted(forum.closed_posts, "post")
        lines.append(
            f"The bot may not write in {posts} of the forum <#{forum.channel_id}>. Give it Send "
            "Messages in Threads and Manage Threads there."
        )
    return lines


def _place(channel_id: int) -> str:
    return "the owner's direct messages" if channel_id == OWNERS_DM else f"<#{channel_id}>"


def trial(
    receipt: Receipt | None, condition: Condition | None, link: str, *, in_thread: bool = False
) -> Reply:
    """Say what became of a test alert.

    Args:
        receipt: None when its row is not known.
        condition: of the delivery; None without a channel.
        link: the address of its message, if it has one.
        in_thread: the channel for alerts is a thread.
    """
    text, colour = _outcome(receipt, condition, link, in_thread)
    embed = discord.Embed(title="Test alert", description=text, colour=colour.value)
    again = Button("Send another test alert", SendTestAlert(), style=discord.ButtonStyle.primary)
    return Reply(embeds=(embed,), controls=(again, Button("All alerts", ListAlerts())))


def _outcome(
    receipt: Receipt | None, condition: Condition | None, link: str, in_thread: bool
) -> tuple[str, Colour]:
    if condition is None:
        return NO_CHANNEL, Colour.CRITICAL
    if receipt is not None and receipt.state == "sent":
        channel = condition.channel_id if receipt.channel_id is None else receipt.channel_id
        message = f": [see it]({link})" if link else ""
        where = "" if channel == condition.channel_id else " The first channel refuses the bot."
        return f"✅ Delivered to {_place(channel)}{message}.{where}", Colour.GOOD
    reason = receipt.reason if receipt else ""
    last = Outcome.REFUSED if receipt and receipt.completed else condition.last
    said = f"\n{last_word(reason, last)}" if reason else ""
    reasons = _refusals(condition, in_thread)
    if receipt is not None and receipt.completed:
        ended = "❌ Not delivered; it will not be tried again."
        return "\n".join([ended, *reasons]) + said, Colour.CRITICAL
    waits = "⏳ Not delivered yet. It stays queued, across restarts too."
    limit = "" if reasons or said else "\nLimit: 10 posts per 10 min."
    return "\n".join([waits, *reasons]) + said + limit, Colour.WARNING
