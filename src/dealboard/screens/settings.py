"""Settings."""

from dealboard.screens.place import Place


class SettingsScreen(Place):
    """Settings."""

    PLACE = "settings"
