"""Values of variables that loguru and better_exceptions show below the lines of a traceback."""

from __future__ import annotations

import pytest

from services.debugcog.redaction.redactor import Redactor, redact

LOGURU = """\
> File "bot.py", line 17, in main
    connect("lava.example", lavalink_password, cfg.api_key, limit)
    │                       │                  │   │        └ 4096
    │                       │                  │   └ 'q7Hk2mVx9Lp'
    │                       │                  └ <Settings of the bot>
    │                       └ 'kaffee-Mango99x'
    └ <function connect at 0x7f8b9b4b>

  File "bot.py", line 14, in connect
    def connect(host, password, key, limit): raise ConnectionError("refused by " + host)
                │     │         │                                                   └ 'lava.example'
                │     │         └ 'q7Hk2mVx9Lp'
                │     └ 'kaffee-Mango99x'
                └ 'lava.example'

ConnectionError: refused by lava.example"""
HIDDEN = LOGURU.replace("kaffee-Mango99x", "[redacted]").replace("q7Hk2mVx9Lp", "[redacted]")


@pytest.mark.parametrize(("bar", "mark"), [("│", "└"), ("|", "->")])
def test_a_value_is_hidden_by_the_name_above_it_and_wherever_else_it_is_shown(
    bar: str, mark: str
) -> None:
    shown = LOGURU.replace("│", bar).replace("└", mark)

    assert redact(shown) == HIDDEN.replace("│", bar).replace("└", mark)
    assert redact(redact(shown)) == redact(shown)


def test_a_value_is_hidden_below_a_line_of_which_a_known_value_is_gone() -> None:
    shown = "    login('kT753wsztgn2bb', word)\n                            └ 'kaffee77Mango'"

    assert Redactor({"KEY_OF_BOT": "kT753wsztgn2bb"}, secrets=("kT753wsztgn2bb",))(shown) == (
        "    login('[redacted]', word)\n                            └ '[redacted]'"
    )


@pytest.mark.parametrize(
    "text",
    [
        "    send(token, user)\n         │      └ 'kaffee77Mango'\n         └ 'IDENT'",
        "    count(tokens)\n          └ 1847",
        "    check(password)\n          └ None",
        "    password = ask(name)\n                   └ 'kaffee77Mango'",
        "    login(bot)\n          └ <Bot of 'kaffee77Mango'>",
        "  password\n  -> required\n  mia\n  -> kaffee77Mango",
        "moved password\n  -> 'kaffee77Mango' is a name of a song",
    ],
)
def test_the_values_of_other_names_stay(text: str) -> None:
    assert redact(text) == text
