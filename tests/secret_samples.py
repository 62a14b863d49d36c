"""A seeded random source → synthetic secrets of every known shape, each in its text."""

from __future__ import annotations

import base64
import random
import re
import string
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from services.debugcog.redaction.address_rules import ADDRESS_RULES
from services.debugcog.redaction.key_rules import KEY_RULES
from services.debugcog.redaction.remainder_rules import REMAINDER_RULES
from services.debugcog.redaction.token_rules import TOKEN_RULES

ALNUM = string.ascii_letters + string.digits
URL_SAFE = ALNUM + "-_"
UPPER = string.ascii_uppercase + string.digits
ALPHABETS = {
    "b62": ALNUM,
    "url": URL_SAFE,
    "b64": ALNUM + "+/",
    "b32": string.ascii_uppercase + "234567",
    "hex": "0123456789abcdef",
    "up16": "0123456789ABCDEF",
    "low": string.ascii_lowercase + string.digits,
    "dec": string.digits,
}
"""Names in the examples of the rules: ``{b62:36}`` are 36 random letters and digits."""
WORDS = """
abuse actor admit adult agent alarm album angry apple arctic armor basket beauty bicycle borrow
broom canvas cattle cherry citrus copper cradle dragon eagle fabric galaxy hazard island jungle
""".split()  # noqa: SIM905 - a list of 28 words in quotes is harder to read
"""Some of those of which wallets make their phrases: ``{bip:12}`` are twelve of them."""
RANDOM_PART = re.compile(r"\{(\w+):(\d+)\}")
NOT_SECRET = ("dec", "uuid")
"""Parts that are ids; in texts of real bots the same figures stand elsewhere."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A text that a bot could log, and the random part of the secret in it."""

    text: str
    secret: str

    def leaks_in(self, output: str) -> bool:
        """Tell whether any 8 characters of the secret's random part are in an output."""
        if len(self.secret) < 8:
            return self.secret in output
        return any(part in output for part in _parts(self.secret))


def leaks(made: list[Sample], output: str) -> list[str]:
    """List the texts of which any 8 characters of the secret are in a long output."""
    parts = _parts(output)
    return [sample.text for sample in made if parts & _parts(sample.secret)]


def _parts(text: str) -> set[str]:
    return {text[at : at + 8] for at in range(len(text) - 7)}


def _of(alphabet: str, length: int) -> Callable[[random.Random], str]:
    return lambda source: "".join(source.choices(alphabet, k=length))


def _bot_token(source: random.Random) -> str:
    account = base64.b64encode(str(source.randrange(10**17, 10**18)).encode()).decode().rstrip("=")
    return ".".join((account, _of(URL_SAFE, 6)(source), _of(URL_SAFE, 38)(source)))


def _jwt(source: random.Random) -> str:
    head, body = "eyJ" + _of(URL_SAFE, 33)(source), "eyJ" + _of(URL_SAFE, 60)(source)
    return ".".join((head, body, _of(URL_SAFE, 43)(source)))


def _pem(source: random.Random) -> str:
    return "\n".join(_of(ALNUM + "+/", 64)(source) for _ in range(4))


SHAPES: dict[str, tuple[Callable[[random.Random], str], tuple[str, ...]]] = {
    "bot token": (_bot_token, ("login with {} failed", "Bot {}", "'{}'", "x={}&y=1", "({})")),
    "user token": (_of(URL_SAFE, 84), ("mfa.{}", "got mfa.{} back")),
    "webhook": (
        _of(URL_SAFE, 68),
        (
            "POST https://discord.com/api/webhooks/123456789012345678/{} failed",
            "/api/v10/webhooks/123456789012345678/{}/messages/@original",
        ),
    ),
    "interaction": (
        _of(URL_SAFE, 180),
        ("/interactions/123456789012345678/{}/callback", "aW50ZXJhY3Rpb246{}"),
    ),
    "jwt": (_jwt, ("{}", "jwt {} expired", '"{}"')),
    "authorization": (
        _of(URL_SAFE, 30),
        (
            "Authorization: {}",
            "authorization: Basic {}",
            "{{'Authorization': 'Token {}', 'Accept': '*/*'}}",
            "Proxy-Authorization: Digest {}",
        ),
    ),
    "scheme": (_of(ALNUM, 24), ("Bearer {}", "header was Bot {}", "Bearer  {}, closed")),
    "url password": (
        _of(ALNUM, 20),
        ("postgresql://bot:{}@db.example:5432/bot", "https://user:{}@example.com/x?y=1"),
    ),
    "url query": (
        _of(ALNUM, 24),
        (
            "GET /v1/items?key={}&page=2",
            "https://x.example/?page=2&token={}",
            "https://x.example/?sig={} timed out",
        ),
    ),
    "openai": (_of(ALNUM, 48), ("sk-{}", "Incorrect key provided: sk-{}.", "sk-proj-{}")),
    "github": (_of(ALNUM, 36), ("ghp_{}", "gho_{}", "ghu_{}", "ghs_{}", "ghr_{}")),
    "github fine": (_of(ALNUM + "_", 82), ("github_pat_{}", "use github_pat_{} here")),
    "slack": (_of(ALNUM, 40), ("xoxb-{}", "xoxp-{}", "xoxa-{}", "xoxs-{}")),
    "google": (_of(URL_SAFE, 35), ("AIza{}", "/maps?x=AIza{}")),
    "aws": (_of(UPPER, 16), ("AKIA{}", "ASIA{}", "id 'AKIA{}'")),
    "hugging face": (_of(ALNUM, 34), ("hf_{}", "HfApi(hf_{})")),
    "stripe": (_of(ALNUM, 24), ("sk_live_{}", "rk_live_{}", "pk_live_{}")),
    "pem": (
        _pem,
        (
            "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
            "cannot load -----BEGIN PRIVATE KEY-----\n{}\n",
        ),
    ),
}

KEYS = (
    *("password", "db_passwd", "PWD", "client-secret", "SECRET", "bot_token", "apikey", "api-key"),
    *("OPENAI_API_KEY", "api key", "aws_access_key", "private_key", "credential", "auth"),
    *("X-Auth", "bearer", "cookie", "Set-Cookie", "session_id", "csrf", "csrfmiddleware", "jwt"),
    *("sentry_dsn", "webhook", "signature", "otp", "totp", "connection string", "ConnectionString"),
    *("author_token", "tokens_input", "max_tokens", "accessToken"),
)
KEYED = (
    *(
        "{key}={secret}",
        "{key}: {secret}",
        "'{key}': '{secret}'",
        '{{"{key}": "{secret}", "n": 1}}',
    ),
    *('{{"{key}":"{secret}","n":1}}', "f({key}='{secret}', n=1)", "{key} = b'{secret}'"),
    *('{{\\"{key}\\": \\"{secret}\\"}}', "x['{key}'] = '{secret}'", "{key} => {secret}"),
    *("({key}={secret})", '{key} = """{secret}"""', "{key}: str = '{secret}'"),
    *("[('{key}', '{secret}'), ('n', 1)]", "((b'{key}', b'{secret}'),)", "<{key}>{secret}</{key}>"),
    *("{{'{key}': ['a', '{secret}']}}", "{key}=('a', '{secret}')", "{key}%3D{secret}%26n%3D1"),
    *("n: 1\n{key}:\n  {secret}\n", "{key}: |\n  {secret}\n", "- {key}: {secret}\n"),
    *(
        "\x1b[36m{key}\x1b[0m={secret}",
        "{key}                = {secret}",
        "?n=1&{key}={secret}&m=2",
    ),
    *("{key}: SecretStr = '{secret}'", "{key}[0]={secret}", "Login({key}='{secret}', n=1)"),
)


def samples(count: int, seed: int = 20) -> list[Sample]:
    """Make ``count`` samples: each shape in turn, each key with each way to write it."""
    source = random.Random(seed)
    made = []
    for number in range(count):
        if number % 2:
            made.append(_shaped(source, list(SHAPES)[number // 2 % len(SHAPES)]))
        else:
            made.append(_keyed(source, number // 2))
    return made


def mixed_samples(count: int, seed: int) -> list[Sample]:
    """Make ``count`` samples: half of them of the rules' own examples."""
    return [*samples(count // 2, seed), *ruled_samples(count - count // 2, seed)]


def ruled_samples(count: int, seed: int = 20) -> list[Sample]:
    """Make ``count`` samples of the rules' own examples, each in turn."""
    source = random.Random(seed)
    return [filled(TEMPLATES[number % len(TEMPLATES)], source) for number in range(count)]


def filled(template: str, source: random.Random) -> Sample:
    """Fill an example of a rule; ids in it are no secret, unless it has nothing else."""
    parts: list[tuple[str, str]] = []

    def part(match: re.Match[str]) -> str:
        kind, length = match[1], int(match[2])
        if kind == "uuid":
            made = str(uuid.UUID(int=source.getrandbits(128), version=4))
        elif kind == "bip":
            made = " ".join(source.choices(WORDS, k=length))
        else:
            made = _of(ALPHABETS[kind], length)(source)
        parts.append((kind, made))
        return made

    text = RANDOM_PART.sub(part, template)
    secret = [made for kind, made in parts if kind not in NOT_SECRET]
    return Sample(text, "\n".join(secret or [made for _, made in parts]))


TEMPLATES = tuple(
    example
    for rules in (TOKEN_RULES, ADDRESS_RULES, REMAINDER_RULES, KEY_RULES)
    for rule in rules
    for example in rule.hides
    if any(kind not in NOT_SECRET for kind, _ in RANDOM_PART.findall(example))
)
"""The rules' examples that have something random in them."""


def _shaped(source: random.Random, name: str) -> Sample:
    make, frames = SHAPES[name]
    secret = make(source)
    return Sample(source.choice(frames).format(secret), secret)


def _keyed(source: random.Random, number: int) -> Sample:
    secret = _of(ALNUM + "!$%*+./:@^_~-", source.randrange(8, 40))(source)
    if secret.lower().startswith(("bot", "token")):  # part of a secret may read as a key
        secret = "9" + secret
    frame = KEYED[number % len(KEYED)]
    return Sample(frame.format(key=KEYS[number // len(KEYED) % len(KEYS)], secret=secret), secret)
