"""minepy on the pairs that main.ts hands over (JSON on stdin): processor times and scores."""
import json
import sys
import time

import numpy as np
from minepy import MINE

task = json.load(sys.stdin)
latents = [np.array(column) for column in task["latents"]]
labels = [np.array(column) for column in task["labels"]]
mine = MINE(est=task["estimator"])
times = []
for _ in range(task["rounds"]):
    mic, tic = [], []
    start = time.process_time()
    for z in latents:
        for u in labels:
            mine.compute_score(z, u)
            mic.append(mine.mic())
            tic.append(mine.tic(norm=True))
    times.append((time.process_time() - start) * 1000)
json.dump({"milliseconds": times, "mic": mic, "tic": tic}, sys.stdout)
