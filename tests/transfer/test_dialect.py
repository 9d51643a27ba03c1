"""How a file is written: encodings, delimiters, quotes, and files that are no tables."""

import csv
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dealboard.errors import StorageFailed, UsageError
from dealboard.transfer.dialect import Dialect, UnreadableFile, detect, records


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "deals.csv"
    path.write_bytes(content)
    return path


def cells(path: Path, dialect: Dialect | None = None) -> list[list[str]]:
    return [row for _, row in records(path, dialect or detect(path))]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("cp1252", "cp1252"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_ladder_finds_encoding_and_delimiter(
    tmp_path: Path, encoding: str, found: str, newline: str, delimiter: str
) -> None:
    rows = [["Nome", "Città"], ["Åse", "Forlì"], ["“Café”", "Zoë – Köln"]]
    text = newline.join(delimiter.join(row) for row in rows) + newline
    path = written(tmp_path, text.encode(encoding))
    assert detect(path) == Dialect(found, delimiter)
    assert cells(path) == rows


def test_short_windows_1252_is_not_taken_for_another_code_page(tmp_path: Path) -> None:
    path = written(tmp_path, "Name;City\r\nÅse;Malmö\r\n".encode("cp1252"))
    assert cells(path)[1] == ["Åse", "Malmö"]


def test_a_byte_far_into_the_file_decides_too(tmp_path: Path) -> None:
    rows = b"Name,City\n" + b"Ada,Turin\n" * 200_000
    assert detect(written(tmp_path, rows + "é,x\n".encode())).encoding == "utf-8"
    assert detect(written(tmp_path, rows + "é,x\n".encode("cp1252"))).encoding == "cp1252"


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("Title;Amount\nA;1,5\nB;2,5\nC;3,5\n", ";"),
        ("Name, first;Amount\nA;1\nB;2\n", ";"),
        ('"a;b;c","d"\n"x;y;z","1"\n', ","),
        ("Title\nOne\nTwo, three\n", ","),
        ("sep=|\nTitle|A,B,C\n1|2,3,4\n", "|"),
        ("Title\tNote\nA\tx, y; z\n", "\t"),
    ],
)
def test_delimiters_are_counted_with_quotes_respected(
    tmp_path: Path, text: str, delimiter: str
) -> None:
    assert detect(written(tmp_path, text.encode())).delimiter == delimiter


def test_a_line_that_names_the_delimiter_is_no_record(tmp_path: Path) -> None:
    assert cells(written(tmp_path, b"SEP=;\r\nTitle;Amount\r\nA;1\r\n")) == [
        ["Title", "Amount"],
        ["A", "1"],
    ]


def test_records_know_the_line_they_begin_on(tmp_path: Path) -> None:
    path = written(tmp_path, b'T,N\r\n\r\n"two\r\nlines",x\r\n,\r\nlast,y\r\n')
    assert list(records(path, detect(path))) == [
        (1, ["T", "N"]),
        (3, ["two\r\nlines", "x"]),
        (6, ["last", "y"]),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"PK\x03\x04rest of a workbook", "workbook"),
        ("Title,Amount\r\nA,1".encode("utf-16-le"), "not a text file"),
        (b"Title,N\n\x81\x8d\xff,1\n", "neither UTF-8 nor Windows-1252"),
        (b'Title,N\nA,1\n"never closed,2\nB,3\n', "line 3 is damaged"),
        (b'Title,N\n"a"b,2\n', "line 2 is damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = written(tmp_path, content)
    with pytest.raises(UnreadableFile, match=reason) as caught:
        cells(path)
    assert caught.value.exit_code == 65


def test_what_the_user_says_is_believed(tmp_path: Path) -> None:
    path = written(tmp_path, "A;B\nč;1\n".encode("cp1250"))
    assert detect(path, "cp1250", "tab") == Dialect("cp1250", "\t")
    assert cells(path, detect(path, "cp1250", ";"))[1] == ["č", "1"]
    with pytest.raises(UnreadableFile, match="it is not utf-8"):
        detect(path, "utf-8")
    with pytest.raises(UsageError):
        detect(path, "klingon")
    with pytest.raises(UsageError):
        detect(path, None, "::")


def test_a_file_that_is_not_there_is_an_io_error(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed):
        detect(tmp_path / "none.csv")


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_the_csv_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    delimiter: str,
    encoding: str,
) -> None:
    assume(not rows[0][0].startswith("\ufeff"))
    path = tmp_path_factory.mktemp("csv") / "any.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([["one", "two", "three"], *rows])
    read = cells(path, Dialect(encoding, delimiter))
    assert read == [["one", "two", "three"], *(row for row in rows if any(row))]
    assert detect(path).encoding == encoding
