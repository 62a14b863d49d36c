"""Values whose name is another field beside them."""

from __future__ import annotations

import json

import pytest

from services.debugcog.redaction.redactor import redact

HIDES = (
    "{'options': [{'value': '@', 'type': 3, 'name': 'password'}], 'name': 'login'}",
    "{'components': [{'value': '@', 'type': 4, 'id': 2, 'custom_id': 'api_key'}], 'type': 1}",
    '{"value": "@", "name": "DB_PASSWORD"}',
    '{\n  "value": "@",\n  "type": 3,\n  "name": "DB_PASSWORD"\n}',
    "{'Parameter': {'Name': '/bot/db_password', 'Type': 'SecureString', 'Value': '@'}}",
    "{'Key': 'DbPassword', 'Value': '@'}",
    "{'ParameterKey': 'DbPassword', 'UsePreviousValue': False, 'ParameterValue': '@'}",
    "Option(value='@', type=3, name='password')",
    "[{'type': 'too_short', 'loc': ('db', 'password'), 'msg': 'Too short', 'input': '@'}]",
    "[{'type': 'too_short', 'loc': ['tokens', 0], 'msg': 'Too short', 'input': '@'}]",
)
IN_LINES = (
    "env:\n- name: DISCORD_TOKEN\n  value: @\n",
    "env:\n  - value: @\n    name: DB_PASSWORD\n",
    'metadata {\n  key: "api_key"\n  value: "@"\n}',
    "Environment:\n  - Name: DB_PASSWORD\n    Value: @",
    "<key>DISCORD_TOKEN</key>\n\t<string>@</string>",
    "<property><name>db.password</name><value>@</value></property>",
    "name=password value=@",
)
STAYS = (
    "- name: DISCORD_TOKEN\n  valueFrom: q8Zk3wTr5yB9nM\n",
    "- name: SONG\n  value: q8Zk3wTr5yB9nM\n- name: DB_PASSWORD\n",
    "- name: MAX_TOKENS\n  value: 4096\n- name: PASSWORD_FILE\n  value: /run/secrets/password\n",
    "<key>Song</key>\n<string>q8Zk3wTr5yB9nM</string>",
    "name=password value=required",
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    "{'value': 'q8Zk3wTr5yB9nM', 'type': 3, 'name': 'song'}, {'name': 'password', 'type': 3}",
    "{'value': '81384788765712384', 'type': 6, 'name': 'password'}",
    "{'value': 'max_tokens', 'name': 'token'}",
    "{'Key': 'Name', 'Value': 'q8Zk3wTr5yB9nM'}",
    "{'name': 'password', 'description': 'of the server', 'type': 3}",
    "Song(value='q8Zk3wTr5yB9nM', title='x'), Option(name='password')",
    "{'type': 'missing', 'loc': ('password',), 'msg': 'Field required', 'input': {'a': 'q8Zk3w'}}",
    "[{'type': 'int_parsing', 'loc': ('port',), 'msg': 'No integer', 'input': 'q8Zk3wTr5yB9nM'}]",
)


@pytest.mark.parametrize("text", HIDES)
def test_a_value_is_hidden_by_a_name_beside_it(text: str) -> None:
    shown, hidden = text.replace("@", "q8Zk3wTr5yB9nM2x"), text.replace("@", "[redacted]")

    assert redact(shown) == hidden
    assert redact(repr(shown)) == repr(hidden)
    assert redact(json.dumps(shown)) == json.dumps(hidden)
    assert redact(hidden) == hidden


@pytest.mark.parametrize("text", IN_LINES)
def test_a_value_is_hidden_by_a_name_on_the_line_beside_it(text: str) -> None:
    shown, hidden = text.replace("@", "q8Zk3wTr5yB9nM2x"), text.replace("@", "[redacted]")

    assert redact(shown) == hidden
    assert redact(repr(shown)) == repr(hidden)
    assert redact(json.dumps(shown)) == json.dumps(hidden)


def test_a_token_in_the_head_of_a_page_is_hidden() -> None:
    assert redact('<meta name="csrf-token" content="q8Zk3wTr5yB9nM2x"> <meta charset="x">') == (
        '<meta name="csrf-token" content="[redacted]"> <meta charset="x">'
    )


@pytest.mark.parametrize("text", STAYS)
def test_a_value_whose_own_fields_name_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_a_code_of_digits_is_hidden_by_the_name_behind_it() -> None:
    assert redact("{'value': 4821, 'type': 4, 'name': 'pin'}") == (
        "{'value': [redacted], 'type': 4, 'name': 'pin'}"
    )
