"""What must hold of the page of a report. Each check yields what is wrong, in words."""

import re

# Settings and their values by the names and texts of the filter's boxes.
CHOICES = """
return [...document.querySelectorAll("form#filter fieldset")].map((set) => {
  const boxes = [...set.querySelectorAll("input[type=checkbox]")];
  return { name: boxes[0].name, title: set.querySelector("legend").textContent.trim(), values: boxes.map((box) => box.value) };
});"""

# Ticks one value of each setting, and tells which cells are then shown and what the page says of it.
COMBINATIONS = """
const [sets] = a;
const form = document.querySelector("form#filter");
const box = (name, value) => form.querySelector(`input[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
const rows = [...document.querySelectorAll("tr[data-cell]")];
const marks = [...document.querySelectorAll("svg [data-cell]")];
const frame = () => new Promise((done) => setTimeout(done, 0));
const shown = (list) => [...new Set(list.filter((e) => !e.closest(".off")).map((e) => +e.dataset.cell))];
const found = [];
const choose = async (chosen) => {
  if (chosen.length === sets.length) {
    await frame();
    found.push([chosen, shown(rows), shown(marks), document.querySelector("#shown").textContent]);
    return;
  }
  const { name, values } = sets[chosen.length];
  for (const value of values) {
    box(name, value).click();
    await choose([...chosen, value]);
    box(name, value).click();
  }
};
await choose([]);
await frame();
return [found, document.querySelector("#shown").textContent];"""

# Ticks just these values, one of each of the first settings, by pressing the boxes that change.
TICK = """
const [sets, values] = arguments;
for (const box of document.querySelectorAll("#filter input")) {
  const setting = sets.findIndex((set) => set.name === box.name);
  if (box.checked !== (values[setting] === box.value)) box.click();
}"""

# Two places inside the window where a mark of a cell lies above those of others.
PLACES = """
const cell = arguments[0];
const marks = [...document.querySelectorAll(`svg [data-cell="${cell}"]`)].filter((e) => e.getClientRects().length > 0);
if (marks.length === 0) return [];
marks[0].scrollIntoView({ block: "center", inline: "center" });
const found = [];
for (const mark of marks.slice(0, 4)) {
  const shapes = mark.matches("g") ? [...mark.querySelectorAll("polyline, polygon, circle, rect, path")] : [mark];
  for (const shape of shapes) {
    const to = shape.getScreenCTM();
    const add = (x, y) => {
      const at = new DOMPoint(x, y).matrixTransform(to);
      const top = document.elementFromPoint(at.x, at.y)?.closest("[data-cell]");
      if (top && top.dataset.cell === String(cell)) found.push([at.x, at.y]);
    };
    if (shape.matches("circle")) {
      add(+shape.getAttribute("cx"), +shape.getAttribute("cy"));
    } else if (typeof shape.getTotalLength === "function" && shape.matches("polyline, path")) {
      const length = shape.getTotalLength();
      for (const share of [0.5, 1, 0, 0.25, 0.75, 0.1, 0.9, 0.4, 0.6]) {
        const { x, y } = shape.getPointAtLength(share * length);
        add(x, y);
      }
    } else {
      const box = shape.getBBox();
      add(box.x + box.width / 2, box.y + box.height / 2);
    }
    if (found.length >= 2) return found.slice(0, 2);
  }
}
return found;"""

TIP = """
const tip = document.getElementById("tip");
if (!tip || !tip.classList.contains("on") || getComputedStyle(tip).visibility !== "visible") return null;
const room = tip.getBoundingClientRect();
if (room.left < 0 || room.top < 0 || room.right > innerWidth || room.bottom > innerHeight) return "outside the window";
return tip.innerText;"""

TABLES = """
return [...document.querySelectorAll("table")].map((table) => ({
  id: [...document.querySelectorAll("table")].indexOf(table),
  cells: table.querySelectorAll("tr[data-cell]").length,
  columns: [...table.querySelectorAll("thead th")].map((th) => !!th.querySelector("button")),
})).filter((table) => table.columns.some((button) => button));"""

SORTED = """
const [id, column] = arguments;
const table = document.querySelectorAll("table")[id];
const header = table.querySelectorAll("thead th")[column];
header.querySelector("button").click();
return {
  order: header.getAttribute("aria-sort"),
  others: table.querySelectorAll("th[aria-sort]").length - 1,
  bodies: [...table.tBodies].map((body) =>
    [...body.rows].filter((row) => row.cells.length > 1).map((row) => [row.cells[column].textContent.trim(), row.textContent])),
};"""


def silent(browser):
    """Nothing is fetched, and the console has no errors."""
    fetched = browser.run("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    yield from (f"fetched {name[:100]}" for name in fetched if not name.startswith("data:"))
    allowed = browser.run("return location.href")
    for address in browser.requests():
        if address not in (allowed, "about:blank") and not address.startswith("data:"):
            yield f"asked for {address[:100]}"
    yield from (f"the console says: {text}" for text in browser.complaints())


def hooks(browser):
    """The parts of the page that the script works on are where they belong."""
    last = browser.run("return document.body.lastElementChild.tagName + ' ' + [...document.body.children].filter((e) => e.id !== 'tip').pop().tagName")
    if "SCRIPT" not in last:
        yield f"the last element of the body is {last}"
    if not browser.run("return document.querySelector('script#cells[type=\"application/json\"]') !== null"):
        yield "there is no data of the cells"
    if browser.run("return document.querySelector('#tip')?.getAttribute('role')") != "status":
        yield "#tip has not the role of a status"


def cells_by_filter(browser, cells):
    """Each cell can be reached by ticking its settings; gives the settings of each cell into `cells`."""
    sets = browser.run(CHOICES)
    if not sets:
        yield "there is no filter"
        return
    found, told = browser.run_async(COMBINATIONS, sets)
    count = browser.run("return new Set([...document.querySelectorAll('tr[data-cell]')].map((e) => e.dataset.cell)).size")
    if told != f"{count} of {count} cells":
        yield f"without a filter the page tells of {told!r}, there are {count} rows of cells"
    for chosen, rows, marks, told in found:
        if len(rows) != 1 or marks != rows:
            yield f"{chosen} shows the rows of cells {rows} and the marks of cells {marks}"
        elif told != f"1 of {count} cells":
            yield f"{chosen} is told as {told!r}"
        else:
            cells[rows[0]] = chosen
    if sorted(cells) != list(range(count)):
        yield f"{count} cells, and {len(cells)} of them were reached by the filter"


def tip_of(browser, cell, values):
    """Points at the marks of a cell until a tip tells its values. Gives the last tip, and whether it is it."""
    told = None
    for x, y in browser.run(PLACES, cell):
        browser.point_at(x, y)
        told = browser.run(TIP)
        if told and all(re.search(rf"(?<![\d.]){re.escape(value)}(?![\d.])", told) for value in values):
            return told, True
    return told, False


def cells_by_hover(browser, cells, seeds):
    """Each cell can be reached by the pointer, and its tip tells settings, value, interval and n. Marks lie above each
    other, so the filter leaves the cells that differ in one setting, and if need be the cell alone."""
    sets = browser.run(CHOICES)
    some = list(sorted(cells.items()))[:: max(1, len(cells) // 20)]
    at_once = sum(tip_of(browser, cell, values)[1] for cell, values in some)
    print(f"   {at_once} of {len(some)} cells without the filter")
    if 5 * at_once < len(some):
        yield f"no more than {at_once} of {len(some)} cells were reached without the filter"
    for cell, values in sorted(cells.items(), key=lambda item: item[1]):
        browser.run(TICK, sets, values[:-1])
        told, reached = tip_of(browser, cell, values)
        if not reached:
            browser.run(TICK, sets, values)
            told, reached = tip_of(browser, cell, values)
        if not reached:
            yield f"cell {cell} {values} was not reached by hovering; the last tip is {told!r}"
            continue
        if told.count("\n") < len(sets):
            yield f"the tip of cell {cell} has few lines: {told!r}"
        if not re.search(r"[\d.]+ ?%? *[\[(] ?[\d.]+ ?%?( to |, ?| ?– ?)[\d.]+ ?%? ?[\])]", told):
            yield f"the tip of cell {cell} has no value with an interval: {told!r}"
        if not re.search(rf"\bn\b\D{{0,4}}{seeds}\b", told):
            yield f"the tip of cell {cell} does not tell n = {seeds}: {told!r}"
    browser.run(TICK, sets, [])
    browser.point_at(2, 2)
    if not browser.wait("!document.getElementById('tip').classList.contains('on')"):
        yield "the tip stays when the pointer has left"


def by_keyboard(browser):
    """Without a pointer a mark has a tip when it has the focus, or a button in the row of a cell highlights its marks."""
    kind = browser.run("""
const mark = document.querySelector("svg [data-cell][tabindex], svg [data-cell] [tabindex]");
const button = document.querySelector("tr[data-cell] button");
(mark ?? button)?.scrollIntoView({ block: "center" });
(mark ?? button)?.focus();
return mark ? "mark" : button ? "button" : null;""")
    if kind is None:
        yield "neither a mark nor a row of a cell can have the focus"
    elif kind == "mark":
        if not browser.wait("document.getElementById('tip').classList.contains('on')"):
            yield "focus on a mark shows no tip"
    else:
        for pressed in ("true", "false"):
            browser.enter()
            if not browser.wait(f"document.activeElement.getAttribute('aria-pressed') === '{pressed}'"):
                yield f"the button of a row does not become aria-pressed = {pressed}"
            cells = browser.run("return [...document.querySelectorAll('svg .sel')].map((e) => e.dataset.cell)")
            own = browser.run("return document.activeElement.closest('tr').dataset.cell")
            if set(cells) != ({own} if pressed == "true" else set()):
                yield f"with the button of cell {own} pressed = {pressed}, marks of {sorted(set(cells))} are highlighted"
    browser.run("document.activeElement?.blur()")


def number(text):
    """The number that a field of a table begins with; None where it has none."""
    found = re.match(r"-?\d[\d,]*(\.\d+)?(e-?\d+)?", text.replace("−", "-"))
    return float(found.group().replace(",", "")) if found else None


def sorting(browser):
    """A press on the head of a column sorts by it, another one turns the order."""
    tables = browser.run(TABLES)
    if not any(table["cells"] for table in tables):
        yield "no table of cells can be sorted"
    for table in tables:
        for column, button in enumerate(table["columns"]):
            if not button:
                continue
            name = f"table {table['id']}, column {column}"
            runs = [browser.run(SORTED, table["id"], column) for _ in range(2)]
            if {run["order"] for run in runs} != {"ascending", "descending"}:
                yield f"{name}: aria-sort is {[run['order'] for run in runs]}"
            if any(run["others"] for run in runs):
                yield f"{name}: other columns are told as sorted too"
            rows = [sorted(row for body in run["bodies"] for _, row in body) for run in runs]
            if rows[0] != rows[1]:
                yield f"{name}: rows were lost"
            for run in runs:
                for body in run["bodies"]:
                    numbers = [number(text) for text, _ in body]
                    # Words, and numbers with words, have an order of their own.
                    if len(numbers) < 2 or None in numbers or any(re.search(r"[a-z]{2}", text) for text, _ in body):
                        continue
                    if numbers != sorted(numbers, reverse=run["order"] == "descending"):
                        yield f"{name}: not {run['order']}: {numbers[:8]}"


def contents(browser):
    """What a reader sees, with scripts or without: figures with their shapes, and rows of cells."""
    return browser.run("""
const seen = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility === "visible";
const figures = [...document.querySelectorAll("figure svg")].filter(seen);
return {
  figures: figures.length,
  shapes: figures.reduce((sum, svg) => sum + svg.querySelectorAll("polyline, polygon, circle, text").length, 0),
  rows: [...document.querySelectorAll("tr[data-cell]")].filter(seen).length,
  form: [...document.querySelectorAll("form#filter")].filter(seen).length,
  notes: [...document.querySelectorAll("noscript")].filter((e) => e.textContent.trim() && seen(e)).length,
};""")


def without_scripts(found, expected):
    """Figures and tables are all there without scripts."""
    for part in ("figures", "shapes", "rows"):
        if found[part] == 0 or found[part] != expected[part]:
            yield f"{found[part]} {part} without scripts, {expected[part]} with them"
    if found["form"]:
        yield "the filter is shown although it does nothing"
    if not found["notes"]:
        yield "no note says what scripts would add"


def accessible(browser, axe, where):
    """axe-core finds nothing serious or critical."""
    browser.run(axe + "; window.axe = axe;")
    found = browser.run_async("return (await axe.run(document, { resultTypes: ['violations'] })).violations")
    for violation in found:
        if violation["impact"] in ("serious", "critical"):
            first = violation["nodes"][0]
            yield (
                f"{where}: {violation['id']} ({violation['impact']}), {len(violation['nodes'])} times, "
                f"first {first['html'][:150]}: {first['failureSummary'][:200]}"
            )


def narrow(browser, width):
    """Nothing but what scrolls for itself is wider than a phone."""
    found = browser.run("return [document.documentElement.scrollWidth, document.body.scrollWidth]")
    if max(found) > width:
        wide = browser.run("""
return [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll"))
  .slice(0, 3).map((e) => e.outerHTML.slice(0, 100))""")
        yield f"{max(found)} pixels wide at {width}: {wide}"


def quick(browser, page, seconds, megabytes):
    """The page is small and loads in time. The best of three counts, by the clock or by the processor, since others
    may use the machine."""
    size = page.stat().st_size / 1e6
    if size > megabytes:
        yield f"the page has {size:.1f} MB, more than {megabytes}"
    walls, works = [], []
    for _ in range(3):
        browser.open(page)
        timing = "performance.getEntriesByType('navigation')[0].loadEventEnd"
        browser.wait(f"{timing} > 0", 30)
        walls.append(browser.run(f"return {timing}") / 1000)
        works.append(browser.work())
    print(f"   {size:.2f} MB, loads in {min(walls):.2f} s, {min(works):.2f} s of a processor")
    if min(walls + works) > seconds:
        yield f"loads in {min(walls):.2f} s, {min(works):.2f} s of a processor, more than {seconds}"
