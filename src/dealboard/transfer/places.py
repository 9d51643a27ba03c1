"""Where imported deals go: a file's words for pipelines, stages and statuses as ids.

Won and Lost are found by what a word means, open stages by their name. What is missing is created
if the user asked for it, else it is the row's problem.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlmodel import col, select

from dealboard import actions
from dealboard.actions.rows import NAME_LIMIT, is_open, key, stages_of
from dealboard.domain.stages import NewStage, StageKind, spread
from dealboard.domain.text import excerpt, fold
from dealboard.errors import MissingField, UnknownName
from dealboard.store.tables import Pipeline, Stage
from dealboard.store.transaction import Transaction
from dealboard.transfer import mapping, survey
from dealboard.transfer.report import Choices

FIRST_PIPELINE = "Sales Pipeline"
"""What a pipeline is called that nobody named (decision 14)."""

WORDS = {
    StageKind.WON: """
        won, closed won, won closed, win, vinto, vinta, chiuso vinto, chiusa vinta, gewonnen,
        gagné, gagnée, ganado, ganada, cerrado ganado, ganho, wygrana
    """,
    StageKind.LOST: """
        lost, closed lost, lost closed, closed lost to competition, perso, persa, chiuso perso,
        chiusa persa, verloren, perdu, perdue, perdido, perdida, cerrado perdido, przegrana
    """,
}
"""How programs and people call the two ends."""

_KINDS = {mapping.key(word): kind for kind, words in WORDS.items() for word in words.split(",")}


class Place(NamedTuple):
    """A stage for a deal; `last_open` is the stage that a closed one is known to come from."""

    stage_id: int
    kind: StageKind
    last_open: int | None
    assumed: bool


@dataclass(slots=True)
class _Lane:
    """A pipeline with its stages in order."""

    id: int
    name: str
    stages: list[Stage]

    def named(self, name: str) -> Stage | None:
        """Return the stage of a name, by exactly it before by what is left of it as a key."""
        for same in (fold, mapping.key):
            found = (stage for stage in self.stages if same(stage.name) == same(name))
            if stage := next(found, None):
                return stage
        return None

    def fixed(self, kind: StageKind) -> Stage:
        """Return the stage of won or lost deals."""
        return next(stage for stage in self.stages if stage.kind == kind)


class Places:
    """Finds the stages that a file's words mean."""

    def __init__(self, tx: Transaction, default: str | None, *, create: bool) -> None:
        """`default` is the pipeline of rows that name none; else it is the first one.

        Raises UnknownName when there is no such pipeline and none may be created.
        """
        self._tx = tx
        pipelines = tx.session.exec(select(Pipeline).order_by(col(Pipeline.position)))
        self._lanes = [_Lane(key(p), p.name, stages_of(tx, key(p))) for p in pipelines]
        self._default = default or (self._lanes[0].name if self._lanes else "")
        self._found: dict[survey.Place, Place] = {}
        if default and not create:
            self._lane(default)

    def create_missing(self, named: Iterable[survey.Place], choices: Choices) -> None:
        """Create the pipelines and open stages that are named and not there yet."""
        wanted: dict[str, tuple[str, list[str]]] = {}
        self._default = self._default or FIRST_PIPELINE
        for place in named:
            name = place.pipeline or self._default
            stages = wanted.setdefault(mapping.key(name), (name, []))[1]
            word = place.stage or ("" if _is_open(place.status) else place.status)
            if _kind(place.outcome):
                word = place.last_stage
            if word and _kind(word) is None:
                stages.append(word)
        for name, stages in wanted.values():
            if len(name) <= NAME_LIMIT:
                fitting = [stage for stage in _distinct(stages) if len(stage) <= NAME_LIMIT]
                self._create(name, fitting, choices)

    def find(self, place: survey.Place) -> Place:
        """Return the stage that a row's words mean; raises InvalidValue, naming the known ones."""
        found = self._found.get(place)
        if found is None:
            found = self._found[place] = self._resolve(place)
        return found

    def _resolve(self, place: survey.Place) -> Place:
        lane = self._lane(place.pipeline)
        stage, status = place.stage, place.status
        if kind := _kind(place.outcome):
            return self._closed(lane, stage, kind, place.last_stage)
        ended = _kind(status)
        if not stage and ended is None and not _is_open(status):
            stage = status
        if not stage:
            first = lane.stages[0]
            return self._place(lane.fixed(ended) if ended else first, assumed=ended is None)
        named = self._stage(lane, stage)
        if ended is None:
            return self._place(named)
        return self._place(lane.fixed(ended), last_open=named if is_open(named) else None)

    def _closed(self, lane: _Lane, stage: str, kind: StageKind, last_stage: str) -> Place:
        """Return the stage of a deal whose outcome is known, whatever its stage was called.

        A stage that is known by its name goes before the outcome.
        """
        named = lane.named(stage) or lane.fixed(kind)
        last = lane.named(last_stage)
        closed_from = last if last and is_open(last) and not is_open(named) else None
        return self._place(named, closed_from)

    def _place(
        self, stage: Stage, last_open: Stage | None = None, *, assumed: bool = False
    ) -> Place:
        return Place(
            key(stage), StageKind(stage.kind), key(last_open) if last_open else None, assumed
        )

    def _lane(self, name: str) -> _Lane:
        name = name or self._default
        if not name:
            raise MissingField("pipeline", "there is none yet", "Create it with --create-stages.")
        lane = self._known(name)
        if lane is None:
            raise UnknownName("pipeline", excerpt(name), known=tuple(x.name for x in self._lanes))
        return lane

    def _known(self, name: str) -> _Lane | None:
        for same in (fold, mapping.key):
            found = (lane for lane in self._lanes if same(lane.name) == same(name))
            if lane := next(found, None):
                return lane
        return None

    def _stage(self, lane: _Lane, name: str) -> Stage:
        kind = _kind(name)
        stage = lane.named(name) or (lane.fixed(kind) if kind else None)
        if stage is None:
            known = tuple(stage.name for stage in lane.stages)
            raise UnknownName("stage", excerpt(name), f" of {lane.name}", known)
        return stage

    def _create(self, name: str, stages: Sequence[str], choices: Choices) -> None:
        lane = self._known(name)
        if lane is None:
            fresh = list(stages)
            created = actions.pipelines.create(self._tx, name, [NewStage(each) for each in fresh])
            lane = _Lane(created, name, [])
            self._lanes.append(lane)
            choices.pipelines_created += 1
        else:
            fresh = [each for each in stages if lane.named(each) is None]
            open_ = [stage.probability for stage in lane.stages if is_open(stage)]
            percents = spread([*open_, *(None for _ in fresh)])[len(open_) :]
            for each, percent in zip(fresh, percents, strict=True):
                actions.stages.add(self._tx, lane.id, each, probability=percent)
        choices.stages_created += len(fresh)
        lane.stages = stages_of(self._tx, lane.id)


def _kind(word: str) -> StageKind | None:
    return _KINDS.get(mapping.key(word))


def _is_open(status: str) -> bool:
    return mapping.key(status) in ("", "open", "aperto", "aperta", "offen", "ouvert", "abierto")


def _distinct(names: Iterable[str]) -> list[str]:
    """Return the names whose keys differ, the first of each."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(mapping.key(name), name)
    return list(found.values())
