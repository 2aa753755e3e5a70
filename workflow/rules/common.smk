"""Project, paths, and functions for inputs and params.

Snakemake takes braces in paths, and in params that are strings, for wildcards. Params that contain what a user wrote
are therefore functions, which Snakemake does not format, and folders with braces in their name are used through a link.
"""

import hashlib
import os
import shlex
import sys
from dataclasses import fields
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from reversal.errors import Refusal
from reversal.experiment.configuration import Configuration
from reversal.experiment.project import load_project, read_configuration
from reversal.experiment.step_settings import CellsToMeasure, CellsToReport
from reversal.recordings.dependencies import with_dependencies
from reversal.recordings.earlier_copy import was_read
from reversal.steps.batch_memory import memory_MB
from reversal.steps.batches import batches_of, whole_batches
from reversal.steps.cell_files import CellFiles
from reversal.steps.export_bundle import BundleSettings
from reversal.steps.finished_jobs import PlannedJob, are_whole, date_to_now, unfinished
from reversal.steps.last_lines import last_lines, lines_of_incomplete_run
from reversal.steps.lost_recordings import refuse_lost_recordings
from reversal.steps.news_of_run import end_news, news_are_whole
from reversal.steps.nwb_export import NwbSettings
from reversal.steps.rerun_digest import digest_of_script, digest_of_step
from reversal.steps.run_log import begin_log, run_log
from reversal.steps.run_lock import announce_process, begin_run, end_with_run
from reversal.steps.stop_signal import ask_from_a_thread
from reversal.tables.results import Cohort
from snakemake.utils import update_config

# Jobs run in parallel and their matrices are small: more than one thread per job would not be faster.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Snakemake passes the path of Python to the shell unquoted; a path with a space needs quotes.
sys.executable = shlex.quote(sys.executable)


def declared():
    """What the files of the configuration and the command declare.

    The files are read as `reversal check` reads them. The reader of Snakemake takes the last of two equal keys, takes
    12:30 for 750, and runs code that a file contains, so there is no `configfile:` here. A user's project, given with
    --configfile, is complete: it is not merged with the example.
    """
    document = {}
    for file in workflow.overwrite_configfiles or ["config/config.yaml"]:
        update_config(document, read_configuration(Path(file)))
    update_config(document, workflow.config_settings.config)
    return document


def refuse_no_cores(resources):
    """Raise Refusal if no job could ever start: Snakemake would wait for ever."""
    for option, number in (("--cores", resources.cores), ("--jobs", resources.nodes)):
        if number is not None and number < 1:
            raise Refusal(
                f"no job can start with {option} {number}", expected="at least 1"
            )


try:
    refuse_no_cores(workflow.resource_settings)
    # Another workflow that uses this one as a module gives the configuration.
    if not workflow.modifier.skip_configfile:
        config.clear()
        config.update(declared())
    # Another workflow may give the files of this one a prefix. Snakemake adds the prefix to outputs, not to the folders
    # that jobs get as params.
    declared_folders = {
        name: config.get(name, Configuration.model_fields[name].default)
        for name in ("results_dir", "reports_dir")
    }
    for name, folder in declared_folders.items():
        if isinstance(folder, (str, Path)):  # else it is refused below
            config[name] = workflow.modifier.path_modifier.replace_prefix(str(folder))
    cells_per_job = config.pop("cells_per_job", None)
    project = load_project(config, has_copy=was_read)
    batches = batches_of(project.cells, cells_per_job)
    end_with_run()
    if workflow.is_main_process:
        refuse_lost_recordings(project)
        writes = begin_run(project.folders, sys.argv[1:])
        if writes:
            date_to_now(project.folders[0] / name for name in ("batches", "finished"))
        events = begin_log(project.folders, batches, writes=writes)
    else:
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


def mark(rule):
    """Mark of a finished job for all cells."""
    return results(f"finished/{rule}")


def mark_of_batch(done):
    """Mark of a finished job for a batch of cells: what it has done."""
    return results(f"batches/{{batch}}.{done}.json")


def marks_of_batches(done):
    """Marks of the jobs for all batches."""
    return expand(mark_of_batch(done), batch=batches)


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


def once(function):
    """Function of the wildcards that computes a value once for each batch: the marks need it, and Snakemake later."""
    computed = cache(function)

    def value(wildcards):
        return computed(getattr(wildcards, "batch", ""))

    return value


@once
def batch_to_measure(batch):
    """What the tables of a batch of cells depend on, as JSON, with size and time of the recordings and all they need.

    The recordings are not inputs of the rule, because their names may contain any characters, even wildcards.
    """
    cells = [
        {
            "reading": reading_of(cell),
            "measuring": project.measuring_settings(cell),
            "fitting": project.fitting_settings(cell),
        }
        for cell in batches[batch]
    ]
    code = {step: digest_of_step(step) for step in ("ingest", "measure", "fit")}
    return CellsToMeasure(cells=cells, code=code).model_dump_json(by_alias=True)


def memory_of_batch(wildcards, attempt):
    """Memory of a job of a batch [MB], from its largest recording and all it needs; more if it was not enough."""
    cells = batches[wildcards.batch]
    return attempt * memory_MB(reading_of(cell) for cell in cells)


@once
def batch_to_report(batch):
    """What the pages of a batch of cells depend on, as JSON."""
    cells = [
        {
            "settings": project.reporting_settings(cell),
            "configuration_hash": project.digest_of(cell),
            "labels": project.labels,
        }
        for cell in batches[batch]
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


def tables_of_cohort():
    """Paths of the tables of the cohort, by name."""
    names = [field.name for field in fields(Cohort)]
    return {name: results(f"cohort/{name}.csv") for name in names}


def cohort_for_atlas(wildcards):
    """Says that the tables of the cohort are finished; nothing if the atlas is made alone, which takes them as they are and measures nothing."""
    alone = set(workflow.dag_settings.targets) == {"atlas"}
    written = Path(project.folders[0], "cohort", "summary.json").is_file()
    wanted = not alone if workflow.is_main_process else written
    return [mark("cohort")] if wanted else []


def linked_atlas():
    """The atlas if the pages of the project link to it."""
    return [mark("atlas")] if project.configuration.atlas else []


@once
def cohort_settings(batch):
    """Settings of the cohort, as JSON."""
    return project.cohort_settings().model_dump_json()


@once
def nwb_settings(batch):
    """What the NWB files depend on, as JSON."""
    return NwbSettings.of(project).model_dump_json(by_alias=True)


@once
def bundle_settings(batch):
    """Where the files of the bundle are, as JSON."""
    return BundleSettings.of(project).model_dump_json()


told = set()


def repeat_unfinished(wildcards):
    """Gives no input, but tells Snakemake, which calls this while it plans, what it must make again.

    Snakemake does not find this out itself if it has no memory of the jobs, or if the mark is missing but the tables or
    pages are there. Its option --forcerun would also add them to the targets. Every plan has a rule that calls this.
    """
    if workflow.is_main_process and workflow.dag not in told:
        told.add(workflow.dag)  # first, because the planned jobs ask too
        workflow.dag.forcefiles.update(unfinished_files())
    return []


def unfinished_files():
    """Marks of the jobs that must be repeated, and the tables and pages that are named by rules without a job."""
    marks = unfinished(planned_jobs())
    without_job = ("cohort_files", "morning_files", "atlas_file", "bundle_file")
    named = [getattr(rules, name) for name in without_job]
    return marks.union(*(one.output for one in named if one.input[0] in marks))


def planned_jobs():
    """Every job that a run may need, each after those whose marks it uses."""
    batch_is_whole = whole_batches(project.folders)
    for batch in batches:
        yield planned_job("measure_cells", batch_is_whole, batch)
        yield planned_job("report_cells", batch_is_whole, batch)
        yield planned_job("draw_cells", files_are_whole, batch)
    yield planned_job("cohort", files_are_whole)
    yield planned_job("morning_page", morning_is_whole)
    for name in ("strict", "atlas_sections", "atlas", "nwb", "bundle"):
        yield planned_job(name, files_are_whole)


def planned_job(name, is_whole, batch=""):
    """The job of a rule."""
    planned, wildcards = getattr(rules, name), SimpleNamespace(batch=batch)

    def params():
        return (
            (param, value(wildcards) if callable(value) else value)
            for param, value in planned.params.items()
        )

    def used():
        named = (
            file(wildcards) if callable(file) else [file] for file in planned.input
        )
        return [file.format(batch=batch) for files in named for file in files]

    return PlannedJob(planned.output[0].format(batch=batch), params, used, is_whole)


def morning_is_whole(said):
    """Whether the files of the morning page are as its mark says, and the page in its frame as the last run wrote it."""
    return files_are_whole(said) and news_are_whole(*project.folders)


def files_are_whole(said):
    """Whether the files of a job are as its mark says."""
    return are_whole(said, project.folders)


def strict_verdict():
    """Target that fails if a recording failed; empty unless the configuration is strict."""
    return [mark("strict")] if project.configuration.strict else []


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
        "".join(
            f"\n{line}"
            for line in lines_of_incomplete_run(*project.folders, events.is_unfinished)
        ),
    )
