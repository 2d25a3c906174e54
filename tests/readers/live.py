"""`experiments --tensorboard`: what TensorBoard has of a study as soon as it has run, and after a second start."""

import json
import subprocess

from tensorboard_events import settings

from expected import NUMBERS, same
from tensorboard_events import f32


def check(out, _expected, program):
    study, records = out.parent / "live.toml", out.parent / "live"
    study.write_text(
        'name = "live"\nseeds = 2\n[base]\nfilters = 2\nhidden = 4\nepochs = 3\nsamples = 256\n'
        'validation = 100\n[[figure]]\nid = "1"\n[figure.axes]\nlearning_rate = [0.1, 0.001]\n'
    )
    call = [program, "experiments", "--config", study, "--out", records, "--tensorboard", out, "--quiet"]
    subprocess.run(call, check=True, capture_output=True)
    trials = list(records.glob("trials/??/*.jsonl"))
    assert len(trials) == 4
    # A trial that has no result any more is run again, in the same folder.
    trials[0].unlink()
    subprocess.run(call, check=True, capture_output=True)
    scalars = 0
    by_identity = {}
    for path in trials:
        record = json.loads(path.read_text().splitlines()[0])
        by_identity[record["identity"]] = record
    for folder in (p for p in out.iterdir() if p.is_dir()):
        events, start = settings(folder)
        record = by_identity.pop(start.group_name)
        assert sorted(events.Tags()["scalars"]) == sorted(NUMBERS), folder
        for tag in NUMBERS:
            read = events.Scalars(tag)
            assert [e.step for e in read] == [1, 2, 3], (folder, tag, read)
            for event, epoch in zip(read, record["epochs"]):
                if tag.endswith("_seconds") and record["identity"] == trials[0].stem:
                    continue
                assert same(event.value, f32(float(epoch[tag]))), (folder, tag, event)
                scalars += 1
    assert not by_identity
    return {"trials": len(trials), "scalars": scalars}
