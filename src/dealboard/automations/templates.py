"""Ready-made automations, filled in for a workspace: what teams set up first.

A template is a rule of names that every workspace has; the won hand-over needs two pipelines, and
makes the second one, "Onboarding", where there is none.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from dealboard.actions import automations, pipelines
from dealboard.domain.rules import Do, On, Rule, Step, Trigger
from dealboard.domain.stages import StageKind, parse_stages
from dealboard.domain.text import fold
from dealboard.domain.views import Pipeline, Stage
from dealboard.errors import NotFound, Refused
from dealboard.store.driver import Connection
from dealboard.store.reads import automations as reads
from dealboard.store.reads import pipelines as pipeline_reads
from dealboard.store.transaction import Transaction

ONBOARDING = "Onboarding"
_STAGES = "Kick-off:90,Set-up:95,Training:98"


class Template(NamedTuple):
    """A ready-made rule: what it is called, what it does, and which pipelines it asks for.

    `pipelines` counts them: 0, 1 (the one whose deals it is about; None is all), or 2 (and the
    one that it creates deals in).
    """

    key: str
    title: str
    about: str
    pipelines: int
    make: Callable[[Sequence[Stage], int | None, int | None], Rule]

    def rule(
        self,
        connection: Connection,
        pipeline_id: int | None = None,
        target_id: int | None = None,
    ) -> Rule:
        """Return the rule for a pipeline; the first one, and another one, are meant by default.

        Raises Refused where there is no other pipeline: `adopt` makes one.
        """
        known = pipeline_reads.pipelines(connection)
        stages = pipeline_reads.all_stages(connection)
        if self.pipelines < 2:
            return self.make(stages, pipeline_id, None)
        source = pipeline_id or _first(known)
        target = target_id or _other(known, source)
        if target is None:
            raise Refused("The hand-over needs a second pipeline.", "Create one for what follows.")
        return self.make(stages, source, target)


def adopt(
    tx: Transaction,
    template: Template,
    pipeline_id: int | None = None,
    target_id: int | None = None,
) -> int:
    """Keep a template's rule, under a name that is free, and return its id.

    A second pipeline that it needs is created. One operation.
    """
    known = tx.read(pipeline_reads.pipelines)
    if template.pipelines > 1 and target_id is None:
        target_id = _other(known, pipeline_id or _first(known))
        if target_id is None:
            target_id = pipelines.create(tx, ONBOARDING, parse_stages(_STAGES))
            tx.note(f"The pipeline {ONBOARDING} was created for it.")
    rule = tx.read(template.rule, pipeline_id, target_id)
    taken = {fold(each.name) for each in tx.read(reads.automations)}
    made = automations.create(tx, rule._replace(name=_free(rule.name, taken)))
    tx.operation.label = f"Added automation {rule.name}"
    return made


def named(key: str) -> Template:
    """Return a template by key. Raises NotFound."""
    for each in TEMPLATES:
        if each.key == key:
            return each
    raise NotFound("template", key, f"Known: {', '.join(each.key for each in TEMPLATES)}.")


def _first(known: Sequence[Pipeline]) -> int:
    if not known:
        raise Refused("There is no pipeline yet.", "Create one first.")
    return known[0].id


def _other(known: Sequence[Pipeline], source: int) -> int | None:
    """Return the pipeline that deals go on in: one called so, else the next one."""
    others = [each for each in known if each.id != source]
    meant = [each for each in others if fold(ONBOARDING) in fold(each.name)]
    return next((each.id for each in (*meant, *others)), None)


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while fold(free) in taken:
        number += 1
        free = f"{name} {number}"
    return free


def _welcome(_stages: Sequence[Stage], pipeline_id: int | None, _target: int | None) -> Rule:
    task = Step(Do.ADD_TASK, {"text": "Call {{contact.name}} and say hello", "days": 1})
    return Rule("Welcome task", Trigger(On.CREATED, pipeline=pipeline_id), then=(task,))


def _nudge(_stages: Sequence[Stage], pipeline_id: int | None, _target: int | None) -> Rule:
    text = "{{deal.title}} has gone quiet in {{stage.name}}: call {{contact.name}}, or close it"
    task = Step(Do.ADD_TASK, {"text": text, "days": 1})
    return Rule("Stale-deal nudge", Trigger(On.ROTTING, pipeline=pipeline_id), then=(task,))


def _hand_over(stages: Sequence[Stage], pipeline_id: int | None, target: int | None) -> Rule:
    won = next(
        each.id for each in stages if each.pipeline_id == pipeline_id and each.kind is StageKind.WON
    )
    deal = Step(
        Do.CREATE_DEAL,
        {
            "title": "Onboarding: {{deal.title}}",
            "pipeline": target,
            "amount": "{{deal.amount}}",
            "close_date": "{{today+30d}}",
        },
    )
    note = Step(Do.ADD_NOTE, {"text": "Won and handed over to onboarding on {{today.local}}."})
    return Rule("Won hand-over", Trigger(On.STAGE, to_stage=won), then=(deal, note))


TEMPLATES: tuple[Template, ...] = (
    Template(
        "welcome",
        "Welcome task",
        "A new deal gets a task for its owner: call the contact by tomorrow.",
        1,
        _welcome,
    ),
    Template(
        "nudge",
        "Stale-deal nudge",
        "A deal that rots, by its stage's days, gets a task: call, or close it.",
        1,
        _nudge,
    ),
    Template(
        "hand-over",
        "Won hand-over",
        "A deal that is won creates one in another pipeline, with its contacts and amount.",
        2,
        _hand_over,
    ),
)
"""In the order in which they are offered."""
