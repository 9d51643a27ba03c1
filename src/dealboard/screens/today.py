"""Today."""

from dealboard.screens.place import Place


class TodayScreen(Place):
    """Today."""

    PLACE = "today"
