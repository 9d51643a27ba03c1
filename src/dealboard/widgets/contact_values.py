"""What the value of a custom field is as it is kept, as it is typed, and as it is shown.

A number is kept as decimal text, a day as ISO text; a value that an import left in another form is
shown as it is.
"""

from datetime import date

from dealboard.domain.dates import describe_day, parse_day
from dealboard.domain.money import format_decimal, parse_decimal
from dealboard.domain.views import CustomField, FieldKind
from dealboard.errors import InvalidValue
from dealboard.widgets.deal_form import Writing


def read_value(field: CustomField, text: str, writing: Writing) -> str:
    """Return what was typed in the form in which it is kept. Raises InvalidValue."""
    text = " ".join(text.split())
    if not text:
        return ""
    match field.kind:
        case FieldKind.NUMBER:
            return parse_decimal(text, writing.locale, field.name)
        case FieldKind.DATE:
            order, first = writing.order, writing.first_weekday
            found = parse_day(
                text, writing.today, order=order, first_weekday=first, field=field.name
            )
            return found.isoformat()
    return text


def written_value(field: CustomField, value: str, writing: Writing) -> str:
    """Return a value as it stands in its field: read back, it is what it was."""
    if field.kind is not FieldKind.NUMBER:
        return value
    shown = format_decimal(value, writing.locale)
    try:
        return shown if parse_decimal(shown, writing.locale) == value else value
    except InvalidValue:
        return value


def show_value(field: CustomField, value: str, writing: Writing) -> str:
    """Return a value as it is shown: "1,234.5", "Fri 27 Nov 2026 (in 4 days)"."""
    match field.kind:
        case FieldKind.NUMBER:
            return format_decimal(value, writing.locale)
        case FieldKind.DATE:
            day = _day(value)
            return describe_day(day, writing.today) if day else value
    return value


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
