"""What the shell completes: names of pipelines, stages, users and automations.

Read-only, and silent about everything that goes wrong: a Tab must not print.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dealboard.workspace import Workspace

Completer = Callable[[click.Context, click.Parameter, str], list[str]]


def _completer(names: "Callable[[Workspace, dict[str, Any]], Iterable[str]]") -> Completer:
    def complete(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
        try:
            found = list(names(_workspace(ctx), ctx.params))
        except Exception:  # noqa: BLE001 -- whatever it is, a Tab is not the place to say so
            return []
        begun = incomplete.casefold()
        return [name for name in found if name.casefold().startswith(begun) and name.isprintable()]

    return complete


def _workspace(ctx: click.Context) -> "Workspace":
    """Open the workspace that the words so far name: nothing was invoked yet."""
    from dealboard.cli.invocation import Invocation

    words = ctx.find_root().params
    run = Invocation(db=words.get("db"), user=words.get("user"), file=words.get("file"), timeout=1)
    return run.selling


def _pipelines(workspace: "Workspace", _params: dict[str, Any]) -> Iterable[str]:
    from dealboard.store.reads import pipelines

    return (each.name for each in workspace.read(pipelines.pipelines))


def _stages(workspace: "Workspace", params: dict[str, Any]) -> Iterable[str]:
    from dealboard.cli import names
    from dealboard.store.reads import pipelines

    chosen = params.get("pipeline") or ()
    texts = (chosen,) if isinstance(chosen, str) else chosen
    inside = {names.pipeline(workspace, text).id for text in texts}
    every = workspace.read(pipelines.all_stages)
    return dict.fromkeys(s.name for s in every if not inside or s.pipeline_id in inside)


def _users(workspace: "Workspace", _params: dict[str, Any]) -> Iterable[str]:
    from dealboard.store.reads import team

    return (each.name for each in workspace.read(team.users, active_only=True))


def _automations(workspace: "Workspace", _params: dict[str, Any]) -> Iterable[str]:
    from dealboard.store.reads import automations

    return (each.name for each in workspace.read(automations.automations))


complete_pipelines = _completer(_pipelines)
complete_stages = _completer(_stages)
complete_users = _completer(_users)
complete_automations = _completer(_automations)
