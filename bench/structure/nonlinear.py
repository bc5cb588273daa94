"""The Python side of bench/structure/nonlinear.ts (the loop is serve.py's).

A task also holds "seed" and "options". The learners "dagmaMlp", "notearsMlp", "golem" and "mcsl" are DagmaMLP of
dagma, NotearsNonlinear, GOLEM and MCSL of gCastle with their defaults but for the options; they threshold themselves.
"""

import random

import numpy as np
import torch
from castle.algorithms.gradient.mcsl.torch.mcsl import MCSL
from castle.algorithms.gradient.notears.torch.golem import GOLEM
from castle.algorithms.gradient.notears.torch.nonlinear import NotearsNonlinear
from dagma.nonlinear import DagmaMLP, DagmaNonlinear
from serve import serve


def dagma_mlp(x, task):
    model = DagmaMLP(dims=[x.shape[1], 10, 1], bias=True, dtype=torch.double)
    return DagmaNonlinear(model, dtype=torch.double).fit(x, **task["options"])


def of_castle(learner, dtype):
    def learn(x, task):
        torch.set_default_dtype(dtype)
        found = learner(**task["options"])
        found.learn(x)
        return np.asarray(found.causal_matrix) * np.asarray(found.weight_causal_matrix)

    return learn


def mcsl(x, task):
    torch.set_default_dtype(torch.float32)
    found = MCSL(random_seed=task["seed"], **task["options"])
    found.learn(x.astype(np.float32))  # its networks are of the default type
    return np.asarray(found.causal_matrix)


def seed(task):
    for begin in (random.seed, np.random.seed, torch.manual_seed):
        begin(task["seed"])


torch.set_num_threads(1)
serve(
    {
        "dagmaMlp": dagma_mlp,
        "notearsMlp": of_castle(NotearsNonlinear, torch.double),
        "golem": of_castle(GOLEM, torch.float32),
        "mcsl": mcsl,
    },
    ("dagma", "gcastle", "torch", "numpy", "scipy"),
    seed,
)
