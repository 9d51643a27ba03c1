"""What ties contacts: shared numbers and addresses, and deals."""

from dealboard.store.reads import ties
from tests.store.reads.conftest import World


def test_contacts_that_share_a_number_or_an_address(world: World) -> None:
    ann = world.contact("Ann", phone="1", phone_key="+391", email_key="a@example.com")
    world.contact("Bob", phone_key="+392")
    cid = world.contact("Cid", phone_key="+391", email_key="c@example.com")
    dee = world.contact("Dee", email_key="c@example.com")
    world.contact("Eve", phone_key="+391", forgotten=True)
    groups = world.read(ties.shared)
    assert [[each.id for each in group] for group in groups] == [[ann, cid], [cid, dee]]


def test_same_pair_is_told_once(world: World) -> None:
    ann = world.contact("Ann", phone_key="+391", email_key="a@example.com")
    bob = world.contact("Bob", phone_key="+391", email_key="a@example.com")
    assert [[each.id for each in group] for group in world.read(ties.shared)] == [[ann, bob]]


def test_contacts_without_deals(world: World) -> None:
    ann, bob, cid = (world.contact(name) for name in ("Ann", "Bob", "Cid"))
    world.deal("Looms", people=[bob])
    assert world.read(ties.without_deals, (cid, bob, 99, ann)) == (cid, ann)
    assert world.read(ties.without_deals, ()) == ()
