"""`make demo`: the letters of one case written, two PDFs checked, all of it found again; into ./demo-out.

It only calls the command line, and shows each call, so that what it does can be typed by hand.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = Path("demo-out")
COMMAND = (sys.executable, "-m", "objection_docs")
KINDS = ("objection_notice", "acknowledgement", "disposition_reply", "complaint")
CASE = "HT-2026-018"


def call(*words: str, into: Path | None = None, good: tuple[int, ...] = (0,)) -> None:
    """Show a call of the command line, then do it."""
    print("\n$ objection-docs", *words, *([">", into] if into else []), flush=True)
    run = subprocess.run([*COMMAND, *words], stdout=subprocess.PIPE if into else None, check=False)
    if into:
        into.write_bytes(run.stdout)
    if run.returncode not in good:
        sys.exit(f"that ended with {run.returncode}")


def main() -> None:
    office = any(map(shutil.which, ("soffice", "libreoffice")))
    OUT.mkdir(exist_ok=True)
    shutil.rmtree(OUT / "home", ignore_errors=True)  # each demo starts with an empty log
    os.environ["OBJECTION_DOCS_HOME"] = str(OUT / "home")

    print("1. Four letters of one case: facts as JSON, then Word" + (" and PDF" if office else ""))
    for kind in KINDS:
        facts = OUT / f"{kind}.json"
        call("facts", kind, into=facts)
        call("generate", kind, str(facts), "-o", str(OUT / f"{kind}.docx"), "--case", CASE)
        if office:
            call("generate", kind, str(facts), "-o", str(OUT / f"{kind}.pdf"), "--no-log")

    print("\n2. A letter that lacks things, and one of our own: checked")
    call("check", os.path.relpath(HERE / "deficient_notice.pdf"), "--case", CASE, good=(1,))
    call("check", str(OUT / f"objection_notice.{'pdf' if office else 'docx'}"), "--case", CASE)

    print("\n3. All of it found again in the log")
    call("log", "search", "恒泰")
    call("log", "verify")

    print(f"\nWritten to {OUT}/:")
    print(*(f"  {path.name}" for path in sorted(OUT.iterdir()) if path.suffix in (".docx", ".pdf")), sep="\n")
    if not office:
        print("LibreOffice is not here, so there are no PDFs: sudo apt-get install libreoffice-writer-nogui")


if __name__ == "__main__":
    main()
