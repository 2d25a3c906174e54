#!/usr/bin/env python3
"""per_step.py SHORT.json LONG.json STEPS: what a step asks of the driver.

The files are HOST_COUNTS of two runs that differ by STEPS steps. A recorded step may launch one graph
and nothing else; the graph, of at most ten kernels, is counted where it was recorded."""
import json
import sys

MOST_KERNELS = 10

short, long = (json.load(open(path)) for path in sys.argv[1:3])
steps = int(sys.argv[3])


def numbers(counts):
    """(group, key) -> calls of everything that is asked of the driver."""
    found = {}
    for group, keys in counts.items():
        if isinstance(keys, dict) and group != "memory":
            for key, value in keys.items():
                found[group, key] = value["count"] if isinstance(value, dict) else value
    return found


before, after = numbers(short), numbers(long)
each = {key: (count - before.get(key, 0)) / steps for key, count in after.items()}
each = {key: count for key, count in each.items() if count}
work = {key: count for key, count in each.items() if key[0] != "api"}
kernels = sum(count for (group, _), count in before.items() if group == "captured.launch")
print(f"a step: {work}; the recorded graph: {kernels} kernels")
if work != {("graph", "launch"): 1.0}:
    sys.exit("a recorded step asks for more than its graph")
if not 0 < kernels <= MOST_KERNELS:
    sys.exit(f"the graph has {kernels} kernels, not 1 to {MOST_KERNELS}")
