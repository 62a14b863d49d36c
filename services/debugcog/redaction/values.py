"""The text of a value → whether it can be a secret by its own shape, whatever stands before it.

Counts, durations, dates, booleans, plain paths, hosts and words are none. ``is_plain`` is for keys
that are sure to name a secret (``password``), ``is_opaque`` for those with a second meaning
(``session``, ``*_key``): there the value has to look like one.
"""

from __future__ import annotations

import re

from services.debugcog.patterns import late_pattern
from services.debugcog.redaction.words import is_words

_UNITS = (
    r"%|[kKMGT]?i?B|[kKMG]|[nuµm]?s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?|w|weeks?|y|x"
    r"|st|nd|rd|th"
)
_FILES = (
    r"png|jpe?g|gif|webp|webm|mp[34]|ogg|wav|json|txt|csv|toml|ya?ml|ini|py|html|css|js|zip|pdf"
    r"|ttf|log|db|onnx|npz"
)
PLAIN = late_pattern(
    "|".join(
        (
            r"",
            r"None|True|False|null|true|false|undefined|nil|NaN|nan|N/A|n/a|yes|no|on|off|YES|NO|await|-",
            rf"[-+~<>=]?\d{{1,20}}(?:[.,_]\d{{1,20}}){{0,6}}(?:e[-+]\d{{1,3}})? ?(?:{_UNITS})?",
            r"(?:\d{1,5}[wd] ?){0,2}(?:\d{1,5}h ?)?(?:\d{1,5}m(?:in)? ?)?(?:\d{1,5}(?:\.\d+)?s)?",
            r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)?(?:Z| ?[+-]\d\d:?\d\d)?",
            r"\d{1,4}(?:[:/.]\d{1,6}){1,4}(?::\d{1,5})?",
            r"v?\d{1,5}(?:\.\d{1,5}){1,3}(?:[-.+]?(?:a|b|rc|alpha|beta|dev|post)\.?\d{0,4})?",
            r":[a-z]{1,20}:`[^`]{1,100}`|arn:aws[\w-]{0,10}:[\w:/+=,.@-]{1,400}|S-1(?:-\d{1,20}){1,15}",
            r"projects/[\w-]{1,40}/secrets/[\w-]{1,255}(?:/versions/\w{1,20})?",  # Google's name
            r"0x[\da-fA-F]{1,16}|(?:%[A-Za-z]|[ :/.,TZ-]){3,40}",
            # What stands for a value in a format, a shell, a manual, or after another redaction:
            r"\{\w{1,40}(?:[.\w]|\(\)|\[['\"]?\w{1,40}['\"]?\]){0,40}(?:![rsa])?(?::[^{}\s]{0,20})?\}|%(?:\(\w{1,40}\))?[sdr]|\$\{\w{1,60}\}",
            r"<(?:@[!&]?|#|a?:\w{2,32}:)\d{15,20}>?",  # a mention at Discord
            r"\$[A-Z]+(?:_[A-Z]+)+|</?[A-Za-z_ |-]{1,40}>?|\[[A-Z]{2,10}\]",
            r"\*{2,}|[xX]{3,}|\.{2,}|…|[^\w\s]{1,3}",
            r"[\w-]{0,6}(?:\.{3}|…)[\w-]{0,4}|[\w-]{0,8}\*{3,}[\w-]{0,4}",
            r"\$\d{1,2}|:[a-z_]{1,40}",  # a parameter of SQL, as "?" above
            r"(?:(?:, )?[a-z_]{2,40}=(?:True|False|None|\d{1,9})){1,8}",  # arguments of a call
            # A member of an enum or a constant of a module, a file in a folder:
            r"(?:(?:[A-Z][a-z]{2,19}){1,6}|[a-z]{3,20})\.[A-Z]{2,14}\d?(?:_[A-Z]{1,14}){0,5}",
            rf"(?:[\w-]{{1,64}}/){{0,8}}[\w.-]{{1,128}}\.(?:{_FILES})",
            r"[a-z]{2,12}(?:-[a-z\d.]{1,8}){0,6}-\d{4}-\d\d-\d\d",  # a model, by its date
            r"(?i:[\[<(]?(?:redacted|hidden|filtered|masked|removed|censored|sanitized)[\])>]?)",
            # How a cookie is kept, without its value; and what is public of a key:
            (
                r"(?i:(?:(?:SameSite=\w{3,6}|Path=[\w/.-]{0,99}|Max-Age=\d{1,9}|HttpOnly|Secure)"
                r"(?:; ?)?){1,6})"
            ),
            r"SHA256:[A-Za-z\d+/]{43}=?|MD5:[\da-f]{2}(?::[\da-f]{2}){15}",
            r"<[\w.]{1,100} (?:object )?at 0x[\da-f]{1,16}>?|<(?:class|function|module) .*",
        )
    ),
    re.ASCII,
)

IDS = late_pattern(r"(?:[a-z]{1,20}[:/]){1,4}\d{5,25}(?:[:/]\d{1,25}){0,4}")
"""A key of a store that is made of ids, whatever is in front: ``rl:81384788765712384:60``."""
PLACE = late_pattern(r"(?:~|\.{1,2})?/|[A-Za-z]:[\\/]|\.{1,2}\\")
ROOTED = late_pattern(
    r"(?:~|[A-Z]:[\\/]{1,4}(?:Program|Users|Windows)[\w .()]*"
    r"|/(?:app|bin|code|data|dev|etc|home|lib|mnt|opt|private|proc|root|run|src|srv|sys|tmp|usr|var"
    r"|Applications|Library|Users|Volumes|workspace))[\\/]"
)
LOWER_PATH = late_pattern(r"(?:/[a-z]{1,20}){1,4}")
SLASH = late_pattern(r"[\\/]")
LONG = 12
"""Characters from which a part of a path has to be words."""
DOMAINS = (
    *("com", "org", "net", "io", "gg", "dev", "app", "ai", "co", "eu", "de", "uk", "us", "fr"),
    *("jp", "me", "tv", "xyz", "info", "local", "localdomain", "internal", "lan", "cloud"),
)
HOST = late_pattern(
    rf"localhost(?::\d{{1,5}})?|(?:[\w-]{{1,63}}\.){{1,6}}(?:{'|'.join(DOMAINS)})\b.*"
)
URL = late_pattern(r"[a-z][a-z\d+.-]{1,24}://(?!\S*@)")

_SAYINGS = """
a about accepted active added after again allowed already an and any are as at auth authenticated
authorized auto automatic bad basic be bearer because been before blank blocked bool but by bytes
called can cannot changed changes characters check checked cleared close closed configured connected
correct could created creating default deleted denied dict did differ different digest disabled do
does done during empty enabled encrypted error exceeded exists expired expiring failed failure field
float for forbidden found from generated given good granted had has hashed have he her hidden his
how if ignored in inactive incorrect int invalid is it its kept last length list loaded long lost
malformed mandatory mask masked match matched may minimum mismatch mismatched missing must need
needed needs never new next no none not now null object of off ok old on only open opened optional
or our out over pending please present protected provided random reached ready received refreshed
refused rejected removed renewed required requires reset restored retry revoked rotated saved see
sent set she short should shown skipped so some started starts stopped stored str string supplied
than that the their them then there these they this timeout to too try type unavailable unchanged
unexpected unknown unset until unused updated use used user using valid validated value verified
wait was weak were what when which while who will with without wrong you your
"""
SAYINGS = frozenset(_SAYINGS.split())
"""What messages say of a password or a token, and the words between."""
OPENINGS = ("contains", "quota")
"""What they begin with; behind another word it may be said of that one."""
SAID = late_pattern(r"[A-Za-z][a-z']{0,19}|[A-Z]{2,20}|\d{1,9}(?:[:/]\d{1,9})?[smhd]?")
SAYING_MAX = 400
_FIGURE = r"[~<>≈]?\d{1,9}(?:[.,]\d{1,9}){0,3}[kKM]?"
COUNT = late_pattern(rf"[a-z_]{{1,20}}[=:]\d{{1,20}}|{_FIGURE}(?:[-+±=/*\u2013→]{_FIGURE}){{1,6}}")
PIECE, KIND = 7, 12
"""Letters of the longest piece of a word, and of the name of a parser's token (``IDENTIFIER``)."""
MARKS = "!?*#|</>[]▁Ġ"
"""What stands around the words of a language model."""
COIN = late_pattern(r"[A-Z]{2,6}/[A-Z]{2,6}|[A-Z]{2,6}-[A-Z]{3}\d{0,4}")
"""What is traded for what, or on which chain."""
COMMON_MAX = 14
"""Letters of the longest word or name (``discord_bot``) that is common."""
NAME = late_pattern(r"[^\W\d_]+(?:[_-][^\W\d_]+)*")


def is_plain(value: str) -> bool:
    """Return whether a value can be no secret, even after ``password=``."""
    return PLAIN.fullmatch(value) is not None or is_place(value) or is_saying(value)


def is_opaque(value: str, shortest: int = 8) -> bool:
    """Return whether a value looks like a secret: long enough, and neither words nor figures."""
    if len(value) < shortest or PLAIN.fullmatch(value) or IDS.fullmatch(value):
        return False
    return any(
        len(part) >= shortest
        and not (PLAIN.fullmatch(part) or is_words(part.strip("!*`~")) or is_place(part))
        for part in value.split()
    )


def is_saying(text: str) -> bool:
    """Return whether a text is what a message says of a secret: "expired", "must not be empty"."""
    if len(text) > SAYING_MAX:
        return False
    words = [word.strip(".,;:!?'\"()…") for word in text.split()]
    words = [word for word in words if word]
    return all(map(SAID.fullmatch, words)) and (
        any(word.lower() in SAYINGS for word in words[:6])
        or (len(words) > 1 and words[0].lower() in OPENINGS)
    )


def is_counted(value: str) -> bool:
    """Return whether a value is what is counted, or a sum: ``in=1843``, ``57+17=74``."""
    return is_words(value) or COUNT.fullmatch(value) is not None


def is_piece(value: str) -> bool:
    """Return whether a value is a word, which a model or a parser reads as one token, or a coin."""
    word = value.strip(f"{MARKS} ") if not value.startswith("!") else value  # no tag of YAML
    longest = KIND if word.isupper() else PIECE
    is_word = len(word) <= longest and word.isalpha() and is_words(word)
    return is_word or COIN.fullmatch(word) is not None


def is_common(value: str) -> bool:
    """Return whether a setting's value is too common to be looked for in every text."""
    if PLAIN.fullmatch(value) or is_place(value) or ROOTED.match(value):
        return True
    return len(value) <= COMMON_MAX and NAME.fullmatch(value) is not None and is_words(value)


def is_place(value: str) -> bool:
    """Return whether a value is a path, a host or an address without anything random in it."""
    if LOWER_PATH.fullmatch(value):
        return True
    if not (PLACE.match(value) or URL.match(value) or HOST.fullmatch(value)):
        return False
    if ROOTED.match(value):
        return all(len(part) < LONG or is_words(part) for part in SLASH.split(value))
    address = URL.match(value)
    # A scheme is no secret, whatever it is called: "sqlite+aiosqlite".
    return is_words(f"http:{value[address.end() :]}" if address else value.removeprefix("~"))
