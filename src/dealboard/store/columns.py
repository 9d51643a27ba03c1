"""Column types that mean the same on SQLite (STRICT tables: integers and text) and PostgreSQL.

SQLite keeps moments as fixed-width ISO 8601 UTC text, days as ISO text and booleans as 0 or 1;
PostgreSQL uses its native types. Money is an integer of minor units on both.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from dealboard.store.reads import values

Minor = BigInteger().with_variant(Integer(), "sqlite")
"""Minor units of money, and ranks: 64 bits on both engines."""


def moment_text(moment: datetime) -> str:
    """Return an aware moment as the text SQLite keeps: UTC, always with microseconds."""
    if moment.tzinfo is None:
        raise ValueError(moment)
    return values.moment_text(moment)


class Moment(TypeDecorator[datetime]):
    """An aware datetime; a naive one is a programming error and raises ValueError."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use TIMESTAMP WITH TIME ZONE where the engine has one."""
        native = DateTime(timezone=True) if dialect.name != "sqlite" else Text()
        return dialect.type_descriptor(native)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Turn an aware datetime into what the engine keeps."""
        if value is None or dialect.name != "sqlite":
            return value
        return moment_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Turn what the engine keeps into an aware UTC datetime."""
        if value is None:
            return None
        if dialect.name != "sqlite":
            return value.astimezone(UTC)  # type: ignore[no-any-return]
        return datetime.fromisoformat(value)


class Day(TypeDecorator[date]):
    """A calendar day."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use DATE where the engine has one."""
        return dialect.type_descriptor(Date() if dialect.name != "sqlite" else Text())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        """Turn a day into what the engine keeps."""
        return value if value is None or dialect.name != "sqlite" else value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """Turn what the engine keeps into a day."""
        return value if value is None or dialect.name != "sqlite" else date.fromisoformat(value)


class Flag(TypeDecorator[bool]):
    """A boolean; 0 or 1 on SQLite."""

    impl = Integer
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use BOOLEAN where the engine has one."""
        return dialect.type_descriptor(Boolean() if dialect.name != "sqlite" else Integer())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> Any:
        """Turn a boolean into what the engine keeps."""
        return value if value is None or dialect.name != "sqlite" else int(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:  # noqa: ARG002
        """Turn what the engine keeps into a boolean."""
        return None if value is None else bool(value)
