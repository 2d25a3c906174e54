"""Writes the .pt files of this folder, and pickles.safetensors with their tensors.

One small network for images of 28x28, as torch.save writes it: its state_dict alone; within a checkpoint of a training loop; wrapped by DataParallel, in f16 and
with a transposed weight, whose numbers lie in columns; and the whole module, which names its class and holds
no plain state_dict. lenet-model's tests load the first three and must find the same numbers. Run with
PyTorch and safetensors: `python pickles.py`.
"""
from pathlib import Path

import torch
from safetensors.torch import save_file


class Padded(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 2, 3, padding="same")
        self.conv2 = torch.nn.Conv2d(2, 2, 3, padding="same")
        self.fc1 = torch.nn.Linear(2 * 7 * 7, 5)
        self.fc2 = torch.nn.Linear(5, 10)


torch.manual_seed(2026)
folder = Path(__file__).parent
network = Padded()
state = network.state_dict()
optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
torch.save(state, folder / "state_dict.pt")
torch.save(
    {"epoch": 3, "model_state_dict": state, "optimizer_state_dict": optimizer.state_dict()},
    folder / "checkpoint.pt",
)
half = {f"module.{name}": tensor.half() for name, tensor in state.items()}
half["module.fc2.weight"] = half["module.fc2.weight"].t().contiguous().t()
torch.save(half, folder / "parallel.pt")
torch.save(network, folder / "module.pt")
save_file({name: tensor.contiguous() for name, tensor in state.items()}, folder / "pickles.safetensors")
