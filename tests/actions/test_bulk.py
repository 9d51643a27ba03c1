"""What is done to many deals at once, and taken back at once."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dealboard.actions import activities, contacts, deals, history, links, pipelines, team
from dealboard.actions.bulk import Draft
from dealboard.domain.changes import DealChanges
from dealboard.domain.stages import parse_stages
from dealboard.errors import InvalidValue, MissingField, NotFound
from dealboard.store import search
from dealboard.store.tables import Activity, Deal, DealContact, Stage
from dealboard.store.transaction import Transaction
from tests.actions.conftest import Desk, Play

SOON = date(2026, 12, 1)


@pytest.fixture
def abcd(desk: Desk) -> list[int]:
    """Add A, B and C, from the top of Lead, and D in Offer."""
    lead = [desk.new(title) for title in "CBA"][::-1]
    return [*lead, desk.new("D", desk.offer)]


def test_a_moved_batch_keeps_its_order_on_top(desk: Desk, abcd: list[int]) -> None:
    a, _, c, _ = abcd
    receipt = desk.do(deals.move_many, [c, a], desk.offer)
    assert (receipt.label, receipt.value) == ("2 deals → Offer", 2)
    assert desk.order(desk.offer) == ["A", "C", "D"]
    assert desk.order(desk.lead) == ["B"]


def test_deals_of_several_stages_keep_the_order_of_the_board(desk: Desk, abcd: list[int]) -> None:
    desk.do(deals.move_many, reversed(abcd), desk.won)
    assert desk.order(desk.won) == ["A", "B", "C", "D"]


def test_deals_that_are_there_already_stay_in_place(desk: Desk, abcd: list[int]) -> None:
    receipt = desk.do(deals.move_many, abcd, desk.lead)
    assert (receipt.label, receipt.notes) == ("D → Lead", ("3 deals were there already.",))
    assert desk.order(desk.lead) == ["D", "A", "B", "C"]
    assert desk.do(deals.move_many, abcd, desk.lead).operation is None


def test_each_deal_of_a_batch_goes_a_stage_on_and_keeps_its_order(
    desk: Desk, abcd: list[int]
) -> None:
    desk.do(deals.step_many, reversed(abcd), 1)
    assert desk.order(desk.offer) == ["A", "B", "C"]
    assert desk.order(desk.won) == ["D"]
    receipt = desk.do(deals.step_many, abcd, -1)
    assert receipt.label == "4 deals → the stages before"
    assert desk.order(desk.lead) == ["A", "B", "C"]
    assert desk.order(desk.offer) == ["D"]
    assert desk.do(deals.step_many, abcd[:3], -1).operation is None


def test_one_undo_takes_a_batch_back_and_redo_does_it_again(desk: Desk, abcd: list[int]) -> None:
    before = [desk.deal(deal_id).model_dump() for deal_id in abcd]
    desk.do(deals.close_many, abcd, "lost", "price")
    after = [desk.deal(deal_id).model_dump() for deal_id in abcd]
    desk.do(history.undo)
    for deal_id, was in zip(abcd, before, strict=True):
        now = desk.deal(deal_id).model_dump()
        assert {k for k in was if was[k] != now[k]} == {"version"}
    desk.do(history.redo)
    for deal_id, was in zip(abcd, after, strict=True):
        now = desk.deal(deal_id).model_dump()
        assert {k for k in was if was[k] != now[k]} == {"version"}


def test_closing_many_is_as_closing_each(desk: Desk, abcd: list[int]) -> None:
    desk.do(deals.edit, abcd[0], DealChanges(close_date=SOON))
    receipt = desk.do(deals.close_many, abcd, "won")
    assert (receipt.label, receipt.value) == ("4 deals → Won", 4)
    dated, filled = desk.deal(abcd[0]), desk.deal(abcd[3])
    assert (dated.close_date, dated.close_date_auto) == (SOON, False)
    assert (filled.close_date, filled.close_date_auto) == (desk.workspace.today, True)
    assert dated.closed_at == filled.closed_at == desk.clock.now
    assert (dated.last_open_stage_id, filled.last_open_stage_id) == (desk.lead, desk.offer)


def test_many_lost_deals_get_a_reason(desk: Desk, abcd: list[int]) -> None:
    desk.do(deals.lose, abcd[0])
    assert desk.do(deals.close_many, abcd[:2], "lost", " price ").label == "2 deals → Lost"
    assert [desk.deal(each).lost_reason for each in abcd[:3]] == ["price", "price", None]
    again = desk.do(deals.close_many, abcd[:2], "lost", "timing")
    assert again.label == "2 deals: lost because timing"
    assert desk.do(deals.close_many, abcd[:2], "lost").operation is None
    assert desk.deal(abcd[0]).lost_reason == "timing"


def test_reopened_deals_are_open_again(desk: Desk, abcd: list[int]) -> None:
    desk.do(deals.close_many, abcd, "lost", "price")
    desk.do(deals.move_many, abcd, desk.offer)
    back = desk.deal(abcd[0])
    assert (back.closed_at, back.close_date, back.lost_reason) == (None, None, None)


def test_deals_go_to_the_like_stages_of_another_pipeline(desk: Desk, abcd: list[int]) -> None:
    other = desk.do(pipelines.create, "Other", parse_stages("Start:5,offer:70")).value
    desk.do(deals.win, abcd[0])
    receipt = desk.do(deals.move_many, abcd, pipeline_id=other)
    assert receipt.label == "4 deals → Other"
    start, offer, won, _ = (stage.id or 0 for stage in desk.stages(other))
    assert desk.order(won) == ["A"]
    assert desk.order(start) == ["B", "C"]
    assert desk.order(offer) == ["D"]
    assert desk.do(deals.move_many, abcd, pipeline_id=other).operation is None


def test_many_deals_get_an_owner(desk: Desk, abcd: list[int]) -> None:
    bea = desk.do(team.add, "Bea").value
    desk.do(deals.assign, abcd[0], bea)
    assert desk.do(deals.assign_many, abcd, bea).label == "Assigned 3 deals to Bea"
    assert {desk.deal(each).owner_id for each in abcd} == {bea}


def test_nobody_who_left_gets_deals(desk: Desk, abcd: list[int]) -> None:
    bea = desk.do(team.add, "Bea").value
    desk.do(team.edit, bea, active=False)
    with pytest.raises(InvalidValue, match="deactivated"):
        desk.do(deals.assign_many, abcd, bea)


@pytest.mark.parametrize(("day", "told"), [(SOON, "2026-12-01"), (None, "none")])
def test_many_deals_get_a_close_date(
    desk: Desk, abcd: list[int], day: date | None, told: str
) -> None:
    desk.do(deals.close_many, abcd, "won")
    receipt = desk.do(deals.date_many, abcd[:2], day)
    assert receipt.label == f"2 deals: close date {told}"
    deal = desk.deal(abcd[0])
    assert (deal.close_date, deal.close_date_auto) == (day, False)
    assert desk.do(deals.date_many, abcd[:2], day).operation is None


@pytest.mark.parametrize(
    "verb",
    [
        lambda tx: deals.move_many(tx, [1, 99], 2),
        lambda tx: deals.move_many(tx, [1, 99], pipeline_id=1),
        lambda tx: deals.close_many(tx, [1, 99], "won"),
        lambda tx: deals.assign_many(tx, [1, 99], 1),
        lambda tx: deals.date_many(tx, [1, 99], SOON),
        lambda tx: deals.delete(tx, [1, 99]),
    ],
)
def test_all_or_nothing(desk: Desk, verb: Callable[[Transaction], object]) -> None:
    before = desk.deal(desk.new())
    with pytest.raises(NotFound, match="no deal #99"):
        desk.workspace.run(verb)
    assert desk.rows(Deal) == [before]


@pytest.mark.parametrize(
    ("where", "error"),
    [({"stage_id": 99}, NotFound), ({"pipeline_id": 99}, NotFound), ({}, NotFound)],
)
def test_a_batch_needs_a_place_that_is_there(
    desk: Desk, where: dict[str, int], error: type[Exception]
) -> None:
    deal_id = desk.new()
    with pytest.raises(error):
        desk.do(deals.move_many, [deal_id], **where)


def test_a_stage_of_another_pipeline_is_named(desk: Desk) -> None:
    deal_id = desk.new()
    other = desk.do(pipelines.create, "Other", parse_stages("Start:5")).value
    with pytest.raises(InvalidValue, match="not in pipeline “Other”"):
        desk.do(deals.move_many, [deal_id], desk.offer, pipeline_id=other)


def test_links_and_activities_die_and_come_back_with_their_deals(
    desk: Desk, abcd: list[int]
) -> None:
    for deal_id in abcd:
        desk.do(activities.add, "task", "Call", deal_id=deal_id, due=SOON)
    kept = {table: desk.rows(table) for table in (Activity, DealContact)}
    search = [deal.search for deal in desk.rows(Deal)]

    desk.do(deals.delete, abcd)
    assert [desk.rows(table) for table in (Deal, *kept)] == [[], [], []]

    desk.do(history.undo)
    assert [deal.search for deal in desk.rows(Deal)] == search
    for table, rows in kept.items():
        ids = [row.model_dump()["id"] for row in rows]
        assert [row.model_dump()["id"] for row in desk.rows(table)] == ids
    assert desk.order(desk.lead) == ["A", "B", "C"]


def test_undone_names_are_found_again(desk: Desk) -> None:
    deal_id = desk.new("Acme")
    contact_id = desk.row(DealContact, 1).contact_id
    desk.do(deals.edit, deal_id, DealChanges(title="Bolt"))
    desk.do(contacts.edit, contact_id, {"name": "Zoe"})
    desk.do(history.undo)
    assert desk.deal(deal_id).search.split("\x1f") == ["bolt", "acme"]
    desk.do(history.undo)
    assert desk.deal(deal_id).search.split("\x1f") == ["acme", "acme"]
    spare = desk.contact("Spare")
    desk.do(deals.set_contacts, deal_id, [spare, contact_id])
    desk.do(history.undo)
    assert desk.deal(deal_id).search.split("\x1f") == ["acme", "acme"]


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 4), min_size=1, unique=True),
    st.lists(st.integers(0, 3), min_size=5, max_size=5),
    st.integers(0, 3),
)
def test_a_batch_ends_as_its_deals_would_one_by_one(
    rehearse: Callable[[Play], None], chosen: list[int], stood: list[int], target: int
) -> None:
    fields = set(Deal.model_fields) - {"id", "uid", "title", "search", "rank", "version"}

    def play(tx: Transaction, desk: Desk) -> None:
        stages = (desk.lead, desk.offer, desk.won, desk.lost)
        person = contacts.add(tx, name="Acme")
        twins = [
            [
                deals.create(tx, contacts=[person], stage_id=stages[where], title=str(number))
                for number, where in enumerate(stood)
            ]
            for _ in range(2)
        ]
        order = {tx.get(Stage, stage).id: place for place, stage in enumerate(stages)}
        single = [twins[0][number] for number in chosen]
        for deal_id in sorted(
            single, key=lambda each: (-order[tx.get(Deal, each).stage_id], -tx.get(Deal, each).rank)
        ):
            deals.move(tx, deal_id, stage_id=stages[target])
        deals.move_many(tx, [twins[1][number] for number in chosen], stages[target])
        for one, other in zip(*twins, strict=True):
            left, right = tx.get(Deal, one).model_dump(), tx.get(Deal, other).model_dump()
            assert {name: left[name] for name in fields} == {name: right[name] for name in fields}
        ranks = [
            sorted(chosen, key=lambda number: tx.get(Deal, some[number]).rank) for some in twins
        ]
        assert ranks[0] == ranks[1]

    rehearse(play)


# ── many edits and activities at once ─────────────────────────────────────────────────────────

plain: st.SearchStrategy[DealChanges] = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["Acme", "Bolt", " Core "]),
        "amount": st.none() | st.integers(0, 3),
        "currency": st.sampled_from(["EUR", "usd", "JPY"]),
        "close_date": st.sampled_from([None, date(2026, 12, 31)]),
        "reference": st.sampled_from([None, "", "R-1"]),
        "owner_id": st.just(1),
    },
)  # type: ignore[assignment]


@settings(max_examples=60)
@given(st.lists(plain, min_size=1, max_size=4))
def test_many_edits_end_as_they_would_one_by_one(
    rehearse: Callable[[Play], None], given_: list[DealChanges]
) -> None:
    def play(tx: Transaction, desk: Desk) -> None:
        ids = []
        for _ in range(2):
            contact = contacts.add(tx, name="Acme")
            made = [
                deals.create(tx, contacts=[contact], stage_id=desk.won, title="Acme", amount=700)
                for _ in given_
            ]
            ids.append(made)
        for deal_id, changes in zip(ids[0], given_, strict=True):
            deals.edit(tx, deal_id, changes)
        deals.edit_many(tx, dict(zip(ids[1], given_, strict=True)))
        for pair in zip(*ids, strict=True):
            one, other = (tx.get(Deal, deal_id) for deal_id in pair)
            for field in ("title", "amount", "currency", "close_date", "reference", "owner_id"):
                assert getattr(one, field) == getattr(other, field), field
            assert one.close_date_auto == other.close_date_auto

    rehearse(play)


def test_many_edits_are_found_and_undone(desk: Desk) -> None:
    ids = [desk.new(title) for title in ("Acme", "Bolt")]
    receipt = desk.do(deals.edit_many, {each: {"title": f"Deal {each}"} for each in ids})
    assert (receipt.value, receipt.label) == (2, "Edited 2 deals")
    assert [desk.deal(each).search.partition("\x1f")[0] for each in ids] == [
        f"deal {each}" for each in ids
    ]
    desk.do(history.undo)
    assert [desk.deal(each).title for each in ids] == ["Acme", "Bolt"]
    with pytest.raises(NotFound, match="#99"):
        desk.do(deals.edit_many, {ids[0]: {"amount": 1}, 99: {"amount": 1}})


drafts = st.builds(
    Draft,
    contacts=st.sampled_from([(1,), (2,), (2, 1), (1, 2, 1)]),
    stage_id=st.sampled_from([1, 2, 3, 4]),
    title=st.sampled_from([None, " Acme ", "Ærø 12"]),
    owner_id=st.sampled_from([None, 1]),
    amount=st.sampled_from([None, 0, 120_000]),
    currency=st.sampled_from(["eur", "JPY"]),
    close_date=st.sampled_from([None, SOON]),
    reference=st.sampled_from([None, "", "R-1"]),
)


@settings(max_examples=60)
@given(st.lists(drafts, min_size=1, max_size=4))
def test_many_new_deals_are_as_if_created_one_by_one(
    rehearse: Callable[[Play], None], some: list[Draft]
) -> None:
    def play(tx: Transaction, desk: Desk) -> None:
        for name, phone in (("Ada", "+39 02 1234567"), ("Bob", None)):
            contacts.add(tx, name=name, phone=phone)
        one_by_one = [deals.create(tx, **draft._asdict()) for draft in some]
        together = deals.create_many(tx, some)
        tx.flush()
        search.refresh(tx.connection, (), one_by_one)
        fields = [name for name in Deal.model_fields if name not in ("id", "uid", "rank", "batch")]
        for pair in zip(one_by_one, together, strict=True):
            one, other = (tx.get(Deal, deal_id) for deal_id in pair)
            tx.session.refresh(one)
            assert {n: getattr(one, n) for n in fields} == {n: getattr(other, n) for n in fields}
            assert links.linked(tx, pair[0]) == links.linked(tx, pair[1])
        ranks = [tx.get(Deal, deal_id).rank for deal_id in together if some]
        tops = {draft.stage_id: rank for draft, rank in zip(some, ranks, strict=True)}
        for (draft, rank), before in zip(zip(some, ranks, strict=True), one_by_one, strict=True):
            assert tops[draft.stage_id] <= rank < tx.get(Deal, before).rank

    rehearse(play)


def test_many_new_deals_go_with_one_undo(desk: Desk) -> None:
    contact = desk.do(contacts.add, name="Ada").value
    draft = Draft((contact,), desk.lead, None, None, None, "EUR", None, None)
    assert desk.do(deals.create_many, [draft] * 3).label == "Created 3 deals"
    assert desk.order(desk.lead) == ["Ada", "Ada", "Ada"]
    desk.do(history.undo)
    assert (desk.order(desk.lead), desk.rows(DealContact)) == ([], [])
    desk.do(history.redo)
    assert len(desk.order(desk.lead)) == 3
    with pytest.raises(MissingField, match="contact"):
        desk.do(deals.create_many, [draft._replace(contacts=())])
    with pytest.raises(NotFound, match="#99"):
        desk.do(deals.create_many, [draft._replace(contacts=(99,))])
    with pytest.raises(NotFound, match="stage"):
        desk.do(deals.create_many, [draft._replace(stage_id=99)])


def test_contacts_of_many_deals_come_last_and_are_found(desk: Desk) -> None:
    ids = [desk.new(title) for title in ("Acme", "Bolt")]
    who = desk.do(contacts.add, name="Zoë").value
    assert desk.do(deals.add_contacts, [(each, who) for each in (*ids, ids[0])]).value == 2
    assert all("zoe" in desk.deal(each).search for each in ids)
    assert [row.position for row in desk.rows(DealContact) if row.contact_id == who] == [2, 2]
    assert desk.do(deals.add_contacts, [(ids[0], who)]).operation is None
    desk.do(history.undo)
    assert not any("zoe" in desk.deal(each).search for each in ids)
    with pytest.raises(NotFound, match="#99"):
        desk.do(deals.add_contacts, [(99, who)])


@pytest.mark.parametrize("count", [2, activities.BULK])
def test_activities_of_many_deals_are_one_operation(desk: Desk, count: int) -> None:
    deal_id = desk.new()
    drafts = [activities.Draft(deal_id, f"Call {n}") for n in range(count)]
    desk.do(activities.add_many, "task", drafts, date(2026, 12, 1))
    rows = desk.rows(Activity)
    assert [row.text for row in rows] == [f"Call {n}" for n in range(count)]
    assert {(row.due, row.user_id, row.kind) for row in rows} == {(date(2026, 12, 1), 1, "task")}
    assert len({row.uid for row in rows}) == count
    desk.do(history.undo)
    assert desk.rows(Activity) == []
    desk.do(history.redo)
    assert len(desk.rows(Activity)) == count
