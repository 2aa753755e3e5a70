"""Messages show what is in a name, and nothing in a name changes how a message is shown."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from reversal.cli.main import main
from reversal.errors import ProgramError, Refusal, bugs_as_refusals, nearest, printable
from reversal.experiment.step_settings import ReadingSettings
from reversal.recordings.ingest_cell import ingest_cell

HOSTILE = "a\u202egpj\u200e\x1b[2J\u2066b\u2028\ufeff\x9b\udcff.abf"
SHOWN = r"a\u202egpj\u200e\x1b[2J\u2066b\u2028\ufeff\x9b\udcff.abf"


def test_marks_and_controls_are_shown_as_escapes() -> None:
    assert printable(HOSTILE) == SHOWN


@pytest.mark.parametrize(
    "text",
    ["20 °C, 3 µA, 5\u202fmM", "ניסוי-1.abf", "تجربة.abf", "می\u200cخواهم", "細胞.abf", "one\ntwo\tthree", "e\u0301"],
)
def test_ordinary_text_of_any_language_stays(text: str) -> None:
    assert printable(text) == text


def test_a_name_cannot_begin_a_new_line_of_a_message() -> None:
    refused = Refusal("the file is empty", file="a\nERROR b.abf", place="row\t2", remedy="first\nsecond")
    assert str(refused) == "a\\nERROR b.abf, row\\t2: the file is empty. First\nsecond."
    assert refused.file == "a\nERROR b.abf"


@pytest.fixture
def refused_file(tmp_path: Path) -> Path:
    path = tmp_path / "a\u202egpj.abf"
    path.write_bytes(b"no recording")
    return path


@pytest.mark.parametrize("command", ["inspect", "survey", "scan", "check"])
def test_the_name_of_a_refused_recording_is_escaped_on_the_terminal(
    command: str, refused_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(refused_file.parent)
    main(["init", "."])
    config = Path("config/config.yaml")
    config.write_text(config.read_text(encoding="utf-8").replace("data/raw", "."), encoding="utf-8")
    sheet = Path("config/recordings.tsv")
    columns = sheet.read_text(encoding="utf-8").splitlines()[0].split("\t")
    known = {"recording": "r", "cell": "c", "file": refused_file.name, "bath": "none"}
    sheet.write_text("\n".join("\t".join(line) for line in (columns, [known.get(one, "") for one in columns])) + "\n")
    words = {"inspect": [str(refused_file)], "survey": ["."], "scan": [], "check": []}[command]
    capsys.readouterr()
    main([command, *words])
    shown = "".join(capsys.readouterr())
    assert "\u202e" not in shown
    if command in ("inspect", "survey"):
        assert "a\\u202egpj.abf" in shown


def test_the_name_of_a_refused_recording_is_escaped_in_the_log(
    refused_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = ReadingSettings.model_validate(
        {"cell": "c", "raw_dir": str(refused_file.parent), "files": {"r": {"file": refused_file.name}}}
    )
    with caplog.at_level(logging.WARNING, "reversal"):
        (found,) = ingest_cell(settings)
    assert "a\\u202egpj.abf" in (found.failure or "")
    assert "a\\u202egpj.abf" in caplog.text
    assert "\u202e" not in caplog.text


class Thing:
    """Shown by Python with its address in memory."""


def test_a_bug_is_named_with_its_place_and_the_same_in_every_run() -> None:
    sentences = set()
    for _ in range(2):
        with pytest.raises(ProgramError) as found, bugs_as_refusals():
            nearest(Thing(), ["a"])  # type: ignore[arg-type]
        sentences.add(str(found.value))
        assert isinstance(found.value.__cause__, AttributeError)
    (sentence,) = sentences
    assert sentence.startswith("this program has an error here: AttributeError: 'Thing' object has no attribute")
    assert ", in errors.py, line " in sentence
    with pytest.raises(ProgramError, match=r"KeyError: <tests\S+ object>\. Please report it\.$"), bugs_as_refusals():
        raise KeyError(Thing())


@pytest.mark.parametrize("fault", [Refusal("no"), OSError(28, "disk full"), MemoryError(), KeyboardInterrupt()])
def test_what_is_no_bug_of_one_recording_is_not_taken_for_one(fault: BaseException) -> None:
    with pytest.raises(type(fault)) as found, bugs_as_refusals():
        raise fault
    assert found.value is fault


def test_bugs_are_caught_only_where_one_recording_or_one_cell_ends() -> None:
    """Elsewhere a bug would be taken for a fault of the data."""
    package = Path(printable.__code__.co_filename).parent
    callers = [path for path in package.rglob("*.py") if "with bugs_as_refusals" in path.read_text(encoding="utf-8")]
    assert sorted(path.relative_to(package).as_posix() for path in callers) == [
        "cli/trial.py",
        "fit/fit_cell.py",
        "measure/measure_cell.py",
        "recordings/dependencies.py",
        "recordings/read_recording.py",
        "recordings/recording/store.py",
        "recordings/survey.py",
        "steps/example_of_night.py",
    ]
