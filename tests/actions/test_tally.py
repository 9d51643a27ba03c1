"""Totals that are carried from change to change are the ones that would be counted."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from dealboard.actions import deals, history, pipelines, stages
from dealboard.errors import NotFound, Refused
from dealboard.screens.board_page import CLOSED_DAYS, Opening, Seen, View, read_opening, read_totals
from dealboard.store.transaction import Transaction
from tests.actions.conftest import Desk


def opened(desk: Desk) -> View:
    opening: Opening = desk.workspace.read(read_opening, desk.pipeline, desk.workspace.today)
    assert opening.view is not None
    return opening.view


def see(desk: Desk, view: View, action: Callable[[Transaction], Any]) -> Seen | None:
    """Change something as the board does, and return what it would show."""
    after = partial(Seen.after, view=view, windows={}, cursor=None, today=desk.workspace.today)
    seen = desk.workspace.run(action, after).seen
    assert seen is None or isinstance(seen, Seen)
    return seen


def check(desk: Desk, view: View, seen: Seen | None) -> None:
    counted = desk.workspace.read(read_totals, view)
    for stage_id, totals in seen.opening.page.totals.items() if seen else ():
        assert totals == counted[stage_id]


def verbs(desk: Desk, ids: list[int], dice: random.Random) -> list[Callable[[Transaction], Any]]:
    deal_id = dice.choice(ids)
    amount, currency = dice.choice([None, 0, 1, 333, 10**12]), dice.choice(["EUR", "USD"])
    where = dice.choice([desk.lead, desk.offer, desk.won, desk.lost])
    return [
        lambda tx: deals.move(tx, deal_id, by=dice.choice((-1, 1))),
        lambda tx: deals.move(tx, deal_id, stage_id=where),
        lambda tx: deals.reorder(tx, deal_id, 1),
        lambda tx: deals.win(tx, deal_id),
        lambda tx: deals.lose(tx, deal_id),
        lambda tx: deals.edit(tx, deal_id, {"amount": amount, "currency": currency}),
        lambda tx: deals.edit(tx, deal_id, {"title": dice.choice("ab"), "stage_id": where}),
        lambda tx: deals.clone(tx, deal_id),
        lambda tx: deals.delete(tx, [deal_id]),
        lambda tx: history.undo(tx),
        lambda tx: history.undo(tx),
        lambda tx: history.redo(tx),
    ]


@pytest.mark.parametrize("seed", range(6))
def test_carried_totals_are_the_counted_ones(desk: Desk, seed: int) -> None:
    dice = random.Random(seed)
    ids = [desk.new(f"Deal {number}") for number in range(5)]
    view = opened(desk)
    for number in range(60):
        action = dice.choice(verbs(desk, ids, dice))
        try:
            if number % 9 == 8:  # somebody else, whom the board did not watch
                desk.workspace.run(action)
            else:
                check(desk, view, see(desk, view, action))
        except (NotFound, Refused):
            continue


def test_what_closed_long_ago_is_still_told_apart(desk: Desk) -> None:
    old = [desk.new() for _ in range(3)]
    for deal_id in old:
        desk.do(deals.win, deal_id)
    desk.clock.advance(days=CLOSED_DAYS + 1)
    view = opened(desk)
    seen = see(desk, view, lambda tx: deals.reopen(tx, old[0]))
    check(desk, view, seen)
    assert seen is not None
    assert seen.opening.page.totals[desk.won].older == 2


def test_a_stage_that_counts_for_more_is_counted_again(desk: Desk) -> None:
    deal_id = desk.new()
    desk.do(deals.edit, deal_id, {"amount": 1_000_00})
    view = opened(desk)
    desk.do(stages.edit, desk.lead, probability=50)
    check(desk, view, see(desk, view, lambda tx: deals.edit(tx, deal_id, {"amount": 2_000_00})))


def test_a_deal_that_goes_to_another_pipeline_leaves_this_one(desk: Desk) -> None:
    other = desk.do(pipelines.create, "Other").value
    deal_id = desk.new()
    view = opened(desk)
    check(desk, view, see(desk, view, lambda tx: deals.move(tx, deal_id, pipeline_id=other)))
    check(desk, view, see(desk, view, lambda tx: deals.move(tx, deal_id, stage_id=desk.won)))
