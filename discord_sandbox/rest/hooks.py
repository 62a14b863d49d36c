"""Webhook management: /channels/{id}/webhooks, /guilds/{id}/webhooks, /webhooks/{id}."""

from __future__ import annotations

import secrets

from discord_sandbox.rest.call import Call, Route
from discord_sandbox.rules import places as rules
from discord_sandbox.rules.refusals import refuse
from discord_sandbox.wire import places
from discord_sandbox.world.channels import Channel, Webhook
from discord_sandbox.world.core import JSON, Event
from discord_sandbox.world.permissions import Permission

HOOKS = 15  # of a channel: docs/resources/webhook


def create(call: Call) -> JSON:
    """Make a webhook in a channel."""
    channel = call.channel(Permission.MANAGE_WEBHOOKS)
    call.check(rules.NEW_WEBHOOK)
    if len(_of_channel(call, channel)) >= HOOKS:
        raise refuse(30007)
    made = Webhook(
        id=call.world.ids.next(),
        token=secrets.token_urlsafe(51),
        channel=channel,
        name=call.body["name"],
        creator=call.world.bot,
    )
    call.world.webhooks[made.id] = made
    _tell(call, channel)
    return places.webhook(made)


def of_channel(call: Call) -> list[JSON]:
    """List the webhooks of a channel."""
    channel = call.channel(Permission.MANAGE_WEBHOOKS)
    return [places.webhook(each) for each in _of_channel(call, channel)]


def of_guild(call: Call) -> list[JSON]:
    """List the webhooks of a guild."""
    guild = call.guild()
    call.need(guild, Permission.MANAGE_WEBHOOKS)
    found = call.world.webhooks.values()
    return [places.webhook(each) for each in found if each.channel.guild_id == guild.id]


def one(call: Call) -> JSON:
    """Show a webhook."""
    return places.webhook(_found(call))


def edit(call: Call) -> JSON:
    """Rename a webhook or move it to another channel."""
    webhook = _found(call)
    call.check(rules.WEBHOOK)
    webhook.name = call.body.get("name") or webhook.name
    target = call.world.channels.get(int(call.body.get("channel_id") or 0))
    webhook.channel = target or webhook.channel
    _tell(call, webhook.channel)
    return places.webhook(webhook)


def delete(call: Call) -> None:
    """Delete a webhook."""
    webhook = _found(call)
    del call.world.webhooks[webhook.id]
    _tell(call, webhook.channel)


def _found(call: Call) -> Webhook:
    """Return the webhook of the path, known by its token or by the permission to manage it."""
    webhook = call.world.webhooks.get(call.path["webhook_id"])
    if webhook is None:
        raise refuse(10015)
    token = call.texts.get("webhook_token")
    may = call.world.may(call.world.bot, webhook.channel)
    if token is None and not may & Permission.MANAGE_WEBHOOKS:
        raise refuse(50013)
    if token is not None and token != webhook.token:
        raise refuse(50027)
    return webhook


def _of_channel(call: Call, channel: Channel) -> list[Webhook]:
    return [each for each in call.world.webhooks.values() if each.channel is channel]


def _tell(call: Call, channel: Channel) -> None:
    data = {"channel_id": str(channel.id)}
    call.world.emit(Event("WEBHOOKS_UPDATE", data, channel.guild_id, channel.id))


ONE = "/webhooks/{webhook_id}"
WITH_TOKEN = ONE + "/{webhook_token}"
ROUTES = (
    Route("POST", "/channels/{channel_id}/webhooks", create),
    Route("GET", "/channels/{channel_id}/webhooks", of_channel),
    Route("GET", "/guilds/{guild_id}/webhooks", of_guild),
    Route("GET", ONE, one),
    Route("PATCH", ONE, edit),
    Route("DELETE", ONE, delete),
    Route("PATCH", WITH_TOKEN, edit, bot=False),
    Route("DELETE", WITH_TOKEN, delete, bot=False),
)
