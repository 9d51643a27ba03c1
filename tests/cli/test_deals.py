"""`dealboard deal`."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import Cli


def test_json_of_a_deal_is_the_contract(cli: Cli) -> None:
    made = cli.json(
        *("deal", "add", "--title", "Acme", "--contact", "Bob <bob@example.org>"),
        *("--pipeline", "Sales", "--stage", "Offer", "--owner", "Ada Owner"),
        *("--amount", "1,200.50", "--currency", "eur", "--close-date", "2026-12-31"),
        *("--reference", "R-1", "--uid", "crm:1"),
    )

    assert cli.json("deal", "show", 1) == made | {"tasks": []}
    moments = [made.pop(key) for key in ("created_at", "updated_at", "stage_entered_at")]
    assert all(moment.endswith("Z") for moment in moments)
    assert made == {
        "id": 1,
        "uid": "crm:1",
        "title": "Acme",
        "pipeline": {"id": 1, "name": "Sales"},
        "stage": {"id": 2, "name": "Offer", "kind": "open", "probability": 60},
        "owner": {"id": 1, "name": "Ada Owner"},
        "amount": "1200.50",
        "amount_minor": 120050,
        "currency": "EUR",
        "close_date": "2026-12-31",
        "reference": "R-1",
        "closed_at": None,
        "lost_reason": None,
        "contacts": [{"id": 1, "name": "Bob", "phone": None, "email": "bob@example.org"}],
        "version": 1,
    }


def test_what_was_understood_is_said(cli: Cli) -> None:
    said = cli.ok(
        *("deal", "add", "--title", "Acme", "--contact", "Bob <bob@example.org>"),
        *("--stage", "Lead", "--amount", "1.234,50", "--close-date", "31/12/2026"),
    )

    assert said == "Created Acme · deal #1 · €1,234.50 · closes 2026-12-31\n"


def test_what_is_left_out_is_filled_in(cli: Cli) -> None:
    made = cli.json("deal", "add", "--contact", "Bob <bob@example.org>", "--stage", "lead")

    assert (made["title"], made["owner"]["name"]) == ("Bob", "Ada Owner")
    assert (made["amount"], made["amount_minor"], made["currency"]) == (None, None, "EUR")


def test_an_amount_may_name_its_currency(cli: Cli) -> None:
    made = cli.json("deal", "show", cli.deal("Acme", "Lead", "--amount", "12k USD"))

    assert (made["amount"], made["currency"]) == ("12000.00", "USD")


def test_contacts_are_found_by_what_they_are_known_by(cli: Cli) -> None:
    cli.ok("contact", "add", "--name", "Zoë Ünal", "--phone", "+39 333 123 4567")
    for who in ("1", "Zoë Ünal", "+393331234567"):
        made = cli.json("deal", "add", "--contact", who, "--stage", "Lead")
        assert [person["id"] for person in made["contacts"]] == [1]


def test_adding_a_uid_again_changes_nothing(cli: Cli) -> None:
    first = cli.deal("Acme", "Lead", "--uid", "crm:1")
    again = cli("deal", "add", "--contact", 1, "--stage", "Lead", "--uid", "crm:1", "--json")

    assert cli.json("deal", "show", "--uid", "crm:1")["id"] == first
    assert "exists already" in again.stderr
    assert cli.titles() == ["Acme"]


def test_a_deal_is_found_by_uid_and_by_reference(cli: Cli) -> None:
    cli.deal("Acme", "Lead", "--uid", "crm:1", "--reference", "R-1")
    cli.deal("Bolt", "Lead", "--reference", "R-2")

    assert cli.json("deal", "show", "--reference", "R-2")["title"] == "Bolt"
    assert cli.json("deal", "move", "--uid", "crm:1", "--by", 1)["stage"]["name"] == "Offer"
    assert cli.json("deal", "delete", "--reference", "R-1", "--yes") == {"deleted": [1]}


def test_filters_and_order_are_those_of_the_filter_bar(cli: Cli) -> None:
    cli.ok("user", "add", "Bea", "--email", "bea@example.org")
    cli.ok("pipeline", "create", "Partners", "--stages", "Lead:20")
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    sales = ("--pipeline", "Sales")
    cli.deal("Acme", "Lead", *sales, "--amount", "30", "--close-date", day)
    cli.deal("Éclair", "Offer", *sales, "--amount", "10", "--owner", "bea@example.org")
    cli.deal("Coil", "Won", "--pipeline", 2)

    assert cli.titles("--name", "eclair") == ["Éclair"]
    assert cli.titles("--owner", "Bea") == ["Éclair"]
    assert cli.titles("--pipeline", "Partners") == ["Coil"]
    assert cli.titles("--status", "won") == ["Coil"]
    assert cli.titles("--stage", "lead") == ["Acme"]
    assert cli.titles("--close", "none") == ["Éclair"]
    assert cli.titles("--close", "next 7d", "--status", "open") == ["Acme"]
    assert cli.titles("--created", "..yesterday") == []
    assert cli.titles("--sort", "name") == ["Acme", "Coil", "Éclair"]
    assert cli.titles("--sort", "amount", "--desc") == ["Acme", "Éclair", "Coil"]
    assert cli.titles("--sort", "name", "--limit", 1, "--offset", 1) == ["Coil"]


def test_the_list_for_people_is_aligned_and_says_what_is_left_out(cli: Cli) -> None:
    cli.deal("東和", "Lead", "--amount", "1200.50")
    cli.deal("Acme", "Offer")

    result = cli("deal", "list", "--sort", "name", "--desc", "--limit", "1")
    assert result.stdout.splitlines() == [
        "ID  TITLE  PIPELINE  STAGE  OWNER         AMOUNT  CLOSE DATE  CONTACTS",
        " 1  東和   Sales     Lead   Ada Owner  €1,200.50              Bob",
    ]
    assert result.stderr == "1 of 2 deals\n"


def test_an_empty_list_says_so_beside_the_data(cli: Cli) -> None:
    result = cli("deal", "list")

    assert (result.stdout, result.stderr) == ("", "There are no deals yet.\n")
    assert cli.json("deal", "list") == []


def test_hostile_text_is_kept_and_shown_without_its_bytes(cli: Cli) -> None:
    title = "[/red] [@click=app.quit]x[/] \x1b]52;c;aGk=\x1b\\ \x9b2J \u202e"
    deal = cli.deal(title)

    assert cli.json("deal", "show", deal)["title"] == title
    for words in (("deal", "list"), ("deal", "show", deal), ("history",), ("contact", "show", 1)):
        shown = cli.ok(*words)
        assert "[/red] [@click=app.quit]x[/] ␛]52" in shown
        assert shown.replace("\n", "").isprintable()


def test_editing_changes_only_what_is_given(cli: Cli) -> None:
    deal = cli.deal("Acme", "Lead", "--amount", "30", "--close-date", "2026-12-31")

    edited = cli.json("deal", "edit", deal, "--title", "Acme 2", "--close-date", "")
    assert (edited["title"], edited["close_date"], edited["amount"]) == ("Acme 2", None, "30.00")

    edited = cli.json("deal", "edit", deal, "--currency", "JPY")
    assert (edited["amount"], edited["currency"], edited["amount_minor"]) == ("30", "JPY", 30)

    edited = cli.json("deal", "edit", deal, "--amount", "", "--stage", "Won")
    assert (edited["amount"], edited["stage"]["name"]) == (None, "Won")
    assert edited["closed_at"] is not None


def test_contacts_of_a_deal(cli: Cli) -> None:
    deal = cli.deal("Acme")
    linked = cli.json("deal", "contact", "add", deal, "Eve <eve@example.org>")
    assert [person["name"] for person in linked["contacts"]] == ["Bob", "Eve"]

    left = cli.json("deal", "contact", "remove", deal, "Bob")
    assert [person["name"] for person in left["contacts"]] == ["Eve"]

    code, told = cli.refused("deal", "contact", "remove", deal, "Eve")
    assert (code, "A deal needs a contact" in told) == (1, True)

    swapped = cli.json("deal", "edit", deal, "--contact", "Bob")
    assert [person["name"] for person in swapped["contacts"]] == ["Bob"]


def test_moving(cli: Cli) -> None:
    cli.ok("pipeline", "create", "Partners", "--stages", "Talk:20, Offer:50")
    deal = cli.deal("Acme", "Lead", "--pipeline", "Sales")

    def stage(*words: object) -> str:
        moved = cli.json("deal", "move", deal, *words)
        return f"{moved['pipeline']['name']}/{moved['stage']['name']}"

    assert stage("--by", 1) == "Sales/Offer"
    assert stage("--pipeline", "Partners") == "Partners/Offer"
    assert stage("--pipeline", "Sales", "--stage", "Lead") == "Sales/Lead"
    assert stage("--by", 9) == "Sales/Won"
    assert stage("--by", -1) == "Sales/Lead"
    assert stage("--stage", "lost") == "Sales/Lost"


def test_a_place_in_the_stage(cli: Cli) -> None:
    for title in ("C", "B", "A"):
        cli.deal(title)
    first = cli.json("deal", "list")[0]["id"]

    cli.ok("deal", "move", first, "--position", "bottom")
    assert cli.titles() == ["B", "C", "A"]
    cli.ok("deal", "move", first, "--position", 2)
    assert cli.titles() == ["B", "A", "C"]


def test_clone_and_delete(cli: Cli) -> None:
    deal = cli.deal("Acme", "Lead", "--amount", "5")

    copy = cli.json("deal", "clone", deal)
    assert (copy["title"], copy["amount"], copy["contacts"][0]["name"]) == (
        "Acme (copy)",
        "5.00",
        "Bob",
    )
    cli.refused("deal", "delete", deal, 99, "--yes")
    assert cli.json("deal", "delete", deal, copy["id"], "--yes") == {"deleted": [1, 2]}
    assert cli.titles() == []


def test_deleting_asks_a_person(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    deal = cli.deal("Acme")
    monkeypatch.setattr("dealboard.cli.output.interactive", lambda: True)

    assert cli("deal", "delete", deal, typed="n\n").exit_code == 1
    assert cli.titles() == ["Acme"]
    assert cli("deal", "delete", deal, typed="").exit_code == 130
    assert cli.titles() == ["Acme"]
    assert cli("deal", "delete", deal, typed="y\n").exit_code == 0
    assert cli.titles() == []


ADD = ("deal", "add", "--title", "Acme", "--contact", "Bob <bob@example.org>")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((*ADD[:2], "--title", "", *ADD[4:], "--stage", "Lead"), 65, "Title is required"),
        ((*ADD[:4], "--stage", "Lead"), 65, "A deal needs at least one contact"),
        ((*ADD, "--stage", "Nope"), 65, "Known: Lead, Offer, Won, Lost."),
        (ADD, 65, "Stage is required"),
        ((*ADD, "--pipeline", "Nope", "--stage", "Lead"), 65, "Known: Sales."),
        ((*ADD, "--stage", "Lead", "--owner", "Nobody"), 65, "Known: Ada Owner."),
        ((*ADD, "--stage", "Lead", "--close-date", "2026-02-30"), 65, "28 days"),
        ((*ADD, "--stage", "Lead", "--close-date", "soon"), 65, "not a date"),
        ((*ADD, "--stage", "Lead", "--amount", "NaN"), 65, "not an amount"),
        ((*ADD, "--stage", "Lead", "--amount", "-5"), 65, "negative"),
        ((*ADD, "--stage", "Lead", "--amount", "5 USD", "--currency", "EUR"), 65, "in USD"),
        ((*ADD, "--stage", "Lead", "--currency", "XYZ"), 65, "not a currency"),
        ((*ADD, "--stage", "Lead", "--title", "x" * 201), 65, "at most 200"),
        ((*ADD, "--stage", "Lead", "--title", "a\x00b"), 65, "NUL"),
        (("deal", "add", "--contact", "Nobody", "--stage", "Lead"), 65, "unknown contact"),
        (("deal", "add", "--contact", "Nobody", "--stage", "Lead"), 65, "Write an id, an e-mail"),
        (("deal", "show", "99"), 1, "There is no deal #99."),
        (("deal", "show"), 2, "Which deal is meant?"),
        (("deal", "show", "0"), 2, "'0' is no id; ids are numbers such as 12"),
        (("deal", "show", str(2**70)), 2, "is no id"),
        (("deal", "show", "--reference", "none"), 1, "There is no deal"),
        (("deal", "edit", "1"), 1, "There is no deal #1."),
        (("deal", "move", "1"), 2, "Where to"),
        (("deal", "move", "1", "--by", "1", "--stage", "Won"), 2, "Leave one out."),
        (("deal", "delete", "1"), 1, "There is no deal #1."),
        (("deal", "list", "--created", "2026-13-01"), 65, "no month 13"),
        (("deal", "list", "--close", "whenever"), 65, "not a date"),
        (("deal", "list", "--stage", "Nope"), 65, "unknown stage"),
        (("deal", "list", "--limit", str(2**70)), 2, "not in the range"),
        (("deal", "show", "acme"), 2, "'acme' is no id"),
        (("deal", "frobnicate"), 2, "No such command"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    cli: Cli, words: tuple[str, ...], code: int, told: str
) -> None:
    found, said = cli.refused(*words)

    assert (found, told in said) == (code, True), said


def test_a_reference_of_two_deals_names_both(cli: Cli) -> None:
    cli.deal("Acme", "Lead", "--reference", "R-1")
    cli.deal("Bolt", "Lead", "--reference", "R-1")

    code, told = cli.refused("deal", "show", "--reference", "R-1")

    assert (code, "#1, #2" in told) == (65, True)


def test_a_copy_is_made_before_more_than_twenty_are_deleted(cli: Cli) -> None:
    ids = [cli.deal(f"Deal {number}") for number in range(21)]
    for _ in range(2):
        result = cli("deal", "delete", *ids, "--yes")
        assert "Before that the workspace was copied to" in result.stderr
        assert cli.titles() == []
        cli.ok("undo")
    folder = cli.path.parent / "backups"
    copies = sorted(folder.glob("dealboard-*-before-delete.db"))
    assert len(copies) == 2
    assert len(Cli(copies[0]).titles()) == 21
    cli.ok("deal", "delete", *ids[:20], "--yes")
    assert len(list(folder.iterdir())) == 2
