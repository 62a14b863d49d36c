from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.debug.delivery.hidden_nonce import ONE, ZERO, found, hide, width

digits = st.text("0123456789abcdef", min_size=1, max_size=25)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Memory 2 GB (limit 1.5 GB)", "Memory 2 GB (limit 1.5", " GB)"),
        ("Memory", "", "Memory"),
        ("", "", ""),
    ],
)
def test_a_nonce_stands_before_the_last_space(text: str, start: str, end: str) -> None:
    marked = hide("0af", text)
    assert marked.startswith(start)
    assert marked.endswith(end)
    assert marked.replace(ZERO, "").replace(ONE, "") == text
    assert len(marked) == len(text) + width("0af")


def test_a_text_without_a_nonce_has_none() -> None:
    assert list(found("plain, @\u200beveryone, \U0001f469\u200d\U0001f692")) == []


@given(
    nonce=digits, text=st.text(max_size=50) | st.sampled_from(["a\u200b b", "\u200b", "@\u200c x"])
)
def test_every_nonce_is_found_again_in_any_text(nonce: str, text: str) -> None:
    assert any(nonce in one for one in found(hide(nonce, text)))
