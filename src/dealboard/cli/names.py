"""What people call pipelines, stages and users on the command line: an id, or a name.

An id goes before a name, so that scripts mean the same row whatever somebody calls another one.
Case does not matter, and accents only where two names differ in nothing else.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from dealboard.domain.text import excerpt, fold
from dealboard.domain.views import Contact, CustomField, Pipeline, Stage, User
from dealboard.errors import UnknownName
from dealboard.store.reads import fields, pipelines, team

if TYPE_CHECKING:
    from dealboard.domain.automations import Automation
    from dealboard.workspace import Workspace


class Named(Protocol):
    """A row that has an id and a name."""

    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102


NamedT = TypeVar("NamedT", bound=Named)


def pipeline(workspace: "Workspace", text: str) -> Pipeline:
    """Return the pipeline that is meant. Raises UnknownName."""
    return _one("pipeline", text, workspace.read(pipelines.pipelines))


def stage(workspace: "Workspace", inside: Pipeline, text: str) -> Stage:
    """Return the stage of a pipeline that is meant. Raises UnknownName."""
    known = workspace.read(pipelines.stages, inside.id)
    return _one("stage", text, known, f" in pipeline {inside.name}")


def stages(workspace: "Workspace", inside: Sequence[Pipeline], text: str) -> tuple[Stage, ...]:
    """Return the stages of that id or name in some pipelines, or in all. Raises UnknownName."""
    wanted = {each.id for each in inside}
    every = workspace.read(pipelines.all_stages)
    known = [each for each in every if not wanted or each.pipeline_id in wanted]
    return _all("stage", text, known)


def user(workspace: "Workspace", text: str, field: str = "owner") -> User:
    """Return the user whose id, name or e-mail address that is. Raises UnknownName."""
    everybody = workspace.read(team.users)
    found = _by_id(text, everybody) or workspace.read(team.find_user, text)
    if found is None:
        raise UnknownName(field, excerpt(text), known=_names(everybody))
    return found


def automation(workspace: "Workspace", text: str) -> "Automation":
    """Return the automation that is meant. Raises UnknownName."""
    from dealboard.store.reads import automations

    return _one("automation", text, workspace.read(automations.automations))


def field(workspace: "Workspace", text: str) -> CustomField:
    """Return the custom field of contacts that is meant. Raises UnknownName."""
    return _one("field", text, workspace.read(fields.fields))


def contact(workspace: "Workspace", text: str) -> Contact:
    """Return the one contact of that id, name, e-mail address or phone number.

    Raises NotFound for an id, UnknownName for words that nobody or several are called by.
    """
    from dealboard.store.reads import contacts

    number = text.strip().removeprefix("#")
    if number.isascii() and number.isdecimal() and len(number) < 7:
        return workspace.read(contacts.contact, int(number))
    found = workspace.read(contacts.matches, text)
    same = [each for each in found if fold(text) in (fold(each.name), fold(each.email or ""))]
    if len(same or found) == 1:
        return (same or found)[0]
    several = tuple(f"#{each.id} {each.name}" for each in (same or found)[:8])
    raise UnknownName("contact", excerpt(text), known=several, hint="Give its id.")


def _one(field: str, text: str, known: Sequence[NamedT], where: str = "") -> NamedT:
    return _all(field, text, known, where)[0]


def _all(field: str, text: str, known: Sequence[NamedT], where: str = "") -> tuple[NamedT, ...]:
    same = _by_id(text, known)
    if same is not None:
        return (same,)
    plain = text.strip()
    found = [each for each in known if each.name.casefold() == plain.casefold()]
    found = found or [each for each in known if fold(each.name) == fold(plain)]
    if not found:
        raise UnknownName(field, excerpt(text), where, _names(known))
    return tuple(found)


def _by_id(text: str, known: Sequence[NamedT]) -> NamedT | None:
    number = text.strip().removeprefix("#")
    return next((each for each in known if str(each.id) == number), None)


def _names(known: Sequence[Named]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.name for each in known))
