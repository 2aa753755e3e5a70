"""The code digest of a step: every import form counts, what is only near or only for type checkers does not."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import reversal
from reversal.steps.rerun_digest import PACKAGE, code_files, files_of_step

Plant = Callable[..., ModuleType]


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Write a package of the given files and return the code digest that lives in it."""

    def made(**files: str) -> ModuleType:
        package = tmp_path / PACKAGE.name
        for place in ("physics", "reference", "report/templates", "steps"):
            (package / place).mkdir(parents=True, exist_ok=True)
        for name in (
            "__init__.py",
            "errors.py",
            "physics/__init__.py",
            "physics/ghk_constant_field.py",
            "physics/nernst.py",
        ):
            (package / name).write_text("", encoding="utf-8")
        for name, text in files.items():
            (package / name).write_text(text, encoding="utf-8")
        code = package / "steps" / "rerun_digest.py"
        code.write_bytes((PACKAGE / "steps" / "rerun_digest.py").read_bytes())
        spec = importlib.util.spec_from_file_location("planted_code_digest", code)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return made


def used(digest: ModuleType, folder: Path, script: str) -> set[str]:
    """Files of the planted package that a script uses."""
    path = folder / "script.py"
    path.write_text(script, encoding="utf-8")
    return {file.relative_to(digest.PACKAGE).as_posix() for file in digest.code_files(path)}


@pytest.mark.parametrize(
    "script",
    [
        "import reversal.physics.ghk_constant_field",
        "import reversal.physics.ghk_constant_field as g",
        "from reversal.physics import ghk_constant_field",
        "from reversal.physics.ghk_constant_field import current as c",
        "def later():\n    from reversal.physics import ghk_constant_field\n",
        "class A:\n    def b(self):\n        if self:\n            import os, reversal.physics.ghk_constant_field\n",
        "try:\n    import fast\nexcept ImportError:\n"
        "    from reversal.physics import (\n        ghk_constant_field,\n    )\n",
        "if TYPE_CHECKING:\n    import os\nelse:\n    import reversal.physics.ghk_constant_field\n",
        "if not TYPE_CHECKING:\n    import reversal.physics.ghk_constant_field\n",
        "match a:\n    case 1:\n        with b:\n            import reversal.physics.ghk_constant_field\n",
    ],
)
def test_every_form_of_import_counts(plant: Plant, tmp_path: Path, script: str) -> None:
    assert used(plant(), tmp_path, script) == {"__init__.py", "physics/__init__.py", "physics/ghk_constant_field.py"}


@pytest.mark.parametrize("guard", ["TYPE_CHECKING", "typing.TYPE_CHECKING"])
def test_an_import_for_type_checkers_does_not_count(plant: Plant, tmp_path: Path, guard: str) -> None:
    assert (
        used(
            plant(),
            tmp_path,
            f"if {guard}:\n    from reversal.physics import ghk_constant_field\nimport numpy, reversals",
        )
        == set()
    )


def test_imports_are_followed_relative_ones_and_circles_too(plant: Plant, tmp_path: Path) -> None:
    package = {
        "physics/ghk_constant_field.py": "from . import nernst\nfrom ..errors import Refusal\n",
        "physics/nernst.py": "from .ghk_constant_field import current\n",
    }
    modules = {"__init__.py", "errors.py", "physics/__init__.py", "physics/ghk_constant_field.py", "physics/nernst.py"}
    assert used(plant(**package), tmp_path, "import reversal.physics.ghk_constant_field") == modules


def test_a_data_file_counts_for_the_module_that_names_it(plant: Plant, tmp_path: Path) -> None:
    package = {
        "reference/ions.tsv": "K 1",
        "reference/junctions.tsv": "named nowhere",
        "physics/ghk_constant_field.py": 'ROWS = HERE / "ions.tsv"\n',
    }
    digest = plant(**package)
    packages = {"__init__.py", "physics/__init__.py"}
    assert used(digest, tmp_path, "from reversal.physics.ghk_constant_field import a") == {
        *packages,
        "physics/ghk_constant_field.py",
        "reference/ions.tsv",
    }


def test_a_template_counts_with_the_templates_that_it_names(plant: Plant, tmp_path: Path) -> None:
    package = {
        "report/templates/page.j2": '{% include "style.j2" %}',
        "report/templates/style.j2": "body {}",
        "report/templates/other.j2": "",
        "report/templates/page.typ": "#sys.inputs",
        "errors.py": 'render("templates/page.j2"); typeset("page.typ")',
    }
    templates = {"report/templates/page.j2", "report/templates/style.j2", "report/templates/page.typ"}
    assert used(plant(**package), tmp_path, "import reversal.errors") == {"__init__.py", "errors.py", *templates}


def test_the_digest_changes_with_a_file_that_is_used_and_with_no_other(plant: Plant, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import reversal.physics.ghk_constant_field", encoding="utf-8")
    first = plant().digest_of_script(script)
    assert plant(**{"physics/nernst.py": "# other"}).digest_of_script(script) == first
    assert plant(**{"physics/ghk_constant_field.py": "# other"}).digest_of_script(script) != first
    assert plant(**{"physics/__init__.py": "# other"}).digest_of_script(script) != first


def test_of_modules_that_hold_wording_only_the_code_counts(plant: Plant) -> None:
    def digest_of(text: str, *, as_wording: bool) -> str:
        digest = plant(**{"errors.py": text})
        file = digest.PACKAGE / "errors.py"
        found: str = digest.digest_of_code([file], [file] if as_wording else [])
        return found

    first, reworded, changed = (
        "A = f(says='a', severity=NOTE)",
        "A = f(says='b', severity=NOTE)  # c",
        "A = f(says='a')",
    )
    assert digest_of(first, as_wording=True) == digest_of(reworded, as_wording=True)
    assert digest_of(first, as_wording=True) != digest_of(changed, as_wording=True)
    assert digest_of(first, as_wording=False) != digest_of(reworded, as_wording=False)


def test_docstrings_and_comments_do_not_count_as_code(plant: Plant) -> None:
    def digest_of(text: str) -> str:
        digest = plant(**{"errors.py": text})
        found: str = digest.digest_of_code([digest.PACKAGE / "errors.py"])
        return found

    first = '"""One."""\nA = 1  # a\n"""Of A."""\ndef f() -> str:\n    """Two."""\n    return "x"\n'
    reworded = '"""Another\ntext."""\n\n# more\nA = 1  # a\ndef f() -> str:\n    """Three."""\n    return "x"\n'
    assert digest_of(first) == digest_of(reworded)
    assert digest_of(first) != digest_of(first.replace("A = 1", "A = 2"))
    assert digest_of(first) != digest_of(first.replace('"x"', '"y"'))


def test_every_data_file_of_the_package_is_named_by_a_module(tmp_path: Path) -> None:
    """A file that nothing names would be read under a name put together at run time, which the digest cannot see."""
    everything = tmp_path / "everything.py"
    modules = [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in PACKAGE.rglob("*.py")]
    everything.write_text("\n".join(f"import {name}" for name in modules), encoding="utf-8")
    data = {path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    not_code = {PACKAGE / "py.typed", PACKAGE / "reference" / "README.md"}
    not_code |= {path for path in (PACKAGE / "cli" / "project").iterdir() if path.suffix != ".tsv"}  # no step reads it
    assert data - not_code == code_files(everything)


def test_nothing_is_imported_by_a_name_put_together_at_run_time() -> None:
    """Except the functions for notebooks, which ``import reversal`` offers and the package itself does not use."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node, "attr", getattr(node, "id", None))
            assert name not in ("import_module", "__import__", "exec_module") or path == PACKAGE / "__init__.py", path
            if isinstance(node, ast.ImportFrom) and node.module == "reversal":
                assert not {alias.name for alias in node.names} & {*reversal.__all__}, path


@pytest.mark.parametrize(
    ("step", "used", "unused"),
    [
        ("ingest", {"recordings"}, {"measure", "fit", "report", "atlas", "cli", "simulate", "reference"}),
        ("measure", {"measure", "recordings"}, {"fit", "report", "atlas", "cli", "simulate", "reference"}),
        ("fit", {"fit", "physics"}, {"measure", "recordings", "report", "atlas", "cli", "simulate"}),
        ("report", {"report", "tables"}, {"measure", "fit", "atlas", "cli", "simulate", "reference"}),
    ],
)
def test_a_step_depends_on_the_floors_it_uses(step: str, used: set[str], unused: set[str]) -> None:
    floors = {file.relative_to(PACKAGE).parts[0] for file in files_of_step(step)}
    assert used <= floors
    assert not unused & floors


@pytest.mark.parametrize(
    ("script", "used", "unused"),
    [
        ("measure_cells", {"recordings", "measure", "fit"}, {"report", "atlas", "cli", "simulate", "reference"}),
        ("report_cells", {"report", "tables"}, {"measure", "fit", "atlas", "cli", "simulate", "reference"}),
        ("atlas_sections", {"atlas", "report", "reference"}, {"measure", "fit", "cli", "recordings"}),
        ("atlas", {"atlas", "report", "tables"}, {"measure", "fit", "cli", "reference"}),
    ],
)
def test_a_script_depends_on_the_floors_it_uses(root: Path, script: str, used: set[str], unused: set[str]) -> None:
    floors = {file.relative_to(PACKAGE).parts[0] for file in code_files(root / f"workflow/scripts/{script}.py")}
    assert used <= floors
    assert not unused & floors


def test_the_steps_of_a_job_use_every_file_of_its_script(root: Path) -> None:
    """Otherwise a change runs the job again, but none of its steps."""
    names = ("__init__", "step_record", "step_log", "run_lock", "cell_files", "finished_jobs")
    own = {PACKAGE / f"steps/{name}.py" for name in names}
    for script, steps in (("measure_cells", ("ingest", "measure", "fit")), ("report_cells", ("report",))):
        of_steps = set().union(*map(files_of_step, steps))
        files = code_files(root / f"workflow/scripts/{script}.py")
        assert files - of_steps <= own


def test_a_page_depends_on_its_own_template_only(root: Path) -> None:
    files = code_files(root / "workflow" / "scripts" / "report_cells.py")
    templates = {file.name for file in files if file.suffix in (".j2", ".js")}
    shared = {"base.html.j2", "parts.html.j2", "style.css.j2"}
    assert templates == {"cell.html.j2", "viewer.html.j2", "cell.js", *shared}
