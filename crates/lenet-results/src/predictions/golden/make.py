"""Writes predictions-1.bin and predictions-1.json: a file of format 1 and what it means. Run it in this
folder with any Python 3; it needs nothing else and always writes the same bytes."""

import hashlib
import json
import struct

CLASSES = 10
LABELS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 7, 3]
# Class and confidence. The tenth image has no answer.
SAID = [(0, 1.0), (1, 0.1), (2, 0.5), (5, 0.999), (4, 0.99999), (5, 1 / 3), (6, 2 / 3), (1, 0.123456789),
        (8, 0.75), (0, 0.0), (7, 0.9), (9, 1.0)]
SHAPE = [2, 1, 3, 3]
WEIGHTS = [0.125 * (i - 9) for i in range(18)]

steps = 65536 // CLASSES
codes = [c * steps + int(p * (steps - 1) + 0.5) for c, p in SAID]
header = json.dumps(
    {
        "identity": "0123456789abcdef",
        "classes": CLASSES,
        "images": len(LABELS),
        "labels": hashlib.sha256(bytes(LABELS)).hexdigest(),
        "kernels": SHAPE,
    },
    separators=(",", ":"),
).encode()
data = b"LENETPRD" + struct.pack("<II", 1, len(header)) + header
data += struct.pack(f"<{len(codes)}H", *codes) + struct.pack(f"<{len(WEIGHTS)}f", *WEIGHTS)
data += hashlib.sha256(data).digest()
with open("predictions-1.bin", "wb") as file:
    file.write(data)
with open("predictions-1.json", "w") as file:
    meaning = {
        "identity": "0123456789abcdef",
        "classes": CLASSES,
        "labels": LABELS,
        "said": [{"class": c, "confidence": p} for c, p in SAID],
        "read": [{"class": c // steps, "confidence": c % steps / (steps - 1)} for c in codes],
        "shape": SHAPE,
        "weights": WEIGHTS,
        "correct": sum(label == c and p > 0 for label, (c, p) in zip(LABELS, SAID)),
    }
    file.write(json.dumps(meaning, indent=1) + "\n")
