"""The files of deploy/ are what is generated, and the tools of their own find no fault in them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.prometheus.__main__ import main
from services.debugcog.settings import Settings
from tests.monitoring import needs

DEPLOY = Path(__file__).parents[2] / "deploy"


def run(*command: str, folder: Path = DEPLOY) -> str:
    """Run a program to its end and return what it prints; it has to succeed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(("file", "name"), [("rules", "rules.yml"), ("board", "grafana.json")])
def test_the_generated_files_are_those_of_the_code(
    file: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([file, "--defaults"]) == 0
    command = f"python -m services.debugcog.prometheus {file} --defaults > deploy/{name}"
    assert capsys.readouterr().out == (DEPLOY / name).read_text(), f"write it anew: {command}"


def test_rules_are_written_for_other_thresholds_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needs("promtool")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEMORY_WARNING_MB", "512")
    main(["rules"])
    (tmp_path / "rules.yml").write_text(capsys.readouterr().out)
    assert "22 rules found" in run("promtool", "check", "rules", "rules.yml", folder=tmp_path)
    assert "median3m >= 536870912\n" in (tmp_path / "rules.yml").read_text()


def test_promtool_accepts_the_rules() -> None:
    needs("promtool")
    run("promtool", "check", "rules", "--lint-fatal", "rules.yml")


@pytest.mark.thorough
def test_the_rules_fire_when_they_should_and_only_then() -> None:
    needs("promtool")
    assert "SUCCESS" in run("promtool", "test", "rules", "rules_test.yml")


def test_each_alert_has_a_case_in_which_it_fires() -> None:
    rules = yaml.safe_load((DEPLOY / "rules.yml").read_text())
    cases = yaml.safe_load((DEPLOY / "rules_test.yml").read_text())
    alerts = {
        (rule["alert"], rule["labels"]["severity"])
        for group in rules["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }
    fired = {
        (check["alertname"], alert["exp_labels"]["severity"])
        for case in cases["tests"]
        for check in case["alert_rule_test"]
        for alert in check["exp_alerts"]
    }
    assert fired == alerts
    assert len(alerts) == 2 * len(default_rules(Settings())) + 3


def test_promtool_accepts_the_configuration(tmp_path: Path) -> None:
    needs("promtool")
    (tmp_path / "debugcog-token").write_text("token")
    for name in ("prometheus.yml", "rules.yml"):
        (tmp_path / name).write_text((DEPLOY / name).read_text())
    run("promtool", "check", "config", "prometheus.yml", folder=tmp_path)


def test_amtool_accepts_the_configuration() -> None:
    needs("amtool")
    assert "SUCCESS" in run("amtool", "check-config", "alertmanager.yml")


def test_critical_alerts_and_warnings_reach_discord() -> None:
    needs("amtool")
    routed = {
        severity: run(
            *("amtool", "config", "routes", "test", "--config.file=alertmanager.yml"),
            f"severity={severity}",
        )
        for severity in ("warning", "critical")
    }
    assert routed == {"warning": "discord\n", "critical": "discord\n"}


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    needs("systemd-analyze")
    unit = (DEPLOY / "discord-bot.service").read_text()
    unit = re.sub(
        r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", unit
    )  # it looks whether it is there
    (tmp_path / "discord-bot.service").write_text(unit)
    run("systemd-analyze", "verify", str(tmp_path / "discord-bot.service"))


def test_compose_starts_all_of_it_on_loopback_only() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]
    assert set(services) == {"bot", "prometheus", "alertmanager", "grafana"}
    assert {service["network_mode"] for service in services.values()} == {"host"}
    assert services["bot"]["environment"]["DASHBOARD_HOST"] == "127.0.0.1"
    assert services["grafana"]["environment"]["GF_SERVER_HTTP_ADDR"] == "127.0.0.1"
    for name, port in (("prometheus", 9090), ("alertmanager", 9093)):
        assert f"--web.listen-address=127.0.0.1:{port}" in services[name]["command"]


def test_compose_mounts_and_builds_what_is_there() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text())
    build = compose["services"]["bot"]["build"]
    context = DEPLOY / build["context"]
    sources = [
        mounted.split(":")[0]
        for service in compose["services"].values()
        for mounted in service["volumes"]
    ]
    assert (context / build["dockerfile"]).is_file()
    assert {name for name in sources if not name.startswith("./")} == set(compose["volumes"])
    for name in sources:
        assert not name.startswith("./") or (DEPLOY / name).is_file(), name


def test_grafana_reads_prometheus_where_it_is() -> None:
    datasource = yaml.safe_load((DEPLOY / "grafana" / "datasource.yml").read_text())
    provider = yaml.safe_load((DEPLOY / "grafana" / "dashboards.yml").read_text())
    assert [one["url"] for one in datasource["datasources"]] == ["http://localhost:9090"]
    assert provider["providers"][0]["options"]["path"] == "/var/lib/grafana/dashboards"


def test_the_image_runs_as_nobody_special_and_copies_what_is_there() -> None:
    lines = [line.split() for line in (DEPLOY / "Dockerfile").read_text().splitlines() if line]
    instructions = [line[0] for line in lines if line[0].isupper()]
    assert instructions[0] == "FROM"
    assert instructions.index("USER") < instructions.index("CMD")
    copied = [name for line in lines if line[0] == "COPY" for name in line[1:-1] if name[0] != "-"]
    assert copied
    for name in copied:
        assert (DEPLOY.parent / name).exists(), name
