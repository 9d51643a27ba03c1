"""What a half-typed path may mean."""

import asyncio
from itertools import islice
from pathlib import Path

from textual.suggester import Suggester

MOST = 2000
"""Entries of a folder that are looked at."""


class PathSuggester(Suggester):
    """Suggests folders, and files whose names end in one of some ways, the newest first."""

    def __init__(self, suffixes: tuple[str, ...]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._suffixes = suffixes

    async def get_suggestion(self, value: str) -> str | None:
        """Return the text with the rest of a name behind it; None where there is none."""
        return await asyncio.to_thread(self._suggestion, value)

    def _suggestion(self, value: str) -> str | None:
        folder, slash, begun = value.rpartition("/")
        if not slash:
            return None
        try:
            entries = islice(Path(f"{folder}/").expanduser().iterdir(), MOST)
            fitting = [each for each in entries if self._fits(each, begun)]
            newest = max(fitting, key=lambda each: each.stat().st_mtime, default=None)
        except OSError:
            return None
        if newest is None:
            return None
        return f"{folder}/{newest.name}{'/' if newest.is_dir() else ''}"

    def _fits(self, path: Path, begun: str) -> bool:
        if not path.name.startswith(begun) or (path.name.startswith(".") and not begun):
            return False
        return path.suffix.lower() in self._suffixes or (bool(begun) and path.is_dir())
