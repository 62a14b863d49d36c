"""Claim (outbox row to send) → Outgoing message, in a shorter form if Discord refused it.

The forms, by fallback level: the whole reply with its chart; without files and fields; a short
text; the claim's title, which names the incident and its severity. Each carries the claim's nonce,
by which the message is found again among the last ones of the channel: in the id of its first
button, or in characters of no width where there is no button, so that nobody has to read it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import discord

from cogs.debug.delivery.hidden_nonce import hide, width
from cogs.debug.ui.chart_attachment import ChartAttachments, being_drawn
from cogs.debug.ui.escaping import cut, notified, short
from cogs.debug.ui.reply import CONTENT_MAX, FOOTER_MAX, Attachment, Button, Menu, Reply
from cogs.debug.ui.secrets import clean_reply
from services.debugcog.errors import headings
from services.debugcog.errors.headings import Heading
from services.debugcog.frozen import frozen
from services.debugcog.outbox.dispatch import Claim
from services.debugcog.setting_kinds import OWNERS_DM
from services.debugcog.wording import clip

Renderer = Callable[[str, str], Reply]
"""Kind and body of a post → its reply."""

FULL, PLAIN, TEXT = 0, 1, 2
MENTION_MAX = 32  # characters of a role's mention and a space


@frozen
class Outgoing:
    """A message that is ready to send.

    Attributes:
        role_id: the only role that it may mention.
        tag: by which it is found again; it goes into the id of the first control.
        heading: title and tag of the forum's post that it opens, or is in; None elsewhere.
        late: what Discord shows of it may lack its picture, and one is to come.
    """

    content: str = ""
    embeds: tuple[discord.Embed, ...] = ()
    controls: tuple[Button | Menu, ...] = ()
    files: tuple[Attachment, ...] = ()
    role_id: int | None = None
    tag: str = ""
    late: bool = False
    heading: Heading | None = None


class MessageBuilder:
    """Makes messages of claims.

    Args:
        renderers: by the first part of a post's subject.
        charts: attaches the pictures.
        redact: the second gate of redaction: every string goes through it.
        ping_role_id: the role that a critical message mentions.
    """

    def __init__(
        self,
        renderers: Mapping[str, Renderer],
        charts: ChartAttachments,
        redact: Callable[[str], str],
        ping_role_id: int | None,
    ) -> None:
        self._renderers = renderers
        self._charts = charts
        self._redact = redact
        self._ping_role_id = ping_role_id

    async def build(self, claim: Claim) -> Outgoing:
        """Make the message; whatever a renderer raises is for the caller."""
        outgoing = await self._build(claim)
        if claim.forum or claim.in_post:
            outgoing = replace(outgoing, heading=self._heading(claim))
        return outgoing

    async def _build(self, claim: Claim) -> Outgoing:
        if claim.fallback_level > TEXT:
            return self._pinging(claim, self._text(claim, notified(claim.title)))
        reply = self._renderers[claim.subject.partition(":")[0]](claim.kind, claim.body)
        reply = clean_reply(reply, self._redact)
        if claim.fallback_level == TEXT:
            return self._pinging(claim, self._text(claim, _short(reply)))
        tag = claim.nonce if reply.controls else ""
        embeds = self._embeds(claim, reply, "" if tag else claim.nonce)
        outgoing = Outgoing(reply.content, embeds, reply.controls, tag=tag)
        if claim.fallback_level == FULL:
            outgoing = await self._with_files(claim, outgoing, reply)
        return self._pinging(claim, outgoing)

    async def close(self) -> None:
        """Stop drawing."""
        await self._charts.close()

    def _heading(self, claim: Claim) -> Heading:
        """Name the post; a body that is damaged costs its tag, as it costs the card its details."""
        try:
            found = headings.heading(claim.subject, claim.body)
        except (ValueError, KeyError, TypeError):
            found = headings.Heading(claim.title)
        title = short(self._redact(found.title), headings.TITLE_MAX)
        return replace(found, title=title)

    def _embeds(self, claim: Claim, reply: Reply, mark: str) -> tuple[discord.Embed, ...]:
        embeds = list(reply.embeds)
        if claim.fallback_level == PLAIN:
            embeds = [embed.clear_fields() for embed in embeds[:1]]
        if embeds:
            footer = embeds[0].footer.text or self._redact(claim.title)
            text = clip(footer, FOOTER_MAX - width(mark))
            embeds[0].set_footer(text=hide(mark, text))
        return tuple(embeds)

    async def _with_files(self, claim: Claim, outgoing: Outgoing, reply: Reply) -> Outgoing:
        outgoing = replace(outgoing, files=reply.files)
        if reply.chart is None:
            return outgoing
        attached = await self._charts.attach_soon(
            claim.id, outgoing.embeds, reply.files, reply.chart, keep=claim.is_edit
        )
        # Discord may answer a second attempt with the message of the first, which had none
        late = attached.late or (claim.attempts > 1 and not claim.is_edit)
        embeds = tuple(being_drawn(attached.embeds)) if attached.late else attached.embeds
        return replace(outgoing, embeds=embeds, files=attached.files, late=late)

    def _text(self, claim: Claim, text: str) -> Outgoing:
        text = cut(self._redact(text), CONTENT_MAX - width(claim.nonce) - MENTION_MAX)
        text = text.replace("```", "")  # a fence that was cut would stay open
        return Outgoing(hide(claim.nonce, text))

    def _pinging(self, claim: Claim, outgoing: Outgoing) -> Outgoing:
        """Mention the role at the end of new messages that are critical, and nowhere else."""
        if not (claim.urgent and self._ping_role_id) or claim.is_edit:
            return outgoing
        if claim.channel_id == OWNERS_DM:
            return outgoing  # there is no role, and the message itself rings
        separator = "\n" if "\n" in outgoing.content else " · "
        mention = f"<@&{self._ping_role_id}>"
        content = separator.join(filter(None, (outgoing.content, mention)))
        return replace(outgoing, content=content, role_id=self._ping_role_id)


def _short(reply: Reply) -> str:
    parts = [reply.content]
    for embed in reply.embeds[:1]:
        parts += [] if reply.content else [embed.title or "", embed.description or ""]
        parts.append(embed.footer.text or "")
    return "\n".join(part for part in parts if part)
