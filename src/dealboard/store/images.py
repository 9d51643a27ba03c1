"""A row, or the changed part of one, as JSON for the journal; and back into column values."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from json.encoder import c_make_encoder, encode_basestring_ascii  # type: ignore[attr-defined]
from typing import Any

from sqlmodel import SQLModel

from dealboard.store import tables
from dealboard.store.columns import Flag, moment_text

Image = dict[str, Any]
"""Column names with JSON values: moments and days as ISO text."""


def _encoder(*, sort_keys: bool) -> Callable[[Any, int], Iterable[str]]:
    """Return what JSONEncoder makes anew for every value, which costs more than most do."""
    whole = json.JSONEncoder(sort_keys=sort_keys, separators=(",", ":"))
    if c_make_encoder is None:  # another Python than CPython
        return lambda value, _: whole.iterencode(value)
    made: Callable[[Any, int], Iterable[str]] = c_make_encoder(
        None, whole.default, encode_basestring_ascii, None, ":", ",", sort_keys, False, True
    )
    return made


_scan: Callable[[str, int], tuple[Image, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
"""Reads what was written here, without looking for what may stand around it."""

_sorted = _encoder(sort_keys=True)
_as_given = _encoder(sort_keys=False)

TABLES: dict[str, type[SQLModel]] = {str(table.__tablename__): table for table in tables.JOURNALLED}
"""The journalled tables by name, parents before children."""


@cache
def recorded(table: type[SQLModel]) -> tuple[str, ...]:
    """Return the columns of a table that the journal records."""
    columns = table.__table__.columns  # type: ignore[attr-defined]
    return tuple(c.name for c in columns if c.name != "id" and c.name not in tables.DERIVED)


def image_of(row: SQLModel) -> Image:
    """Return all of a row that the journal records."""
    return image_of_row(type(row), row)


def image_of_row(table: type[SQLModel], row: Any) -> Image:
    """Return the same of what a statement on the table itself has read."""
    return {name: encode(getattr(row, name)) for name in recorded(table)}


def image_of_kept(table: type[SQLModel], values: Sequence[Any]) -> Image:
    """Return the same of what SQLite keeps in those columns."""
    image = dict(zip(recorded(table), values, strict=True))
    for name in _flags(table):
        image[name] = None if image[name] is None else bool(image[name])
    return image


@cache
def derived(table: type[SQLModel]) -> tuple[str, ...]:
    """Return the columns of a table that follow from others, or from the writing itself."""
    columns = table.__table__.columns  # type: ignore[attr-defined]
    return tuple(c.name for c in columns if c.name in tables.DERIVED)


def default(table: type[SQLModel], column: str) -> Any:
    """Return what a column holds that nobody said anything of."""
    found = table.__table__.columns[column].default  # type: ignore[attr-defined]
    return found.arg if found is not None and found.is_scalar else None


@cache
def _flags(table: type[SQLModel]) -> tuple[str, ...]:
    columns = table.__table__.columns  # type: ignore[attr-defined]
    return tuple(name for name in recorded(table) if isinstance(columns[name].type, Flag))


def encode(value: Any) -> Any:
    """Return a column value as JSON can hold it."""
    if isinstance(value, datetime):
        return moment_text(value)
    return value.isoformat() if isinstance(value, date) else value


def dumps(image: Image | None) -> str | None:
    """Return an image as the journal keeps it; equal images are equal text."""
    return None if image is None else as_json(image)


def as_json(document: Mapping[str, Any]) -> str:
    """Return the smallest JSON text of an object, its keys sorted."""
    return "".join(_sorted(document, 0))


def in_order(document: Mapping[str, Any]) -> str:
    """Return the smallest JSON text of an object, its keys as they are given."""
    return "".join(_as_given(document, 0))


def loads(kept: str | None) -> Image | None:
    """Return what `dumps` was given."""
    return None if kept is None else _scan(kept, 0)[0]
