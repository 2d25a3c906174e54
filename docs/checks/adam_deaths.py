"""The same in PyTorch: of 40 networks trained for 200 steps by Adam at 0.01, how many are dead?

python adam_deaths.py FOLDER, where FOLDER holds MNIST's IDX files, decompressed.
"""
import os
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def idx(name, offset):
    path = os.path.join(sys.argv[1], name)
    return torch.from_numpy(np.fromfile(path, np.uint8, offset=offset))


images = idx("train-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)[5000:].float() / 255
labels = idx("train-labels-idx1-ubyte", 8)[5000:].long()
dead = 0
for seed in range(40):
    torch.manual_seed(seed)
    conv1, conv2 = nn.Conv2d(1, 16, 3, padding=1), nn.Conv2d(16, 16, 3, padding=1)
    fc1, fc2 = nn.Linear(784, 128), nn.Linear(128, 10)
    layers = [conv1, conv2, fc1, fc2]
    for layer in layers:
        nn.init.trunc_normal_(layer.weight, std=0.1, a=-0.2, b=0.2)
        nn.init.constant_(layer.bias, 0.1)

    def logits(x):
        x = F.max_pool2d(F.relu(conv1(x)), 2)
        x = F.max_pool2d(F.relu(conv2(x)), 2)
        return fc2(F.relu(fc1(x.flatten(1))))

    optimizer = torch.optim.Adam([p for layer in layers for p in layer.parameters()], lr=0.01)
    order = torch.randperm(len(images))
    for batch in order[: 128 * 200].split(128):
        loss = F.cross_entropy(logits(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        accuracy = (logits(images[:2000]).argmax(1) == labels[:2000]).float().mean().item()
    dead += accuracy < 0.3
    print(seed, round(accuracy, 4), flush=True)
print(dead, "of 40 dead, torch", torch.__version__)
