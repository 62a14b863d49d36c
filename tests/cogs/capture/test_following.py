"""One call, which tasks that it has started may keep for as long as they run."""

from __future__ import annotations

import gc
import weakref

from cogs.debug.capture.following import Following


class Large:
    """Something of the host's, in a frame that has raised."""


def failing() -> tuple[Exception, weakref.ref[Large]]:
    large = Large()
    try:
        raise ValueError("broken")
    except ValueError as error:
        return error, weakref.ref(large)


def test_a_call_that_is_over_keeps_no_frame_of_the_host_alive() -> None:
    following = Following(1, "slash", received=0.0, at=0.0, way=0.0, blocked=0.0)
    following.error, large = failing()
    assert large()

    following.end(1.0, "failed")
    gc.collect()

    assert large() is None
    assert following.call().outcome == "failed"
