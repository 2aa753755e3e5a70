"use strict";
(() => {
  // A print has everything; what was closed is closed again after it.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => { for (const part of opened) part.open = false; });
})();
// The viewer of sweeps: zoom, pan, sweeps on and off, a new window. It draws what the page contains and computes nothing.
// Without this script, the figures and tables of the page show the same recordings.
(() => {
  const store = document.getElementById("sweeps-data");
  const viewer = document.getElementById("viewer");
  if (!store || !viewer) return;
  const recordings = JSON.parse(store.textContent);
  if (!recordings.length) return;
  const get = name => viewer.querySelector(`[data-part="${name}"]`);
  const [choice, canvas, boxes, start, stop, lines, readout] =
    ["recording", "canvas", "sweeps", "start", "stop", "lines", "readout"].map(get);
  const pen = canvas.getContext("2d");
  const LEFT = 62, RIGHT = 12, TOP = 10, COMMAND = 70, FOOT = 34;
  let now, view, marked = null;
  const dragged = {from: null, to: null};

  for (const [n, recording] of recordings.entries()) choice.add(new Option(recording.title, String(n)));
  for (const recording of recordings) for (const sweep of recording.sweeps) sweep.on = true;
  viewer.hidden = false;

  function trace(sweep) {
    if (!sweep.values) {
      const bytes = Uint8Array.from(atob(sweep.data), letter => letter.charCodeAt(0));
      sweep.values = new Int16Array(bytes.buffer);
    }
    return sweep.values;
  }

  function range() {
    let low = 0, high = 0;
    for (const sweep of now.sweeps.filter(sweep => sweep.on)) {
      const values = trace(sweep), each = sweep.ms / (values.length || 1);
      const some = [...values.filter((_, n) => n * each >= view.from && n * each <= view.to)].sort((a, b) => a - b);
      if (!some.length) continue;
      const edge = Math.floor(some.length * 0.02);
      low = Math.min(low, some[edge] * sweep.step);
      high = Math.max(high, some[some.length - 1 - edge] * sweep.step);
    }
    const more = Math.max((high - low) * 0.08, 1);
    return [low - more, high + more];
  }

  function ticks(low, high, most) {
    const least = (high - low) / most, power = 10 ** Math.floor(Math.log10(least));
    const step = [1, 2, 5, 10].map(part => part * power).find(part => part >= least * 0.999);
    const made = [];
    for (let n = Math.ceil(low / step); n * step <= high; n += 1) made.push(Number((n * step).toPrecision(10)));
    return made;
  }

  function colourOf(n) {
    const share = now.sweeps.length > 1 ? n / (now.sweeps.length - 1) : 0;
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    return `hsl(${260 - 200 * share} 65% ${dark ? 62 : 40}%)`;
  }

  function draw() {
    const scale = devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
    canvas.width = width * scale;
    canvas.height = height * scale;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    const style = getComputedStyle(document.body), ink = style.color;
    pen.font = "12px sans-serif";
    const bottom = height - FOOT, split = bottom - COMMAND - 14;
    const x = ms => LEFT + (ms - view.from) / (view.to - view.from) * (width - LEFT - RIGHT);
    const [low, high] = view.current || range();
    const y = pA => split - (pA - low) / (high - low) * (split - TOP);
    const levels = now.sweeps.filter(sweep => sweep.on).flatMap(sweep => sweep.command[1] || []);
    const [from_mV, to_mV] = levels.length ? [Math.min(...levels) - 5, Math.max(...levels) + 5] : [0, 1];
    const v = mV => bottom - (mV - from_mV) / (to_mV - from_mV) * COMMAND;

    pen.fillStyle = "rgba(217, 140, 0, 0.22)";
    for (const key of new Set(now.sweeps.filter(sweep => sweep.on && sweep.window).map(sweep => sweep.window.join()))) {
      const [a, b] = key.split(",").map(Number);
      pen.fillRect(x(a), TOP, Math.max(x(b) - x(a), 1), bottom - TOP);
    }
    const [a, b] = [Number(start.value), Number(stop.value)];
    if (start.value && stop.value && b > a) {
      pen.fillStyle = "rgba(0, 114, 178, 0.25)";
      pen.fillRect(x(a), TOP, x(b) - x(a), bottom - TOP);
    }
    if (dragged.from !== null) {
      pen.fillStyle = "rgba(128, 128, 128, 0.3)";
      pen.fillRect(Math.min(dragged.from, dragged.to), TOP, Math.abs(dragged.to - dragged.from), bottom - TOP);
    }
    pen.save();
    pen.beginPath();
    pen.rect(LEFT, TOP, width - LEFT - RIGHT, bottom - TOP);
    pen.clip();
    for (const [n, sweep] of now.sweeps.entries()) {
      if (!sweep.on) continue;
      const values = trace(sweep), each = sweep.ms / (values.length || 1);
      const first = Math.max(Math.floor(view.from / each) - 2, 0);
      const last = Math.min(Math.ceil(view.to / each) + 2, values.length);
      pen.strokeStyle = colourOf(n);
      pen.lineWidth = sweep.n === marked ? 2.5 : 1;
      pen.globalAlpha = marked === null || sweep.n === marked ? 1 : 0.3;
      pen.save();
      pen.beginPath();
      pen.rect(LEFT, TOP, width - LEFT - RIGHT, split - TOP);
      pen.clip();
      pen.beginPath();
      for (let k = first; k < last; k += 1) pen.lineTo(x((k + 0.5) * each), y(values[k] * sweep.step));
      pen.stroke();
      pen.restore();
      pen.beginPath();
      (sweep.command[0] || []).forEach((ms, k) => pen.lineTo(x(ms), v(sweep.command[1][k])));
      pen.stroke();
    }
    pen.restore();
    pen.globalAlpha = 1;
    pen.strokeStyle = pen.fillStyle = ink;
    pen.lineWidth = 1;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const pA of ticks(low, high, 6)) {
      pen.fillText(String(pA).replace("-", "−"), LEFT - 6, y(pA));
      pen.fillRect(LEFT - 4, y(pA), 4, 1);
    }
    if (levels.length) for (const mV of ticks(from_mV, to_mV, 3)) pen.fillText(String(mV).replace("-", "−"), LEFT - 6, v(mV));
    pen.textAlign = "center";
    for (const ms of ticks(view.from, view.to, Math.max(width / 110, 2))) {
      pen.fillText(String(ms), x(ms), bottom + 10);
      pen.fillRect(x(ms), bottom, 1, 4);
    }
    pen.fillText("time (ms)", (LEFT + width) / 2, bottom + 25);
    pen.fillRect(LEFT, TOP, 1, split - TOP);
    pen.fillRect(LEFT, bottom - COMMAND, 1, COMMAND);
    pen.fillRect(LEFT, bottom, width - LEFT - RIGHT, 1);
    pen.setLineDash([3, 3]);
    pen.beginPath();
    pen.moveTo(LEFT, y(0));
    pen.lineTo(width - RIGHT, y(0));
    pen.stroke();
    pen.setLineDash([]);
    for (const [words, middle] of [["I (pA)", (TOP + split) / 2], ["V (mV)", bottom - COMMAND / 2]]) {
      pen.save();
      pen.translate(11, middle);
      pen.rotate(-Math.PI / 2);
      pen.fillText(words, 0, 0);
      pen.restore();
    }
    canvas.setAttribute("aria-label", `${now.title}: current and command from ${view.from.toFixed(1)} to ${view.to.toFixed(1)} ms, `
      + `${now.sweeps.filter(sweep => sweep.on).length} of ${now.sweeps.length} sweeps`);
  }

  function zoom(factor, middle) {
    const at = middle ?? (view.from + view.to) / 2;
    const width = Math.min(Math.max((view.to - view.from) * factor, now.ms / 2000), now.ms);
    const share = (at - view.from) / (view.to - view.from);
    move(at - share * width, width);
  }

  function move(from, width) {
    view.from = Math.min(Math.max(from, 0), now.ms - width);
    view.to = view.from + width;
    draw();
  }

  function ranges(numbers) {
    const made = [];
    for (const n of numbers) {
      const last = made[made.length - 1];
      if (last && last[1] === n - 1) last[1] = n;
      else made.push([n, n]);
    }
    return made.map(([a, b]) => a === b ? `${a}` : `${a}-${b}`).join(",");
  }

  function changedLimits() {
    const made = new Map();
    for (const group of viewer.querySelectorAll("fieldset[data-experiment]")) {
      const some = [...group.querySelectorAll("input")].filter(field => field.value !== field.defaultValue && field.value !== "");
      if (some.length) {
        made.set(group.dataset.experiment,
          ["    quality:", ...some.map(field => `      ${field.dataset.limit}: ${Number(field.value)}`)]);
      }
    }
    return made;
  }

  function write() {
    const made = [], row = [["recording", now.name]];
    const on = now.sweeps.filter(sweep => sweep.on).map(sweep => sweep.n);
    if (on.length && on.length < now.sweeps.length) row.push(["sweeps", ranges(on)]);
    const settings = changedLimits();
    const [a, b] = [Number(start.value), Number(stop.value)];
    if (start.value && stop.value && b > a && now.epoch !== null && a >= now.epoch) {
      const [from, to] = [a, b].map(ms => String(Number((ms - now.epoch).toFixed(3))));
      row.push(["window_start_ms", from], ["window_stop_ms", to]);
      const experiment = now.experiment || "default";
      const window = ["    window:  # or for every recording of the experiment", `      start_ms: ${from}`, `      stop_ms: ${to}`];
      settings.set(experiment, [...window, ...(settings.get(experiment) || [])]);
    } else if (start.value && stop.value) {
      made.push("# This window cannot be written: it has to start in the epoch that is measured and end after its start.");
    }
    if (row.length > 1) {
      made.push("# recording sheet: columns of this row; a window is counted from the start of the epoch",
        row.map(([name]) => name).join("\t"), row.map(([, value]) => value).join("\t"));
    }
    if (settings.size) {
      made.push("# config.yaml, for every recording of the experiment", "experiments:",
        ...[...settings].flatMap(([experiment, some]) => [`  ${JSON.stringify(experiment)}:`, ...some]));
    }
    lines.value = made.join("\n");
    lines.rows = Math.max(made.length, 2);
  }

  function mark(sweep) {
    marked = sweep;
    const name = `${now.name}:${sweep}`;
    for (const point of document.querySelectorAll("circle[data-point]")) point.classList.toggle("marked", point.dataset.point === name);
    draw();
  }

  function select(n) {
    now = recordings[n];
    view = {from: 0, to: now.ms, current: null};
    choice.value = String(n);
    start.value = stop.value = "";
    boxes.replaceChildren(...now.sweeps.map((sweep, k) => {
      const label = document.createElement("label"), box = document.createElement("input");
      box.type = "checkbox";
      box.checked = sweep.on;
      box.addEventListener("change", () => { sweep.on = box.checked; draw(); write(); });
      const name = document.createElement("span");
      name.textContent = `${sweep.n}${sweep.unused ? " (not used)" : ""}`;
      label.style.borderBottom = `3px solid ${colourOf(k)}`;
      label.append(box, name);
      return label;
    }));
    mark(null);
    write();
  }

  const actions = {
    in: () => zoom(0.5), out: () => zoom(2), whole: () => { view.current = null; move(0, now.ms); },
    left: () => move(view.from - (view.to - view.from) * 0.2, view.to - view.from),
    right: () => move(view.from + (view.to - view.from) * 0.2, view.to - view.from),
    taller: () => { view.current = (view.current || range()).map(end => end / 1.5); draw(); },
    lower: () => { view.current = (view.current || range()).map(end => end * 1.5); draw(); },
    all: () => toggle(true), none: () => toggle(false),
  };
  function toggle(on) {
    for (const sweep of now.sweeps) sweep.on = on;
    for (const box of boxes.querySelectorAll("input")) box.checked = on;
    draw();
    write();
  }
  const keys = {"+": "in", "=": "in", "-": "out", "0": "whole", ArrowLeft: "left", ArrowRight: "right", ArrowUp: "taller", ArrowDown: "lower"};
  for (const button of viewer.querySelectorAll("button[data-do]")) button.addEventListener("click", actions[button.dataset.do]);
  canvas.addEventListener("keydown", event => {
    if (!keys[event.key]) return;
    event.preventDefault();
    actions[keys[event.key]]();
  });

  const time = event => view.from + (event.offsetX - LEFT) / (canvas.clientWidth - LEFT - RIGHT) * (view.to - view.from);
  canvas.addEventListener("wheel", event => {
    if (!event.ctrlKey && document.activeElement !== canvas) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, time(event));
  }, {passive: false});
  canvas.addEventListener("pointerdown", event => {
    canvas.focus();
    dragged.from = dragged.to = event.offsetX;
    dragged.time = time(event);
    dragged.pan = event.shiftKey;
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", event => {
    readout.textContent = `${time(event).toFixed(2)} ms`;
    if (dragged.from === null) return;
    if (dragged.pan) {
      const width = view.to - view.from;
      dragged.from = dragged.to;
      move(view.from - (time(event) - dragged.time), width);
      return;
    }
    dragged.to = event.offsetX;
    draw();
  });
  canvas.addEventListener("pointerup", event => {
    const {from, to, pan, time: begin} = dragged;
    dragged.from = null;
    if (pan || Math.abs(to - from) < 4) return draw();
    const [a, b] = [begin, time(event)].sort((one, other) => one - other);
    if (get("mode").checked) {
      start.value = Math.max(a, 0).toFixed(2);
      stop.value = Math.min(b, now.ms).toFixed(2);
      write();
      draw();
    } else move(a, Math.max(b - a, now.ms / 2000));
  });
  // a page that measures again sends the windows by sweep, the sweeps that are not used, and a sweep to show
  viewer.addEventListener("measured", event => {
    for (const sweep of now.sweeps) {
      sweep.window = event.detail.windows[sweep.n] || null;
      sweep.unused = event.detail.unused.includes(sweep.n);
    }
    draw();
  });
  viewer.addEventListener("mark", event => mark(event.detail));
  canvas.addEventListener("dblclick", actions.whole);
  for (const field of [start, stop]) field.addEventListener("input", () => { write(); draw(); });
  choice.addEventListener("change", () => select(Number(choice.value)));
  for (const field of viewer.querySelectorAll("input[data-limit]")) field.addEventListener("input", write);
  get("copy").addEventListener("click", () => {
    lines.select();
    const done = () => { get("copied").textContent = "copied"; };
    if (navigator.clipboard) navigator.clipboard.writeText(lines.value).then(done, () => document.execCommand("copy") && done());
    else if (document.execCommand("copy")) done();
  });

  const points = [...document.querySelectorAll("circle[data-point]")];
  function follow(point) {
    const at = point.dataset.point.lastIndexOf(":");
    const n = recordings.findIndex(recording => recording.name === point.dataset.point.slice(0, at));
    if (n < 0) return;
    select(n);
    mark(Number(point.dataset.point.slice(at + 1)));
    viewer.scrollIntoView({block: "center"});
    canvas.focus({preventScroll: true});
  }
  for (const curve of new Set(points.map(point => point.parentNode))) {
    const some = [...curve.querySelectorAll("circle[data-point]")];
    const [name] = some[0].dataset.point.split(/:(?=[^:]*$)/);
    curve.ownerSVGElement.setAttribute("role", "group");  // an image has no parts that can be reached
    curve.setAttribute("role", "group");
    curve.setAttribute("aria-label", `Points of the I–V of ${name}`);
    for (const [n, point] of some.entries()) {
      point.setAttribute("tabindex", n ? "-1" : "0");
      point.setAttribute("role", "button");
      point.setAttribute("aria-label", `Show sweep ${point.dataset.point.slice(name.length + 1)} of ${name}`);
      point.addEventListener("click", () => follow(point));
      point.addEventListener("keydown", event => {
        const next = some[n + {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1}[event.key]];
        if (next) next.focus();
        else if (event.key === "Enter" || event.key === " ") follow(point);
        else return;
        event.preventDefault();
      });
    }
  }
  addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  select(0);
})();
