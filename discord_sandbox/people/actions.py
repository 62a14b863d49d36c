"""Methods with which a test or the page acts as a user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from discord_sandbox.people import commands, components, forms, runs
from discord_sandbox.people.interacting import Person, Stage
from discord_sandbox.people.runs import Modal, Run
from discord_sandbox.wire.typing import started
from discord_sandbox.world import installs, posting, reacting
from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import JSON, SandboxError
from discord_sandbox.world.files import File
from discord_sandbox.world.messages import Message
from discord_sandbox.world.permissions import Permission
from discord_sandbox.world.posting import Origin


class People:
    """The people of a sandbox; what Discord's client would not let them do is a SandboxError."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def run_command(
        self,
        person: Person,
        channel: Channel,
        typed: str,
        options: Mapping[str, Any] | None = None,
    ) -> Run:
        """Run a slash command as a user; return when its first response is there.

        Args:
            person: who types.
            channel: where.
            typed: the command with its subcommands: ``debug metrics``.
            options: values by option name: texts, numbers, members, roles, channels, files.

        Raises:
            SandboxError: the client would not send it, or the application did not respond in 3 s.
        """
        interaction = commands.run(self._stage, person, channel, typed, options or {})
        return await runs.first_response(interaction)

    async def autocomplete(
        self,
        person: Person,
        channel: Channel,
        typed: str,
        *,
        option: str,
        value: str,
        options: Mapping[str, Any] | None = None,
    ) -> list[JSON]:
        """Type into an option as a user; return the choices that the application offers."""
        sent = commands.complete(self._stage, person, channel, typed, option, value, options or {})
        await runs.first_response(sent)
        return sent.choices or []

    async def use_on(
        self, person: Person, channel: Channel, name: str, target: Message | Person
    ) -> Run:
        """Run a command of a message's or a user's context menu."""
        return await runs.first_response(
            commands.use_on(self._stage, person, channel, name, target)
        )

    async def click(self, person: Person, message: Message | None, name: str) -> Run:
        """Press a button, found by its label, custom id or emoji."""
        return await runs.first_response(
            components.click(self._stage, person, _there(message), name)
        )

    async def choose(
        self, person: Person, message: Message | None, name: str, values: Sequence[Any]
    ) -> Run:
        """Pick from a select, found by its custom id or placeholder."""
        return await runs.first_response(
            components.choose(self._stage, person, _there(message), name, values)
        )

    async def submit(self, person: Person, modal: Modal | None, values: Mapping[str, Any]) -> Run:
        """Fill in a modal, by custom ids or labels, and submit it."""
        if modal is None:
            raise SandboxError("no form has opened")
        return await runs.first_response(forms.submit(self._stage, person, modal, values))

    async def say(
        self,
        person: Person,
        channel: Channel,
        text: str,
        *,
        files: Sequence[File] = (),
        reply_to: Message | None = None,
    ) -> Message:
        """Write a message as a user."""
        self._stage.need(person, channel, Permission.SEND_MESSAGES)
        origin = Origin(self._stage.account(person))
        world = self._stage.world
        return posting.post(world, channel, origin, {"content": text}, files, reply_to)

    async def begin_typing(self, person: Person, channel: Channel) -> None:
        """Start the typing indicator; a client repeats it while the user goes on."""
        self._stage.need(person, channel, Permission.SEND_MESSAGES)
        world = self._stage.world
        world.emit(started(world, channel, self._stage.account(person)))

    async def react(self, person: Person, message: Message, emoji: str) -> None:
        """React to a message as a user."""
        channel = self._stage.see(person, message)
        self._stage.need(person, channel, Permission.ADD_REACTIONS)
        user = self._stage.account(person)
        reacting.react(self._stage.world, channel, message, emoji, user)

    def install(self, person: Person) -> None:
        """Add the application to someone's account, where ``application.integration_types`` lets.

        Raises:
            SandboxError: it can be added to guilds only.
        """
        installs.install(self._stage.world, self._stage.account(person))

    def uninstall(self, person: Person) -> None:
        """Take the application off someone's account."""
        self._stage.world.application.installed_by.discard(self._stage.account(person).id)

    def direct(self, person: Person) -> Channel:
        """Return the direct messages between someone and the bot."""
        return self._stage.world.direct(self._stage.account(person))


def _there(message: Message | None) -> Message:
    if message is None:
        raise SandboxError("there is no message")
    return message
