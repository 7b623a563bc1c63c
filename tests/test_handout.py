"""Is the handout one small file that stands by itself, with its figures without a script too?"""

from __future__ import annotations

import json
import re

import pytest

from coverage.base import texts
from coverage.commands import cli
from coverage.model import chance, links, runs
from coverage.reports import handout
from tests import sample

ID = texts.load("id")
PROPOSAL = {"informal.new": "0.2", "p1.name": "Program </script>", "p1.segment": "informal", "p1.workers": "10000"}
PROPOSAL |= {"p1.starts": "2023-03", "p1.months": "8", "p1.stay": "0.5"}


def page(language: texts.Texts = ID) -> str:
    view, scenario = sample.looked()[0], links.from_query(PROPOSAL)
    source = sample.noted(view, scenario, language)
    return handout.make_handout(view, scenario, 11, band=chance.draw_futures(view), source=source, texts=language)


def test_a_handout_is_small_and_asks_nobody_for_anything() -> None:
    html = page()

    assert len(html.encode()) <= handout.MOST_BYTES
    assert not re.search(r"(src|href)=|@import|url\(|fetch\(|https?://", html.split("<body>")[0])
    assert "eval(" not in html
    assert "new Function" not in html


def test_figures_stand_there_without_a_script_and_are_those_of_the_run() -> None:
    html = page().split("<script")[0]
    view, scenario = sample.looked()[0], links.from_query(PROPOSAL)
    rows = runs.table_of_run(view, runs.flows(view, scenario, 11), name="x", keys=["segment"])
    informal = rows.filter(segment="informal")["covered"][-1]

    assert ID.people(informal) in html
    assert "<table>" in html
    assert "<polyline" in html


def test_a_name_cannot_end_the_script_it_stands_in() -> None:
    html = page()
    data = html.split('id="handout-data">')[1].split("</script>")[0]

    assert json.loads(data)["scenario"]["programme"][0]["name"] == "Program </script>"


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_word_is_left_to_be_filled_in(language: str) -> None:
    assert not re.search(r"\[\[\w+\]\]", page(texts.load(language)).split("<script")[0])


def test_the_command_writes_it_and_refuses_another_ending(tmp_path, capsys) -> None:
    out = tmp_path / "usulan.html"
    code = cli.main(
        ["handout", "--branch", "Palembang", "--set", "informal.new=0.2", "--draws", "0", "--out", str(out)]
    )

    assert code == 0
    assert "makeHandout(" in out.read_text("utf-8")
    assert cli.main(["handout", "--out", str(tmp_path / "usulan.pdf")]) == 2
    assert ".html" in capsys.readouterr().err
