"""What is not in a device's cache of the catalogue: where a product lies beyond the shops that are near."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from sync.errors import BadField, NotFound
from sync.protocol import ProductStock
from sync.server.routes.problems import problems
from sync.server.routes.signed import SIGNED, SIGNED_PROBLEMS, Answering
from sync.server.routes.squeezed import json_answer

router = APIRouter(tags=["products"])


@router.get(
    "/v1/products/{product_id}/stock",
    response_model=ProductStock,
    responses=SIGNED_PROBLEMS | problems(NotFound, BadField),
    openapi_extra=SIGNED,
)
def stock(
    request: Request, service: Answering, product_id: Annotated[str, Path(min_length=1, max_length=64)]
) -> Response:
    """Return where a product lies, in all its variants and in every shop of the retailer."""
    return json_answer(request, service.stock(product_id).model_dump_json().encode())
