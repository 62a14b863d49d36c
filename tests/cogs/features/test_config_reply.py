from __future__ import annotations

from cogs.debug.features.config.actions import ShowConfig
from cogs.debug.features.config.reply import config_reply
from cogs.debug.ui.reply import EMBEDS_TOTAL_MAX, Button
from cogs.debug.ui.views import view_of
from services.debugcog.answers.config import ConfigAnswer, SettingLine, ThresholdChange
from services.debugcog.levels import Override

HOSTILE = "`` ` **x** @everyone \u202e" + "y" * 5000
QUIET = ConfigAnswer(
    lines=(
        SettingLine("LOG_LEVEL", "DEBUG", "INFO", "file", True, "Lowest level."),
        SettingLine("DASHBOARD_TOKEN", "*****", "", "environment", False, "Password."),
        SettingLine("RELEASE", "", "", "default", False, "Version of your bot."),
    ),
    file="/srv/bot/.env",
    is_there=True,
    warnings=(),
    strange=(),
    levels=(),
    thresholds=(),
)


def test_few_settings_are_explained() -> None:
    (embed,) = config_reply(QUIET, ShowConfig("", 1)).embeds

    assert embed.description == (
        "`LOG_LEVEL` `DEBUG` · `.env`, default `INFO`, ⚠️ changed since the start: restart\n"
        "-# Lowest level.\n"
        "`DASHBOARD_TOKEN` `*****` · environment\n-# Password.\n"
        "`RELEASE` not set · default\n-# Version of your bot."
    )
    assert embed.footer.text == "3 settings · page 1 of 1 · .env: /srv/bot/.env"
    assert embed.fields == []


def test_many_settings_have_pages_with_buttons_that_keep_the_search() -> None:
    lines = tuple(SettingLine(f"KEY_{n}", "x" * 40, "", "default", False, "") for n in range(60))

    reply = config_reply(ConfigAnswer(lines, "/.env", False, (), (), (), ()), ShowConfig("key", 2))

    back, more, refresh = reply.controls
    assert isinstance(back, Button)
    assert isinstance(more, Button)
    assert isinstance(refresh, Button)
    assert (back.action, more.action, refresh.action) == (
        ShowConfig("key", 1),
        ShowConfig("key", 3),
        ShowConfig("key", 2),
    )
    assert reply.embeds[0].footer.text == (
        "60 settings · page 2 of 4 · .env: /.env, which is not there"
    )


def test_a_search_without_a_hit_says_so() -> None:
    (embed,) = config_reply(QUIET, ShowConfig("*nothing*", 1)).embeds

    assert embed.description == "No setting has `*nothing*` in it."


def test_what_is_hostile_is_shown_as_it_is_and_fits() -> None:
    line = SettingLine("RELEASE", HOSTILE, HOSTILE, "file", False, HOSTILE)
    answer = ConfigAnswer(
        lines=(line,) * 500,
        file=HOSTILE,
        is_there=True,
        warnings=(HOSTILE,) * 30,
        strange=(HOSTILE,) * 20,
        levels=(Override(HOSTILE, 10, 20, None),) * 30,
        thresholds=(ThresholdChange(HOSTILE, "1", "2"),) * 30,
    )

    for page in (1, 2, 10_000):
        reply = config_reply(answer, ShowConfig("z" * 60, page))
        (embed,) = config_reply(answer, ShowConfig("", page)).embeds
        assert len(embed) <= EMBEDS_TOTAL_MAX
        assert "@everyone" not in str(embed.to_dict())
        assert len(view_of(reply.controls).children) == 1


def test_what_was_changed_at_runtime_is_told_with_what_is_configured() -> None:
    answer = ConfigAnswer(
        lines=QUIET.lines,
        file="/.env",
        is_there=True,
        warnings=("Setting missing: X",),
        strange=("ALERT_SOUND",),
        levels=(Override("root", 10, 20, 1_800_000_000.0),),
        thresholds=(ThresholdChange("Response time", "3 s / 5 s", "2 s / 5 s"),),
    )

    (embed,) = config_reply(answer, ShowConfig("", 1)).embeds

    assert {field.name: field.value for field in embed.fields} == {
        "Warnings": "⚠️ Setting missing: X",
        "Changed at runtime": (
            "Log level of `root`: **DEBUG**, resets <t:1800000000:R>\n"
            "Response time: **2 s / 5 s** (configured: 3 s / 5 s)"
        ),
        "In the file, and not ours": "Perhaps your bot's own: `ALERT_SOUND`",
    }
