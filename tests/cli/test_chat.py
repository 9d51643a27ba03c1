"""`dealboard chat`: import, show, link."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.delivery.cloud import TOKEN, Cloud, error

CHAT = """\
12/03/26, 09:15 - Messages and calls are end-to-end encrypted.
12/03/26, 09:16 - Bob: Ciao [b]Ada[/b]
13/03/26, 09:17 - Ada Owner: Hi \x1b[31m
two lines
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "WhatsApp Chat with Bob.txt"
    path.write_text(CHAT, encoding="utf-8")
    return path


@pytest.fixture
def bob(cli: Cli) -> int:
    phone = ("--phone", "+39 349 123 4567")
    return int(cli.json("contact", "add", "--name", "Bob", *phone)["id"])


def test_import_and_show_are_the_contract(cli: Cli, file: Path, bob: int) -> None:
    report = cli.json("chat", "import", file, "--contact", bob)
    assert report == {
        "file": file.name,
        "contact": {"id": bob, "name": "Bob"},
        "messages": 3,
        "added": 3,
        "known": 0,
        "me": "Ada Owner",
        "from": "2026-03-12T09:15:00.000000Z",
        "to": "2026-03-13T09:17:00.000000Z",
    }
    assert cli.json("chat", "import", file, "--contact", bob)["added"] == 0
    shown = cli.json("chat", "show", bob)
    assert shown["total"] == 3
    assert [each["direction"] for each in shown["messages"]] == ["none", "in", "out"]
    assert shown["messages"][2] | {"id": 0} == {
        "id": 0,
        "at": "2026-03-13T09:17:00.000000Z",
        "direction": "out",
        "author": "Ada Owner",
        "text": "Hi \x1b[31m\ntwo lines",
        "source": "import",
    }


def test_people_read_it_literally(cli: Cli, file: Path, bob: int) -> None:
    told = cli.ok("chat", "import", file, "--contact", "bob")
    assert "new        3" in told
    assert "you        Ada Owner" in told
    assert cli.ok("chat", "show", "Bob").splitlines()[1:] == [
        "2026-03-12 09:16  Bob: Ciao [b]Ada[/b]",
        "2026-03-13 09:17  Ada Owner: Hi ␛[31m",
        "    two lines",
    ]


def test_show_searches_and_limits(cli: Cli, file: Path, bob: int) -> None:
    cli.ok("chat", "import", file, "--contact", bob)
    assert cli.ok("chat", "show", bob, "--search", "CIÀO").endswith("Ciao [b]Ada[/b]\n")
    result = cli("chat", "show", bob, "--limit", 1)
    assert "two lines" in result.stdout
    assert "1 of 3" in result.stderr
    assert cli.json("chat", "show", bob, "--search", "no such")["messages"] == []


def test_the_last_import_is_taken_back(cli: Cli, file: Path, tmp_path: Path, bob: int) -> None:
    cli.ok("chat", "import", file, "--contact", bob)
    wrong = tmp_path / "WhatsApp Chat with Cy.txt"
    wrong.write_text("14/03/26, 10:00 - Cy: wrong\n14/03/26, 10:01 - Ada Owner: number\n")
    cli.ok("chat", "import", wrong, "--contact", bob)
    asked = cli("chat", "take-back", bob)
    assert asked.exit_code == 2
    assert "2 messages, from 2026-03-14 10:00 to 2026-03-14 10:01" in asked.stderr
    report = cli.json("chat", "take-back", bob, "--yes")
    assert (report["deleted"], report["from"]) == (2, "2026-03-14T10:00:00.000000Z")
    assert cli.json("chat", "show", bob)["total"] == 3
    assert cli.ok("chat", "take-back", bob, "--yes") == "Deleted 3 messages\n"
    again = cli("chat", "take-back", bob, "--yes")
    assert again.exit_code == 1
    assert "Nothing in the chat with Bob was imported." in again.stderr


def test_what_cannot_be_told_is_not_guessed(cli: Cli, tmp_path: Path, bob: int) -> None:
    file = tmp_path / "chat.txt"
    file.write_text("03/04/26, 09:15 - Cy: x\n03/04/26, 09:16 - Di: y\n", encoding="utf-8")
    code, said = cli.refused("chat", "import", file, "--contact", bob)
    assert code == 2
    assert "dmy (day first: 03 Apr 2026), mdy (month first: 04 Mar 2026)" in said
    words = ("chat", "import", file, "--contact", bob, "--date-order", "mdy", "--me")
    code, said = cli.refused(*words, "Eve")
    assert code == 65
    assert "Known: Cy, Di." in said
    report = cli.json(*words, "di")
    assert (report["me"], report["from"][:10]) == ("Di", "2026-03-04")


def test_whose_side_is_yours_can_be_said_later(cli: Cli, tmp_path: Path, bob: int) -> None:
    file = tmp_path / "chat.txt"
    file.write_text("13/04/26, 09:15 - Cy: x\n13/04/26, 09:16 - Di: y\n", encoding="utf-8")

    def sides() -> list[str]:
        return [each["direction"] for each in cli.json("chat", "show", bob)["messages"]]

    result = cli("chat", "import", file, "--contact", bob)
    assert result.exit_code == 0
    assert "Nobody knows who of Cy, Di is you" in result.stderr
    assert sides() == ["in", "in"]
    report = cli.json("chat", "import", file, "--contact", bob, "--me", "Di")
    assert (report["added"], report["known"]) == (0, 2)
    assert sides() == ["in", "out"]


def test_what_is_no_chat_is_refused(cli: Cli, tmp_path: Path, bob: int) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Bob", encoding="utf-8")
    code, said = cli.refused("chat", "import", letter, "--contact", bob)
    assert code == 65
    assert "Export chat" in said
    assert cli.refused("chat", "import", letter, "--contact", 99)[0] == 1
    assert cli.refused("chat", "show", "Nobody")[0] == 65


def test_link_prints_what_opens_the_chat(cli: Cli, bob: int) -> None:
    assert cli.ok("chat", "link", "Bob", "--text", "a b\n€") == (
        "https://wa.me/393491234567?text=a%20b%0A%E2%82%AC\n"
    )
    filled = cli.json("chat", "link", bob, "--text", "{{contact.name}} {{deal.title|x}}")
    assert filled["url"].endswith("?text=Bob%20x")
    assert cli.refused("chat", "link", bob, "--text", "{{contact.nam}}")[0] == 65
    nobody = cli.json("contact", "add", "--name", "Cy")["id"]
    code, said = cli.refused("chat", "link", nobody)
    assert code == 1
    assert "Cy has no WhatsApp number." in said


def test_a_chat_operator_may(cli: Cli, file: Path, bob: int) -> None:
    cli.ok("user", "add", "Olga", "--role", "chat_operator")
    assert cli.json("--as", "Olga", "chat", "import", file, "--contact", bob, "--me", "Ada Owner")
    assert cli.json("--as", "Olga", "chat", "show", bob)["total"] == 3


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """Have WhatsApp's Cloud API on loopback, and the settings for it."""
    config = tmp_path / "own.toml"
    config.write_text('whatsapp_phone_id = "1234567890"\n', encoding="utf-8")
    with Cloud() as server:
        monkeypatch.setenv("DEALBOARD_CONFIG", str(config))
        monkeypatch.setenv("DEALBOARD_META_BASE_URL", server.url)
        monkeypatch.setenv("DEALBOARD_WHATSAPP_TOKEN", TOKEN)
        yield server


def test_a_message_is_sent_inside_the_window_only(
    cli: Cli, bob: int, cloud: Cloud, tmp_path: Path
) -> None:
    code, said = cli.refused("chat", "send", bob, "--text", "hi", "--yes")
    assert code == 1
    assert "the last one known here is none" in said
    assert cli.refused("chat", "send", bob, "--text", "hi")[0] == 1
    assert cloud.asked == []
    now = datetime.now(UTC)
    file = tmp_path / "WhatsApp Chat with Bob.txt"
    file.write_text(f"{now:%Y-%m-%d}, {now:%H:%M} - Bob: hi\n", encoding="utf-8")
    cli.ok("chat", "import", file, "--contact", bob)
    assert cli.refused("chat", "send", bob, "--text", "hi")[0] == 2  # nobody to ask
    text = "Ciao {{contact.name}}"
    sent = cli.json("chat", "send", bob, "--text", text, "--yes")
    assert sent == {"contact": {"id": bob, "name": "Bob"}, "accepted": "wamid.1"}
    assert cloud.asked[0].message["text"]["body"] == "Ciao Bob"
    last = cli.json("chat", "show", bob)["messages"][-1]
    assert (last["direction"], last["source"], last["text"]) == ("out", "cloud", "Ciao Bob")


def test_a_template_needs_no_window(cli: Cli, bob: int, cloud: Cloud) -> None:
    words = ("chat", "send", bob, "--template", "hello", "--language", "it", "--value", "Bob")
    assert "wamid.1" in cli.ok(*words, "--yes")
    assert cloud.asked[0].message["template"]["name"] == "hello"
    cloud.answer = error(131026)
    code, said = cli.refused(*words, "--yes")
    assert code == 1
    assert "not on WhatsApp" in said
    assert TOKEN not in said
    assert len(cloud.asked) == 2
