"""Writes state_dict.safetensors and oracle.safetensors beside this file.

A LeNet of awkward sizes, made and run by PyTorch; lenet-model's tests load the weights and must
find the same logits. Run with PyTorch 2.11, numpy and safetensors: `python oracle.py`.
"""
from pathlib import Path

import torch
from safetensors.torch import save_file


class LeNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(2, 3, 5, padding="same")
        self.conv2 = torch.nn.Conv2d(3, 4, 5, padding="same")
        self.fc1 = torch.nn.Linear(4 * 3 * 3, 9)
        self.fc2 = torch.nn.Linear(9, 6)
        self.fc3 = torch.nn.Linear(6, 5)

    def forward(self, x):
        for conv in (self.conv1, self.conv2):
            x = torch.max_pool2d(torch.relu(conv(x)), 2)
        x = torch.flatten(x, 1)
        x = torch.relu(self.fc2(torch.relu(self.fc1(x))))
        return self.fc3(x)


torch.manual_seed(2017)
network = LeNet()
images = torch.rand(7, 2, 12, 12)
with torch.no_grad():
    logits = network(images)
folder = Path(__file__).parent
save_file(network.state_dict(), folder / "state_dict.safetensors")
save_file(
    {"images": images, "logits": logits},
    folder / "oracle.safetensors",
    metadata={"script": "oracle.py", "torch": torch.__version__, "seed": "2017"},
)
