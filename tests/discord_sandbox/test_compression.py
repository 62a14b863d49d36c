"""Transport compression of the gateway."""

from __future__ import annotations

import sys
import zlib

import aiohttp
import pytest

from discord_sandbox import Sandbox
from discord_sandbox.gateway.compression import encoder


async def test_zlib_streams_are_one_stream_over_all_messages(
    sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    url = sandbox.gateway_url + "?v=10&encoding=json&compress=zlib-stream"
    async with session.ws_connect(url) as socket:
        stream = zlib.decompressobj()
        hello = stream.decompress(await socket.receive_bytes())
        await socket.send_json({"op": 1, "d": None})
        beat = await socket.receive_bytes()

    assert hello.startswith(b'{"op": 10')
    assert beat.endswith(b"\x00\x00\xff\xff")
    assert stream.decompress(beat).startswith(b'{"op": 11')


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the standard library has zstd there")
async def test_zstd_streams_are_one_stream_over_all_messages(
    sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    zstandard = pytest.importorskip("zstandard")
    url = sandbox.gateway_url + "?v=10&encoding=json&compress=zstd-stream"
    async with session.ws_connect(url) as socket:
        stream = zstandard.ZstdDecompressor().decompressobj()
        hello = stream.decompress(await socket.receive_bytes())
        await socket.send_json({"op": 1, "d": None})
        beat = stream.decompress(await socket.receive_bytes())

    assert hello.startswith(b'{"op": 10')
    assert beat.startswith(b'{"op": 11')


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the standard library has zstd there")
def test_zstd_needs_no_library_to_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    zstandard = pytest.importorskip("zstandard")
    stream = zstandard.ZstdDecompressor().decompressobj()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    encode = encoder("zstd-stream")

    texts = ['{"op":10}', "é" * 200_000, '{"op":11}']

    assert [stream.decompress(encode(text)).decode() for text in texts] == texts
