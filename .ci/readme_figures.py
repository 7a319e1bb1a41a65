"""`make figures`: runs what the READMEs show the outcome of, and writes it between their markers.

`python .ci/readme_figures.py report accuracy` does those two only.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh.md")
BIN = Path(sys.executable).parent
LETTER = "examples/deficient_notice.pdf"
#: Marker → the command, the exit codes that are an outcome, and whether it is a terminal's output or a table already.
SHOWN = {
    "report": ([BIN / "objection-docs", "check", LETTER, "--no-log"], (1,), True),
    "accuracy": ([sys.executable, "tests/accuracy.py", "--kinds-only"], (0,), False),
    "pairs": ([sys.executable, "tests/pairs_accuracy.py"], (0,), False),
    "bench": ([sys.executable, "-m", "bench"], (0, 1), False),
}


def outcome(name: str) -> str:
    command, good, verbatim = SHOWN[name]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False)
    if run.returncode not in good:
        raise SystemExit(f"{name}: ended with {run.returncode}")
    return f"```\n{run.stdout.strip()}\n```" if verbatim else run.stdout.strip()


def fill(text: str, name: str, shown: str) -> str:
    """`text` with `shown` between the markers of `name`."""
    between = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
    filled, count = between.subn(lambda _: f"{shown}\n", text)
    if count != 1:
        raise SystemExit(f"the markers of {name} stand {count} times")
    return filled


def main() -> None:
    for name in sys.argv[1:] or SHOWN:
        shown = outcome(name)
        for readme in READMES:
            path = ROOT / readme
            path.write_text(fill(path.read_text("utf-8"), name, shown), "utf-8")
        print(f"{name}: written into {' and '.join(READMES)}")


if __name__ == "__main__":
    main()
