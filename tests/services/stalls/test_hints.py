from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.debugcog.stalls.hints import COMPUTING, HINTS, hint_for
from tests.services.stalls.host_file import blocked, call

NAMES = (
    "time requests urlopen pattern re json pickle subprocess os sqlite3 connection Image zipfile "
    "hashlib socket lock open path asyncio compute yaml pd importlib future sleep"
)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("time.sleep(5)", "`time.sleep`"),
        ("sleep(5)", "`time.sleep`"),
        ("requests.get('https://example.org')", "blocking HTTP"),
        ("urlopen('https://example.org').read()", "blocking HTTP"),
        ("pattern.fullmatch('a' * 30)", "regular expression"),
        ("re.sub('(a+)+$', '', 'a')", "regular expression"),
        ("json.loads('[]')", "large JSON"),
        ("json.load(open('x.json'))", "large JSON"),
        ("yaml.safe_load('x')", "YAML"),
        ("pickle.dumps([])", "pickling or copying"),
        ("subprocess.run(['ffmpeg'])", "subprocess"),
        ("os.system('ls')", "subprocess"),
        ("sqlite3.connect('x')", "SQLite"),
        ("connection.executemany('x', [])", "SQLite"),
        ("Image.open('x.png')", "image work"),
        ("pd.read_csv('x')", "tables or arrays"),
        ("zipfile.ZipFile('x')", "compression or archives"),
        ("hashlib.scrypt(b'x')", "hashing"),
        ("importlib.import_module('x')", "importing"),
        ("socket.create_connection(('x', 1))", "blocking socket"),
        ("future.result()", "waiting for a thread"),
        ("open('x')", "file work"),
        ("path.read_bytes()", "file work"),
        ("value = {'é': [1, json.loads(\n    '[]',\n)]}", "large JSON"),
    ],
)
def test_a_line_of_the_host_tells_what_it_was_doing(tmp_path: Path, line: str, kind: str) -> None:
    calls = blocked(tmp_path / "chat.py", line + "\n", NAMES)
    assert hint_for(calls, computing=True).partition(";")[0] == kind


@pytest.mark.parametrize("line", ["asyncio.sleep(5)", "[re.match(''), compute()]"])
def test_a_line_tells_nothing_by_what_does_not_run_in_it(tmp_path: Path, line: str) -> None:
    calls = blocked(tmp_path / "chat.py", f"{line}\n", NAMES)
    assert hint_for(calls, computing=False) == ""
    assert hint_for(calls, computing=True) == COMPUTING.text


def test_code_without_source_has_no_hint() -> None:
    assert hint_for((call("/srv/gone.py", "fetch"),), computing=False) == ""


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("/venv/lib/python3.12/site-packages/requests/sessions.py", "blocking HTTP"),
        ("/venv/lib/python3.12/site-packages/PIL/Image.py", "image work"),
        (f"{Path(re.__file__).as_posix()}", "regular expression"),
        ("/home/redis/lib/site-packages/aiohttp/client.py", ""),
        ("/srv/requests/site-packages/other.py", ""),
    ],
)
def test_a_library_below_the_hosts_line_tells_it_by_a_whole_part_of_its_path(
    file: str, kind: str
) -> None:
    calls = (call(file, "inner"), call("/srv/bot/cogs/chat.py", "fetch"))
    assert hint_for(calls, computing=False).partition(";")[0] == kind


def test_nothing_seen_has_no_hint() -> None:
    assert hint_for((), computing=True) == ""


def test_each_hint_says_what_it_is_and_what_helps() -> None:
    texts = [hint.text for hint in (*HINTS, COMPUTING)]
    assert len(set(texts)) == len(texts)
    assert all(re.fullmatch(r"[^;]+; [^;]+", text) for text in texts)
    assert max(map(len, texts)) <= 160
