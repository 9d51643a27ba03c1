"""The keys of the user's own: what a file may say, which actions there are, and where keys clash.

Actions are known by the ids of their bindings. Which ids there are is read off the classes of the
terminal UI, so nothing is listed by hand; that imports every screen: not for the event loop.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from inspect import isclass, isfunction, unwrap
from itertools import combinations, product
from operator import add
from pkgutil import iter_modules
from types import CodeType, MappingProxyType
from typing import Any, NamedTuple

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_DISPLAY_ALIASES, KEY_NAME_REPLACEMENTS, Keys, key_to_character
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from dealboard.domain.text import excerpt
from dealboard.screens.shortcuts import UNBOUND, is_bound, key_name

QUIT = "app.quit"
WAY_OUT = "ctrl+q"
"""The key that quits whatever a keymap says."""

MODIFIERS = ("ctrl", "alt", "shift", "super", "hyper", "meta")

ALIASES = {
    **{shown: key for key, shown in KEY_DISPLAY_ALIASES.items()},
    ",": "comma",
    "return": "enter",
    "ins": "insert",
    "page_up": "pageup",
    "page_down": "pagedown",
}
"""Other names of keys, those among them under which they are shown."""

NAMES = frozenset(
    (
        *(each.value for each in Keys if each.value.isidentifier()),
        *KEY_NAME_REPLACEMENTS.values(),
        *(f"f{number}" for number in range(1, 25)),
    )
)
"""What Textual calls the keys that have a name."""

LONGEST_NAME = 16
"""Words of the longest names that are looked up."""


class Action(NamedTuple):
    """What a key can do: its id, its label, its keys by default, and the classes that offer it."""

    id: str
    label: str
    keys: tuple[str, ...]
    offered_by: tuple[type[DOMNode], ...]

    @property
    def noun(self) -> str:
        """What the action is about: "Deal" of "deal.win"."""
        return self.id.partition(".")[0].replace("_", " ").capitalize()


class Clash(NamedTuple):
    """A key that two actions want in the same place."""

    key: str
    one: Action
    other: Action


# ── what is typed ─────────────────────────────────────────────────────────────────────────────


def keys_of(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys that "L, shift+right" or "?" names, as Textual calls them, and what is none.

    A comma stands between keys; the key itself is "comma".
    """
    words = [word.strip() for word in text.split(",")] if text.strip() != "," else ["comma"]
    found = {word: key_of(word) for word in words if word}
    wrong = tuple(word for word, key in found.items() if key is None)
    return tuple(dict.fromkeys(key for key in found.values() if key)), wrong


def key_of(word: str) -> str | None:
    """Return what Textual calls a key that somebody wrote: "H", "?", "shift+→", "Ctrl+P"."""
    if len(word) == 1:
        return _plain(word)
    head, _, last = word.rpartition("+")
    if not last and head.endswith("+"):
        head, last = head.removesuffix("+"), "+"
    modifiers = [each.strip().lower() for each in head.split("+")] if head else []
    if not set(modifiers) <= set(MODIFIERS):
        return None
    key = _plain(last.strip()) if len(last.strip()) == 1 else _named(last.strip())
    if key is None:
        return None
    if modifiers == ["shift"] and len(key) == 1:
        return key.upper()
    if modifiers and key.isupper():
        key = key.lower()
    return "+".join((*(each for each in MODIFIERS if each in modifiers), key))


def _plain(character: str) -> str | None:
    """Return the key of one character, such as "question_mark" of "?"."""
    if character in ALIASES:
        return ALIASES[character]
    if not character.isprintable() or character.isspace():
        return None
    return next(iter(Binding.make_bindings([(character, "", "")]))).key


def _named(name: str) -> str | None:
    lower = name.lower()
    key = ALIASES.get(lower, lower)
    return key if key in NAMES or _is_character(key) else None


def _is_character(key: str) -> bool:
    """Return whether Textual calls the key of a character so: by its Unicode name.

    It writes both the spaces and the hyphens of such a name as underscores.
    """
    words = key.split("_")
    if not re.fullmatch("[a-z0-9_]+", key) or len(words) > LONGEST_NAME:
        return False
    if key_to_character(key) is not None:
        return True
    for gaps in product(" -", repeat=len(words) - 1):
        name = words[0] + "".join(map(add, gaps, words[1:]))
        with suppress(KeyError):
            character = unicodedata.lookup(name)
            if len(character) == 1 and _plain(character) == key:
                return True
    return False


def read_keymap(written: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the keymap as Textual takes it, and sentences of what is wrong with the written one.

    An empty text takes the keys away. The key that quits for sure is not taken away, and no letter
    quits: it would while somebody types.
    """
    keymap: dict[str, str] = {}
    problems: list[str] = []
    for action_id, text in written.items():
        keys, wrong = keys_of(text)
        problems += (f"{action_id}: there is no key {excerpt(word)!r}." for word in wrong)
        if action_id == QUIT:
            letters = [key for key in keys if is_printable(key)]
            problems += (f"{QUIT}: {key!r} is typed in texts and cannot quit." for key in letters)
            keys = (*(key for key in keys if key not in (*letters, WAY_OUT)), WAY_OUT)
        if keys or not text.strip():
            keymap[action_id] = ",".join(keys) or f"{UNBOUND}{action_id}"
    return keymap, tuple(problems)


def is_printable(key: str) -> bool:
    """Return whether a key types a character."""
    character = key_to_character(key)
    return character is not None and character.isprintable()


# ── what there is ─────────────────────────────────────────────────────────────────────────────


@cache
def catalogue() -> Mapping[str, Action]:
    """Return every action that has an id, by the id, in the order of the ids."""
    found: dict[str, Action] = {}
    for node in _classes():
        for binding in Binding.make_bindings(node.__dict__.get("BINDINGS", ())):
            if binding.id is None:
                continue
            known = found.get(binding.id, Action(binding.id, binding.description, (), ()))
            found[binding.id] = known._replace(
                keys=tuple(dict.fromkeys((*known.keys, binding.key))),
                offered_by=tuple(dict.fromkeys((*known.offered_by, node))),
            )
    return MappingProxyType(dict(sorted(found.items())))


def _classes() -> list[type[DOMNode]]:
    """Return the classes of the terminal UI that are seen on a screen."""
    for room in ("dealboard.screens", "dealboard.widgets"):
        for module in iter_modules(import_module(room).__path__, f"{room}."):
            import_module(module.name)
    import_module("dealboard.app")
    return sorted(set(_below(DOMNode)), key=lambda each: (each.__module__, each.__name__))


def _below(parent: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for each in parent.__subclasses__():
        if each.__module__.startswith("dealboard."):
            yield each
        yield from _below(each)


def in_force(action: Action, keymap: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys of an action; none where the keymap took them away."""
    chosen = keymap.get(action.id)
    keys = action.keys if chosen is None else tuple(chosen.split(","))
    return tuple(filter(is_bound, keys))


# ── what is wrong ─────────────────────────────────────────────────────────────────────────────


def problems(keymap: Mapping[str, str]) -> tuple[str, ...]:
    """Return sentences about ids that no action has, and about keys that clash."""
    unknown = tuple(f"There is no action {each!r}." for each in keymap if each not in catalogue())
    return unknown + tuple(map(sentence_of, clashes(keymap)))


def sentence_of(clash: Clash) -> str:
    """Say what clashes."""
    one, other = clash.one, clash.other
    return f"{key_name(clash.key)} is both {one.label} ({one.id}) and {other.label} ({other.id})."


def clashes(keymap: Mapping[str, str], only: str | None = None) -> tuple[Clash, ...]:
    """Return where a key of the keymap does something else in the same place; of `only` one id.

    What shares a key as it comes does so on purpose: the nearer one to the cursor goes before.
    """
    wanted: dict[str, list[Action]] = {}
    for action in catalogue().values():
        for key in in_force(action, keymap):
            wanted.setdefault(key, []).append(action)
    return tuple(
        Clash(key, one, other)
        for key, actions in wanted.items()
        for one, other in combinations(actions, 2)
        if (one.id in keymap or other.id in keymap)
        and not (key in one.keys and key in other.keys)
        and only in (None, one.id, other.id)
        and _meet(one, other)
    )


def _meet(one: Action, other: Action) -> bool:
    return any(_together(a, b) for a in one.offered_by for b in other.offered_by)


def _together(one: type[DOMNode], other: type[DOMNode]) -> bool:
    """Return whether keys of both classes work at the same time: one of them is in the other."""
    if issubclass(one, other) or issubclass(other, one):
        return True
    return _inside(one, other) or _inside(other, one)


def _inside(inner: type[DOMNode], outer: type[DOMNode]) -> bool:
    if issubclass(outer, App):
        return not issubclass(inner, ModalScreen) and not _only_in_modals(inner)
    if not issubclass(outer, Screen) or issubclass(inner, Screen):
        return False
    return any(inner in _parts(screen) for screen in (outer, *_below(outer)))


def _only_in_modals(inside: type[DOMNode]) -> bool:
    around = [each for each in _below(Screen) if inside in _parts(each)]
    return bool(around) and all(issubclass(each, ModalScreen) for each in around)


@cache
def _parts(screen: type[DOMNode]) -> frozenset[type[DOMNode]]:
    """Return the widgets that a screen may hold: those its module, and theirs, import by name."""
    found: set[type[DOMNode]] = set()
    modules = [each.__module__ for each in screen.__mro__ if each.__module__ in _own_modules()]
    seen = set(modules)
    while modules:
        for each in _named_in(modules.pop()):
            if issubclass(each, Widget) and not issubclass(each, Screen):
                found.add(each)
                if each.__module__ not in seen:
                    seen.add(each.__module__)
                    modules.append(each.__module__)
    return frozenset(found)


@cache
def _own_modules() -> frozenset[str]:
    own = "dealboard.screens", "dealboard.w"
    return frozenset(name for name in sys.modules if name.startswith(own))


def _named_in(module: str) -> Iterator[type]:
    """Yield the classes of the house that a module names, also those it imports when it is late."""
    names = vars(sys.modules[module])
    named = [*names.values()]
    for code in _codes(names, module):
        late = [sys.modules[each] for each in code.co_names if each in _own_modules()]
        named += [getattr(each, name, None) for each in late for name in code.co_names]
    return (each for each in named if isclass(each) and each.__module__.startswith("dealboard."))


def _codes(names: Mapping[str, Any], module: str) -> Iterator[CodeType]:
    """Yield the code of the functions among some names, and in the classes defined here."""
    for each in names.values():
        if isclass(each) and each.__module__ == module:
            yield from _codes(vars(each), "")
        elif isfunction(each):
            yield unwrap(each).__code__
