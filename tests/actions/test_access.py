"""Who may do what (guide, User permissions; decisions 22–25)."""

from collections.abc import Callable

import pytest

from dealboard.actions import (
    automations,
    contacts,
    conversions,
    deals,
    fields,
    history,
    pipelines,
    preferences,
    saved_views,
    stages,
    team,
)
from dealboard.domain.filters import Query
from dealboard.domain.rules import Do, On, Rule, Step, Trigger
from dealboard.domain.views import Role
from dealboard.errors import NotPermitted
from dealboard.store.tables import Contact, Deal, Operation
from dealboard.store.transaction import Transaction
from tests.actions.conftest import Desk

RULE = Rule("Hello", Trigger(On.CREATED), then=(Step(Do.ADD_NOTE, {"text": "Hello"}),))

VERBS: dict[str, Callable[[Transaction], object]] = {
    "pipelines.create": lambda tx: pipelines.create(tx, "Other"),
    "pipelines.rename": lambda tx: pipelines.rename(tx, 1, "Other"),
    "pipelines.move": lambda tx: pipelines.move(tx, 1, 1),
    "pipelines.delete": lambda tx: pipelines.delete(tx, 1),
    "pipelines.move_deals": lambda tx: pipelines.move_deals(tx, 1, 1),
    "pipelines.shift": lambda tx: pipelines.shift(tx, 1, 1),
    "pipelines.empty_and_delete": lambda tx: pipelines.empty_and_delete(tx, 1, 2),
    "preferences.set_currency": lambda tx: preferences.set_currency(tx, "USD"),
    "preferences.set_country": lambda tx: preferences.set_country(tx, "US"),
    "preferences.set_rotting": lambda tx: preferences.set_rotting(tx, 9),
    "stages.shift": lambda tx: stages.shift(tx, 1, 1),
    "stages.add": lambda tx: stages.add(tx, 1, "Other"),
    "stages.edit": lambda tx: stages.edit(tx, 1, probability=20),
    "stages.move": lambda tx: stages.move(tx, 1, 2),
    "stages.delete": lambda tx: stages.delete(tx, 2),
    "deals.create": lambda tx: deals.create(tx, contacts=[1], stage_id=1),
    "deals.create_many": lambda tx: deals.create_many(tx, []),
    "deals.add_contacts": lambda tx: deals.add_contacts(tx, [(1, 1)]),
    "deals.edit": lambda tx: deals.edit(tx, 1, {"title": "Other"}),
    "deals.edit_many": lambda tx: deals.edit_many(tx, {1: {"title": "Other"}}),
    "deals.move": lambda tx: deals.move(tx, 1, by=1),
    "deals.place": lambda tx: deals.place(tx, 1, 2),
    "deals.reorder": lambda tx: deals.reorder(tx, 1, 1),
    "deals.win": lambda tx: deals.win(tx, 1),
    "deals.lose": lambda tx: deals.lose(tx, 1),
    "deals.reopen": lambda tx: deals.reopen(tx, 1),
    "deals.delete": lambda tx: deals.delete(tx, [1]),
    "deals.clone": lambda tx: deals.clone(tx, 1),
    "deals.move_many": lambda tx: deals.move_many(tx, [1], 2),
    "deals.step_many": lambda tx: deals.step_many(tx, [1], 1),
    "deals.close_many": lambda tx: deals.close_many(tx, [1], "won"),
    "deals.assign_many": lambda tx: deals.assign_many(tx, [1], 1),
    "deals.date_many": lambda tx: deals.date_many(tx, [1], None),
    "deals.assign": lambda tx: deals.assign(tx, 1, 1),
    "deals.shift_close_date": lambda tx: deals.shift_close_date(tx, 1, 1),
    "deals.add_contact": lambda tx: deals.add_contact(tx, 1, 1),
    "deals.remove_contact": lambda tx: deals.remove_contact(tx, 1, 1),
    "deals.set_contacts": lambda tx: deals.set_contacts(tx, 1, [1]),
    "fields.define": lambda tx: fields.define(tx, "Size", "text"),
    "fields.edit": lambda tx: fields.edit(tx, 1, {"name": "Size"}),
    "fields.move": lambda tx: fields.move(tx, 1, 1),
    "fields.delete": lambda tx: fields.delete(tx, 1),
    "saved_views.save": lambda tx: saved_views.save(tx, "Mine", Query()),
    "saved_views.replace": lambda tx: saved_views.replace(tx, 1, Query()),
    "saved_views.rename": lambda tx: saved_views.rename(tx, 1, "Mine"),
    "saved_views.move": lambda tx: saved_views.move(tx, 1, 1),
    "saved_views.delete": lambda tx: saved_views.delete(tx, 1),
    "automations.create": lambda tx: automations.create(tx, RULE),
    "automations.edit": lambda tx: automations.edit(tx, 1, RULE),
    "automations.enable": lambda tx: automations.enable(tx, 1),
    "automations.disable": lambda tx: automations.disable(tx, 1),
    "automations.move": lambda tx: automations.move(tx, 1, 1),
    "automations.delete": lambda tx: automations.delete(tx, 1),
    "conversions.enable": lambda tx: conversions.enable(tx, "1234567890"),
    "conversions.go_live": conversions.go_live,
    "conversions.disable": conversions.disable,
    "conversions.set_up": lambda tx: conversions.set_up(
        tx, "1234567890", action_source="chat", unknown_consent=False, grace_minutes=5
    ),
    "conversions.acknowledge": conversions.acknowledge,
    "conversions.set_action_source": lambda tx: conversions.set_action_source(tx, "chat"),
    "conversions.set_unknown_consent": lambda tx: conversions.set_unknown_consent(tx, True),
    "conversions.set_grace": lambda tx: conversions.set_grace(tx, 5),
    "contacts.merge": lambda tx: contacts.merge(tx, 1, 2),
    "contacts.forget": lambda tx: contacts.forget(tx, 1),
    "contacts.delete": lambda tx: contacts.delete(tx, 2),
    "team.add": lambda tx: team.add(tx, "Eve"),
    "team.edit": lambda tx: team.edit(tx, 1, name="Eve"),
    "history.undo": history.undo,
    "history.redo": history.redo,
}


def test_every_verb_is_gated() -> None:
    modules = (automations, conversions, pipelines, stages, fields, saved_views, team, history)
    verbs = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in modules
        for name, value in vars(module).items()
        if callable(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }
    verbs |= {f"deals.{name}" for name in deals.__all__}
    assert verbs - VERBS.keys() <= {"stages.new_stage"}


@pytest.mark.parametrize("verb", VERBS)
def test_a_chat_operator_has_no_access(desk: Desk, verb: str) -> None:
    desk.new()
    desk.contact("Spare")
    chat = desk.acting("Carl", Role.CHAT_OPERATOR)
    before = len(desk.rows(Operation))
    with pytest.raises(NotPermitted, match="As Chat Operator you have no access to deals"):
        chat.workspace.run(VERBS[verb])
    assert len(desk.rows(Operation)) == before


def test_an_administrator_has_full_access(desk: Desk) -> None:
    admin = desk.acting("Bea", Role.ADMINISTRATOR)
    deal_id = admin.new()
    admin.do(deals.win, deal_id)
    assert desk.deal(deal_id).stage_id == desk.won


def test_a_chat_operator_works_with_contacts(desk: Desk) -> None:
    chat = desk.acting("Carl", Role.CHAT_OPERATOR)
    contact_id = chat.contact("Zoe")
    chat.do(contacts.edit, contact_id, {"phone": "+39 06 6982"})
    assert desk.row(Contact, contact_id).phone == "+39 06 6982"


def test_a_deactivated_user_changes_nothing(desk: Desk) -> None:
    bea = desk.acting("Bea", Role.ADMINISTRATOR)
    desk.do(team.edit, bea.workspace.user.id, active=False)
    with pytest.raises(NotPermitted, match="Bea is deactivated"):
        bea.new()
    with pytest.raises(NotPermitted, match="Bea is deactivated"):
        bea.contact()
    assert not desk.rows(Deal)


def test_the_clock_may_act(desk: Desk) -> None:
    deal_id = desk.new()

    def nobody(tx: Transaction) -> None:
        tx.actor = None
        deals.win(tx, deal_id)

    desk.workspace.run(nobody)
    assert desk.deal(deal_id).stage_id == desk.won
