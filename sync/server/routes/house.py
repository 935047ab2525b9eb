"""Pictures, and the questions of whoever watches over the process."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from sync.errors import BadField, NotFound, Unavailable
from sync.server.core import core_of
from sync.server.migrate import is_current
from sync.server.routes.problems import problems

router = APIRouter(tags=["house"])

PICTURES = {
    ".webp": "image/webp",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".avif": "image/avif",
}
"""What is served, by suffix; nothing that a browser could run."""


class Well(BaseModel):
    """All is well."""

    status: str = "ok"


@router.get("/healthz")
def health() -> Well:
    """Say that the process lives."""
    return Well()


@router.get("/readyz", responses=problems(Unavailable))
def readiness(request: Request) -> Well:
    """Say whether the database answers and has the present tables."""
    try:
        current = is_current(core_of(request).engine)
    except SQLAlchemyError as error:
        raise Unavailable("The database does not answer.", reason="database") from error
    if not current:
        raise Unavailable("The database has not been migrated.", reason="migrations")
    return Well()


@router.get(
    "/media/{path:path}",
    response_class=FileResponse,
    responses=problems(NotFound, BadField)
    | {200: {"description": "The picture.", "content": {kind: {} for kind in sorted(set(PICTURES.values()))}}},
)
def media(request: Request, path: Annotated[str, PathParameter(max_length=400)]) -> FileResponse:
    """Return a picture of the catalogue. They are no secret: customers see them in messages too."""
    root = core_of(request).media.resolve()
    kind = PICTURES.get(Path(path).suffix.lower())
    try:
        found = (root / path).resolve()
        fits = kind is not None and found.is_relative_to(root) and found.is_file()
    except (OSError, ValueError):
        fits = False
    if not fits:
        raise NotFound("There is no such picture.")
    return FileResponse(found, media_type=kind, headers={"Cache-Control": "public, max-age=86400"})
