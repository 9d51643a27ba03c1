"""The search column stays true whoever changes a row, undo included."""

from dealboard import actions
from dealboard.store import undo
from dealboard.store.transaction import Transaction
from dealboard.workspace import Workspace


def searches(workspace: Workspace) -> list[str]:
    rows = workspace.read(lambda c: c.execute("SELECT search FROM deal ORDER BY id").fetchall())
    return [row[0].replace("\x1f", "|") for row in rows]


def a_deal(workspace: Workspace) -> tuple[int, int]:
    def create(tx: Transaction) -> tuple[int, int]:
        actions.pipelines.create(tx, "Sales")
        contact = actions.contacts.add(tx, name="José Ação", phone="+39 055 123")
        return contact, actions.deals.create(
            tx, contacts=[contact], stage_id=1, title="Café", reference="R-1"
        )

    return workspace.run(create).value


def test_a_deal_is_found_by_title_reference_names_and_digits(workspace: Workspace) -> None:
    a_deal(workspace)
    assert searches(workspace) == ["cafe|r-1|jose acao|39055123"]


def test_it_follows_the_deal(workspace: Workspace) -> None:
    _, deal_id = a_deal(workspace)
    workspace.run(lambda tx: actions.deals.edit(tx, deal_id, {"title": "Tè", "reference": None}))
    assert searches(workspace) == ["te|jose acao|39055123"]


def test_it_follows_its_contacts(workspace: Workspace) -> None:
    contact, deal_id = a_deal(workspace)
    workspace.run(lambda tx: actions.contacts.edit(tx, contact, {"name": "José Œuvre"}))
    assert searches(workspace) == ["cafe|r-1|jose oeuvre|39055123"]
    second = workspace.run(lambda tx: actions.contacts.add(tx, name="Zoë")).value
    workspace.run(lambda tx: actions.deals.add_contact(tx, deal_id, second))
    assert searches(workspace) == ["cafe|r-1|jose oeuvre|39055123|zoe"]
    workspace.run(lambda tx: actions.deals.remove_contact(tx, deal_id, contact))
    assert searches(workspace) == ["cafe|r-1|zoe"]


def test_undo_brings_it_back(workspace: Workspace) -> None:
    contact, _ = a_deal(workspace)
    workspace.run(lambda tx: actions.contacts.edit(tx, contact, {"phone": "999"}))
    assert searches(workspace) == ["cafe|r-1|jose acao|999"]
    workspace.run(undo.undo)
    assert searches(workspace) == ["cafe|r-1|jose acao|39055123"]


def test_it_counts_as_no_edit(workspace: Workspace) -> None:
    contact, _ = a_deal(workspace)
    receipt = workspace.run(lambda tx: actions.contacts.edit(tx, contact, {"phone": "999"}))
    assert {touched.table for touched in receipt.touched} == {"contact"}
    assert workspace.read(lambda c: c.execute("SELECT version FROM deal").fetchone()[0]) == 1
