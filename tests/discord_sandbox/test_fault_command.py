"""``python -m discord_sandbox fault``: against a sandbox that runs, and at its start."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import pytest
from aiohttp import web

from discord_sandbox import Sandbox, SandboxError
from discord_sandbox import fault_command as faulting
from discord_sandbox.__main__ import main
from discord_sandbox.faults import Fault, Trouble

ROOT = Path(__file__).parents[2]


def port(sandbox: Sandbox) -> str:
    return sandbox.page_url.rstrip("/").rpartition(":")[2]


async def test_a_running_sandbox_gets_lists_and_loses_its_faults(sandbox: Sandbox) -> None:
    async def fault(*words: str) -> str:
        return await faulting.run([*words, "--port", port(sandbox)])

    route = ("--route", "POST /channels/*/messages")
    assert await fault("error-503", *route, "--times", "2") == (
        "error-503 for 2 requests to POST /channels/*/messages"
    )
    assert sandbox.faults.pending == (
        Fault(Trouble.ERROR_503, "POST", "/channels/*/messages", times=2),
    )
    assert await fault("outage", "30") == "outage for 30 s"
    assert await fault("drop-gateway", "--no-resume") == "Drop the gateway"
    first, second = (await fault("list")).splitlines()
    assert first == "error-503 for 2 requests to POST /channels/*/messages"
    assert re.fullmatch(r"outage for [1-3]?\d s more", second)
    assert await fault("clear") == "There is no fault."
    assert await fault("list") == "There is no fault."
    with pytest.raises(SandboxError, match="there is no channel 'nowhere'"):
        await fault("deleted-channel", "nowhere")


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("outage", {}),
        ("outage 30", {"seconds": "30"}),
        ("outage --seconds 30", {"seconds": "30"}),
        ("expired-interaction --times 2", {"times": "2"}),
        ("deleted-channel --channel general", {"channel": "general"}),
        (
            "revoked-permission general --permission SEND_MESSAGES",
            {"channel": "general", "permission": "SEND_MESSAGES"},
        ),
    ],
)
def test_the_first_value_may_stand_alone_or_have_its_name(
    words: str, values: dict[str, str]
) -> None:
    assert faulting.read(words) == (words.split()[0], values)


async def test_another_program_on_the_port_is_no_sandbox() -> None:
    runner = web.AppRunner(web.Application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    other = str(runner.addresses[0][1])
    with pytest.raises(SandboxError, match=f"no sandbox answers on port {other}: start one"):
        await faulting.run(["list", "--port", other])
    await runner.cleanup()


BAD = {
    ("error-505",): "there is no fault 'error-505': did you mean 'error-503'?",
    ("outage", "long"): "seconds takes a number from 0 to 3600, not 'long'",
    ("deleted-channel",): "deleted-channel needs a channel: id or name",
    ("reset", "--seconds", "3"): "unrecognized arguments: --seconds 3",
    (): "the following arguments are required: FAULT",
}


@pytest.mark.parametrize("words", BAD)
def test_bad_input_is_told_with_its_remedy_and_ends_with_2(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fault", *words]) == 2
    assert capsys.readouterr().err.startswith(f"python -m discord_sandbox: {BAD[words]}\n")


def test_bad_faults_at_the_start_end_it_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port=0", "--fault", "outrage 3"]) == 2
    assert main(["--port=0", "--fault", "outage '3"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "python -m discord_sandbox: there is no fault 'outrage': did you mean 'outage'?",
        'python -m discord_sandbox: --fault "outage \'3" cannot be read: No closing quotation',
    ]


@pytest.mark.parametrize("name", ["", "error-503"])
def test_the_help_names_every_fault_and_its_values(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["fault", *([name] if name else []), "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert ("--route ROUTE" in told) if name else ("silent-heartbeats" in told)


async def test_faults_may_be_there_from_the_start() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "discord_sandbox", "--port=0"),
        *("--fault", "error-503 --times 2", "--fault", "silent-heartbeats"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    told: list[str] = []
    async with asyncio.timeout(30):
        while not told or not told[-1].startswith("# Ctrl-C"):
            told.append((await process.stdout.readline()).decode().strip())
    process.kill()
    await process.wait()
    assert [each for each in told if "Fault" in each] == [
        "# Fault: error-503 for 2 requests",
        "# Fault: heartbeats stay unanswered until cleared",
    ]
