from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from services.debugcog.stalls.hints import COMPUTING, HINTS, SLEEPING_LIBRARY, hint_for
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


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("c.execute('begin exclusive')", "SQLite"),
        ("index.search('a')", ""),
        ("self.store.match('a')", ""),
        ("URL.search('a')", "regular expression"),
        ("link_re.match('a')", "regular expression"),
        ("re.compile('a').search('a')", "regular expression"),
    ],
)
def test_what_c_code_does_is_told_by_the_line_as_far_as_that_is_sure(
    tmp_path: Path, line: str, kind: str
) -> None:
    names = "c index self URL link_re re"
    calls = blocked(tmp_path / "chat.py", f"{line}\n", names)
    assert hint_for(calls, computing=False).partition(";")[0] == kind


def test_a_cursor_is_any_drivers_where_one_is_loaded_whose_cursors_are_c_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg2", ModuleType("psycopg2"))
    for line, kind in (
        ("cursor.execute('select 1')", "blocking database client"),
        ("sqlite3.connect('x').execute('select 1')", "SQLite"),
    ):
        calls = blocked(tmp_path / f"{kind[:3]}.py", f"{line}\n", "cursor sqlite3")
        assert hint_for(calls, computing=False).partition(";")[0] == kind


LIBRARIES = "/venv/lib/python3.12/site-packages"
IMPORTING = "<frozen importlib._bootstrap>"


@pytest.mark.parametrize(
    ("files", "line", "kind"),
    [
        ((f"{LIBRARIES}/pymysql/cursors.py",), "cursor.execute('x')", "blocking database client"),
        ((f"{LIBRARIES}/pandas/core.py", IMPORTING), "compute()", "importing"),
        (("<frozen codecs>", f"{LIBRARIES}/pandas/io.py"), "compute()", "tables or arrays"),
        ((f"{LIBRARIES}/elasticsearch/client.py",), "URL.search('x')", ""),
        (("<frozen codecs>",), "open('x')", "file work"),
    ],
)
def test_what_a_library_does_is_told_by_its_path_nearest_to_the_hosts_line(
    tmp_path: Path, files: tuple[str, ...], line: str, kind: str
) -> None:
    host = blocked(tmp_path / "chat.py", f"{line}\n", "cursor compute URL open")
    calls = (*(call(file, "inner") for file in files), host[-1])
    assert hint_for(calls, computing=False).partition(";")[0] == kind


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


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("time.sleep(interval)", "`time.sleep` in a library"),
        ("_sleep(interval)", "`time.sleep` in a library"),
        ("asyncio.sleep(interval)", ""),
        ("value = [time.time(), interval]", ""),
    ],
)
def test_a_library_that_sleeps_is_told_by_its_own_line(
    tmp_path: Path, line: str, kind: str
) -> None:
    library = blocked(
        tmp_path / "site-packages" / "psutil.py", f"{line}\n", "_sleep asyncio interval time"
    )
    calls = (library[0], call("/srv/bot/cogs/stats.py", "stats"))
    assert hint_for(calls, computing=False).partition(";")[0] == kind


def test_a_library_in_any_folder_of_the_path_tells_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend("/srv/pymysql/bot")
    monkeypatch.syspath_prepend("/srv/pymysql/bot/lib")
    for file, kind in (
        ("/srv/pymysql/bot/lib/redis/connection.py", "blocking database client"),
        ("/srv/pymysql/bot/lib/aiohttp/client.py", ""),
        ("/srv/pymysql/other/client.py", ""),
    ):
        calls = (call(file, "inner"), call("/srv/pymysql/bot/chat.py", "fetch"))
        assert hint_for(calls, computing=False).partition(";")[0] == kind


def test_nothing_seen_has_no_hint() -> None:
    assert hint_for((), computing=True) == ""


def test_each_hint_says_what_it_is_and_what_helps() -> None:
    texts = [hint.text for hint in (*HINTS, COMPUTING, SLEEPING_LIBRARY)]
    assert len(set(texts)) == len(texts)
    assert all(re.fullmatch(r"[^;]+; [^;]+", text) for text in texts)
    assert max(map(len, texts)) <= 160
