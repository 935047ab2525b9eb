"""What is undocumented fails the build."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from clienteling.cli import app
from sync.connectors.files import ONLY_JSON, TYPES
from sync.model import source
from sync.settings import ServerSettings, TabletSettings

DOCS = Path(__file__).resolve().parents[2] / "docs"
ROOT = DOCS.parent


@pytest.mark.parametrize("settings", [ServerSettings, TabletSettings])
def test_every_setting_is_documented(settings: type[ServerSettings] | type[TabletSettings]) -> None:
    """docs/settings.md names every environment variable with its meaning."""
    text = (DOCS / "settings.md").read_text()
    for name, field in settings.model_fields.items():
        assert f"| `CLIENTELING_{name.upper()}` | {field.description} |" in text


def test_every_import_file_and_field_is_documented() -> None:
    """docs/connectors.md has a row for each file, naming each of its fields."""
    rows = {line.split("`")[1]: line for line in (DOCS / "connectors.md").read_text().splitlines() if line[:3] == "| `"}
    facts = {
        cls.model_fields["type"].default: cls
        for cls in vars(source).values()
        if isinstance(cls, type) and issubclass(cls, source.Fact) and cls is not source.Fact
    }
    for name, kind in TYPES.items():
        for field in facts[kind].model_fields:
            if field not in {"type", "source", "source_id", "ref"}:
                row = rows[f"{name}.{'jsonl' if name in ONLY_JSON else 'csv'}"]
                assert f"`{field}`" in row, f"{name}: {field}"


def test_every_decision_is_listed() -> None:
    """Each file under docs/decisions stands in their table of contents."""
    contents = (DOCS / "decisions" / "README.md").read_text()
    for path in (DOCS / "decisions").glob("0*.md"):
        assert f"({path.name})" in contents


def test_every_command_explains_itself() -> None:
    """`--help` has a sentence for every command and every option of it."""
    group = get_command(app)
    pending = [group]
    while pending:
        command = pending.pop()
        assert command.help, command.name
        assert all(
            getattr(one, "help", "") for one in command.params if one.name != "help" and one.param_type_name == "option"
        )
        pending += list(getattr(command, "commands", {}).values())


def test_the_readme_leads_to_files_that_exist() -> None:
    """No link of the README into the repository is broken."""
    for readme in ("README.md", "README.ja.md", "CONTRIBUTING.md", "docs/architecture.md"):
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", (ROOT / readme).read_text()):
            assert (ROOT / readme).parent.joinpath(target).exists(), f"{readme}: {target}"
