"""The words of automations: what triggers, comparisons, actions and fields are called on screen.

`rule_words` makes sentences of them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from dealboard.domain.rules import Do, Is, On

TRIGGERS: Mapping[On, tuple[str, str]] = MappingProxyType(
    {
        On.CREATED: ("A deal is created", "by a person, or another automation"),
        On.STAGE: ("A deal changes its stage", "into or out of a stage, or any"),
        On.UPDATED: ("A deal is changed", "any field, or those you choose"),
        On.CONTACT_ADDED: ("A contact is added to a deal", ""),
        On.CONTACT_REMOVED: ("A contact is removed from a deal", ""),
        On.CLOSE_DATE: ("A close date comes or has passed", "so many days before or after"),
        On.ROTTING: ("A deal begins to rot", "nothing happened for its stage's days"),
        On.OVERDUE: ("A task is overdue", "of an open deal"),
    }
)
"""Each trigger as a choice, and what helps to choose it."""

EVENTS: Mapping[On, str] = MappingProxyType(
    {
        On.CREATED: "deal created",
        On.STAGE: "stage changed",
        On.UPDATED: "deal changed",
        On.CONTACT_ADDED: "contact added",
        On.CONTACT_REMOVED: "contact removed",
        On.CLOSE_DATE: "close date",
        On.ROTTING: "deal rotting",
        On.OVERDUE: "task overdue",
    }
)
"""What happened when a rule ran."""

COMPARISONS: Mapping[Is, str] = MappingProxyType(
    {
        Is.IS: "is",
        Is.IS_NOT: "is not",
        Is.CONTAINS: "contains",
        Is.GREATER: ">",
        Is.LESS: "<",
        Is.EMPTY: "is empty",
        Is.NOT_EMPTY: "is not empty",
        Is.BEFORE: "is before",
        Is.AFTER: "is after",
        Is.CHANGED_FROM: "changes from",
        Is.CHANGED_TO: "changes to",
    }
)

ACTIONS: Mapping[Do, tuple[str, str]] = MappingProxyType(
    {
        Do.ADD_TASK: ("Add a task", "due in so many days, for the owner"),
        Do.ADD_NOTE: ("Add a note", "to the deal's timeline"),
        Do.MOVE_STAGE: ("Move the deal", "to a stage, also of another pipeline"),
        Do.ASSIGN_OWNER: ("Give the deal to somebody", "another owner"),
        Do.UPDATE_DEAL: ("Update a deal", "this one, or one found by its reference"),
        Do.CREATE_DEAL: ("Create a deal", "with the same contacts"),
        Do.ADD_CONTACT: ("Add a contact", "to the deal"),
        Do.SEND_WEBHOOK: ("Send a webhook", "JSON to an https:// address"),
        Do.DELAY: ("Wait", "days, hours or minutes, then go on"),
    }
)
"""Each action as a choice, and what helps to choose it."""

DONE: Mapping[Do, str] = MappingProxyType(
    {
        Do.ADD_TASK: "added a task",
        Do.ADD_NOTE: "added a note",
        Do.MOVE_STAGE: "moved it",
        Do.ASSIGN_OWNER: "gave it to somebody",
        Do.UPDATE_DEAL: "updated a deal",
        Do.CREATE_DEAL: "created a deal",
        Do.ADD_CONTACT: "added a contact",
        Do.SEND_WEBHOOK: "queued a webhook",
        Do.DELAY: "put off the rest",
    }
)
"""Each action when it is done."""

ARGUMENT_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "title": "Title",
        "amount": "Amount",
        "currency": "Currency",
        "close_date": "Close date",
        "reference": "Reference",
        "find_reference": "Which deal",
        "pipeline": "Pipeline",
        "stage": "Stage",
        "owner": "Owner",
        "contact": "Contact",
        "text": "Text",
        "url": "Address",
        "secret": "Secret",
        "days": "Days",
        "hours": "Hours",
        "minutes": "Minutes",
    }
)
"""What the arguments of actions are called on screen."""

DEAL_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "title": "title",
        "owner_id": "owner",
        "amount": "amount",
        "currency": "currency",
        "close_date": "close date",
        "reference": "reference",
        "stage_id": "stage",
        "lost_reason": "lost reason",
        "contacts": "contacts",
    }
)
"""What the fields of an update trigger are called."""
