"""Modals: when they may open, and every limit of them, broken."""

from __future__ import annotations

import pytest

from tests.discord_sandbox.answering import FORM, Bot, text_input
from tests.discord_sandbox.parts import JSON, Home
from tests.discord_sandbox.trees import REQUIRED, at, between, not_one_of, said, too_large, too_long


async def test_a_modal_opens_is_filled_in_and_answered(bot: Bot, place: Home) -> None:
    task = await bot.asked()
    await bot.respond(9, FORM)
    run = await task
    assert run.modal is not None
    assert (run.modal.title, run.message) == ("A form", None)

    sent = await bot.got(bot.sandbox.submit(place.mia, run.modal, {"Name": "Mia"}))
    await bot.respond(4, {"content": "thanks"})
    done = await sent

    assert bot.last["data"] == {
        "custom_id": "form",
        "components": [
            {
                "type": 1,
                "id": 0,
                "components": [{"type": 4, "id": 0, "custom_id": "name", "value": "Mia"}],
            }
        ],
    }
    assert done.message is not None
    assert done.message.content == "thanks"


async def test_a_modal_cannot_come_after_a_deferral(bot: Bot) -> None:
    task = await bot.asked()
    await bot.respond(5)

    answer = await bot.respond(9, FORM)

    await task
    assert answer.code == 40060


async def test_a_form_cannot_be_answered_by_another_form(bot: Bot, place: Home) -> None:
    task = await bot.asked()
    await bot.respond(9, FORM)
    run = await task
    sent = await bot.got(bot.sandbox.submit(place.mia, run.modal, {"name": "Mia"}))

    answer = await bot.respond(9, FORM)

    assert answer.errors == {"type": not_one_of("4, 5, 6, 7")}
    sent.cancel()


async def test_a_form_that_came_from_a_command_has_no_message_to_update(
    bot: Bot, place: Home
) -> None:
    task = await bot.asked()
    await bot.respond(9, FORM)
    run = await task
    sent = await bot.got(bot.sandbox.submit(place.mia, run.modal, {"name": "Mia"}))

    answer = await bot.respond(7, {"content": "x"})

    assert answer.errors == {"type": said("BASE_TYPE_CHOICES", "There is no message to update.")}
    sent.cancel()


INNER = ("data", "components", 0, "components", 0)


LABELLED = ("data", "components", 0, "component")
OPTIONS = [{"label": str(number), "value": str(number)} for number in range(11)]


def labelled(component: JSON) -> JSON:
    return {"type": 18, "label": "Pick", "component": component}


BOX = {"type": 23, "custom_id": "a"}
FORMS: dict[str, tuple[JSON, JSON]] = {
    "a title of 46 characters": ({"title": "x" * 46}, at("data", title=between(1, 45))),
    "no title": ({"title": ""}, at("data", title=REQUIRED)),
    "a custom id of 101 characters": (
        {"custom_id": "x" * 101},
        at("data", custom_id=between(1, 100)),
    ),
    "no inputs": ({"components": []}, at("data", components=between(1, 5))),
    "six inputs": (
        {"components": [text_input(custom_id=str(n)) for n in range(6)]},
        at("data", components=between(1, 5)),
    ),
    "a label of 46 characters": (
        {"components": [text_input(label="x" * 46)]},
        at(*INNER, label=between(1, 45)),
    ),
    "a value of 4001 characters": (
        {"components": [text_input(value="x" * 4001)]},
        at(*INNER, value=too_long(4000)),
    ),
    "a placeholder of 101 characters": (
        {"components": [text_input(placeholder="x" * 101)]},
        at(*INNER, placeholder=too_long(100)),
    ),
    "a length of 4001": (
        {"components": [text_input(max_length=4001)]},
        at(
            *INNER,
            max_length=said("NUMBER_TYPE_MAX", "int value should be less than or equal to 4000."),
        ),
    ),
    "a label's description of 101 characters": (
        {"components": [{**labelled(BOX), "description": "x" * 101}]},
        at("data", "components", 0, description=too_long(100)),
    ),
    "11 files to upload": (
        {"components": [labelled({"type": 19, "custom_id": "a", "max_values": 11})]},
        at(*LABELLED, max_values=too_large(10)),
    ),
    "11 boxes to tick": (
        {"components": [labelled({"type": 22, "custom_id": "a", "options": OPTIONS})]},
        at(*LABELLED, options=between(1, 10)),
    ),
    "11 buttons of a group": (
        {"components": [labelled({"type": 21, "custom_id": "a", "options": OPTIONS})]},
        at(*LABELLED, options=between(1, 10)),
    ),
    "a box to tick without a custom id": (
        {"components": [labelled({"type": 23, "custom_id": ""})]},
        at(*LABELLED, custom_id=REQUIRED),
    ),
    "a button in it": (
        {"components": [{"type": 1, "components": [{"type": 2, "style": 1}]}]},
        at(*INNER, type=not_one_of("4")),
    ),
    "the same custom id twice": (
        {"components": [text_input(), text_input()]},
        at(
            "data",
            "components",
            1,
            "components",
            0,
            custom_id=said(
                "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", FORMS)
async def test_a_modal_is_refused_for(bot: Bot, name: str) -> None:
    change, errors = FORMS[name]
    task = await bot.asked()

    answer = await bot.respond(9, {**FORM, **change})

    assert answer.body == {"message": "Invalid Form Body", "code": 50035, "errors": errors}
    task.cancel()
