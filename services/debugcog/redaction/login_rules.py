"""Names of what logs a client in: headers, cookies, sessions; more rows of ``KEY_RULES``."""

from __future__ import annotations

from services.debugcog.redaction.key_rule import SURE, KeyRule

LOGIN_RULES = (
    KeyRule(
        "auth",
        ("auth", "oauth", "authorization", "authorisation", "authentication", "userauth"),
        8,
        (
            *("Authorization: Basic {b62:12}", "authorization: {url:30}", "X-Auth: {b62:20}"),
            *("[('Authorization', 'Bearer {b62:9}'), ('n', 1)]", "auth=('bot', '{b62:12}')"),
            *("{'Authorization': 'Token {b62:30}', 'Accept': '*/*'}", "auth: {b62:12}"),
            *('Proxy-Authorization: Digest username="bot", response="{hex:32}"',),
            *("Authorization: Key {b62:32}", "Authorization: Api-Key {b62:40}"),
            # Lavalink's password, which may be made of words, where this is certainly a header:
            *(
                "{'Authorization': 'youshall{bip:1}', 'User-Id': '1'}",
                "{'authorization': '{bip:1}'}",
            ),
            "<CIMultiDictProxy('Host': 'x:2333', 'Authorization': '{bip:1}77')>",
            "GET / HTTP/1.1\r\nHost: x:2333\r\nAuthorization: {bip:1}\r\nUser-Id: 1",
            "headers['Authorization'] = 'youshall{bip:1}'",
        ),
        (
            *("author=mia, authored: yesterday, authority=none at all", "auth_failures=3"),
            *("Unauthorized: 401 from https://api.example/v1/items, retry in 5 s",),
            *("unauthorised: ask an admin of guild 81384788765712384", "auth=basic"),
            *("Authorization failed for user mia: see https://example.com/help",),
            *("authorization: required for /v1/items", "oauth_callback=https://example.com/back"),
            *(
                "headers={'Authorization': f'Bearer {token}'}",
                "headers={'Authorization': '[secure]'}",
            ),
            *(
                "{'Authorization': '<token>'}",
                "{'authorization': 'required'}",
                "authorization: mango",
            ),
            *("{'Authorization': 'Bearer <token>'}", "headers={'Authorization': token, 'n': 1}"),
            "The 'Authorization' header is missing, KeyError: 'Authorization'",
            "{'authorization': None, 'auth': 'basic'}, authorization_url=https://example.com/login",
        ),
    ),
    KeyRule(
        "masterauth",
        ("masterauth",),
        SURE,
        ("masterauth={b62:12}", "CONFIG SET masterauth {b62:20}", "masterauth: {b62:12}"),
        ("masterauth: not set", "masterauth is-set-in-the-configuration"),
    ),
    KeyRule(
        "bearer",
        ("bearer",),
        SURE,
        ("bearer={b62:12}", "bearer: {b62:20}", "asked with bearer {b62:20}"),
        ("bearer: missing", "the bearer of this ring", "bearer authentication-is-not-supported"),
    ),
    KeyRule(
        "hash",  # of Telegram's apps, for Telethon and Pyrogram
        ("apihash",),
        16,
        ("TelegramClient('bot', api_id=1234567, api_hash='{hex:32}')", "API_HASH={hex:32}"),
        (
            *("api_hash=None", "hash={hex:32}", "commit_hash={hex:40}"),
            "password hash: argon2 is used",
        ),
    ),
    KeyRule(
        "cookie",
        ("cookie", "cookies", "setcookie"),
        8,
        (
            *("Cookie: a={b62:20}; b={b62:9}", "Set-Cookie: sid={url:30}; Path=/; HttpOnly"),
            *("cookies={'sid': '{b62:20}'}", "cookie={b62:12}"),
        ),
        (
            *("cookies: 3 left, 250 baked by Mia", "cookie: 3 given, 250 left", "cookie=chocolate"),
            *("cookies={'theme': 'dark', 'page': '2'}", "session cookie: SameSite=Lax"),
            "cookie: Path=/; Max-Age=3600; HttpOnly; SameSite=Strict",
        ),
    ),
    KeyRule(
        "sess",
        ("session", "sess", "sessid", "sessionid", "phpsessid", "jsessionid", "sessdata"),
        8,
        ("session_id={b62:12}", "PHPSESSID={low:26}", "session: {hex:32}", "SESSDATA={b62:32}"),
        (
            *("active_sessions=12 voice_sessions=3", "session_duration_ms=1234", "session: closed"),
            *("Failed to open the session: timeout after 5 s", "session=None", "assessment=good"),
            *("session_name=friday-night-dnd", "session_state=SessionState.READY"),
            *("Unclosed client_session: <aiohttp.client.ClientSession object at 0x7f8b9b4b>",),
            *("Shard ID 0 has successfully RESUMED session {hex:32}.", "obsession: cat-pictures"),
        ),
    ),
    KeyRule(
        "sid",
        ("sapisid", "apisid", "hsid", "psid", "psidts", "psidcc"),
        16,
        (
            *("SAPISID={url:34}", "__Secure-3PSID={url:72}; __Secure-1PSIDTS=sidts-{url:80}"),
            "'HSID': '{url:17}'",
        ),
        ("capsid=the-shell-of-a-virus-or-two", "HSID=None"),
    ),
    KeyRule(
        "srf",
        ("csrf", "xsrf"),
        SURE,
        ("csrf={b62:12}", "XSRF: {b62:12}", "csrfmiddleware={b62:9}"),
        ("csrf: invalid", "surfing=yes"),
    ),
    KeyRule("jwt", ("jwt",), SURE, ("jwt={b62:12}",), ("jwt: expired", "jwt.exceptions: bad")),
)
