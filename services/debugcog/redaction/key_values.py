"""A key in a text → where its value is, and whether that is a secret."""

from __future__ import annotations

import re

from services.debugcog.frozen import frozen
from services.debugcog.patterns import late_pattern
from services.debugcog.redaction import DONE
from services.debugcog.redaction.key_names import (
    COUNTED,
    digits_allowed,
    is_phrase,
    names_secret,
    shortest_secret,
)
from services.debugcog.redaction.key_rule import WRITTEN
from services.debugcog.redaction.notations import BLANK, BREAK, SOME_BLANKS
from services.debugcog.redaction.phrases import (
    WALLET,
    end_of_phrase,
    is_app_password,
    is_passphrase,
)
from services.debugcog.redaction.prose import is_prose
from services.debugcog.redaction.source_lines import is_code
from services.debugcog.redaction.values import (
    MARKS,
    PIECE,
    PLAIN,
    is_counted,
    is_opaque,
    is_piece,
    is_plain,
    is_saying,
)
from services.debugcog.redaction.words import is_words

BLOCK = late_pattern(rf"([|>][+\-\d]{{0,2}})?[ \t]{{0,8}}{BREAK}(?={SOME_BLANKS}\S)")
"""YAML: the value is in the lines below."""
LINES = late_pattern(rf"(?:{SOME_BLANKS}[^\n⏎]*(?:\n|⏎|\Z))+")
ALONE = late_pattern(rf"{SOME_BLANKS}\S{{4,}}(?=[ \t]*(?:{BREAK}|\Z))")
_ITEM = (
    rf"[ \t]{{0,20}}- (?:\\{{0,8}}[\"'])?[^\s⏎\\\"']{{1,1024}}(?:\\{{0,8}}[\"'])?"
    rf"(?=[ \t]*(?:{BREAK}|\\{{0,8}}[\"']|\Z))"
)
ITEMS = late_pattern(rf"(?:[ \t]{{0,8}}{BREAK}{_ITEM}){{1,100}}")
"""YAML: the values are a list in the lines below, each a word."""
LISTED = late_pattern(rf"[ \t]*{BREAK}[ \t]*- ")
BRACKETS = late_pattern(
    r"\[(?!redacted\])[^\]\n]{0,2000}\]?|\([^)\n]{0,2000}\)?|\{[^}\n]{0,2000}\}?"
)
BEHIND_BRACKETS = late_pattern(r"[A-Za-z\d]{8}")
"""Then they are the beginning of a password."""
IN_BRACKETS = late_pattern(r"[^\s,;:=(){}\[\]\"']+")
OPENING = late_pattern(r"[bBfFrRuU]{0,2}(\\{0,8})(\"\"\"|'''|\"|'|`)")
INSIDE = {
    quote: late_pattern(rf"(?:\\.|(?!{quote})[^\\\n])*") for quote in ('"""', "'''", '"', "'", "`")
}
OVER_LINES = {
    quote: late_pattern(rf"(?:\\[^\n ]|(?!{quote})[^\\ ]|(?<=\n) {{1,40}}){{0,4000}}(?={quote})")
    for quote in ('"""', "'''")
}
"""A text of several lines that is no prose: without a blank but in front of a line."""
NEXT_LITERALS = late_pattern(
    rf"(?:(\\{{0,8}}[\"']){BREAK}[ \t]{{1,80}}[bBuU]?\\{{0,8}}[\"']"
    r"(?:(?!\1)[^\n]){0,400}(?=\1)){1,40}"
)
"""What pprint writes of a long text behind its first line."""
NEXT_IN_BOX = late_pattern(
    r"(?:\n[│┃|] {2,40}[^\s\"'│┃]{1,400} *[│┃|]?){0,8}\n[│┃|] {2,40}[^\s\"'│┃]{1,400}(?=[\"'])"
)
"""What rich writes of one in a box behind its first line."""
BYTES = late_pattern(r"[\[(](?:\d{1,3}, ?){15,}\d{0,3}[\])]?")
"""Sixteen numbers or more, as a key is written that is not text."""
QUOTED = late_pattern(r"(\\{0,8}[\"'])((?:(?!\1)[^\n])*)\1")
NOTHING = late_pattern(
    r"[,;)\]}](?![A-Za-z\d]{8})|\s|\Z|<[\w.]{1,100} (?:object )?at 0x"
    rf"|(?:[|>] ?)?(?:\\{{1,8}}[nr]){{0,2}}\\{{0,8}}(?:\[redacted\]|{DONE})(?![\w.-])"
    r"|(?:\$\{\w{1,60}\}|\$?\{\{[ \w.]{1,80}\}\})(?![\w-])"  # a shell's, a template's
)
LISTED_SHORTEST = 8
"""Characters of the shortest secret in a list of YAML."""
CALL = late_pattern(
    r"(?:await )?((?:self|os|settings|config)\.[\w.]{1,80}|[A-Za-z_][\w.]{0,80}(?=[(\[]))"
)
CALL_SHORTEST = 6
"""Characters of a text between the brackets of a call that can be a secret."""
OWN = late_pattern(r"(?:self|os|settings|config)\.")
IDENTIFIER = late_pattern(r"[A-Za-z_.-]{1,60}")
PLACEHOLDER = late_pattern(r"\{[A-Za-z_][\w.]{0,60}(?:\(\)|\[['\"]?\w{1,40}['\"]?\])?(?:![rsa])?\}")
BRACED = late_pattern(r"\{([\w.:!]{8,128})\}")
"""What ODBC has for a password, or a placeholder, if it is words."""
SNAKE = late_pattern(r"_*[a-z]+(?:[._]+[a-z]+)*")
SCHEME = r"(?:Bearer|Basic|Bot|Token|Digest|OAuth|Negotiate|[A-Z][\w.]{1,20}(?:-[\w-]{1,30})?)"
WORD = late_pattern(
    r"(?:(?i:Bearer|Basic|Bot|Token|Digest)[ \t]+)?(?:(?![;,&|] ?[\w.-]{1,60}=)\S)+"
)
AUTHORIZED = late_pattern(rf"{SCHEME}[ \t]+(\S+)")
URL_WORD = late_pattern(r"[^&\s#\"'<>]*")
CELL = late_pattern(rf"(?:(?!{BLANK}|{BREAK})\S)+")
UNQUOTED = late_pattern(r"(?=(?:[^\W\d]*\d){3})[\w-]{20,200}(?=[ \t]*(?:#|\n|\Z))")
"""A key that somebody wrote into a source line without quotes."""
WHOLE_WORD = late_pattern(r"\S+")
CREDENTIALS = late_pattern(rf"{SCHEME}[ \t]+(?=\S)([^\n\"']*)|(?:Bearer|Basic|Bot|Token)\Z")
PARAMETERS = late_pattern(
    rf"{SCHEME}[ \t]+(?:[\w-]{{1,40}}=(?:\\{{0,8}}\"[^\"\n]*\"|[^\s,\"']*),? ?)+"
)
PAIRS = late_pattern(r"[\w!#$%&'*+.^`|~-]{1,80}=[^\s;,\"']+[^\n\"']*")
CLOSERS = ",;)]}>\"'`\\"


@frozen
class Key:
    """A key in a text.

    Attributes:
        name: as it stands there.
        separator: what is between it and its value.
        start: where it starts.
        value: where its value starts.
        shortest: characters of the shortest value that is a secret.
        in_url: it is a parameter of an address.
    """

    name: str
    separator: str
    start: int
    value: int
    shortest: int
    in_url: bool


def span_of_value(text: str, key: Key) -> tuple[int, int]:
    """Find where the key's value starts and ends; at the same place when it has none."""
    opening = OPENING.match(text, key.value)
    if opening is not None:
        end = _end_of_quoted(text, opening)
        more = (NEXT_IN_BOX if text.startswith("\n", end) else NEXT_LITERALS).match(text, end)
        return opening.end(), more.end() if more else end
    listed = ITEMS.match(text, key.value) if key.separator.startswith(":") else None
    if listed is not None:
        return listed.span()
    block = BLOCK.match(text, key.value) if key.separator.startswith(":") else None
    if block is not None:
        return block.end(), _end(LINES if block[1] else ALONE, text, block.end())
    if NOTHING.match(text, key.value):
        return key.value, key.value
    if is_code(text, key.start):
        return key.value, _end_of_literals(text, key.value)
    if key.separator[0] in ":=" and is_prose(text, key.name, key.separator, key.value):
        return key.value, key.value
    phrase = end_of_phrase(text, key.name, key.start, key.value)
    return key.value, _end_of_bare(text, key) if phrase is None else phrase


def _end_of_literals(text: str, start: int) -> int:
    """Find the end of brackets in source with something in quotes, or of a key without quotes."""
    bracket = BRACKETS.match(text, start)
    if bracket is not None:
        return bracket.end() if QUOTED.search(bracket[0]) else start
    unquoted = UNQUOTED.match(text, start)
    return unquoted.end() if unquoted and is_opaque(unquoted[0]) else start


def is_secret(name: str, value: str) -> bool:
    """Return whether a value is a secret by the name that it has."""
    shortest = shortest_secret(name)
    return shortest is not None and hides(name, value, shortest)


def hides(name: str, value: str, shortest: int, *, quoted: bool = True) -> bool:
    """Return whether a value is a secret.

    Args:
        name: of its key.
        value: as it stands in the text.
        shortest: characters of the shortest value that is a secret.
        quoted: it stands in quotes, and is no code.
    """
    if LISTED.match(value):  # it may list names, so what is in it has to look like a secret
        return _hides_parts(name, value, max(shortest, LISTED_SHORTEST))
    value = (_without_placeholders(value) if "{" in value else value).replace(DONE, "").strip()
    if value.isdecimal():
        least, most = digits_allowed(name) or (1, 0)
        return least <= len(value) <= most
    if PLAIN.fullmatch(value) or (not quoted and _is_call(value)):
        return False
    credentials = CREDENTIALS.match(value) if "auth" in name.lower() else None
    if credentials is not None:
        return not is_plain(credentials[1] or "")
    if _is_list(name, value):
        return True
    if BRACKETS.fullmatch(value):
        return _hides_parts(name, value, shortest)
    return _is_single(name, value, shortest)


def _is_single(name: str, value: str, shortest: int) -> bool:
    """Tell whether a value without brackets is a secret."""
    if _is_name(value) or (name.lower().endswith(COUNTED) and is_counted(value)):
        return False
    if shortest <= WRITTEN:
        return not is_plain(value)
    return is_opaque(value, shortest) or is_app_password(name, value)


def hides_of(key: Key, value: str, *, quoted: bool) -> bool:
    """Return whether the value of a key is a secret, as ``hides`` does."""
    name, is_set = key.name.lower(), key.separator[0] in ":=" and not key.in_url
    if is_set and name.endswith("token") and is_piece(value):
        return False
    if is_set and quoted and "pass" in name and is_passphrase(value):
        return True
    return hides(key.name, value, key.shortest, quoted=quoted)


def _without_placeholders(value: str) -> str:
    braced = BRACED.fullmatch(value)
    if braced is not None and is_opaque(braced[1]):
        return braced[1]
    return PLACEHOLDER.sub("", value).strip(":/@-_.,")


def _hides_parts(name: str, value: str, shortest: int) -> bool:
    """Tell whether a list has a secret."""
    parts = [part.lstrip("<") for part in IN_BRACKETS.findall(value)]
    parts += [match[2] for match in QUOTED.finditer(value)]
    if name.lower().endswith("tokens"):  # those of a language model are words, or pieces of them
        parts = [part for part in parts if len(part) > PIECE and not is_words(part.strip(MARKS))]
    hidden = any(hides(name, part, shortest) for part in parts)
    return hidden and not is_saying(" ".join(parts))


def _is_list(name: str, value: str) -> bool:
    """Tell whether a value is what only a cookie, a wallet or a key has: pairs, words, bytes."""
    if BYTES.fullmatch(value) and (names_secret(name) or name.lower().endswith("key")):
        return max(map(int, IN_BRACKETS.findall(value))) < 256
    if "cookie" in name.lower() and PAIRS.match(value):
        return True
    words = " ".join(IN_BRACKETS.findall(value.replace("\\", " "))) if is_phrase(name) else ""
    return WALLET.fullmatch(words) is not None


def _is_name(value: str) -> bool:
    """Tell whether a value is itself the name of a secret: ``token=next_token``."""
    name = value.removesuffix(":")  # with a colon it is the key of another value
    if not IDENTIFIER.fullmatch(name) or shortest_secret(name) is None:
        return False
    return name != value or is_words(name)


def _is_call(value: str) -> bool:
    """Tell whether a value is read from somewhere: ``get_token()``, ``self.token``."""
    call = CALL.match(value)
    if call is None or not (OWN.match(call[1]) or SNAKE.fullmatch(call[1]) or is_words(call[1])):
        return False
    parts = IN_BRACKETS.findall(value[call.end() :])
    return not any(is_opaque(part, 16 if part.isalpha() else CALL_SHORTEST) for part in parts)


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _end_of_quoted(text: str, opening: re.Match[str]) -> int:
    backslashes, quote = opening.groups()
    if not backslashes:
        whole = OVER_LINES[quote].match(text, opening.end()) if quote in OVER_LINES else None
        return whole.end() if whole else _end(INSIDE[quote], text, opening.end())
    mark, start = backslashes + quote, opening.end()  # JSON in a string: its quotes are escaped
    if text.startswith(mark * 2, start):
        mark, start = mark * 3, start + 2 * len(mark)
    end = text.find(mark, start)
    end = end if end >= 0 else len(text)
    line_end = text.find("\n", opening.end(), end)
    return line_end if line_end >= 0 else end


def _end_of_bare(text: str, key: Key) -> int:
    name = key.name.lower()
    header = PAIRS if "cookie" in name else PARAMETERS if "auth" in name else None
    match = header.match(text, key.value) if header and key.separator[0] == ":" else None
    if match is None and header is PARAMETERS:
        match = AUTHORIZED.match(text, key.value)
        match = match if match and is_opaque(match[1].strip(CLOSERS), key.shortest) else None
    if match is not None:
        return match.end()
    brackets = BRACKETS.match(text, key.value)
    start = brackets.end() if brackets else key.value
    if brackets is not None and not BEHIND_BRACKETS.match(text, start):
        return start
    pattern = URL_WORD if key.in_url or key.separator[0] in "%>" else WORD
    pattern = CELL if key.separator == " " else pattern
    pattern = WHOLE_WORD if name.endswith("string") else pattern  # Server=…;Password=…
    end = _end(pattern, text, start)
    return key.value + len(text[key.value : end].rstrip(CLOSERS))
