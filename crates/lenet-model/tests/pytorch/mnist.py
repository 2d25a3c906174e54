"""Loads our pretrained weights into PyTorch and writes mnist.safetensors beside this file.

`python mnist.py IMAGES LABELS` with the IDX files of the MNIST test set. PyTorch must find every
tensor under its own name (`strict=True`), and lenet-model's tests must find PyTorch's class for
all 10,000 images and its logits for the first 500. Needs PyTorch 2.11, numpy and safetensors.
"""
import hashlib
import sys
from pathlib import Path

import numpy
import torch
from safetensors.torch import load_file, save_file

LOGITS = 500


class LeNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 16, 3, padding="same")
        self.conv2 = torch.nn.Conv2d(16, 16, 3, padding="same")
        self.fc1 = torch.nn.Linear(16 * 7 * 7, 128)
        self.fc2 = torch.nn.Linear(128, 10)

    def forward(self, x):
        for conv in (self.conv1, self.conv2):
            x = torch.max_pool2d(torch.relu(conv(x)), 2)
        return self.fc2(torch.relu(self.fc1(torch.flatten(x, 1))))


folder = Path(__file__).parent
weights = folder / "../../pretrained/lenet.safetensors"
network = LeNet()
network.load_state_dict(load_file(weights), strict=True)
images, labels = (numpy.fromfile(path, dtype="u1") for path in sys.argv[1:])
images = torch.from_numpy(images[16:].reshape(-1, 1, 28, 28)) / 255
with torch.no_grad():
    logits = torch.cat([network(batch) for batch in images.split(500)])
classes = logits.argmax(1)
correct = (classes.numpy() == labels[8:]).sum()
print(f"PyTorch {torch.__version__}: {correct} of {len(classes)} right")
save_file(
    {"classes": classes.to(torch.uint8), "logits": logits[:LOGITS].contiguous()},
    folder / "mnist.safetensors",
    metadata={
        "script": "mnist.py",
        "torch": torch.__version__,
        "weights": hashlib.sha256(weights.read_bytes()).hexdigest(),
    },
)
