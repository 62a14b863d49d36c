"""Keys with their values in every form in which a program writes the text around them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from services.debugcog.redaction.redactor import redact
from tests.printed_forms import FORMS

PHRASE = "adult agent alarm album angry apple arctic armor basket beauty bicycle borrow"
SECRETS = (
    ("token\tkQ8vT3nB6xW1zR5mY9cL2pD7hJ4sF0gA", "kQ8vT3nB6xW1zR5mY9cL2pD7hJ4sF0gA"),
    ("| token\t|\tkQ8vT3nB6xW1zR5mY9cL2pD7hJ4sF0gA\t|", "kQ8vT3nB6xW1zR5mY9cL2pD7hJ4sF0gA"),
    ("Bearer\tkQ8vT3nB6xW1zR5mY9cL", "kQ8vT3nB6xW1zR5mY9cL"),
    ("password\v=\fkQ8vT3nB6xW1", "kQ8vT3nB6xW1"),
    ("password\xa0=\xa0kQ8vT3nB6xW1", "kQ8vT3nB6xW1"),
    ("password is\tkQ8vT3nB6xW1", "kQ8vT3nB6xW1"),
    ("password:\n\tkQ8vT3nB6xW1", "kQ8vT3nB6xW1"),
    ("password:\r\n  kQ8vT3nB6xW1", "kQ8vT3nB6xW1"),
    ("password\u3000\uff1a\u3000kQ8vT3nB6xW1", "kQ8vT3nB6xW1"),
    ("contraseña=kQ8vT3nB6xW1", "kQ8vT3nB6xW1"),
    ("Пароль: kQ8vT3nB6xW1", "kQ8vT3nB6xW1"),
    ("密码\uff1akQ8vT3nB6xW1", "kQ8vT3nB6xW1"),
    (f"mnemonic={PHRASE}", PHRASE),
    ("pin=4821", "4821"),
)
HARMLESS = (
    "tokens\t1847\tprompt\t22",
    "token\twho may use it",
    "senha: incorreta",
    "contraseña: incorrecta",
    "пароль: неверный",
    "密码\uff1a错误",
    "password\tfor mia is required",
    "seed\t42",
    "pin\ttrue",
)
WRITTEN: dict[str, Callable[[str], str]] = {
    **FORMS,
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)),
}


@pytest.mark.parametrize("form", WRITTEN)
def test_a_secret_is_hidden_in_each_form(form: str) -> None:
    shown = [text for text, secret in SECRETS if secret in redact(WRITTEN[form](text))]

    assert shown == []


@pytest.mark.parametrize("form", WRITTEN)
def test_what_is_no_secret_stays_in_each_form(form: str) -> None:
    written = [WRITTEN[form](text) for text in HARMLESS]

    assert [redact(text) for text in written] == written


def test_only_the_value_goes_when_the_key_is_in_other_letters() -> None:
    key = "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44\uff1d"

    assert redact(f"é {key}kQ8vT3nB6xW1, 密码: 'kQ8vT3nB6xW1' é") == (
        f"é {key}[redacted], 密码: '[redacted]' é"
    )
    assert redact(json.dumps(f"{key}kQ8vT3nB6xW1")) == json.dumps(f"{key}[redacted]")


def test_words_of_a_wallet_are_hidden_in_a_list() -> None:
    assert redact(f"seed_phrase={PHRASE.split()}") == "seed_phrase=[redacted]"


def test_the_bytes_of_a_key_are_hidden_as_a_list_of_numbers() -> None:
    key = [237, 191, 136, 70, 95, 3, 173, 237, 41, 171, 20, 194, 86, 231, 216, 80]

    assert redact(f"{{'secret_key': {key}, 'mode': 'aead'}}") == (
        "{'secret_key': [redacted], 'mode': 'aead'}"
    )
    assert redact(f"key={tuple(key)}, n=1") == "key=[redacted], n=1"
    assert redact(json.dumps({"token": key})) == '{"token": [redacted]}'
    assert redact(f"private_key={key[:15]}") == f"private_key={key[:15]}"
    assert redact(f"key={[*key, 256]}") == f"key={[*key, 256]}"
    assert redact(f"tokens={key}, token_ids={key}") == f"tokens={key}, token_ids={key}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "<pre>{&quot;token&quot;: &quot;@&quot;, &quot;n&quot;: 1}</pre>",
            "<pre>{&quot;token&quot;: &quot;[redacted]&quot;, &quot;n&quot;: 1}</pre>",
        ),
        ("{&#39;token&#39;: &#39;@&#39;}", "{&#39;token&#39;: &#39;[redacted]&#39;}"),
        ("<td>password&#61;@ </td>", "<td>password&#61;[redacted] </td>"),
        (r"token\u003d@ \u0026n\u003d1", r"token\u003d[redacted] \u0026n\u003d1"),
        (r"\u0022token\u0022:\u0022@\u0022", r"\u0022token\u0022:\u0022[redacted]\u0022"),
        (r"var a = '\x22token\x22:\x22@\x22'", r"var a = '\x22token\x22:\x22[redacted]\x22'"),
        ("{&quot;title&quot;: &quot;@&quot;}", "{&quot;title&quot;: &quot;@&quot;}"),
        ("token&quot;s end &#61; 12", "token&quot;s end &#61; 12"),
    ],
)
def test_a_value_is_found_where_html_or_javascript_escapes_the_marks_around_it(
    text: str, expected: str
) -> None:
    secret = "kQ8vT3nB6xW1zR5mY9cL"

    assert redact(text.replace("@", secret)) == expected.replace("@", secret)
