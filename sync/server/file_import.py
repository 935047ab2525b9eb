"""Imports a folder of files, in the order in which they refer to each other, and reports row by row what was wrong.

    import_folder(engine, clock, settings, Path("retailer"), "good", progress, reader=FolderReader(), resolver=...)

`reader` is `sync.connectors.files.FolderReader` and `resolver` `sync.identity.match.IdentityResolver`: whoever composes
the process hands them in.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine

from sync.clock import Clock
from sync.errors import BadInput
from sync.model.base import Frozen
from sync.ports import FactReader, Ingest, Parsed, Resolver, RowError
from sync.server.ingest import IngestService
from sync.server.media import copy_pictures
from sync.server.repository.forgotten import key_of
from sync.server.setup import secret_of
from sync.settings import ServerSettings

Mode = Literal["all", "good"]
Progress = Callable[[str, int, int], None]
"""Told after each stretch: the file's name, rows done, rows in all (about)."""

_KEPT_ROWS = 20_000
"""A file up to this size is read once for checking and taking; a larger one is read twice rather than held in memory."""


class FileReport(Frozen):
    """What became of one file. `as_text()` says it to people, `model_dump_json()` to programs."""

    file: str
    taken: int = 0
    unchanged: int = 0
    """Rows that said what was known already."""
    refused: bool = False
    """True where bad rows kept the whole file out (mode `all`)."""
    errors: tuple[RowError, ...] = ()
    """Rows that were not taken."""
    warnings: tuple[RowError, ...] = ()
    """Rows that were taken, but that a person should look at."""

    def as_text(self) -> str:
        """Return a line for the file and one for each problem, e.g. `customers.csv row 17, phone: is not a ...`."""
        if self.refused:
            outcome = "refused whole, nothing of it was taken"
        else:
            outcome = f"{self.taken} taken, {self.unchanged} unchanged, {len({e.row for e in self.errors})} not taken"
        lines = [f"{self.file}: {outcome}"]
        lines += [self._line(problem, "") for problem in self.errors]
        lines += [self._line(problem, " (taken)") for problem in self.warnings]
        return "\n".join(lines)

    def _line(self, problem: RowError, note: str) -> str:
        value = f" [{problem.value}]" if problem.value else ""
        return f"{self.file} row {problem.row}, {problem.field}: {problem.message}{value}{note}"


def import_folder(
    engine: Engine,
    clock: Clock,
    settings: ServerSettings,
    path: Path,
    mode: Mode,
    progress: Progress,
    *,
    reader: FactReader,
    resolver: Resolver,
) -> list[FileReport]:
    """Import every file of the folder and the pictures in its `media`, or one file; return a report for each file.

    Mode `all`: a file with any bad row changes nothing; the files after it are tried all the same, and rows that needed
    it are bad rows. Mode `good`: good rows are taken. Raises BadInput where there is nothing to import.
    """
    if not path.exists():
        raise BadInput(f"There is no {path}: a folder of files to import, or one such file, is wanted.", path=str(path))
    files = reader.files(path)
    strange = reader.left_out(path) if path.is_dir() else ()
    if not files and not strange:
        names = ", ".join(reader.names)
        what = "holds no file to import" if path.is_dir() else "is no file that can be imported"
        raise BadInput(f"{path} {what}. Such files are called {names}; .csv or .jsonl.", path=str(path))
    ingest = IngestService(engine, clock, resolver, forgotten_key=key_of(secret_of(settings)))
    reports = [_import_file(ingest, reader, file, mode, progress) for file in files]
    reports += [
        FileReport(file=file.name, refused=True, errors=(RowError(row=1, field="file", message=why),))
        for file, why in strange
    ]
    if (path / "media").is_dir():
        copied, errors = copy_pictures(path / "media", settings.data / "media")
        reports.append(FileReport(file="media", taken=copied, errors=tuple(errors)))
    return reports


def _import_file(ingest: Ingest, reader: FactReader, file: Path, mode: Mode, progress: Progress) -> FileReport:
    total = reader.count(file)
    stretches: Iterator[Parsed] = reader.read(file)
    if mode == "all":
        kept = list(stretches) if total <= _KEPT_ROWS else None
        bad = _check(ingest, iter(kept) if kept is not None else stretches)
        if bad:
            progress(file.name, total, total)
            return FileReport(file=file.name, refused=True, errors=bad)
        stretches = iter(kept) if kept is not None else reader.read(file)
    taken = unchanged = done = 0
    errors: list[RowError] = []
    warnings: list[RowError] = []
    progress(file.name, 0, total)
    for parsed in stretches:
        report = ingest.apply(parsed.facts)
        taken, unchanged = taken + report.taken, unchanged + report.repeated
        errors += sorted((*parsed.errors, *report.errors), key=lambda error: error.row)
        warnings += report.warnings
        done += len(parsed.facts) + len({error.row for error in parsed.errors})
        if done < total:
            progress(file.name, done, total)
    progress(file.name, total, total)
    return FileReport(file=file.name, taken=taken, unchanged=unchanged, errors=tuple(errors), warnings=tuple(warnings))


def _check(ingest: Ingest, stretches: Iterator[Parsed]) -> tuple[RowError, ...]:
    """Return everything that is wrong with a file, its references included, and write nothing."""
    errors: list[RowError] = []
    for parsed in stretches:
        errors += sorted((*parsed.errors, *ingest.check(parsed.facts).errors), key=lambda error: error.row)
    return tuple(errors)
