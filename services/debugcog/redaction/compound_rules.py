"""Names of keys in one word (``OPENAIKEY``), of lists of keys, and of what is one beside others."""

from __future__ import annotations

from services.debugcog.redaction.key_rule import ALONE, GIVEN_KEY, SURE, KeyRule

OF_KEYS = (
    *("aes", "app", "bot", "client", "crypto", "deepl", "discord", "encryption", "fernet"),
    *("gemini", "google", "groq", "hmac", "jwt", "openai", "rsa", "server", "signing", "steam"),
    *("stream", "tenor", "weather", "youtube"),
)
"""What is written before ``key`` without anything between."""
OF_PASSES = ("ftp", "redis", "root", "sudo", "vnc", "wifi")

COMPOUND_RULES = (
    KeyRule(
        "key",
        tuple(f"{first}key" for first in OF_KEYS),
        12,
        ("OPENAIKEY={b62:40}", "appkey: {b62:20}", "AESKEY='{b62:32}'", "streamkey={b62:24}"),
        (
            *("host key: SHA256:{b62:43}", "host_key=SHA256:{b62:43}"),
            "hotkey=Ctrl+Shift+KeyboardInterrupt",
            "appkey=None",
            "jockey: mia-miller-from-bern",
        ),
    ),
    KeyRule(
        "key",
        (),  # any other name that ends in "keys", but for those in PUBLIC_LISTS
        12,
        (
            *("GEMINI_KEYS={b62:32},{b62:32}", "gemini_keys=['{b62:32}', '{b62:32}']"),
            *("'openaiKeys': ['{b62:40}', '{b62:40}']", "encryption_keys=('{b62:44}', '{b62:44}')"),
            "stream_keys: {'a': '{b62:24}', 'b': '{b62:24}'}",
        ),
        (
            *(
                "cache_keys=['{hex:32}', '{hex:32}']",
                "keys=['{hex:32}']",
                "dict_keys(['{hex:32}'])",
            ),
            *(
                "missing_keys=['layers.0.q8Zk_proj.w2']",
                "sort_keys=created_at,updated_at",
                "keys: 5",
            ),
            *("unknown keys: {hex:32}, {hex:32}", "monkeys=banana-eating-monkeys", "api_keys=None"),
        ),
    ),
    KeyRule(
        "key",
        (),  # names of what is public are in key_names.PUBLIC
        12,
        ("wallet_key={b62:44}", "sec_key: {b64:22}=="),
        (
            *(
                "> Sec-WebSocket-Key: {b64:22}==",
                "token_address={b62:44}",
                "token contract: {b62:44}",
            ),
            *(
                "tokenAddress: '0x{hex:40}', tokenMint='{b62:44}'",
                "transaction signature: {b62:88}",
            ),
        ),
    ),
    KeyRule(
        "pass",
        (),  # sentences in which one is set
        SURE,
        (
            *("mia's password is now Hunter2{b62:9}", "changed password of mia to Hunter2{b62:9}"),
            *(
                'Setting password to "Hunter2{b62:9}" for user mia',
                "set mia's password to Ab1{b62:12}",
            ),
            *(
                "Password changed from Hunter2{b62:9} to x",
                "password of mia was set to Ab1{b62:12}",
            ),
            "the bot's password has been reset to Hunter2{b62:9}",
        ),
        (
            *("password is now required", "the password was changed to something-else-by-mia"),
            *(
                "sent the password of mia to channel-7f3a9c2d1",
                "Password reset from iPhone-7f3a9c2",
            ),
            *(
                "set the password to continue",
                "changed password of mia to the default of the server",
            ),
            *(
                "Setting password to None",
                "moved pass to worker-7f3a9c2d1",
                "resets password to empty",
            ),
        ),
    ),
    KeyRule(
        "token",
        (),  # what stays where coins, parsers, people and placeholders are meant
        SURE,
        (
            *("DISCORDTOKEN={b62:24}", "<token>@{b62:12}</token>", "token=PEPE/{b62:12}"),
            "Invalid credentials: ('mia', '{b62:12}')",
        ),
        (
            *("token=PEPE/WETH price=0.00000123", "token=USDC-ERC20 price=1.0001"),
            *("Syntax error at line 3, token=IDENTIFIER", "Unknown token: <@!81384788765712384>"),
            "mongodb+srv://<username>:<password>@cluster0.abcde.mongodb.net/?retryWrites=true",
            "dsn: sqlite+aiosqlite:///./data/bot.db, dsn=sqlite+aiosqlite:///data/bot.db pool=5",
            "go to\\n5.7.8 https://support.google.com/mail/?p=BadCredentials {low:13}-{low:20}.20",
        ),
    ),
    KeyRule(
        "pass",
        tuple(f"{first}pass" for first in OF_PASSES),
        SURE,
        ("sudopass={b62:12}", "ftppass: {b62:12}", "WIFIPASS='{b62:12}'"),
        ("sudopass=None", "overpass: north-of-the-river"),
    ),
    *(
        KeyRule(
            needle,
            (word,),
            SURE,
            (f"{word}={{b62:12}}", f"{word.upper()}: {{b62:12}}", f"db_{word}='{{b62:12}}'"),
            (f"{word}=None", f"{word}s: 3", f"x{word}: a-word-that-merely-contains-it"),
        )
        for needle, word in (("pw", "pword"), ("pass", "passw"))
    ),
    *(
        KeyRule(
            ALONE,
            (word,),
            GIVEN_KEY,
            (f"GH_{word.upper()}={{b62:24}}", f"'my_{word}': '{{b62:40}}'"),
            (
                *(f"my_{word}=None", f"my_{word}: 12", f"my_{word}=hello-to-everybody-here"),
                *(f"my_{word}=https://api.example.com/v1/items", f"my_{word}_count={{hex:32}}"),
            ),
        )
        for word in (
            *("api", "arl", "fernet", "licence", "license", "pat", "pepper", "psk", "salt", "sk"),
        )
    ),
)
