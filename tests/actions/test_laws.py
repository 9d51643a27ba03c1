"""What holds after any sequence of moves, edits and undo-able verbs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from dealboard.actions import contacts, deals, pipelines, placement
from dealboard.actions.rows import stages_of
from dealboard.domain.stages import parse_stages
from dealboard.store.tables import Deal, Stage
from dealboard.store.transaction import Transaction
from tests.actions.conftest import Desk, Play

DEALS = 5
DAYS = [None, date(2026, 11, 1), date(2026, 12, 31)]

Step = tuple[str, int, Any]

which = st.integers(0, DEALS - 1)
steps: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("by"), which, st.integers(-3, 3)),
    st.tuples(st.just("stage"), which, st.integers(0, 7)),
    st.tuples(st.just("pipeline"), which, st.integers(0, 1)),
    st.tuples(st.just("place"), which, st.sampled_from(["top", "bottom", 0, 1, 2, 9])),
    st.tuples(st.just("before"), which, which),
    st.tuples(st.just("after"), which, which),
    st.tuples(st.just("reorder"), which, st.integers(-3, 3)),
    st.tuples(st.just("win"), which, st.none()),
    st.tuples(st.just("lose"), which, st.sampled_from(["", "price"])),
    st.tuples(st.just("reopen"), which, st.none()),
    st.tuples(st.just("date"), which, st.sampled_from(DAYS)),
)


@dataclass
class Table:
    """Deals on two pipelines, in one transaction."""

    tx: Transaction
    stages: list[Stage]
    pipelines: tuple[int, int]
    deals: list[int]

    @classmethod
    def laid(cls, tx: Transaction, desk: Desk) -> "Table":
        other = pipelines.create(tx, "Other", parse_stages("Lead:10,Start:20"))
        contact_id = contacts.add(tx, name="Acme")
        made = [
            deals.create(tx, contacts=[contact_id], stage_id=desk.lead, title=str(number))
            for number in range(DEALS)
        ]
        stages = stages_of(tx, desk.pipeline) + stages_of(tx, other)
        return cls(tx, stages, (desk.pipeline, other), made)

    def play(self, step: Step) -> None:
        """Take a step, a minute later."""
        verb, number, value = step
        self.tx.now += timedelta(minutes=1)
        VERBS[verb](self, self.deals[number], value)
        self.tx.session.flush()

    def drop(self, deal_id: int, number: int, *, above: bool) -> None:
        """Drop a deal beside another, in that one's stage."""
        other = self.deals[number]
        stage_id = self.deal(other).stage_id
        if above:
            deals.place(self.tx, deal_id, stage_id, before_id=other)
        else:
            deals.place(self.tx, deal_id, stage_id, after_id=other)

    def deal(self, deal_id: int) -> Deal:
        return self.tx.get(Deal, deal_id)

    def kind(self, deal_id: int) -> str:
        return self.tx.get(Stage, self.deal(deal_id).stage_id).kind

    def order(self) -> dict[int, list[int]]:
        """Return the deals of each stage from the top."""
        query = select(Deal).order_by(col(Deal.rank), col(Deal.id))
        found: dict[int, list[int]] = {}
        for deal in self.tx.session.exec(query):
            found.setdefault(deal.stage_id, []).append(deal.id or 0)
        return found


VERBS: dict[str, Callable[[Table, int, Any], object]] = {
    "by": lambda table, deal_id, by: deals.move(table.tx, deal_id, by=by),
    "stage": lambda table, deal_id, number: deals.move(
        table.tx, deal_id, stage_id=table.stages[number].id
    ),
    "pipeline": lambda table, deal_id, number: deals.move(
        table.tx, deal_id, pipeline_id=table.pipelines[number]
    ),
    "place": lambda table, deal_id, place: deals.move(table.tx, deal_id, place=place),
    "before": lambda table, deal_id, number: table.drop(deal_id, number, above=True),
    "after": lambda table, deal_id, number: table.drop(deal_id, number, above=False),
    "reorder": lambda table, deal_id, by: deals.reorder(table.tx, deal_id, by),
    "win": lambda table, deal_id, _: deals.win(table.tx, deal_id),
    "lose": lambda table, deal_id, reason: deals.lose(table.tx, deal_id, reason),
    "reopen": lambda table, deal_id, _: deals.reopen(table.tx, deal_id),
    "date": lambda table, deal_id, day: deals.edit(table.tx, deal_id, {"close_date": day}),
}


def check_closing(table: Table, deal_id: int) -> None:
    deal = table.deal(deal_id)
    kind = table.kind(deal_id)
    assert (deal.closed_at is not None) == (kind != "open")
    assert not deal.close_date_auto or (deal.close_date is not None and kind != "open")
    assert deal.lost_reason is None or kind == "lost"
    assert deal.closed_at is None or deal.closed_at <= table.tx.now


def without(order: dict[int, list[int]], deal_id: int) -> dict[int, list[int]]:
    rest = {stage: [d for d in ids if d != deal_id] for stage, ids in order.items()}
    return {stage: ids for stage, ids in rest.items() if ids}


@settings(max_examples=60)
@given(st.lists(steps, max_size=20))
def test_closing_and_order_follow_their_laws(
    rehearse: Callable[[Play], None], script: list[Step]
) -> None:
    def play(tx: Transaction, desk: Desk) -> None:
        table = Table.laid(tx, desk)
        for step in script:
            moved = table.deals[step[1]]
            before, was = table.order(), table.deal(moved).model_copy()
            table.play(step)
            after = table.order()
            assert without(before, moved) == without(after, moved), "others keep their order"
            ranks = [(deal.stage_id, deal.rank) for deal in map(table.deal, table.deals)]
            assert len(set(ranks)) == DEALS
            for deal_id in table.deals:
                check_closing(table, deal_id)
            if step[0] != "date" and was.close_date and not was.close_date_auto:
                assert table.deal(moved).close_date == was.close_date, "a typed date stays"

    rehearse(play)


@settings(max_examples=40)
@given(which, st.integers(0, 7), st.integers(1, 4))
def test_several_steps_are_as_one_long_one(
    rehearse: Callable[[Play], None], number: int, start: int, count: int
) -> None:
    def play(tx: Transaction, desk: Desk) -> None:
        table = Table.laid(tx, desk)
        deal_id = table.deals[number]
        landed = []
        for single in (True, False):
            for sign in (1, -1):
                table.play(("stage", number, start))
                table.deal(deal_id).last_open_stage_id = None
                for _ in range(count if single else 1):
                    table.play(("by", number, sign * (1 if single else count)))
                landed.append(table.deal(deal_id).stage_id)
        assert landed[:2] == landed[2:]

    rehearse(play)


@settings(max_examples=40)
@given(st.lists(st.tuples(which, which), max_size=60))
def test_an_order_survives_gaps_that_are_used_up(
    rehearse: Callable[[Play], None], drops: list[tuple[int, int]]
) -> None:
    def play(tx: Transaction, desk: Desk) -> None:
        table = Table.laid(tx, desk)
        model = table.order()[desk.lead]
        for mover, anchor in drops:
            if mover == anchor:
                continue
            table.play(("after", mover, anchor))
            model.remove(table.deals[mover])
            model.insert(model.index(table.deals[anchor]) + 1, table.deals[mover])
            assert table.order()[desk.lead] == model

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(placement, "GAP", 4)
        patch.setattr(placement, "ROOM", 2)
        rehearse(play)
