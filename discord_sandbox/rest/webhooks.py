"""Posting through a webhook or an interaction's token: /webhooks/{id}/{token}."""

from __future__ import annotations

from dataclasses import dataclass

from discord_sandbox.rest.call import Answer, Call, Route
from discord_sandbox.rest.origins import origin
from discord_sandbox.rules import messages as rules
from discord_sandbox.rules.refusals import refuse
from discord_sandbox.wire import messages, places
from discord_sandbox.world import posting
from discord_sandbox.world.channels import Channel, Webhook
from discord_sandbox.world.core import JSON
from discord_sandbox.world.interactions import Interaction
from discord_sandbox.world.messages import Message
from discord_sandbox.world.posting import Origin
from discord_sandbox.world.users import User


@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """Where an id and token lead: the channel to post in, of an interaction or a webhook."""

    channel: Channel
    interaction: Interaction | None = None
    webhook: Webhook | None = None


def execute(call: Call) -> Answer:
    """Post a follow-up of an interaction, or a message of a webhook."""
    target = _target(call)
    if target.interaction:
        return Answer(200, messages.message(_follow_up(call, target.interaction)))
    assert target.webhook is not None
    rules.check_new(call.body, call.uploads, call.app.upload_limit, webhook=True)
    made = posting.post(
        call.world, target.channel, _origin(call, target.webhook), call.body, call.uploads
    )
    if not call.flag("wait"):
        return Answer(204)
    return Answer(200, messages.message(made))


def fetch(call: Call) -> JSON:
    """Show a message that was posted here."""
    return messages.message(_message(call, _target(call)))


def edit(call: Call) -> JSON:
    """Change a message that was posted here."""
    target = _target(call)
    message = _message(call, target)
    rules.check_edit(call.body, call.uploads, call.app.upload_limit, message)
    posting.edit(call.world, target.channel, message, call.body, call.uploads)
    return messages.message(message)


def delete(call: Call) -> None:
    """Delete a message that was posted here."""
    target = _target(call)
    posting.delete(call.world, target.channel, _message(call, target))


def _target(call: Call) -> WebhookTarget:
    token = call.texts["webhook_token"]
    if call.path["webhook_id"] == call.world.application.id:
        interaction = call.app.interactions.with_token(token)
        if interaction is None:
            raise refuse(50027)
        if interaction.responded_at is None:
            raise refuse(10015)
        return WebhookTarget(interaction.channel, interaction=interaction)
    webhook = call.world.webhooks.get(call.path["webhook_id"])
    if webhook is None:
        raise refuse(10015)
    if webhook.token != token:
        raise refuse(50027)
    return WebhookTarget(_place(call, webhook), webhook=webhook)


def _place(call: Call, webhook: Webhook) -> Channel:
    """Return the webhook's channel, or the thread in it that ``thread_id`` names."""
    if "thread_id" not in call.query:
        return webhook.channel
    thread = call.world.channels.get(call.number("thread_id", 0))
    if thread is None or thread.parent is not webhook.channel or thread.thread is None:
        raise refuse(10003)
    if thread.thread.locked:
        raise refuse(50083)
    return thread


def _follow_up(call: Call, interaction: Interaction) -> Message:
    """Post a follow-up; while "thinking" is shown, it takes the place of that.

    Once that is deleted, it is a message of its own, with its own visibility:
    https://github.com/discord/discord-api-docs/issues/2739
    """
    rules.check_new(call.body, call.uploads, call.app.upload_limit, webhook=True)
    world, channel = call.world, interaction.channel
    waiting = interaction.original
    if waiting and waiting.thinking and not waiting.deleted:
        posting.edit(world, channel, waiting, call.body, call.uploads)
        return waiting
    reply_to = waiting if waiting and not waiting.deleted else None
    made = posting.post(
        world, channel, origin(world, interaction), call.body, call.uploads, reply_to
    )
    interaction.followups.append(made)
    return made


def _message(call: Call, target: WebhookTarget) -> Message:
    if "message_id" in call.path:
        found = target.channel.find(call.path["message_id"])
        own = target.webhook.id if target.webhook else call.world.application.id
        if found and found.webhook_id != own:
            raise refuse(10008)
    else:
        found = target.interaction.original if target.interaction else None
    if found is None or found.deleted:
        raise refuse(10008)
    return found


def _origin(call: Call, webhook: Webhook) -> Origin:
    face = User(
        webhook.id,
        call.body.get("username") or webhook.name,
        bot=True,
        avatar=call.body.get("avatar_url") or webhook.avatar,
    )
    return Origin(face, webhook_id=webhook.id)


def show_with_token(call: Call) -> JSON:
    """Show a webhook to who knows its token."""
    target = _target(call)
    if target.webhook is None:
        raise refuse(10015)
    return {key: value for key, value in places.webhook(target.webhook).items() if key != "user"}


HOOK = "/webhooks/{webhook_id}/{webhook_token}"
ROUTES = (
    Route("POST", HOOK, execute, bot=False, bucket="webhook"),
    Route("GET", HOOK, show_with_token, bot=False, bucket="webhook-read"),
    Route("GET", HOOK + "/messages/@original", fetch, bot=False, bucket="webhook-read"),
    Route("PATCH", HOOK + "/messages/@original", edit, bot=False, bucket="webhook-edit"),
    Route("DELETE", HOOK + "/messages/@original", delete, bot=False, bucket="webhook-edit"),
    Route("GET", HOOK + "/messages/{message_id}", fetch, bot=False, bucket="webhook-read"),
    Route("PATCH", HOOK + "/messages/{message_id}", edit, bot=False, bucket="webhook-edit"),
    Route("DELETE", HOOK + "/messages/{message_id}", delete, bot=False, bucket="webhook-edit"),
)
