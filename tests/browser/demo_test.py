#!/usr/bin/env python3
"""Draws a digit on the page of `demo` in Chromium, and looks whether it is recognised; watches a training."""

import argparse
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

# A three, as steps of the pointer from its first point.
THREE = [(60, 0), (40, 10), (10, 30), (-20, 40), (-40, 30), (30, 15), (20, 30), (-10, 40), (-50, 20), (-60, -15)]


def until(found, seconds=60):
    """What a function gives once it gives something true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if got := found():
            return got
        time.sleep(0.2)
    return None


class Page:
    """The page of one demonstration, in a browser."""

    def __init__(self, xtask, *arguments):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        command = [xtask, "demo", "--port", "0", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        options = webdriver.ChromeOptions()
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1100,1300"):
            options.add_argument(flag)
        options.binary_location = shutil.which("chromium")
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.driver.get(self.process.stdout.readline().strip())

    def text(self, name):
        return self.driver.find_element("id", name).text

    def count(self, selector):
        return len(self.driver.find_elements("css selector", selector))

    def draw(self):
        from selenium.webdriver.common.action_chains import ActionChains

        actions = ActionChains(self.driver, duration=20)
        actions.move_to_element_with_offset(self.driver.find_element("id", "pad"), -50, -90).click_and_hold()
        for across, down in THREE:
            actions.move_by_offset(across, down)
        actions.release().perform()

    def close(self):
        """The exit code after it was asked to end. Of Ctrl-C a shell tells no command in the background."""
        self.driver.quit()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


def check(wrong, name, holds):
    print(f"-- {name}: {'ok' if holds else 'WRONG'}", flush=True)
    if not holds:
        wrong.append(name)


def drawing(xtask, out, wrong):
    page = Page(xtask)
    check(wrong, "nothing is said of nothing", page.text("class") == "")
    check(wrong, "each filter has its kernel", until(lambda: page.count("#kernels canvas") == 16))
    page.draw()
    check(wrong, "a three is a three", until(lambda: page.text("class") == "3"))
    shares = [float(share) for share in re.findall(r"([\d.]+) %", page.text("bars"))]
    check(wrong, "ten shares make a whole", len(shares) == 10 and abs(sum(shares) - 100) < 1)
    check(wrong, "each filter has its map", page.count("#maps canvas") == 16)
    page.driver.save_screenshot(str(out / "demo.png"))
    page.driver.find_element("id", "clear").click()
    check(wrong, "it can be cleared", page.text("class") == "" and page.count("#maps canvas") == 0)
    errors = [entry for entry in page.driver.get_log("browser") if "favicon" not in entry["message"]]
    check(wrong, f"nothing goes wrong in the browser {errors}", not errors)
    check(wrong, "it ends when it is asked to", page.close() == 0)


def training(xtask, out, wrong):
    page = Page(xtask, "--train")
    percent = lambda: re.search(r"validation accuracy ([\d.]+) %", page.driver.find_element("id", "curve").text)
    learned = until(lambda: (found := percent()) and float(found[1]) > 80, seconds=120)
    check(wrong, "the curve rises in view", learned)
    page.draw()
    check(wrong, "the network answers while it learns", until(lambda: page.text("class") in "0123456789" and page.text("class")))
    page.driver.save_screenshot(str(out / "demo-train.png"))
    check(wrong, "the training ends when it is asked to", page.close() == 0)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--xtask", required=True, help="the program")
    arguments.add_argument("--out", required=True, type=pathlib.Path, help="folder for pictures")
    given = arguments.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    wrong = []
    drawing(given.xtask, given.out, wrong)
    training(given.xtask, given.out, wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
