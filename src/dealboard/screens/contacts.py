"""Contacts."""

from dealboard.screens.place import Place


class ContactsScreen(Place):
    """Contacts."""

    PLACE = "contacts"
