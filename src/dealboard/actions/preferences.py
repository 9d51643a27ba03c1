"""What a workspace is set to: its currency, its country, when deals rot (decision 76).

Settings are kept outside the journal; what rotting does to stages that are there already is in it.
"""

import json

from sqlmodel import col, select

from dealboard.actions import access
from dealboard.actions.rows import counted
from dealboard.domain.money import country_code, currency_code
from dealboard.domain.stages import StageKind, check_rotting_days
from dealboard.store.reads.settings import COUNTRY, CURRENCY, ROTTING_DAYS
from dealboard.store.tables import Setting, Stage
from dealboard.store.transaction import Transaction


def set_currency(tx: Transaction, code: str) -> None:
    """Choose the currency of new amounts that name none; those that are there keep theirs."""
    access.full_access(tx)
    _set(tx, CURRENCY, currency_code(code))


def set_country(tx: Transaction, code: str) -> None:
    """Choose the country, two letters or none, whose phone numbers need no prefix."""
    access.full_access(tx)
    _set(tx, COUNTRY, country_code(code))
    tx.reconsider = True


def set_rotting(tx: Transaction, days: int | None, *, everywhere: bool = False) -> None:
    """Choose after how many days deals rot in new stages, None for never.

    `everywhere`: in all open stages that are there, too.
    """
    access.full_access(tx)
    _set(tx, ROTTING_DAYS, check_rotting_days(days))
    if everywhere:
        stages = tx.session.exec(select(Stage).where(col(Stage.kind) == StageKind.OPEN.value)).all()
        for stage in stages:
            stage.rotting_days = days
        when = "never" if days is None else f"after {counted(days, 'day')}"
        tx.describe(f"Deals rot {when} in {counted(len(stages), 'stage')}")


def _set(tx: Transaction, key: str, value: str | int | None) -> None:
    tx.session.merge(Setting(key=key, value=json.dumps(value)))
