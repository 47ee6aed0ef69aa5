"""A process of its own in which rows are checked: on one thread, so that results are bit-equal."""

import importlib
import multiprocessing
import os
import pathlib
from concurrent.futures import ProcessPoolExecutor


def one_thread_pool() -> ProcessPoolExecutor:
    """Starts the process; what a row's check raises in it is raised in the test."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=_use_one_thread)


def check_row(name: str, directory: pathlib.Path) -> None:
    """Checks a row of the table, in the process of the pool."""
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
