"""What a study on Slurm must show, on a cluster of this machine's own.

    python3 tests/cluster/run.py --xtask target/release/xtask [--times N] [CHECK…]

Without names all checks are run. Each prints a line when it holds; the first that does not ends the run with
exit code 1. Exit code 3: this machine lacks what the checks need.
"""

import argparse
import contextlib
import csv
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import loopback

CHECKS = {}
# Columns of epochs.csv that may differ between two runs of one trial.
TIMES = ("seconds",)


def check(function):
    CHECKS[function.__name__.replace("_", "-")] = function
    return function


class Study:
    """A folder of records, and the commands that fill it."""

    def __init__(self, options, cluster=None, config="smoke"):
        self.xtask, self.cluster, self.config = options.xtask, cluster, config
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="study ", dir=options.scratch))
        self.out = self.folder / "records"
        self.env = dict(cluster.env if cluster else os.environ)

    def run(self, *arguments, code=0):
        ran = subprocess.run([self.xtask, *arguments], env=self.env, cwd=self.folder, capture_output=True, text=True)
        assert ran.returncode == code, f"{arguments}: {ran.returncode} instead of {code}\n{ran.stdout}{ran.stderr}"
        return ran

    def experiments(self, *arguments, code=0):
        return self.run("experiments", "--config", self.config, "--out", str(self.out), *arguments, code=code)

    def submit(self, *arguments):
        """Numbers of the arrays of workers, and of the report."""
        told = self.experiments("--executor", "slurm", *arguments).stdout.split("\n")
        words = [line.split() for line in told if line]
        found = {first: rest for first, *rest in words}
        return found["workers"], found["report"][0]

    def trials(self):
        return {trial["identity"] for figure in json.loads((self.out / "study.json").read_text())["figures"]
                for cell in figure["cells"] for trial in cell["trials"]}

    def records(self):
        """The record of each trial that has ended."""
        found = {}
        conflicts = list(self.out.glob("trials/??/*.conflict-*"))
        assert not conflicts, f"two results of one trial that differ: {conflicts}"
        published = self.out.glob("trials/??/*.jsonl")
        for path in [*published, *self.out.glob("trials/*/result.json")]:
            text = path.read_text()
            record = json.loads(text.split("\n")[0] if path.suffix == ".jsonl" else text)
            found[record["identity"]] = record
        return found

    def done(self):
        return {identity for identity, record in self.records().items() if record["outcome"]["kind"] != "failed"}

    def stretches(self):
        """How often a trial was begun or resumed, in all."""
        return sum(len(record["runs"]) for record in self.records().values())

    def is_done(self):
        return (self.out / "study.json").exists() and self.done() == self.trials()

    def logs(self):
        return "".join(path.read_text() for path in sorted((self.out / "logs").glob("worker-*")))

    def numbers(self):
        """Every epoch's numbers but its times, from the report's table."""
        self.run("report", "--records", str(self.out), "--out", str(self.folder / "again"))
        with open(self.folder / "again" / "epochs.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows, "there are epochs"
        return sorted(sorted((name, value) for name, value in row.items() if not any(t in name for t in TIMES))
                      for row in rows)


# A study of long enough trials to be in the middle of one.
LONG = """
name = "long"
seeds = {seeds}
[base]
filters = 8
samples = 5000
epochs = {epochs}
[[figure]]
id = "1"
[figure.axes]
learning_rate = [0.1, 0.01]
"""


def long(options, cluster, seeds=2, epochs=20):
    study = Study(options, cluster)
    path = study.folder / "long.toml"
    path.write_text(LONG.format(seeds=seeds, epochs=epochs))
    study.config = str(path)
    return study


def same_as_in_one_process(options, study):
    """The numbers of the cluster's report are those of a run in one process."""
    alone = Study(options)
    alone.config = study.config
    alone.experiments()
    assert study.numbers() == alone.numbers(), "a run in one process has other numbers"


@check
def workers(options):
    """Four workers on one study: as many stretches as trials."""
    with loopback.Loopback(options.scratch / "workers") as cluster:
        for _ in range(options.times):
            study = Study(options, cluster)
            arrays, report = study.submit("--tasks", "4")
            assert len(arrays) == 1 and report.isdigit(), (arrays, report)
            cluster.until_empty()
            assert study.is_done(), study.logs()
            assert study.stretches() == len(study.trials()), study.logs()
            assert (study.out / "report" / "index.html").stat().st_size > 0
        logs = list((study.out / "logs").glob("worker-*"))
        assert len(logs) == 4, logs
        schedulers = [run.get("scheduler") for record in study.records().values() for run in record["runs"]]
        assert {s["name"] for s in schedulers} == {"slurm"} and {s["job"] for s in schedulers} == set(arrays)
        assert {s["node"] for s in schedulers} <= {"n1", "n2"}
        same_as_in_one_process(options, study)
        again = study.experiments("--executor", "slurm")
        assert "nothing is submitted" in again.stderr and not again.stdout, again


@check
def what_is_done_stays_done(options):
    """A worker that stood still and is killed when it goes on costs nobody a result."""
    study = Study(options)
    line = study.experiments("--executor", "workers").stdout.strip()

    def start():
        return subprocess.Popen(["bash", "-c", f"exec {line} --threads 1 --jobs 1"], env=study.env,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    first = start()
    until(lambda: running(study) > 0, "the first worker begins")
    os.kill(first.pid, signal.SIGSTOP)
    second = start()
    seen = set()
    ends = time.monotonic() + 120
    woken = False
    while second.poll() is None:
        now = study.done()
        assert seen <= now, f"done, and not any more: {seen - now}"
        seen = now
        if not woken and len(seen) >= len(study.trials()) - 1:
            os.kill(first.pid, signal.SIGCONT)
            time.sleep(0.01)
            first.kill()
            woken = True
        assert time.monotonic() < ends, "the second worker ends"
        time.sleep(0.02)
    first.wait()
    assert woken and second.returncode == 0 and study.is_done(), (woken, second.returncode)


@check
def node_failure(options):
    """A node that fails: its tasks are queued again, and the numbers are those of one process."""
    with loopback.Loopback(options.scratch / "node") as cluster:
        study = long(options, cluster)
        study.submit("--tasks", "4")
        cluster.until(lambda: running(study) >= 2, "workers run")
        time.sleep(2)
        cluster.kill_node("n2")
        cluster.until(lambda: any(state.startswith("down") for state in cluster.states("main")), "the node is missed", 60)
        cluster.start_node("n2")
        cluster.until_empty()
        assert study.is_done(), study.logs()
        same_as_in_one_process(options, study)


@check
def preemption(options):
    """Preempted, then done: restarted once."""
    with loopback.Loopback(options.scratch / "preemption", preempt=True) as cluster:
        study = long(options, cluster)
        study.submit("--tasks", "2", "--partition", "low", "--cpus-per-task", "2")
        cluster.until(lambda: running(study) >= 2, "workers run")
        time.sleep(2)
        urgent = cluster.ask("sbatch", "--parsable", "-phigh", "-N2", "-c2", "--wrap", "sleep 3")
        cluster.until(lambda: not cluster.queue(urgent), "the urgent job ends", 60)
        cluster.until_empty()
        assert study.is_done(), study.logs()
        assert study.logs().count("restart 1") == 2 and "restart 2" not in study.logs(), study.logs()
        same_as_in_one_process(options, study)


@check
def time_limit(options):
    """A minute at a time for a study of more: it finishes unattended."""
    with loopback.Loopback(options.scratch / "time") as cluster:
        study = long(options, cluster, seeds=1, epochs=options.epochs)
        study.submit("--tasks", "2", "--time", "1")
        cluster.until_empty(600)
        assert study.is_done(), study.logs()
        assert "restart 1" in study.logs(), "it took more than a minute:\n" + study.logs()
        for record in study.records().values():
            assert len(record["epochs"]) == options.epochs


@check
def cancelled(options):
    """What is cancelled ends, and is not queued again; the same command completes it."""
    with loopback.Loopback(options.scratch / "cancelled") as cluster:
        study = long(options, cluster)
        arrays, report = study.submit("--tasks", "2")
        cluster.until(lambda: running(study) >= 2, "workers run")
        time.sleep(2)
        cluster.ask("scancel", arrays[0], report)
        cluster.until_empty(60)
        assert not study.is_done() and running(study) == 0, study.logs()
        study.submit("--tasks", "2")
        cluster.until_empty()
        assert study.is_done(), study.logs()
        same_as_in_one_process(options, study)


@check
def controller_failure(options):
    """The controller is gone for ten seconds; the same command again completes what that cost."""
    with loopback.Loopback(options.scratch / "controller") as cluster:
        study = long(options, cluster)
        study.submit("--tasks", "4")
        cluster.until(lambda: running(study) >= 2, "workers run")
        cluster.kill_controller()
        time.sleep(10)
        cluster.start_controller()
        until(study.is_done, "the trials are done", 180, lambda: cluster.hurry())
        # A task that ended meanwhile may be held for good.
        cluster.ask("scancel", "--user=root", check=False)
        cluster.until_empty(60)
        again = study.experiments("--executor", "slurm")
        assert "nothing is submitted" in again.stderr, again
        same_as_in_one_process(options, study)


@check
def arrays(options):
    """More workers than an array takes are several arrays."""
    with loopback.Loopback(options.scratch / "arrays", max_array=11) as cluster:
        study = Study(options, cluster)
        numbers, _ = study.submit("--tasks", "25")
        assert len(numbers) == 3, numbers
        cluster.until_empty()
        assert study.is_done(), study.logs()
        assert study.stretches() == len(study.trials())
        assert len(list((study.out / "logs").glob("worker-*"))) == 25
        assert "worker 24 ends with 0" in study.logs(), study.logs()


@check
def allocation(options):
    """A task of one core trains one trial at once, whatever the node has."""
    if len(os.sched_getaffinity(0)) < 2:
        print("   left out: this machine has one core")
        return
    with loopback.Loopback(options.scratch / "allocation") as cluster:
        study = Study(options, cluster)
        study.experiments("--executor", "workers")
        cluster.ask("srun", "-n1", "-c1", options.xtask, "worker", "--out", str(study.out))
        runs = [run for record in study.records().values() for run in record["runs"]]
        assert runs and {(run["jobs"], run["threads"]) for run in runs} == {(1, 1)}, runs[:1]


@check
def follow(options):
    """--wait ends with the report, or says that the jobs are gone."""
    with loopback.Loopback(options.scratch / "follow") as cluster:
        study = Study(options, cluster)
        told = study.experiments("--executor", "slurm", "--tasks", "2", "--wait").stdout
        assert "workers  " in told and "report   " in told, told
        assert study.is_done() and (study.out / "report" / "index.html").exists()
        study = long(options, cluster)
        waiting = subprocess.Popen(
            [study.xtask, "experiments", "--config", study.config, "--out", str(study.out), "--executor", "slurm",
             "--wait"], env=study.env, cwd=study.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        cluster.until(lambda: running(study) > 0, "workers run")
        cluster.ask("scancel", "--user=root")
        _, told = waiting.communicate(timeout=60)
        assert waiting.returncode == 1 and "the jobs are gone" in told, (waiting.returncode, told)


@check
def refusals(options):
    """What Slurm will refuse is refused before anything is written."""
    with loopback.Loopback(options.scratch / "refusals") as cluster:
        cases = [
            (["--partition", "man"], 'partition "man": Slurm has none of this name (hint: did you mean main?)'),
            (["--cpus-per-task", "3"], "3 cores for a worker: the largest node of partition main has 2"),
            (["--gpus", "1"], "1 GPUs for a worker: the largest node of partition main has none"),
            (["--time", "3-00"], "time 3-00: jobs of partition main end after 2-00:00:00"),
            (["--time", "soon"], "--time: `time` is \"soon\": give minutes"),
            (["--tasks", "0"], "--tasks: `tasks` is 0: give a whole number from 1"),
            (["--until-decided"], "--until-decided"),
            (["--device", "auto"], "--device auto: workers on several machines"),
            (["--partition", "far"], "which other machines do not see, and partition far has nodes elsewhere, e.g. elsewhere"),
        ]
        for arguments, expected in cases:
            study = Study(options, cluster)
            ran = study.experiments("--executor", "slurm", *arguments, code=2)
            assert expected in ran.stderr, f"{arguments}: {ran.stderr}"
            assert not study.out.exists() and not ran.stdout, arguments
        assert cluster.queue() == []
        study = Study(options, cluster)
        study.experiments("--executor", "slurm", "--partition", "far", "--shared-folder", "--dry-run")
        study.env["PATH"] = "/nonexistent"
        ran = study.experiments("--executor", "slurm", code=2)
        assert "sbatch: cannot be started" in ran.stderr, ran.stderr
        assert not study.out.exists()


def running(study):
    """Trials that a process writes now."""
    if not (study.out / "study.json").exists():
        return 0
    ran = subprocess.run([study.xtask, "status", "--out", str(study.out)], env=study.env, capture_output=True, text=True)
    last = ran.stdout.strip().split("\n")[-1].replace(":", ",").split(", ")
    return sum(int(part.split()[0]) for part in last if part.endswith(" running"))


def until(holds, what, seconds=60, meanwhile=lambda: None):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        meanwhile()
        time.sleep(0.1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--xtask", required=True, type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--times", type=int, default=3, help="how often `workers` is repeated")
    parser.add_argument("--epochs", type=int, default=700, help="epochs of a trial of `time-limit`")
    parser.add_argument("--keep", action="store_true", help="leave the folders, for their logs")
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=", ".join(CHECKS))
    options = parser.parse_args()
    unknown = [name for name in options.checks if name not in CHECKS]
    if unknown:
        parser.error(f"no check {unknown[0]}; there are {', '.join(CHECKS)}")
    if os.geteuid() != 0:
        print("left out: a cluster of one's own needs root")
        return 3
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        loopback.install()
    if loopback.missing():
        print(f"left out: this machine lacks {', '.join(loopback.missing())}")
        return 3
    scratch = tempfile.mkdtemp(prefix="cluster-") if options.keep else tempfile.TemporaryDirectory(prefix="cluster-")
    options.scratch = pathlib.Path(scratch if options.keep else scratch.name)
    options.scratch.chmod(0o755)
    for name in options.checks or CHECKS:
        began = time.monotonic()
        try:
            CHECKS[name](options)
        except AssertionError as error:
            print(f"{name}: {CHECKS[name].__doc__.strip()} NOT SO\n{error}", flush=True)
            return 1
        print(f"{name}: {CHECKS[name].__doc__.strip()} {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
