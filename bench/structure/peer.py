"""The Python side of bench/structure: one task a line on standard input, one answer a line on standard output.

A task is {"learner": "dagma" | "notears", "file": "x.npy", "limit": seconds}; an answer
{"edges": [[i, j, weight], ...], "seconds": wall, "cpu": processor time}, or {"timeout": true, ...} where
the learner took more processor time than the limit. The learners are DagmaLinear of dagma and Notears of
gCastle with their defaults, which threshold at .3 themselves.
"""

import json
import logging
import signal
import sys
import time

import numpy as np
import scipy
from castle.algorithms.gradient.notears.linear import Notears
from dagma.linear import DagmaLinear
from importlib.metadata import version


class TimeOut(Exception):
    pass


def stop(*_):
    raise TimeOut


def dagma(x):
    return DagmaLinear(loss_type="l2").fit(x)


def notears(x):
    learner = Notears()
    learner.learn(x)
    weights = np.asarray(learner.weight_causal_matrix)
    return np.where(np.asarray(learner.causal_matrix) != 0, weights, 0.0)


logging.disable(logging.INFO)  # gCastle reports every step
signal.signal(signal.SIGPROF, stop)
versions = {name: version(name) for name in ("dagma", "gcastle", "numpy", "scipy")}
versions["python"] = sys.version.split()[0]
print(json.dumps(versions), flush=True)
for line in sys.stdin:
    task = json.loads(line)
    x = np.load(task["file"])  # DagmaLinear centres its argument in place: a fresh copy each time
    wall, cpu = time.perf_counter(), time.process_time()
    answer = {}
    try:
        signal.setitimer(signal.ITIMER_PROF, task["limit"])
        found = {"dagma": dagma, "notears": notears}[task["learner"]](x)
        signal.setitimer(signal.ITIMER_PROF, 0)
        answer["edges"] = [[int(i), int(j), float(found[i, j])] for i, j in np.argwhere(found)]
    except TimeOut:
        answer["timeout"] = True
    answer["seconds"] = time.perf_counter() - wall
    answer["cpu"] = time.process_time() - cpu
    print(json.dumps(answer), flush=True)
