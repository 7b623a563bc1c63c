"""Rows in order: the fast way of sorted files says what sorting says; and what many texts are asked once for all."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from coverage.base import settings, tables
from coverage.intake import checks, hand_in, joining, names, row_reader
from coverage.intake.read import Handed, read
from coverage.intake.rows import SLICE

RANK = np.array([2, 0, 1], dtype=np.int32)
LABELS = pl.Series(["a.csv"])


def rows(keys: list[tuple[int, int, int]]) -> pl.DataFrame:
    """One row per (branch, segment, month) in the order given; the active members are the row's number."""
    branch, segment, month = (np.array(part, dtype=np.int16) for part in zip(*keys, strict=True))
    table = pl.DataFrame({"month": month, "branch": branch, "segment": segment, "active": range(len(keys))})
    return table.with_columns(file=pl.lit(0, dtype=pl.Int32), line=pl.int_range(2, len(keys) + 2))


def in_sentences(keys: list[tuple[int, int, int]]) -> tuple[list[int], list[int]]:
    """Return the order of the rows and the months since the row before, as a person would work them out."""
    order = sorted(range(len(keys)), key=lambda at: (RANK[keys[at][0]], *keys[at][1:]))
    steps = [0]
    for before, now in pairwise(order):
        same = keys[before][:2] == keys[now][:2]
        steps.append(keys[now][2] - keys[before][2] if same else 0)
    return order, steps


def check_against_sorting(keys: list[tuple[int, int, int]]) -> None:
    table, order, steps, problems = joining.in_order(rows(keys), RANK, LABELS)
    expected, months = in_sentences(keys)
    assert not problems
    assert table["active"].gather(order if order is not None else range(len(keys))).to_list() == expected
    assert steps.tolist() == months
    assert (order is None) == (expected == list(range(len(keys))))


@pytest.mark.parametrize("seed", range(60))
def test_rows_in_any_order_are_put_by_name_segment_and_month(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - nothing is kept secret
    every = [(branch, segment, month) for branch in range(3) for segment in range(2) for month in range(24_000, 24_006)]
    keys = chance.sample(every, chance.randint(1, len(every)))
    keys.sort(key=lambda key: (RANK[key[0]], *key[1:]))
    for _ in range(seed % 3):  # none, one or two rows out of their place
        keys.insert(chance.randrange(len(keys)), keys.pop())
    check_against_sorting(keys)


def test_a_series_may_go_on_in_the_next_slice_and_a_row_out_of_place_there_is_seen() -> None:
    many = [(1, segment, month) for segment in range(2) for month in range(SLICE - 20_000)]
    check_against_sorting(many)
    check_against_sorting([*many[:-2], many[-1], many[-2]])


def test_a_month_that_stands_twice_in_a_file_in_order_is_told() -> None:
    _, _, _, problems = joining.in_order(rows([(1, 0, 24_000), (1, 0, 24_001), (1, 0, 24_001)]), RANK, LABELS)
    assert [code for frame in problems for code in frame["code"]] == ["twice_differs", "twice_differs"]


@pytest.mark.parametrize(
    "text",
    [
        *("01. Palembang", "(01) Palembang", "Palembang (0107)", "00108 -- KC Palembang", " Palembang", "Palembang "),
        *("'Palembang", "Kota  Bogor", "Palem\u200bbang", "Palem\tbang", "Kota\u00a0Bogor", "Palembang\n"),
        *(
            "Total",
            "JUMLAH",
            "Sub Total",
            "Semua cabang",
            "rekapitulasi",
            "-",
            "–",
            "n/a",
            "...",
            "",
            "#N/A",
            "=…",
            "12",
        ),
        *("Palembang", "KC Palembang", "D.I. Yogyakarta", "Kab. Toli-Toli", "Ngawi", "Kota Ánh", "Dana (lama) Ilir"),
    ],
)
def test_a_name_that_is_not_odd_is_the_bare_name_of_a_place(text: str) -> None:
    bare = names.place(text) == text and names.branch(text, tables.branch_key(text), 7) == 7
    assert names.is_one_odd(["Jambi", text]) or bare
    if text in ("Palembang", "KC Palembang", "D.I. Yogyakarta", "Kab. Toli-Toli", "Ngawi", "Kota Ánh"):
        assert not names.is_one_odd(["Jambi", text])


@pytest.mark.parametrize("words", [["a"], ["a", "b"], ["a", "b", "c", "d"], ["b", None, "a"]])
def test_texts_are_numbered_by_comparing_where_there_are_few(words: list[str | None]) -> None:
    column = pl.Series(words * 5000, dtype=pl.String)
    compared = row_reader._compared(column)
    assert compared is not None
    codes, texts = compared
    assert [*texts, None] == [*dict.fromkeys(word for word in words if word is not None), None]
    assert [[*texts, None][code] for code in codes[: len(words)].to_list()] == words
    assert (
        row_reader._compared(column.set(pl.Series([False] * 7 + [True] + [False] * (len(column) - 8)), "rare")) is None
    )


def test_a_figure_that_doubles_in_a_late_slice_or_chunk_is_no_calm() -> None:
    steps = np.ones(SLICE * 2 + 10, dtype=np.int16)
    steps[0] = 0
    level = np.full(len(steps), 1_000)
    doubled = np.concatenate([level[:-3], level[-3:] * 2])
    pieces = pl.concat([pl.Series(doubled[:7]), pl.Series(doubled[7:-1]), pl.Series(doubled[-1:])], rechunk=False)

    def calm(active: pl.Series, steps: np.ndarray) -> bool:
        return checks.is_calm(pl.DataFrame({"active": active, checks.STEP: steps}), settings=settings.load())

    assert calm(pl.Series(level), steps)
    assert not calm(pieces, steps)
    begun = steps.copy()
    begun[-3] = 0  # another series begins there
    assert calm(pieces, begun)


def test_a_file_that_has_to_be_looked_at_again_costs_the_others_no_second_opening() -> None:
    across = b"Cabang;PU Jan 2023;BPU Jan 2023\nLahat;5100;700\nJambi;7000;900\n"
    plain_at_first = b"Bulan;Cabang;Segmen;Aktif\n2023-01;Palembang;PU;5 ribu\n2023-02;Palembang;PU;6200\n"
    files = [Handed(name="a.csv", content=across), Handed(name="b.csv", content=plain_at_first)]
    opened: list[str] = []

    with hand_in.telling(lambda source: opened.append(source.name) if source else None):
        intake = read(files, settings=settings.load())

    assert opened == ["a.csv", "b.csv", "b.csv"]
    assert intake.table["active"].to_list() == [7000, 900, 5100, 700, 5000, 6200]
