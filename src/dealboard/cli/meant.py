"""What the words of `dealboard deal` mean: which deal, where to, how much, when, which filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from dealboard.cli import names
from dealboard.cli.invocation import Invocation
from dealboard.domain import dates
from dealboard.domain.changes import DealChanges
from dealboard.domain.filters import Days, DealFilter
from dealboard.domain.money import currency_code, parse_amount, parse_money
from dealboard.domain.stages import StageKind
from dealboard.errors import MissingField, UsageError

if TYPE_CHECKING:
    from dealboard.actions.placement import Place
    from dealboard.domain.views import Deal, Pipeline
    from dealboard.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Fields:
    """A deal's fields as typed; None was not given, an empty text empties an optional field."""

    title: str | None
    contacts: tuple[str, ...]
    pipeline: str | None
    stage: str | None
    owner: str | None
    amount: str | None
    currency: str | None
    close_date: str | None
    reference: str | None


class Customs(TypedDict):
    """How the user writes days."""

    order: dates.Order
    first_weekday: int


class Target(TypedDict, total=False):
    """Where `deals.move` shall put a deal; empty for nowhere else."""

    stage_id: int
    pipeline_id: int


def which(
    workspace: "Workspace",
    deal_id: int | None,
    uid: str | None = None,
    reference: str | None = None,
) -> "Deal":
    """Return the one deal that an id, a uid or a reference names."""
    from dealboard.store.reads import deals

    if [deal_id, uid, reference].count(None) != 2:
        raise UsageError("Which deal is meant?", "Give its ID, or --uid, or --reference.")
    if deal_id is not None:
        return workspace.read(deals.deal, deal_id)
    return workspace.read(deals.find, uid=uid, reference=reference)


def pipeline(workspace: "Workspace", text: str | None) -> "Pipeline":
    """Return the pipeline that is named; there is no need to name the only one."""
    from dealboard.store.reads import pipelines

    if text is not None:
        return names.pipeline(workspace, text)
    known = workspace.read(pipelines.pipelines)
    if len(known) == 1:
        return known[0]
    hint = f"Known: {', '.join(each.name for each in known)}." if known else ""
    raise MissingField("pipeline", "name one with --pipeline", hint)


def stage_id(workspace: "Workspace", fields: Fields) -> int:
    """Return the stage that a new deal goes to."""
    inside = pipeline(workspace, fields.pipeline)
    if fields.stage is None:
        raise MissingField("stage", f"name one of pipeline {inside.name} with --stage")
    return names.stage(workspace, inside, fields.stage).id


def target(workspace: "Workspace", view: "Deal", pipeline: str | None, stage: str | None) -> Target:
    """Return where a deal is sent: to a stage, or to the like stage of a pipeline."""
    inside = view.pipeline if pipeline is None else names.pipeline(workspace, pipeline)
    if stage is not None:
        return {"stage_id": names.stage(workspace, inside, stage).id}
    return {} if pipeline is None else {"pipeline_id": inside.id}


def place(position: str | None) -> "Place | None":
    """Return a place in a stage as actions count it, from 0; people count from 1."""
    match position:
        case None | "top" | "bottom":
            return position
        case _ if position.isascii() and position.isdecimal() and int(position) > 0:
            return min(int(position), 2**31) - 1
    raise UsageError(f"--position {position!r} is no place.", "Use top, bottom or 1, 2, 3, …")


def money(run: Invocation, fields: Fields, default: str) -> tuple[int | None, str]:
    """Return minor units and currency; an amount may name its currency, if no option does."""
    text, locale = fields.amount or "", run.config.locale
    if fields.currency is None:
        return parse_money(text, default, locale)
    code = currency_code(fields.currency)
    return parse_amount(text, code, locale), code


def close_date(run: Invocation, text: str | None, field: str = "close date") -> date | None:
    """Return the day that was typed, None for a blank."""
    if text is None or not text.strip():
        return None
    return day(run, text, field)


def day(run: Invocation, text: str, field: str) -> date:
    """Return the day that was typed. Raises InvalidValue(field)."""
    return dates.parse_day(text, run.workspace.today, **_customs(run), field=field)


def changes(run: Invocation, view: "Deal", fields: Fields) -> DealChanges:
    """Return what an edit changes, but for contacts and the stage."""
    wanted = DealChanges()
    if fields.title is not None:
        wanted["title"] = fields.title
    if fields.owner is not None:
        wanted["owner_id"] = names.user(run.selling, fields.owner).id
    if fields.amount is not None:
        wanted["amount"], wanted["currency"] = money(run, fields, view.currency)
    elif fields.currency is not None:
        wanted["currency"] = fields.currency
    if fields.close_date is not None:
        wanted["close_date"] = close_date(run, fields.close_date)
    if fields.reference is not None:
        wanted["reference"] = fields.reference
    return wanted


def criteria(
    run: Invocation,
    *,
    in_pipelines: Sequence[str],
    in_stages: Sequence[str],
    owners: Sequence[str],
    kinds: Sequence[str],
    name: str,
    created: str | None,
    close: str | None,
) -> DealFilter:
    """Return the filter that the options of `deal list` describe."""
    workspace = run.selling
    inside = [names.pipeline(workspace, text) for text in in_pipelines]
    stages = [each for text in in_stages for each in names.stages(workspace, inside, text)]
    days, no_date, overdue = dates.parse_close(close or "", workspace.today, **_customs(run))
    return DealFilter(
        name=name,
        pipelines=frozenset(each.id for each in inside),
        stages=frozenset(each.id for each in stages),
        owners=frozenset(names.user(workspace, text).id for text in owners),
        kinds=frozenset(map(StageKind, kinds)),
        created=_created(run, created),
        close=days,
        no_close_date=no_date,
        overdue=overdue,
    )


def _created(run: Invocation, text: str | None) -> Days | None:
    if text is None or not text.strip():
        return None
    return dates.parse_range(text, run.selling.today, **_customs(run), field="created")


def _customs(run: Invocation) -> Customs:
    return {"order": run.config.date_order, "first_weekday": run.config.first_weekday}
