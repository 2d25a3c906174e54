"""Writes basic.safetensors, lenet5.safetensors, lenet5_padded.safetensors and stages.safetensors
beside this file.

Three networks as PyTorch's users save them, small, made and run by PyTorch: its basic MNIST example
(convolutions without padding, one pool after the second), LeNet-5 on images of 32x32, and LeNet-5
on images of 28x28 with a padded first convolution. lenet-model's tests load the weights and must
find the same logits. Run with PyTorch 2.15 and safetensors: `python stages.py`.
"""
from pathlib import Path

import torch
from safetensors.torch import save_file


class Basic(torch.nn.Module):
    side = 28

    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 3, 3, 1)
        self.conv2 = torch.nn.Conv2d(3, 4, 3, 1)
        self.fc1 = torch.nn.Linear(4 * 12 * 12, 6)
        self.fc2 = torch.nn.Linear(6, 10)

    def forward(self, x):
        x = torch.relu(self.conv2(torch.relu(self.conv1(x))))
        x = torch.flatten(torch.max_pool2d(x, 2), 1)
        return self.fc2(torch.relu(self.fc1(x)))


class LeNet5(torch.nn.Module):
    def __init__(self, side, padding):
        super().__init__()
        self.side = side
        self.conv1 = torch.nn.Conv2d(1, 2, 5, padding=padding)
        self.conv2 = torch.nn.Conv2d(2, 3, 5)
        self.fc1 = torch.nn.Linear(3 * 5 * 5, 8)
        self.fc2 = torch.nn.Linear(8, 6)
        self.fc3 = torch.nn.Linear(6, 10)

    def forward(self, x):
        for conv in (self.conv1, self.conv2):
            x = torch.max_pool2d(torch.relu(conv(x)), 2)
        x = torch.flatten(x, 1)
        return self.fc3(torch.relu(self.fc2(torch.relu(self.fc1(x)))))


torch.manual_seed(1998)
folder = Path(__file__).parent
oracle = {}
networks = {"basic": Basic(), "lenet5": LeNet5(32, 0), "lenet5_padded": LeNet5(28, 2)}
for name, network in networks.items():
    images = torch.rand(5, 1, network.side, network.side)
    with torch.no_grad():
        oracle[f"{name}.logits"] = network(images)
    oracle[f"{name}.images"] = images
    save_file(network.state_dict(), folder / f"{name}.safetensors")
save_file(
    oracle,
    folder / "stages.safetensors",
    metadata={"script": "stages.py", "torch": torch.__version__, "seed": "1998"},
)
