"""Processes in which rows are checked, each on one thread, so that results are bit-equal."""

import importlib
import multiprocessing
import os
import pathlib
from concurrent.futures import ProcessPoolExecutor

_MOST_PROCESSES = 4


def one_thread_pool() -> ProcessPoolExecutor:
    """Starts the processes; what a row's check raises in one of them is raised in the test."""
    processes = min(_MOST_PROCESSES, os.cpu_count() or 1)
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(processes, mp_context=context, initializer=_use_one_thread)


def check_row(name: str, directory: pathlib.Path) -> None:
    """Checks a row of the table, in a process of the pool."""
    table = importlib.import_module("conformance.table")
    importlib.import_module("conformance.checks").check(table.row(name), directory)


def _use_one_thread() -> None:
    flags = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {flags}".strip()
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
