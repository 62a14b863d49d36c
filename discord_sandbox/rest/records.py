"""Request and response → an entry of the request log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from discord_sandbox.rest.call import Upload


@dataclass(frozen=True, slots=True)
class Request:
    """One request that reached the REST API, with its answer.

    Args:
        at: unix time of its arrival, seconds.
        method: the HTTP method.
        path: the path below ``/api/v10``, variables filled in.
        route: the path as Discord's documentation writes it, empty where there is no such route.
        query: the query's variables.
        body: the JSON body, ``payload_json`` of a multipart one.
        files: the uploaded files.
        status: the status of the answer; 0 where there was none.
        answer: the JSON of the answer.
        took: seconds from arrival to answer.
    """

    at: float
    method: str
    path: str
    route: str
    query: Mapping[str, str]
    body: Any
    files: tuple[Upload, ...]
    status: int
    answer: Any
    took: float
