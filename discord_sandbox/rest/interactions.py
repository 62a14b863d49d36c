"""The first response to an interaction: /interactions/{id}/{token}/callback."""

from __future__ import annotations

from collections.abc import Callable

from discord_sandbox.rest.call import Answer, Call, Route
from discord_sandbox.rest.origins import origin
from discord_sandbox.rules import callbacks
from discord_sandbox.rules.refusals import refuse
from discord_sandbox.wire import messages
from discord_sandbox.world import posting
from discord_sandbox.world.core import JSON
from discord_sandbox.world.interactions import Interaction
from discord_sandbox.world.messages import EPHEMERAL, LOADING
from discord_sandbox.world.posting import Origin

MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9


def respond(call: Call) -> Answer:
    """Take the first response; it has to come within 3 s (10062) and only once (40060)."""
    interaction = call.app.interactions.awaiting(
        call.path["interaction_id"], call.texts["interaction_token"]
    )
    if interaction is None:
        raise refuse(10062)
    if interaction.responded_at is not None:
        raise refuse(40060)
    kind = callbacks.check(interaction, call.body, call.uploads, call.app.upload_limit)
    HANDLERS[kind](call, interaction, call.body.get("data") or {})
    interaction.responded_at = call.world.clock()
    interaction.response_type = kind
    interaction.signal.notify()
    if not call.flag("with_response"):
        return Answer(204)
    return Answer(200, _shown(interaction, kind))


def _message(call: Call, it: Interaction, data: JSON) -> None:
    made = origin(call.world, it)
    it.original = posting.post(call.world, it.channel, made, data, call.uploads)


def _deferred(call: Call, it: Interaction, data: JSON) -> None:
    body = {"flags": (data.get("flags") or 0) & EPHEMERAL}
    made: Origin = origin(call.world, it, LOADING)
    it.original = posting.post(call.world, it.channel, made, body)


def _deferred_update(call: Call, it: Interaction, data: JSON) -> None:
    it.original = it.source


def _update(call: Call, it: Interaction, data: JSON) -> None:
    assert it.source is not None
    it.original = it.source
    posting.edit(call.world, it.channel, it.source, data, call.uploads)


def _choices(call: Call, it: Interaction, data: JSON) -> None:
    it.choices = data["choices"]


def _modal(call: Call, it: Interaction, data: JSON) -> None:
    it.modal = data


HANDLERS: dict[int, Callable[[Call, Interaction, JSON], None]] = {
    1: lambda call, it, data: None,
    MESSAGE: _message,
    DEFERRED: _deferred,
    DEFERRED_UPDATE: _deferred_update,
    UPDATE: _update,
    CHOICES: _choices,
    MODAL: _modal,
}


def _shown(it: Interaction, kind: int) -> JSON:
    shown: JSON = {"id": str(it.id), "type": it.type}
    answer: JSON = {"interaction": shown}
    if it.original and kind in (MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE):
        shown |= {
            "response_message_id": str(it.original.id),
            "response_message_loading": it.original.thinking,
            "response_message_ephemeral": it.original.ephemeral,
        }
    if it.original and kind in (MESSAGE, DEFERRED, UPDATE):
        answer["resource"] = {"type": kind, "message": messages.message(it.original)}
    return answer


ROUTES = (
    Route(
        "POST",
        "/interactions/{interaction_id}/{interaction_token}/callback",
        respond,
        bot=False,
        bucket="",
    ),
)
