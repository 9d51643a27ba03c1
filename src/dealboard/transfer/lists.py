"""Several values in one cell, as our own exports write them: `Ann Ek; Bo & Sons`.

A backslash keeps the semicolon, or the backslash, behind it from meaning anything.
"""

import re
from collections.abc import Sequence

_SPECIAL = re.compile(r"[\\;]")
_PARTS = re.compile(r"\\.|[^\\;]+|;|\\", re.DOTALL)


def join(values: Sequence[str]) -> str:
    """Return values as one cell; empty if all of them are."""
    escaped = (_SPECIAL.sub(r"\\\g<0>", value) for value in values)
    return "; ".join(escaped) if any(values) else ""


def split(cell: str) -> list[str]:
    """Return what `join` was given; of an empty cell, nothing."""
    if not cell.strip():
        return []
    values = [""]
    for part in _PARTS.findall(cell):
        if part == ";":
            values.append("")
        else:
            values[-1] += part[1:] if len(part) > 1 and part[0] == "\\" else part
    return [value.strip() for value in values]
