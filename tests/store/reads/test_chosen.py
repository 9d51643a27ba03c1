"""What selected deals amount to, and which of them are still there."""

from dealboard.domain.views import Subtotal
from dealboard.store.reads.chosen import Chosen, chosen
from tests.store.reads.conftest import World


def test_money_is_summed_per_currency_and_weighted_by_stage(world: World) -> None:
    ids = [
        world.deal("A", stage=world.lead, amount=1_000, currency="EUR"),
        world.deal("B", stage=world.won, amount=500, currency="EUR"),
        world.deal("C", stage=world.offer, amount=900, currency="USD"),
        world.deal("D", stage=world.offer, amount=None, currency="USD"),
    ]
    world.deal("E", stage=world.lead, amount=7, currency="EUR")
    assert world.read(chosen, ids) == Chosen(
        frozenset(ids), (Subtotal("EUR", 1_500, 600), Subtotal("USD", 900, 540))
    )


def test_deals_that_are_gone_or_in_another_pipeline_are_left_out(world: World) -> None:
    here = world.deal("A", stage=world.lead, amount=1_000, currency="EUR")
    other = world.pipeline("Renewals", 2)
    there = world.deal("B", stage=world.stage("Due", 1, 50, pipeline=other), amount=10**15)
    wanted = {here, there, 999, *range(2_000, 3_200)}
    assert world.read(chosen, wanted).ids == {here, there}
    assert world.read(chosen, wanted, world.sales).ids == {here}
    assert world.read(chosen, ()) == Chosen()
