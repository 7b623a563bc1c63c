"""Which whole number does a cell of a count column mean, and can it be trusted?

Only cells that are no plain digits come here. `174.000` is a head count with its thousands marked, never 174: people
have no fractions. Where a file uses both dot and comma as a thousands mark, none of those values can be trusted.
Babel's and Polars's own parsers are not used: they read 174.5 as 1745, or 174.000 as 174.0.
"""

from __future__ import annotations

import polars as pl

NO_VALUE = (
    "-",
    "–",
    "—",
    "--",
    "n/a",
    "na",
    "n.a.",
    "n.a",
    "nan",
    "null",
    "none",
    "...",
    "..",
    "…",
    ".",
    "tidak ada",
    "tba",
)
ERRORS = (
    "number_unreadable",
    "number_shortened",
    "formula_lost",
    "fraction",
    "separators_contradict",
    "number_too_large",
)
"""What makes a cell no number that can be used."""
MOST_PEOPLE = 10_000_000_000
"""More people than live on earth: such a count is a slip, and sums of such counts would overflow."""

LOST = r"^(?:=…|#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!))$"
"""A formula that nobody calculated, or the error it came to: a lookup that found nothing leaves `#N/A`."""

_SPACES = r"[\s\u00a0\u2007\u2009\u202f]"
_DIGITS = r"^-?[0-9]+$"
_CLASSES: tuple[tuple[str, str], ...] = (
    ("plain", _DIGITS),
    ("dot", r"^-?[1-9][0-9]{0,2}(\.[0-9]{3})+$"),
    ("comma", r"^-?[1-9][0-9]{0,2}(,[0-9]{3})+$"),
    ("space", r"^-?[1-9][0-9]{0,2}( [0-9]{3})+$"),
    ("dot_zero", r"^-?[1-9][0-9]{0,2}(\.[0-9]{3})+,0{1,2}$"),
    ("comma_zero", r"^-?[1-9][0-9]{0,2}(,[0-9]{3})+\.0{1,2}$"),
    ("zero_dot", r"^-?[0-9]+\.0{1,2}$"),
    ("zero_comma", r"^-?[0-9]+,0{1,2}$"),
    ("shortened", r"^-?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+$"),
    ("fraction", r"^-?[0-9]+[.,][0-9]+$"),
    ("lost", LOST),
)
_MOST_DOTTED = 9  # digits
_KIND = ["file", "position", "text"]
_THOUSANDS = ("dot", "comma", "dot_zero", "comma_zero")
_DOT_MARKS = pl.col("class").is_in(["dot", "dot_zero"])
_COMMA_MARKS = pl.col("class").is_in(["comma", "comma_zero"])
_DOT_DECIMALS = pl.col("class").is_in(["comma_zero", "zero_dot"])
_COMMA_DECIMALS = pl.col("class").is_in(["dot_zero", "zero_comma"])
_HAS_MARKS = pl.col("class").is_in(["dot", "comma"])
_HAS_ZEROS = pl.col("class").is_in(["dot_zero", "comma_zero"])
_HAS_THOUSANDS = pl.col("class").is_in(_THOUSANDS)
_IS_MARKED = pl.col("class").is_in([*_THOUSANDS, "zero_dot", "zero_comma"])


def dotted(text: pl.Series) -> pl.Series:
    """Return the number in each cell that is written with dots between its thousands and is nothing else (`1.234.567`,
    below a thousand million); null for all other cells. A quarter of the time of looking at each different text."""
    bare = text.str.replace_all(".", "", literal=True)
    cell, digits = pl.col("text"), pl.col("bare").str.len_bytes()
    table = pl.DataFrame({"text": text, "bare": bare}).select(
        number=pl.col("bare").cast(pl.Int64, strict=False),
        dots=cell.str.len_bytes() - digits,
        needed=(digits.clip(1, _MOST_DOTTED + 3) - 1) // 3,
        # No sign and no zero in front; the last dot in its place.
        good=(cell >= "1") & (cell < ":") & (cell.str.slice(-4, 1) == "."),
    )
    good = pl.col("good") & (pl.col("dots") == pl.col("needed")) & pl.col("dots").is_between(1, _MOST_DOTTED // 3 - 1)
    numbered = table.select("dots", number=pl.when(good).then("number"))
    if (numbered["dots"] < 2).all():
        return numbered["number"]
    first = (text.str.slice(-8, 1) == ".") | (numbered["dots"] < 2)
    return pl.select(pl.when(first).then(numbered["number"])).to_series()


def read(cells: pl.DataFrame, plain_large: pl.DataFrame) -> pl.DataFrame:
    """One row per cell, as given, with `number` (null: no value), `code` (null: nothing to say) and `mark`.

    `cells` has `file`, `position` (of the column), `row` and `text`, which is no plain number, and may have `many`: for
    how many cells written like it this one stands. `plain_large` has, per `file` and `position`, `large`: how many
    cells of 4 or more plain digits stand in the column beside these.
    `mark` is the sign between thousands. What a text means depends on its file and column alone: it is judged once.
    Codes: those of `ERRORS`; ambiguous_number (warning); thousands_assumed (note).
    """
    many = pl.col("many").sum() if "many" in cells.columns else pl.len()
    kinds = cells.lazy().group_by(_KIND).agg(many=many)
    if plain_large.height:
        kinds = kinds.join(plain_large.lazy(), on=["file", "position"], how="left", validate="m:1")
    else:
        kinds = kinds.with_columns(large=pl.lit(None, dtype=pl.UInt32))
    judged = (
        kinds.with_columns(clean=_CLEAN)
        .with_columns(_CLASS.alias("class"))
        .with_columns(number=_DIGITS_ALONE.cast(pl.Int64, strict=False), **_PROOFS)
        .select(*_KIND, mark=_MARK, number=pl.when(_IS_NUMBER).then(pl.col("number")), code=_CODE)
    )
    every = cells.lazy().join(judged, on=_KIND, how="left", maintain_order="left", validate="m:1")
    return every.collect(engine="in-memory", optimizations=pl.QueryOptFlags.none())  # there is nothing to optimise


_CLEAN = (
    pl.col("text")
    .str.replace_all(_SPACES + "+", " ")
    .str.strip_chars(" ")
    .str.strip_prefix("'")
    .str.replace(r"(?i)^(rp|idr)\.? ?", "")
    .str.replace("^[−–]", "-")
    .str.replace(r"^\((.+)\)$", "-$1")
    .str.replace(r"^([^-].*)-$", "-$1")
    .str.replace("^- ", "-")
    .str.replace(r"^\+([0-9])", "$1")
)
"""A text without padding, currency and odd minus."""
_CLASS = pl.coalesce(
    pl.when(pl.col("clean").str.to_lowercase().is_in(["", *NO_VALUE])).then(pl.lit("none")),
    *(pl.when(pl.col("clean").str.contains(form)).then(pl.lit(name)) for name, form in _CLASSES),
    pl.lit("other"),
)
_ZEROS_LEFT_OUT = pl.when(pl.col("class").str.contains("zero", literal=True)).then(
    pl.col("clean").str.replace(r"[.,]0{1,2}$", "")
)
_DIGITS_ALONE = pl.coalesce(_ZEROS_LEFT_OUT, pl.col("clean")).str.replace_all(r"[., ]", "")
_MARK = pl.col("text").str.strip_chars().str.extract(r"\d([.,\s\u00a0\u202f])\d{3}")
_PROOFS = {
    # What the other cells of the file, and of the column, prove.
    "contradict": (
        (_DOT_MARKS.any() & _COMMA_MARKS.any())
        | (_DOT_MARKS.any() & _DOT_DECIMALS.any())
        | (_COMMA_MARKS.any() & _COMMA_DECIMALS.any())
    ).over("file"),
    "grouped": pl.col("many").filter(_HAS_THOUSANDS).sum().over("file", "position"),
    "proven": (_HAS_ZEROS | (_HAS_MARKS & (pl.col("text").str.count_matches(r"[.,][0-9]{3}") > 1)))
    .any()
    .over("file", "position"),
    "rounded": pl.col("clean").filter(_HAS_THOUSANDS).str.ends_with("000").all().over("file", "position"),
}
_ALONE = _HAS_MARKS & ~pl.col("proven")
_BACKED = (pl.col("grouped") > 1) & (pl.col("grouped") > pl.col("large").fill_null(0))
_TOO_LARGE = pl.col("number").abs() > MOST_PEOPLE
_CODE = (
    pl.when(_IS_MARKED & pl.col("contradict"))
    .then(pl.lit("separators_contradict"))
    .when(pl.col("class") == "shortened")
    .then(pl.lit("number_shortened"))
    .when(pl.col("class") == "lost")
    .then(pl.lit("formula_lost"))
    .when(pl.col("class") == "fraction")
    .then(pl.lit("fraction"))
    .when(pl.col("class") == "other")
    .then(pl.lit("number_unreadable"))
    .when((pl.col("class") != "none") & (pl.col("number").is_null() | _TOO_LARGE))
    .then(pl.lit("number_too_large"))
    .when(_ALONE & ~_BACKED)
    .then(pl.lit("ambiguous_number"))
    .when(_ALONE & pl.col("rounded"))
    .then(pl.lit("thousands_assumed"))
)
_IS_NUMBER = ~(
    pl.col("class").is_in(["none", "shortened", "fraction", "lost", "other"])
    | (_IS_MARKED & pl.col("contradict"))
    | _TOO_LARGE
)


def share(column: pl.Expr) -> pl.Expr:
    """Return a stated percentage as a number, with `%` divided by 100; null where it is none.

    It is only ever compared with the figures, so a dot or comma is taken as the decimal mark.
    """
    clean = column.str.replace_all(_SPACES, "").str.replace(",", ".")
    bare = clean.str.strip_suffix("%").cast(pl.Float64, strict=False)
    number = pl.when(bare.is_finite()).then(bare)
    return pl.when(clean.str.ends_with("%")).then(number / 100).otherwise(number)
