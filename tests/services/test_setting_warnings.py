"""Settings that are probably not as they were meant are named, with what to do."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from services.debugcog.setting_warnings import setting_warnings
from services.debugcog.settings import Origin, Settings, load, origins
from services.debugcog.web.origins import base_of


def test_nothing_is_said_of_settings_that_do_what_they_say() -> None:
    assert setting_warnings(Settings(alert_channel_id=5), ()) == []


def test_misspelt_keys_are_named() -> None:
    settings = Settings(alert_channel_id=5)
    assert setting_warnings(settings, (("LOGLEVEL", "LOG_LEVEL"),)) == [
        "Setting not known: LOGLEVEL; did you mean LOG_LEVEL?",
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


@pytest.mark.parametrize("rest", ["/debug", "/?next=logs", "#top"])
def test_a_public_address_with_more_than_a_host_is_told_with_the_one_that_works(rest: str) -> None:
    settings = load({"DASHBOARD_PUBLIC_URL": f"https://bot.example.org{rest}"}, None)
    assert setting_warnings(dataclasses.replace(settings, alert_channel_id=1), ()) == [
        (
            "DASHBOARD_PUBLIC_URL has more than a host, and the dashboard cannot live below a path "
            "of another site: set it to https://bot.example.org, which is what is used"
        )
    ]
    assert base_of(settings.dashboard_public_url) == "https://bot.example.org"


def test_the_address_of_a_kubernetes_service_is_told_and_the_port_is_that_of_the_file(
    tmp_path: Path,
) -> None:
    file = tmp_path / ".env"
    file.write_text("ALERT_CHANNEL_ID=1\nMETRICS_PORT=9100\n")
    links = {"DASHBOARD_PORT": "tcp://10.96.3.4:5000", "METRICS_PORT": "udp://10.96.3.5:9100"}
    settings = load(links, file)
    assert (settings.dashboard_port, settings.metrics_port) == (5000, 9100)
    assert origins(links, file)["METRICS_PORT"] == Origin("file", "9100")
    assert setting_warnings(settings, ()) == [
        (
            "DASHBOARD_PORT is the address of the Kubernetes Service dashboard, no port, and is "
            "ignored: set enableServiceLinks: false in the pod's spec"
        ),
        (
            "METRICS_PORT is the address of the Kubernetes Service metrics, no port, and is "
            "ignored: set enableServiceLinks: false in the pod's spec"
        ),
    ]


def test_a_port_of_the_metrics_alone_is_told_to_be_of_no_use_beside_the_dashboard() -> None:
    settings = Settings(dashboard_enabled=True, metrics_port=9100, alert_channel_id=1)
    assert setting_warnings(settings, ()) == [
        (
            "METRICS_PORT is not used while DASHBOARD_ENABLED is true: /metrics is served on "
            "DASHBOARD_PORT=5000, with DASHBOARD_TOKEN as the bearer token"
        )
    ]
    assert setting_warnings(Settings(metrics_port=9100, alert_channel_id=1), ()) == []
