// Hover, highlight, filter and sort. The page is whole without this script; it only adds to it.
(() => {
  "use strict";
  const source = document.getElementById("cells");
  const data = source ? JSON.parse(source.textContent) : { settings: [], measures: [], cells: [] };
  const root = document.documentElement;
  root.classList.add("js");
  const $ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (name, attributes = {}, text) => {
    const svg = ["svg", "path", "line", "text", "rect", "g", "title"].includes(name);
    const element = svg
      ? document.createElementNS("http://www.w3.org/2000/svg", name)
      : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const LEVELS = 0, SEEDS = 1, NOTE = 2, NUMBERS = 3;

  // What stands for each cell: marks in figures, rows of tables, entries of legends.
  const parts = new Map();
  const learn = (element) => {
    const cell = +element.dataset.cell;
    if (!parts.has(cell)) parts.set(cell, []);
    parts.get(cell).push(element);
  };
  $("[data-cell]").forEach(learn);

  const setsOf = (element) =>
    element.dataset.cells.split(" ").map((pair) => pair.split(":").map(Number));
  const matches = (cell, pairs) => pairs.every(([setting, value]) => cell[LEVELS][setting] === value);
  const cellsOf = (element) => {
    if (element.dataset.cell !== undefined) return [+element.dataset.cell];
    const pairs = setsOf(element);
    const found = [];
    data.cells.forEach((cell, index) => matches(cell, pairs) && found.push(index));
    return found;
  };

  // The lines that a tip shows of a cell.
  const number = (value) => {
    if (value === null) return "–";
    const size = Math.abs(value);
    return size >= 1000 ? Math.round(value).toLocaleString("en") : String(+value.toPrecision(4));
  };
  const linesOf = (index) => {
    const cell = data.cells[index];
    const lines = data.settings.map((setting, s) => `${setting.title}: ${setting.values[cell[LEVELS][s]]}`);
    data.measures.forEach((measure, m) => {
      const found = cell[NUMBERS + m];
      if (found === null) return;
      const [value, low, high] = Array.isArray(found) ? found : [found];
      lines.push(`${measure}: ${number(value)}` + (low === undefined ? "" : ` (${number(low)} to ${number(high)})`));
    });
    lines.push(`n = ${cell[SEEDS]}`);
    if (cell[NOTE]) lines.push(cell[NOTE]);
    return lines;
  };

  // The tip.
  const tip = make("div", { id: "tip", role: "status" });
  document.body.append(tip);
  const show = (element, x, y) => {
    const lines = element.dataset.words ? element.dataset.words.split("\n") : linesOf(+element.dataset.cell);
    tip.replaceChildren(...lines.map((line) => make("div", {}, line)));
    tip.classList.add("on");
    const room = tip.getBoundingClientRect();
    const left = x + 14 + room.width > innerWidth ? Math.max(4, x - 14 - room.width) : x + 14;
    const top = y + 14 + room.height > innerHeight ? Math.max(4, y - 14 - room.height) : y + 14;
    tip.style.left = `${left}px`;
    tip.style.top = `${top}px`;
  };
  const hide = () => tip.classList.remove("on");
  const marked = (target) => (target instanceof Element ? target.closest("[data-cell], [data-cells]") : null);
  // Thin lines are hard to hit, so the neighbourhood counts.
  const RING = [[0, 0], [4, 0], [-4, 0], [0, 4], [0, -4], [7, 0], [-7, 0], [0, 7], [0, -7]];
  const near = (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("figure, #parallel")) return marked(event.target);
    for (const [dx, dy] of RING) {
      const found = marked(document.elementFromPoint(event.clientX + dx, event.clientY + dy));
      if (found && found.closest("svg")) return found;
    }
    return marked(event.target);
  };
  let hot = [];
  const warm = (cells) => {
    hot.forEach((cell) => (parts.get(cell) || []).forEach((part) => part.classList.remove("hot")));
    hot = cells;
    hot.forEach((cell) => (parts.get(cell) || []).forEach((part) => part.classList.add("hot")));
  };
  const hover = (event) => {
    const element = near(event);
    if (!element || element.closest("tr, li")) return hide(), warm(element ? cellsOf(element).slice(0, 50) : []);
    const { left, top, width, height } = element.getBoundingClientRect();
    show(element, event.clientX ?? left + width / 2, event.clientY ?? top + height / 2);
    warm(cellsOf(element).slice(0, 50));
  };
  document.addEventListener("mousemove", hover, { passive: true });
  document.addEventListener("mouseover", hover, { passive: true });
  document.addEventListener("mouseleave", () => (hide(), warm([])));
  document.addEventListener("scroll", hide, { passive: true });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide(), choose(null);
  });

  // Highlighting: a click on a mark, a legend's entry or a row.
  let chosen = null;
  function choose(element) {
    $(".sel").forEach((part) => part.classList.remove("sel"));
    $("[aria-pressed=true]").forEach((button) => button.setAttribute("aria-pressed", "false"));
    const key = element && (element.dataset.cell ?? element.dataset.cells);
    chosen = key === chosen ? null : key;
    root.classList.toggle("has-sel", chosen !== null && chosen !== undefined);
    if (!element || chosen === null) return;
    for (const cell of cellsOf(element)) (parts.get(cell) || []).forEach((part) => part.classList.add("sel"));
    element.classList.add("sel");
    const button = element.matches("button") ? element : element.querySelector("button");
    if (button) button.setAttribute("aria-pressed", "true");
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("a, input, label, th, summary")) return;
    const element = near(event);
    if (element) choose(element);
  });
  for (const entry of $(".legend [data-cell], .legend [data-cells]")) {
    const button = make("button", { type: "button", "aria-pressed": "false" });
    button.append(...entry.childNodes);
    entry.append(button);
  }
  for (const row of $("tr[data-cell]")) {
    const field = row.querySelector("td.pick");
    if (!field) continue;
    const button = make("button", { type: "button", "aria-pressed": "false" });
    button.append(...field.childNodes);
    field.append(button);
  }

  // Sorting. Numbers are compared by value, what has none comes last.
  const keyOf = (row, column) => {
    const text = row.cells[column].textContent.trim();
    const value = parseFloat(text.replace(/[,\s]/g, "").replace("−", "-"));
    return [text, Number.isNaN(value) ? null : value];
  };
  function sort(table, column, header) {
    const down = header.getAttribute("aria-sort") === "descending";
    $("th", table).forEach((other) => other.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", down ? "ascending" : "descending");
    const sign = down ? 1 : -1;
    for (const body of table.tBodies) {
      const rows = [...body.rows].filter((row) => row.cells.length > 1);
      const keyed = rows.map((row) => [keyOf(row, column), row]);
      const words = keyed.some(([[text, value]]) => value === null && text !== "–" && text !== "");
      keyed.sort(([[a, x]], [[b, y]]) => {
        if (words) return sign * a.localeCompare(b, "en", { numeric: true });
        if (x === null || y === null) return (x === null) - (y === null);
        return sign * (x - y);
      });
      body.append(...keyed.map(([, row]) => row));
    }
  }
  for (const table of $("table")) {
    if ($("tbody tr", table).length < 3) continue;
    $("thead th", table).forEach((header, column) => {
      if (!header.textContent.trim()) return;
      const button = make("button", { type: "button", title: "Sort by this column" });
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => sort(table, column, header));
    });
  }

  // The filter, and brushes on the parallel coordinates.
  const form = document.getElementById("filter");
  const shown = document.getElementById("shown");
  const brushes = new Map();
  const wanted = () => {
    const sets = data.settings.map(() => null);
    if (form) {
      for (const input of $("input:checked", form)) {
        const setting = data.settings.findIndex((own) => own.name === input.name);
        sets[setting] ??= new Set();
        sets[setting].add(data.settings[setting].values.indexOf(input.value));
      }
    }
    return (cell) =>
      sets.every((set, s) => !set || set.has(cell[LEVELS][s])) &&
      [...brushes.values()].every(({ of, low, high }) => {
        const value = of(cell);
        return value !== null && value >= low && value <= high;
      });
  };
  function filter() {
    const fits = wanted();
    let count = 0;
    data.cells.forEach((cell, index) => {
      const on = fits(cell);
      count += on;
      (parts.get(index) || []).forEach((part) => part.classList.toggle("off", !on));
    });
    if (shown) shown.textContent = `${count} of ${data.cells.length} cells`;
    if (paint) paint(fits);
  }
  if (form) {
    form.hidden = false;
    form.addEventListener("change", filter);
    form.addEventListener("reset", () => {
      brushes.clear();
      setTimeout(filter);
    });
  }

  // Parallel coordinates, drawn when they come into view.
  let paint = null;
  const LINES = 1500;
  function parallel(place) {
    const axes = data.settings.map((setting, s) => ({
      title: setting.title,
      of: (cell) => cell[LEVELS][s],
      low: -0.4,
      high: setting.values.length - 0.6,
      ticks: setting.values.map((text, at) => [at, text]),
    }));
    data.measures.forEach((title, m) => {
      // Accuracies lie on a scale that is logarithmic in the error, as in the figures.
      const error = title.includes("accuracy");
      const there = (value) => (error ? -Math.log10(Math.max(1e-5, 1 - value)) : value);
      const back = (place) => (error ? 1 - 10 ** -place : place);
      const of = (cell) => {
        const value = Array.isArray(cell[NUMBERS + m]) ? cell[NUMBERS + m][0] : cell[NUMBERS + m];
        return value === null ? null : there(value);
      };
      const values = data.cells.map(of).filter((value) => value !== null);
      const [low, high] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
      if (!(high > low)) return;
      const ticks = [0, 0.25, 0.5, 0.75, 1].map((t) => low + t * (high - low));
      axes.push({ title, of, low, high, ticks: ticks.map((value) => [value, number(back(value))]) });
    });
    // As wide as the page, if the axes have room there.
    const room = Math.min(150 * axes.length, place.clientWidth);
    const [width, height, top, bottom] = [Math.max(640, 115 * axes.length, room), 340, 40, 18];
    const x = (a) => 60 + (a * (width - 160)) / Math.max(1, axes.length - 1);
    const y = (axis, value) => height - bottom - ((value - axis.low) / (axis.high - axis.low)) * (height - top - bottom);
    const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": "Parallel coordinates: a line for each cell over all settings and measures. The filter above does the same with the keyboard." });
    const lines = make("g", { class: "lines" });
    const best = data.cells.map((cell, index) => [index, Array.isArray(cell[NUMBERS]) ? cell[NUMBERS][0] : -1]);
    best.sort((a, b) => b[1] - a[1]);
    const steps = 9;
    for (const [rank, [index]] of best.slice(0, LINES).entries()) {
      const cell = data.cells[index];
      const points = axes.map((axis, a) => [axis.of(cell), a]).filter(([value]) => value !== null);
      const path = points.map(([value, a], i) => `${i ? "L" : "M"}${x(a).toFixed(1)} ${y(axes[a], value).toFixed(1)}`);
      const step = steps - 1 - Math.floor((rank / Math.min(best.length, LINES)) * (steps - 3));
      const line = make("path", { d: path.join(""), class: `s-h${step}`, "data-cell": index, fill: "none" });
      lines.prepend(line);
      learn(line);
    }
    svg.append(lines);
    axes.forEach((axis, a) => {
      svg.append(make("line", { x1: x(a), x2: x(a), y1: top, y2: height - bottom, class: "axis" }));
      svg.append(make("text", { x: x(a), y: top - 18, "text-anchor": "middle", class: "title" }, axis.title));
      for (const [value, text] of axis.ticks) {
        svg.append(make("text", { x: x(a) + 6, y: y(axis, value) + 4, class: "tick" }, text));
      }
      const brush = make("rect", { x: x(a) - 9, width: 18, y: top, height: 0, class: "brush" });
      const area = make("rect", { x: x(a) - 14, width: 28, y: top, height: height - top - bottom, class: "grab" });
      let from = null;
      const at = (event) => {
        const box = svg.getBoundingClientRect();
        const place = ((event.clientY - box.top) / box.height) * height;
        return Math.min(height - bottom, Math.max(top, place));
      };
      const value = (place) => axis.low + ((height - bottom - place) / (height - top - bottom)) * (axis.high - axis.low);
      area.addEventListener("pointerdown", (event) => {
        from = at(event);
        area.setPointerCapture(event.pointerId);
        event.preventDefault();
      });
      area.addEventListener("pointermove", (event) => {
        if (from === null) return;
        const to = at(event);
        const [upper, lower] = [Math.min(from, to), Math.max(from, to)];
        brush.setAttribute("y", upper);
        brush.setAttribute("height", lower - upper);
        brushes.set(a, { of: axis.of, low: value(lower), high: value(upper) });
        filter();
      });
      area.addEventListener("pointerup", (event) => {
        if (from !== null && Math.abs(at(event) - from) < 3) {
          brushes.delete(a);
          brush.setAttribute("height", 0);
          filter();
        }
        from = null;
      });
      svg.append(brush, area);
    });
    place.querySelector(".scroll").append(svg);
    paint = () => $(".brush", svg).forEach((brush, a) => brushes.has(a) || brush.setAttribute("height", 0));
    filter();
  }
  const place = document.getElementById("parallel");
  if (place && data.cells.length > 1) {
    place.hidden = false;
    const watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      parallel(place);
    }, { rootMargin: "300px" });
    watcher.observe(place);
  }
  filter();
})();
