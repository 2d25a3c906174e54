#!/usr/bin/env python3
"""Writes oracle.json: the event files that TensorBoard's own messages make of the trial in `testing.rs`, framed by a
checksum that is computed bit by bit. Needs tensorboard 2.21.0."""

import json
import struct
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.hparams import api_pb2, plugin_data_pb2


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


assert crc32c(b"123456789") == 0xE3069283


def masked(data):
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def framed(data):
    length = struct.pack("<Q", len(data))
    return length + masked(length) + data + masked(data)


def file(events):
    return b"".join(framed(e.SerializeToString(deterministic=True)) for e in events).hex()


def summary(wall_time, step, values):
    return Event(wall_time=wall_time, step=step, summary=Summary(value=values))


def hparams(tag, **said):
    value = Summary.Value(tag=tag)
    value.metadata.plugin_data.plugin_name = "hparams"
    content = plugin_data_pb2.HParamsPluginData(**said)
    value.metadata.plugin_data.content = content.SerializeToString(deterministic=True)
    return value


SETTINGS = {
    "filters": 16, "kernel": 3, "hidden": 128, "padding": "same", "stride": 1, "pooling": "each",
    "dropout": "0.5 (not connected)", "optimizer": "adam", "weight_decay": 0, "learning_rate": 0.001,
    "schedule": "constant", "batch_size": 128, "epochs": 2, "samples": "all", "validation": 5000,
    "early_stop": "never", "backend": "fused", "device": "cpu", "precision": "f32", "data": "mnist", "seed": 1,
}  # fmt: skip
NUMBERS = [
    ("validation_accuracy", 0.82, True), ("test_accuracy", 0.83, True), ("train_accuracy", 0.71, True),
    ("validation_loss", 1.2, True), ("test_loss", 1.3, True), ("train_loss", 1.1, True),
    ("learning_rate", 0.001, False), ("step", 430, False), ("dead", 0, False),
    ("train_seconds", 1.5, False), ("evaluation_seconds", 0.25, False),
]  # fmt: skip
START = 1_700_000_000.0


def value(of):
    return {"string_value": of} if isinstance(of, str) else {"number_value": of}


def trial(identity, resumed=False):
    start = plugin_data_pb2.SessionStartInfo(group_name=identity, start_time_secs=START)
    for name, of in SETTINGS.items():
        key, content = next(iter(value(of).items()))
        setattr(start.hparams[name], key, content)
    events = [
        Event(wall_time=START, file_version="brain.Event:2"),
        summary(START, 0, [hparams("_hparams_/session_start_info", session_start_info=start)]),
    ]
    if resumed:
        events.append(Event(wall_time=START, session_log=SessionLog(status=SessionLog.START)))
    for epoch in [1, 2]:
        numbers = []
        for name, first, halves in NUMBERS:
            number = first / 2 ** (epoch - 1) if halves else first
            number = {"step": 430 * epoch, "dead": epoch - 1}.get(name, number)
            numbers.append(Summary.Value(tag=name, simple_value=number))
        # The second epoch of a trial that is followed ends when the clock says so.
        end = START + (100 if resumed and epoch == 2 else 1.75 * epoch)
        events.append(summary(end, epoch, numbers))
    info = plugin_data_pb2.SessionEndInfo(status=api_pb2.STATUS_SUCCESS, end_time_secs=end)
    events.append(summary(end, 2, [hparams("_hparams_/session_end_info", session_end_info=info)]))
    return file(events)


def experiment():
    info = api_pb2.Experiment(time_created_secs=START)
    columns = [("dropout", api_pb2.DATA_TYPE_UNSET, None)]
    columns += [("learning_rate", api_pb2.DATA_TYPE_FLOAT64, [0.001, 0.1])]
    columns += [("seed", api_pb2.DATA_TYPE_FLOAT64, [1, 2])]
    for name, kind, values in columns:
        column = info.hparam_infos.add(name=name, display_name=name.replace("_", " "), type=kind)
        if values:
            column.domain_discrete.extend(values)
    for name, *_ in NUMBERS:
        info.metric_infos.add(display_name=name.replace("_", " ")).name.tag = name
    events = [
        Event(wall_time=START, file_version="brain.Event:2"),
        summary(START, 0, [hparams("_hparams_/experiment", experiment=info)]),
    ]
    return file(events)


oracle = {
    "record": framed(b"lenet").hex(),
    "trial": trial("570f9ba552cd38ed"),
    "followed": trial("570f9ba552cd38ed", resumed=True),
    "experiment": experiment(),
}
Path(__file__).with_name("oracle.json").write_text(json.dumps(oracle, indent=1) + "\n")
