"""What /debug dashboard says: a link where Discord makes one, else the address to copy."""

from __future__ import annotations

import pytest

from cogs.debug.features.dashboard.reply import Invitation, dashboard_reply

CODE = "0123456789abcdef0123456789abcdef"
ONCE = "The link works once, within 2 min. Do not pass it on: whoever opens it is logged in as you."


def text_of(invitation: Invitation | None) -> str:
    (embed,) = dashboard_reply(invitation).embeds
    return embed.description or ""


def invitation(base: str, *, only_here: bool = False) -> Invitation:
    return Invitation(base=base, code=CODE, seconds=120.0, only_here=only_here, port=5000)


def test_a_public_address_is_a_link() -> None:
    assert text_of(invitation("https://bot.example.org")) == (
        f"[Open the dashboard](https://bot.example.org/login#code={CODE})\n{ONCE}"
    )


def test_an_address_of_the_network_is_a_link_too() -> None:
    assert text_of(invitation("http://192.168.1.5:5000")).startswith(
        f"[Open the dashboard](http://192.168.1.5:5000/login#code={CODE})\n"
    )


@pytest.mark.parametrize(
    "base", ["http://localhost:5000", "http://[fd00::1]:5000", "http://bot:5000"]
)
def test_an_address_that_discord_makes_no_link_of_is_a_block_to_copy(base: str) -> None:
    assert text_of(invitation(base)) == f"```\n{base}/login#code={CODE}\n```{ONCE}"


def test_an_address_of_the_bots_machine_alone_says_how_to_reach_it() -> None:
    assert text_of(invitation("http://127.0.0.1:5000", only_here=True)) == (
        f"```\nhttp://127.0.0.1:5000/login#code={CODE}\n```{ONCE}\n\n"
        "It listens on the bot's own machine only. From yours, run "
        "`ssh -L 5000:127.0.0.1:5000 <that machine>` first, then open the link. To reach it "
        "directly, set `DASHBOARD_TOKEN`."
    )


def test_the_tunnel_leads_to_the_address_that_is_listened_to() -> None:
    text = text_of(invitation("http://[::1]:5000", only_here=True))
    assert "`ssh -L 5000:[::1]:5000 <that machine>`" in text


def test_where_there_is_a_token_the_host_is_what_keeps_others_out() -> None:
    there = Invitation(
        base="http://127.0.0.1:5000", code=CODE, only_here=True, port=5000, token=True
    )
    assert text_of(there).endswith("To reach it directly, set `DASHBOARD_HOST=0.0.0.0`.")


def test_every_address_of_the_machine_says_what_to_put_in_its_place() -> None:
    assert text_of(invitation("http://[::1]:5000")).endswith(
        "\n\nFrom another machine, put the address of the bot's machine in place of `[::1]`, or "
        "set `DASHBOARD_PUBLIC_URL`."
    )
    assert text_of(invitation("http://127.0.0.1:5000")).endswith(
        "\n\nFrom another machine, put the address of the bot's machine in place of `127.0.0.1`, "
        "or set `DASHBOARD_PUBLIC_URL`."
    )


def test_where_it_is_off_it_is_said_how_to_switch_it_on() -> None:
    assert text_of(None) == (
        "The dashboard is off. Set `DASHBOARD_ENABLED=true` in the bot's `.env`, then restart the "
        "bot or reload the cog."
    )


def test_where_it_could_not_listen_it_is_said_why() -> None:
    assert text_of(Invitation(trouble="port 5000 is in use. Set DASHBOARD_PORT.")) == (
        "The dashboard cannot be reached: port 5000 is in use. Set DASHBOARD_PORT."
    )
