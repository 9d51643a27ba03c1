"""A rule as a JSON file: names instead of ids, so that it means the same in another workspace.

`SCHEMA` is its JSON Schema. A stage is named alone where the rule, or the step, names its
pipeline or only one pipeline has it; else as "Pipeline / Stage". Users go by e-mail or name.
"""

import difflib
import json
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from dealboard.domain import rules
from dealboard.domain.rules import ARGUMENTS, UPDATED_FIELDS, Do, Is, On, Rule
from dealboard.domain.text import excerpt, fold
from dealboard.domain.views import Pipeline, Stage
from dealboard.errors import InvalidValue, UnknownName
from dealboard.store.driver import Connection
from dealboard.store.reads import automations, pipelines, team

Document = dict[str, Any]

BETWEEN = " / "
"""Between a pipeline and its stage, where the stage's name alone does not say which."""


def read(text: str) -> list[Document]:
    """Return the rules of a JSON text: one object, or a list of them. Raises InvalidValue."""
    try:
        given = json.loads(text)
    except ValueError as error:
        raise InvalidValue("file", excerpt(text), f"it is not JSON: {error}") from error
    found = given if isinstance(given, list) else [given]
    if not found or not all(isinstance(each, dict) for each in found):
        raise InvalidValue("file", excerpt(text), "not an automation, or a list of them")
    return found


def load(connection: Connection, document: Mapping[str, Any]) -> Rule:
    """Return the rule that a document with names means here.

    Ids are understood too. Raises UnknownName for a name that nothing bears, InvalidValue for one
    that several bear, and what `rules.parse` raises.
    """
    names = _Names(connection)
    ids = deepcopy(dict(document))
    trigger = ids.get("trigger")
    if isinstance(trigger, dict):
        here = _put(trigger, "pipeline", "trigger.pipeline", names.pipeline_id)
        for key in ("from", "to"):
            _put(trigger, key, f"trigger.{key}", names.stage_in(here))
    for branch in ("then", "else"):
        given = ids.get(branch)
        for at, step in enumerate(given if isinstance(given, list) else (), start=1):
            if isinstance(step, dict):
                _load_step(step, f"{branch}[{at}]", names)
    return rules.parse(ids, automations.known_fields(connection))


def dump(connection: Connection, rule: Rule) -> Document:
    """Return the document of a rule, with names. What is gone keeps its number."""
    names = _Names(connection)
    document = rules.document(rule)
    trigger = document["trigger"]
    where = trigger.get("pipeline")
    for key in ("from", "to"):
        if key in trigger:
            trigger[key] = names.stage(trigger[key], where)
    if where is not None:
        trigger["pipeline"] = names.pipeline(where)
    for step in (*document["then"], *document.get("else", ())):
        where = step.get("pipeline")
        for name, argument in ARGUMENTS[Do(step["do"])].items():
            if name not in step:
                continue
            match argument.kind:
                case "stage":
                    step[name] = names.stage(step[name], where)
                case "pipeline":
                    step[name] = names.pipeline(step[name])
                case "user":
                    step[name] = names.user(step[name])
    return document


def _load_step(step: Document, where: str, names: "_Names") -> None:
    known = ARGUMENTS[Do(step["do"])] if step.get("do") in set(Do) else {}
    here = _put(step, "pipeline", f"{where}.pipeline", names.pipeline_id)
    for name, argument in known.items():
        field = f"{where}.{name}"
        if argument.kind == "stage":
            _put(step, name, field, names.stage_in(here))
        elif argument.kind == "user":
            _put(step, name, field, names.user_id)


def _put(given: Document, key: str, field: str, meant: Callable[[str, str], int]) -> int | None:
    """Replace a name by its id and return the id; what is no text stays as it is."""
    value = given.get(key)
    if isinstance(value, str) and value.strip():
        given[key] = value = meant(value.strip(), field)
    return value if isinstance(value, int) else None


def _unknown(noun: str, field: str, text: str, known: Sequence[str]) -> UnknownName:
    """Return the error for a name that nothing bears, with the one that is nearest to it."""
    folded = {fold(each): each for each in known}
    near = difflib.get_close_matches(fold(text), folded, n=1, cutoff=0.5)
    meant = f"Did you mean {folded[near[0]]}? " if near else ""
    hint = f"{meant}Known: {', '.join(known)}." if known else ""
    return UnknownName(noun, excerpt(text), f" ({field})", hint=hint)


class _Names:
    """The names of the workspace's pipelines, stages and users."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._pipelines: dict[int, Pipeline] = {
            each.id: each for each in pipelines.pipelines(connection)
        }
        self._stages: tuple[Stage, ...] = pipelines.all_stages(connection)
        self._users = team.users(connection)

    def pipeline_id(self, text: str, field: str) -> int:
        """Return which pipeline a name means."""
        for each in self._pipelines.values():
            if fold(each.name) == fold(text):
                return each.id
        raise _unknown("pipeline", field, text, [p.name for p in self._pipelines.values()])

    def stage_in(self, pipeline_id: int | None) -> Callable[[str, str], int]:
        """Return what looks a stage up in a pipeline."""
        return lambda text, field: self.stage_id(text, field, pipeline_id)

    def stage_id(self, text: str, field: str, pipeline_id: int | None) -> int:
        """Return which stage a name means, in one pipeline or in all."""
        beside = [each for each in self._stages if pipeline_id in (None, each.pipeline_id)]
        met = [each for each in beside if fold(each.name) == fold(text)] or [
            each for each in self._stages if fold(self._full(each)) == fold(text)
        ]
        if not met:
            known = [self.stage(each.id, pipeline_id) for each in beside]
            raise _unknown("stage", field, text, known)
        if len(met) > 1:
            named = ", ".join(self._full(each) for each in met)
            raise InvalidValue(field, text, f"several pipelines have it: {named}")
        return met[0].id

    def user_id(self, text: str, field: str) -> int:
        """Return which user a name or an e-mail means."""
        found = team.find_user(self._connection, text)
        if found is None:
            raise _unknown("owner", field, text, [each.name for each in self._users])
        return found.id

    def pipeline(self, pipeline_id: int) -> str | int:
        """Return a pipeline's name."""
        found = self._pipelines.get(pipeline_id)
        return found.name if found else pipeline_id

    def stage(self, stage_id: int, pipeline_id: int | None) -> str:
        """Return a stage's name as `stage_id` understands it."""
        for each in self._stages:
            if each.id == stage_id:
                alike = [o for o in self._stages if fold(o.name) == fold(each.name)]
                alone = pipeline_id == each.pipeline_id or len(alike) == 1
                return each.name if alone else self._full(each)
        return f"#{stage_id}"

    def user(self, user_id: int) -> str | int:
        """Return a user's name, or their e-mail where another has that name."""
        for each in self._users:
            if each.id == user_id:
                alike = [other for other in self._users if fold(other.name) == fold(each.name)]
                return each.email if len(alike) > 1 and each.email else each.name
        return user_id

    def _full(self, stage: Stage) -> str:
        return f"{self._pipelines[stage.pipeline_id].name}{BETWEEN}{stage.name}"


# ── the schema ────────────────────────────────────────────────────────────────────────────────

_TYPES: Mapping[str, Document] = {
    "text": {"type": "string"},
    "days": {"type": "integer", "minimum": 0, "maximum": rules.DAYS_LIMIT},
    "stage": {"type": ["string", "integer"], "description": "stage, or Pipeline / Stage"},
    "pipeline": {"type": ["string", "integer"]},
    "user": {"type": ["string", "integer"], "description": "name or e-mail"},
}


def _step_schema(do: Do) -> Document:
    known = ARGUMENTS[do]
    return {
        "type": "object",
        "properties": {
            "do": {"const": do.value},
            **{name: dict(_TYPES[argument.kind]) for name, argument in known.items()},
        },
        "required": ["do", *(name for name, argument in known.items() if argument.required)],
        "additionalProperties": False,
    }


def _object(properties: Document, required: Sequence[str]) -> Document:
    return {
        "type": "object",
        "properties": properties,
        "required": [*required],
        "additionalProperties": False,
    }


_STEPS: Document = {
    "type": "array",
    "maxItems": rules.MAX_STEPS,
    "items": {"oneOf": [_step_schema(do) for do in Do]},
}

_CONDITIONS: Document = {
    "type": "array",
    "items": _object(
        {
            "field": {"type": "string"},
            "is": {"enum": [each.value for each in Is]},
            "value": {"type": ["string", "number"]},
        },
        ["field", "is"],
    ),
}

SCHEMA: Document = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A dealboard automation",
    **_object(
        {
            "name": {"type": "string", "minLength": 1, "maxLength": 120},
            "enabled": {"type": "boolean", "default": True},
            "trigger": _object(
                {
                    "on": {"enum": [each.value for each in On]},
                    "fields": {"type": "array", "items": {"enum": [*UPDATED_FIELDS]}},
                    "from": _TYPES["stage"],
                    "to": _TYPES["stage"],
                    "pipeline": _TYPES["pipeline"],
                    "days": {
                        "type": "integer",
                        "minimum": -rules.DAYS_LIMIT,
                        "maximum": rules.DAYS_LIMIT,
                    },
                },
                ["on"],
            ),
            "if": {
                "oneOf": [_object({need: _CONDITIONS}, [need]) for need in ("all", "any")],
            },
            "then": _STEPS | {"minItems": 1},
            "else": _STEPS,
        },
        ["name", "trigger", "then"],
    ),
}
"""The shape of a file; which operators a field has is in `rules.OPERATORS`."""
