"""Reads the rows of an import file as facts: columns are the fields of the fact, the customer's names among them."""

import types
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import ValidationError

from sync.connectors.base import FACTS, errors_of, holds_only_text, row_error
from sync.connectors.csv_rows import Row
from sync.model.source import AnyFact, CustomerRef, Fact
from sync.ports import RowError

_INNER = frozenset({"type", "ref", *Fact.model_fields})
_REF = tuple(CustomerRef.model_fields)
_PLAIN = (int, float, bool, date, datetime, time)


class Table:
    """How the rows of one file become facts of one type, by its header."""

    def __init__(self, fact_type: str, header: Sequence[str]) -> None:
        self.errors: list[RowError] = []
        """What is wrong with the header."""
        self.usable = True
        """False where no row can be read under this header."""
        self._type = fact_type
        self._header = list(header)
        self._adapter = FACTS[fact_type]
        self._fields = fields_of(fact_type)
        self._own = frozenset(_model(fact_type).model_fields) - _INNER
        self._about = "ref" in _model(fact_type).model_fields
        self._check_header()

    def _check_header(self) -> None:
        known = [name for name in self._header if name in self._fields]
        if not known:
            names = ", ".join(self._fields)
            self.errors.append(row_error(1, "header", f"is not one of a {self._type} file. Its columns are: {names}"))
            self.usable = False
            return
        for index, name in enumerate(self._header):
            if name not in self._fields:
                self.errors.append(row_error(1, name or f"column {index + 1}", "is not a column of this file"))
            elif name in self._header[:index]:
                self.errors.append(row_error(1, name, "is a column twice"))
                self.usable = False
        needed = [
            name
            for name, info in _model(self._type).model_fields.items()
            if info.is_required() and name not in _INNER and name not in self._header
        ]
        self.errors += [row_error(1, name, "is a column that is missing, but needed") for name in needed]
        if self._about and not any(name in _REF for name in known):
            self.errors.append(row_error(1, "member_number", "is missing, and so is every other name of a customer"))
            needed.append("member_number")
        self.usable = self.usable and not needed

    def read(self, row: Row) -> tuple[AnyFact | None, list[RowError]]:
        """Return the fact of a row, or what is wrong with it."""
        problems = self._shape(row)
        if problems:
            return None, problems
        values: dict[str, Any] = {"source": "files"}
        ref: dict[str, str] = {}
        for name, cell in zip(self._header, row.cells, strict=True):
            parse = self._fields.get(name)
            if parse is None or not cell:
                continue
            if name in self._own:
                try:
                    values[name] = parse(cell)
                except ValueError as error:
                    problems.append(row_error(row.number, name, str(error), cell))
            if name in _REF:
                ref[name] = cell
        if self._about:
            values["ref"] = ref
            if not ref:
                names = ", ".join(_REF)
                problems.append(row_error(row.number, _REF[0], f"is empty, but one of {names} is needed"))
        try:
            fact: AnyFact = self._adapter.validate_python(values)
        except ValidationError as error:
            wrong = {problem.field for problem in problems}
            problems += [found for each in errors_of(row.number, error) if (found := _column(each)).field not in wrong]
        return (None, problems) if problems else (fact, [])

    def _shape(self, row: Row) -> list[RowError]:
        if row.problem:
            return [row_error(row.number, "row", row.problem)]
        have, want = len(row.cells), len(self._header)
        if have < want:
            words = f"is missing: the row has {have} cells, the header {want}"
            return [row_error(row.number, self._header[have], words)]
        if have > want:
            return [row_error(row.number, f"column {want + 1}", f"is too much: the header has only {want} columns")]
        return [
            row_error(row.number, name or "row", "holds bytes that are no text" if "half" in problem else problem)
            for name, cell in zip(self._header, row.cells, strict=True)
            if (problem := holds_only_text(cell))
        ]


def fields_of(fact_type: str) -> dict[str, Callable[[str], Any]]:
    """Return the columns that a file of this type may have, each with how its cells are read."""
    model = _model(fact_type)
    own = {name: _reader(info.annotation) for name, info in model.model_fields.items() if name not in _INNER}
    names = dict.fromkeys(_REF, _text) if "ref" in model.model_fields else {}
    return {**names, **own}


def _model(fact_type: str) -> type[Fact]:
    models: dict[str, type[Fact]] = {cls.model_fields["type"].default: cls for cls in get_args(AnyFact)}
    return models[fact_type]


def _column(error: RowError) -> RowError:
    parts = error.field.split(".")
    return error.model_copy(update={"field": parts[1] if parts[0] == "ref" and len(parts) > 1 else parts[0]})


def _reader(annotation: Any) -> Callable[[str], Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _reader(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return _reader(next(part for part in get_args(annotation) if part is not type(None)))
    if origin is tuple:
        return _list
    if origin is dict:
        return _pairs
    return _narrow if annotation in _PLAIN else _text


def _text(cell: str) -> str:
    return cell


def _narrow(cell: str) -> str:
    """Numbers and dates typed in full-width letters mean the same."""
    return unicodedata.normalize("NFKC", cell).strip()


def _list(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]


def _pairs(cell: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for part in _list(cell):
        name, equals, value = part.partition("=")
        if not equals or not name.strip():
            raise ValueError("is not written as name=value|name=value")
        pairs[name.strip()] = value.strip()
    return pairs
