from __future__ import annotations

from cogs.debug.ui.tables import table


def test_names_stand_left_and_numbers_right() -> None:
    assert table(("command", "calls", "p95"), (("/ask", "1,234", "2.1 s"), ("/tts", "5", "-"))) == (
        "```\ncommand  calls    p95\n/ask     1,234  2.1 s\n/tts         5      -\n```"
    )


def test_alignment_can_be_chosen() -> None:
    assert table(("a", "b"), (("1", "xyz"),), "><") == "```\na  b\n1  xyz\n```"


def test_the_widest_column_is_cut_where_a_phone_would_wrap() -> None:
    made = table(("command", "calls"), (("/a-command-with-a-very-long-name-of-all", "12"),))

    assert made == (
        "```\n"
        "command                            calls\n"
        "/a-command-with-a-very-long-name…     12\n"
        "```"
    )
    assert [len(line) for line in made.splitlines()[1:3]] == [40, 40]


def test_a_cell_cannot_end_the_block_steer_the_eye_or_break_the_line() -> None:
    made = table(("name",), (("```\n**x** \u202e@here\x1b[31m",),))

    assert made == "```\nname\n\u02cb\u02cb\u02cb **x** @here\n```"


def test_wide_characters_take_two_columns_and_joining_ones_none() -> None:
    made = table(("who", "n"), (("小明", "1"), ("Zoe\u0301", "2"), ("z\u0336\u0336\u0336", "3")))

    assert made == "```\nwho   n\n小明  1\nZoé   2\nz     3\n```"


def test_eight_columns_of_long_cells_still_fit() -> None:
    made = table(("name",) * 8, (("x" * 500,) * 8,))

    assert {len(line) for line in made.splitlines()[1:-1]} == {40}


def test_a_table_without_rows_has_its_header() -> None:
    assert table(("a", "b"), ()) == "```\na  b\n```"
