"""`dealboard capi`: from the dry run to what was sent, and the token nowhere."""

import csv
import io
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.delivery.graph import TOKEN, Graph, Said, error

DATASET = "1234567890"


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Iterator[Graph]:
    """Yield a strict endpoint that the command line sends to, with a token."""
    with Graph() as graph:
        monkeypatch.setenv("DEALBOARD_META_BASE_URL", graph.url)
        monkeypatch.setenv("DEALBOARD_META_TOKEN", TOKEN)
        yield graph
    assert graph.wrong == []


@pytest.fixture
def won(cli: Cli, graph: Graph) -> Cli:
    """Have a deal won in a dry run: a Lead and a Purchase wait."""
    cli.ok("capi", "enable", "--dataset", DATASET)
    win(cli)
    return cli


def win(cli: Cli, email: str = "ada@example.com") -> int:
    ada = cli.json("contact", "add", "--name", "Ada L", "--email", email, "--consent", "yes")
    words = ("--title", "Roof", "--stage", "Lead", "--amount", "1,200.50", "--currency", "EUR")
    deal = int(cli.json("deal", "add", *words, "--contact", ada["id"])["id"])
    cli.ok("deal", "move", deal, "--stage", "Won")
    return deal


def test_it_is_off_then_a_dry_run_then_live_then_off(cli: Cli, graph: Graph) -> None:
    assert cli.ok("capi", "status").startswith("conversions  off\n")
    found = cli.json("capi", "enable", "--dataset", DATASET)
    assert (found["dataset"], found["enabled"], found["live"]) == (DATASET, True, False)
    assert cli.json("capi", "enable", "--dataset", DATASET, "--live")["live"]
    assert "conversions  live\n" in cli.ok("capi", "status")
    assert not cli.json("capi", "disable")["enabled"]
    assert cli.refused("capi", "enable", "--dataset", "my pixel")[0] == 65
    assert cli("capi", "enable").exit_code == 2


def test_json_of_the_status_is_the_contract(won: Cli) -> None:
    found = won.json("capi", "status")
    assert found["counts"] == {
        "pending": 2, "held": 0, "sent": 0, "failed": 0, "expired": 0, "cancelled": 0, "unknown": 0,
    }  # fmt: skip
    assert (found["token"], found["pause"], found["next_at"]) == (TOKEN[-4:], None, None)
    assert (found["api_version"], found["test_event_code"], found["near_end"]) == ("v26.0", None, 0)
    assert f"ends in {TOKEN[-4:]}" in won.ok("capi", "status")


def test_a_dry_run_opens_no_socket(won: Cli, graph: Graph) -> None:
    for words in (("flush",), ("flush", "--dry-run")):
        found = won.json("capi", *words)
        assert (found["would_send"], found["sent"], found["counts"]["pending"]) == (2, 0, 2)
        assert [each["name"] for each in found["events"]] == ["Lead", "Purchase"]
        assert "Purchase" in won.ok("capi", *words)
    assert graph.requests == 0
    assert won.json("capi", "status")["counts"]["pending"] == 2


def test_what_the_dry_run_wrote_goes_when_it_is_live(won: Cli, graph: Graph) -> None:
    won.ok("capi", "enable", "--dataset", DATASET, "--live")
    assert won.json("capi", "flush", "--dry-run")["would_send"] == 2
    assert graph.requests == 0
    found = won.json("capi", "flush")
    assert (found["sent"], found["again"], found["failed"], found["pause"]) == (2, 0, 0, None)
    assert (found["counts"]["sent"], graph.accepted.total()) == (2, 2)
    assert won.ok("capi", "flush") == "Events for Meta: none to send\n"
    assert won.refused("capi", "retry", 1)[0] == 1


def test_what_the_dry_run_wrote_can_stay_here(won: Cli, graph: Graph) -> None:
    won.ok("capi", "enable", "--dataset", DATASET, "--live", "--leave-waiting")
    assert won.json("capi", "flush")["sent"] == 0
    assert won.json("capi", "status")["counts"]["cancelled"] == 2
    win(won, "bob@example.com")
    won.ok("capi", "enable", "--dataset", DATASET, "--live", "--leave-waiting")
    assert won.json("capi", "flush")["sent"] == 2, "that was no dry run"


def test_an_endpoint_that_is_away_costs_nothing(
    won: Cli, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    won.ok("capi", "enable", "--dataset", DATASET, "--live")
    with Graph() as gone:
        pass
    monkeypatch.setenv("DEALBOARD_META_BASE_URL", gone.url)
    assert won.ok("capi", "flush") == "Events for Meta: 2 to be tried again\n"
    monkeypatch.setenv("DEALBOARD_META_BASE_URL", graph.url)
    assert won.ok("capi", "flush") == "Events for Meta: 2 sent\n"


def test_a_flush_waits_for_no_backoff_but_for_the_server(won: Cli, graph: Graph) -> None:
    won.ok("capi", "enable", "--dataset", DATASET, "--live")
    graph.answers = [error(2, status=503), error(80004, headers={"Retry-After": "3600"})]
    assert won.json("capi", "flush")["again"] == 2
    limited = won("capi", "flush")
    assert "Meta wants fewer requests" in limited.stderr
    found = won.json("capi", "flush")
    assert (found["sent"], found["again"]) == (0, 0)
    assert found["pause"]["until"] == found["next_at"]
    assert graph.requests == 2


def test_a_dead_token_is_waited_for_until_there_is_another(
    won: Cli, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    won.ok("capi", "enable", "--dataset", DATASET, "--live")
    monkeypatch.setenv("DEALBOARD_META_TOKEN", "EAAcanaryThatIsDead0001")
    said = won("capi", "flush")
    assert (said.exit_code, "does not accept the token" in said.stderr) == (0, True)
    assert won("capi", "flush").stderr.startswith("Paused: Meta does not accept the token")
    assert graph.requests == 1
    pause = won.json("capi", "status")["pause"]
    assert (pause["until"], "190" in pause["why"]) == (None, True)
    monkeypatch.setenv("DEALBOARD_META_TOKEN", TOKEN)
    assert won.json("capi", "flush")["sent"] == 2


def test_enabling_it_again_ends_a_pause(won: Cli, graph: Graph) -> None:
    won.ok("capi", "enable", "--dataset", DATASET, "--live")
    graph.answers = [error(10, status=403)]
    won.ok("capi", "flush")
    assert won.json("capi", "status")["pause"]
    assert won.json("capi", "enable", "--dataset", DATASET, "--live")["pause"] is None
    assert won.json("capi", "flush")["sent"] == 2


def test_a_refused_event_is_retried_by_hand(won: Cli, graph: Graph) -> None:
    won.ok("capi", "enable", "--dataset", DATASET, "--live")
    events = won.json("capi", "flush", "--dry-run")["events"]
    bad = events[1]
    graph.poisoned = {bad["event_id"]: error(100, 2804009)}
    found = won("capi", "flush")
    assert "1 event for Meta was not delivered: Meta refuses the event: its value" in found.stderr
    assert "\x1b" not in found.output
    graph.poisoned = {}
    assert won.json("capi", "retry", bad["id"]) == {"changed": 1}
    assert won.ok("capi", "flush") == "Events for Meta: 1 sent\n"
    assert won.refused("capi", "retry", 99) == (1, "dealboard: There is no event #99.\n")


def test_a_preview_shows_how_each_value_is_made(won: Cli) -> None:
    said = won.ok("capi", "preview")
    assert "a••@•••••••.••m" in said
    assert "ada@example.com" not in said
    assert '"value":1200.50' in said
    assert "check  " in said
    found = won.json("capi", "preview", "--deal", 1)
    assert [each["name"] for each in found] == ["Purchase", "Lead"]
    (person,) = found[0]["people"]
    assert (person["consent"], found[0]["problems"]) == (True, [])
    assert {value["key"] for value in person["values"]} >= {"em", "fn", "ln", "external_id"}
    assert json.loads(found[0]["event"])["event_name"] == "Purchase"
    assert won.json("capi", "preview", "--deal", 99) == []


def test_a_held_event_says_why(cli: Cli, graph: Graph) -> None:
    cli.ok("capi", "enable", "--dataset", DATASET, "--live")
    cli.deal("Roof")
    said = cli.ok("capi", "preview")
    assert "Consent is unknown" in said
    assert cli.json("capi", "flush")["counts"]["held"] == 1
    assert cli.refused("capi", "retry", 1)[0] == 1
    assert cli("contact", "edit", 1, "--consent", "yes").exit_code == 0
    assert cli.json("capi", "flush")["sent"] == 1


def test_events_are_exported_hashed_for_an_upload_by_hand(won: Cli, tmp_path: Path) -> None:
    text = won.ok("capi", "export")
    lead, purchase = csv.DictReader(io.StringIO(text))
    assert (lead["event_name"], purchase["event_name"]) == ("Lead", "Purchase")
    assert (purchase["value"], purchase["currency"]) == ("1200.50", "EUR")
    assert len(lead["em"]) == 64
    assert "ada@example.com" not in text
    assert json.loads(lead["event"])["event_id"] == lead["event_id"]
    file = tmp_path / "events.json"
    won.ok("capi", "export", "--state", "pending", "--output", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each["name"] for each in json.loads(file.read_text())] == ["Lead", "Purchase"]
    assert won.ok("capi", "export", "--state", "expired").count("\n") == 1


def test_a_chat_operator_has_no_say(won: Cli) -> None:
    won.ok("user", "add", "Carl", "--role", "chat_operator")
    for words in (("status",), ("flush",), ("export",), ("enable", "--dataset", DATASET)):
        assert won.refused("--as", "Carl", "capi", *words)[0] == 77


def test_the_token_is_nowhere(won: Cli, graph: Graph, tmp_path: Path) -> None:
    won.ok("capi", "enable", "--dataset", DATASET, "--live")
    echo = json.dumps({"error": {"code": 2, "message": f"Bad {TOKEN}", "fbtrace_id": TOKEN}})
    graph.answers = [
        Said(500, echo.encode()),
        Said(200, f"<html>access_token={TOKEN}</html>".encode()),
        error(190, 463, status=401, error_user_title=f"Token {TOKEN} is dead"),
    ]
    said = [won("capi", "flush", "--json").output for _ in range(3)]
    said += [won.ok("capi", *words) for words in (("status",), ("preview",), ("export",))]
    said += [won.ok("capi", "status", "--json"), won.ok("capi", "export", "--format", "json")]
    said += [won.ok("config", "show"), won.ok("export", "deals"), won.ok("history", "--json")]
    won.ok("backup", "create")
    secret = TOKEN[3:-4]
    assert not any(secret in text for text in said)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert won.path in files
    assert not any(secret.encode() in path.read_bytes() for path in files)


def test_how_events_are_written_is_chosen_and_what_is_held_is_looked_at_again(cli: Cli) -> None:
    assert cli.refused("capi", "set", "--grace", "5")[0] == 1
    cli.ok("capi", "enable", "--dataset", DATASET)
    bob = cli.json("contact", "add", "--name", "Bob", "--email", "bob@example.com")
    cli.ok("deal", "add", "--title", "Wall", "--stage", "Lead", "--contact", bob["id"])
    assert cli.json("capi", "status")["counts"]["held"] == 1
    words = ("--unknown-consent", "send", "--grace", "5", "--source", "phone_call")
    found = cli.json("capi", "set", *words)
    assert (found["unknown_consent"], found["grace_minutes"]) == (True, 5)
    assert (found["action_source"], found["counts"]["pending"]) == ("phone_call", 1)
    assert cli.json("capi", "set", "--unknown-consent", "hold")["counts"]["held"] == 1
    assert cli.refused("capi", "set", "--source", "website")[0] == 65
    assert cli("capi", "set").exit_code == 2
