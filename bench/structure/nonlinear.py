"""The Python side of bench/structure/nonlinear.ts: one task a line on standard input, one answer a line on
standard output.

A task is {"learner": "dagmaMlp" | "notearsMlp" | "golem", "file": "x.npy", "seed": s, "limit": seconds,
"options": {...}}; an answer {"edges": [[i, j, weight], ...], "seconds": wall, "cpu": processor time}, or
{"timeout": true, ...} where the learner took more processor time than the limit. The learners are DagmaMLP of
dagma, NotearsNonlinear and GOLEM of gCastle with their defaults but for the options; they threshold at .3
themselves.
"""

import json
import logging
import random
import signal
import sys
import time
from importlib.metadata import version

import numpy as np
import torch
from castle.algorithms.gradient.notears.torch.golem import GOLEM
from castle.algorithms.gradient.notears.torch.nonlinear import NotearsNonlinear
from dagma.nonlinear import DagmaMLP, DagmaNonlinear


class TimeOut(Exception):
    pass


def stop(*_):
    raise TimeOut


def dagma_mlp(x, options):
    model = DagmaMLP(dims=[x.shape[1], 10, 1], bias=True, dtype=torch.double)
    return DagmaNonlinear(model, dtype=torch.double).fit(x, **options)


def of_castle(learner, x, dtype):
    torch.set_default_dtype(dtype)
    learner.learn(x)
    return np.asarray(learner.causal_matrix) * np.asarray(learner.weight_causal_matrix)


LEARNERS = {
    "dagmaMlp": dagma_mlp,
    "notearsMlp": lambda x, options: of_castle(NotearsNonlinear(**options), x, torch.double),
    "golem": lambda x, options: of_castle(GOLEM(**options), x, torch.float32),
}

logging.disable(logging.INFO)  # gCastle reports every step
signal.signal(signal.SIGPROF, stop)
torch.set_num_threads(1)
versions = {name: version(name) for name in ("dagma", "gcastle", "torch", "numpy", "scipy")}
versions["python"] = sys.version.split()[0]
print(json.dumps(versions), flush=True)
for line in sys.stdin:
    task = json.loads(line)
    x = np.load(task["file"])
    for seed in (random.seed, np.random.seed, torch.manual_seed):
        seed(task["seed"])
    wall, cpu = time.perf_counter(), time.process_time()
    answer = {}
    try:
        signal.setitimer(signal.ITIMER_PROF, task["limit"])
        found = LEARNERS[task["learner"]](x, task["options"])
        signal.setitimer(signal.ITIMER_PROF, 0)
        answer["edges"] = [[int(i), int(j), float(found[i, j])] for i, j in np.argwhere(found)]
    except TimeOut:
        answer["timeout"] = True
    answer["seconds"] = time.perf_counter() - wall
    answer["cpu"] = time.process_time() - cpu
    print(json.dumps(answer), flush=True)
