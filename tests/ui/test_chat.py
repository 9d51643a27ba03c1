"""The chat with a contact: as long as it likes, searched, imported; by keys and by the mouse."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dealboard import actions
from dealboard.app import DealboardApp
from dealboard.domain.stages import NewStage
from dealboard.domain.views import Message, Role
from dealboard.screens.chat_import import parse_path
from dealboard.screens.contact import ContactScreen
from dealboard.screens.deal_page import DealPage
from dealboard.screens.paths import PathSuggester
from dealboard.screens.working import Tell, Working
from dealboard.store import messages as kept
from dealboard.store.messages import Line
from dealboard.store.reads import messages
from dealboard.widgets.chat_composer import Composer
from dealboard.workspace import Workspace
from tests.conftest import MORNING
from tests.delivery.cloud import TOKEN, Cloud, drop
from tests.ui.desk import Desk, at_desk
from tests.ui.drive import Gate

WIDE = (120, 40)
PHONE = "+39 349 123 4567"
NASTY = "\x1b[31mred [/b] [@click=app.quit]x[/] \u202eevil עברית 漢字 👩‍👩‍👧"
NASTY_SHOWN = "␛[31mred [/b] [@click=app.quit]x[/] �evil עברית 漢字"


@pytest.fixture
def ada(workspace: Workspace) -> int:
    add = actions.contacts.add
    made = workspace.run(lambda tx: add(tx, first_name="Ada", last_name="Lovelace", phone=PHONE))
    return int(made.value)


def say(workspace: Workspace, who: int, texts: Sequence[str]) -> None:
    """Put a chat where an import would, a message a minute, the last one a minute ago."""
    begin = MORNING - timedelta(minutes=len(texts))
    lines = [
        Line(begin + timedelta(minutes=n), ("in", "out")[n % 2], "", text, "import", f"k{n}")
        for n, text in enumerate(texts)
    ]
    workspace.keep(kept.add, who, lines, MORNING)


def read(workspace: Workspace, who: int) -> tuple[Message, ...]:
    return workspace.read(messages.of_contact, who, limit=1000)


def page(desk: Desk) -> ContactScreen:
    screen = desk.app.screen_stack[-1]
    assert isinstance(screen, ContactScreen)
    return screen


async def open_chat(desk: Desk, who: int) -> None:
    await desk.put(ContactScreen(who))
    await desk.press("4")
    await desk.until(lambda: page(desk).chat.person)


# ── reading ───────────────────────────────────────────────────────────────────────────────────


async def test_a_long_chat_is_held_a_window_at_a_time(workspace: Workspace, ada: int) -> None:
    say(workspace, ada, [f"line {n}." for n in range(2000)])
    async with at_desk(workspace, size=(80, 24)) as desk:
        await open_chat(desk, ada)
        await desk.shows("line 1999.")
        assert "Ada Lovelace · 2,000 messages, as exported" in desk.text
        assert "24 h window until Tue 08:58" in desk.text
        for _ in range(30):
            await desk.press("pageup")
        talk = page(desk).chat.talk
        assert len(talk.messages) <= 200
        seen = [n for n in range(2000) if f"line {n}." in desk.text]
        assert seen == list(range(seen[0], seen[-1] + 1))
        assert 1000 < seen[0] < 1900
        for _ in range(30):
            await desk.press("pagedown")
        await desk.shows("line 1999.")
        await desk.press("home")
        await desk.shows("line 0.")
        assert len(talk.messages) <= 200
        await desk.press("G")
        await desk.shows("line 1999.")


async def test_what_comes_in_is_shown_where_one_is(workspace: Workspace, ada: int) -> None:
    say(workspace, ada, [f"line {n}." for n in range(300)])
    async with at_desk(workspace, size=(80, 24)) as desk:
        await open_chat(desk, ada)
        await desk.shows("line 299.")
        say(workspace, ada, [f"line {n}." for n in range(300)])
        line = Line(MORNING, "in", "", "the newest", "import", "new")
        workspace.keep(kept.add, ada, [line], MORNING)
        page(desk).dealboard.announce(None)
        await desk.shows("the newest")
        for _ in range(8):
            await desk.press("pageup")
        before = desk.text.replace("┃", "").split()
        workspace.keep(kept.add, ada, [line._replace(key="2", text="newer")], MORNING)
        page(desk).dealboard.announce(None)
        await desk.until(lambda: page(desk).chat.talk.stretch.total == 302)
        after = desk.text.replace("302 messages", "301 messages")
        assert after.replace("┃", "").split() == before


async def test_text_is_literal(workspace: Workspace, ada: int) -> None:
    say(workspace, ada, [NASTY])
    async with at_desk(workspace, size=WIDE) as desk:
        await open_chat(desk, ada)
        await desk.shows(NASTY_SHOWN)
        assert "\x1b" not in desk.text


# ── searching ─────────────────────────────────────────────────────────────────────────────────


async def test_words_are_found_one_after_the_other(workspace: Workspace, ada: int) -> None:
    texts = [f"line {n}." for n in range(1000)]
    texts[10], texts[500], texts[990] = "the Café", "a cafe", "CAFÉ!"
    say(workspace, ada, texts)
    async with at_desk(workspace, size=WIDE) as desk:
        await open_chat(desk, ada)
        await desk.press("slash")
        await desk.type("cafe")
        await desk.press("enter")
        await desk.shows("1 of 3")
        await desk.shows("CAFÉ!")
        await desk.press("n")
        await desk.shows("a cafe")
        assert "2 of 3" in desk.text
        await desk.press("n")
        await desk.shows("the Café")
        await desk.press("n")
        await desk.shows("CAFÉ!")
        await desk.press("N")
        await desk.shows("the Café")
        await desk.press("slash", "down")
        await desk.shows("a cafe")
        await desk.press("escape")
        await desk.until(
            lambda: "words in this chat" not in desk.text and "2 of 3" not in desk.text
        )
        assert "a cafe" in desk.text
        await desk.press("slash")
        await desk.type("nowhere")
        await desk.press("enter")
        await desk.shows("not found")
        await desk.press("escape")
        assert page(desk).is_current


# ── importing ─────────────────────────────────────────────────────────────────────────────────


async def import_(desk: Desk, path: Path) -> None:
    await desk.press("i")
    await desk.shows("Import the chat with Ada Lovelace from")
    await desk.press("ctrl+u")
    await desk.paste(str(path))
    await desk.press("enter")


async def test_an_export_is_imported_by_a_key(
    workspace: Workspace, ada: int, tmp_path: Path
) -> None:
    path = tmp_path / "WhatsApp Chat with Ada.txt"
    path.write_text("13/03/26, 09:15 - Ada: hi\n13/03/26, 09:16 - Me: hello\n", encoding="utf-8")
    async with at_desk(workspace, size=WIDE) as desk:
        await open_chat(desk, ada)
        await desk.shows("i imports the chat")
        await import_(desk, path)
        await desk.shows("Imported 2 new messages")
        await desk.shows("hello")
        assert [each.direction for each in read(workspace, ada)] == ["in", "out"]
        await import_(desk, path)
        await desk.shows("Imported 0 new messages · 2 were there already")


async def test_an_import_is_taken_back(workspace: Workspace, ada: int, tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat with Ada.txt"
    path.write_text("13/03/26, 09:15 - Ada: hi\n13/03/26, 09:16 - Me: hello\n", encoding="utf-8")
    async with at_desk(workspace, size=WIDE) as desk:
        await open_chat(desk, ada)
        await desk.press("X")
        await import_(desk, path)
        await desk.shows("Imported 2 new messages · X takes them back")
        await desk.shows("hello")
        await desk.press("X")
        await desk.shows("Delete 2 messages?")
        await desk.shows("does not bring messages back")
        await desk.press("y")
        await desk.shows("No messages with Ada Lovelace yet.")
        await desk.shows("Deleted 2 messages")
    assert read(workspace, ada) == ()


async def test_a_forgotten_contact_has_no_chat(workspace: Workspace, ada: int) -> None:
    workspace.run(lambda tx: actions.contacts.forget(tx, ada))
    async with at_desk(workspace, size=WIDE) as desk:
        await desk.put(ContactScreen(ada))
        await desk.press("4")
        await desk.shows("There is nobody to chat with here.")
        assert "imports the chat" not in desk.text


async def test_what_a_file_does_not_tell_is_asked(
    workspace: Workspace, ada: int, tmp_path: Path
) -> None:
    path = tmp_path / "chat.txt"
    path.write_text("04/03/26, 09:15 - Cy: hi\n04/03/26, 09:16 - Di [x]: hello\n", encoding="utf-8")
    async with at_desk(workspace, size=WIDE) as desk:
        await open_chat(desk, ada)
        await import_(desk, path)
        await desk.shows("When does this chat begin?")
        assert "04 March 2026" in desk.text
        assert "03 April 2026" in desk.text
        await desk.press("2")
        await desk.shows("Which one is you?")
        await desk.press("2")
        await desk.shows("Imported 2 new messages")
        first, second = read(workspace, ada)
        assert (first.at.month, second.author, second.direction) == (4, "Di [x]", "out")


async def test_what_is_no_export_is_said(workspace: Workspace, ada: int, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ada", encoding="utf-8")
    async with at_desk(workspace, size=WIDE) as desk:
        await open_chat(desk, ada)
        await import_(desk, path)
        await desk.shows("begins")
        assert page(desk).is_current


async def test_long_work_can_be_stopped(workspace: Workspace) -> None:
    begun, go_on, done = threading.Event(), Gate(), []

    def work(tell: Tell) -> int:
        tell(1, 2)
        begun.set()
        go_on.wait()
        tell(2, 2)
        done.append(2)
        return 2

    async with at_desk(workspace) as desk:
        assert isinstance(desk.app, DealboardApp)
        await desk.put(Working(desk.app, "Importing", work))
        await desk.until(begun.is_set)
        await desk.shows("50 %")
        await desk.press("escape")
        go_on.set()
        assert await desk.answered() is None
        assert done == []


async def test_a_path_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "Exports").mkdir()
    for name in ("WhatsApp Chat with Ada.zip", "photo.jpg", ".hidden.txt"):
        (tmp_path / name).touch()
    suggester = PathSuggester((".txt", ".zip"))
    suggest = suggester.get_suggestion
    assert await suggest(f"{tmp_path}/Wh") == f"{tmp_path}/WhatsApp Chat with Ada.zip"
    assert await suggest(f"{tmp_path}/") == f"{tmp_path}/WhatsApp Chat with Ada.zip"
    assert await suggest(f"{tmp_path}/Ex") == f"{tmp_path}/Exports/"
    assert await suggest(f"{tmp_path}/ph") is None
    assert await suggest("/no/such/folder/x") is None
    assert parse_path(r"'/tmp/a b.txt'") == parse_path(r"/tmp/a\ b.txt") == Path("/tmp/a b.txt")


# ── who, and without a number ─────────────────────────────────────────────────────────────────


async def test_without_a_number_one_is_offered(workspace: Workspace) -> None:
    add = actions.contacts.add
    bo = workspace.run(lambda tx: add(tx, first_name="Bo")).value
    async with at_desk(workspace, size=WIDE) as desk:
        await open_chat(desk, bo)
        await desk.shows("No WhatsApp number. e adds one.")
        await desk.press("e")
        await desk.shows("+39 333 1234567")


async def test_a_chat_operator_works_with_chats(
    workspace: Workspace, ada: int, tmp_path: Path
) -> None:
    add = actions.team.add
    workspace.run(lambda tx: add(tx, "Olga", role=Role.CHAT_OPERATOR))
    olga = Workspace.open(workspace.path, actor="Olga", clock=lambda: MORNING)
    path = tmp_path / "WhatsApp Chat with Ada.txt"
    path.write_text("13/03/26, 09:15 - Ada: hi\n13/03/26, 09:16 - Me: hello\n", encoding="utf-8")
    async with at_desk(olga, size=WIDE) as desk:
        await desk.put(ContactScreen(ada))
        await desk.shows("i imports the chat")
        await import_(desk, path)
        await desk.shows("Imported 2 new messages")
    olga.close()


# ── writing ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the links that are opened; there is something that opens them."""
    links: list[str] = []
    monkeypatch.setattr("dealboard.screens.contact_verbs.can_open", lambda: True)
    monkeypatch.setattr(DealboardApp, "open_url", lambda _app, url: links.append(url))
    return links


async def begin_writing(desk: Desk) -> Composer:
    await desk.press("enter")
    await desk.until(lambda: desk.app.screen.query(Composer))
    composer = desk.app.screen.query_one(Composer)
    await desk.until(lambda: composer.text.has_focus)
    return composer


async def test_a_message_opens_in_whatsapp_and_is_noted_as_that(
    workspace: Workspace, ada: int, opened: list[str]
) -> None:
    async with at_desk(workspace, size=WIDE) as desk:
        await open_chat(desk, ada)
        await begin_writing(desk)
        await desk.shows("⏎ Open WhatsApp")
        assert "Send now" not in desk.text
        await desk.type("Ciao {{first")
        await desk.shows("contact.first_name")
        await desk.press("tab")
        await desk.shows("→ Ciao Ada")
        await desk.type(", a 100%?")
        await desk.press("ctrl+j")
        await desk.type("[b]")
        await desk.press("enter")
        await desk.shows("Opened in WhatsApp; the link is copied, too")
        url = "https://wa.me/393491234567?text=Ciao%20Ada%2C%20a%20100%25%3F%0A%5Bb%5D"
        assert opened == [url]
        assert desk.app.clipboard == url
        await desk.shows("Ada Owner 09:00 · opened in WhatsApp")
        (noted,) = read(workspace, ada)
        assert (noted.direction, noted.source) == ("out", "wa.me")
        assert noted.text == "Ciao Ada, a 100%?\n[b]"
        assert not desk.app.screen.query(Composer)


async def test_the_view_stays_at_the_end_while_one_writes(
    workspace: Workspace, ada: int, opened: list[str]
) -> None:
    say(workspace, ada, [f"line {n}." for n in range(300)])
    async with at_desk(workspace, size=(80, 24)) as desk:
        await open_chat(desk, ada)
        await desk.shows("line 299.")
        await begin_writing(desk)
        await desk.shows("line 299.")
        await desk.type("at last")
        await desk.press("enter")
        await desk.until(lambda: opened)
        await desk.shows("▕")
        await desk.shows("opened in WhatsApp")


async def test_without_a_browser_the_link_is_copied(
    workspace: Workspace, ada: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dealboard.screens.contact_verbs.can_open", lambda: False)
    async with at_desk(workspace, size=(80, 24)) as desk:
        await open_chat(desk, ada)
        await begin_writing(desk)
        await desk.type("hi")
        await desk.press("enter")
        await desk.shows("the link is copied instead")
        assert desk.app.clipboard == "https://wa.me/393491234567?text=hi"


async def test_a_field_that_nobody_knows_is_refused_and_an_empty_one_is_said(
    workspace: Workspace, ada: int, opened: list[str]
) -> None:
    async with at_desk(workspace, size=WIDE) as desk:
        await open_chat(desk, ada)
        await begin_writing(desk)
        await desk.paste("About {{deal.title}} in {{contact.city|town}}")
        await desk.shows("→ About  in town")
        await desk.shows("empty: deal.title")
        await desk.paste(" {{contact.nam}}")
        await desk.press("enter")
        await desk.shows("there is no such field")
        assert opened == []


async def test_a_message_knows_the_deal_and_waits_while_one_looks_elsewhere(
    workspace: Workspace, ada: int, opened: list[str]
) -> None:
    stages = [NewStage("Lead", 10)]
    workspace.run(lambda tx: actions.pipelines.create(tx, "Sales", stages))
    deal = workspace.run(
        lambda tx: actions.deals.create(tx, title="Relaunch", contacts=[ada], stage_id=1)
    ).value
    async with at_desk(workspace, size=WIDE) as desk:
        await desk.put(DealPage(deal))
        await desk.press("3")
        await desk.shows("No messages with Ada Lovelace yet.")
        await begin_writing(desk)
        await desk.paste("About {{deal.title}}")
        await desk.shows("→ About Relaunch")
        await desk.press("escape")
        await desk.until(lambda: not desk.app.screen.query(Composer))
        await desk.press("q")
        await desk.shows("Discard the message?")
        await desk.press("escape")
        composer = await begin_writing(desk)
        assert composer.text.text == "About {{deal.title}}"
        await desk.press("enter")
        await desk.until(lambda: opened)
        assert opened == ["https://wa.me/393491234567?text=About%20Relaunch"]
        await desk.press("q")
        await desk.until(lambda: not isinstance(desk.app.screen, DealPage))


async def test_a_message_survives_the_end_of_the_app(
    workspace: Workspace, ada: int, opened: list[str]
) -> None:
    async with at_desk(workspace, size=WIDE) as desk:
        await open_chat(desk, ada)
        await begin_writing(desk)
        await desk.burst(*"Half a me")
        # The app ends here, without a word from anybody.
    async with at_desk(workspace, size=WIDE) as desk:
        await open_chat(desk, ada)
        composer = await begin_writing(desk)
        await desk.shows("What you wrote the last time is here again")
        assert composer.text.text == "Half a me"
        await desk.press("q", "enter")
        await desk.until(lambda: opened)
        await desk.until(lambda: not desk.app.screen.query(Composer))
    async with at_desk(workspace, size=WIDE) as desk:
        await open_chat(desk, ada)
        composer = await begin_writing(desk)
        assert composer.text.text == ""


async def test_a_message_that_was_discarded_is_not_kept(workspace: Workspace, ada: int) -> None:
    async with at_desk(workspace, size=WIDE) as desk:
        await open_chat(desk, ada)
        await begin_writing(desk)
        await desk.burst(*"Never mind")
        await desk.press("escape", "q")
        await desk.shows("Discard the message?")
        await desk.press("y")
        await desk.until(lambda: not isinstance(desk.app.screen, ContactScreen))
        await open_chat(desk, ada)
        assert (await begin_writing(desk)).text.text == ""


async def test_without_a_number_nothing_is_opened(workspace: Workspace, opened: list[str]) -> None:
    add = actions.contacts.add
    bo = workspace.run(lambda tx: add(tx, first_name="Bo")).value
    async with at_desk(workspace, size=WIDE) as desk:
        await open_chat(desk, bo)
        await begin_writing(desk)
        await desk.type("hi")
        await desk.press("enter")
        await desk.shows("Bo has no WhatsApp number.")
        assert desk.app.screen.query(Composer)
    assert opened == []
    assert read(workspace, bo) == ()


async def test_snippets_are_kept_used_changed_and_deleted(
    workspace: Workspace, ada: int, opened: list[str]
) -> None:
    async with at_desk(workspace, size=WIDE) as desk:
        await open_chat(desk, ada)
        composer = await begin_writing(desk)
        await desk.press("ctrl+t")
        await desk.shows("No snippets yet")
        await desk.paste("Ciao {{contact.first_name}}!")
        await desk.press("ctrl+t")
        await desk.shows("＋ Keep what I wrote")
        await desk.press("n")
        await desk.shows("Name of the snippet")
        await desk.type("Hello")
        await desk.press("enter")
        await desk.shows("Kept as Hello")
        composer.text.put("")
        await desk.press("ctrl+t")
        await desk.shows("Ciao {{contact.first_name}}!")
        await desk.press("1")
        await desk.shows("→ Ciao Ada!")
        await desk.press("ctrl+t", "d")
        await desk.shows("Delete which one?")
        await desk.press("1")
        await desk.shows("Delete Hello?")
        await desk.press("y")
        await desk.shows("Deleted Hello")
        await desk.press("ctrl+t")
        await desk.until(lambda: "Delete one" not in desk.text)


async def test_a_chat_that_another_process_imports_is_shown(workspace: Workspace, ada: int) -> None:
    other = Workspace.open(workspace.path, clock=lambda: MORNING)
    async with at_desk(workspace, size=WIDE) as desk:
        await open_chat(desk, ada)
        await desk.shows("No messages with Ada Lovelace yet.")
        await desk.until(lambda: page(desk).dealboard.poll.newest_message is not None)
        say(other, ada, ["from afar"])
        await desk.shows("from afar")
    other.close()


# ── sending ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with Cloud() as server:
        monkeypatch.setenv("DEALBOARD_WHATSAPP_TOKEN", TOKEN)
        yield server


def told(desk: Desk) -> str:
    """Return what toasts say."""
    return " ".join(each.message for each in desk.app._notifications)


def set_up(desk: Desk, cloud: Cloud) -> None:
    assert isinstance(desk.app, DealboardApp)
    config = desk.app.config
    desk.app.config = replace(config, whatsapp_phone_id="1", meta_base_url=cloud.url)


async def test_a_message_is_sent_once_by_an_explicit_key(
    workspace: Workspace, ada: int, cloud: Cloud
) -> None:
    say(workspace, ada, ["hi"])
    async with at_desk(workspace, size=WIDE) as desk:
        set_up(desk, cloud)
        await open_chat(desk, ada)
        await begin_writing(desk)
        await desk.type("Ciao")
        await desk.press("ctrl+s")
        await desk.shows("Send to Ada Lovelace by WhatsApp?")
        assert cloud.asked == []
        await desk.press("y")
        await desk.shows("Accepted by WhatsApp")
        await desk.shows("Ada Owner 09:00 · accepted by WhatsApp")
        assert [each.message["to"] for each in cloud.asked] == ["+393491234567"]
        assert read(workspace, ada)[-1].source == "cloud"


async def test_what_was_not_sent_stays_to_be_sent(
    workspace: Workspace, ada: int, cloud: Cloud
) -> None:
    say(workspace, ada, ["hi"])
    cloud.answer = drop
    async with at_desk(workspace, size=WIDE) as desk:
        set_up(desk, cloud)
        await open_chat(desk, ada)
        composer = await begin_writing(desk)
        await desk.type("Ciao")
        await desk.press("ctrl+s")
        await desk.shows("Send to Ada Lovelace by WhatsApp?")
        await desk.press("y")
        await desk.until(lambda: "may have been sent" in told(desk))
        assert composer.text.text == "Ciao"
        assert len(cloud.asked) == 1
        assert len(read(workspace, ada)) == 1


async def test_outside_the_window_nothing_is_sent(
    workspace: Workspace, ada: int, cloud: Cloud
) -> None:
    async with at_desk(workspace, size=WIDE) as desk:
        set_up(desk, cloud)
        await open_chat(desk, ada)
        await begin_writing(desk)
        await desk.type("Ciao")
        await desk.press("ctrl+s")
        await desk.until(lambda: "within 24 hours" in told(desk))
        assert cloud.asked == []
