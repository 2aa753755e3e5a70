"""The project, where files go, and the functions that give inputs and params."""

import os
import shlex
import sys
from pathlib import Path

from reversal.errors import Refusal
from reversal.experiment.project import load_project
from reversal.steps.rerun_digest import digest_of_script
from reversal.steps.last_lines import last_lines

# Jobs run beside each other, and their matrices are small: more threads each would only wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Snakemake hands its Python to the shell as it is; a folder with a space in its name needs quotes.
sys.executable = shlex.quote(sys.executable)

try:
    project = load_project(config)
except Refusal as refusal:
    raise WorkflowError(f"nothing was run:\n{refusal}") from None


wildcard_constraints:
    cell="[A-Za-z0-9_][A-Za-z0-9._-]*",


def results(path):
    """Path below the folder of tables; braces of the folder's own name are kept from being wildcards."""
    return _below(project.configuration.results_dir, path)


def reports(path):
    """Path below the folder of pages and figures."""
    return _below(project.configuration.reports_dir, path)


def logs(path):
    """Path below the folder of logs."""
    return results(f"logs/{path}")


def _below(folder, path):
    escaped = str(folder).replace("{", "{{").replace("}", "}}")
    return f"{escaped}/{path}"


def reading_of_cell(wildcards):
    """What ingest of the cell depends on, as JSON; size and time of the recordings are in it.

    The recordings are no inputs of the rule: their names may hold anything, wildcards and variables too.
    """
    return project.reading_settings(wildcards.cell).model_dump_json(by_alias=True)


def measuring_of_cell(wildcards):
    """What measurement of the cell depends on, as JSON."""
    return project.measuring_settings(wildcards.cell).model_dump_json(by_alias=True)


def fitting_of_cell(wildcards):
    """What the fits of the cell depend on, as JSON."""
    return project.fitting_settings(wildcards.cell).model_dump_json(by_alias=True)


def reporting_of_cell(wildcards):
    """What the page of the cell depends on beside the tables, as JSON."""
    return project.reporting_settings(wildcards.cell).model_dump_json(by_alias=True)


def digest_of_cell(wildcards):
    """The configuration's hash of the cell's page."""
    return project.digest_of(wildcards.cell)


def code_digest(name):
    """Hash of the package's code that a script uses; worked out only for the jobs that are looked at."""
    script = Path(workflow.basedir, "workflow", "scripts", f"{name}.py")

    def digest(wildcards):
        return digest_of_script(script)

    return digest


def tables_of_cell(*names):
    """Files of tables of one cell, by name."""
    return {name: results(f"cells/{{cell}}/{name}.csv") for name in names}


def tables_of_every_cell(*names):
    """Files of tables of every cell, by name."""
    return {
        name: expand(file, cell=project.cells)
        for name, file in tables_of_cell(*names).items()
    }


def tables_of_cohort(*names):
    """Files of tables of the cohort, by name."""
    return {name: results(f"cohort/{name}.csv") for name in names}


def cohort_settings():
    """What the cohort depends on beside the cells' own results, as JSON."""
    return project.cohort_settings().model_dump_json()


def strict_verdict():
    """The target that fails when a recording failed, where the configuration is strict."""
    return [results("cohort/strict.txt")] if project.configuration.strict else []


def last_words():
    """Say what failed and where the morning page is."""
    configuration = project.configuration
    print(
        last_lines(configuration.results_dir, configuration.reports_dir),
        file=sys.stderr,
    )


def words_of_an_error():
    """Say that the run is not whole: a step ended with an error, which is no fault of a recording."""
    print(
        f"Not whole: a step ended with an error (above, and in {logs('')}).",
        file=sys.stderr,
    )
