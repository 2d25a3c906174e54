"""Makes the files of the newest formats from those of the formats before: the same members, the newest
number as `format`, and a checksum. Files of older formats were written by the revision 94c19bc, the last
before checksums; backend and identities are those of a trial that can be run. Run it in this folder with any Python 3; it always writes the same bytes.

A checksum is the first sixteen hex digits of the SHA-256 of a tag and the canonical JSON of all other
members: members sorted by name, those that are null left out, no spaces, floats in their shortest form."""

import base64
import hashlib
import json
import re
import struct

TAG = "lenet-lab record 1\n"
# Which file, and the newest format of its kind.
WHOLE = [("config", 1, 2), ("result", 1, 2), ("study", 2, 3), ("runtime", 2, 3), ("study", 3, 4), ("study", 4, 5)]
LINES = [("epochs", 1, 2), ("runs", 1, 2), ("registrations", 1, 2)]


def number(value):
    text = repr(value)
    return re.sub(r"e([+-])0*", lambda e: "e" + e[1].replace("+", ""), text)


def canonical(value):
    if isinstance(value, dict):
        members = sorted((k, v) for k, v in value.items() if v is not None)
        return "{" + ",".join(f"{json.dumps(k)}:{canonical(v)}" for k, v in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def sealed(record, newest):
    # A line that had no format is given one behind its other members.
    record["format"] = newest
    digest = hashlib.sha256((TAG + canonical(record)).encode()).hexdigest()
    record["checksum"] = digest[:16]
    return record


# What a format of a study has beyond the one before.
NEW = {
    3: {
        "commands": ["cargo xtask experiments --config golden.toml --epochs 3"],
        "files": [{"name": "golden.toml", "text": "name = \"golden\"\n"}],
    },
    4: {
        "data": [{"name": "digits", "source": "idx:0123456789abcdef", "folder": "/data/digits"}],
        "predictions": False,
    },
    5: {},
}
# The search of the first figure, from format 5 on.
SEARCH = {
    "kind": "halving",
    "eta": 3,
    "first": 2,
    "budget": {"trials": 5},
    "measure": "validation_loss",
    "seed": 7,
    "epochs": 6,
    "space": [
        {"name": "learning_rate", "values": {"numbers": {"from": 0.001, "to": 0.5, "scale": "log"}}},
        {"name": "filters", "values": {"numbers": {"from": 4.0, "to": 32.0, "scale": "integer-log"}}},
        {"name": "optimizer", "values": {"choice": ["sgd", "momentum"]}},
    ],
    "places": [
        {"proposal": 3, "rung": 0, "new_epochs": 2},
        {"proposal": 3, "rung": 1, "new_epochs": 4, "continues": 0},
    ],
    "complete": True,
}


def with_search(figure):
    """The search stands before the cells."""
    found = {}
    for name, value in figure.items():
        if name == "cells":
            found["search"] = SEARCH
        found[name] = value
    return found


for name, before, newest in WHOLE:
    record = json.load(open(f"{name}-{before}.json"))
    record.pop("checksum", None)
    if name == "study":
        record |= NEW[newest]
        if newest == 5:
            record["figures"][0] = with_search(record["figures"][0])
    with open(f"{name}-{newest}.json", "w") as file:
        file.write(json.dumps(sealed(record, newest), indent=2, ensure_ascii=False) + "\n")
for name, before, newest in LINES:
    with open(f"{name}-{newest}.jsonl", "w") as file:
        for line in open(f"{name}-{before}.jsonl"):
            text = json.dumps(sealed(json.loads(line), newest), separators=(",", ":"), ensure_ascii=False)
            file.write(text + "\n")

# A finished trial: a line with its record, which says what it holds, and a line with its predictions.
record = json.load(open("result-2.json"))
del record["checksum"]
identity = record["identity"]
# Two images, of classes 1 and 2: 1 with certainty, 1 with half of it; kernels of one weight, 0.5.
header = {
    "identity": identity,
    "classes": 10,
    "images": 2,
    "labels": hashlib.sha256(bytes([1, 2])).hexdigest(),
    "kernels": [1, 1, 1, 1],
}
header = json.dumps(header, separators=(",", ":")).encode()
steps = 65536 // 10
binary = b"LENETPRD" + struct.pack("<II", 1, len(header)) + header
binary += struct.pack("<HH", steps + steps - 1, steps + round((steps - 1) / 2)) + struct.pack("<f", 0.5)
binary += hashlib.sha256(binary).digest()
predictions = base64.b64encode(binary).decode()
lines = [
    sealed({"kind": "trial"} | record, 2),
    {"kind": "predictions", "identity": identity, "predictions": predictions},
]
with open("finished-2.jsonl", "w") as file:
    for line in lines:
        file.write(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n")
