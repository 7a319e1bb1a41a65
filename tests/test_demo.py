"""`make demo` does what the README promises."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("objection_notice", "acknowledgement", "disposition_reply", "complaint")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The folder in which the demo ran, and what it said."""
    place = tmp_path_factory.mktemp("demo")
    run = subprocess.run(
        [sys.executable, ROOT / "examples" / "demo.py"],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return place / "demo-out", run.stdout


def test_the_four_letters_are_written_as_word_and_pdf(demo):
    out, _ = demo
    for kind in KINDS:
        assert (out / f"{kind}.docx").read_bytes().startswith(b"PK")
        assert (out / f"{kind}.pdf").read_bytes().startswith(b"%PDF")


def test_a_complete_and_a_deficient_letter_are_told_apart(demo):
    _, said = demo
    assert "deficient_notice.pdf：不完整" in said
    assert "demo-out/objection_notice.pdf：完整" in said


def test_all_of_it_is_found_again(demo):
    _, said = demo
    found = said.split("$ objection-docs log search 恒泰")[1].split("$")[0]
    assert all(f"{label}.docx" in found for label in ("异议通知", "确认函", "处理回复", "投诉书"))
    assert "deficient_notice.pdf" in found
    assert "日志完好" in said
