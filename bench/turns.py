"""How are things timed by turns, so that other work on the machine hurts all alike, and how is that told?"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from collections.abc import Callable, Mapping

Acts = Mapping[str, Callable[[], object]]
Taken = dict[str, list[float]]


def repetitions(doc: str | None, usual: int) -> int:
    """Return how many times the caller of a measurement wants each thing done."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=usual)
    return int(parser.parse_args().repetitions)


def taken(acts: Acts, times: int, *, before: int = 1) -> Taken:
    """Do each thing by turns, so many times after a few that do not count; return milliseconds of processor time.

    Processor time, not the clock's: other work on the machine disturbs it less.
    """
    told: Taken = {name: [] for name in acts}
    gc.collect()
    gc.freeze()  # as the app does: the imports' objects are not looked at again
    for turn in range(before + times):
        for name, act in acts.items():
            began = time.process_time()
            act()
            if turn >= before:
                told[name].append(1000 * (time.process_time() - began))
    return told


def ratio(told: Taken, ours: str, floor: str) -> float:
    """Return how many times the floor's median ours takes."""
    return statistics.median(told[ours]) / statistics.median(told[floor])


def table(told: Taken, limits: Mapping[str, float | None] | None = None, *, floor: str | None = None) -> str:
    """Write medians and 95th percentiles in milliseconds as a Markdown table; limits and ratios where there are any."""
    times = len(next(iter(told.values())))
    heads = [f"measured ({times} times, by turns)", "median, ms of processor time", "95th percentile, ms"]
    heads += ["limit, ms"] * (limits is not None) + ["ratio to the floor"] * (floor is not None)
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    for name, values in told.items():
        # With few repetitions the percentile is the slowest of them.
        high = statistics.quantiles(values, n=20, method="inclusive")[-1] if len(values) > 19 else max(values)
        line = [name, f"{statistics.median(values):.1f}", f"{high:.1f}"]
        line += [f"{limits[name]:.0f}" if limits.get(name) else "–"] if limits is not None else []
        line += [f"{ratio(told, name, floor):.2f}"] if floor is not None else []
        lines.append(line)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
