"""Chromium, driven by selenium and by its own protocol."""

import base64
import json
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service


class Browser:
    """One window without a profile, cache or extensions."""

    def __init__(self, chromium, driver):
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for flag in ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-extensions"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options, Service(driver))
        self.driver.set_script_timeout(120)

    def close(self):
        self.driver.quit()

    def protocol(self, command, **parameters):
        return self.driver.execute_cdp_cmd(command, parameters)

    def run(self, script, *arguments):
        """Runs the body of a function in the page."""
        return self.driver.execute_script(script, *arguments)

    def run_async(self, script, *arguments):
        """Runs the body of an async function in the page."""
        done = "const done = arguments[arguments.length - 1]; (async (...a) => {%s})(...arguments)" % script
        found = self.driver.execute_async_script(done + ".then((v) => done([v, null]), (e) => done([null, String(e)]))", *arguments)
        if found[1] is not None:
            raise RuntimeError(found[1])
        return found[0]

    def screen(self, width=1280, height=900, dark=False, phone=False):
        """Size of the window and the colours that the reader prefers."""
        self.protocol(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone
        )
        scheme = "dark" if dark else "light"
        self.protocol("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, path, scripts=True):
        """Opens a file, and forgets what was logged before."""
        self.protocol("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.protocol("Page.navigate", url="about:blank")
        self.log("browser"), self.log("performance")
        self.protocol("Performance.disable")
        self.protocol("Performance.enable", timeDomain="threadTicks")
        self.driver.get(path.resolve().as_uri())

    def work(self):
        """Seconds that a processor has spent on the page since it was opened."""
        found = {entry["name"]: entry["value"] for entry in self.protocol("Performance.getMetrics")["metrics"]}
        return found["TaskDuration"]

    def log(self, kind):
        return self.driver.get_log(kind)

    def complaints(self):
        """What the console says of errors since the page was opened."""
        return [entry["message"] for entry in self.log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def requests(self):
        """Addresses that the page asked for since it was opened."""
        messages = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        sent = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
        return [request["request"]["url"] for request in sent]

    def point_at(self, x, y):
        """Moves the pointer there, in CSS pixels of the window."""
        self.protocol("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def enter(self):
        """Presses Enter on what has the focus."""
        for kind in ("keyDown", "keyUp"):
            self.protocol(
                "Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r"
            )

    def picture(self, path, whole=False):
        """A screenshot of the window, or of the whole page."""
        parameters = {"format": "png", "captureBeyondViewport": whole}
        if whole:
            size = self.protocol("Page.getLayoutMetrics")["cssContentSize"]
            # Chromium draws no picture of more pixels a side.
            parameters["clip"] = {**size, "height": min(size["height"], 16_000), "scale": 1}
        found = self.protocol("Page.captureScreenshot", **parameters)
        path.write_bytes(base64.b64decode(found["data"]))

    def print(self, path):
        found = self.protocol("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        path.write_bytes(base64.b64decode(found["data"]))

    def wait(self, condition, seconds=3.0):
        """Whether a condition of the page comes true within the time."""
        until = time.monotonic() + seconds
        while True:
            if self.run(f"return {condition}"):
                return True
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
