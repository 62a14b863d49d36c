"""Body that posts or edits a message → the issues that Discord would report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from discord_sandbox.rules import components, embeds
from discord_sandbox.rules.forms import both, flag, form, listing, one_of, snowflake, text, whole
from discord_sandbox.rules.places import webhook_name
from discord_sandbox.rules.refusals import Issue, Path, invalid, refuse
from discord_sandbox.world.core import JSON
from discord_sandbox.world.messages import COMPONENTS_V2, Message

CONTENT, FILES, NONCE = 2000, 10, 25


class File(Protocol):
    """An uploaded file."""

    @property
    def data(self) -> bytes: ...  # noqa: D102 - the class says it


def _exclusive(allowed: Any, path: Path) -> Iterator[Issue]:
    """A kind is parsed, or its members are listed, not both."""
    for kind in ("users", "roles"):
        if kind in (allowed.get("parse") or ()) and allowed.get(kind):
            words = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            yield Issue(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", words)


def _nonce(value: Any, path: Path) -> Iterator[Issue]:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        words = f'Could not interpret "{value}" as string.'
        yield Issue(path, "STRING_TYPE_CONVERT", words)
    elif len(str(value)) > NONCE:
        words = f"Must be {NONCE} or fewer in length."
        yield Issue(path, "BASE_TYPE_MAX_LENGTH", words)


def _layout(body: Any, path: Path) -> Iterator[Issue]:
    """With the IS_COMPONENTS_V2 flag, components stand for content and embeds."""
    modern = bool((body.get("flags") or 0) & COMPONENTS_V2)
    rule = components.LAYOUT if modern else components.MESSAGE
    if body.get("components"):
        yield from rule(body["components"], (*path, "components"))
    for key in ("content", "embeds", "poll", "sticker_ids"):
        if modern and body.get(key):
            words = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            yield Issue((*path, key), code, words)


MENTIONS = form(
    {
        "parse": listing(one_of("roles", "users", "everyone"), 3),
        "users": listing(snowflake(), 100),
        "roles": listing(snowflake(), 100),
        "replied_user": flag(),
    }
)
ATTACHMENT = form({"id": snowflake(), "filename": text(1024), "description": text(1024)}, ("id",))
BODY = both(
    form(
        {
            "content": text(CONTENT),
            "embeds": embeds.RULE,
            "flags": whole(0),
            "tts": flag(),
            "nonce": _nonce,
            "enforce_nonce": flag(),
            "allowed_mentions": both(MENTIONS, _exclusive),
            "attachments": listing(
                ATTACHMENT,
                FILES,
            ),
            "message_reference": form(
                {
                    "type": one_of(0),  # 1 would forward, which the sandbox does not
                    "message_id": snowflake(),
                    "channel_id": snowflake(),
                    "guild_id": snowflake(),
                }
            ),
        }
    ),
    _layout,
)


def check_new(
    body: Any, files: Sequence[File], upload_limit: int, path: Path = (), *, webhook: bool = False
) -> None:
    """Refuse a body that cannot become a message.

    Raises:
        Refusal: 50035, 50006 (nothing to show), 40005 (a file is too large).
    """
    check_files(files, upload_limit)
    issues = list(BODY(body, path))
    if webhook and isinstance(body, dict):
        issues += _username(body, path)
    if issues:
        raise invalid(issues)
    if not (_shows(body) or files):
        raise refuse(50006)


def check_edit(body: Any, files: Sequence[File], upload_limit: int, message: Message) -> None:
    """Refuse a body that a message cannot be changed by; a layout message stays one."""
    check_files(files, upload_limit)
    modern = message.flags & COMPONENTS_V2
    whole_body = body
    if modern and isinstance(body, dict):
        whole_body = {**body, "flags": (body.get("flags") or 0) | COMPONENTS_V2}
    issues = list(BODY(whole_body, ()))
    if issues:
        raise invalid(issues)
    if not (_shows(_after(body, message)) or files or _files_left(body, message)):
        raise refuse(50006)


def check_files(files: Sequence[File], upload_limit: int) -> None:
    """Refuse files that are too large or too many."""
    if any(len(file.data) > upload_limit for file in files):
        raise refuse(40005)
    if len(files) > FILES:
        words = f"Must be {FILES} or fewer in length."
        raise invalid([Issue(("files",), "BASE_TYPE_MAX_LENGTH", words)])


def _shows(body: JSON) -> bool:
    content = str(body.get("content") or "").strip()
    return bool(content or body.get("embeds") or body.get("components") or body.get("sticker_ids"))


def _after(body: JSON, message: Message) -> JSON:
    now = {
        "content": message.content,
        "embeds": message.embeds,
        "components": message.components,
    }
    return {**now, **body}


def _files_left(body: JSON, message: Message) -> bool:
    listed = body.get("attachments")
    return bool(message.attachments if listed is None else listed)


def _username(body: JSON, path: Path) -> Iterator[Issue]:
    if body.get("username") is not None:
        yield from webhook_name(body["username"], (*path, "username"))
