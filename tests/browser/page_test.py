#!/usr/bin/env python3
"""Opens the page of a report in Chromium and checks what a reader does with it.

Needs Chromium with its driver, selenium, and a copy of axe-core (`--axe`). The records behind the report are made
up (made_up.py). Pictures of the page are left in the folder `--out`.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import time

import checks
import made_up

SEEDS = 3
# 10 × 2 × 2 × 5 × 5 × 2 cells with 5 seeds each.
LARGE = """
name = "large"
title = "Ten thousand trials"
seeds = 5

[base]
epochs = 3

[[figure]]
id = "grid"
title = "Every combination"
[figure.axes]
optimizer = ["sgd", "adam"]
dropout = [0, 0.5]
filters = [8, 16, 32, 64, 128]
batch_size = [16, 32, 64, 128, 256]
kernel = [3, 5]
learning_rate = [0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001]
"""


class Report:
    """Of what was checked, and what was found."""

    def __init__(self):
        self.checked, self.wrong, self.begun = [], [], time.monotonic()

    def check(self, name, found):
        before = len(self.wrong)
        self.wrong += [f"{name}: {text}" for text in found]
        self.checked.append(name)
        state = "ok" if len(self.wrong) == before else "WRONG"
        print(f"-- {time.monotonic() - self.begun:.0f} s: {name}: {state}", flush=True)


def make_report(xtask, config, folder):
    """Records and report of a study; gives the page."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made_up.plan(xtask, config, folder)
    trials = made_up.fill(folder, seed=1)
    begun = time.monotonic()
    command = [xtask, "report", "--records", str(folder), "--out", str(folder / "report")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    print(f"-- {config}: a report of {trials} trials in {time.monotonic() - begun:.1f} s", flush=True)
    return folder / "report" / "index.html"


def check_page(browser, report, page, axe, out):
    browser.screen()
    browser.open(page)
    report.check("nothing is fetched and nothing goes wrong on loading", list(checks.silent(browser)))
    report.check("the script finds its parts", list(checks.hooks(browser)))
    browser.picture(out / "light.png", whole=True)
    with_scripts = checks.contents(browser)
    cells = {}
    report.check("every cell can be reached by the filter", list(checks.cells_by_filter(browser, cells)))
    report.check("every cell can be reached by hovering", list(checks.cells_by_hover(browser, cells, SEEDS)))
    report.check("cells can be found with the keyboard", list(checks.by_keyboard(browser)))
    report.check("columns can be sorted", list(checks.sorting(browser)))
    report.check("axe-core, light", list(checks.accessible(browser, axe, "light")))
    report.check("nothing goes wrong in use", list(checks.silent(browser)))
    browser.screen(dark=True)
    browser.open(page)
    browser.picture(out / "dark.png", whole=True)
    report.check("axe-core, dark", list(checks.accessible(browser, axe, "dark")))
    browser.screen(width=390, height=844, phone=True)
    browser.open(page)
    browser.picture(out / "phone.png", whole=True)
    report.check("a phone need not scroll sideways", list(checks.narrow(browser, 390)))
    browser.screen()
    browser.open(page, scripts=False)
    found = checks.contents(browser)
    report.check("figures and tables need no script", list(checks.without_scripts(found, with_scripts)))
    browser.picture(out / "without-scripts.png", whole=True)
    browser.open(page)
    browser.print(out / "print.pdf")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--xtask", required=True, help="the program that makes reports")
    arguments.add_argument("--axe", required=True, type=pathlib.Path, help="axe.min.js")
    arguments.add_argument("--out", required=True, type=pathlib.Path, help="folder for records, reports, pictures")
    arguments.add_argument("--may-skip", action="store_true", help="no error if there is no Chromium")
    given = arguments.parse_args()
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        print("skipped: there is no chromium, or no chromedriver" if given.may_skip
              else "no chromium or no chromedriver (apt-get install chromium chromium-driver)", file=sys.stderr)
        return 0 if given.may_skip else 1

    from browser import Browser

    out = given.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    page = make_report(given.xtask, "full-grid", out / "full-grid")
    large = out / "large.toml"
    large.write_text(LARGE)
    large_page = make_report(given.xtask, large, out / "large")
    report = Report()
    browser = Browser(chromium, driver)
    try:
        check_page(browser, report, page, given.axe.read_text(), out)
        report.check("10,000 trials load quickly", list(checks.quick(browser, large_page, seconds=2, megabytes=4)))
    finally:
        browser.close()
    # Records of 10,000 trials are of no use to anybody.
    shutil.rmtree(out / "large" / "trials")
    print("checked: " + "; ".join(report.checked))
    print(f"pictures: {out}")
    for text in report.wrong:
        print(f"wrong: {text}", file=sys.stderr)
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
