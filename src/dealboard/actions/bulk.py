"""What is done to many deals at once; `actions.deals` offers these verbs as its own.

Each verb is one operation, all or nothing, and says how many deals it changed: those that were so
already are left alone. A few statements read and write all of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlmodel import col, select

from dealboard.actions import access
from dealboard.actions import deal_values as values
from dealboard.actions.moves import REASON_LIMIT, difference, entered, same_in, step
from dealboard.actions.placement import GAP
from dealboard.actions.rows import counted, key, quoted
from dealboard.domain.changes import DealChanges
from dealboard.domain.money import currency_code, decimal_string, from_decimal_string
from dealboard.domain.stages import StageKind
from dealboard.domain.text import one_line, search_text
from dealboard.domain.views import Stage, Standing
from dealboard.errors import InvalidValue, MissingField, NotFound
from dealboard.store.columns import moment_text
from dealboard.store.ids import new_uids
from dealboard.store.images import Image, encode
from dealboard.store.reads import board, contacts, deals, pipelines
from dealboard.store.reads.deals import Held, Owned
from dealboard.store.search import chunks
from dealboard.store.tables import Activity, Deal, DealContact, User
from dealboard.store.transaction import Transaction


class Draft(NamedTuple):
    """A deal to be added, as `deals.create` is given one."""

    contacts: tuple[int, ...]
    stage_id: int
    title: str | None
    owner_id: int | None
    amount: int | None
    currency: str
    close_date: date | None
    reference: str | None


def create_many(tx: Transaction, drafts: Sequence[Draft]) -> tuple[int, ...]:
    """Add deals, each as `deals.create` does one, and return their ids in that order.

    Each goes on top of its stage, above the one before; a few statements write all of them.
    """
    access.full_access(tx)
    stages, now, rows = _stages(tx), moment_text(tx.now), []
    same = {"stage_entered_at": now, "created_at": now, "updated_at": now, "version": 1}
    owners = {each: key(values.owner(tx, each)) for each in {draft.owner_id for draft in drafts}}
    people = _people(tx, drafts)
    ranks = _ranks_on_top(tx, [draft.stage_id for draft in drafts])
    uids = new_uids(tx.now, len(drafts))
    endings = {
        (stage_id, day): _ending(tx, _stage(tx, stages, stage_id, None), day)
        for stage_id, day in {(draft.stage_id, draft.close_date) for draft in drafts}
    }
    codes = {draft.currency: currency_code(draft.currency) for draft in drafts}
    for draft, uid, rank in zip(drafts, uids, ranks, strict=True):
        who = [people[contact_id] for contact_id in dict.fromkeys(draft.contacts)]
        called = who[0][0][: values.TITLE_LIMIT] if draft.title is None else draft.title
        title, reference = values.title(called), values.reference(draft.reference)
        found_by = search_text(title, reference, who)
        rows.append(
            (
                *(uid, draft.stage_id, rank, title, reference, found_by),
                *(owners[draft.owner_id], values.amount(draft.amount), codes[draft.currency]),
                *endings[draft.stage_id, draft.close_date],
            )
        )
    ids = tx.insert_many(Deal, _COLUMNS, rows, same)
    links = [
        (deal_id, contact_id, position)
        for deal_id, draft in zip(ids, drafts, strict=True)
        for position, contact_id in enumerate(dict.fromkeys(draft.contacts), start=1)
    ]
    tx.insert_many(DealContact, ("deal_id", "contact_id", "position"), links)
    tx.describe(f"Created {counted(len(ids), 'deal')}")
    return ids


_COLUMNS = (
    *("uid", "stage_id", "rank", "title", "reference", "search", "owner_id", "amount"),
    *("currency", "close_date", "close_date_auto", "closed_at"),
)


def edit_many(tx: Transaction, changes: Mapping[int, DealChanges]) -> int:
    """Change fields of many deals, each as `edit` does, and return how many changed.

    Not their stage and contacts; a few statements read and write all of them. Raises NotFound if
    one is gone.
    """
    access.full_access(tx)
    alike = {id(given): given for given in changes.values()}  # many deals may share theirs
    wanted = {which: values.clean(given) for which, given in alike.items()}
    for owner_id in {given["owner_id"] for given in wanted.values() if "owner_id" in given}:
        values.owner(tx, owner_id)
    kept = {
        which: {name: encode(value) for name, value in given.items()}
        for which, given in wanted.items()
    }
    held = tx.read(deals.held, tuple(changes))
    missing = changes.keys() - held.keys()
    if missing:
        raise NotFound("deal", f"#{min(missing)}")
    edited = []
    for deal_id, given in changes.items():
        before, after = _edited(held[deal_id], kept[id(given)])
        if after:
            edited.append((deal_id, before, after))
    tx.describe(f"Edited {counted(len(edited), 'deal')}")
    tx.change_many(Deal, edited)
    return len(edited)


def move_many(
    tx: Transaction,
    deal_ids: Iterable[int],
    stage_id: int | None = None,
    *,
    pipeline_id: int | None = None,
) -> int:
    """Move deals to a stage, or to the like stages of a pipeline, and return how many moved.

    `stage_id` may be of any pipeline; `pipeline_id` alone means for each deal the stage of the same
    name there, else one of the same kind (decision 15). They go on top, in the order in which they
    stood; those that are in that stage, or pipeline, stay where they are.
    """
    access.full_access(tx)
    stages = _stages(tx)
    if stage_id is not None:
        stage = _stage(tx, stages, stage_id, pipeline_id)
        return _put(tx, _standing(tx, stages, deal_ids), stages, lambda _: stage, stage.name)
    pipeline = tx.read(pipelines.pipeline, pipeline_id or 0)
    there = [stage for stage in stages.values() if stage.pipeline_id == pipeline.id]

    def like(deal: Standing) -> Stage:
        was = stages[deal.stage_id]
        return was if was.pipeline_id == pipeline.id else same_in(was, pipeline.id, there)

    return _put(tx, _standing(tx, stages, deal_ids), stages, like, pipeline.name)


def step_many(tx: Transaction, deal_ids: Iterable[int], by: int) -> int:
    """Move deals on, or back, by so many stages as `move` does, and return how many moved.

    Those that one step brings to the same stage keep their order there.
    """
    access.full_access(tx)
    stages = _stages(tx)
    beside: dict[int, list[Stage]] = {}
    for stage in stages.values():
        beside.setdefault(stage.pipeline_id, []).append(stage)

    def stepped(deal: Standing) -> Stage:
        was = stages[deal.stage_id]
        return step(deal, beside[was.pipeline_id], was, by)

    found = _standing(tx, stages, deal_ids)
    names = {stepped(deal).name for deal in found if stepped(deal).id != deal.stage_id}
    several = "the next stages" if by > 0 else "the stages before"
    return _put(tx, found, stages, stepped, names.pop() if len(names) == 1 else several)


def close_many(
    tx: Transaction, deal_ids: Iterable[int], kind: StageKind | str, reason: str = ""
) -> int:
    """Move deals to Won or Lost, each of its own pipeline, and return how many changed.

    The `reason` is why they were lost; those that were lost already get it too.
    """
    access.full_access(tx)
    kind = StageKind(kind)
    if kind is StageKind.OPEN:
        raise InvalidValue("stage", kind, "deals are closed as won or lost")
    reason = one_line(reason, "reason", limit=REASON_LIMIT) if kind is StageKind.LOST else ""
    stages = _stages(tx)
    ends = {stage.pipeline_id: stage for stage in stages.values() if stage.kind is kind}
    found = _standing(tx, stages, deal_ids)
    name = next(iter({ends[stages[deal.stage_id].pipeline_id].name for deal in found}), "")
    end_of = {stage.id: ends[stage.pipeline_id] for stage in stages.values()}
    return _put(tx, found, stages, lambda deal: end_of[deal.stage_id], name, reason)


def assign_many(tx: Transaction, deal_ids: Iterable[int], owner_id: int) -> int:
    """Give deals to another active user and return how many changed hands."""
    access.full_access(tx)
    owner = tx.get(User, owner_id)
    if not owner.active:
        raise InvalidValue("owner", owner.name, "deactivated users get no more deals")
    given = [deal for deal in _owned(tx, deal_ids) if deal.owner_id != owner_id]
    tx.describe(f"Assigned {_what([deal.title for deal in given])} to {owner.name}")
    changes = ((d.id, {"owner_id": d.owner_id}, {"owner_id": owner_id}) for d in given)
    tx.change_many(Deal, changes)
    return len(given)


def date_many(tx: Transaction, deal_ids: Iterable[int], close_date: date | None) -> int:
    """Give deals a close date, or none, and return how many had another one."""
    access.full_access(tx)
    found = _standing(tx, _stages(tx), deal_ids)
    dated = [deal for deal in found if deal.close_date != close_date]
    day = "none" if close_date is None else close_date.isoformat()
    tx.describe(f"{_what([deal.title for deal in dated])}: close date {day}")
    _write(
        tx,
        ((deal, deal._replace(close_date=close_date, close_date_auto=False)) for deal in dated),
    )
    return len(dated)


def delete(tx: Transaction, deal_ids: Iterable[int]) -> int:
    """Delete deals with their contact links and activities and return how many (decision 51).

    All of them or, if one is gone, none.
    """
    access.full_access(tx)
    found = _owned(tx, deal_ids)
    ids = [deal.id for deal in found]
    for table, deal_id in ((DealContact, DealContact.deal_id), (Activity, Activity.deal_id)):
        for some in chunks(ids):
            query = select(col(table.id)).where(col(deal_id).in_(some))
            tx.delete_many(table, [row_id for row_id in tx.session.scalars(query) if row_id])
    tx.delete_many(Deal, ids)
    tx.describe(f"Deleted {_what([deal.title for deal in found])}")
    return len(found)


# ── many at once ──────────────────────────────────────────────────────────────────────────────


def _put(
    tx: Transaction,
    found: Sequence[Standing],
    stages: Mapping[int, Stage],
    target: Callable[[Standing], Stage],
    name: str,
    reason: str = "",
) -> int:
    """Put deals on top of the stages that `target` says, and give them a reason if there is one."""
    arriving: dict[int, list[Standing]] = {}
    for deal in found:
        stage = target(deal)
        if stage.id != deal.stage_id:
            arriving.setdefault(stage.id, []).append(deal)
    moved = [deal for some in arriving.values() for deal in some]
    changed = [
        pair
        for stage_id, some in arriving.items()
        for pair in zip(some, _on_top(tx, some, stages, stages[stage_id]), strict=True)
    ]
    if reason:
        ids = {deal.id for deal in moved}
        changed += [(d, d) for d in found if d.id not in ids and d.lost_reason != reason]
        changed = [(was, there._replace(lost_reason=reason)) for was, there in changed]
    _write(tx, changed)
    what = _what([was.title for was, _ in changed])
    tx.describe(f"{what} → {name}" if moved or not reason else f"{what}: lost because {reason}")
    if changed and len(changed) < len(found):
        still = len(found) - len(changed)
        tx.note(f"{counted(still, 'deal')} {'was' if still == 1 else 'were'} there already.")
    return len(changed)


def _on_top(
    tx: Transaction, some: Sequence[Standing], stages: Mapping[int, Stage], stage: Stage
) -> list[Standing]:
    """Return how deals stand once they have entered a stage, above all others there."""
    top = tx.read(board.top, stage.id)
    first = 0 if top is None else top[0] - GAP * len(some)
    return [
        entered(deal, stages[deal.stage_id], stage, tx.now, tx.today)._replace(
            rank=first + GAP * number
        )
        for number, deal in enumerate(some)
    ]


def _ending(
    tx: Transaction, stage: Stage, close_date: date | None
) -> tuple[str | None, bool, str | None]:
    """Return close date, whether it was set by itself, and when a deal closed, as they are kept."""
    closing = values.closing(tx, stage.kind, close_date)
    return encode(closing.close_date), closing.auto, encode(closing.closed_at)


def _people(tx: Transaction, drafts: Sequence[Draft]) -> dict[int, tuple[str, str | None]]:
    """Return names and phone numbers of the contacts of drafts, of which each has one."""
    if not all(draft.contacts for draft in drafts):
        raise MissingField("contacts", "a deal needs at least one contact")
    wanted = {contact_id for draft in drafts for contact_id in draft.contacts}
    found = tx.read(contacts.called, tuple(wanted))
    if missing := wanted - found.keys():
        raise NotFound("contact", f"#{min(missing)}")
    return found


def _ranks_on_top(tx: Transaction, stage_ids: Sequence[int]) -> list[int]:
    """Return the ranks of deals that are put on top of their stages one after the other."""
    tops: dict[int, int] = {}
    ranks = []
    for stage_id in stage_ids:
        if stage_id not in tops:
            top = tx.read(board.top, stage_id)
            tops[stage_id] = GAP if top is None else top[0]
        tops[stage_id] -= GAP
        ranks.append(tops[stage_id])
    return ranks


def _edited(now: Held, given: Image) -> tuple[Image, Image]:
    """Return images of what an edit changes, what follows from it included.

    What it changes to is `given` itself where nothing of that was so already.
    """
    differing = [name for name, value in given.items() if value != getattr(now, name)]
    after = given if len(differing) == len(given) else {name: given[name] for name in differing}
    if "currency" in after and now.amount is not None and "amount" not in given:
        number = decimal_string(now.amount, now.currency)  # it is kept (decision 29)
        after = {**after, "amount": from_decimal_string(number, after["currency"])}
    if "close_date" in after and now.close_date_auto:
        return (
            {**{name: getattr(now, name) for name in after}, "close_date_auto": True},
            {**after, "close_date_auto": False},
        )
    return {name: getattr(now, name) for name in after}, after


def _write(tx: Transaction, changed: Iterable[tuple[Standing, Standing]]) -> None:
    tx.change_many(Deal, ((was.id, *difference(was, there)) for was, there in changed))


def _stages(tx: Transaction) -> dict[int, Stage]:
    """Return all stages by id, in the order of pipelines and stages."""
    return {stage.id: stage for stage in tx.read(pipelines.all_stages)}


def _stage(
    tx: Transaction, stages: Mapping[int, Stage], stage_id: int, pipeline_id: int | None
) -> Stage:
    """Return a stage, of that pipeline if one is named (decision 16)."""
    stage = stages.get(stage_id)
    if stage is None:
        raise NotFound("stage", f"#{stage_id}")
    if pipeline_id not in (None, stage.pipeline_id):
        pipeline = tx.read(pipelines.pipeline, pipeline_id)
        raise InvalidValue("stage", stage.name, f"it is not in pipeline {quoted(pipeline.name)}")
    return stage


def _standing(
    tx: Transaction, stages: Mapping[int, Stage], deal_ids: Iterable[int]
) -> list[Standing]:
    """Return where deals stand, in the order of the boards; raises NotFound if one is gone."""
    ids = set(deal_ids)
    found = tx.read(board.standings, sorted(ids))
    _all_there(ids, (deal.id for deal in found))
    places = {stage_id: place for place, stage_id in enumerate(stages)}
    return sorted(found, key=lambda deal: (places[deal.stage_id], deal.rank, deal.id))


def _owned(tx: Transaction, deal_ids: Iterable[int]) -> tuple[Owned, ...]:
    """Return deals with their owners; raises NotFound if one is gone."""
    ids = set(deal_ids)
    found = tx.read(deals.owned, sorted(ids))
    _all_there(ids, (deal.id for deal in found))
    return found


def _all_there(wanted: set[int], found: Iterable[int]) -> None:
    missing = wanted.difference(found)
    if missing:
        raise NotFound("deal", f"#{min(missing)}")


def _what(titles: Sequence[str]) -> str:
    """Return one deal's title, or how many deals there are."""
    return titles[0] if len(titles) == 1 else counted(len(titles), "deal")
