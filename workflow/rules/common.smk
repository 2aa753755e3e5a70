"""Project, paths, and functions for inputs and params.

Snakemake takes braces in paths, and in params that are strings, for wildcards. Params that contain what a user wrote
are therefore functions, which Snakemake does not format, and folders with braces in their name are used through a link.
"""

import hashlib
import os
import shlex
import sys
import time
from dataclasses import fields
from functools import cache
from pathlib import Path

from reversal.errors import Refusal
from reversal.experiment.configuration import Configuration
from reversal.experiment.project import load_project
from reversal.experiment.step_settings import CellsToMeasure, CellsToReport
from reversal.recordings.dependencies import with_dependencies
from reversal.recordings.earlier_copy import was_read
from reversal.steps.batch_memory import memory_MB
from reversal.steps.batches import batches_of, forget_incomplete
from reversal.steps.cell_files import CellFiles
from reversal.steps.export_bundle import BundleSettings
from reversal.steps.finished_steps import date_to_now, forget_unfinished, is_interrupted, removed_files
from reversal.steps.last_lines import last_lines, lines_of_incomplete_run
from reversal.steps.lost_recordings import refuse_lost_recordings
from reversal.steps.news_of_run import end_news
from reversal.steps.nwb_export import NwbSettings
from reversal.steps.rerun_digest import digest_of_script, digest_of_step
from reversal.steps.run_log import begin_log, run_log
from reversal.steps.run_lock import announce_process, begin_run, end_with_run
from reversal.tables.results import Cohort

# Jobs run in parallel and their matrices are small: more than one thread per job would not be faster.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Snakemake passes the path of Python to the shell unquoted; a path with a space needs quotes.
sys.executable = shlex.quote(sys.executable)

# Another workflow may use this one as a module and give its files a prefix. Snakemake adds the prefix to outputs, not to
# the folders that jobs get as params.
declared_folders = {
    name: config.get(name, Configuration.model_fields[name].default)
    for name in ("results_dir", "reports_dir")
}
for name, folder in declared_folders.items():
    if isinstance(folder, (str, Path)):  # else it is refused below
        config[name] = workflow.modifier.path_modifier.replace_prefix(str(folder))

try:
    cells_per_job = config.pop("cells_per_job", None)
    project = load_project(config, has_copy=was_read)
    batches = batches_of(project.cells, cells_per_job)
    if workflow.is_main_process:
        refuse_lost_recordings(project)
        writes = begin_run(project.folders, sys.argv[1:])
        if writes:
            date_to_now(
                project.folders[0] / name for name in ("batches", "finished", "atlas")
            )
            forget_incomplete(project.folders, batches)
        events = begin_log(project.folders, batches, writes=writes)
    else:
        end_with_run()
        announce_process()
except Refusal as refusal:
    sys.exit(f"nothing was run:\n{refusal}")


wildcard_constraints:
    batch="[0-9]+",


def results(path):
    """Path in the folder of tables."""
    return _below("results_dir", path)


def reports(path):
    """Path in the folder of pages and figures."""
    return _below("reports_dir", path)


def logs(path):
    """Path in the folder of logs."""
    return results(f"logs/{path}")


def finished(step):
    """File that says that the files of a step for all cells are complete."""
    return results(f"finished/{step}")


def _below(name, path):
    braces = any(brace in str(config[name]) for brace in "{}")
    folder = _link_to(config[name]) if braces else declared_folders[name]
    return f"{folder}/{path}"


def _link_to(folder):
    """Absolute path without braces of a link to the folder; the folder is made if it does not exist."""
    target = Path(folder).absolute()
    target.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(str(target).encode()).hexdigest()[:16]
    link = Path(".snakemake", "folders", name).absolute()
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        try:
            link.symlink_to(target)
        except OSError as fault:  # on Windows, links need a permission
            sys.exit(
                f"nothing was run:\n{target}: braces in the name of a folder need a link here ({fault.strerror}); rename it"
            )
    return link


def folders(wildcards):
    """Folders of results and reports; a function, because their names may contain braces."""
    return [str(folder) for folder in project.folders]


@cache
def reading_of(cell):
    """Settings for reading the recordings of a cell, with every file that they need; two rules ask for them."""
    return with_dependencies(project.reading_settings(cell))


def batch_to_measure(wildcards):
    """What the tables of a batch of cells depend on, as JSON, with size and time of the recordings and all they need.

    The recordings are not inputs of the rule, because their names may contain any characters, even wildcards.
    """
    cells = [
        {
            "reading": reading_of(cell),
            "measuring": project.measuring_settings(cell),
            "fitting": project.fitting_settings(cell),
        }
        for cell in batches[wildcards.batch]
    ]
    code = {step: digest_of_step(step) for step in ("ingest", "measure", "fit")}
    return CellsToMeasure(cells=cells, code=code).model_dump_json(by_alias=True)


def memory_of_batch(wildcards, attempt):
    """Memory of a job of a batch [MB], from its largest recording and all it needs; more if it was not enough."""
    cells = batches[wildcards.batch]
    return attempt * memory_MB(reading_of(cell) for cell in cells)


def batch_to_report(wildcards):
    """What the pages of a batch of cells depend on, as JSON."""
    cells = [
        {
            "settings": project.reporting_settings(cell),
            "configuration_hash": project.digest_of(cell),
            "labels": project.labels,
        }
        for cell in batches[wildcards.batch]
    ]
    return CellsToReport(cells=cells, code=digest_of_step("report")).model_dump_json(
        by_alias=True
    )


def code_digest(name):
    """Hash of the package code that a script uses; computed only for the jobs that Snakemake considers."""
    script = Path(workflow.source_path(f"../scripts/{name}.py"))

    def digest(wildcards):
        return digest_of_script(script)

    return digest


def measured_batches():
    """What the tables of every batch were made from."""
    return expand(results("batches/{batch}.measured.json"), batch=batches)


def reported_batches():
    """What the pages of every batch were made from."""
    return expand(results("batches/{batch}.reported.json"), batch=batches)


def drawn_batches():
    """Lists of the figures of every batch as files."""
    return expand(reports("cell_figures/{batch}.json"), batch=batches)


def tables_of_cohort():
    """Paths of the tables of the cohort, by name."""
    names = [field.name for field in fields(Cohort)]
    return {name: results(f"cohort/{name}.csv") for name in names}


def cohort_for_atlas(wildcards):
    """Says that the tables of the cohort are finished; nothing if the atlas is made alone, which takes them as they are and measures nothing."""
    alone = set(workflow.dag_settings.targets) == {"atlas"}
    written = Path(project.folders[0], "cohort", "summary.json").is_file()
    wanted = not alone if workflow.is_main_process else written
    return [finished("cohort")] if wanted else []


def linked_atlas():
    """The atlas if the pages of the project link to it."""
    return [finished("atlas")] if project.configuration.atlas else []


def cohort_settings(wildcards):
    """Settings of the cohort, as JSON."""
    return project.cohort_settings().model_dump_json()


def nwb_settings(wildcards):
    """What the NWB files depend on, as JSON."""
    return NwbSettings.of(project).model_dump_json(by_alias=True)


def bundle_settings(wildcards):
    """Where the files of the bundle are, as JSON."""
    return BundleSettings.of(project).model_dump_json()


def removed(named_by):
    """Files of a finished step that were removed since, for a dry run; any other run has forgotten the step by then.

    named_by : rule without a job that names the files of the step
    """

    def names(wildcards):
        return removed_files(*step_of(getattr(rules, named_by)))

    return names


def interrupted(named_by):
    """A new value if the step is not finished. Else the files of an earlier run would suffice if only they are wanted."""

    def moment(wildcards):
        unfinished = is_interrupted(*step_of(getattr(rules, named_by)))
        return time.time_ns() if unfinished else 0

    return moment


def steps_of_all_cells():
    """For each step for all cells, the file that says that it is finished, and the files of the step."""
    named = (rules.cohort_files, rules.morning_files, rules.atlas_file, rules.bundle_file)
    return dict(map(step_of, named))


def step_of(named):
    """File that says that a step is finished, and the files of the step, from the rule that names them."""
    return Path(named.input[0]), [Path(file) for file in named.output]


def strict_verdict():
    """Target that fails if a recording failed; empty unless the configuration is strict."""
    return [results("cohort/strict.txt")] if project.configuration.strict else []


def report_end():
    """Write the date and the news of the run; report status counts, failures, and the path of the morning page."""
    results_dir, reports_dir = project.folders
    try:
        end_news(project.cohort_settings(), results_dir, reports_dir)
    except Refusal as refusal:  # such as a full disk: the tables and pages are complete
        run_log.error("The date and the news of this run are not written. %s", refusal)
    run_log.info("The run is complete.\n%s", last_lines(results_dir, reports_dir))


def report_incomplete():
    """Report that the run is incomplete, because of a step or a signal and not because of a recording."""
    run_log.error(
        "The run is incomplete: a step ended with an error (above, and in %s/logs), or the run was stopped.%s",
        project.configuration.results_dir,
        "".join(f"\n{line}" for line in lines_of_incomplete_run(*project.folders, events.is_unfinished)),
    )
