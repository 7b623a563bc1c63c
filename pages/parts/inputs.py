"""Which inputs of the screens travel in the link, and what can be unfolded? Each is declared here, once.

An input is drawn with its declaration (`widgets.choice(inputs.LENS, ...)`): a text that nobody declared is refused by
the type checker. From the declaration follow its parameter in the link, that a link brings it back, and that it is left
out where it is as the page opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

from coverage.base.tables import SEGMENTS

Key = NewType("Key", str)
"""Under which an input stands in the session's state."""
Panel = NewType("Panel", str)
"""The key of what can be unfolded: a question, a list, the table of a chart."""
Drawn = NewType("Drawn", str)
"""The key of a chart whose table can be unfolded."""


@dataclass(frozen=True, kw_only=True)
class LinkedInput:
    """An input that travels in the link as `parameter`; `key` is its place in the session's state.

    `many` holds a list; a `place` says what is looked at, whatever the scenario; `inside` is the panel that it stands
    in, for it is on the screen only while that is open; `formerly` is its parameter in links of before.
    """

    parameter: str
    key: Key
    many: bool = False
    place: bool = False
    inside: Panel | None = None
    formerly: str = ""


INPUTS: list[LinkedInput] = []
"""Every input that travels, in the order of the link."""
PANELS: list[Panel] = []
"""Everything that can be unfolded, in the order of the link."""
AROUND: dict[Panel, Panel] = {}
"""What can be unfolded inside something else that can -> that."""


def travels(
    parameter: str,
    key: str = "",
    *,
    many: bool = False,
    place: bool = False,
    inside: Panel | None = None,
    formerly: str = "",
) -> Key:
    """Declare an input, see `LinkedInput`; return its key, which is its parameter where none is given."""
    declared = LinkedInput(
        parameter=parameter,
        key=Key(key or parameter),
        many=many,
        place=place,
        inside=inside,
        formerly=formerly,
    )
    INPUTS.append(declared)
    return declared.key


def unfolds(key: str, *, inside: Panel | None = None) -> Panel:
    """Declare what can be unfolded; a link leaves out the ending `_panel`, and opens what it stands `inside` too."""
    PANELS.append(Panel(key))
    if inside is not None:
        AROUND[PANELS[-1]] = inside
    return PANELS[-1]


def drawn(key: str, *, inside: Panel | None = None) -> Drawn:
    """Declare a chart; its table can be unfolded."""
    unfolds(f"{key}_table", inside=inside)
    return Drawn(key)


def table_of(chart: Drawn) -> Panel:
    """Return the panel of a chart's table."""
    return Panel(f"{chart}_table")


MAP = unfolds("map")
STRAIN_SETS, STRAIN_MILESTONES = unfolds("strain_sets"), unfolds("strain_milestones")
PROGRAMMES = unfolds("programmes_panel")
SOLVE = unfolds("solve_panel")
SOLVE_EACH = unfolds("solve_each", inside=SOLVE)
MIX, RULES, DIFFERS = unfolds("mix_panel"), unfolds("rules_panel"), unfolds("differs_panel")
FILE, LIBRARY, MEETING = unfolds("file_panel"), unfolds("library_panel"), unfolds("meeting_panel")
MONEY_OWN = unfolds("money_own")
BACKTEST = unfolds("backtest_open")
TEMPLATE = unfolds("template_panel")
unfolds("exports_panel")  # of links of before: the files stand under "Share" now, unfolded
LIBRARY_SAVE = unfolds("library_save", inside=LIBRARY)
LIBRARY_DELETED = unfolds("library_deleted", inside=LIBRARY)
DATA_FOLDER = unfolds("data_folder")
OWN_TARGETS = unfolds("own_targets_panel")
READING_ORIGINS = unfolds("reading_origins")
CHARTS = unfolds("charts_panel")
BULLET, TRAJECTORY = drawn("bullet", inside=CHARTS), drawn("trajectory", inside=CHARTS)
SIMULATED, FLOWS = drawn("simulated"), drawn("flows")
PAYMENTS, MIX_CURVE, TARGET_SETS, PLACES = drawn("payments"), drawn("mix_curve"), drawn("target_sets"), drawn("places")
SMALL_TABLE = unfolds("small_table")
COMPARED_LINES, WATERFALL, TORNADO = drawn("compared_lines"), drawn("waterfall"), drawn("tornado")
PLAN_LINES, BACKTEST_ERRORS = drawn("plan_lines"), drawn("backtest_errors")
RULE_TABLES = {segment: unfolds(f"rule_{segment}_table") for segment in SEGMENTS}
MORE_LEVERS = {segment: unfolds(f"more_levers_{segment}") for segment in SEGMENTS}

LANGUAGE = travels("lang", "language")
DATASET = travels("data", "dataset", place=True)
REGION, PROVINCE = travels("region", place=True), travels("province", place=True)
BRANCH = travels("branch", place=True)
IN_VIEW = travels("segments", many=True, place=True)
MONTH = travels("month", place=True)
TARGET_SET = travels("targets", "target_set", place=True)
TARGETS_FILE = travels("targets_file", place=True)
DUE_MONTH = travels("due", "due_month", place=True)
GROWTH = travels("growth", "assumed_growth", place=True)
LENS = travels("lens", formerly="view")
SECOND_CHART = travels("second", "second_chart")
RANK = travels("rank")
ROW_LEVEL = travels("by", "row_level")
SCREEN = travels("screen")
COMPARED = travels("compare", "compared", many=True)
EXPLAINED = travels("explain", "explained")
PLAN, PLAN_MADE = travels("plan"), travels("made", "plan_made")
MEETING_KEPT = travels("meeting", "meeting_kept")
LIBRARY_SEARCH = travels("search", "library_search", inside=LIBRARY)
LIBRARY_WITH = travels("tagged", "library_with", many=True, inside=LIBRARY)
LIBRARY_PAGE = travels("shelf", "library_page", inside=LIBRARY)
LIBRARY_TIE = travels("saved", "library_tie")
LEVER_LENS = travels("levers", "lever_lens")
SHARE_OUT = travels("share", "share_out")
SMALL_PAGE = travels("page", "small_page")
METHOD_TAB = travels("tab", "method_tab")
SEVERITIES, PROBLEM_PAGE = travels("severity", "severities", many=True), travels("problems", "problem_page")
HEADERS_OF = travels("file", "headers_of")
RULED = travels("rules", "ruled", inside=RULES)
DISCOUNT_GROUP = travels("discount", "discount_group")
SOLVING = {
    name: travels(f"solve.{name}", f"solving_{name}", inside=SOLVE) for name in ("segment", "lever", "by", "chance")
}
MIXING = {
    name: travels(f"mix.{name}", f"mixing_{name}", inside=MIX)
    for name in (
        *("new", "lapse", "back", "premium", "months", "budget"),
        *("new_limit", "lapse_limit", "back_limit", "workers_limit"),
    )
}
OVERVIEW_LEVEL = Key("overview_level")  # of the first page, which shows the first few rows of a level
SHEET_OF = Key("sheet_of")  # of handed-in sheets, whose names stay out of links
