"""How a user looks at the deals: handed from board to table, and kept until the next start."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from dealboard.config import Config
from dealboard.domain.filter_words import renewed
from dealboard.domain.filters import DealFilter, Query, from_json, to_json
from dealboard.errors import InvalidValue
from dealboard.workspace import Workspace

KEY = "deals"
"""Under which each user's outlook is kept."""


class Outlook(NamedTuple):
    """Filter, order and look, the pipeline of the board, and the deal under the cursor."""

    query: Query = Query()
    pipeline_id: int | None = None
    deal_id: int | None = None

    @property
    def on_board(self) -> DealFilter:
        """The filter as the board applies it, which shows one pipeline anyhow (decision 44)."""
        return self.query.filter._replace(pipelines=frozenset())

    @property
    def board_only(self) -> DealFilter:
        """The filter that matches, among all deals, those on the board."""
        shown = frozenset() if self.pipeline_id is None else frozenset({self.pipeline_id})
        return self.query.filter._replace(pipelines=shown)

    def to_pipeline(self, pipeline_id: int) -> "Outlook":
        """Return the outlook on another pipeline; a filter for pipelines goes along."""
        query = self.query
        if query.filter.pipelines:
            criteria = query.filter._replace(pipelines=frozenset({pipeline_id}))
            query = query._replace(filter=criteria)
        return self._replace(query=query, pipeline_id=pipeline_id)


def kept(outlook: Outlook) -> dict[str, Any]:
    """Return an outlook as it is kept."""
    return {
        "query": to_json(outlook.query),
        "pipeline": outlook.pipeline_id,
        "deal": outlook.deal_id,
    }


def from_kept(value: object, today: date, first_weekday: int = 0) -> Outlook:
    """Return the outlook that was kept; "this month" is this one. What cannot be read is left out.

    A pipeline or deal that is gone by now is nobody's concern here.
    """
    if not isinstance(value, Mapping):
        return Outlook()
    try:
        query = from_json(str(value.get("query", "{}")))
    except InvalidValue:
        query = Query()
    criteria = renewed(query.filter, today, first_weekday=first_weekday)
    ids = (value.get(key) for key in ("pipeline", "deal"))
    pipeline_id, deal_id = (each if isinstance(each, int) else None for each in ids)
    return Outlook(query._replace(filter=criteria), pipeline_id, deal_id)


def recall(workspace: Workspace, config: Config) -> Outlook:
    """Return the acting user's outlook of the last time."""
    value = workspace.recall(workspace.mine(KEY))
    return from_kept(value, workspace.today, config.first_weekday)
