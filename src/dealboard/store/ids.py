"""Names that stay unique across processes and files (UUID version 7, RFC 9562)."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

_VARIANTS = {digit: "89ab"[number % 4] for number, digit in enumerate("0123456789abcdef")}
"""What stands for the two bits that every such name begins its second half with."""


STAMP = 13
"""Characters of such a name that tell when it was made: names made for one moment share them."""


def stamped(stamp: str) -> datetime:
    """Return the moment that a name begins with, in UTC."""
    return datetime.fromtimestamp(int(stamp.replace("-", ""), 16) / 1000, UTC)


def new_uid(now: datetime) -> str:
    """Return a new UUIDv7 as text; those made later sort later."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    return str(UUID(int=value | 0b10 << 62 | secrets.randbits(62)))


def new_uids(now: datetime, count: int) -> Iterator[str]:
    """Yield as many of them for one moment, in a fraction of the time."""
    first, drawn = new_uid(now)[:15], secrets.token_hex(10 * count)
    for start in range(0, len(drawn), 20):
        end = start + 20
        variant = _VARIANTS[drawn[start]]
        yield (
            f"{first}{drawn[start + 1 : start + 4]}"
            f"-{variant}{drawn[start + 4 : start + 7]}-{drawn[start + 8 : end]}"
        )
