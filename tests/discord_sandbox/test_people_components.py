"""Buttons, selects and forms that Discord's client would not let a person use so."""

from __future__ import annotations

from typing import Any

import pytest

from discord_sandbox import Sandbox, SandboxError
from discord_sandbox.people.runs import Modal
from discord_sandbox.world.interactions import MODAL, Interaction
from tests.discord_sandbox.parts import Home, Rest


async def shown(rest: Rest, place: Home, *components: dict[str, Any]) -> Any:
    row = {"type": 1, "components": list(components)}
    path = f"/channels/{place.channel.id}/messages"
    answer = await rest("POST", path, {"content": "x", "components": [row]})
    assert answer.status == 200, answer.body
    return place.channel.messages[-1]


def button(**more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": "go", **more}


BUTTONS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "that is not there": ([button(label="Stop")], "no button 'Go'; it has: 'Stop'"),
    "that is there twice": (
        [button(custom_id="a"), button(custom_id="b")],
        r"more than one \(2\) button 'Go'",
    ),
    "that is disabled": ([button(disabled=True)], "the button 'Go' is disabled"),
    "that is a link": (
        [{"type": 2, "style": 5, "label": "Go", "url": "https://example.org"}],
        "the button 'Go' leads away: it sends no interaction",
    ),
}


@pytest.mark.parametrize("name", BUTTONS)
async def test_nobody_can_press_a_button(
    name: str, rest: Rest, sandbox: Sandbox, place: Home
) -> None:
    components, words = BUTTONS[name]
    message = await shown(rest, place, *components)

    with pytest.raises(SandboxError, match=words):
        await sandbox.click(place.mia, message, "Go")


async def test_nobody_can_press_the_button_of_a_message_that_is_gone(
    rest: Rest, sandbox: Sandbox, place: Home
) -> None:
    message = await shown(rest, place, button())
    await rest("DELETE", f"/channels/{place.channel.id}/messages/{message.id}")

    with pytest.raises(SandboxError, match="the message was deleted"):
        await sandbox.click(place.mia, message, "Go")
    with pytest.raises(SandboxError, match="there is no message"):
        await sandbox.click(place.mia, None, "Go")


PICKS: dict[str, tuple[dict[str, Any], list[Any], str]] = {
    "too few": ({"min_values": 2, "max_values": 2}, ["A"], "'pick' takes 2 to 2 values"),
    "too many": ({}, ["A", "B"], "'pick' takes 1 to 1 values"),
    "what is not there": ({}, ["C"], "'pick' has no option 'C'; it has: 'A', 'B'"),
    "of a disabled select": ({"disabled": True}, ["A"], "the select 'pick' is disabled"),
}


@pytest.mark.parametrize("name", PICKS)
async def test_nobody_can_pick(name: str, rest: Rest, sandbox: Sandbox, place: Home) -> None:
    more, values, words = PICKS[name]
    options = [{"label": each, "value": each.lower()} for each in "AB"]
    select = {"type": 3, "custom_id": "pick", "options": options, **more}
    message = await shown(rest, place, select)

    with pytest.raises(SandboxError, match=words):
        await sandbox.choose(place.mia, message, "pick", values)


def form(sandbox: Sandbox, place: Home, *components: dict[str, Any]) -> Modal:
    """Open a form without an application."""
    opened = Interaction(
        id=1,
        type=MODAL,
        user=place.mia.user,
        channel=place.channel,
        guild=place.guild,
        created_at=0.0,
        data={},
        owners={},
    )
    return Modal("Form", "form", list(components), opened)


def text_input(**more: Any) -> dict[str, Any]:
    inner = {"type": 4, "custom_id": "name", "label": "Name", "style": 1, **more}
    return {"type": 1, "components": [inner]}


RADIO = {
    "type": 18,
    "label": "Kind",
    "component": {"type": 21, "custom_id": "kind", "options": [{"label": "A", "value": "a"}]},
}


FILLED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "without what is required": (text_input(), {}, "the input 'name' is required"),
    "with too short a text": (text_input(min_length=3), {"Name": "ab"}, "takes 3 to 4000"),
    "with too long a text": (text_input(max_length=3), {"Name": "abcd"}, "takes 0 to 3"),
    "with an input that is not there": (
        text_input(value="x"),
        {"Age": "1"},
        "the form 'Form' has no input 'Age'",
    ),
    "with an option that is not there": (RADIO, {"Kind": "b"}, "'kind' has no option 'b'"),
}


@pytest.mark.parametrize("name", FILLED)
async def test_nobody_can_send_a_form(name: str, sandbox: Sandbox, place: Home) -> None:
    component, values, words = FILLED[name]

    with pytest.raises(SandboxError, match=words):
        await sandbox.submit(place.mia, form(sandbox, place, component), values)


async def test_only_who_opened_a_form_can_send_it(sandbox: Sandbox, place: Home) -> None:
    zoe = place.guild.add_member("zoe")

    with pytest.raises(SandboxError, match="the form was opened by mia"):
        await sandbox.submit(zoe, form(sandbox, place, text_input()), {"Name": "Zoe"})
    with pytest.raises(SandboxError, match="no form has opened"):
        await sandbox.submit(zoe, None, {})
