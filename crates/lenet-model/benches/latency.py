"""Latency of one image on one thread, beside other frameworks, as a Markdown table.

`python latency.py IMAGES [ROUNDS]` with the IDX file of the MNIST test images, in a Python that has
PyTorch, onnxruntime and safetensors; needs cargo. In each round the programs take turns, each in a
process of its own, 2,000 calls after 200 on the pretrained network and the same 100 images. The table
gives the median over the rounds of each round's median and 99th percentile, in microseconds.
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy

CRATE = Path(__file__).resolve().parent.parent
ROOT = CRATE.parent.parent
WEIGHTS = CRATE / "pretrained/lenet.safetensors"
CALLS = 2000


def measure(name, call, images):
    for i in range(CALLS // 10):
        call(images[i % len(images)])
    times = []
    for i in range(CALLS):
        begun = time.perf_counter_ns()
        call(images[i % len(images)])
        times.append((time.perf_counter_ns() - begun) / 1000)
    times.sort()
    print(f"{name} {times[CALLS // 2]:.2f} {times[CALLS * 99 // 100]:.2f}")


def images(idx):
    pixels = numpy.fromfile(idx, dtype="u1", offset=16)[: 100 * 784]
    return pixels.reshape(-1, 1, 1, 28, 28).astype("f4") / 255


def pytorch(idx):
    import torch
    from safetensors.torch import load_file

    torch.set_num_threads(1)
    network = torch.nn.Sequential(
        torch.nn.Conv2d(1, 16, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(16, 16, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Flatten(), torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10),
    ).eval()
    tensors = load_file(WEIGHTS)
    for own, theirs in zip(network.state_dict().values(), sorted(tensors, key=order)):
        own.copy_(tensors[theirs])
    with torch.inference_mode():
        measure("PyTorch", network, [torch.from_numpy(image) for image in images(idx)])


def order(name):
    """As in the network: conv1.weight, conv1.bias, conv2.weight, …, fc2.bias."""
    layer, kind = name.split(".")
    return layer, kind == "bias"


def onnxruntime(idx):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(os.environ["ONNX_MODEL"], options, ["CPUExecutionProvider"])
    measure("onnxruntime", lambda image: session.run(None, {"images": image}), images(idx))


def main(idx, rounds):
    import onnxruntime
    import torch

    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "lenet.onnx"
        export = ["cargo", "xtask", "export", "--checkpoint", WEIGHTS, "--format", "onnx", "--out", model]
        subprocess.run(export, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        bench = ["cargo", "bench", "--quiet", "-p", "lenet-model", "--bench", "latency"]
        subprocess.run([*bench, "--no-run"], check=True, cwd=ROOT)
        environment = {**os.environ, "ONNX_MODEL": str(model), "OMP_NUM_THREADS": "1"}
        found = {}
        for _ in range(rounds):
            for command in (bench, *([sys.executable, __file__, peer, idx] for peer in PEERS)):
                ran = subprocess.run(command, check=True, cwd=ROOT, env=environment, capture_output=True, text=True)
                for line in ran.stdout.splitlines():
                    name, *times = line.split()
                    found.setdefault(name, []).append([float(time) for time in times])
    print(f"{rounds} rounds; PyTorch {torch.__version__}, onnxruntime {onnxruntime.__version__}\n")
    print("| | median, µs | 99th percentile, µs | beside ours |\n| --- | --: | --: | --: |")
    ours = None
    for name, results in found.items():
        middle, slow = (statistics.median(column) for column in zip(*results))
        ours = ours or middle
        print(f"| {name} | {middle:.1f} | {slow:.1f} | {middle / ours:.1f} × |")


PEERS = {"pytorch": pytorch, "onnxruntime": onnxruntime}
if sys.argv[1] in PEERS:
    PEERS[sys.argv[1]](sys.argv[2])
else:
    main(os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)
