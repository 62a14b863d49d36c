"""Settings that are probably not as they were meant are named, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.debugcog.setting_warnings import setting_warnings
from services.debugcog.settings import Settings, load


def test_nothing_is_said_of_settings_that_do_what_they_say() -> None:
    assert setting_warnings(Settings(alert_channel_id=5), ()) == []


def test_misspelt_keys_and_those_without_effect_are_named() -> None:
    settings = Settings(alert_channel_id=5, dashboard_enabled=True)
    assert setting_warnings(settings, (("LOGLEVEL", "LOG_LEVEL"),)) == [
        "Setting not known: LOGLEVEL; did you mean LOG_LEVEL?",
        "Setting without effect: DASHBOARD_ENABLED, there is no dashboard yet",
    ]


@pytest.mark.parametrize(
    ("found", "end"),
    [(True, ""), (False, ", which is not there")],
    ids=["with a .env", "in another working directory"],
)
def test_without_a_channel_for_alerts_it_is_said_where_it_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: bool, end: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if found:
        Path(".env").write_text("RELEASE=1\n")
    assert setting_warnings(load({}), ()) == [
        (
            "Setting missing: ALERT_CHANNEL_ID, so no alert and no error report is posted. Put the "
            f"id of a channel there; it was looked for in the environment and {tmp_path}/.env{end}"
        )
    ]


def test_without_a_file_only_the_environment_is_named() -> None:
    assert load({}, None).looked_for == "the environment"
