"""Whole commands: the import of a file, beside the bare insertion of the same rows; `--help`.

And 1,000 deals moved at once with automations, beside the same without.
"""

import csv
import json
import os
import select
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks import process
from benchmarks.apps import RESULTS, Apps, Case
from benchmarks.report import Row, Samples, Target

IMPORT = Target(3)
IMPORT_SIZE = 100_000
"""Rows from which on the target counts: fewer are inserted before Python has started."""
IMPORT_MEMORY = Target(150, "value")
HELP = Target(2)
RULES = Target(3)

FIELDS = ("title", "contact", "phone", "email", "stage", "amount", "close_date", "reference")
STAGES = ("Lead", "Qualified", "Proposal", "Negotiation", "Contract", "Won", "Lost")


def import_deals(case: Case) -> list[Row]:
    """Time the import command from exec to exit, and the same rows by bare `executemany`."""
    seconds, peaks = Samples(), Samples()
    with TemporaryDirectory(dir=RESULTS) as name:
        file = Path(name, "deals.csv")
        _write(file, case.size)
        for turn in range(case.imports):
            workspace = Path(name, f"{turn}.db")
            run = _import(case.apps, workspace, file, case.size)
            seconds.dealboard.append(run.seconds)
            peaks.dealboard.append(run.peak)
            seconds.yardstick.append(_insert(workspace, Path(name, f"{turn}-bare.db")))
    targets = (IMPORT, IMPORT_MEMORY) if case.size >= IMPORT_SIZE else (None, None)
    return [
        Row.of("import, beside executemany", case.size, "s", seconds, targets[0]),
        Row.of("import, peak memory", case.size, "MB", peaks, targets[1]),
    ]


def show_help(apps: Apps, count: int) -> list[Row]:
    """Time the shortest command there is, beside the import of its parser."""
    samples = Samples()
    for turn in range(count + 1):
        click = _run(apps, sys.executable, "-c", "import click").seconds
        board = _run(apps, *apps.dealboard, "--help").seconds
        if turn:  # the first turn warms the disk's cache
            samples.yardstick.append(click * 1000)
            samples.dealboard.append(board * 1000)
    return [Row.of("--help, beside import click", None, "ms", samples, HELP)]


def with_rules(apps: Apps, count: int) -> list[Row]:
    """Time a move of 1,000 deals that automations act on, beside one that none looks at."""
    run = _run(apps, sys.executable, "-m", "benchmarks.bulk_rules", str(count))
    mixes = json.loads(run.output)
    return [
        Row.of(f"bulk move and {mix}", 1_000, "ms", Samples(each["without"], each["with"]), RULES)
        for mix, each in mixes.items()
    ]


@dataclass(frozen=True)
class Run:
    """A command that ended well: seconds from exec to exit, and its peak memory in megabytes."""

    seconds: float
    peak: float
    output: bytes


def _run(apps: Apps, *command: str) -> Run:
    with TemporaryDirectory() as name:
        output = Path(name, "output")
        with output.open("wb") as stdout:
            start = perf_counter()
            running = subprocess.Popen(command, env=apps.environment, stdout=stdout)
            ended = os.pidfd_open(running.pid)
            peak = 0.0
            while not select.select([ended], [], [], 0.01)[0]:
                peak = process.peak(running.pid) or peak
            seconds = perf_counter() - start
            os.close(ended)
        if running.wait():
            raise subprocess.CalledProcessError(running.returncode, command)
        return Run(seconds, peak, output.read_bytes())


def _import(apps: Apps, workspace: Path, file: Path, rows: int) -> Run:
    """Import a file into a new workspace."""
    command = (*apps.dealboard, "--db", str(workspace))
    apps.run(*command, "init", "--owner", "Ada", "--currency", "EUR")
    mapping = [word for field in FIELDS for word in ("--map", f"{field}={field}")]
    run = _run(
        apps,
        *(*command, "import", "deals", str(file), "--pipeline", "Sales", "--create-stages"),
        *(*mapping, "--yes", "--json"),
    )
    created = json.loads(run.output)["created"]
    if created != rows:
        raise ValueError(f"{rows} rows were to import, {created} deals were created")
    return run


def _insert(imported: Path, bare: Path) -> float:
    """Insert what was imported into an empty twin of the file, in a process of its own."""
    command = (sys.executable, "-m", "benchmarks.bare_insert", str(imported), str(bare))
    return float(subprocess.check_output(command))


def _write(file: Path, rows: int) -> None:
    """Write a file of deals; three of four come with a contact of their own."""
    today = datetime.now(UTC).date()
    with file.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(FIELDS)
        for row in range(rows):
            person = row * 3 // 4
            writer.writerow(
                (
                    f"Offer {row} for a machine",
                    f"Nora Person {person}",
                    f"+39 02 {person:08}",
                    f"nora.{person}@example.com",
                    STAGES[row % len(STAGES)],
                    f"{row % 90_000 + 100}.50",
                    today + timedelta(days=row % 365 - 100),
                    f"R-{row}",
                )
            )
