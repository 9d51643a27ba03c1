"""Reading what WhatsApp exports: every locale's way, every text, and files that are none."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dealboard.chat import source
from dealboard.chat.export import Said, messages, survey
from dealboard.domain.dates import Order
from dealboard.errors import DealboardError, InvalidValue
from tests.chat.written import STYLES, Style, written

TODAY = date(2026, 11, 28)

GROUP = """\
15.04.2025, 15:04 - Release crew: Messages and calls are end-to-end encrypted. Tap to learn more.
06.08.2025, 13:18 - Messages you send to this group are now secured with end-to-end encryption.
06.08.2025, 13:23 - Ada Lovelace: Shall we?
07.08.2025, 11:45 - Prof. Hopper: There is a moth in it
10.08.2025, 09:45 - Bo & Sons: We only deliver

"""


def export(folder: Path, data: bytes | str, name: str = "WhatsApp Chat with Ada.txt") -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def read(path: Path, order: Order | None = None) -> list[Said]:
    found: list[Order] = list(survey(path, TODAY).orders)
    return list(messages(path, order or found[0]))


def said(path: Path) -> list[tuple[str, str]]:
    return [(each.sender, each.text) for each in read(path)]


# ── every locale, every text ──────────────────────────────────────────────────────────────────

MOMENTS = st.datetimes(datetime(2009, 2, 24), datetime(2026, 11, 27))  # noqa: DTZ001
NAMES = st.sampled_from(
    ["Ada", "Prof. Hopper", "Bo & Sons", "~ Bo", "+39 349 123 4567", "Mario 'il Duca' R", "עדה"]
)
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\u200e\u2068\u2069")
)


def kept(text: str, style: Style) -> str:
    """Return a text as far as a file can keep it: nobody can tell where the last line ends."""
    text = text.rstrip("\r\n")
    if style.end == "\r\n":
        return text.replace("\r\n", "\n")
    return "\n".join(line.removesuffix("\r") for line in text.split("\n"))


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
@given(data=st.data())
@settings(max_examples=40)
def test_any_text_comes_back(
    style: Style, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    drawn = data.draw(st.lists(st.tuples(MOMENTS, NAMES, TEXTS), min_size=1, max_size=8))
    sent = [
        Said(at.replace(microsecond=0, second=at.second if style.seconds else 0), who, text)
        for at, who, text in sorted(drawn)
    ]
    path = export(tmp_path_factory.getbasetemp(), written(sent, style), f"{style.name}.txt")

    found = read(path, style.order)

    assert [(each.at, each.sender) for each in found] == [(each.at, each.sender) for each in sent]
    assert [each.text for each in found] == [kept(each.text, style) for each in sent]


@given(
    st.lists(st.text(max_size=40) | NAMES.map(lambda n: f"12/03/26, 09:15 - {n}: x"), max_size=20)
)
def test_no_line_is_lost(lines: list[str]) -> None:
    text = "\n".join(["12/03/26, 09:15 - Ada: first", *lines]).replace("\x00", "")
    with file_of(text) as path:
        found = read(path, "dmy")
    everything = "\n".join(f"{each.sender}\n{each.text}" for each in found)
    marks = dict.fromkeys(map(ord, "\u200e\u2068\u2069"))
    for line in text.split("\n"):
        bare = line.removesuffix("\r").strip("\r\n")
        words = bare.split(": ", 1)[-1] if bare.startswith("12/03/26, 09:15 - ") else bare
        assert words.translate(marks) in everything


@contextmanager
def file_of(text: str) -> Iterator[Path]:
    """Yield a file that is there for a while."""
    with TemporaryDirectory() as folder:
        yield export(Path(folder), text.encode("utf-8", "replace"))


# ── who says it ───────────────────────────────────────────────────────────────────────────────


def test_a_group_with_notices(tmp_path: Path) -> None:
    path = export(tmp_path, GROUP)
    found = read(path)
    assert len(found) == 5
    assert [each.sender for each in found] == ["", "", "Ada Lovelace", "Prof. Hopper", "Bo & Sons"]
    assert found[0].text.startswith("Messages and calls are end-to-end encrypted.")
    assert found[-1].text == "We only deliver"
    assert survey(path, TODAY).senders == {"Ada Lovelace": 1, "Prof. Hopper": 1, "Bo & Sons": 1}


def test_what_whatsapp_says_has_no_sender(tmp_path: Path) -> None:
    lines = (
        "I messaggi e le chiamate sono crittografati end-to-end. Tocca per saperne di più.",
        'Ada ha cambiato l\'oggetto in "Progetto: fase 2"',
        "Ada changed the subject from “Plan: A” to “Plan: B”",
        "Bo ha aggiunto Ada",
        "This chat is with a business account. Tap to learn more: example",
    )
    text = "".join(f"12/03/26, 09:15 - {line}\n" for line in lines)
    assert said(export(tmp_path, text)) == [("", line) for line in lines]


def test_ios_says_it_under_a_name_with_a_mark(tmp_path: Path) -> None:
    text = (
        "\u200e[12/03/26, 09:15:03] Ada: \u200eMessages and calls are end-to-end encrypted.\r\n"
        "[12/03/26, 09:15:04] \u202a+39 349 123 4567\u202c: Ciao @\u2068Ada\u2069\r\n"
        "\u200e[12/03/26, 09:15:05] ~\u202fNome: \u200eimmagine omessa\r\n"
    )
    assert said(export(tmp_path, text)) == [
        ("", "Messages and calls are end-to-end encrypted."),
        ("+39 349 123 4567", "Ciao @Ada"),
        ("~ Nome", "immagine omessa"),
    ]


def test_a_message_of_nothing(tmp_path: Path) -> None:
    text = "12/03/26, 09:15 - Ada: \n12/03/26, 09:16 - Bo:\n12/03/26, 09:17 - Bo: \nand more\n"
    assert said(export(tmp_path, text)) == [("Ada", ""), ("Bo", ""), ("Bo", "\nand more")]


# ── where a message ends ──────────────────────────────────────────────────────────────────────


def test_on_ios_a_line_feed_is_a_line_break_and_no_message(tmp_path: Path) -> None:
    text = (
        "[12/03/26, 09:15:03] Ada: Bo wrote:\n[12/03/26, 08:00:00] Bo: you may\r\n"
        "[12/03/26, 09:16:00] Bo: I did not\r\n"
    )
    quoted = "Bo wrote:\n[12/03/26, 08:00:00] Bo: you may"
    assert said(export(tmp_path, text)) == [("Ada", quoted), ("Bo", "I did not")]


def test_an_export_saved_again_keeps_its_messages(tmp_path: Path) -> None:
    lines = ("12/03/26, 09:15 - Ada: one", "two", "12/03/26, 09:16 - Bo: three", "")
    wanted = [("Ada", "one\ntwo"), ("Bo", "three")]
    for data in (
        "\r\n".join(lines).encode(),
        "\n".join(lines).encode("utf-8-sig"),
        "\r\n".join(lines).encode("utf-16"),
    ):
        assert said(export(tmp_path, data)) == wanted
    ios = "[12/03/26, 09:15:03] Ada: one\ntwo\n[12/03/26, 09:15:04] Bo: three\n"
    assert said(export(tmp_path, ios)) == wanted


def test_a_line_in_another_shape_is_text(tmp_path: Path) -> None:
    text = (
        "12/03/26, 09:15 - Ada: the log says\n2026-03-12 09:15 - started: yes\n"
        "[12/03/26, 09:15:03] Bo: no\n12/03/26, 9:15 PM - Bo: no\n45/13/26, 09:15 - Bo: no\n"
        "12.03.26, 09:15 - Bo: no\n12/03/26, 09:75 - Bo: no\n"
    )
    assert [who for who, _ in said(export(tmp_path, text))] == ["Ada"]


def test_what_stands_before_the_first_message_is_kept(tmp_path: Path) -> None:
    path = export(tmp_path, "Exported for the lawyer\n\n12/03/26, 09:15 - Ada: one\n")
    assert said(path) == [("", "Exported for the lawyer"), ("Ada", "one")]


def test_bytes_that_are_no_text_do_not_stop_it(tmp_path: Path) -> None:
    path = export(tmp_path, b"12/03/26, 09:15 - Ada: caf\xe9 \x00\xff\n")
    assert said(path) == [("Ada", "caf\ufffd \ufffd\ufffd")]


# ── the order of days ─────────────────────────────────────────────────────────────────────────


def orders(tmp_path: Path, *days: str) -> list[str]:
    text = "".join(f"{day}, 09:15 - Ada: x\n" for day in days)
    return list(survey(export(tmp_path, text), TODAY).orders)


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (("13/03/26",), ["dmy"]),
        (("3/13/26",), ["mdy"]),
        (("2026-03-04",), ["ymd"]),
        (("04.03.26",), ["dmy"]),
        (("04/03/26",), ["dmy", "mdy"]),
        (("05/05/26",), ["dmy"]),
        (("30/03/26", "02/04/26", "01/05/26"), ["dmy"]),
        (("3/4/26", "4/2/26", "4/3/26"), ["mdy"]),
        (("01/03/26", "02/03/26", "01/04/26"), ["dmy"]),
        (("11/12/25", "01/11/26", "01/12/26"), ["mdy"]),
        (("02/03/26", "03/03/26", "04/03/26"), ["dmy", "mdy"]),
    ],
)
def test_the_order_of_days_is_found_where_it_can_be(
    tmp_path: Path, days: tuple[str, ...], found: list[str]
) -> None:
    assert orders(tmp_path, *days) == found


def test_a_pasted_line_does_not_decide_the_order(tmp_path: Path) -> None:
    assert orders(tmp_path, "13/03/26", "14/03/26", "3/28/26", "15/03/26") == ["dmy"]


def test_an_open_order_shows_what_each_would_mean(tmp_path: Path) -> None:
    path = export(tmp_path, "04/03/26, 09:15 - Ada: x\n")
    assert survey(path, TODAY).orders == {"dmy": date(2026, 3, 4), "mdy": date(2026, 4, 3)}
    with pytest.raises(InvalidValue, match="no day of the file"):
        list(messages(export(tmp_path, "31/03/26, 09:15 - Ada: x\n"), "mdy"))


@given(st.lists(st.dates(date(2024, 1, 1), date(2026, 11, 27)), min_size=20, unique=True))
def test_a_longer_chat_never_asks(days: list[date]) -> None:
    with file_of("".join(f"{each:%d/%m/%y}, 09:15 - A: x\n" for each in sorted(days))) as path:
        found = survey(path, TODAY).orders
    assert "dmy" in found
    assert len(found) == 1 or all(each.day <= 12 for each in days)


# ── archives, and what is no export ───────────────────────────────────────────────────────────


def zipped(folder: Path, *entries: tuple[str, bytes]) -> Path:
    path = folder / "chat.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


CHAT = b"12/03/26, 09:15 - Ada: hi\n"


@pytest.mark.parametrize(
    "names",
    [
        ("_chat.txt", "notes.txt", "IMG-1.jpg"),
        ("WhatsApp Chat with Ada.txt", "offer.txt"),
        ("../../etc/_chat.txt", "a.jpg"),
        ("__MACOSX/._chat.txt", "Chat WhatsApp con Ada.txt"),
    ],
)
def test_the_chat_of_an_archive_is_found_and_nothing_is_unpacked(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    chat = next(name for name in names if "chat" in name.lower() and "MACOSX" not in name)
    path = zipped(tmp_path, *((name, CHAT if name == chat else b"junk") for name in names))
    assert said(path) == [("Ada", "hi")]
    assert list(tmp_path.iterdir()) == [path]


def test_an_archive_that_swells_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_BYTES", 1_000_000)
    path = zipped(tmp_path, ("_chat.txt", CHAT + b"x\n" * 2_000_000))
    assert path.stat().st_size < 20_000
    with pytest.raises(InvalidValue, match="more than a chat can have"):
        read(path)
    lying = path.read_bytes().replace((len(CHAT) + 4_000_000).to_bytes(4, "little"), b"\x10\0\0\0")
    path.write_bytes(lying)
    with pytest.raises(InvalidValue):
        read(path)


def test_a_line_without_an_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_LINE", 10_000)
    with pytest.raises(InvalidValue, match="more than a chat can have"):
        survey(export(tmp_path, CHAT + b"x" * 20_000), TODAY)


def test_what_is_no_export_is_said(tmp_path: Path) -> None:
    damaged = zipped(tmp_path, ("_chat.txt", CHAT * 50))
    damaged.write_bytes(damaged.read_bytes()[:-40])
    nothing = tmp_path / "other.zip"
    with zipfile.ZipFile(nothing, "w") as archive:
        archive.writestr("photo.jpg", b"x")
    wrong = {
        export(tmp_path, "Dear Ada,\nhello: you\n", "letter.txt"): "no line begins like",
        export(tmp_path, b"", "empty.txt"): "no line begins like",
        tmp_path / "missing.txt": "there is no such file",
        tmp_path: "that is a folder",
        damaged: "damaged",
        nothing: "holds no .txt",
        zipped(tmp_path / ".", ("a.txt", CHAT), ("b.txt", CHAT)): "several",
    }
    for path, why in wrong.items():
        with pytest.raises(DealboardError, match=why):
            survey(path, TODAY)


def test_progress_ends_where_the_file_does(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = export(tmp_path, CHAT * 10_000)
    survey(path, TODAY, lambda done, size: told.append((done, size)))
    assert told[-1] == (len(CHAT) * 10_000,) * 2
    assert len(told) > 3
