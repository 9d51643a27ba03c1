"""What the system knows of a running process (Linux)."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self


def cpu(pid: int) -> float:
    """Return the seconds of processor time a process has taken, all its threads together."""
    cpu_clock = ~pid << 3 | 2  # what clock_getcpuclockid gives
    return time.clock_gettime(cpu_clock)


def until_idle(*pids: int) -> None:
    """Wait until processes have taken next to nothing for half a second."""
    calm = 0
    before = sum(map(cpu, pids))
    while calm < 5:
        time.sleep(0.1)
        now = sum(map(cpu, pids))
        calm = calm + 1 if now - before < 0.005 else 0
        before = now


def wake_ups(pid: int) -> int:
    """Return how often the threads of a process went to sleep by themselves."""
    return sum(
        int(line.split()[1])
        for status in Path(f"/proc/{pid}/task").glob("*/status")
        for line in status.read_text().splitlines()
        if line.startswith("voluntary_ctxt_switches")
    )


@dataclass(frozen=True)
class Memory:
    """Megabytes (2**20) of a process: all that is resident, and what it alone uses."""

    resident: float
    own: float

    @classmethod
    def of(cls, pid: int) -> Self:
        """Look now."""
        kilobytes = {
            words[0]: int(words[1])
            for words in map(str.split, Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines())
            if words[-1] == "kB"
        }
        own = kilobytes["Private_Clean:"] + kilobytes["Private_Dirty:"]
        return cls(kilobytes["Rss:"] / 1024, own / 1024)


def peak(pid: int) -> float | None:
    """Return the most megabytes a process ever had, or None if it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return None
    for line in status.splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return None
