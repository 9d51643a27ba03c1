"""The team: roles, the last Account Owner, and deals of those who leave."""

import pytest

from dealboard.actions import deals, history, team
from dealboard.domain.views import Role
from dealboard.errors import InvalidValue, MissingField, NotFound, NotPermitted, Refused
from dealboard.store.tables import User
from tests.actions.conftest import Desk


def test_a_user_is_added_as_administrator(desk: Desk) -> None:
    receipt = desk.do(team.add, " Bea ", " bea@example.com ")
    bea = desk.row(User, receipt.value)
    assert (bea.name, bea.email, bea.role, bea.active) == (
        "Bea",
        "bea@example.com",
        "administrator",
        True,
    )
    assert receipt.label == "Added user Bea"


def test_names_and_addresses_of_users_are_unique(desk: Desk) -> None:
    bea = desk.do(team.add, "Bea", "bea@example.com").value
    with pytest.raises(InvalidValue, match="taken"):
        desk.do(team.add, "ADA OWNER")
    with pytest.raises(InvalidValue, match="another user has that address"):
        desk.do(team.add, "Eve", "BEA@example.com")
    with pytest.raises(InvalidValue, match="taken"):
        desk.do(team.edit, bea, name="Ada Owner")
    assert desk.do(team.edit, bea, name="Bea", email="bea@example.com").operation is None


@pytest.mark.parametrize(
    ("name", "role", "error"),
    [
        ("", "administrator", MissingField),
        ("x" * 61, "administrator", InvalidValue),
        ("Eve", "king", InvalidValue),
    ],
)
def test_a_user_needs_a_name_and_a_known_role(
    desk: Desk, name: str, role: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        desk.do(team.add, name, role=role)


def test_a_user_is_edited(desk: Desk) -> None:
    bea = desk.do(team.add, "Bea").value
    desk.do(team.edit, bea, name="Bea B", email="b@example.com", role="chat_operator")
    row = desk.row(User, bea)
    assert (row.name, row.email, row.role) == ("Bea B", "b@example.com", "chat_operator")
    assert desk.do(team.edit, bea, role="chat_operator", reassign_to=1).operation is None
    with pytest.raises(NotFound, match="no user #99"):
        desk.do(team.edit, 99, name="Eve")


def test_only_an_account_owner_makes_and_changes_account_owners(desk: Desk) -> None:
    owner = desk.workspace.user.id
    admin = desk.acting("Bea", Role.ADMINISTRATOR)
    with pytest.raises(NotPermitted, match="Only an Account Owner can change the role"):
        admin.do(team.edit, owner, role=Role.ADMINISTRATOR)
    with pytest.raises(NotPermitted, match="Only an Account Owner can make"):
        admin.do(team.edit, admin.workspace.user.id, role=Role.ACCOUNT_OWNER)
    with pytest.raises(NotPermitted, match="Only an Account Owner can make"):
        admin.do(team.add, "Eve", role=Role.ACCOUNT_OWNER)
    with pytest.raises(NotPermitted, match="deactivate the last Account Owner"):
        admin.do(team.edit, owner, active=False)
    desk.do(team.edit, admin.workspace.user.id, role=Role.ACCOUNT_OWNER)
    admin.do(team.edit, owner, role=Role.ADMINISTRATOR)
    assert [user.role for user in desk.rows(User)] == ["administrator", "account_owner"]


def test_the_last_account_owner_stays(desk: Desk) -> None:
    owner = desk.workspace.user.id
    with pytest.raises(Refused, match="last Account Owner"):
        desk.do(team.edit, owner, role=Role.ADMINISTRATOR)
    with pytest.raises(Refused, match="last Account Owner"):
        desk.do(team.edit, owner, active=False)
    second = desk.do(team.add, "Bea", role=Role.ACCOUNT_OWNER).value
    desk.do(team.edit, second, active=False)
    with pytest.raises(Refused, match="last Account Owner"):
        desk.do(team.edit, owner, active=False)


def test_those_who_leave_hand_over_their_open_deals_at_once(desk: Desk) -> None:
    bea, eve = (desk.do(team.add, name).value for name in ("Bea", "Eve"))
    ids = [desk.new(title) for title in ("One", "Two", "Won")]
    for deal_id in ids:
        desk.do(deals.assign, deal_id, bea)
    desk.do(deals.win, ids[2])
    receipt = desk.do(team.edit, bea, active=False, reassign_to=eve)
    assert receipt.label == "Deactivated user Bea"
    assert receipt.notes == ("Eve took over 2 open deals of Bea.",)
    assert [desk.deal(deal_id).owner_id for deal_id in ids] == [eve, eve, bea]
    desk.do(history.undo)
    assert desk.deal(ids[0]).owner_id == bea
    assert desk.row(User, bea).active


def test_deals_stay_with_a_deactivated_user_unless_reassigned(desk: Desk) -> None:
    bea = desk.do(team.add, "Bea").value
    deal_id = desk.new()
    desk.do(deals.assign, deal_id, bea)
    desk.do(team.edit, bea, active=False)
    assert desk.deal(deal_id).owner_id == bea
    desk.do(deals.edit, deal_id, {"title": "Still hers", "owner_id": bea})
    assert desk.do(team.edit, bea, active=True).label == "Reactivated user Bea"


def test_deals_are_not_handed_to_oneself_or_somebody_who_left(desk: Desk) -> None:
    bea, eve = (desk.do(team.add, name).value for name in ("Bea", "Eve"))
    desk.do(team.edit, eve, active=False)
    for heir in (bea, eve):
        with pytest.raises(InvalidValue, match="another, active user"):
            desk.do(team.edit, bea, active=False, reassign_to=heir)
    assert desk.row(User, bea).active
