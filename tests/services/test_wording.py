from __future__ import annotations

import pytest

from services.debugcog.wording import clip, clip_start, clip_words, counted, noun, within


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 times"), (1, "1 time"), (2, "2 times"), (1234, "1,234 times"), (-1, "-1 times")],
)
def test_a_count_has_the_form_of_its_noun(count: int, text: str) -> None:
    assert counted(count, "time") == text


def test_a_noun_may_have_a_form_of_its_own_and_what_follows_it() -> None:
    assert counted(1, "crash", "crashes") == "1 crash"
    assert counted(3, "crash", "crashes") == "3 crashes"
    assert counted(1, "record is", "records are") == "1 record is"
    assert f"**1** {noun(1, 'thread')}, **2** {noun(2, 'thread')}" == "**1** thread, **2** threads"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        *(("Response time", "response time"), ("Gateway down", "gateway down"), ("", "")),
        *(("TTS queue", "TTS queue"), ("OpenAI quota of EU", "OpenAI quota of EU"), ("R1", "R1")),
        *(("Queue of Mia", "queue of Mia"), ("x load", "x load"), ("Überlast", "überlast")),
    ],
)
def test_a_title_in_a_sentence_keeps_its_names(title: str, text: str) -> None:
    assert within(title) == text


def test_what_is_cut_has_an_ellipsis_and_what_fits_has_none() -> None:
    assert (clip("12345", 5), clip("123456", 5)) == ("12345", "1234…")
    assert (clip_start("12345", 5), clip_start("123456", 5)) == ("12345", "…3456")


def test_a_text_that_is_redacted_later_is_not_cut_inside_a_word() -> None:
    assert [
        clip_words(text, 9) for text in ("by hunter2", "by hunter", "a by hunter2", "hunter2345")
    ] == (["by…", "by hunter", "a by…", "…"])
    assert clip_words('{"error":{"code":"abcdefgh"}}', 22) == '{"error":{"code":"…'
    assert clip_words("接続に失敗しました。もう一度", 9) == "接続に失敗しまし…"
