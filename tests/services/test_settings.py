from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from services.debugcog import settings
from services.debugcog.redaction.redactor import Redactor
from services.debugcog.setting_kinds import OWNERS_DM, Kind
from services.debugcog.settings import Problem, Settings, SettingsError, load, misspelt

ROOT = Path(__file__).parents[2]

GUIDE_REFERENCE = """
LOG_LEVEL=INFO
LOG_TO_FILE=true
LOG_FILE_PATH=logs/bot.log
LOG_MAX_BYTES=10485760
LOG_BACKUP_COUNT=5
METRICS_ENABLED=true
METRICS_COLLECTION_INTERVAL=60
DASHBOARD_ENABLED=false
DASHBOARD_PORT=5000
DASHBOARD_HOST=0.0.0.0
DEBUG_MODE=false
VERBOSE_LOGGING=false
"""


def test_the_guides_reference_gives_exactly_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(GUIDE_REFERENCE)
    assert load({}, file) == load({}, None) == Settings()
    keys = [line.partition("=")[0] for line in GUIDE_REFERENCE.split()]
    assert set(keys) <= set(settings.FIELDS)


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("LOG_LEVEL=WARNING\nLOG_BACKUP_COUNT=9\n")
    loaded = load({"LOG_LEVEL": "error"}, file)
    assert (loaded.log_level, loaded.log_backup_count, loaded.dashboard_port) == ("ERROR", 9, 5000)


def test_relative_paths_are_those_of_the_folder_in_which_the_settings_were_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    loaded = load({"STATE_PATH": "/var/lib/bot/state.sqlite3"}, None)
    monkeypatch.chdir("/")
    assert loaded.log_file == tmp_path / "logs" / "bot.log"
    assert loaded.state_file == Path("/var/lib/bot/state.sqlite3")
    assert loaded.env_file == tmp_path / ".env"


def test_a_missing_file_and_empty_values_count_as_not_set(tmp_path: Path) -> None:
    assert load({"LOG_LEVEL": "", "ALERT_CHANNEL_ID": " "}, tmp_path / "none") == Settings()


def test_comments_quotes_and_byte_order_of_a_file_are_python_dotenvs(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text('LOG_LEVEL="DEBUG"  # loud\nexport DEBUG_GUILD_IDS="1, 2"\n')
    loaded = load({}, file)
    assert (loaded.log_level, loaded.debug_guild_ids) == ("DEBUG", frozenset({1, 2}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("true", True), ("1", True), ("YES", True), ("off", False), ("0", False), ("False", False)],
)
def test_flags_take_the_usual_words(text: str, expected: bool) -> None:
    assert load({"DEBUG_MODE": text}, None).debug_mode is expected


def test_every_kind_of_value_is_read() -> None:
    loaded = load(
        {
            "LOG_FILE_PATH": "/var/log/bot.log",
            "METRICS_COLLECTION_INTERVAL": "0.5",
            "DISCORD_API_BASE": "http://127.0.0.1:8080/api/v10/",
            "DISCORD_GATEWAY_URL": "ws://127.0.0.1:8080/",
            "DEBUG_ADMIN_USER_IDS": "80351110224678912,80351110224678913",
            "ALERT_CHANNEL_ID": "155117677105512449",
            "ALERT_FALLBACK_CHANNEL_ID": "Owner",
        },
        None,
    )
    assert loaded == Settings(
        log_file_path=Path("/var/log/bot.log"),
        metrics_collection_interval=0.5,
        discord_api_base="http://127.0.0.1:8080/api/v10",
        discord_gateway_url="ws://127.0.0.1:8080",
        debug_admin_user_ids=frozenset({80351110224678912, 80351110224678913}),
        alert_channel_id=155117677105512449,
        alert_fallback_channel_id=OWNERS_DM,
    )


def test_one_error_lists_every_bad_value_with_what_is_allowed() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"LOG_LEVEL": "LOUD", "DASHBOARD_PORT": "70000", "DEBUG_GUILD_IDS": "1,two"}, None)
    assert caught.value.problems == (
        Problem("LOG_LEVEL", "'LOUD'", "one of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        Problem("DASHBOARD_PORT", "'70000'", "a whole number from 0 to 65535"),
        Problem(
            "DEBUG_GUILD_IDS", "'1,two'", "Discord ids (digits only), separated by commas, or empty"
        ),
    )
    assert str(caught.value) == (
        "3 bad settings:\n"
        "  LOG_LEVEL='LOUD': expected one of DEBUG, INFO, WARNING, ERROR, CRITICAL\n"
        "  DASHBOARD_PORT='70000': expected a whole number from 0 to 65535\n"
        "  DEBUG_GUILD_IDS='1,two': expected Discord ids (digits only), separated by commas, "
        "or empty"
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("DEBUG_MODE", "maybe"),
        ("LOG_MAX_BYTES", "10 MB"),
        ("LOG_BACKUP_COUNT", "-1"),
        ("METRICS_COLLECTION_INTERVAL", "nan"),
        ("METRICS_COLLECTION_INTERVAL", "inf"),
        ("METRICS_COLLECTION_INTERVAL", "0"),
        ("DISCORD_API_BASE", "localhost:8080"),
        ("DISCORD_GATEWAY_URL", "https://gateway.example"),
        ("ALERT_CHANNEL_ID", "#alerts"),
        ("ALERT_CHANNEL_ID", "0"),
        ("ALERT_PING_ROLE_ID", "9" * 30),
    ],
)
def test_a_bad_value_is_refused_by_name(key: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({key: value}, None)
    assert [problem.key for problem in caught.value.problems] == [key]


@pytest.mark.parametrize("key", ["LOG_FILE_PATH", "STATE_PATH"])
@pytest.mark.parametrize("path", [".", "/", "..", "logs/", "logs/.", "logs/..", "a\0b"])
def test_a_path_that_can_only_be_a_folders_is_refused(key: str, path: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({key: path}, None)
    assert caught.value.problems == (Problem(key, repr(path), "a path of a file"),)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("~/data/file.x", "/home/ada/data/file.x"),
        ('"logs/file.x"', "logs/file.x"),
        ("'~/file x'", "/home/ada/file x"),
        ('"half', '"half'),
        ("logs/~/file.x", "logs/~/file.x"),
    ],
)
def test_a_path_may_begin_at_home_and_have_the_quotes_of_an_env_file(
    text: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("USERPROFILE", "/home/ada")  # so it is called on Windows
    loaded = load({"LOG_FILE_PATH": text, "LLM_PRICES": text}, None)
    assert (loaded.log_file_path, loaded.llm_prices) == (Path(path), path)


def test_quotes_around_prices_are_taken_off_and_those_inside_stay() -> None:
    prices = '{"m": {"input": 1, "output": 2}}'
    assert load({"LLM_PRICES": f"'{prices}'"}, None).llm_prices == prices


@pytest.mark.parametrize("path", ["~nobody-of-that-name/file.x", '""', '"logs/"', '"~"/'])
def test_a_path_at_no_known_home_or_in_quotes_with_nothing_in_it_is_refused(path: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({"STATE_PATH": path}, None)
    assert caught.value.problems == (Problem("STATE_PATH", repr(path), "a path of a file"),)


@pytest.mark.parametrize(
    ("log", "state"),
    [
        ("logs/bot.log", "logs/bot.log"),
        ("", "./logs/../logs/bot.log"),
        ("logs/debugcog.sqlite3", ""),
        ("bot.log", "link/bot.log"),
    ],
)
def test_the_state_file_cannot_be_the_log_file(
    log: str, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("link").symlink_to(tmp_path)
    with pytest.raises(SettingsError) as caught:
        load({"LOG_FILE_PATH": log, "STATE_PATH": state, "LOG_BACKUP_COUNT": "-1"}, None)
    _, problem = caught.value.problems
    assert problem == Problem(
        "STATE_PATH",
        repr(str(Path(state or "logs/debugcog.sqlite3"))),
        f"a path of another file than LOG_FILE_PATH={log or 'logs/bot.log'}",
    )


def test_a_file_that_is_no_text_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"LOG_LEVEL=\xff\xfe\n")
    with pytest.raises(SettingsError) as caught:
        load({}, file)
    assert [problem.key for problem in caught.value.problems] == [str(file)]


def test_a_critical_threshold_below_its_warning_is_refused() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"MEMORY_WARNING_MB": "4096"}, None)
    assert caught.value.problems == (
        Problem(
            "MEMORY_CRITICAL_MB", "'2048'", "a number that is not below MEMORY_WARNING_MB=4096"
        ),
    )


def test_no_secret_stands_in_a_representation() -> None:
    assert "hush" not in repr(load({"DISCORD_TOKEN": "hush"}, None))


def test_a_secret_that_is_refused_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    picky = Kind("a token", lambda text: int(text))
    field = settings.FIELDS["DISCORD_TOKEN"]
    monkeypatch.setattr(field, "metadata", {**field.metadata, "kind": picky})
    with pytest.raises(SettingsError, match=r"DISCORD_TOKEN=\*\*\*\*\*: expected a token"):
        load({"DISCORD_TOKEN": "hush"}, None)


def test_a_misspelt_key_is_told_with_the_right_name() -> None:
    environ = {"LOG_LEVLE": "x", "ALERT_CHANEL_ID": "1", "LOG_LEVEL": "INFO", "PATH": "/bin"}
    assert misspelt(environ, None) == (
        ("ALERT_CHANEL_ID", "ALERT_CHANNEL_ID"),
        ("LOG_LEVLE", "LOG_LEVEL"),
    )


def test_keys_of_other_programs_are_not_taken_for_ours() -> None:
    others = ("LOG_FILE", "DEBUG", "DISCORD_BOT", "DASHBOARD", "LOGNAME", "METRICS_PORT", "HOME")
    assert misspelt(dict.fromkeys(others, "1"), None) == ()


def test_the_example_file_has_every_key_with_its_default(tmp_path: Path) -> None:
    example = ROOT / ".env.example"
    lines = example.read_text().splitlines()
    keys = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert keys == list(settings.FIELDS)
    assert load({}, example) == Settings()
    for index, line in enumerate(lines):
        if line and not line.startswith("#"):
            assert lines[index - 1].startswith("# "), f"{line} has no comment above it"


def test_an_empty_value_in_the_environment_does_not_hide_the_files(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("LOG_LEVEL=DEBUG\n")
    assert load({"LOG_LEVEL": ""}, file).log_level == "DEBUG"


@pytest.mark.parametrize("text", ["+5", "1_0", "\uff11\uff12"])
def test_an_id_is_digits_only(text: str) -> None:
    with pytest.raises(SettingsError):
        load({"ALERT_CHANNEL_ID": text}, None)


def test_a_secret_under_the_wrong_key_is_not_shown() -> None:
    token = "M" + "TIzNDU2Nzg5MDEyMzQ1Njc4" + ".GabcdE." + "x" * 38
    with pytest.raises(SettingsError) as caught:
        load({"DEBUG_ADMIN_USER_IDS": token, "DISCORD_API_BASE": "ftp://u:hunter2secret@h/"}, None)
    assert token not in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["ws://x:99999", "ws://x:abc", "ws://x:0", "ws://bob:pw@host", "ws://a b/", "ws://"]
)
def test_an_address_that_no_client_can_use_is_refused(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({"DISCORD_GATEWAY_URL": url}, None)
    (problem,) = caught.value.problems
    assert problem.allowed == "a URL that starts with ws:// or wss://, without a user or password"


def test_a_misspelt_key_is_told_with_the_bad_values() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"LOG_LEVEL": "LOUD", "LOGLEVEL": "DEBUG"}, None)
    assert str(caught.value) == (
        "1 bad setting:\n"
        "  LOG_LEVEL='LOUD': expected one of DEBUG, INFO, WARNING, ERROR, CRITICAL\n"
        "  LOGLEVEL is not known; did you mean LOG_LEVEL?"
    )


def test_a_bad_warning_does_not_make_its_critical_value_bad() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"TOKENS_WARNING": "many", "TOKENS_CRITICAL": "100"}, None)
    assert [problem.key for problem in caught.value.problems] == ["TOKENS_WARNING"]


UUID = "7c1f0b52-4f0e-4a6b-9d1e-2b7f6c3a9e10"


@pytest.mark.parametrize(
    ("url", "text", "expected"),
    [
        (
            f"https://hc.example.org/ping/{UUID}",
            f"GET https://hc.example.org/ping/{UUID}/fail",
            "GET [redacted]/fail",
        ),
        (
            f"https://hc.example.org/ping/{UUID}",
            f'hc.example.org:443 "GET /ping/{UUID} HTTP/1.1" 200',
            'hc.example.org:443 "GET [redacted] HTTP/1.1" 200',
        ),
        (
            "https://kuma.example.org/api/push/Qw8vTz2KpX?status=up&msg=OK",
            "POST https://kuma.example.org/api/push/Qw8vTz2KpX?status=down",
            "POST [redacted]?status=down",
        ),
        (
            "https://hc.example.org/ping/my-bot",
            "at https://hc.example.org/ping/my-bot",
            "at [redacted]",
        ),
        ("https://hc.example.org/ping/my-bot", "GET /ping/my-bot", "GET /ping/my-bot"),
    ],
)
def test_an_address_that_is_a_secret_setting_is_hidden_whatever_its_key_is_called(
    url: str, text: str, expected: str
) -> None:
    secrets = settings.secret_values(load({"HEARTBEAT_URL": url}, env_file=None))
    assert Redactor({}, secrets=secrets)(text) == expected


def test_every_secret_setting_is_among_what_a_redactor_has_to_know() -> None:
    secret = [field.name for field in settings.FIELDS.values() if field.metadata["secret"]]
    values = {name: f"q8Zr!{name}-vT5yB3nM" for name in secret}
    given = dataclasses.replace(Settings(), **values)  # type: ignore[arg-type]  # each is a text
    assert settings.secret_values(given) == tuple(values.values())
