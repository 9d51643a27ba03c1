"""Which column of a file feeds which field: header names, what a preset knows, what the user says.

Presets are data, one file of `presets/` per program; adding one needs no code.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources
from itertools import groupby
from typing import Literal, TypedDict

from dealboard.domain.text import excerpt, fold
from dealboard.errors import UsageError

GENERIC = "generic"
OWN = "dealboard"
"""The preset of our own exports."""

AUTO = "auto"

DEAL_FIELDS = (
    "title", "contact", "first_name", "last_name", "contact_id", "company", "phone", "email",
    "pipeline", "stage", "status", "owner", "amount", "currency", "close_date", "created", "closed",
    "reference", "lost_reason", "note", "outcome", "last_stage", "contacts", "phones", "emails",
    "companies", "contact_uids", "uid",
)  # fmt: skip
"""The last ones are for our own exports: an outcome is what kind of stage a deal is in, and several
contacts have their names, numbers, … in one cell each (`transfer.lists`)."""

CONTACT_FIELDS = (
    "external_id", "uid", "name", "first_name", "last_name", "phone", "email", "company", "city",
    "state", "zip", "country",
)  # fmt: skip

Kind = Literal["deals", "contacts"]

_FIELDS: dict[Kind, tuple[str, ...]] = {"deals": DEAL_FIELDS, "contacts": CONTACT_FIELDS}


class _Preset(TypedDict, total=False):
    """A file of `presets/`: for each field the headers that feed it, the most telling first."""

    recognised_by: list[list[str]]
    deals: dict[str, list[str]]
    contacts: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A file's header, and for each field the indexes of the columns that feed it, in order."""

    preset: str
    header: tuple[str, ...]
    columns: dict[str, tuple[int, ...]]

    @property
    def used(self) -> dict[str, str]:
        """The field that each used column feeds, by header."""
        return {self.header[index]: field for field, some in self.columns.items() for index in some}

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headers of the columns that feed nothing."""
        used = {index for some in self.columns.values() for index in some}
        return tuple(
            name for index, name in enumerate(self.header) if index not in used and name.strip()
        )

    def name(self, field: str) -> str:
        """Return the header of the column that feeds a field; the field's name if none does."""
        columns = self.columns.get(field)
        return self.header[columns[0]] if columns else field


@cache
def presets() -> tuple[str, ...]:
    """Return the names of the presets."""
    names = (file.name.removesuffix(".toml") for file in _folder().iterdir())
    return tuple(sorted(name for name in names if not name.startswith("_")))


def map_columns(
    header: Sequence[str], kind: Kind, preset: str = AUTO, pairs: Iterable[str] = ()
) -> Mapping:
    """Return which columns feed which fields.

    `pairs` are the user's COLUMN=FIELD, which go before everything else; a field named twice takes
    the first of its columns that holds something. Raises UsageError, with near matches, for a
    column, a field or a preset that there is none of.
    """
    index = _index(header)
    preset = recognise(header) if preset == AUTO else preset
    if preset not in presets():
        raise UsageError(f"There is no preset {excerpt(preset)!r}.", _known(preset, presets()))
    columns: dict[str, tuple[int, ...]] = {}
    for known in (_load(preset), _load(GENERIC)):
        for field, names in known.get(kind, {}).items():
            found = tuple(index[key(name)] for name in names if key(name) in index)
            if found and field not in columns:
                columns[field] = found
    given = [_pair(pair, header, index, kind) for pair in pairs]
    for field, some in groupby(sorted(given, key=lambda pair: pair[0]), key=lambda pair: pair[0]):
        columns[field] = tuple(column for _, column in some)
    return Mapping(preset, tuple(header), columns)


def recognise(header: Sequence[str]) -> str:
    """Return the preset of the program that writes such a header, `generic` if none is known."""
    index = _index(header)
    for preset in presets():
        for names in _load(preset).get("recognised_by", ()):
            if all(key(name) in index for name in names):
                return preset
    return GENERIC


def key(name: str) -> str:
    """Return what is compared of a name: letters and digits, case and accents ignored."""
    folded = fold(name)
    return re.sub(r"[\W_]+", "", folded) or folded


def _index(header: Sequence[str]) -> dict[str, int]:
    """Return the column of each header; the first, where several bear it."""
    return {key(name): index for index, name in reversed([*enumerate(header)])}


def _pair(pair: str, header: Sequence[str], index: dict[str, int], kind: Kind) -> tuple[str, int]:
    name, equals, field = pair.rpartition("=")
    if not equals:
        raise UsageError(f"{excerpt(pair)!r} maps nothing.", "Write it like --map Product=title.")
    field = field.strip().lower().replace("-", "_")
    if field not in _FIELDS[kind]:
        raise UsageError(f"There is no field {excerpt(field)!r}.", _known(field, _FIELDS[kind]))
    column = header.index(name) if name in header else index.get(key(name))
    if column is None:
        raise UsageError(f"The file has no column {excerpt(name)!r}.", _known(name, header))
    return field, column


def _known(wanted: str, names: Sequence[str]) -> str:
    near = get_close_matches(wanted.lower(), [name.lower() for name in names], n=3, cutoff=0.6)
    meant = [name for name in names if name.lower() in near]
    lead = f"Did you mean {' or '.join(meant)}? " if meant else ""
    return f"{lead}Known: {', '.join(filter(None, names))}."


def _folder() -> resources.abc.Traversable:
    return resources.files("dealboard.transfer").joinpath("presets")


@cache
def _load(preset: str) -> _Preset:
    text = _folder().joinpath(f"{preset}.toml").read_text(encoding="utf-8")
    loaded: _Preset = tomllib.loads(text)  # type: ignore[assignment]
    return loaded
