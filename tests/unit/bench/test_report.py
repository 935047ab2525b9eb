"""The report says what was measured and nothing else: no verdict without figures, the worst one for each workload."""

import json
from pathlib import Path

import pytest

from tests.bench.sync.chart import chart
from tests.bench.sync.measure import Figures, Measure, collect
from tests.bench.sync.peers.base import PeerFailed
from tests.bench.sync.report import judge, verdicts, write
from tests.bench.sync.targets import TARGETS, WORKLOADS, Key


def figures(**seconds: float) -> Figures:
    made = Figures()
    for side, value in seconds.items():
        made.samples[Key("W1b", "50000", side)] = [value, value * 9, value]
    return made


def test_a_workload_is_met_only_where_all_its_targets_are() -> None:
    """Fast enough beside one side and too slow beside another is missed, and that one is named."""
    line = next(line for line in verdicts(judge(figures(ours=1.0, L2=0.79, zero=40.0))) if line.startswith("W1b"))
    assert line.startswith("W1b 0.79 >=0.8 missed (x L2")
    line = next(line for line in verdicts(judge(figures(ours=1.0, L2=0.81, zero=40.0))) if line.startswith("W1b"))
    assert line.startswith("W1b 0.81 >=0.8 met")


def test_what_was_not_measured_is_not_met() -> None:
    """Without any figure there is no verdict; with some, the missing ones are counted."""
    assert list(verdicts(judge(Figures()))) == [f"{name} - - not measured" for name in WORKLOADS]
    line = next(line for line in verdicts(judge(figures(ours=1.0, L2=2.0))) if line.startswith("W1b"))
    assert line.endswith("1 of 2 not measured)")


def test_a_share_is_met_from_below() -> None:
    """Where ours may be at most a share of another, less is better."""
    made = Figures({Key("W3", "p50", "ours"): [0.6], Key("W3", "p50", "zero"): [1.0]})
    judged = {one.target.words: one.verdict for one in judge(made)}
    assert judged["of zero, p50"] == "met"
    made.samples[Key("W3", "p50", "ours")] = [0.71]
    assert {one.target.words: one.verdict for one in judge(made)}["of zero, p50"] == "missed"


def test_a_side_that_fails_is_named_and_the_others_go_on() -> None:
    """A peer that breaks in the second round has no further turn; why is kept."""
    turns = {"peer": 0, "ours": 0, "rest": 0}

    def breaks() -> dict[str, float]:
        turns["peer"] += 1
        if turns["peer"] == 2:
            raise PeerFailed("gone")
        return {"50000": 1.0}

    def works() -> dict[str, float]:
        turns["ours"] += 1
        return {"50000": 1.0}

    def rest() -> None:
        turns["rest"] += 1

    made = Figures()
    collect(made, "W1", [Measure("W1", "zero", breaks), Measure("W1", "ours", works)], 4, rest)
    assert turns == {"peer": 2, "ours": 4, "rest": 2 + 4}
    assert made.failed == {("W1", "zero"): "gone"}


def test_the_file_holds_every_figure_and_target(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`sync.json` has the samples, every target with its verdict, and the lines that were printed."""
    write(figures(ours=1.0, L2=0.9, zero=5.0), {"zero": "1.0"}, tmp_path, quick=False)
    document = json.loads((tmp_path / "sync.json").read_text())
    assert len(document["targets"]) == len(TARGETS)
    assert document["figures"][0]["samples"] == [1.0, 9.0, 1.0]
    assert capsys.readouterr().out.splitlines()[-len(WORKLOADS) :] == document["verdicts"]
    assert (tmp_path / "sync.svg").read_text().count("<rect") == 1 + 3


def test_a_chart_of_nothing_is_a_chart() -> None:
    """A run of workloads without seconds still leaves a file that opens."""
    assert chart(Figures()).startswith("<svg")
