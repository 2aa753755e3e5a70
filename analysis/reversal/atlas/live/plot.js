// Drawing, sliders, presets, play and step, downloads and exercises of the movable figures.
const SVG = "http://www.w3.org/2000/svg";
const COLOURS = { blue: "#0072b2", orange: "#d55e00", green: "#007a5a", purple: "#a3588a", ink: "currentColor", grey: "#7d7d7d" };
const WIDTH = 360, HEIGHT = 250, LEFT = 60, RIGHT = 12, TOP = 24, BOTTOM = 40;
const FRAME_MS = 60;

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

function shape(parent, tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) typesetInto(made, text, "tspan");
  parent.append(made);
  return made;
}

// "E_K (mV)" becomes E with a small lowered K, in a page or in a drawing
function typesetInto(parent, text, kind) {
  let rest = String(text), found;
  const pattern = /_([A-Za-z0-9∞⁺⁻]+)/;
  while ((found = pattern.exec(rest))) {
    parent.append(rest.slice(0, found.index));
    if (kind === "sub") parent.append(element("sub", {}, found[1]));
    else {
      const low = document.createElementNS(SVG, "tspan");
      low.setAttribute("font-size", "75%");
      low.setAttribute("dy", "3");
      low.textContent = found[1];
      const back = document.createElementNS(SVG, "tspan");
      back.setAttribute("dy", "-3");
      back.textContent = "\u200b";
      parent.append(low, back);
    }
    rest = rest.slice(found.index + found[0].length);
  }
  parent.append(rest);
  return parent;
}

function raised(power) {
  return [...power].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] ?? (c === "-" ? "⁻" : "")).join("");
}

function numberText(value, digits = 4) {
  if (!Number.isFinite(value)) return "none";
  if (Math.abs(value) < 1e-12) return "0";
  const size = Math.abs(value);
  const text = size >= 1e6 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(digits)));
  return text.replace(/e([+-]?\d+)/, (_, power) => "·10" + raised(power)).replace("-", "−");
}

function tickText(value, log) {
  if (log && (value >= 1e4 || value < 1e-2)) return "10" + raised(String(Math.round(Math.log10(value))));
  return numberText(value, 3);
}

function ticks(low, high, log) {
  if (log) {
    const made = [];
    for (let power = Math.ceil(Math.log10(low) - 1e-9); power <= Math.floor(Math.log10(high) + 1e-9); power++) made.push(10 ** power);
    const every = Math.ceil(made.length / 6);
    return made.filter((_, k) => k % every === 0);
  }
  const rough = (high - low) / 5, scale = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * scale).find((s) => s >= rough);
  const made = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) made.push(k * step);
  return made;
}

function limits(curves, axis, log) {
  let low = Infinity, high = -Infinity;
  for (const curve of curves) for (const point of curve.points) {
    const value = point[axis];
    if (Number.isFinite(value) && (!log || value > 0)) { low = Math.min(low, value); high = Math.max(high, value); }
  }
  if (!(low < high)) { const room = Math.abs(low) || 1; low -= room; high += room; if (log) low = high / 100; }
  if (axis === 1 && !log) { const room = 0.06 * (high - low); low -= room; high += room; }
  return [low, high];
}

function drawPlot(holder, plot) {
  const [xLow, xHigh] = plot.xLimits ?? limits(plot.curves, 0, plot.logX);
  const [yLow, yHigh] = plot.yLimits ?? limits(plot.curves, 1, plot.logY);
  const scale = (value, low, high, log, from, to) => {
    const share = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return from + share * (to - from);
  };
  const x = (value) => scale(value, xLow, xHigh, plot.logX, LEFT, WIDTH - RIGHT);
  const y = (value) => scale(value, yLow, yHigh, plot.logY, HEIGHT - BOTTOM, TOP);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${plot.title}: ${plot.curves.map((curve) => curve.name).join(", ")}`);
  shape(svg, "text", { x: 4, y: 14, class: "title" }, plot.title);
  for (const value of ticks(xLow, xHigh, plot.logX)) {
    shape(svg, "line", { x1: x(value), x2: x(value), y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM + 4, class: "axis" });
    shape(svg, "text", { x: x(value), y: HEIGHT - BOTTOM + 15, "text-anchor": "middle" }, tickText(value, plot.logX));
  }
  for (const value of ticks(yLow, yHigh, plot.logY)) {
    shape(svg, "line", { x1: LEFT - 4, x2: LEFT, y1: y(value), y2: y(value), class: "axis" });
    shape(svg, "text", { x: LEFT - 6, y: y(value) + 3.5, "text-anchor": "end" }, tickText(value, plot.logY));
  }
  shape(svg, "path", { d: `M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}`, class: "axis" });
  shape(svg, "text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8, "text-anchor": "middle" }, plot.xLabel);
  const middle = (TOP + HEIGHT - BOTTOM) / 2;
  shape(svg, "text", { x: 11, y: middle, "text-anchor": "middle", transform: `rotate(-90 11 ${middle})` }, plot.yLabel);
  if (!plot.logY && yLow < 0 && yHigh > 0) {
    shape(svg, "line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(0), y2: y(0), class: "zero" });
  }
  const inside = ([px, py]) => Number.isFinite(px) && Number.isFinite(py) && px >= xLow && px <= xHigh
    && (!plot.logY || py > 0);
  const clamp = (value) => Math.max(TOP - 2, Math.min(HEIGHT - BOTTOM + 2, value));
  for (const curve of plot.curves) {
    const colour = COLOURS[curve.colour] ?? curve.colour, points = curve.points.filter(inside);
    if (!curve.dots) {
      const d = points.map(([px, py], k) => `${k ? "L" : "M"}${x(px).toFixed(1)} ${clamp(y(py)).toFixed(1)}`).join("");
      shape(svg, "path", { d, fill: "none", stroke: colour, "stroke-width": 1.8, "stroke-dasharray": curve.dash ? "5 4" : "none" });
    } else {
      for (const [px, py] of points) shape(svg, "circle", { cx: x(px), cy: clamp(y(py)), r: 3.5, fill: colour });
    }
  }
  if (plot.cursor !== undefined && plot.cursor >= xLow && plot.cursor <= xHigh) {
    shape(svg, "line", { x1: x(plot.cursor), x2: x(plot.cursor), y1: TOP, y2: HEIGHT - BOTTOM, class: "cursor" });
  }
  const legend = element("ul", { class: "legend" });
  for (const curve of plot.curves) {
    if (!curve.name) continue;
    const colour = COLOURS[curve.colour] ?? curve.colour;
    const mark = element("span", { class: curve.dots ? "dot" : curve.dash ? "line dashed" : "line" });
    mark.style.setProperty("--colour", colour);
    legend.append(element("li", {}, mark, typesetInto(element("span"), curve.name, "sub")));
  }
  holder.replaceChildren(svg, legend);
}

function saved(name, parts, type) {
  const link = element("a", { href: URL.createObjectURL(new Blob(parts, { type })), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function csvOf(plots) {
  const lines = ["panel,curve,x,y"];
  const quoted = (text) => `"${String(text).replaceAll('"', '""')}"`;
  for (const plot of plots) for (const curve of plot.curves) for (const [px, py] of curve.points) {
    lines.push([quoted(`${plot.title}; x ${plot.xLabel}; y ${plot.yLabel}`), quoted(curve.name), px, py].join(","));
  }
  return lines.join("\n") + "\n";
}

// numbers from 0 to 1 that depend on the seed alone, so that an exercise is the same for everybody
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

class LiveSection {
  constructor(holder, key, system) {
    Object.assign(this, { holder, key, system, values: {}, inputs: {}, seed: null, timer: null });
    for (const slider of system.sliders) this.values[slider.id] = slider.value;
    this.build();
    this.update();
  }

  build() {
    this.controls = element("div", { class: "controls" });
    const named = this.presetsHere();
    if (named.length > 1) {
      const choice = element("select", { "aria-label": "Preset", onchange: (event) => this.preset(event.target.value) });
      for (const name of named) choice.append(element("option", { value: name }, name));
      this.controls.append(element("label", { class: "preset" }, "preset ", choice));
      this.choice = choice;
    }
    for (const slider of this.system.sliders) this.controls.append(this.sliderRow(slider));
    if (this.system.plays) this.controls.append(this.playRow());
    this.plots = this.system.panels.map(() => element("div", { class: "plot" }));
    this.numbers = element("dl", { class: "numbers", "aria-live": "polite" });
    this.command = element("code", { class: "command" });
    this.exercise = element("p", { class: "exercise", hidden: true });
    const buttons = element("p", { class: "buttons" },
      element("button", { type: "button", onclick: () => this.reset() }, "textbook values"),
      element("button", { type: "button", onclick: () => saved(`${this.key}.csv`, [csvOf(this.drawn)], "text/csv") }, "data as CSV"),
      element("button", { type: "button", onclick: () => this.pose(1 + Math.floor(Math.random() * 9999)) }, "set an exercise"));
    this.extra = element("div");
    this.holder.replaceChildren(this.controls, element("div", { class: "plots" }, ...this.plots), this.exercise,
      this.numbers, this.command, buttons, this.extra);
    this.holder.hidden = false;
    if (this.system.build) this.system.build(this);
  }

  presetsHere() {
    const own = this.system.sliders.map((slider) => slider.id);
    return Object.keys(PRESETS).filter((name) => own.filter((id) => id in PRESETS[name]).length > 1);
  }

  sliderRow(slider) {
    const log = slider.log === true, choices = slider.choices, steps = choices ? choices.length - 1 : slider.steps ?? 400;
    const position = (value) => {
      if (choices) return choices.indexOf(value);
      const share = log ? Math.log(value / slider.min) / Math.log(slider.max / slider.min)
        : (value - slider.min) / (slider.max - slider.min);
      return Math.round(share * steps);
    };
    const input = element("input", { type: "range", min: 0, max: steps, step: 1, id: `${this.key}-${slider.id}` });
    const shown = element("output", { for: input.id });
    input.addEventListener("input", () => {
      const share = input.value / steps;
      if (choices) {
        this.values[slider.id] = choices[Number(input.value)];
        this.update();
        return;
      }
      const value = log ? slider.min * (slider.max / slider.min) ** share : slider.min + share * (slider.max - slider.min);
      this.values[slider.id] = slider.whole ? Math.round(value) : Number(value.toPrecision(4));
      this.update();
    });
    this.inputs[slider.id] = { input, shown, position, slider };
    return element("label", { for: input.id, class: "slider" }, typesetInto(element("span"), slider.label, "sub"), input, shown);
  }

  playRow() {
    this.playButton = element("button", { type: "button", onclick: () => this.toggle() }, "play");
    return element("p", { class: "buttons" }, this.playButton,
      element("button", { type: "button", onclick: () => this.step(1) }, "step"),
      element("button", { type: "button", onclick: () => this.step(-1) }, "back"));
  }

  step(by) {
    const { slider } = this.inputs[this.system.plays], { choices } = slider;
    if (choices) {
      const next = choices.indexOf(this.values[slider.id]) + by;
      this.values[slider.id] = choices[(next + choices.length) % choices.length];
      this.update();
      return;
    }
    const size = (slider.max - slider.min) / (slider.frames ?? 100);
    let value = this.values[slider.id] + by * size;
    if (value > slider.max + 1e-9) value = slider.min;
    this.values[slider.id] = Math.max(slider.min, Math.min(slider.max, value));
    this.update();
  }

  toggle() {
    if (this.timer) { clearInterval(this.timer); this.timer = null; } else this.timer = setInterval(() => this.step(1), FRAME_MS);
    this.playButton.textContent = this.timer ? "pause" : "play";
  }

  preset(name) {
    for (const id of Object.keys(this.values)) {
      if (id in PRESETS[name]) this.values[id] = PRESETS[name][id];
    }
    this.update();
  }

  reset() {
    for (const slider of this.system.sliders) this.values[slider.id] = slider.value;
    if (this.choice) this.choice.selectedIndex = 0;
    this.seed = null;
    this.update();
  }

  pose(seed) {
    this.seed = seed;
    this.answered = false;
    const random = randomNumbers(seed);
    for (const slider of this.system.sliders) {
      const share = random();
      if (slider.choices) {
        this.values[slider.id] = slider.choices[Math.floor(share * slider.choices.length)];
        continue;
      }
      const value = slider.log ? slider.min * (slider.max / slider.min) ** share : slider.min + share * (slider.max - slider.min);
      this.values[slider.id] = slider.whole ? Math.round(value) : Number(value.toPrecision(2));
    }
    this.update();
  }

  update() {
    for (const { input, shown, position, slider } of Object.values(this.inputs)) {
      input.value = position(this.values[slider.id]);
      shown.textContent = `${numberText(this.values[slider.id])} ${slider.unit}`;
    }
    this.drawn = this.system.panels.map((panel) => panel(this.values, this));
    const hidden = this.seed !== null && !this.answered;
    this.plots.forEach((plot, k) => { plot.hidden = hidden; if (!hidden) drawPlot(plot, this.drawn[k]); });
    this.results = this.system.numbers(this.values, this);
    this.numbers.replaceChildren(...this.results.map(([name, value, unit]) => element("div", {},
      typesetInto(element("dt"), name, "sub"),
      typesetInto(element("dd"), hidden ? "?" : typeof value === "number" ? `${numberText(value)} ${unit ?? ""}` : value, "sub"))));
    const command = this.system.calc?.(this.values);
    this.command.textContent = command ?? "";
    this.command.hidden = !command || hidden;
    this.showExercise(hidden);
    this.system.after?.(this);
  }

  showExercise(hidden) {
    this.exercise.hidden = this.seed === null;
    if (this.seed === null) return;
    const link = element("a", { href: `#${this.key}?exercise=${this.seed}` }, `#${this.key}?exercise=${this.seed}`);
    const chapters = new Map(DATA.chapters[this.key].map(([claim, chapter]) => [chapter, claim]).reverse());
    const read = [...chapters].flatMap(([chapter, claim]) => [", ", element("a", { href: `#claim-${claim}` }, `${chapter} (${claim})`)]).slice(1);
    this.exercise.replaceChildren(`Exercise ${this.seed}: compute the values marked with “?” for the sliders above. `, link, ". Chapter: ", ...read, ". ",
      element("button", { type: "button", onclick: () => { this.answered = !this.answered; this.update(); } }, hidden ? "show the answers" : "hide the answers"));
  }
}

// rows of a simulation for one of the values for which the program computed it
function courseOf(simulation, value) {
  const k = simulation.values.indexOf(value);
  return Object.fromEntries(Object.entries(simulation.rows).map(([name, courses]) => [name, courses[k]]));
}
