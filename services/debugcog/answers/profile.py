"""Profile → ProfileAnswer: functions of the host that took time, a picture, a speedscope file."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from services.debugcog.answers.figure import Figure
from services.debugcog.charting.flame import MAX_DEPTH, MAX_FRAMES, FlameSpec, Frame
from services.debugcog.frozen import frozen
from services.debugcog.host_files import HostFiles
from services.debugcog.inspection.profiler import Profile
from services.debugcog.stalls.stacks import Call
from services.debugcog.version import __version__
from services.debugcog.wording import clip

FUNCTIONS_SHOWN = 10
NAME_MAX = 120
NARROWEST = 0.003
NAMED_FROM = 0.05
"""Of the width; what a function without room for its name has called is in the file alone. Else one
of 2 % makes the picture of a phone three times as high as it needs to be."""
STACKS_MAX = 3_000
"""Of the file; those that took the longest."""
COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
SCHEMA = "https://www.speedscope.app/file-format-schema.json"


@frozen
class FunctionTime:
    """A function of the host's.

    Attributes:
        name: qualified.
        place: its file and the line it begins at.
        own: percent of the busy time in it and in libraries that it calls.
        whole: the same with the functions of the host's that it calls.
    """

    name: str
    place: str
    own: Figure
    whole: Figure


@frozen
class ProfileAnswer:
    """Where the time of the event loop went.

    Attributes:
        at: unix seconds at its beginning.
        seconds: that it was looked at.
        busy: seconds of these in which it ran something.
        idle: percent of the time in which it waited; in no other figure here.
        looks: how often it was looked at.
        functions: of the host, those that took most first.
        host: percent of the busy time in code of the host's.
        called: percent in libraries that the host called.
        other: percent in libraries on their own, such as discord.py.
        flame: the picture; None where nothing ran.
        speedscope: the file, for speedscope.app; empty where nothing ran.
    """

    at: float
    seconds: Figure
    busy: Figure
    idle: Figure
    looks: Figure
    functions: tuple[FunctionTime, ...]
    host: Figure
    called: Figure
    other: Figure
    flame: FlameSpec | None
    speedscope: bytes


def profile_answer(
    profile: Profile, host: HostFiles, redact: Callable[[str], str]
) -> ProfileAnswer:
    """Make the answer: some 10 ms for thousands of stacks, so call it in a thread.

    Args:
        profile: that is over.
        host: knows the host's files.
        redact: removes secrets; every name goes through it.
    """
    names = _Names(host, redact)
    by_time = sorted(profile.stacks, key=lambda one: -one[1])
    stacks = [(_functions(calls), seconds) for calls, seconds in by_time]
    busy = profile.busy
    own, whole, shares = _times(stacks, names)
    functions = sorted(own, key=lambda one: (-own[one], -whole[one], one))
    return ProfileAnswer(
        at=profile.at,
        seconds=Figure(profile.seconds, "s"),
        busy=Figure(busy, "s"),
        idle=_percent(profile.idle, busy + profile.idle),
        looks=Figure(profile.looks),
        functions=tuple(
            FunctionTime(*one, own=_percent(own[one], busy), whole=_percent(whole[one], busy))
            for one in functions[:FUNCTIONS_SHOWN]
        ),
        host=_percent(shares["host"], busy),
        called=_percent(shares["called"], busy),
        other=_percent(shares["other"], busy),
        flame=_flame(stacks, busy, names) if stacks else None,
        speedscope=_speedscope(stacks[:STACKS_MAX], names) if stacks else b"",
    )


def _functions(calls: tuple[Call, ...]) -> tuple[Call, ...]:
    """Leave out comprehensions: their time is that of the function that has them."""
    return tuple(call for call in calls if call.code.co_name not in COMPREHENSIONS) or calls


class _Names:
    """How code is shown, and whether it is the host's; looked up once for each."""

    def __init__(self, host: HostFiles, redact: Callable[[str], str]) -> None:
        self._host = host
        self._redact = redact
        self._known: dict[int, tuple[str, str, int, bool]] = {}

    def of(self, call: Call) -> tuple[str, str, int, bool]:
        """Return the function, its file, the line it begins at, and whether it is the host's."""
        known = self._known.get(id(call.code))
        if known is None:
            own = not call.file.startswith("<") and self._host.is_file_in_app(call.file)
            file = self._host.shown(call.file) if own else "/".join(call.module_parts)
            line = call.code.co_firstlineno
            known = self._clean(call.function), self._clean(file), line, own
            self._known[id(call.code)] = known
        return known

    def _clean(self, text: str) -> str:
        return clip(self._redact(" ".join(text.split())), NAME_MAX)


Times = dict[tuple[str, str], float]
Stacks = Sequence[tuple[tuple[Call, ...], float]]


def _times(stacks: Stacks, names: _Names) -> tuple[Times, Times, dict[str, float]]:
    """Add up the time of each function of the host's, and of all code by whose it is."""
    own: Times = defaultdict(float)
    whole: Times = defaultdict(float)
    shares: dict[str, float] = defaultdict(float)
    for calls, seconds in stacks:
        shown = [names.of(call) for call in calls]
        hosts = [(name, f"{file}:{line}") for name, file, line, is_own in shown if is_own]
        shares["other" if not hosts else "host" if shown[0][3] else "called"] += seconds
        if hosts:
            own[hosts[0]] += seconds
        for one in set(hosts):
            whole[one] += seconds
    return own, whole, shares


@dataclass(slots=True)
class _Node:
    """A function on a stack, with what it called."""

    label: str = ""
    own: bool = False
    seconds: float = 0.0
    called: dict[int, _Node] = field(default_factory=dict)


def _flame(stacks: Stacks, busy: float, names: _Names) -> FlameSpec:
    root = _Node()
    for calls, seconds in stacks:
        node = root
        for call in reversed(calls[-MAX_DEPTH - 1 :]):
            if id(call.code) not in node.called:
                name, file, line, own = names.of(call)
                label = f"{name} ({file.rpartition('/')[2]}:{line})"
                node.called[id(call.code)] = _Node(label, own)
            node = node.called[id(call.code)]
            node.seconds += seconds
    frames: list[Frame] = []
    _lay_out(root, 0.0, 0, busy, frames)
    widest = sorted(frames, key=lambda one: (one.depth, one.start))
    if len(widest) > MAX_FRAMES:
        widest = sorted(frames, key=lambda one: -one.width)[:MAX_FRAMES]
    return FlameSpec("Time of the event loop, idle left out", busy * 1000, tuple(widest))


def _lay_out(node: _Node, start: float, depth: int, busy: float, frames: list[Frame]) -> None:
    for called in sorted(node.called.values(), key=lambda one: -one.seconds):
        width = called.seconds / busy
        if width < NARROWEST:
            return  # the rest is narrower
        width = min(width, 1.0 - start)
        frames.append(Frame(called.label, start, max(0.0, width), depth, called.own))
        if width >= NAMED_FROM:
            _lay_out(called, start, depth + 1, busy, frames)
        start += width


def _speedscope(stacks: Stacks, names: _Names) -> bytes:
    """Write stacks in the format of https://github.com/jlfwong/speedscope/wiki, callers first."""
    numbers: dict[int, int] = {}
    frames: list[dict[str, object]] = []
    samples = []
    for calls, _ in stacks:
        sample = []
        for call in reversed(calls):
            if id(call.code) not in numbers:
                numbers[id(call.code)] = len(frames)
                name, file, line, _ = names.of(call)
                frames.append({"name": name, "file": file, "line": line})
            sample.append(numbers[id(call.code)])
        samples.append(sample)
    weights = [round(seconds, 6) for _, seconds in stacks]
    document = {
        "$schema": SCHEMA,
        "name": "event loop",
        "exporter": f"DebugCog {__version__}",
        "activeProfileIndex": 0,
        "shared": {"frames": frames},
        "profiles": [
            {
                "type": "sampled",
                "name": "event loop, idle left out",
                "unit": "seconds",
                "startValue": 0,
                "endValue": round(sum(weights), 6),
                "samples": samples,
                "weights": weights,
            }
        ],
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _percent(part: float, whole: float) -> Figure:
    return Figure(100 * part / whole if whole else 0.0, "%")
