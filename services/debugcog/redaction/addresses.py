"""Any text → the same text without the secrets in addresses: passwords, tokens, webhooks' paths.

Names in the query (``?key=``) and paths such as ``/token/…`` are those of ``keys``.
"""

from __future__ import annotations

import re

from services.debugcog.frozen import frozen
from services.debugcog.patterns import late_pattern
from services.debugcog.redaction import REDACTED
from services.debugcog.redaction.key_names import shortest_secret
from services.debugcog.redaction.values import is_opaque, is_plain
from services.debugcog.redaction.words import is_words


@frozen
class AddressRule:
    """A part of an address that is secret; its examples are tests, as those of a ``TokenRule``."""

    name: str
    source: str
    hides: tuple[str, ...]
    stays: tuple[str, ...]


ADDRESS_RULES = (
    AddressRule(
        "password",
        "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1",
        (
            *("postgresql://bot:{b62:20}@db.example:5432/bot", "redis://:{b62:20}@cache/0"),
            *("mongodb+srv://bot:{b62:9}/{b62:9}@{b62:9}@c0.example.net/x?w=1&e=a@b.c",),
            *("mysql: bot:{b62:12}@tcp(10.0.0.1:3306)/db", "https://user:{b62:12}@x.example/a?y=1"),
            "Could not parse rfc1738 URL from string 'bot:{b62:16}@localhost/bot'",
            "Could not parse URL from string 'postgres//bot:{b62:16}@db.example.com/bot'",
            *("curl -u bot:{b62:12} https://x.example", "curl --user b:{b62:12} https://x.example"),
        ),
        (
            *("http://localhost:8000/users/@me/guilds", "ws://10.0.0.1:443/@everyone"),
            *("https://discord.com/api/v10/users/@me?a=1:2", "at 10:30 <@81384788765712384> said"),
            "xmpp:mia@example.com/desk, nginx:1.25-alpine@sha256:{hex:64}",
            "mailto:mia@example.com, https://example.com:8443/a@2x.png",
        ),
    ),
    AddressRule(
        "name alone that is a token",
        "https://develop.sentry.dev/sdk/overview/#parsing-the-dsn",
        (
            *("https://{hex:32}@o1.ingest.sentry.io/2", "git clone https://{b62:40}@example.com/x"),
            "https://{b62:24}:@api.example.com/v1",
        ),
        ("ssh://git@github.com/a/b.git", "postgres://postgres@db/bot", "https://medium.com/@mia"),
    ),
    AddressRule(
        "Slack's webhook",
        "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks",
        ("url: https://hooks.slack.com/services/T0AB1CD2E/B0AB1CD2E/{b62:24}",),
        ("https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks",),
    ),
    AddressRule(
        "path that is told apart from its host",
        "https://urllib3.readthedocs.io/en/stable/reference/urllib3.exceptions.html",
        (
            "Pool(host='hooks.slack.com', port=443): Max retries, url: /services/T0/B0/{b62:24} (",
            "(host='hc-ping.com', port=443): Max retries exceeded with url: /{uuid:1}/fail (Caused",
            'https://hooks.slack.com:443 "POST /services/T0AB/B0AB/{b62:24} HTTP/1.1" 200 2',
            'https://ntfy.sh:443 "POST /{b62:20} HTTP/1.1" 200',
        ),
        (
            "Pool(host='api.example.com', port=443): Max retries exceeded with url: /v1/{hex:32} (",
            'https://x.example:443 "GET /avatars/81384788765712384/{hex:32}.png HTTP/1.1" 200 9',
        ),
    ),
    AddressRule(
        "Teams' webhook",
        "https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook",
        ("https://acme.webhook.office.com/webhookb2/{uuid:1}@{uuid:1}/IncomingWebhook/{hex:32}/x",),
        ("https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/what-are",),
    ),
    AddressRule(
        "Discord's webhook and interaction; the id stays",
        "https://discord.com/developers/docs/resources/webhook",
        (
            "POST https://discord.com/api/webhooks/123456789012345678/{url:68}?wait=1 failed",
            "/api/v10/webhooks/123456789012345678/{url:68}/messages/@original",
            "/interactions/123456789012345678/{url:180}/callback",
        ),
        (
            "GET /api/v10/channels/123456789012345678/webhooks",
            "PATCH /webhooks/123456789012345678 with 3 fields",
        ),
    ),
    AddressRule(
        "folder that names a secret",
        "https://ifttt.com/maker_webhooks",
        (
            "https://maker.ifttt.com/trigger/x/with/key/{b62:22}",
            "GET https://api.example/v1/token/{b62:20}/info",
        ),
        (
            "https://example.com/auth/getting-started-with-oauth, /key/81384788765712384",
            "https://example.com/keys/{hex:32}.png",
        ),
    ),
    AddressRule(
        "ping of a monitor",
        "https://healthchecks.io/docs/http_api/",
        (
            *(
                "https://hc-ping.com/{uuid:1}/fail",
                "https://status.example/api/push/{b62:32}?msg=OK",
            ),
            "https://uptime.betterstack.com/api/v1/heartbeat/{b62:24}",
            *(
                "https://api.pushcut.io/{b62:24}/notifications/Down",
                "https://osu.ppy.sh/api/get_user?k={hex:40}",
            ),
            *(
                "https://events.pagerduty.com/integration/{hex:32}/enqueue",
                "https://v6.exchangerate-api.com/v6/{hex:24}/latest",
            ),
        ),
        (
            *("s3://media/push/{uuid:1}/a.webp", "https://example.com/api/push/81384788765712384"),
            "https://hc-ping.com/docs/getting-started-with-pings",
        ),
    ),
    AddressRule(
        "Google's private calendar",
        "https://support.google.com/calendar/answer/37648",
        ("https://calendar.google.com/calendar/ical/mia%40gmail.com/private-{hex:32}/basic.ics",),
        ("https://calendar.google.com/calendar/ical/mia%40gmail.com/public/basic.ics",),
    ),
    AddressRule(
        "ntfy's topic: who knows it can read and write it",
        "https://docs.ntfy.sh/publish/",
        ("POST https://ntfy.sh/{b62:20} failed", "https://ntfy.sh/my-bot-{b62:16}?up=1"),
        ("https://ntfy.sh/alerts-of-my-server", "https://docs.ntfy.sh/publish/#message-priority"),
    ),
    AddressRule(
        "password that a program is given",
        "https://dev.mysql.com/doc/refman/8.4/en/command-line-options.html",
        (
            *(
                "sshpass -p {b62:9} ssh bot@x.example",
                "mysql -ubot -p{b62:12} bot",
                "mysqldump -p{b62:9}",
            ),
            *(
                "Command '['sshpass', '-p', '{b62:12}', 'ssh', 'x']' returned 5",
                "redis-cli -a {b62:12} ping",
            ),
            *("mongosh -u bot -p {b62:12}", "docker login -u bot -p {b62:12} x.example"),
        ),
        (
            *("mysql -p bot < dump.sql", "mkdir -p /srv/bot/data", "ssh -p 2222 bot@x.example"),
            *(
                "docker run -p 8080:80 -a stdout bot",
                "mysql --port=3306 -u bot",
                "sshpass -p $SSH_PASS ssh x",
            ),
        ),
    ),
    AddressRule(
        "webhook of any other service",
        "https://www.make.com/en/help/tools/webhooks",
        (
            *("https://hook.eu1.make.com/{low:32}", "https://chat.example.com/hooks/{low:26}"),
            *("https://hooks.zapier.com/hooks/catch/1234567/{b62:9}/", "/webhook/{uuid:1}/test"),
        ),
        (
            *("https://example.com/docs/webhooks/getting-started", "POST /webhooks/github done"),
            "/srv/bot/hooks/pre-commit, cogs/webhooks/handlers.py",
        ),
    ),
)

AUTHORITY = late_pattern(
    r"://([^\s/?#@:\"'<>\[\]]{0,256})"
    r"(?::?@|:((?:(?!://)[^\s\"'<>]){1,1024})@)"
)
PORT = late_pattern(r"\d{1,5}(?:[/?#]|\Z)")
QUERY = late_pattern(r"\?[\w.-]{1,40}=")
NO_SCHEME = late_pattern(r":([^\s@/:\"'<>]{4,128})@(?=(?:tcp|unix)\(|[\w.-]{1,253}:\d{2,5}\b)")
WITH_PATH = late_pattern(r"(?<=\w):([^\s@/:\"'<>]{8,128})@(?=[\w.-]{1,253}/)")
"""A login without a scheme in front of a host and a path, where it has to look like one."""
OPTION = late_pattern(r"( (?:-u|--(?:proxy-)?user)[ =]?[\"']?[^\s:\"']{1,64}:)[^\s\"']+")
"""curl's, in front of an address."""
GIVEN = late_pattern(r"-([pa])([\\\"', ]{0,24})([^\s\"',\\][^\s\"'\\]*)")
PROGRAMS = {
    "p": late_pattern(r"\b(?:sshpass|mysql|mariadb|mongo)"),
    "p ": late_pattern(r"\b(?:sshpass|mongo|docker\W{1,24}login)"),
    "a ": late_pattern(r"\bredis-cli"),
}
"""Programs that are given a password by a short option, which it follows at once or as a word."""
LOOKED_BACK = 200
INTERACTION = late_pattern(r"(interactions/\d{1,25}/)[^\s/?#\"'<>)]+")
HOOK = late_pattern(r"[Hh]ook\w{0,10}(?:\.[\w.-]{1,80})?((?:/[^\s/?#\"'<>)\]]{1,1024})+)")
PINGS = late_pattern(
    r"/(?:hc-ping\.com|api/push|heartbeats?|ntfy\.sh|calendar/ical/[^\s/]{1,200}|api\.pushcut\.io"
    r"|events\.pagerduty\.com/integration|v6\.exchangerate-api\.com/v6)/([\w-]{10,64})"
)
NAMED = late_pattern(r"/([A-Za-z_-]{3,30})/([\w~%=.-]{16,1024})")
APART = late_pattern(
    r"(?:host=\\{0,8}[\"']|https?://)([\w.-]{1,253})"
    r"(?:\\{0,8}[\"'], port=\d{1,5}\)[^\n/]{0,60} url: |:\d{1,5} \\{0,8}\"[A-Z]{3,7} )"
    r"(/[^\s\"'\\]{1,2000})"
)
"""The host and the path, as requests' errors and urllib3's log have them."""
ID = late_pattern(r"\d{5,25}")
ROUTE = late_pattern(r"@?[a-z]{3,20}")


def redact_addresses(text: str) -> str:
    """Replace the secret parts of addresses."""
    if "/" in text:
        if " url: /" in text or " HTTP/" in text:
            text = APART.sub(_without_apart, text)
        text = _without_paths(text)
    if "-" in text:
        text = GIVEN.sub(_without_given, text)
    if "@" not in text:
        return text
    text = NO_SCHEME.sub(f":{REDACTED}@", text)
    return WITH_PATH.sub(_without_login, text) if "/" in text else text


def _without_paths(text: str) -> str:
    """Replace what is secret in addresses and in paths."""
    if "ook" in text:
        text = HOOK.sub(_without_path, text)
    if "://" in text:
        text = NAMED.sub(_without_named, AUTHORITY.sub(_without_password, text))
        text = PINGS.sub(_without_ping, text)
        text = OPTION.sub(rf"\1{REDACTED}", text)
    if "interactions/" in text:
        text = INTERACTION.sub(rf"\1{REDACTED}", text)
    return text


def _without_apart(match: re.Match[str]) -> str:
    """Hide what is secret of a path by the host that it belongs to."""
    host, path = f"https://{match[1]}", match[2]
    return match[0].removesuffix(path) + _without_paths(host + path).removeprefix(host)


def _without_password(match: re.Match[str]) -> str:
    user, password = match[1], match[2]
    if password is None:
        return f"://{REDACTED}@" if is_opaque(user) else match[0]
    if PORT.match(password) and (not user or "." in user or user == "localhost"):
        return match[0]
    query = QUERY.search(password)
    at = password.rfind("@", 0, query.start()) if query else -1
    rest = password[at:] + "@" if at >= 0 else "@"
    return f"://{REDACTED if is_opaque(user, 16) else user}:{REDACTED}{rest}"


def _without_login(match: re.Match[str]) -> str:
    return f":{REDACTED}@" if is_opaque(match[1]) else match[0]


def _without_named(match: re.Match[str]) -> str:
    """Hide what follows a folder that names a secret: ``/token/…``."""
    if shortest_secret(match[1]) is None or not is_opaque(match[2]):
        return match[0]
    return f"/{match[1]}/{REDACTED}"


def _without_ping(match: re.Match[str]) -> str:
    """Hide who pings a monitor; whoever knows it can say that all is well."""
    if not is_opaque(match[1]):
        return match[0]
    return match[0][: match.start(1) - match.start()] + REDACTED


def _without_given(match: re.Match[str]) -> str:
    """Hide a password that a program is given by an option."""
    letter, gap, value = match.groups()
    programs = PROGRAMS.get(letter + " " * bool(gap))
    before = match.string[max(0, match.start() - LOOKED_BACK) : match.start()].rpartition("\n")[2]
    if programs is None or not before.endswith((" ", "'", '"')) or not programs.search(before):
        return match[0]
    return match[0] if is_plain(value) else f"-{letter}{gap}{REDACTED}"


def _without_path(match: re.Match[str]) -> str:
    """Keep the ids and words of a path; what follows an id goes if it is no word."""
    parts = match[1].split("/")
    for number, part in enumerate(parts[1:], 1):
        follows_id = ID.fullmatch(parts[number - 1]) is not None
        is_route = ROUTE.fullmatch(part) and is_words(part)
        if is_opaque(part) or (part and follows_id and not (is_route or ID.fullmatch(part))):
            parts[number] = REDACTED
    return match[0][: match.start(1) - match.start()] + "/".join(parts)
