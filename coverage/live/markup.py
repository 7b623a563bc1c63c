"""How is a goal bar written as markup, the same as the cockpit's script draws it?"""

from __future__ import annotations

TARGET_AT = 0.94
"""Where the target's tick stands: short of the end, so that a surplus can be seen."""


def goal_bar(active: float, end: float, target: float | None, colour: str, *, tall: bool = False) -> str:
    """Write a bar: solid to today, the same colour lighter to the end, a tick at the target."""
    whole = max(active, end, 1.0) if not target else target / TARGET_AT
    now, later = (f"{min(max(value / whole, 0), 1) * 100:.2f}%" for value in (min(active, end), end))
    tick = f'<i class="ck-goal-tick" style="left:{TARGET_AT:.0%}"></i>' if target else ""
    kind = " ck-tall" if tall else ""
    return (
        f'<div class="ck-goal{kind}" style="--own:{colour}"><i class="ck-later" style="width:{later}"></i>'
        f'<i class="ck-so-far" style="width:{now}"></i>{tick}</div>'
    )
