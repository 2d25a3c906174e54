"""A Slurm cluster of two nodes on one machine, for tests.

Everything lies below one folder and listens on 127.0.0.1. Needs root, and Debian's packages slurmctld,
slurmd, slurm-client and munge. Only processes that it started are ended, by their ids.
"""

import contextlib
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import time

PACKAGES = ["slurmctld", "slurmd", "slurm-client", "munge"]
PROGRAMS = ["slurmctld", "slurmd", "munged", "sbatch", "srun"]
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"


def missing():
    """The programs that this machine lacks."""
    return [program for program in PROGRAMS if not shutil.which(program, path=PATH)]


def install():
    """Installs what is missing, without the daemons that the packages would start."""
    if not missing():
        return
    policy = pathlib.Path("/usr/sbin/policy-rc.d")
    made = not policy.exists()
    if made:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    try:
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-q"], check=False, **quiet)
        subprocess.run(["apt-get", "install", "-qy", "--no-install-recommends", *PACKAGES], check=True, **quiet)
    finally:
        if made:
            policy.unlink()


def processes():
    """Parent and state of every process."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                found[int(entry.name)] = (int(parent), state)
    return found


def with_descendants(pids):
    """The processes and everything that they started."""
    known, all_of_them = processes(), list(pids)
    for pid in all_of_them:
        all_of_them += [child for child, (parent, _) in known.items() if parent == pid]
    return all_of_them


class Loopback:
    """The cluster; `with` starts it and ends it."""

    def __init__(self, folder, port=17200, cpus=2, max_array=1001, preempt=False):
        self.folder = pathlib.Path(folder)
        self.port, self.cpus = port, cpus
        self.max_array, self.preempt = max_array, preempt
        self.conf = self.folder / "slurm.conf"
        self.env = {**os.environ, "PATH": PATH, "SLURM_CONF": str(self.conf)}

    def __enter__(self):
        self.configure()
        self.daemon("munged", ["munged", "--force", f"--key-file={self.folder}/munge.key",
                               f"--socket={self.folder}/run/munge", f"--pid-file={self.folder}/run/munged.pid",
                               f"--log-file={self.folder}/log/munged.log",
                               f"--seed-file={self.folder}/run/munge.seed", "--num-threads=2"])
        self.start_controller()
        for node in ("n1", "n2"):
            self.start_node(node)
        self.until(lambda: self.states("main") == {"idle"}, "the nodes come up", 60)
        return self

    def __exit__(self, *_):
        self.ask("scancel", "--user=root", check=False)
        time.sleep(0.5)
        steps = with_descendants(self.steps(""))
        daemons = [self.pid(name) for name in ("slurmd-n1", "slurmd-n2", "slurmctld", "munged")]
        self.end([*steps, *[pid for pid in daemons if pid]])

    def configure(self):
        for name in ("state", "spool/n1", "spool/n2", "log", "run"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for folder in (self.folder, self.folder / "run"):
            folder.chmod(0o755)
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o400)
        partitions = ["main Nodes=n[1-2] Default=YES MaxTime=2-00:00:00", "far Nodes=n[1-2],elsewhere"]
        preemption = ""
        if self.preempt:
            preemption = "PreemptType=preempt/partition_prio\nPreemptMode=REQUEUE\n"
            partitions += ["low Nodes=n[1-2] PriorityTier=1 PreemptMode=REQUEUE GraceTime=5",
                           "high Nodes=n[1-2] PriorityTier=10 PreemptMode=OFF"]
        # The third node is another machine, and nobody reaches it.
        nodes = "".join(
            f"NodeName=n{n} NodeAddr=127.0.0.1 NodeHostname=localhost Port={self.port + n} CPUs={self.cpus} "
            "RealMemory=1000 State=UNKNOWN\n" for n in (1, 2))
        self.conf.write_text(f"""\
ClusterName=loopback
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={self.port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={self.folder}/run/munge
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/spool/%n
SlurmctldPidFile={self.folder}/run/slurmctld.pid
SlurmdPidFile={self.folder}/run/slurmd-%n.pid
SlurmctldLogFile={self.folder}/log/slurmctld.log
SlurmdLogFile={self.folder}/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc={self.folder}/log/ended
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=2
ReturnToService=2
SlurmctldTimeout=10
SlurmdTimeout=8
InactiveLimit=0
MinJobAge=3600
KillWait=3
MessageTimeout=5
MaxArraySize={self.max_array}
JobRequeue=1
{preemption}{nodes}\
NodeName=elsewhere NodeAddr=192.0.2.1 NodeHostname=elsewhere Port={self.port + 3} CPUs=64 State=DOWN
{"".join(f"PartitionName={partition} State=UP{chr(10)}" for partition in partitions)}""")
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n")

    def daemon(self, name, command):
        with open(self.folder / "log" / f"{name}.out", "ab") as log:
            subprocess.run(command, env=self.env, check=True, stdout=log, stderr=log)

    def pid(self, name):
        """The process of a daemon, if it runs."""
        try:
            pid = int((self.folder / "run" / f"{name}.pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if processes().get(pid, (0, "Z"))[1] != "Z" else None

    def start_controller(self):
        self.daemon("slurmctld", ["slurmctld"])

    def kill_controller(self):
        self.end([self.pid("slurmctld")], signal.SIGKILL)

    def start_node(self, node):
        self.daemon(f"slurmd-{node}", ["slurmd", "-N", node])

    def kill_node(self, node):
        """What a power failure does: the daemon of a node and all that it runs, at once."""
        self.end([*with_descendants(self.steps(node)), self.pid(f"slurmd-{node}")], signal.SIGKILL)

    def steps(self, node):
        """The steps of this cluster, on one node or on all."""
        found = []
        for pid in processes():
            folder = pathlib.Path("/proc") / str(pid)
            with contextlib.suppress(OSError):
                if not (folder / "comm").read_text().startswith("slurmstepd"):
                    continue
                environment = (folder / "environ").read_bytes().split(b"\0")
                files = [os.readlink(file) for file in (folder / "fd").iterdir()]
                if f"SLURM_CONF={self.conf}".encode() in environment and any(
                        f"slurmd-{node}" in file or f"spool/{node}" in file for file in files):
                    found.append(pid)
        return found

    def end(self, pids, how=signal.SIGTERM):
        pids = [pid for pid in pids if pid]
        for number in (how, signal.SIGKILL):
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            deadline = time.monotonic() + 5
            while time.monotonic() < deadline:
                known = processes()
                pids = [pid for pid in pids if known.get(pid, (0, "Z"))[1] != "Z"]
                if not pids:
                    return
                time.sleep(0.05)

    def ask(self, *command, check=True):
        ran = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=60)
        if check and ran.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {ran.stderr.strip()}")
        return ran.stdout.strip()

    def states(self, partition):
        found = self.ask("sinfo", "-h", "-N", "-p", partition, "-o", "%T", check=False)
        return set(found.split())

    def queue(self, job=None):
        """Id, state and reason of what is left."""
        only = ["-j", job] if job else []
        command = ["squeue", "-h", "-r", *only, "-o", "%i|%T|%r"]
        ran = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=60)
        if ran.returncode != 0 and "Invalid job id" not in ran.stderr:
            # A controller that does not answer has not said that nothing is left.
            return [("?", "UNKNOWN", ran.stderr.strip())]
        return [tuple(line.split("|")) for line in ran.stdout.splitlines()]

    def hurry(self):
        """Jobs that were queued again wait two minutes; tests do not."""
        for job, state, reason in self.queue():
            if state == "PENDING" and reason == "BeginTime":
                self.ask("scontrol", "update", f"JobId={job}", "StartTime=now", check=False)

    def until(self, holds, what, seconds=120):
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s: {what}; queue: {self.queue()}")
            self.hurry()
            time.sleep(0.2)

    def until_empty(self, seconds=180):
        self.until(lambda: not self.queue(), "all jobs end", seconds)
