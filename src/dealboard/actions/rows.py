"""Small questions that several nouns ask of their rows."""

from collections.abc import Iterable
from typing import Protocol

from sqlmodel import col, func, select

from dealboard.domain import views
from dealboard.domain.stages import StageKind
from dealboard.domain.text import excerpt, one_line
from dealboard.errors import InvalidValue, MissingField
from dealboard.store.reads import pipelines
from dealboard.store.tables import Deal, Stage
from dealboard.store.transaction import Transaction

NAME_LIMIT = 60
"""Characters in the name of a pipeline, stage or user."""


class Keyed(Protocol):
    """A row with an integer key."""

    id: int | None


def key(row: Keyed) -> int:
    """Return the id of a row that is in the database."""
    if row.id is None:
        raise ValueError(row)
    return row.id


def required(text: str, field: str, reason: str, *, limit: int) -> str:
    """Return a one-line text that may not be empty, or raise MissingField."""
    line = one_line(text, field, limit=limit)
    if not line:
        raise MissingField(field, reason)
    return line


def unique_name(text: str, field: str, taken: Iterable[str]) -> str:
    """Return a name as it is stored, if no other bears it in any case (decision 9)."""
    name = required(text, field, "it needs a name", limit=NAME_LIMIT)
    if name.casefold() in {other.casefold() for other in taken}:
        raise InvalidValue(field, name, "that name is taken", "Choose another name.")
    return name


def check_position(position: int, last: int, hint: str = "") -> int:
    """Return a position that counts from 1 to `last`, or raise InvalidValue."""
    if not 1 <= position <= last:
        raise InvalidValue("position", position, f"it must be from 1 to {last}", hint)
    return position


def stages_of(tx: Transaction, pipeline_id: int) -> list[Stage]:
    """Return the stages of a pipeline in order, Won and Lost last."""
    query = select(Stage).where(Stage.pipeline_id == pipeline_id).order_by(col(Stage.position))
    return list(tx.session.exec(query))


def stages_beside(tx: Transaction, stage_id: int) -> tuple[views.Stage, ...]:
    """Return the stages, in order, of the pipeline that a stage is in; to look at only."""
    return tx.read(pipelines.stages_beside, stage_id)


def deals_in(tx: Transaction, stages: Iterable[Stage]) -> int:
    """Return how many deals some stages hold, closed ones included."""
    ids = [key(stage) for stage in stages]
    return tx.session.scalars(select(func.count()).where(col(Deal.stage_id).in_(ids))).one()


def is_open(stage: Stage | views.Stage) -> bool:
    """Return whether deals in a stage are still being worked on."""
    return stage.kind == StageKind.OPEN


def counted(number: int, noun: str) -> str:
    """Return "1 deal" or "1,234 deals"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def quoted(text: str) -> str:
    """Return the beginning of a user's text in quotes, for a sentence."""
    return f"“{excerpt(text)}”"
