from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from services.debugcog.alerting.rules import Level
from services.debugcog.answers.config import (
    ConfigAnswer,
    SettingLine,
    ThresholdChange,
    config,
    matching,
    written,
)
from services.debugcog.levels import Override
from services.debugcog.redaction.redactor import Redactor
from services.debugcog.settings import FIELDS, load
from tests.services.answers.world import RULES

TOKEN = "q8Zk3wTr5yB9nM2xq8Zk3wTr"
LEVEL = Override("root", 10, 20, 1_800_000_000.0)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for key in FIELDS:
        monkeypatch.delenv(key, raising=False)
    return Path(".env")


def read(file: Path, secrets: dict[str, str] | None = None) -> ConfigAnswer:
    redact = Redactor(secrets or {})
    return config(load(env_file=file), (), RULES.values(), (), redact, file)


def line(answer: ConfigAnswer, key: str) -> SettingLine:
    return next(one for one in answer.lines if one.key == key)


def test_every_setting_is_there_with_its_value_and_where_it_is_from(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("LOG_LEVEL=debug\nALERT_CHANNEL_ID=42\nDEBUG_ADMIN_USER_IDS=9,7\n")
    monkeypatch.setenv("ALERT_CHANNEL_ID", "43")
    monkeypatch.setenv("LOG_LEVEL", "debug")  # as a host that has read the file does

    answer = read(file)

    assert len(answer.lines) == len(FIELDS)
    shown = {key: line(answer, key) for key in (*FIELDS,)}
    assert (shown["LOG_LEVEL"].value, shown["LOG_LEVEL"].place) == ("DEBUG", "file")
    assert (shown["ALERT_CHANNEL_ID"].value, shown["ALERT_CHANNEL_ID"].place) == (
        "43",
        "environment",
    )
    assert shown["DEBUG_ADMIN_USER_IDS"].value == "7,9"
    assert (shown["MEMORY_WARNING_MB"].value, shown["MEMORY_WARNING_MB"].place) == (
        "1536",
        "default",
    )
    assert [one.place == "default" for one in answer.lines] == [False] * 3 + [True] * (
        len(FIELDS) - 3
    )
    assert not any(one.changed for one in answer.lines)


def test_secrets_are_masked_and_others_are_redacted(file: Path) -> None:
    file.write_text(f"DASHBOARD_TOKEN={TOKEN}\nRELEASE=v-{TOKEN}\n")

    answer = read(file, {"API_KEY": TOKEN})

    assert line(answer, "DASHBOARD_TOKEN").value == "*****"
    assert line(answer, "DISCORD_TOKEN").value == ""
    assert line(answer, "RELEASE").value == "v-[redacted]"
    assert TOKEN not in str(answer)


def test_what_was_changed_after_the_start_is_not_in_force_and_says_so(file: Path) -> None:
    file.write_text("LOG_LEVEL=INFO\nDASHBOARD_PORT=5000\n")
    settings = load(env_file=file)
    file.write_text("LOG_LEVEL=ERROR\nDASHBOARD_PORT=many\nRELEASE=2\n")

    answer = config(settings, (), (), (), str, file)

    changed = {one.key: one.value for one in answer.lines if one.changed}
    assert changed == {"LOG_LEVEL": "INFO", "DASHBOARD_PORT": "5000", "RELEASE": ""}


def test_warnings_and_keys_that_are_not_ours_are_named_without_their_values(file: Path) -> None:
    file.write_text(f"ALERT_CHANEL_ID=1\nALERT_SOUND={TOKEN}\nOPENAI_API_KEY={TOKEN}\n")
    misspelt = (("ALERT_CHANEL_ID", "ALERT_CHANNEL_ID"),)

    answer = config(load(env_file=file), misspelt, (), (), str, file)

    assert answer.warnings[0] == (
        "Setting not known: ALERT_CHANEL_ID; did you mean ALERT_CHANNEL_ID?"
    )
    assert answer.strange == ("ALERT_SOUND",)
    assert TOKEN not in str(answer)


def test_a_file_that_is_not_there_or_no_text_costs_nothing_but_the_places(file: Path) -> None:
    answer = read(file)
    assert (answer.is_there, answer.file) == (False, str(file.absolute()))

    file.write_bytes(b"LOG_LEVEL=\xff\xfe")
    answer = config(load(env_file=None), (), (), (), str, file)
    assert len(answer.lines) == len(FIELDS)
    assert answer.warnings[-1].startswith("Where settings are from is not known: ")


def test_what_was_changed_at_runtime_is_told(file: Path) -> None:
    status = RULES["response_time"]
    assert status.rule.warning
    changed = replace(status, rule=replace(status.rule, warning=Level(2000.0, 1500.0, 60.0)))

    answer = config(load(env_file=file), (), (changed, RULES["memory"]), (LEVEL,), str, file)

    assert answer.levels == (LEVEL,)
    assert answer.thresholds == (ThresholdChange("Response time", "3 s / 5 s", "2 s / 5 s"),)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "true"), (0.2, "0.2"), (60.0, "60"), (frozenset({9, 7}), "7,9"), (5, "5")],
)
def test_a_value_is_written_as_it_would_stand_in_the_file(value: object, text: str) -> None:
    assert written(value) == text


def test_settings_are_found_by_name_value_or_description(file: Path) -> None:
    lines = read(file).lines

    assert [one.key for one in matching(lines, "log_file")] == ["LOG_TO_FILE", "LOG_FILE_PATH"]
    assert "STATE_PATH" in {one.key for one in matching(lines, "sqlite")}
    assert matching(lines, "no such thing") == ()
    assert len(matching(lines, "")) == len(FIELDS)
