"""What can be done here and by which keys, read off the bindings in force.

Help and the command palette show this; no list of keys is kept by hand.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from textual.binding import ActiveBinding, Binding
from textual.content import Content
from textual.dom import DOMNode
from textual.keys import format_key
from textual.screen import Screen
from textual.widget import Widget

FIRST = ("Deal", "Activity", "Today", "Contact", "Field", "Form", "View", "Find", "Filter")
"""The groups that a help should begin with: what is done here, then what is shown."""

TITLES = {"Go": "Go to"} | dict.fromkeys(
    ("Board", "Grid", "List", "Row", "Section"), "Moving about"
)
"""Groups that are called otherwise than the ids say; those of lists are one."""

LAST = ("Page", "History", "Go to", "App", "Moving about", "More")
"""The groups that a help should end with."""

UNBOUND = "unbound."
"""Begins what stands for a key, with the id of the action behind it, where an action has none."""

UNNAMED = LAST[-1]
"""The group of bindings whose id names none."""


class Shortcut(NamedTuple):
    """An action, where it runs, and the keys that run it, as users write them."""

    group: str
    label: str
    keys: tuple[str, ...]
    action: str
    node: DOMNode

    @property
    def shown_keys(self) -> str:
        """The keys in one line: "L · shift+→ · alt+→"."""
        return " · ".join(self.keys)

    def run_in(self, screen: Screen[Any]) -> Callable[[], object]:
        """Return what runs the action, once its screen is in front again."""
        return lambda: screen.app.run_action(self.action, self.node)


def shortcuts(screen: Screen[Any]) -> tuple[Shortcut, ...]:
    """Return what the keys do in a screen, by group, in the order of `FIRST` and `LAST`."""
    found: dict[tuple[DOMNode, str], Shortcut] = {}
    for key, (node, binding, enabled, _) in active(screen):
        if binding.system or not binding.description or not enabled:
            continue
        here = _target(node, binding.action)
        known = found.get(here)
        if known is None:
            known = Shortcut(_group(binding.id), binding.description, (), binding.action, node)
        found[here] = known._replace(keys=(*known.keys, key_name(key))) if is_bound(key) else known
    between = (each.group for each in found.values() if each.group not in LAST)
    groups = (*dict.fromkeys((*FIRST, *between)), *LAST)
    return tuple(sorted(found.values(), key=lambda each: groups.index(each.group)))


def active(screen: Screen[Any]) -> Sequence[tuple[str, ActiveBinding]]:
    """Return the keys that work in a screen in the order in which its classes list what they do.

    Textual puts those last whose keys are a user's own, and counts some among them that a line with
    the focus takes as text.
    """
    found = tuple(each for each in screen.active_bindings.items() if not _typed(screen, *each))
    nodes = list(dict.fromkeys(each.node for _, each in found))
    if not getattr(screen.app, "keymap", None):
        return found

    def place(item: tuple[str, ActiveBinding]) -> tuple[int, int]:
        node, binding, *_ = item[1]
        return nodes.index(node), _listed(type(node)).get(binding.action, 0)

    return sorted(found, key=place)


def _typed(screen: Screen[Any], key: str, binding: ActiveBinding) -> bool:
    """Return whether what has the focus takes a key of somebody else's as a character."""
    focused = screen.focused
    if focused is None or focused is binding.node or binding.binding.priority:
        return False
    if type(focused).check_consume_key is Widget.check_consume_key:
        return False  # it takes none, and what their signs are need not be looked up
    sign = format_key(key)
    return len(sign) == 1 and focused.check_consume_key(key, sign)


@cache
def _listed(node: type[DOMNode]) -> Mapping[str, int]:
    """Return the place of each action in what a class and those above it bind."""
    every = [
        binding.action
        for each in reversed(node.__mro__)
        for binding in Binding.make_bindings(each.__dict__.get("BINDINGS", ()))
    ]
    return {action: at for at, action in enumerate(dict.fromkeys(every))}


def _target(node: DOMNode, action: str) -> tuple[DOMNode, str]:
    """Return where an action runs and what it is called there: "app.quit" is the app's "quit"."""
    place, dot, name = action.partition(".")
    if dot and place == "app":
        return node.app, name
    return (node.screen, name) if dot and place == "screen" else (node, action)


def is_bound(key: str) -> bool:
    """Return whether that is a key, and does not stand for none (see `UNBOUND`)."""
    return not key.startswith(UNBOUND)


def key_name(key: str) -> str:
    """Return a key as users write it: "shift+→", "?", "ctrl+p", "F2"."""
    *modifiers, last = key.split("+")
    name = format_key(last)
    return "+".join((*modifiers, name.upper() if name[1:].isdecimal() else name))


def _group(binding_id: str | None) -> str:
    """Return the group that an id such as "deal.move_right" names."""
    noun, dot, _ = (binding_id or "").partition(".")
    title = noun.replace("_", " ").capitalize()
    return TITLES.get(title, title) if dot else UNNAMED


def with_keys(shortcut: Shortcut) -> Content:
    """Return the label of an action and its keys."""
    return Content.assemble(shortcut.label, (f"  {shortcut.shown_keys}", "dim not bold"))
