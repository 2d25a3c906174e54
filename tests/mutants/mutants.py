"""Tests the tests of one crate: makes the mutants that `cargo mutants --list` names, and runs the crate's
tests on each.

cargo-mutants builds the crate once per mutant, which takes most of its time. This builds all of them at once:
a function with mutants gets a body that chooses among its mutated bodies by the environment variable MUTANT.
What does not compile is unviable; the build is repeated without it. Mutants of constants, of `const fn` and of
functions that return `impl Trait` are built one at a time.

    python3 tests/mutants/mutants.py lenet-stats --work "$WORK" --out "$WORK/outcomes.json"

Run by root, it runs the tests as nobody: a mutant that replaces files would replace those in /dev.

Needs cargo-mutants 25.3 for its list, and nothing else."""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

CHOICE = """
#[doc(hidden)]
pub fn __mutant() -> u32 {
    static CHOSEN: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *CHOSEN.get_or_init(|| std::env::var("MUTANT").ok().and_then(|n| n.parse().ok()).unwrap_or(0))
}
"""

# Whom tests run as where this runs as root.
NOBODY = 65534


class Source:
    """A file's text, with the offsets of its lines."""

    def __init__(self, path):
        self.text = path.read_text()
        self.lines = [0]
        for line in self.text.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))

    def at(self, place):
        return self.lines[place["line"] - 1] + place["column"] - 1

    def span(self, span):
        return self.at(span["start"]), self.at(span["end"])


def past(text, at, opening, closing):
    """The offset behind the bracket that closes the one here."""
    depth = 0
    while True:
        if text[at] == opening:
            depth += 1
        elif text[at] == closing and text[at - 1] not in "-=":
            depth -= 1
        at += 1
        if depth == 0:
            return at


def body_of(source, function):
    """Offsets behind the opening and before the closing brace of a function."""
    start, end = source.span(function["span"])
    bare = function["function_name"].split("::")[-1].split("<")[0]
    name = re.compile(r"\bfn\s+(r#)?" + re.escape(bare) + r"\b").search(source.text, start, end)
    if name is None or source.text[end - 1] != "}":
        return None
    at = name.end()
    for opening, closing in ["<>", "()"]:
        # Type parameters, then parameters.
        if source.text[at] == opening:
            at = past(source.text, at, opening, closing)
    opening = source.text.index("{", at)
    signature = source.text[start:opening]
    if re.search(r"\bconst\s+(unsafe\s+)?fn\b", signature) or re.search(r"->\s*[^{]*\bimpl\b", signature):
        return None
    return opening + 1, end - 1


class Crate:
    def __init__(self, package, work, opt_level, exclude):
        self.package, self.work = package, pathlib.Path(work).resolve()
        self.work.mkdir(parents=True, exist_ok=True)
        self.environment = os.environ | {
            "CARGO_TARGET_DIR": str(self.work / "target"),
            "CARGO_PROFILE_DEV_DEBUG": "0",
            "CARGO_PROFILE_DEV_OPT_LEVEL": opt_level,
            "CARGO_INCREMENTAL": "1",
            "RUSTFLAGS": "--cap-lints=allow",
        }
        self.tree = self.work / "tree"
        shutil.rmtree(self.tree, ignore_errors=True)
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, check=True
        )
        for name in filter(None, listed.stdout.decode().split("\0")):
            if os.path.isfile(name):
                (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(name, self.tree / name)
        self.folder = self.tree / "crates" / package
        (self.work / "tmp").mkdir(exist_ok=True)
        for folder in [self.folder, self.work / "tmp"]:
            folder.chmod(0o777)

        def listing(*more):
            command = ["cargo", "mutants", "-p", package, "--list", *more, *(f"--exclude={file}" for file in exclude)]
            return subprocess.run(command, capture_output=True, check=True, text=True).stdout

        self.mutants = json.loads(listing("--json"))
        for number, (mutant, name) in enumerate(zip(self.mutants, listing().splitlines(), strict=True), 1):
            mutant |= {"number": number, "name": name, "outcome": None}
        self.sources = {m["file"]: Source(self.tree / m["file"]) for m in self.mutants}
        self.sort_out()

    def sort_out(self):
        """Finds the body of each mutant's function; None: to be built alone."""
        for mutant in self.mutants:
            function = mutant["function"]
            mutant["body"] = function and body_of(self.sources[mutant["file"]], function)
        # Of a function within another one, only the outer is rewritten.
        for mutant in self.mutants:
            for other in self.mutants:
                inside = mutant["body"] and other["body"] and mutant["file"] == other["file"]
                if inside and other["body"][0] < mutant["body"][0] < other["body"][1]:
                    mutant["body"] = None

    def replaced(self, mutant, start, end):
        """The text from start to end with this mutant in it."""
        source = self.sources[mutant["file"]]
        first, last = source.span(mutant["span"])
        put = mutant["replacement"]
        return source.text[start:first] + put + source.text[last:end]

    def write(self, name, text):
        if name == f"crates/{self.package}/src/lib.rs":
            text += CHOICE
        (self.tree / name).write_text(text)

    def write_all(self):
        """Writes files that hold all mutants not yet found unviable; gives which lines are whose."""
        lines = {}
        root = f"crates/{self.package}/src/lib.rs"
        if root not in self.sources:
            self.sources[root] = Source(self.tree / root)
        for name, source in self.sources.items():
            bodies = {}
            for mutant in self.mutants:
                if mutant["file"] == name and mutant["body"] and mutant["outcome"] is None:
                    bodies.setdefault(mutant["body"], []).append(mutant)
            text, done = "", 0
            for (start, end), mutants in sorted(bodies.items(), key=lambda body: body[0]):
                text += source.text[done:start] + "\nmatch crate::__mutant() {\n"
                for mutant in mutants:
                    first = text.count("\n") + 1
                    text += f"{mutant['number']} => {{\n{self.replaced(mutant, start, end)}\n}}\n"
                    lines.setdefault(name, []).append((first, text.count("\n"), mutant))
                text += "_ => {" + source.text[start:end] + "}\n}\n"
                done = end
            self.write(name, text + source.text[done:])
        return lines

    def cargo_build(self):
        command = ["cargo", "test", "--no-run", "--lib", "--tests", "-p", self.package, "--message-format=json"]
        built = subprocess.run(command, cwd=self.tree, env=self.environment, capture_output=True, text=True)
        messages = [json.loads(line) for line in built.stdout.splitlines() if line.startswith("{")]
        programs = [m["executable"] for m in messages if m.get("executable")]
        errors = [m["message"] for m in messages if m["reason"] == "compiler-message" and m["message"]["level"] == "error"]
        return built.returncode == 0, programs, errors

    def build_together(self):
        while True:
            lines = self.write_all()
            done, programs, errors = self.cargo_build()
            if done:
                return programs
            hit = set()
            for error in errors:
                spans = [s for s in error["spans"] if s["is_primary"]] or error["spans"]
                for span in spans:
                    while span.get("expansion") and span["file_name"] not in lines:
                        span = span["expansion"]["span"]
                    for first, last, mutant in lines.get(span["file_name"], []):
                        if first <= span["line_start"] <= last:
                            hit.add(mutant["number"])
            if not hit:
                raise SystemExit("\n".join(error["rendered"] for error in errors))
            for number in hit:
                self.mutants[number - 1]["outcome"] = "unviable"
            print(f"{len(hit)} do not compile: {errors[0]['message']}", flush=True)

    def test(self, programs, number, limit):
        """The outcome of testing a mutant. Tests that fail once only do not kill it."""
        for words, limit in [(self.quick, self.quick_limit), (self.slow, limit)]:
            first = self.run_tests(programs, number, limit, words)
            if first == "killed" and not self.once:
                first = self.run_tests(programs, number, limit, words)
            if first != "survived":
                return first
        return "survived"

    # Arguments that choose the quick tests, and the slow ones; None: there are no such.
    quick, slow = [], None
    quick_limit = 600
    once = False

    def sort_tests(self, programs):
        """Finds tests that take long, to be run after the others."""
        slow = []
        for program in programs:
            listed = subprocess.run([program, "--list"], cwd=self.folder, capture_output=True, text=True).stdout
            for name in re.findall(r"^(.+): test$", listed, re.M):
                began = time.time()
                self.run_tests([program], 0, 600, ["--exact", name])
                if time.time() - began > 0.4:
                    slow.append(name)
        if slow:
            self.slow = ["--exact", *slow]
            self.quick = ["--exact", *(word for name in slow for word in ["--skip", name])]
        began = time.time()
        for program in programs:
            self.run_tests([program], 0, 600, self.quick)
        self.quick_limit = max(2.5, 6 * (time.time() - began))
        print(f"slow tests: {', '.join(slow) or 'none'}; the others may take {self.quick_limit:.1f} s", flush=True)

    def run_tests(self, programs, number, limit, words):
        if words is None:
            return "survived"
        environment = self.environment | {
            "MUTANT": str(number),
            "CARGO_MANIFEST_DIR": str(self.folder),
            "TMPDIR": str(self.work / "tmp"),
        }
        # A mutant may write anywhere that it is allowed to, devices included.
        nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        for program in programs:
            running = subprocess.Popen(
                [program, "-q", *words], cwd=self.folder, env=environment, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **nobody,
            )
            try:
                if running.wait(limit) != 0:
                    return "killed"
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, signal.SIGKILL)
                running.wait()
                return "timeout"
        return "survived"

    def build_alone(self, mutant):
        source = self.sources[mutant["file"]]
        for name, other in self.sources.items():
            self.write(name, other.text)
        self.write(mutant["file"], self.replaced(mutant, 0, len(source.text)))
        return self.cargo_build()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("package")
    arguments.add_argument("--work", required=True, help="folder for a copy of the tree and its build")
    arguments.add_argument("--out", required=True, help="file for the outcomes; those killed in it are not run again")
    arguments.add_argument("--jobs", type=int, default=1, help="mutants tested at once")
    arguments.add_argument("--opt-level", default="1", help="of the crate and what it depends on")
    arguments.add_argument("--exclude", action="append", default=[], help="file without mutants")
    arguments.add_argument("--once", action="store_true", help="of tests that never fail by chance: one failure kills")
    given = arguments.parse_args()
    crate = Crate(given.package, given.work, given.opt_level, given.exclude)
    crate.once = given.once
    out = pathlib.Path(given.out)
    before = json.loads(out.read_text()) if out.exists() else {}

    def save():
        out.write_text(json.dumps(before | {m["name"]: m["outcome"] for m in crate.mutants if m["outcome"]}, indent=0))

    def key(name):
        return re.sub(r":\d+:\d+:", ":", name)

    known = {}
    for name, outcome in before.items():
        known.setdefault(key(name), set()).add(outcome)
    for mutant in crate.mutants:
        if known.get(key(mutant["name"])) == {"unviable"}:
            mutant["outcome"] = "unviable"
    programs = crate.build_together()
    save()
    began = time.time()
    if crate.test(programs, 0, 600) != "survived":
        raise SystemExit("the tests fail without a mutant")
    seconds = time.time() - began
    crate.sort_tests(programs)
    limit = max(8.0, 5 * seconds)
    rest = [m for m in crate.mutants if m["outcome"] is None and before.get(m["name"]) not in ("killed", "timeout")]
    print(f"{len(crate.mutants)} mutants, {len(rest)} to test, tests take {seconds:.1f} s", flush=True)

    def run(mutant):
        mutant["outcome"] = crate.test(programs, mutant["number"], limit)
        if mutant["outcome"] == "survived":
            print(mutant["name"], flush=True)

    together = [m for m in rest if m["body"]]
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for done, _ in enumerate(pool.map(run, together)):
            if done % 5 == 0:
                save()
    save()
    alone = [m for m in rest if not m["body"]]
    print(f"{len(alone)} to build alone", flush=True)
    for mutant in alone:
        done, programs, _ = crate.build_alone(mutant)
        mutant["outcome"] = "unviable"
        if done:
            mutant["outcome"] = crate.test(programs, mutant["number"], limit)
        if mutant["outcome"] == "survived":
            print(mutant["name"], flush=True)
        save()
    outcomes = [m["outcome"] or before[m["name"]] for m in crate.mutants]
    print({outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))})


main()
