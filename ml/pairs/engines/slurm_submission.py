"""`python -m ml.pairs.engines.slurm_submission`: submits jobs, in a process whose environment is the jobs'.

SLURM gives a job the environment of whoever submits it. Told to give some variables alone, it adds those of a login on
the node, which may take a minute and change anything; so the submission has the right ones, and nothing else.

Reads from standard input, as JSON, the manifest's `folder`, the `shards` and submitit's `parameters`; writes the
numbers of the jobs, one a shard, as JSON.
"""

import json
import sys

import submitit

from ml.shards.job import make_shards

if __name__ == "__main__":
    asked = json.load(sys.stdin)
    executor = submitit.AutoExecutor(folder=f"{asked['folder']}/jobs", cluster="slurm")
    executor.update_parameters(**asked["parameters"])
    jobs = executor.map_array(make_shards, [asked["folder"]] * len(asked["shards"]), [[one] for one in asked["shards"]])
    json.dump([str(job.job_id) for job in jobs], sys.stdout)
