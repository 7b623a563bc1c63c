"""How does the projection run the months? A kernel in NumPy, made from the list for each kind of run.

What depends on no member (`Equations.ahead`) is computed for all months at once. A month in which no programme begins
or ends is calm and runs in place (`in_place`); in the others each equation is written as it stands (`numpy_text`).
`kernel(equations, kind).source` shows the text; tracebacks show its lines.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from coverage.model.equations.in_place import OPERATIONS
from coverage.model.equations.numpy_text import Kind, Writer
from coverage.model.equations.steps import Equations

Array: TypeAlias = NDArray[np.float64]


class Months(Protocol):
    """A kernel: runs the months, yields each one when it is written, month 0 first.

    `x` are the inputs: by series (series, 1 or draws), by month (months + 1 or more, series, 1 or draws), by programme
    (programmes, 1, 1), by programme and series (programmes, series, 1 or draws). `out` are the rows of what is kept,
    (months + 1, series, draws), or (1, series, draws) with a `stride` of 0: then only the last month stays. Of a stock
    by programme (programmes, months + 1, series, draws). Rows begin as zeros. What is known ahead is put into `out`.
    """

    def __call__(
        self, x: Mapping[str, Array], out: dict[str, Array], horizon: int, shape: tuple[int, int], stride: int
    ) -> Iterator[int]: ...


@dataclass(frozen=True, kw_only=True)
class Kernel:
    """A kernel, its text, and the inputs that it asks for."""

    run: Months
    source: str
    needs: frozenset[str]


@cache
def kernel(equations: Equations, kind: Kind) -> Kernel:
    """Make the kernel of a kind; the text is made from the list alone, never from what anybody typed."""
    writer = Writer(equations, kind)
    source = writer.text()
    name = f"<months {'ruled ' * kind.ruled}{'paid ' * kind.paid}{'drawn ' * kind.drawn}{' '.join(kind.kept)}>"
    space: dict[str, Any] = dict(_TOOLS)
    exec(compile(source, name, "exec"), space)  # noqa: S102
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    return Kernel(run=space["months"], source=source, needs=frozenset(writer.needs))


def _ratio(over: Array, under: Array, out: Array | None = None) -> Array:
    under = np.asarray(under)
    result: Array = np.divide(
        over, under, out=np.zeros(np.broadcast_shapes(np.shape(over), under.shape)), where=under != 0
    )
    if out is None:
        return result
    np.copyto(out, result)
    return out


def _if_known(line: Array, then: Array, otherwise: Array, out: Array | None = None) -> Array:
    result: Array = np.where(np.isnan(line), otherwise, then)
    if out is None:
        return result
    np.copyto(out, result)
    return out


def _or_zero(value: Array, out: Array | None = None) -> Array:
    result: Array = np.where(np.isinf(value), 0.0, value)
    if out is None:
        return result
    np.copyto(out, result)
    return out


def _over_first(function: np.ufunc, first: Array, second: Array) -> Array:
    """Apply a function and write over the first value, which nobody needs any more, where the result fits there."""
    fits = isinstance(first, np.ndarray) and np.broadcast_shapes(first.shape, np.shape(second)) == first.shape
    result: Array = function(first, second, out=first) if fits else function(first, second)
    return result


def _over_second(function: np.ufunc, first: Array, second: Array) -> Array:
    """Apply a function and write over the second value, where the result fits there."""
    fits = isinstance(second, np.ndarray) and np.broadcast_shapes(np.shape(first), second.shape) == second.shape
    result: Array = function(first, second, out=second) if fits else function(first, second)
    return result


def _total(values: Array, out: Array) -> Array:
    return np.add.reduce(values, axis=0, out=out)


def _summed(values: Mapping[int, Array]) -> Array | float:
    """Add what happened to some programmes; 0 where it happened to none."""
    total: Array | float = 0.0
    for value in values.values():
        total = total + value
    return total


def _months_of(programmes: Array, horizon: int) -> dict[int, list[int]]:
    """Return which programmes a month concerns, by month."""
    results: dict[int, list[int]] = {}
    for k, month in enumerate(programmes.reshape(-1).tolist()):
        if 1 <= month <= horizon:
            results.setdefault(int(month), []).append(k)
    return results


def _grown(first: Array, factor: Array, horizon: int) -> Array:
    """Return a stock that is each month the one before times a factor."""
    path = np.empty((horizon + 1, *np.broadcast_shapes(first.shape, factor.shape)))
    path[0], path[1:] = first, factor
    return np.multiply.accumulate(path, axis=0, out=path)


_TOOLS: dict[str, object] = {name: getattr(np, name) for name in (*OPERATIONS.values(), "minimum", "maximum")} | {
    "negative": np.negative,
    "copyto": np.copyto,
    "empty": np.empty,
    "zeros": np.zeros,
    "arange": np.arange,
    "ratio": _ratio,
    "if_known": _if_known,
    "or_zero": _or_zero,
    "total": _total,
    "over_first": _over_first,
    "over_second": _over_second,
    "summed": _summed,
    "months_of": _months_of,
    "grown": _grown,
}
