"""Checks exported ONNX models in onnxruntime.

`python check.py` runs oracle.onnx, beside this file, on the images of ../pytorch/oracle.safetensors
and compares with the logits that PyTorch computed for them; likewise basic.onnx, lenet5.onnx and
lenet5_padded.onnx with ../pytorch/stages.safetensors. `python check.py MODEL WEIGHTS IMAGES`
runs an exported network on an IDX file of test images (one channel), one by one and all at once,
and compares with PyTorch on the same weights file. Needs onnx, onnxruntime, PyTorch, safetensors.
"""
import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime
import torch
from safetensors.numpy import load_file

TOLERANCE = 1e-5


def torch_logits(weights, images):
    """The network in PyTorch, its layers told from the names in the file."""
    tensors = {name: torch.from_numpy(value.astype("f4")) for name, value in weights.items()}
    x = torch.from_numpy(images)
    convolutions = sum(name.startswith("conv") for name in tensors) // 2
    dense = sum(name.startswith("fc") for name in tensors) // 2
    with torch.no_grad():
        for i in range(1, convolutions + 1):
            x = torch.conv2d(x, tensors[f"conv{i}.weight"], tensors[f"conv{i}.bias"], padding="same")
            x = torch.max_pool2d(torch.relu(x), 2)
        x = torch.flatten(x, 1)
        for i in range(1, dense + 1):
            x = torch.nn.functional.linear(x, tensors[f"fc{i}.weight"], tensors[f"fc{i}.bias"])
            x = torch.relu(x) if i < dense else x
    return x.numpy()


def compare(name, got, want):
    scale = numpy.maximum(1, numpy.abs(want).max(1, keepdims=True))
    difference = (numpy.abs(got - want) / scale).max()
    equal = (got.argmax(1) == want.argmax(1)).mean()
    print(f"{name}: {len(got)} images, same class {100 * equal:.2f} %, largest difference of a "
          f"logit {difference:.1e} of the image's largest")
    if not difference <= TOLERANCE or equal != 1.0:
        sys.exit("not equal")


def check(name, model, images, want):
    onnx.checker.check_model(onnx.load(model), full_check=True)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    run = lambda batch: session.run(["logits"], {"images": batch})[0]
    compare(f"{name}, all at once", run(images), want)
    compare(f"{name}, one by one", numpy.concatenate([run(image[None]) for image in images]), want)


folder = Path(__file__).parent
print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}, PyTorch {torch.__version__}")
if len(sys.argv) == 1:
    oracle = load_file(folder / "../pytorch/oracle.safetensors")
    check("oracle", folder / "oracle.onnx", oracle["images"], oracle["logits"])
    oracle = load_file(folder / "../pytorch/stages.safetensors")
    for name in ("basic", "lenet5", "lenet5_padded"):
        images, logits = oracle[f"{name}.images"], oracle[f"{name}.logits"]
        check(name, folder / f"{name}.onnx", images, logits)
else:
    model, weights, idx = sys.argv[1:]
    images = numpy.fromfile(idx, dtype="u1", offset=16).reshape(-1, 1, 28, 28).astype("f4") / 255
    check(Path(model).name, model, images, torch_logits(load_file(weights), images))
