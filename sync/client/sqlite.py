"""sqlite-utils without pandas, which it imports where it is installed, only to know its number types: two seconds of every start."""

import sys

_KEPT_OUT = [name for name in ("numpy", "pandas") if name not in sys.modules]
sys.modules.update(dict.fromkeys(_KEPT_OUT))  # type: ignore[arg-type]  # None says "not installed"
try:
    from sqlite_utils import Database
finally:
    for _name in _KEPT_OUT:
        del sys.modules[_name]

__all__ = ["Database"]
