"""Which deals a key means, and what the workspace has that they can be given to.

Pure but for one read: no Textual here.
"""

from typing import NamedTuple

from dealboard.domain.views import Pipeline, SavedView, Stage, User
from dealboard.store.driver import Connection
from dealboard.store.reads import pipelines, saved_views, team


class Targets(NamedTuple):
    """The deals that a key means; `title` is that of a single one."""

    ids: tuple[int, ...]
    title: str = ""

    @property
    def name(self) -> str:
        """What they are called in a question: "Acme", "12 deals"."""
        return self.title if self.title and len(self.ids) == 1 else counted(len(self.ids))

    @property
    def them(self) -> str:
        """The word that stands for them."""
        return "it" if len(self.ids) == 1 else "them"


class Material(NamedTuple):
    """What the workspace has besides deals: pipelines, stages in order, users, saved views."""

    pipelines: tuple[Pipeline, ...] = ()
    stages: tuple[Stage, ...] = ()
    users: tuple[User, ...] = ()
    views: tuple[SavedView, ...] = ()

    def stage(self, stage_id: int) -> Stage | None:
        """Return a stage by id."""
        return next((each for each in self.stages if each.id == stage_id), None)

    def beside(self, pipeline_id: int | None) -> tuple[Stage, ...]:
        """Return the stages of a pipeline."""
        return tuple(each for each in self.stages if each.pipeline_id == pipeline_id)

    @property
    def active(self) -> tuple[User, ...]:
        """The users who can own a deal."""
        return tuple(each for each in self.users if each.active)


def read_material(connection: Connection) -> Material:
    """Read what deals can be given to."""
    return Material(
        pipelines.pipelines(connection),
        pipelines.all_stages(connection),
        team.users(connection),
        saved_views.saved_views(connection),
    )


def counted(number: int, noun: str = "deal") -> str:
    """Return "1 deal" or "1,234 deals"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
