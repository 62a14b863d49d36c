"""A seeded random source → lines as bots and their libraries log them, without any secret."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import random
import string
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import discord

HEX, ALNUM = "0123456789abcdef", string.ascii_letters + string.digits
WORDS = """
ping music queue server channel member role welcome message reaction weather level game trivia quote
economy daily moderation ticket giveaway poll reminder translate image search translate leaderboard
""".split()  # noqa: SIM905 - a list of 26 words in quotes is harder to read
FOLDERS = ("/srv/bot", "/home/mia/bots/ada", "/app", r"C:\Users\mia\bot", "/usr/lib/python3.11")
SOURCES = (discord, aiohttp, asyncio, logging, json)


class Filler:
    """Gives what stands in a line: ``{snowflake}``, ``{hex40}``, ``{word}``."""

    def __init__(self, source: random.Random) -> None:
        self._source = source

    def __getitem__(self, name: str) -> str:
        kind = name.rstrip(string.digits)
        length = int(name[len(kind) :] or 0)
        made: dict[str, Callable[[], str]] = {
            "snowflake": lambda: str(self._source.randrange(10**17, 10**18 * 2)),
            "int": lambda: str(self._source.randrange(1, 10**length)),
            "hex": lambda: "".join(self._source.choices(HEX, k=length)),
            "id": lambda: "".join(self._source.choices(ALNUM, k=length)),
            "urlid": lambda: "".join(self._source.choices(ALNUM + "-_", k=length)),
            "base": lambda: base64.b64encode(self._source.randbytes(length)).decode(),
            "word": lambda: self._source.choice(WORDS),
            "words": lambda: " ".join(self._source.choices(WORDS, k=length)),
            "uuid": lambda: str(uuid.UUID(int=self._source.getrandbits(128), version=4)),
            "float": lambda: f"{self._source.random() * 10**length:.{length}f}",
            "folder": lambda: self._source.choice(FOLDERS),
            "date": lambda: (
                f"2026-{self._source.randrange(1, 13):02}-{self._source.randrange(1, 29):02}"
            ),
            "time": lambda: f"{self._source.randrange(24):02}:{self._source.randrange(60):02}:09",
        }
        return made[kind]()


SHAPES = (
    # discord.py and the gateway
    "Shard ID {int1} has connected to Gateway (Session ID: {hex32}).",
    "Shard ID None has successfully RESUMED session {hex32} under trace {hex8}-{hex4}.",
    (
        "We are being rate limited. PATCH https://discord.com/api/v10/channels/{snowflake}/messages/"
        "{snowflake} responded with 429. Retrying in {float2} seconds."
    ),
    "Got a request to RESUME the websocket at wss://gateway-us-east1-b.discord.gg/?v=10&encoding=json",
    (
        "Event: {{'t': 'TYPING_START', 's': {int5}, 'op': 0, 'd': {{'user_id': '{snowflake}', "
        "'timestamp': 1732360211, 'guild_id': '{snowflake}'}}}}"
    ),
    "A rate limit bucket ({hex32}) has been exhausted. Pre-emptively waiting for {float2} seconds.",
    "discord.errors.Forbidden: 403 Forbidden (error code: 50013): Missing Permissions",
    "discord.errors.NotFound: 404 Not Found (error code: 10062): Unknown interaction",
    "Application commands synced: {int2} commands in {int2} guilds, guild={snowflake}",
    (
        "<Message id={snowflake} channel=<TextChannel id={snowflake} name='{word}' position=1> "
        "type=<MessageType.default: 0> author=<Member id={snowflake} name='mia' bot=False>>"
    ),
    # addresses
    (
        "https://cdn.discordapp.com/attachments/{snowflake}/{snowflake}/image.png?ex={hex8}&is={hex8}"
        "&hm={hex64}&"
    ),
    "avatar: https://cdn.discordapp.com/avatars/{snowflake}/a_{hex32}.gif?size=1024",
    "now playing https://www.youtube.com/watch?v={urlid11}&list=PL{urlid32}&index={int2}",
    "track https://open.spotify.com/track/{id22}?si={hex16} by {word}",
    "GET https://api.github.com/repos/mia/ada/commits/{hex40} 200 in {int3} ms",
    (
        "invite https://discord.gg/{id8} by {snowflake}, jump: https://discord.com/channels/{snowflake}/"
        "{snowflake}/{snowflake}"
    ),
    'INFO: 10.0.{int2}.{int2}:{int5} - "GET /api/v1/guilds/{snowflake}?page={int2} HTTP/1.1" 200',
    "https://en.wikipedia.org/wiki/Special:Search?search={word}+{word}&ns0=1&oldid={int9}",
    "https://media.tenor.com/{urlid22}AAAC/{word}-{word}.gif, https://i.imgur.com/{id7}.png",
    "connected to redis://cache:6379/0 and postgresql://bot@db.internal:5432/ada",
    # figures
    "tokens_input={int4} tokens_output={int3} total_tokens={int4} cost=0.{int4}",
    (
        "CompletionUsage(completion_tokens={int3}, prompt_tokens={int4}, total_tokens={int4}, "
        "prompt_tokens_details=PromptTokensDetails(cached_tokens=0))"
    ),
    "active_sessions={int2} voice_sessions={int1} webhooks={int2} cookies_baked={int3}",
    "session_duration_ms={int5} token_limit=4096 auth_failures={int1} password_attempts={int1}",
    "memory_usage_mb: {float3}, total_response_time: {float2}, latency={float2} ms",
    "secret_santa: {int2} members, secret channel {snowflake} opened by {snowflake}",
    "max_token_length: 512, password_min_length=8, session_timeout=30m, cookie_max_age=86400",
    "password_changed_at={date} {time}, token_expires_at={date}T{time}Z, last_auth={date}",
    "key={int4}, keys={int3}, cache_key={word}:{snowflake}, sort_key={word}_{word}",
    # hashes, ids, versions
    "commit {hex40} ({hex7}) by mia, {int2} files changed",
    "Pulled ada@sha256:{hex64}, layer {hex12}: Pull complete",
    'etag: W/"{hex8}-{hex12}", x-request-id: {uuid}, cf-ray: {hex16}-FRA',
    "trace_id={hex32} span_id={hex16} request_id={uuid}",
    "md5 {hex32}, sha1 {hex40}, checksum={hex64}, crc32=0x{hex8}",
    "nonce: {snowflake}, custom_id='{word}:{snowflake}:{int2}', idempotency_key={uuid}",
    "loaded {word}-model-v{int1}.{int1} from {folder}/models/{word}_{word}_{int3}.bin ({hex32})",
    "Python 3.11.{int1}, discord.py 2.7.{int1}, aiohttp 3.{int1}.{int1}rc1, OpenSSL 3.0+quic",
    "track_{int9} queued: data:image/png;base64,{base300}",
    '{{"image": "data:image/webp;base64,{base120}", "emoji": "{word}"}}',
    "<:{word}:{snowflake}> <a:{word}:{snowflake}> <@{snowflake}> <#{snowflake}> <t:1732360211:R>",
    "gpt-4o-mini-2024-07-18 answered chatcmpl-{id29} in {float2} s, finish_reason=stop",
    "claude-3-5-sonnet-20241022 msg_{int2} stop_reason=end_turn input={int4} output={int3}",
    "primary key (id)=({int5}) already exists; DETAIL: Key (user_id)=({snowflake}) exists.",
    "public_key={hex64} verified, fingerprint SHA256:{id43}",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{id43} mia@ada, known_hosts: |1|{base15}|{base15}",
    "X-RateLimit-Bucket: {hex32}, X-RateLimit-Remaining: {int1}, X-RateLimit-Reset-After: {float3}",
    "cursor={base18}, next_page_id={id24}, etag={hex32}, revision={int4}",
    "Collecting aiohttp==3.9.{int1} --hash=sha256:{hex64}",
    "container {hex12} ({word}:{int1}.{int1}) exited with code 137, pod {word}-{hex9}-{id5}",
    "ulid 01J{id23}, nanoid {urlid21}, ksuid {id27}, objectid {hex24}",
    "pass={int3} fail={int1} skip={int1} key_count={int4} sid={int2} otp_attempts={int1}",
    (
        "https://discord.com/oauth2/authorize?client_id={snowflake}&scope=bot+applications.commands"
        "&permissions=8&state={word}"
    ),
    "s3://ada-media/{word}/{uuid}/{hex32}.webp, gs://ada/{date}/{word}-{int5}.ndjson.gz",
    # paths and sources
    '  File "{folder}/cogs/{word}.py", line {int3}, in {word}_{word}',
    "Watching {folder}/cogs/{word}/{word}_{int2}.json, backup-{date}.tar.gz ({float3} MB)",
    "password_file=/run/secrets/db_password token_path={folder}/token.json, key_file=/etc/a.pem",
    "    session = aiohttp.ClientSession(headers=headers, auth=auth, timeout={int2})",
    '    token = os.environ["DISCORD_TOKEN"]  # set in .env',
    "    await bot.start(settings.token); assert password == expected",
    # prose
    "Bot Ada#{int4} ({snowflake}) is ready; basic auth enabled, bearer token missing, Bot {word}",
    "password reset link sent to mia, csrf check passed, cookie consent: accepted, session: none",
    "private key loaded from /etc/ssl/private/ada.pem, signature mismatch: expected {hex64}",
    "Unauthorized: 401 from https://api.example.com/v1/{word}, retry in {int1} s",
    "Authorization failed for user mia in guild {snowflake}: the token expired {int2} min ago",
    "authorization: required, authentication failed, the session was closed after {int2} s",
    "jwt.exceptions.ExpiredSignatureError: Signature has expired",
    "TypeError: bad signature: (self, ctx, *, arg=None) of {word}_{word}",
    "Invalid token: must be a string, not int; password: must be at least 8 characters",
    "Cookie recipe: {int3} g of flour, bake {int2} min; cookie: {int1} given, {int3} left",
    "mia said: the secret is out, {words6}, bypass the {word}, a compass points north",
    "author=mia, assessed={int2}, passed={int2}, design=flat, inside: {word}, key: {word}",
    "webhook: {snowflake} deleted, webhook={word}-{word}, signature: valid",
    "{words8}; {words5}. {words3}?",
    "[{time}] {word}: {words4} (guild {snowflake}, {int3} members, shard {int1})",
    "KeyError: '{snowflake}', KeyError: '{hex32}', ValueError: invalid literal for int(): '{word}'",
    "{word}_{word} finished: ok={int2} failed={int1} in 00:0{int1}:{int1}2, next at {date} {time}",
)
"""Lines with names of a ``Filler``'s parts in them."""


def harmless_lines(count: int, seed: int = 5) -> Iterator[str]:
    """Give ``count`` lines: two of three from ``SHAPES`` in turn, one from a library's source."""
    source = random.Random(seed)
    filler, written = Filler(source), _source_lines(source)
    for number in range(count):
        if number % 3 == 2:
            yield next(written)
        else:
            yield _Template(SHAPES[number % len(SHAPES)]).filled(filler)


class _Template(string.Formatter):
    """A line of ``SHAPES``, in which each part is another, also of the same name."""

    def __init__(self, text: str) -> None:
        self._text = text

    def filled(self, filler: Filler) -> str:
        return "".join(
            text + (filler[name] if name else "") for text, name, _, _ in self.parse(self._text)
        )


def _source_lines(source: random.Random) -> Iterator[str]:
    folders = [Path(module.__file__ or "").parent for module in SOURCES]
    files = sorted({file for folder in folders for file in folder.glob("*.py")})
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    while True:
        line = source.choice(lines)
        if len(line.strip()) > 20:
            yield line
