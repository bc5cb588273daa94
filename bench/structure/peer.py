"""The Python side of bench/structure (the loop is serve.py's): the learners "dagma" and "notears" are DagmaLinear
of dagma and Notears of gCastle with their defaults, which threshold at .3 themselves.
"""

import numpy as np
from castle.algorithms.gradient.notears.linear import Notears
from dagma.linear import DagmaLinear
from serve import serve


def dagma(x, _task):
    return DagmaLinear(loss_type="l2").fit(x)


def notears(x, _task):
    learner = Notears()
    learner.learn(x)
    weights = np.asarray(learner.weight_causal_matrix)
    return np.where(np.asarray(learner.causal_matrix) != 0, weights, 0.0)


serve({"dagma": dagma, "notears": notears}, ("dagma", "gcastle", "numpy", "scipy"))
