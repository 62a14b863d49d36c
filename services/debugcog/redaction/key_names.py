"""The name of a key → how short a value of it may be and still be a secret; None for no secret."""

from __future__ import annotations

from functools import lru_cache

from services.debugcog.patterns import late_pattern
from services.debugcog.redaction.foreign import IN_OUR_LETTERS
from services.debugcog.redaction.key_rule import GIVEN_KEY, PHRASE, SURE, WRITTEN
from services.debugcog.redaction.key_rules import KEY_RULES

PARTS = late_pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
FAILURES = (
    *("error", "exception", "warning", "expired", "failure", "failed", "timeout", "invalid"),
    "badcredentials",
)
"""Ends of names that tell what went wrong, and not a value: ``InvalidTokenError: bad padding``."""
ENDS = ("password", "passwd", "pwd", "secret", "token", "apikey", "credentials", "cookie")
BEGINNINGS = ("csrf", "xsrf", "webhook")
"""Words that are long enough to be found in a part: ``csrfmiddlewaretoken``, ``PGPASSWORD``."""
_PUBLIC_KEYS = """
alternate attribute cache candidate column composite config custom dedup dedupe dict dup duplicate
evaluated field foreign group hash hot hotkey i idempotency index item job json label locale lock
lookup map message meta natural object order parent partition primary public publishable queue redis
region routing row s search shard short shortcut sort start surrogate table tag translation
unique verify websocket
"""
PUBLIC_KEYS = frozenset(_PUBLIC_KEYS.split())
"""Words before ``key`` that say that it opens nothing."""
_PUBLIC_LISTS = """
active added allowed authorized banned blocked changed deleted different duplicated empty existing
expected expired extra failed first host ignored input invalid known last loaded missing new num old
optional output pressed removed required reserved stale state supported unexpected unknown unused
updated valid
"""
PUBLIC_LISTS = PUBLIC_KEYS | frozenset(_PUBLIC_LISTS.split())
"""Words before ``keys`` that say the same: most are of mappings."""
_PUBLIC_PASSES = """
band battle boarding event first guild hall high low premium raid season second third vip
"""
PUBLIC = {
    "key": PUBLIC_KEYS,
    "keys": PUBLIC_LISTS,
    "pass": frozenset(_PUBLIC_PASSES.split()),
    "address": frozenset(("token", "tokens")),
    "contract": frozenset(("token",)),
    "mint": frozenset(("token",)),
    "signature": frozenset(("transaction", "tx", "txn")),
    "token": frozenset(("cancellation", "continuation", "next", "nextpage", "sync", "nextsync")),
}
"""Last words of names → words right before them that say that it is no secret: ``cache_key``, but
not ``CACHE_ENCRYPTION_KEY``."""
READ = {"token": frozenset(("illegal", "unexpected", "unrecognised", "unrecognized"))}
"""Last words of names → words before them that say that it is what a parser read."""
ANY_KEY, BARE_KEY = 12, 16
IN_URL = {
    "key": 6,
    "sig": SURE,
    "sign": SURE,
    "signature": SURE,
    "api": 16,
    "apihash": 16,
    "hash": 24,
    "code": 16,
    "appcode": 12,
    "license": 12,
    "ticket": 16,
    "ak": 16,
    "sk": 16,
    "tk": 12,
    "k": 24,
    "rlkey": 16,
}
"""What names a secret in the query of an address only, or there with shorter values."""
IN_OTHER_WORDS = 8
"""Of a name with a secret's word that is about something else: ``token_type``, ``secret_santa``."""
ABOUT = ("algorithm", "header", "name", "names", "state", "status", "title", "type")
"""Ends of such names whose values people choose: ``session_name=friday-night-dnd``."""
NOT_VALUES = ("class", "format", "hasher", "kind", "pattern", "regex", "validator")
"""Ends of names of what a secret is made, checked or read with: ``token_class=AccessTokenV2``."""
OF_CHOSEN = 20
DIGITS = {
    **dict.fromkeys(("otp", "totp", "passcode", "pin", "pincode", "code", "authcode"), (4, 10)),
    **dict.fromkeys(("password", "pwd", *IN_OUR_LETTERS), (6, 16)),
}
"""Names whose values may be digits alone, and how many."""

PHRASES = ("mnemonic", "phrase", "seed", "words")
"""Ends of names whose values may be a list of words."""
COUNTED = ("tokens", "cookies", "secrets", "passwords")
"""Words of names whose values are often a number of things."""

_WORDS = {word: rule.shortest for rule in KEY_RULES for word in rule.words}


@lru_cache(maxsize=2048)
def shortest_secret(name: str, *, in_url: bool = False, in_setting: bool = False) -> int | None:
    """Return how many characters a value needs to be a secret; None for a name of none.

    Args:
        name: as it stands in a text.
        in_url: it is a parameter of an address.
        in_setting: it is the name of a setting: ``KEY_OPENAI``.
    """
    parts = [part.lower() for part in PARTS.findall(name)]
    if not parts or name.lower().endswith(FAILURES):
        return None
    if in_url and "".join(parts) in IN_URL:
        return IN_URL["".join(parts)]
    found = _last_word(parts)
    if is_public("".join(parts[-2:-1]), parts[-1]) or is_public("".join(parts[-3:-1]), parts[-1]):
        return OF_CHOSEN if parts[-1] == "pass" else None
    if found is not None and (parts[-1] not in ("key", "keys") or found[1] != GIVEN_KEY):
        return _shortest_by_word(parts, *found, in_setting=in_setting)
    if parts[-1] in ("key", "keys") and len(parts) > 1:
        return ANY_KEY
    if parts == ["key"]:
        return BARE_KEY
    is_setting_of_key = in_setting and "key" in parts and PUBLIC_KEYS.isdisjoint(parts)
    return GIVEN_KEY if is_setting_of_key else None


def _shortest_by_word(parts: list[str], end: int, shortest: int, *, in_setting: bool) -> int | None:
    """Return how short a secret may be after a name with a word that ends with part ``end``."""
    if end == len(parts):
        return shortest
    if parts[-1] in NOT_VALUES or (shortest == GIVEN_KEY and not in_setting):
        return None
    return max(shortest, OF_CHOSEN if parts[-1] in ABOUT else IN_OTHER_WORDS)


def names_secret(name: str) -> bool:
    """Return whether the name alone says that its value is a secret, whatever that looks like."""
    parts = [part.lower() for part in PARTS.findall(name)]
    found = _last_word(parts)
    if found is None or found[1] >= PHRASE:
        return False
    return found[0] == len(parts) and parts[-1] not in COUNTED


def names_section(name: str) -> bool:
    """Return whether what is below such a name may be a secret, whatever it is called there."""
    parts = [part.lower() for part in PARTS.findall(name)]
    found = _last_word(parts)
    return found is not None and found[0] == len(parts) and found[1] <= WRITTEN


def is_public(first: str, last: str) -> bool:
    """Return whether a name of two words is of no secret, though the last word alone is."""
    return first.lower() in PUBLIC.get(last.lower(), ())


def is_read(first: str, last: str) -> bool:
    """Return whether a name of two words is of a piece that a parser read: SQL, JSON, a formula."""
    return first.lower() in READ.get(last.lower(), ())


def is_phrase(name: str) -> bool:
    """Return whether a value of a name may be a list of words."""
    return name.lower().endswith(PHRASES)


def digits_allowed(name: str) -> tuple[int, int] | None:
    """Return between how many digits a value of a name is a secret, where digits alone can be."""
    parts = PARTS.findall(name)
    return DIGITS.get(parts[-1].lower()) if parts else None


def _last_word(parts: list[str]) -> tuple[int, int] | None:
    """Find the last word that names a secret: the number of its last part, and its shortest."""
    for end in range(len(parts), 0, -1):
        for size in (3, 2, 1):
            word = "".join(parts[max(0, end - size) : end])
            if word in _WORDS and end >= size:
                return end, _WORDS[word]
        if "".join(parts[max(0, end - 2) : end]).endswith(ENDS):
            return end, SURE
        if parts[end - 1].startswith(BEGINNINGS):
            return end, _WORDS.get(parts[end - 1], IN_OTHER_WORDS)
    return None
