"""Snippets of messages: of the whole workspace, each under one name, naming known fields only."""

import pytest

from dealboard import actions
from dealboard.domain import snippets
from dealboard.domain.snippets import Snippet
from dealboard.domain.views import Role
from dealboard.errors import InvalidValue, NotFound
from dealboard.store.reads import settings
from dealboard.workspace import Workspace


def known(workspace: Workspace) -> tuple[Snippet, ...]:
    return snippets.read(workspace.read(settings.setting, snippets.KEY))


def test_a_name_stands_for_the_last_text_that_was_kept(workspace: Workspace) -> None:
    save = actions.snippets.save
    workspace.run(lambda tx: save(tx, " Hello ", "Ciao {{contact.name|you}}"))
    workspace.run(lambda tx: save(tx, "Bye", "Bye\nthen"))
    workspace.run(lambda tx: save(tx, "HELLO", "Hi"))
    assert known(workspace) == (Snippet("Bye", "Bye\nthen"), Snippet("HELLO", "Hi"))
    workspace.run(lambda tx: actions.snippets.remove(tx, "Bye"))
    assert known(workspace) == (Snippet("HELLO", "Hi"),)


@pytest.mark.parametrize(
    ("name", "text"), [("", "x"), ("x", " "), ("x", "{{contact.nam}}"), ("x" * 61, "x")]
)
def test_what_makes_no_sense_is_refused(workspace: Workspace, name: str, text: str) -> None:
    with pytest.raises(InvalidValue):
        workspace.run(lambda tx: actions.snippets.save(tx, name, text))
    with pytest.raises(NotFound):
        workspace.run(lambda tx: actions.snippets.remove(tx, "x"))
    assert known(workspace) == ()


def test_chat_operators_keep_them_too(workspace: Workspace) -> None:
    workspace.run(lambda tx: actions.team.add(tx, "Olga", role=Role.CHAT_OPERATOR))
    olga = Workspace.open(workspace.path, actor="Olga", clock=lambda: workspace.now)
    olga.run(lambda tx: actions.snippets.save(tx, "Hello", "Hi"))
    olga.close()
    assert known(workspace) == (Snippet("Hello", "Hi"),)
