"""Source lines in tracebacks: a secret in quotes goes, all else stays."""

from __future__ import annotations

import json
import linecache
import random
import string
from collections.abc import Callable

import pytest

from services.debugcog.errors.text import LIMITS, traceback_text
from services.debugcog.redaction.redactor import redact
from services.debugcog.tracebacks import take_down

ALNUM = string.ascii_letters + string.digits

HANDED = (
    *("client.run('{}')", "client.run(r'{}')", 'bot.start("{}")', 'await bot.login("{}")'),
    *('smtp.login("mia", "{}")', 'mysql.connect("db", "bot", "{}")', 'f = Fernet(b"{}")'),
    *('jwt.encode(payload, "{}", algorithm="HS256")', 'wavelink.Node(uri=uri, password="{}")'),
    *('headers={{"Authorization": "Bearer {}"}}', 'headers = {{"x-rapidapi-key": "{}"}}'),
    *('token="{}"', 'TOKEN = "{}"', 'openai.api_key = "{}"', 'get(url, auth=("bot", "{}"))'),
    'redis.from_url("redis://:{}@cache")',
    *("MCRcon('10.0.0.1', '{}', port=25575)", 'if password != "{}":'),
    'bot.lavalink.add_node("127.0.0.1", 2333, "{}", "eu", "default-node")',
    *('ftp = ftplib.FTP("host", "mia", "{}")', 'r = redis.Redis("cache", 6379, 0, "{}")'),
    'topgg.WebhookManager(bot).dbl_webhook("/dblwebhook", "{}")',
    'if not hmac.compare_digest(request.headers["Authorization"], "{}"):',
    'mac = hmac.new(b"{}", body, hashlib.sha256)',
    "DB_PASSWORD = os.getenv('DB_PASSWORD') or '{}'",
    "DB_PASSWORD = os.environ.get('DB_PASSWORD', default='{}')",
    "conn = connect(os.environ.get('DB_PASSWORD', '{}'))",
    "word = config.get('db', 'password', fallback='{}')",
    "password = sys.argv[1] if len(sys.argv) > 1 else '{}'",
)
LONG_ONLY = ('genius = Genius("{}")', 'NAME = "{}"')
STAYING = (
    *(
        'rcon.run("say hello to 12 players")',
        'open("songs of 2026.json")',
        'login("mia", "No code")',
    ),
    *('x = os.getenv("DB_HOST") or "db-7d9f8c"', 'token = get("token") or fetch("worker-9x8y7z")'),
    *('ftplib.FTP("ftp-7d9f8c.x", "mia")', 'r = redis.Redis("cache-7d9f8c", 6379)'),
    *('await r.get("song:7f3a9c2d")', 'graph.add_node("node7f3a9c", "mia2026x")'),
    'topgg.WebhookManager(bot).dbl_webhook("/dblwebhook", word)',
    'max_tokens = config.get("max_tokens", default="4k-gpt5x")',
    *("model='gpt-4o-mini-2024-07-18'", 're.compile(r"[\\w-]{24}\\.[\\w-]{6}")'),
    'open(f"{guild_id}_settings_v2.json")',
    *('client.run("model_v2.onnx")', 'subprocess.run(["ffmpeg", "-i", "input.mp3", "a.ogg"])'),
    *('session.get("https://api.example.com/v1/items/abc123def456")', 'run("gpt-4o-2024-08-06")'),
    *('goto("https://www.youtube.com/watch?v=dQw4w9WgXcQ")', 'get("leaderboard_weekly_2026w48")'),
    *('subprocess.run("ls -la /srv")', 'open("/srv/bot/data/users.json")', 'bot.start("worker-1")'),
    *('client.connect("wss://gateway.discord.gg/?v=10")', 'await ctx.send("Hello there, friend!")'),
    *('uvicorn.run("app.main:app", port=8000)', 'token = await get_token("discord")'),
    *('os.environ["DISCORD_TOKEN"]', 'data["access_token"]', 'strptime(x, "%Y-%m-%dT%H:%M:%S")'),
    *('Route("GET", "/users/@me")', 'session.get("https://api.example.com/v1/items?page=2")'),
    *('f"Bearer {self.token}"', 'headers = {"Authorization": f"Bot {token}"}', "auth=(user, word)"),
)


def shown(line: str) -> str:
    return (
        "Traceback (most recent call last):\n"
        '  File "/srv/bot/main.py", line 12, in main\n'
        f"    {line}\n"
        "ValueError: Improper token has been passed.\n"
    )


WRITTEN: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "repr": repr,
    "JSON": json.dumps,
    "in another error": lambda text: "RuntimeError: " + " ⏎ ".join(text.splitlines()),
    "in a group": lambda text: "\n".join(f"  | {line}" for line in text.splitlines()),
}


@pytest.mark.parametrize("way", WRITTEN)
@pytest.mark.parametrize("line", HANDED)
def test_a_literal_that_is_handed_to_a_login_is_hidden(line: str, way: str) -> None:
    source = random.Random(line)
    for length in (9, 12, 16, 32, 68):
        secret = "".join(source.choices(ALNUM, k=length))

        output = redact(WRITTEN[way](shown(line.format(secret))))

        assert not any(secret[at : at + 8] in output for at in range(length - 7)), output


@pytest.mark.parametrize("line", LONG_ONLY)
def test_a_long_random_literal_is_hidden_wherever_it_stands(line: str) -> None:
    source = random.Random(line)
    for length in (16, 24, 40, 64):
        secret = "".join(source.choices(ALNUM, k=length))
        assert secret[:8] not in redact(shown(line.format(secret)))


@pytest.mark.parametrize("line", STAYING)
def test_a_line_without_a_secret_stays(line: str) -> None:
    assert redact(shown(line)) == shown(line)


def test_only_source_lines_lose_their_literals() -> None:
    text = shown("x = 1") + "said: 'q8Zk3wTr5yB9nM2xV7cL'\n    and 'q8Zk3wTr5yB9nM2xV7cL'\n"

    assert redact(text) == text


def test_the_line_of_a_real_traceback_is_shown_without_the_token() -> None:
    line = "client.run('q8Zk3wTr5yB9nM2xV7cL4pJ6')"
    linecache.cache["literal_host.py"] = (len(line), None, [line + "\n"], "literal_host.py")
    try:
        exec(compile(line, "literal_host.py", "exec"), {"client": None})
    except AttributeError as error:
        output = redact(traceback_text(take_down(error, error.__traceback__, LIMITS)))

    assert output.splitlines()[-2:] == [
        "    client.run('[redacted]')",
        "AttributeError: 'NoneType' object has no attribute 'run'",
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "server.login('mia@x.com', 'abcd efgh ijkl mnop')",
            "server.login('mia@x.com', '[redacted]')",
        ),
        ('SMTP("mia", "abcd efgh ijkl mnop")', 'SMTP("mia", "[redacted]")'),
        ("await self.login(user, 'Sommer 2024 Bern')", "await self.login(user, '[redacted]')"),
    ],
)
def test_a_password_with_blanks_is_hidden_behind_the_name_of_who_logs_in(
    line: str, expected: str
) -> None:
    assert redact(shown(line)) == shown(expected)
