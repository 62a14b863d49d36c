from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.charting.mark_names import ROW, Name, names, stretches

LEFT, RIGHT = 100.0, 600.0


def test_a_name_stands_left_of_its_line_or_right_where_there_is_no_room() -> None:
    assert names(((300, "deploy", 70), (120, "restart", 70)), LEFT, RIGHT) == (
        Name("deploy", 224, 294, 0),
        Name("restart", 126, 196, 0),
    )


def test_names_that_would_overlap_stand_in_two_rows_and_the_oldest_of_three_is_left_out() -> None:
    close = ((300.0, "restart", 70.0), (302.0, "deploy", 70.0), (304.0, "log level", 90.0))
    assert names(close, LEFT, RIGHT) == (
        None,
        Name("deploy", 226, 296, 1),
        Name("log level", 208, 298, 0),
    )
    assert names(((200, "restart", 70), *close), LEFT, RIGHT)[0] == Name("restart", 124, 194, 0)


def test_what_happens_again_and_again_is_named_once() -> None:
    close = tuple((300.0 + 5 * n, "restart", 70.0) for n in range(3))
    assert names(close, LEFT, RIGHT) == (None, None, Name("restart", 234, 304, 0))


def test_a_line_is_cut_where_it_would_run_through_a_name() -> None:
    placed = (Name("log level", 200, 290, 0), Name("deploy", 210, 280, 1))
    assert list(stretches(300, placed, 60, 328)) == [(60, 328)]
    assert list(stretches(205, placed, 60, 328)) == [(60, 305)]
    assert list(stretches(250, placed, 60, 328)) == [(60, 277)]


marked = st.lists(
    st.tuples(st.floats(LEFT, RIGHT), st.sampled_from(["deploy", "restart"]), st.floats(1, 120)),
    max_size=20,
).map(sorted)


@given(marks=marked)
def test_no_two_names_overlap_and_none_leaves_the_plot(
    marks: list[tuple[float, str, float]],
) -> None:
    placed = [name for name in names(marks, LEFT, RIGHT) if name]
    assert all(LEFT <= name.left <= name.right <= RIGHT for name in placed)
    for index, one in enumerate(placed):
        for other in placed[:index]:
            apart = one.right < other.left or other.right < one.left
            assert apart or one.row != other.row
    for x, _, _ in marks:
        for low, high in stretches(x, placed, 60, 328):
            assert 60 <= low <= high <= 328
            crossed = [one for one in placed if one.left <= x <= one.right]
            for one in crossed:
                top, bottom = one.height(328) + ROW / 2, one.height(328) - ROW / 2
                assert high <= bottom or low >= top
