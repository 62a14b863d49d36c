"""An uploaded file → an attachment that the CDN serves."""

from __future__ import annotations

import mimetypes

from discord_sandbox.world import pictures
from discord_sandbox.world.messages import Attachment
from discord_sandbox.world.world import World


def keep(
    world: World,
    channel_id: int,
    filename: str,
    data: bytes,
    *,
    description: str | None = None,
    ephemeral: bool = False,
) -> Attachment:
    """Keep a file in memory; a picture's size is read from it."""
    size = pictures.size(data)
    made = Attachment(
        id=world.ids.next(),
        channel_id=channel_id,
        filename=filename,
        data=data,
        content_type=mimetypes.guess_type(filename)[0] or "application/octet-stream",
        signer=world.signer,
        width=size[0] if size else None,
        height=size[1] if size else None,
        description=description,
        ephemeral=ephemeral,
    )
    world.attachments[made.id] = made
    return made
