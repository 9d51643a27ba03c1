"""What was measured, held against its target, as a table or as JSON."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil
from statistics import median
from typing import Literal, Self


@dataclass(frozen=True)
class Target:
    """The most that is allowed: of the ratio, of the value, or of the excess over the yardstick."""

    limit: float
    of: Literal["ratio", "value", "excess"] = "ratio"

    def __str__(self) -> str:
        """Say it in a table."""
        sign = {"ratio": "×", "value": "", "excess": " more"}[self.of]
        return f"≤ {self.limit:g}{sign}"


@dataclass
class Samples:
    """Paired values of the yardstick and of dealboard, taken in turns."""

    yardstick: list[float] = field(default_factory=list)
    dealboard: list[float] = field(default_factory=list)

    def without(self, first: int) -> "Samples":
        """Leave out so many from the beginning."""
        return Samples(self.yardstick[first:], self.dealboard[first:])

    def only(self, first: int) -> "Samples":
        """Keep so many from the beginning."""
        return Samples(self.yardstick[:first], self.dealboard[:first])


@dataclass(frozen=True)
class Row:
    """One figure: medians of the yardstick (hello-world if not said otherwise) and of dealboard."""

    metric: str
    size: int | None
    unit: str
    yardstick: float | None
    dealboard: float
    p95: float | None = None
    target: Target | None = None

    @classmethod
    def of(
        cls,
        metric: str,
        size: int | None,
        unit: str,
        samples: Samples,
        target: Target | None = None,
    ) -> Self:
        """Reduce samples to their medians."""
        ordered = sorted(samples.dealboard)
        return cls(
            metric,
            size,
            unit,
            median(samples.yardstick) if samples.yardstick else None,
            median(ordered),
            ordered[ceil(0.95 * len(ordered)) - 1] if len(ordered) > 1 else None,
            target,
        )

    @property
    def ratio(self) -> float | None:
        """How many times the yardstick dealboard takes."""
        return self.dealboard / self.yardstick if self.yardstick else None

    @property
    def verdict(self) -> str:
        """Say 'ok' or 'over', or nothing where there is no target."""
        if self.target is None:
            return ""
        value = {
            "ratio": self.ratio or 0.0,
            "value": self.dealboard,
            "excess": self.dealboard - (self.yardstick or 0.0),
        }[self.target.of]
        return "ok" if value <= self.target.limit else "over"


FLAT = Target(1.2)


def flatness(rows: Sequence[Row], metrics: Iterable[str]) -> list[Row]:
    """Compare the ratios at the largest size with those at the smallest."""
    result = []
    for metric in metrics:
        sizes = sorted((row for row in rows if row.metric == metric), key=lambda row: row.size or 0)
        if len(sizes) > 1 and (small := sizes[0].ratio) and (large := sizes[-1].ratio):
            name = f"flat: {metric}, against {sizes[0].size}"
            result.append(Row(name, sizes[-1].size, "×", small, large, target=FLAT))
    return result


HEADS = ("metric", "size", "unit", "yardstick", "dealboard", "p95", "ratio", "target", "")


def table(rows: Iterable[Row]) -> str:
    """Lay the rows out as text."""
    cells = [HEADS, *(_cells(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )


def to_json(rows: Iterable[Row]) -> str:
    """Give the rows as one JSON list."""
    return json.dumps(
        [
            {
                "metric": row.metric,
                "size": row.size,
                "unit": row.unit,
                "yardstick": row.yardstick,
                "dealboard": row.dealboard,
                "p95": row.p95,
                "ratio": row.ratio,
                "target": row.target and {"limit": row.target.limit, "of": row.target.of},
                "verdict": row.verdict or None,
            }
            for row in rows
        ],
        indent=2,
    )


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.metric,
        "" if row.size is None else f"{row.size:,}",
        row.unit,
        _number(row.yardstick),
        _number(row.dealboard),
        _number(row.p95),
        "" if row.ratio is None else f"{row.ratio:.2f}×",
        str(row.target or ""),
        row.verdict,
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}" if value < 10 else f"{value:.1f}"
