"""Where the data files that ship with the program lie."""

from pathlib import Path


def assets_folder() -> Path:
    """Return the folder `assets`: inside the package where it was installed from a wheel, else beside it."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_assets"
    return installed if installed.is_dir() else package.parent / "assets"
