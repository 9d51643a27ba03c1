"""A contact that is forgotten leaves nothing in the file, not even in what is free in it."""

import json
from pathlib import Path

import pytest

from dealboard.actions import activities, automations, contacts, deals, history
from dealboard.domain.changes import ContactChanges
from dealboard.domain.rules import parse
from dealboard.store.reads.history import operations
from dealboard.store.tables import Activity, Deal
from dealboard.workspace import Workspace
from tests.actions.conftest import Desk
from tests.actions.test_activities import chat

WORDS = ("Quirin", "Zaxby", "quirin", "zaxby", "+393471122334", "3471122334", "mail.example")
PERSON = ContactChanges(
    first_name="Quirin",
    last_name="Zaxby",
    phone="+39 347 112 2334",
    email="q@mail.example",
    city="Quirinale",
)


@pytest.fixture
def who(desk: Desk) -> int:
    """Return a contact with a past: two names, deals, what was written, rules that told of it."""
    desk.do(automations.create, parse({
        "name": "Tell", "trigger": {"on": "stage_changed"},
        "then": [
            {"do": "add_task", "text": "Call {{contact.name}}"},
            {"do": "create_deal", "pipeline": 1, "title": "Onboard {{contact.name}}"},
            {"do": "send_webhook", "url": "https://example.com/{{contact.email}}"},
        ],
    }))  # fmt: skip
    contact_id = desk.do(contacts.add, **PERSON).value
    desk.do(contacts.edit, contact_id, {"company": "Zaxby & Sons"})
    desk.do(contacts.edit, contact_id, {"company": None, "phone": "0347 112.2334"})
    deal_id = desk.do(deals.create, contacts=[contact_id], stage_id=desk.lead).value
    desk.do(deals.edit, deal_id, {"reference": "R-1"})
    desk.do(deals.move, deal_id, by=1)
    desk.do(activities.add, "note", "Quirin likes tea", contact_id=contact_id)
    desk.do(activities.add, "note", "likes tea", deal_id=deal_id)
    chat(desk, contact_id, "Zaxby here")
    twin = desk.do(contacts.add, name="Quirin Z.", email="q@mail.example").value
    desk.do(contacts.merge, twin, contact_id)
    return contact_id


def found_in(path: Path) -> set[str]:
    """Return which of the words are in the bytes of a workspace, its log included."""
    held = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    text = held.decode("latin-1")
    return {word for word in WORDS if word in text}


def test_no_byte_of_a_forgotten_contact_is_left(desk: Desk, who: int) -> None:
    path = desk.workspace.path
    assert {"Quirin", "zaxby", "mail.example"} <= found_in(path)
    receipt = desk.do(contacts.forget, who)
    assert receipt.notes[-1] == (
        "Nothing brings it back; backups made before keep it until they are thinned."
    )
    assert found_in(path) == set()
    assert {deal.title for deal in desk.rows(Deal)} == {
        "deleted contact", "Onboard deleted contact"
    }  # fmt: skip
    texts = {each.text for each in desk.rows(Activity)}
    assert texts == {"Call deleted contact", "likes tea"}


def test_unsent_webhooks_that_tell_of_it_are_gone_and_sent_ones_empty(desk: Desk, who: int) -> None:
    other = desk.new("Bolt")
    desk.do(deals.move, other, by=1)
    moved = desk.do(deals.move, 1, by=1)
    desk.workspace.keep(
        lambda connection: connection.execute(
            "UPDATE outbox SET state = 'sent' WHERE operation_seq = ?", (moved.operation,)
        )
    )
    receipt = desk.do(contacts.forget, who)
    assert "1 webhook that would have told of it will not be sent." in receipt.notes
    rows = desk.workspace.read(
        lambda connection: connection.execute(
            "SELECT deal_id, state, payload FROM outbox ORDER BY id"
        ).fetchall()
    )
    assert [(deal_id, state) for deal_id, state, _ in rows] == [(other, "pending"), (1, "sent")]
    assert json.loads(rows[1][2]) == {"url": "https://example.com", "secret": None, "body": ""}


def test_undo_of_what_came_before_leaves_the_blanks(desk: Desk, who: int) -> None:
    receipt = desk.do(contacts.forget, who)
    seqs = desk.workspace.read(
        lambda connection: connection.execute(
            "SELECT seq FROM operation WHERE kind = 'do' AND seq <= ? ORDER BY seq DESC",
            (receipt.operation,),
        ).fetchall()
    )
    for (seq,) in seqs[:-2]:  # to the very contact, but not to the rule
        undone = desk.do(history.undo, seq)
        if seq == receipt.operation:
            assert undone.notes == (f"Contact #{who} was forgotten: what was personal stays gone.",)
    assert found_in(desk.workspace.path) == set()
    for _ in range(3):
        desk.do(history.redo)
    assert found_in(desk.workspace.path) == set()


def test_others_keep_their_words(desk: Desk) -> None:
    ada = desk.do(contacts.add, name="Ada", phone="+39 02 1234567").value
    bob = desk.do(contacts.add, name="Bob", phone="+39 02 7654321").value
    for contact_id, title in ((ada, "Adamant"), (bob, "Ada's twin")):
        desk.do(deals.create, contacts=[contact_id], stage_id=desk.lead, title=title)
    desk.do(contacts.forget, ada)
    assert {deal.title for deal in desk.rows(Deal)} == {"Adamant", "Ada's twin"}
    labels = [each.label for each in desk.workspace.read(operations, limit=9)]
    assert "Created Ada's twin" in labels
    assert "Added contact deleted contact" in labels


def test_it_is_said_where_another_program_keeps_the_file_in_use(desk: Desk, who: int) -> None:
    with Workspace.open(desk.workspace.path)._connection as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM deal").fetchone()
        receipt = desk.do(contacts.forget, who)
        assert receipt.notes[-1].startswith("The file is in use")
        connection.execute("COMMIT")
