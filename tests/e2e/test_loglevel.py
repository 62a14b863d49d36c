from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from discord_sandbox.people.runs import Run
from services.debugcog.logs import Logging, setup_logging
from services.debugcog.settings import load
from tests.e2e.conftest import Home, Host


@pytest.fixture
def logs(environment: pytest.MonkeyPatch) -> Iterator[Logging]:
    handle = setup_logging(load())
    yield handle
    handle.close()


async def set_level(home: Home, **options: object) -> Run:
    run = await home.sandbox.run_command(home.owner, home.channel, "debug loglevel", options)
    return await run.wait(lambda run: run.message and run.message.embeds)


def text_of(run: Run) -> str:
    assert run.message
    return run.message.text


def write(logger: str, text: str) -> None:
    logging.getLogger(logger).debug(text)


def lines(logs: Logging, tmp_path: Path, word: str) -> list[str]:
    assert logs.flush()
    text = (tmp_path / "logs" / "bot.log").read_text()
    return [line.split("] ", 1)[1] for line in text.splitlines() if word in line]


async def test_debug_for_all_is_debug_mode_and_changes_what_is_written(
    home: Home, logs: Logging, host: Host, tmp_path: Path
) -> None:
    write("host.llm", "probe before")
    run = await set_level(home, level="DEBUG", minutes=5)
    write("host.llm", "probe during")
    assert text_of(run).startswith("Debug mode is on\nAll loggers: **DEBUG**, resets <t:")
    back = await set_level(home, level="normal")
    write("host.llm", "probe after")
    assert lines(logs, tmp_path, "probe") == ["host.llm: probe during"]
    assert text_of(back).startswith("Log levels\n")


async def test_one_logger_is_turned_up_alone(
    home: Home, logs: Logging, host: Host, tmp_path: Path
) -> None:
    logging.getLogger("host.llm")
    run = await set_level(home, level="DEBUG", logger="host.llm", minutes=5)
    write("host.llm", "probe of the one")
    write("host.tts", "probe of another")
    assert lines(logs, tmp_path, "probe") == ["host.llm: probe of the one"]
    assert "`host.llm`: **DEBUG**, resets <t:" in text_of(run)
    await set_level(home, level="normal", logger="host.llm")
    assert logging.getLogger("host.llm").level == logging.NOTSET


async def test_debug_without_a_time_goes_back_after_an_hour(home: Home, host: Host) -> None:
    await set_level(home, level="DEBUG")
    (override,) = host.cog.runtime.levels.overrides()
    assert override.until is not None


async def test_zero_minutes_stay_until_somebody_undoes_it(home: Home, host: Host) -> None:
    run = await set_level(home, level="DEBUG", minutes=0)
    (override,) = host.cog.runtime.levels.overrides()
    assert override.until is None
    assert run.message
    undone = await home.sandbox.click(home.owner, run.message, "Undo all changes")
    await undone.wait(lambda run: "All levels are reset." in text_of(run))
    assert host.cog.runtime.levels.overrides() == ()


async def test_an_unknown_logger_is_refused_with_names_that_exist(home: Home, host: Host) -> None:
    run = await set_level(home, level="DEBUG", logger="discord.gatewya")
    assert "discord.gateway" in text_of(run)
    assert host.cog.runtime.levels.overrides() == ()


async def test_a_logger_that_is_not_there_has_no_level_to_show(home: Home, host: Host) -> None:
    run = await home.sandbox.run_command(
        home.owner, home.channel, "debug loglevel", {"logger": "Discord.Gateway"}
    )
    await run.wait(lambda run: run.message and "did you mean discord.gateway" in run.message.text)
    shown = await set_level(home, logger="discord.gateway ")
    assert "`discord.gateway`: **" in text_of(shown)


async def test_a_level_that_the_host_has_changed_since_is_shown_as_it_is(
    home: Home, host: Host
) -> None:
    shop = logging.getLogger("host.shop")
    await set_level(home, level="DEBUG", minutes=0)
    await set_level(home, level="DEBUG", logger="host.shop", minutes=0)
    logging.root.setLevel(logging.WARNING)
    shop.setLevel(logging.ERROR)

    run = await set_level(home, logger="host.shop")

    assert text_of(run).startswith("Log levels\n`host.shop`: **ERROR**\nAll loggers: **WARNING**")
    logging.root.setLevel(logging.INFO)
    shop.setLevel(logging.NOTSET)


async def test_the_secrets_of_discord_stay_out_of_the_log_in_debug_mode(
    home: Home, logs: Logging, host: Host, tmp_path: Path
) -> None:
    await set_level(home, level="DEBUG")
    run = await set_level(home)
    assert logs.flush()
    text = (tmp_path / "logs" / "bot.log").read_text()
    assert run.interaction.token not in text
    assert home.sandbox.token not in text
    assert "discord.gateway" not in text


async def test_the_button_switches_debug_mode_on_for_a_while(home: Home, host: Host) -> None:
    run = await set_level(home)
    assert run.message
    pressed = await home.sandbox.click(home.owner, run.message, "Debug mode for 15 min")
    await pressed.wait(lambda run: "Debug mode is on" in text_of(run))
    (override,) = host.cog.runtime.levels.overrides()
    assert (override.name, override.level) == ("root", logging.DEBUG)


async def test_taking_back_what_was_never_changed_is_refused(home: Home, host: Host) -> None:
    run = await set_level(home, level="normal", logger="nope")
    assert text_of(run) == (
        "\u02cbnope\u02cb: nothing to reset. The level was not changed here, or somebody else has "
        "changed it since."
    )


@pytest.mark.parametrize("level", ["CRITICAL", "normal", None])
async def test_the_audit_log_has_no_level_to_change(
    home: Home, host: Host, level: str | None
) -> None:
    options = {"logger": "debugcog.audit", **({"level": level} if level else {})}
    run = await set_level(home, **options)
    assert text_of(run) == (
        "`debugcog.audit` has no level: each use and refusal of `/debug` is always written."
    )
    assert host.cog.runtime.levels.overrides() == ()


async def test_the_audit_log_is_not_offered(home: Home, host: Host) -> None:
    choices = await home.sandbox.autocomplete(
        home.admin, home.channel, "debug loglevel", option="logger", value="debugcog.a"
    )
    assert "debugcog.audit" not in [choice["value"] for choice in choices]
    assert choices


async def test_our_own_loggers_are_those_of_debugcog_and_no_others(home: Home, host: Host) -> None:
    choices = await home.sandbox.autocomplete(
        home.admin, home.channel, "debug loglevel", option="logger", value="debugcog"
    )
    offered = [choice["value"] for choice in choices]
    assert offered[:2] == ["debugcog", "debugcog.alerts"]
    assert {name.partition(".")[0] for name in offered} == {"debugcog"}
    others = ("cogs.debug", "services.debugcog", "debugcog_")
    assert [name for name in logging.root.manager.loggerDict if name.startswith(others)] == []


async def test_all_loggers_of_ours_are_turned_up_by_one_name(
    home: Home, logs: Logging, host: Host, tmp_path: Path
) -> None:
    run = await set_level(home, level="DEBUG", logger="debugcog", minutes=5)
    write("debugcog.registration", "probe of ours")
    write("host.llm", "probe of the host")
    assert lines(logs, tmp_path, "probe") == ["debugcog.registration: probe of ours"]
    assert "`debugcog`: **DEBUG**, resets <t:" in text_of(run)


async def test_the_lines_that_were_turned_on_are_followed_by_a_button(
    home: Home, logs: Logging, host: Host
) -> None:
    logging.getLogger("host.llm")
    run = await set_level(home, level="DEBUG", logger="host.llm", minutes=5)
    followed = await home.sandbox.click(home.owner, run.message, "Follow its lines")
    await followed.wait(lambda run: text_of(run).startswith("Log · following\n"))
    assert "**DEBUG** and above · logger `host.llm`\n" in text_of(followed)
    write("host.llm", "probe of the button")
    write("host.tts", "probe of another")
    await followed.wait(lambda run: "DEBUG host.llm: probe of the button\n" in text_of(run))
    assert "another" not in text_of(followed)
    await home.sandbox.click(home.owner, followed.message, "Stop")


async def test_what_hides_the_lines_is_named_with_its_fix(
    home: Home, logs: Logging, host: Host
) -> None:
    logger = logging.getLogger("host.hidden")
    console = logging.StreamHandler()
    console.setLevel(logging.ERROR)
    logger.addHandler(console)
    logger.propagate = False
    try:
        run = await set_level(home, level="DEBUG", logger="host.hidden", minutes=5)
    finally:
        logger.removeHandler(console)
        logger.propagate = True
    assert (
        "What hides lines\n"
        "• StreamHandler of logger host.hidden takes ERROR and above only "
        "→ `handler.setLevel(logging.DEBUG)`\n"
        "• logger host.hidden has propagate=False, so its lines do not reach the log file "
        '→ `logging.getLogger("host.hidden").propagate = True`'
    ) in text_of(run)


async def test_no_answer_has_the_colours_that_the_host_gives_to_levels(
    home: Home, logs: Logging, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_levelToName", "_nameToLevel"):
        monkeypatch.setattr(logging, name, {**vars(logging)[name]})
    for level in (logging.DEBUG, logging.INFO, logging.WARNING):
        logging.addLevelName(level, f"\033[1;31m{logging.getLevelName(level)}\033[1;0m")
    logging.getLogger("host.llm")
    changed = text_of(await set_level(home, level="DEBUG", logger="host.llm", minutes=5))
    assert "`host.llm`: **DEBUG**, resets " in changed
    run = await home.sandbox.run_command(home.owner, home.channel, "debug config")
    shown = text_of(await run.wait(lambda run: run.message and run.message.embeds))
    assert "Log level of `host.llm`: **DEBUG**, resets " in shown
    reset = text_of(await set_level(home, level="normal", logger="host.llm"))
    assert "`host.llm`: reset to INFO." in reset
    wanted = {"level": "DEBUG", "search": "what is nowhere"}
    run = await home.sandbox.run_command(home.owner, home.channel, "debug logs", wanted)
    found = text_of(await run.wait(lambda run: run.message and run.message.embeds))
    offered = await home.sandbox.autocomplete(
        home.owner, home.channel, "debug loglevel", option="logger", value="host.llm"
    )
    assert [choice["name"] for choice in offered] == ["host.llm · INFO"]
    assert "\x1b" not in changed + shown + reset + found
