"""``reversal init`` makes the folder of a project: configuration, example solutions, empty sheet, .gitignore."""

from __future__ import annotations

import argparse
from importlib.resources import files
from pathlib import Path
from typing import Any

from reversal.errors import Refusal

WHERE = {  # file of the project, by its template
    "config.yaml": "config/config.yaml",
    "solutions.yaml": "config/solutions.yaml",
    "empty_sheet.tsv": "config/recordings.tsv",
    "gitignore": ".gitignore",
}


def add_init(subparsers: Any) -> None:
    """Add ``init`` to the subcommands of ``reversal``."""
    text = "make the folder of a project"
    init = subparsers.add_parser(
        "init",
        help=text,
        description=f"{text[0].upper()}{text[1:]}: configuration with comments, example solutions, empty recording "
        "sheet. It asks nothing and overwrites nothing.",
    )
    init.add_argument("folder", type=Path, nargs="?", default=Path(), help="folder of the project (default: this one)")
    init.add_argument("--recordings", type=Path, metavar="FOLDER", help="folder of the recordings (default: data/raw)")
    init.set_defaults(run=_init)


def _init(options: argparse.Namespace) -> int:
    raw_dir = "data/raw" if options.recordings is None else _quoted(_existing(options.recordings))
    made, kept = init_project(options.folder, raw_dir)
    for path in made:
        print(f"made {path}")
    for path in kept:
        print(f"kept {path}, which was there before")
    here = "" if options.folder.resolve() == Path.cwd() else f"cd {_shown(options.folder)}, "
    edit = "" if options.recordings else "put the recordings into data/raw or set raw_dir in config/config.yaml, "
    print(f"Next: {here}{edit}write your recipes into config/solutions.yaml, then: reversal scan")
    return 0


def init_project(folder: Path, raw_dir: str) -> tuple[list[Path], list[Path]]:
    """Write the files of a project that are not there. Returns the new files and those that were there before."""
    made: list[Path] = []
    kept: list[Path] = []
    for template, name in WHERE.items():
        path = folder / name
        text = (files("reversal.cli") / "project" / template).read_text(encoding="utf-8")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text.replace("{raw_dir}", raw_dir))
        except FileExistsError:
            if not path.is_file():
                raise Refusal("a part of the path is not what a project needs there", file=path) from None
            kept.append(path)
        except OSError as fault:
            raise Refusal("the project cannot be written", file=path, found=fault.strerror) from None
        else:
            made.append(path)
    return made, kept


def has_example_recipes(solutions: Path) -> bool:
    """Whether a file of solutions is that of a new project, which nobody has changed."""
    example = (files("reversal.cli") / "project" / "solutions.yaml").read_text(encoding="utf-8")
    try:
        return solutions.read_text(encoding="utf-8") == example
    except (OSError, ValueError):
        return False


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise Refusal("the folder of the recordings does not exist", file=folder)
    return folder.resolve()


def _quoted(path: Path) -> str:
    """A path as a text of YAML: within single quotation marks, only these have a meaning."""
    return "'" + path.as_posix().replace("'", "''") + "'"


def _shown(folder: Path) -> str:
    return f'"{folder}"' if " " in str(folder) else str(folder)
