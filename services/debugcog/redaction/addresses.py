"""Any text → the same text without the secrets in addresses: passwords, tokens, webhooks' paths.

Names in the query (``?key=``) and paths such as ``/token/…`` are those of ``keys``; examples of all
are in ``address_rules``.
"""

from __future__ import annotations

import re
from urllib.parse import quote as escaped
from urllib.parse import unquote

from services.debugcog.patterns import late_pattern
from services.debugcog.redaction import REDACTED
from services.debugcog.redaction.key_names import shortest_secret
from services.debugcog.redaction.values import is_opaque, is_plain
from services.debugcog.redaction.words import is_words

AUTHORITY = late_pattern(
    r"://([^\s/?#@:\"'<>\[\]]{0,256})"
    r"(?::?@|:((?:(?!://)[^\s\"'<>]){1,1024})@)"
)
PORT = late_pattern(r"\d{1,5}(?:[/?#]|\Z)")
QUERY = late_pattern(r"\?[\w.-]{1,40}=")
NO_SCHEME = late_pattern(r":([^\s@/:\"'<>]{4,128})@(?=(?:tcp|unix)\(|[\w.-]{1,253}:\d{2,5}\b)")
WITH_PATH = late_pattern(r"(?<=\w):([^\s@/:\"'<>]{8,128})@(?=[\w.-]{1,253}/)")
"""A login without a scheme in front of a host and a path, where it has to look like one."""
NETLOC = late_pattern(r"(netloc=b?\\{0,8}[\"'][^\s:/@\"']{0,256}:)[^\s\"']{1,1024}(?=@)")
"""What urlparse() gives."""
OPTION = late_pattern(r"( (?:-u|--(?:proxy-)?user)[ =]?[\"']?[^\s:\"']{1,64}:)[^\s\"']+")
"""curl's, in front of an address."""
GIVEN = late_pattern(r"-([paPu])([\\\"', ]{0,24})([^\s\"',\\][^\s\"'\\]*)")
PROGRAMS = {
    "p": late_pattern(
        r"\b(?:sshpass|mysql|mariadb|mongo|(?<!\.)(?:7z[ar]?|(?:un)?rar)\b|(?:7z[ar]?|rar) [a-z]\b)"
    ),
    "p ": late_pattern(r"\b(?:sshpass|mongo|docker\W{1,24}login|yt-dlp\b|youtube-dl\b|mcrcon\b)"),
    "P ": late_pattern(r"(?<![.\w])(?:un)?zip\b"),
    "a ": late_pattern(r"\bredis-cli"),
    "u ": late_pattern(r"\b(?:curl|lftp)\b"),
}
"""Programs that are given a password by a short option, which it follows at once or as a word."""
LOGIN = late_pattern(r"[\w.@+-]{1,64}[:,](?=[^\s,:])")
"""What is before the password in the login that some are given."""
LOOKED_BACK = 200
INTERACTION = late_pattern(r"(interactions/\d{1,25}/)[^\s/?#\"'<>)]+")
HOOK = late_pattern(r"[Hh]ook\w{0,10}(?:\.[\w.-]{1,80})?((?:/[^\s/?#\"'<>)\]]{1,1024})+)")
PINGS = late_pattern(
    r"/(?:hc-ping\.com|api/push|heartbeats?|ntfy\.sh|calendar/ical/[^\s/]{1,200}|owa/calendar/[^\s/]{1,200}|api\.pushcut\.io"
    r"|cronitor\.link/p|heartbeat\.uptimerobot\.com|ping\.checklyhq\.com"
    r"|(?<=[ps]://)[\w.-]{1,253}(?::\d{1,5})?/ping(?=/(?:[\da-f]{8}-[\da-f-]{27}|[\w-]{22})(?![\w-]))|api/\d{1,20}/cron/[\w-]{1,100}|(?:[\w-]{1,63}\.){1,4}"
    r"(?:infura\.io(?:/ws)?/v3|g\.alchemy\.com/v2|quiknode\.pro)"
    r"|events\.pagerduty\.com/integration|v6\.exchangerate-api\.com/v6)/([\w-]{10,64})"
)
STREAM = late_pattern(
    r"(rtmps?://[^\s/\"'<>]{1,256}/(?:[\w-]{1,40}/){0,3})([\w-]{12,200})(?=[?\s\"'<>)\]\\,;]|\Z)"
)
"""Where a video is sent: whoever knows the key at its end can do that."""
STREAM_KEY = late_pattern(r"[a-z\d]{4}(?:-[a-z\d]{4}){3,4}")
"""YouTube's, which may look like words."""
NAMED = late_pattern(r"/([A-Za-z_-]{3,30})/([\w~%=.-]{16,1024})")
COIN = late_pattern(r"0x[\da-fA-F]{40}(?![\w-])")
"""The address of a contract of Ethereum, which is public."""
BASE58 = late_pattern(r"[1-9A-HJ-NP-Za-km-z]{32,44}(?![\w-])")
"""One of Solana; other tokens look the same, so the host has to be one that shows coins."""
COIN_HOSTS = late_pattern(
    r"://[\w.-]{0,80}(?:scan|explorer|dexscreener|birdeye|jup|pump|raydium|gecko|rugcheck)"
    r"[\w.-]{0,80}/[\w/.-]{0,80}\Z"
)
LONGEST_HEAD = 260
APART = late_pattern(
    r"(?:host=\\{0,8}[\"']|https?://)([\w.-]{1,253})"
    r"(?:\\{0,8}[\"'], port=\d{1,5}\)[^\n/]{0,60} url: |:\d{1,5} \\{0,8}\"[A-Z]{3,7} )"
    r"(/[^\s\"'\\]{1,2000})"
)
"""The host and the path, as requests' errors and urllib3's log have them."""
ENCODED = late_pattern(
    r"[a-z][a-z+.-]{1,20}(?::(?P<slash>\\{1,8}/)(?P=slash)[^\s\"'<>]{1,2000}"
    r"|(?P<percent>%(?:25){0,2})3[aA](?:(?P=percent)2[fF]){2}[^\s\"'<>&]{1,2000})"
)
"""An address as JSON may have it, with its slashes escaped, and as a parameter of another."""
ID = late_pattern(r"\d{5,25}")
ROUTE = late_pattern(r"@?[a-z]{3,20}")


def redact_addresses(text: str) -> str:
    """Replace the secret parts of addresses."""
    if ("\\" in text and "\\/" in text) or ("%" in text and "%2" in text):
        text = ENCODED.sub(_without_encoded, text)
    return _redact(text)


def _redact(text: str) -> str:
    """Replace what is secret in addresses that are written as such."""
    if "/" in text:
        if " url: /" in text or " HTTP/" in text:
            text = APART.sub(_without_apart, text)
        text = _without_paths(text)
    if "-" in text:
        text = GIVEN.sub(_without_given, text)
    if "@" not in text:
        return text
    text = NO_SCHEME.sub(f":{REDACTED}@", NETLOC.sub(rf"\1{REDACTED}", text))
    return WITH_PATH.sub(_without_login, text) if "/" in text else text


def _without_encoded(match: re.Match[str]) -> str:
    """Read an address, and write what is left of it as it was written, if anything was secret."""
    slash, times = match["slash"], len(match["percent"] or "%") // 2 + 1
    if slash:
        text = match[0].replace(slash, "/")
        clean = _redact(text)
        return match[0] if clean == text else clean.replace("/", slash)
    text = match[0]
    for _ in range(times):
        text = unquote(text)
    clean = _redact(text)
    if clean == text:
        return match[0]
    for _ in range(times):
        clean = escaped(clean, safe="[]")
    return clean


def _without_paths(text: str) -> str:
    """Replace what is secret in addresses and in paths."""
    if "ook" in text:
        text = HOOK.sub(_without_path, text)
    if "://" in text:
        text = NAMED.sub(_without_named, AUTHORITY.sub(_without_password, text))
        text = PINGS.sub(_without_ping, text)
        text = OPTION.sub(rf"\1{REDACTED}", text)
        if "rtmp" in text:
            text = STREAM.sub(_without_stream, text)
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
    if shortest_secret(match[1]) is None or not is_opaque(match[2]) or _is_coin(match):
        return match[0]
    return f"/{match[1]}/{REDACTED}"


def _is_coin(match: re.Match[str]) -> bool:
    """Tell whether the address of a coin follows ``/token/``."""
    text, start, folder = match.string, match.start(), match[1].lower()
    if folder not in ("token", "tokens"):
        return False
    if COIN.fullmatch(match[2]):
        return True
    if not BASE58.fullmatch(match[2]):
        return False
    return COIN_HOSTS.search(text, max(0, start - LONGEST_HEAD), start + 1) is not None


def _without_ping(match: re.Match[str]) -> str:
    """Hide who pings a monitor; whoever knows it can say that all is well."""
    if not is_opaque(match[1]):
        return match[0]
    return match[0][: match.start(1) - match.start()] + REDACTED


def _without_stream(match: re.Match[str]) -> str:
    is_key = STREAM_KEY.fullmatch(match[2]) or is_opaque(match[2])
    return f"{match[1]}{REDACTED}" if is_key else match[0]


def _without_given(match: re.Match[str]) -> str:
    """Hide a password that a program is given by an option."""
    letter, gap, value = match.groups()
    programs = PROGRAMS.get(letter + " " * bool(gap))
    before = match.string[max(0, match.start() - LOOKED_BACK) : match.start()].rpartition("\n")[2]
    if programs is None or not before.endswith((" ", "'", '"')) or not programs.search(before):
        return match[0]
    login = LOGIN.match(value) if letter == "u" else None
    user = login[0] if login else ""
    if (letter == "u" and not user) or is_plain(value.removeprefix(user)):
        return match[0]
    return f"-{letter}{gap}{user}{REDACTED}"


def _without_path(match: re.Match[str]) -> str:
    """Keep the ids and words of a path; what follows an id goes if it is no word."""
    parts = match[1].split("/")
    for number, part in enumerate(parts[1:], 1):
        follows_id = ID.fullmatch(parts[number - 1]) is not None
        is_route = ROUTE.fullmatch(part) and is_words(part)
        if is_opaque(part) or (part and follows_id and not (is_route or ID.fullmatch(part))):
            parts[number] = REDACTED
    return match[0][: match.start(1) - match.start()] + "/".join(parts)
