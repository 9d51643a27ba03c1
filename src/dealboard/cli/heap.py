"""One heap for all threads: glibc gives each its own, and what one has freed no other can use.

Importing SQLModel beside an app that has started took 12 MB more than in one thread.
"""

M_ARENA_MAX = -8
"""The option of glibc's mallopt(3)."""


def share() -> None:
    """Have threads that begin from now on share a heap, where the C library knows how."""
    import ctypes

    try:
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
    except (OSError, TypeError, AttributeError):  # no glibc: Windows, macOS, musl
        return
