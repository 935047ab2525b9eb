"""`python -m tests.advisories`: asks PyPI whether a version in the lock file has a known weakness; part of `make lint`.

Ends with 0 only where every package was asked about and none has one. Where the advisories cannot be had (no network, or a mirror
that has none), nothing is known, and that is said: silence would look like safety.
"""

import json
import subprocess
import sys
from pathlib import Path

ASK = ("-r", "requirements.lock", "--disable-pip", "--progress-spinner", "off", "-f", "json")


def told(found: str) -> tuple[int, str]:
    """Return the exit status and what to say, of pip-audit's JSON; of anything else that there is no answer."""
    try:
        packages = json.loads(found)["dependencies"]
    except (ValueError, KeyError, TypeError):
        packages = []
    asked = [each for each in packages if "skip_reason" not in each]
    weak = [
        f"{each['name']} {each['version']}: {weakness['id']}, mended in {', '.join(weakness['fix_versions']) or 'no version yet'}"
        for each in asked
        for weakness in each["vulns"]
    ]
    unknown = len(packages) - len(asked)
    if weak:
        return 1, "\n".join(weak)
    if not asked or unknown:
        return 2, (
            f"pip-audit: of {len(packages)} packages {len(asked)} could be asked about. Without PyPI's advisories nothing is"
            " known of the others: run `make audit` where https://pypi.org/pypi/<package>/<version>/json can be reached."
        )
    return 0, f"pip-audit: {len(asked)} packages, none with a known weakness."


def main() -> int:
    done = subprocess.run(
        [Path(sys.executable).with_name("pip-audit"), *ASK], capture_output=True, text=True, check=False
    )
    status, words = told(done.stdout)
    print(words, file=sys.stderr if status else sys.stdout)
    return status


if __name__ == "__main__":
    sys.exit(main())
