"""Lapse and return scores of our rules beside recency alone and BG/NBD: `make bench-signals`.

Prints tables and writes `build/bench/signals.json`. Nothing here is asserted: a benchmark measures.
"""

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.signals import bgnbd
from tests.bench.signals.auc import area, chosen, difference
from tests.bench.signals.histories import cdnow, figures, made
from tests.bench.signals.questions import Question, questions


def answered(question: Question) -> Iterator[dict[str, Any]]:
    """Yield a row for each score; how the first (ours) differs from it stands beside. `chosen` is the share to whom it
    happened of the first people by this score, as many as our rule proposes, where it does not propose everybody."""
    ours, *_ = question.scores.values()
    proposed = int(np.count_nonzero(ours))
    for name, scores in question.scores.items():
        yield {
            "data": question.data,
            "question": question.name,
            "people": len(question.happened),
            "happened": int(question.happened.sum()),
            "score": name,
            "auc": area(scores, question.happened),
            "ours_more": None if scores is ours else difference(ours, scores, question.happened),
            "proposed": proposed,
            "chosen": chosen(scores, question.happened, proposed) if 0 < proposed < len(ours) else None,
        }


def check_fit(folder: Path) -> dict[str, Any] | None:
    """Fit BG/NBD to the customers of whom the published fit speaks."""
    sample = cdnow(folder, sample=True)
    if sample is None:
        return None
    people = figures([h.until(sample.today) for h in sample.people], sample.today)
    fit = bgnbd.fitted(people)
    return {
        "customers": len(sample.people),
        "fit": fit._asdict(),
        "log_likelihood": bgnbd.log_likelihood(fit, people),
        "published": bgnbd.PUBLISHED._asdict(),
        "log_likelihood_of_published": bgnbd.log_likelihood(bgnbd.PUBLISHED, people),
    }


def main() -> None:
    ask = argparse.ArgumentParser(prog="python -m tests.bench.signals", description=__doc__)
    ask.add_argument("--histories", type=Path, default=Path("build/histories"), help="folder that has the public files")
    folder = ask.parse_args().histories
    began = time.process_time()
    checked, public = check_fit(folder), cdnow(folder)
    if checked is None or public is None:
        print(f"no public history under {folder}: only the made one is measured\n")
    else:
        fit = ", ".join(f"{name} {value:.3f}" for name, value in checked["fit"].items())
        print(
            f"BG/NBD on the {checked['customers']:,} of CDNOW's sample: {fit}; log-likelihood {checked['log_likelihood']:.1f}"
        )
        print(f"published: {', '.join(f'{name} {value}' for name, value in checked['published'].items())}; -9582.4\n")
    rows: list[dict[str, Any]] = []
    for data in filter(None, (made(), public)):
        for question in questions(data):
            found = list(answered(question))
            _show(found)
            rows += found
    out = Path("build/bench/signals.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps({"fit": checked, "rows": rows}, indent=1))
    print(f"{time.process_time() - began:.0f} s of processor time; {out}")


def _show(rows: list[dict[str, Any]]) -> None:
    first = rows[0]
    share = first["happened"] / first["people"]
    print(
        f"{first['data']}, {first['question']}: {first['people']:,} people, {share:.1%}; ours proposes {first['proposed']:,}"
    )
    print("| score | AUC (95 %) | ours more by (95 %) | of as many as ours proposes |")
    print("| --- | --- | --- | --- |")
    for row in rows:
        more = "" if row["ours_more"] is None else "{:+.3f} ({:+.3f} to {:+.3f})".format(*row["ours_more"])
        of_chosen = "" if row["chosen"] is None else "{:.1%} ({:.1%}-{:.1%})".format(*row["chosen"])
        value, low, high = row["auc"]
        print(f"| {row['score']} | {value:.3f} ({low:.3f}-{high:.3f}) | {more} | {of_chosen} |")
    print()


if __name__ == "__main__":
    main()
