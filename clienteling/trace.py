"""Where an error came from, in a form that may be logged: files, lines and names, never values or messages.

A message may quote what was typed or read (pydantic quotes its input), and local variables hold customers.
"""

import traceback
from pathlib import Path


def where(error: BaseException, depth: int = 6) -> str:
    """Return `TypeError at rail.py:12 in Rail < component.py:34 in guarded`, the innermost frames first."""
    frames = traceback.extract_tb(error.__traceback__)[-depth:]
    path = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {path}" if path else type(error).__name__
