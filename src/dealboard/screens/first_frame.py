"""The first frame of the board, read and drawn before Textual is loaded.

Its lines are those of the widgets, decided by the same pure functions; its styles are those that
Textual had for them the last time (`Skin`). Nothing here may import Textual.
"""

import os
from collections.abc import Mapping
from typing import NamedTuple

from dealboard import __version__
from dealboard.config import Config
from dealboard.domain.filter_words import Names, describe
from dealboard.domain.views import Role
from dealboard.screens.board_page import LINES_BESIDE, Opening, open_board
from dealboard.screens.counting import Counts, status, sum_up
from dealboard.screens.menu import DEALS_ACTIONS, MENU, place_name
from dealboard.screens.outlook import Outlook, recall
from dealboard.screens.targets import Material, read_material
from dealboard.widgets.board_frame import board_frame
from dealboard.widgets.deal_card import Density, Scope
from dealboard.widgets.filter_line import filter_line
from dealboard.widgets.hint_line import hint_line
from dealboard.widgets.lane_state import LaneState, Look
from dealboard.widgets.lines import Styled
from dealboard.widgets.menu_line import menu_line
from dealboard.widgets.skin import Patch, Skin, one_line
from dealboard.workspace import Workspace

SKIN = "skin"
"""Under which each user's skin is kept."""

DECIDING = ("TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE")
"""What in the environment decides on colours, besides all that begins with TEXTUAL."""


class FirstBoard(NamedTuple):
    """What a board shows first, and the skin that is kept for the same circumstances."""

    outlook: Outlook
    opening: Opening
    material: Material
    skin: Skin | None = None


def circumstances(config: Config, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return all that a skin depends on."""
    decides = {
        name: value
        for name, value in environ.items()
        if name in DECIDING or name.startswith("TEXTUAL")
    }
    own = {"version": __version__, "theme": config.theme or "", "keymap": f"{config.keymap}"}
    return decides | own


def opens_board(workspace: Workspace, config: Config) -> bool:
    """Whether the deals are shown first, and as a board."""
    allowed = workspace.user.role is not Role.CHAT_OPERATOR
    return allowed and recall(workspace, config).query.look == "board"


def read_first(workspace: Workspace, config: Config) -> FirstBoard:
    """Read what a board shows first."""
    outlook = recall(workspace, config)
    opening = workspace.read(open_board, outlook, workspace.today)
    material = workspace.read(read_material)
    skin = Skin.from_kept(workspace.recall(workspace.mine(SKIN)))
    if skin is not None and skin.under != circumstances(config):
        skin = None
    return FirstBoard(outlook, opening, material, skin)


def paint(
    first: FirstBoard, workspace: Workspace, config: Config, size: tuple[int, int], *, demo: bool
) -> str | None:
    """Return what draws the first board on a terminal of `size` columns and lines.

    None where there is no pipeline to show, or no skin to show it in.
    """
    width, height = size
    pipeline, skin = first.opening.pipeline, first.skin
    if pipeline is None or skin is None:
        return None
    place = place_name(
        pipeline.name, first.opening.order, demo=demo, read_only=workspace.read_only is not None
    )
    menu = menu_line(MENU, tuple(DEALS_ACTIONS), "deals", place, width)
    lines = [
        one_line("menu-bar", [(part.text, (part.style,)) for part in menu], width),
        one_line("filter-bar", _filter(first, skin, config, width), width),
        *_board(first, workspace, config, width, height - LINES_BESIDE),
        one_line("hint-bar", list(hint_line(skin.hints, "", width)), width),
    ]
    return skin.paint(lines)


def _filter(first: FirstBoard, skin: Skin, config: Config, width: int) -> list[Styled]:
    criteria = first.outlook.on_board
    counts = Counts(*sum_up(first.opening.page.totals.values()))
    count = status(counts, 0, (), filtered=criteria.active, width=width, locale=config.locale)
    material = first.material
    chips = describe(criteria, Names.of(material.pipelines, material.stages, material.users))
    line = filter_line(chips, count, width, filtered=criteria.active, keys=skin.keys)
    return [(each.text, (each.style,) if each.style else ()) for each in line]


def _board(
    first: FirstBoard, workspace: Workspace, config: Config, width: int, height: int
) -> list[list[Patch]]:
    opening = first.opening
    criteria = first.outlook.on_board
    look = Look(Density(config.density), workspace.today, config.locale, criteria.name)
    scope = Scope.FILTERED if criteria.active else Scope.ALL
    lanes = []
    for stage in opening.stages:
        lane = LaneState(stage, opening.page.totals.get(stage.id), look)
        lane.hold(*opening.page.rows.get(stage.id, (0, ())))
        lane.count(scope)
        lanes.append(lane)
    at, row = next((at for at, lane in enumerate(lanes) if lane.deals), 0), 0
    if opening.page.position is not None:
        stage_id, row = opening.page.position
        at = [stage.id for stage in opening.stages].index(stage_id)
    return board_frame(lanes, at, row, width, height)
