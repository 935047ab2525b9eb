"""Customers beyond a device's cache: by id, by app, by search. Each look is audited."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from sync.errors import BadField, BadInput, NotAllowed, NotFound, TooLarge
from sync.protocol import CustomerHit, CustomerRange
from sync.server.core import core_of
from sync.server.doors import ASKED, AskedBy, Asking
from sync.server.reveal import Revealed, reveal
from sync.server.routes.problems import problems
from sync.server.routes.signed import SIGNED_PROBLEMS
from sync.server.spoken import as_spoken

router = APIRouter(tags=["customers"])


class Hits(BaseModel):
    """What a search found, at most as many as were asked for."""

    hits: list[CustomerHit] = Field(description="In order of member number.")


@router.get("/v1/customers", responses=SIGNED_PROBLEMS | problems(BadField, NotAllowed), openapi_extra=ASKED)
def search(
    service: Asking,
    q: Annotated[str, Query(max_length=100, description="Beginnings of names, kana, numbers or a mail address.")],
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> Hits:
    """Find customers of the whole retailer."""
    return Hits(hits=list(service.search(q, limit)))


@router.get(
    "/v1/customers/{customer_id}",
    response_model=CustomerRange,
    responses=SIGNED_PROBLEMS | problems(NotFound, BadField, NotAllowed),
    openapi_extra=ASKED,
)
def customer(service: Asking, customer_id: Annotated[str, Path(min_length=1, max_length=64)]) -> Response:
    """Return everything of one customer, whichever shop she belongs to; a former id means who she is now."""
    return Response(as_spoken(service.customer(customer_id), service.protocol), media_type="application/json")


@router.get(
    "/v1/members/{app_id}",
    response_model=CustomerRange,
    responses=SIGNED_PROBLEMS | problems(NotFound, BadField, NotAllowed),
    openapi_extra=ASKED,
)
def member(
    service: Asking,
    app_id: Annotated[str, Path(pattern="^[0-9a-f]{18}$", description="Nine bytes in hex, as in her membership code.")],
) -> Response:
    """Return everything of the customer whose app this is."""
    return Response(as_spoken(service.customer_by_app(app_id), service.protocol), media_type="application/json")


class Shut(BaseModel):
    """Which record is to be opened."""

    kind: str = Field(min_length=1, max_length=40, description="`consent` or `interaction`.")
    id: str = Field(min_length=1, max_length=64)


@router.post(
    "/v1/customers/{customer_id}/reveal",
    responses=SIGNED_PROBLEMS | problems(NotFound, BadField, BadInput, TooLarge, NotAllowed),
    openapi_extra=ASKED,
)
def revealed(
    request: Request, asked: AskedBy, customer_id: Annotated[str, Path(min_length=1, max_length=64)], shut: Shut
) -> Revealed:
    """Return what is withheld of one record, to whoever may see it; each look is on record."""
    core = core_of(request)
    return reveal(core.engine, core.clock, asked, customer_id, shut.kind, shut.id)
