"""docs/operations.md says what there is: every setting, metric, label and field, and none that is not."""

import re
from pathlib import Path
from typing import get_args

import pytest
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from typer.main import get_command

from clienteling.cli import app
from sync.client.look import Report
from sync.client.types import SyncStatus
from sync.protocol import Rebuilt
from sync.server import proof
from sync.server.database import make_engine
from sync.server.metrics import WITHIN, DatabaseCollector, Metrics
from sync.server.migrate import migrate
from sync.settings import ServerSettings, TabletSettings
from tests.unit.client.fake import ManualClock

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text()
ROWS = {match[1]: match[0] for match in re.finditer(r"^\| `(\w+)` \|.*$", TEXT, re.MULTILINE)}


def cells(name: str) -> list[str]:
    """What stands in a row behind the name."""
    return [cell.strip() for cell in ROWS[name].split("|")[2:-1]]


def exposed(metric: Metric) -> str:
    return f"{metric.name}_total" if metric.type == "counter" else metric.name


@pytest.fixture
def metrics(tmp_path: Path) -> dict[str, Metric]:
    """Every metric that is there, by the name it is scraped under."""
    registry = CollectorRegistry()
    Metrics(registry)
    engine = make_engine(f"sqlite:///{tmp_path / 'server.db'}")
    migrate(engine)
    registry.register(DatabaseCollector(engine, ManualClock()))
    found = {exposed(metric): metric for metric in registry.collect()}
    engine.dispose()
    return found


def test_every_metric_is_documented_and_no_other(metrics: dict[str, Metric]) -> None:
    """Each has its row with a meaning; rules and texts name only those that there are."""
    assert len(metrics) > 15
    rows = {name for name in ROWS if name.startswith("clienteling_")}
    assert rows == set(metrics)
    named = set(re.findall(r"clienteling_\w+", TEXT))
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in named} <= set(metrics)
    for name in metrics:
        _, meaning, remedy = cells(name)
        assert len(meaning) > 10, name
        assert len(remedy) > 10, name


def test_every_label_is_documented() -> None:
    """Each metric's row names its labels, and for labels of few values each of these."""
    registry = CollectorRegistry()
    made = Metrics(registry)
    for metric in vars(made).values():
        name = metric._name if metric._type != "counter" else f"{metric._name}_total"
        labels = cells(name)[0]
        assert re.findall(r"`(\w+)`", labels) == list(metric._labelnames), name
    assert all(cause in ROWS["clienteling_cache_rebuilds_total"] for cause in get_args(Rebuilt))
    assert all(f" {name}," in ROWS["clienteling_devices"] for name in WITHIN)
    source = Path(proof.__file__).read_text() + Path(proof.__file__).with_name("auth.py").read_text()
    reasons = set(re.findall(r'BadProof\(reason="(\w+)"', source))
    assert len(reasons) > 5
    assert all(reason in ROWS["clienteling_proofs_refused_total"] for reason in reasons)


def test_every_setting_named_exists() -> None:
    """No line of it, examples included, sets or explains a variable that nobody reads."""
    known = {f"CLIENTELING_{name.upper()}" for cls in (ServerSettings, TabletSettings) for name in cls.model_fields}
    named = set(re.findall(r"CLIENTELING_[A-Z_]+", TEXT))
    assert named - known == set()
    for name in ("workers", "database_connections", "metrics_port", "metrics_host", "otlp_url", "trace_share"):
        assert f"CLIENTELING_{name.upper()}" in ROWS


def test_every_field_of_the_status_is_documented() -> None:
    """In the words of its description; so is every message there may be."""
    for name, field in Report.model_fields.items():
        assert ROWS[name].startswith(f"| `{name}` | {field.description}"), name
    told = Path(__file__).resolve().parents[2] / "sync" / "client" / "types.py"
    codes = re.search(r"Codes of what staff should know: (.*?)\.\"\"\"", told.read_text(), re.DOTALL)
    assert codes is not None
    assert SyncStatus.__annotations__["messages"] == tuple[str, ...]
    for code in re.findall(r"`(\w+)`", codes[1]):
        assert f"`{code}`" in ROWS["messages"], code


def test_every_command_named_exists() -> None:
    """`clienteling ...` in the text is a command of the command line."""
    for words in set(re.findall(r"clienteling ((?:admin |sync )?[a-z-]+)", TEXT)) - {"sync status"}:
        command = get_command(app)
        for word in words.split():
            commands = getattr(command, "commands", {})
            assert word in commands, words
            command = commands[word]


def test_the_examples_can_be_read() -> None:
    """What is YAML is YAML, and the compose file starts the house twice with one worker beside it."""
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)]
    compose = next(block for block in blocks if "services" in block)
    assert compose["services"]["one"] == compose["services"]["two"]
    assert compose["services"]["worker"]["command"].endswith('clienteling worker"')
    assert len(blocks) == 3
