"""Body of a channel, thread, role, member or webhook → the issues Discord would report.

Sources: https://discord.com/developers/docs/resources/channel, …/guild, …/webhook.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from discord_sandbox.rules.forms import (
    flag,
    form,
    iso_timestamp,
    listing,
    one_of,
    snowflake,
    text,
    whole,
)
from discord_sandbox.rules.refusals import Issue, Path

CHANNEL_NAME, TOPIC, ROLE_NAME, NICK, WEBHOOK_NAME = 100, 1024, 100, 32, 80
FORBIDDEN_NAMES = ("discord", "clyde")  # docs/resources/webhook#create-webhook
SLOWMODE = 21_600
KINDS = (0, 2, 4, 5, 15)
TAG_NAME = 20
POST_TAGS = 5

OVERWRITE = form({"type": one_of(0, 1, "0", "1"), "allow": whole(0), "deny": whole(0)}, ("type",))
TAG = form(
    {"id": snowflake(), "name": text(TAG_NAME, 1), "moderated": flag(), "emoji_name": text(100)},
    ("name",),
)
CHANNEL = {
    "name": text(CHANNEL_NAME, 1),
    "type": one_of(*KINDS),
    "topic": text(TOPIC),
    "nsfw": flag(),
    "position": whole(0),
    "parent_id": snowflake(),
    "rate_limit_per_user": whole(0, SLOWMODE),
    "permission_overwrites": listing(form({"id": snowflake()}, ("id",)), 1000),
    "available_tags": listing(TAG, 1000),  # more than 20 are refused with a code of their own
    "flags": whole(0),
}
CHANNEL_EDIT = form(CHANNEL)
CHANNEL_CREATE = form(CHANNEL, ("name",))

THREAD = {
    "name": text(CHANNEL_NAME, 1),
    "auto_archive_duration": one_of(60, 1440, 4320, 10080),
    "rate_limit_per_user": whole(0, SLOWMODE),
    "invitable": flag(),
    "archived": flag(),
    "locked": flag(),
    "applied_tags": listing(snowflake(), POST_TAGS),
}
THREAD_EDIT = form(THREAD)
THREAD_ON_MESSAGE = form(THREAD, ("name",))
POST = form({**THREAD, "message": form({})}, ("name", "message"))
THREAD_ALONE = form({**THREAD, "type": one_of(11, 12)}, ("name",))

ROLE = form(
    {
        "name": text(ROLE_NAME),
        "permissions": whole(0),
        "color": whole(0, 0xFFFFFF),
        "hoist": flag(),
        "mentionable": flag(),
    }
)
MEMBER = form(
    {
        "nick": text(NICK),
        "roles": listing(snowflake(), 250),
        "communication_disabled_until": iso_timestamp(),
    }
)
DIRECT = form({"recipient_id": snowflake()}, ("recipient_id",))


def webhook_name(value: Any, path: Path) -> Iterator[Issue]:
    """The name of a webhook, or of the face that one of its messages has."""
    yield from text(WEBHOOK_NAME, 1)(value, path)
    for word in FORBIDDEN_NAMES:
        if word in str(value).lower():
            words = f'Username cannot contain "{word}"'
            yield Issue(path, "USERNAME_INVALID_CONTAINS", words)


WEBHOOK = form({"name": webhook_name, "channel_id": snowflake()})
NEW_WEBHOOK = form({"name": webhook_name}, ("name",))
BULK_DELETE = form({"messages": listing(snowflake(), 10_000)}, ("messages",))
