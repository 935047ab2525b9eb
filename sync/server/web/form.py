"""The text fields of a form that a customer sent."""

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException


async def fields_of(request: Request) -> dict[str, str]:
    """Return the form's text fields; nothing for what is no form."""
    try:
        form = await request.form(max_files=0, max_fields=20)
    except HTTPException:  # a malformed multipart body
        return {}
    return {name: value for name, value in form.items() if not isinstance(value, UploadFile)}
