"""The loop of the Python sides: one task a line on standard input, one answer a line on standard output.

A task holds at least {"learner": name, "file": "x.npy", "limit": seconds}; an answer is
{"edges": [[i, j, weight], ...], "seconds": wall, "cpu": processor time}, or {"timeout": true, ...} where the
learner took more processor time than the limit. The versions of the packages come first.
"""

import json
import logging
import signal
import sys
import time
from importlib.metadata import version

import numpy as np


class TimeOut(Exception):
    pass


def stop(*_):
    raise TimeOut


def serve(learners, packages, prepare=lambda task: None):
    """`learners` by name, functions of data and task; `prepare` is called before the clock starts."""
    logging.disable(logging.INFO)  # gCastle reports every step
    signal.signal(signal.SIGPROF, stop)
    versions = {name: version(name) for name in packages}
    versions["python"] = sys.version.split()[0]
    print(json.dumps(versions), flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        x = np.load(task["file"])  # DagmaLinear centres its argument in place: a fresh copy each time
        prepare(task)
        wall, cpu = time.perf_counter(), time.process_time()
        answer = {}
        try:
            signal.setitimer(signal.ITIMER_PROF, task["limit"])
            found = learners[task["learner"]](x, task)
            signal.setitimer(signal.ITIMER_PROF, 0)
            answer["edges"] = [[int(i), int(j), float(found[i, j])] for i, j in np.argwhere(found)]
        except TimeOut:
            answer["timeout"] = True
        answer["seconds"] = time.perf_counter() - wall
        answer["cpu"] = time.process_time() - cpu
        print(json.dumps(answer), flush=True)
