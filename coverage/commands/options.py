"""Which commands are there, which options does each take, and how is each used?"""

from __future__ import annotations

from dataclasses import dataclass

from coverage.base import texts as languages


@dataclass(frozen=True, kw_only=True)
class Option:
    """An option: its name without dashes, what it takes (a key below `cli.metavar`, else a notation), how often.

    One that takes nothing is on where it is given.
    """

    name: str
    takes: str = ""
    many: bool = False

    @property
    def parameter(self) -> str:
        return self.name.replace("-", "_")


OPTIONS = (
    Option(name="data", takes="path", many=True),
    Option(name="targets", takes="file", many=True),
    Option(name="strict"),
    Option(name="target-set", takes="name"),
    Option(name="target-month", takes="YYYY-MM"),
    Option(name="programmes", takes="file"),
    Option(name="map", takes="file"),
    Option(name="branch", takes="name", many=True),
    Option(name="region", takes="name", many=True),
    Option(name="segment", takes="name", many=True),
    Option(name="as-of", takes="YYYY-MM"),
    Option(name="eligible-growth", takes="0.03"),
    Option(name="by", takes="keys"),
    Option(name="scenario", takes="scenario", many=True),
    Option(name="until", takes="YYYY-MM"),
    Option(name="set", takes="assignment", many=True),
    Option(name="draws", takes="count"),
    Option(name="seed", takes="count"),
    Option(name="made", takes="YYYY-MM"),
    Option(name="lever", takes="informal.new|date"),
    Option(name="each", takes="branch"),
    Option(name="by-month", takes="YYYY-MM"),
    Option(name="chance", takes="0.8"),
    Option(name="budget", takes="RUPIAH"),
    Option(name="cost", takes="assignment", many=True),
    Option(name="horizon", takes="months", many=True),
    Option(name="share-out", takes="eligible|uncovered|gap|active"),
    Option(name="template", takes="file"),
    Option(name="discount", takes="general|transport"),
    Option(name="format", takes="table|csv|json"),
    Option(name="language", takes="|".join(languages.languages())),
    Option(name="out", takes="file"),
)


_COMMON = frozenset(
    {
        "data",
        "strict",
        "targets",
        "target-set",
        "target-month",
        "map",
        "branch",
        "region",
        "segment",
        "as-of",
        "format",
        "language",
        "out",
    }
)


_LOOKED = _COMMON | {"programmes", "eligible-growth"}


COMMANDS: dict[str, frozenset[str]] = {
    "check": _COMMON,
    "clean": _COMMON,
    "aggregate": frozenset({"data", "as-of", "format", "language", "out"}),
    "gaps": _LOOKED | {"by"},
    "simulate": _LOOKED | {"by", "scenario", "until", "set", "draws", "seed"},
    "rules": _LOOKED | {"scenario", "until", "set"},
    "targets": _LOOKED | {"share-out"},
    "ladders": _LOOKED,
    "milestones": _LOOKED | {"share-out"},
    "compare": _LOOKED | {"by", "scenario", "until", "set", "draws", "seed"},
    "tornado": _LOOKED | {"by", "scenario", "until", "set"},
    "plan": _LOOKED | {"by", "scenario", "set", "made", "draws", "seed"},
    "backtest": _LOOKED | {"by", "horizon"},
    "solve": _LOOKED | {"lever", "each", "by-month", "chance", "scenario", "set", "draws", "seed"},
    "mix": _LOOKED | {"by-month", "budget", "cost", "scenario", "set"},
    "curve": _LOOKED | {"by-month", "budget", "cost", "scenario", "set"},
    "money": _LOOKED | {"scenario", "until", "set", "discount"},
    "cliffs": _LOOKED | {"scenario", "until", "set"},
    "report": (_LOOKED - {"format"}) | {"scenario", "until", "set", "draws", "seed", "template"},
    "handout": (_LOOKED - {"format"}) | {"scenario", "until", "set", "draws", "seed"},
    "template": frozenset({"language", "out"}),
}


EXAMPLES: dict[str, tuple[str, ...]] = {
    "check": ("check --data data/samples/sumbagsel",),
    "clean": ("clean --data data/samples/sumbagsel --out clean.csv",),
    "aggregate": (
        "aggregate --data data/persons.csv --out counts.csv",
        "aggregate --data data/persons.csv --format table",
    ),
    "gaps": ("gaps --branch Palembang", "gaps --by branch,segment --format csv"),
    "simulate": (
        "simulate --branch Palembang --scenario informal-push",
        "simulate --set informal.new=0.2 --until 2023-12 --format csv",
    ),
    "rules": (
        "rules --branch Palembang",
        "rules --segment informal --set informal.rule=rate --set informal.rule.rate=0.1",
    ),
    "targets": ("targets", "targets --target-set ucj-2025 --share-out uncovered --format csv"),
    "ladders": ("ladders --branch Palembang",),
    "milestones": ("milestones --branch Palembang",),
    "compare": (
        "compare --branch Palembang --scenario informal-push --scenario keep-them --by total",
        "compare --scenario all-together --format csv",
    ),
    "tornado": ("tornado --branch Palembang --scenario all-together --by total",),
    "plan": (
        "plan --branch Palembang --made 2022-07",
        "plan --scenario keep-them --made 2022-07 --by total --format csv",
    ),
    "backtest": ("backtest", "backtest --by branch,segment --format csv", "backtest --horizon 6 --horizon 24"),
    "solve": (
        "solve --lever informal.new --branch Palembang",
        "solve --lever BPU.workers --by-month 2024-06 --chance 0.8",
        "solve --lever date --scenario informal-push",
        "solve --lever informal.new --each branch --format csv",
    ),
    "mix": (
        "mix --branch Palembang --segment informal",
        "mix --budget 3000000000 --cost informal.new=25000 --cost workers_limit=20000 --format csv",
    ),
    "curve": ("curve --branch Palembang --segment informal",),
    "money": ("money --branch Palembang --scenario funded-programme --until 2024-06",),
    "cliffs": ("cliffs --branch Palembang --scenario funded-programme",),
    "handout": ("handout --branch Palembang --set informal.new=0.2 --out usulan.html",),
    "report": (
        "report --branch Palembang --scenario all-together --out rapat.pptx",
        "report --set informal.new=0.2 --until 2023-12 --out rapat.pptx --language en",
        "report --region Sumbagsel --scenario all-together --out angka.xlsx",
    ),
    "template": ("template --out cabang.csv", "template --out cabang.xlsx"),
}
