"""Body of a post about errors → Heading of its forum post: title and tag."""

from __future__ import annotations

import json
from collections.abc import Mapping

from services.debugcog.errors.records import group_from
from services.debugcog.errors.sentences import BAD, FINE, QUIET, WORSE, digest_title, place, title
from services.debugcog.frozen import frozen
from services.debugcog.wording import clip, clip_start

TITLE_MAX = 100
"""Characters of a post's name, as Discord allows."""
PLACE_MAX = 40
TAGS: Mapping[str, str] = {"new": WORSE, "regressed": BAD, "muted": QUIET, "resolved": FINE}
"""Tags of posts and their emoji: the states of a group but "ongoing", which has none."""


@frozen
class Heading:
    """What a forum shows of a post.

    Attributes:
        title: its name, not escaped, 100 characters at most.
        tag: of ``TAGS``; empty for none.
    """

    title: str
    tag: str = ""


def heading(subject: str, body: str) -> Heading:
    """Read title and tag of a group, or of a digest of groups.

    Raises:
        ValueError: the body is damaged.
        KeyError: the same.
    """
    values = json.loads(body)
    if not subject.startswith("group:"):
        return Heading(digest_title(values["groups"], values["events"]), "new")
    group = group_from(values["group"])
    where = clip_start(place(group), PLACE_MAX)
    room = TITLE_MAX - len(where) - 3 if where else TITLE_MAX
    parts = filter(None, (clip(title(group), room), where))
    return Heading(" · ".join(parts), group.state if group.state in TAGS else "")
