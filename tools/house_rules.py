"""Rules of ours that no linter knows: file sizes, and that time, ids and chance come from `kit`.

python tools/house_rules.py        prints what is broken, exits 1
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES = {".py": 400, ".ts": 250, ".tsx": 250}
#: Only kit/ may ask the machine for the time, an id or a number by chance.
FROM_KIT = re.compile(r"datetime\.now\(|\butcnow\(|\buuid[147]\(\)|\brandom\.random\(")
#: The command line stands where a page stands: it makes the ids of the messages it sends.
NOT_PRODUCT = ("kit/", "cli/", "tests/", "bench/", "tools/", "examples/")
#: Where tests of the running product look again at what nobody announces; all others wait for events.
LOOKS_AGAIN = "tests/stage.py"
SLEEP = re.compile(r"(?<![\w.])(?:time|asyncio)\.sleep\(")


def broken(path: str, text: str) -> Iterator[str]:
    """What is wrong with one file, a sentence each."""
    most = MOST_LINES.get(Path(path).suffix)
    count = text.count("\n")
    if most and count > most:
        yield f"{path}: {count} lines, at most {most}"
    if not path.endswith(".py"):
        return
    for number, line in enumerate(text.splitlines(), 1):
        if not path.startswith(NOT_PRODUCT) and FROM_KIT.search(line):
            yield f"{path}:{number}: time, ids and chance come from kit"
        if path.startswith("tests/") and path != LOOKS_AGAIN and SLEEP.search(line):
            yield f"{path}:{number}: a test waits for an event, it does not sleep"


def main() -> int:
    files = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = [name for name in files.stdout.splitlines() if Path(name).suffix in MOST_LINES and (ROOT / name).exists()]
    found = [sentence for name in names for sentence in broken(name, (ROOT / name).read_text(encoding="utf-8"))]
    print("\n".join(found) or f"house rules: {len(names)} files, nothing broken")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
