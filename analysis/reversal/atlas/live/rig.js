// The virtual rig: a cell with GHK currents and a leak is clamped in baths of the chosen K⁺. The file that it offers is
// the recording that the program wrote, with the ionic currents of this cell added to its samples.
const RIG_LEVELS = [2.5, 5, 10, 20, 40];
const RIG_TOTAL = 150; // K⁺ and Na⁺ outside together [mM]

function rigCurrent(v, kOut, p) {
  const na = Math.max(RIG_TOTAL - kOut, 0);
  return F.ghkCurrent(v, p.pK, kOut, p.K_i, 1, p.t) + F.ghkCurrent(v, p.pK * p.pNa, na, p.Na_i, 1, p.t) + p.leak * v;
}

function rigReversal(kOut, p) { // zero of a cubic through the four steps around it; the pipeline fits a smooth curve
  const levels = rigStepLevels(), currents = levels.map((v) => rigCurrent(v, kOut, p));
  const k = currents.findIndex((i, n) => i < 0 && currents[n + 1] >= 0);
  if (k < 0) return NaN;
  const first = Math.max(0, Math.min(k - 1, levels.length - 4)), near = [0, 1, 2, 3].map((n) => first + n);
  const cubic = (v) => near.reduce((sum, n) => sum + near.reduce((part, m) => (m === n ? part : part * (v - levels[m]) / (levels[n] - levels[m])), currents[n]), 0);
  let [low, high] = [levels[k], levels[k + 1]];
  for (let n = 0; n < 50; n++) {
    const middle = (low + high) / 2;
    if (cubic(middle) < 0) low = middle; else high = middle;
  }
  return (low + high) / 2;
}

function rigSlope(p) { // least squares through the five baths [mV/decade]
  const xs = RIG_LEVELS.map(Math.log10), ys = RIG_LEVELS.map((k) => rigReversal(k, p));
  const mean = (all) => all.reduce((a, b) => a + b) / all.length, x0 = mean(xs), y0 = mean(ys);
  return xs.reduce((sum, x, k) => sum + (x - x0) * (ys[k] - y0), 0) / xs.reduce((sum, x) => sum + (x - x0) ** 2, 0);
}

function rigStepLevels() {
  const [first, by] = DATA.rig.levels[3];
  return Array.from({ length: DATA.rig.sweeps }, (_, sweep) => first + by * sweep);
}

const rigTemplate = Uint8Array.from(atob(DATA.rig.abf), (c) => c.charCodeAt(0));

function rigSweep(kOut, p, sweep) { // ionic current of every sample of a sweep [pA]
  const { samples, edges, levels, holding } = DATA.rig;
  const added = new Float64Array(samples).fill(rigCurrent(holding, kOut, p));
  edges.forEach(([from, to], k) => added.fill(rigCurrent(levels[k][0] + levels[k][1] * sweep, kOut, p), from, to));
  return added;
}

function rigAbf(kOut, p) {
  const { offset, sweeps, samples, pAPerCount } = DATA.rig;
  const bytes = rigTemplate.slice(), view = new DataView(bytes.buffer);
  const random = randomNumbers(1); // rounds up or down at random, so that the mean of many samples is the current
  for (let sweep = 0; sweep < sweeps; sweep++) {
    rigSweep(kOut, p, sweep).forEach((current, n) => {
      const at = offset + 2 * (sweep * samples + n), count = view.getInt16(at, true) + Math.floor(current / pAPerCount + random());
      view.setInt16(at, Math.max(-32768, Math.min(32767, count)), true);
    });
  }
  return bytes;
}

function rigProject(p) { // the files that the pipeline needs for the series of five baths
  const name = (k) => `virtual_rig_K${k}.abf`, pipette = plain(p.K_i + p.Na_i);
  const rows = RIG_LEVELS.map((k) => [`K${k}`, "virtual", name(k), `K${k}`, "pipette", p.t, 1000].join("\t"));
  const solution = (key, potassium, sodium, chloride) => `${key}:\n  ions_mM: {K: ${potassium}, Na: ${sodium}, Cl: ${chloride}}\n`;
  return {
    "config.yaml": ["raw_dir: .", "recordings: recordings.tsv", "solutions: solutions.yaml", "results_dir: results", "reports_dir: reports",
      "experiments:", "  default:", "    ion: K", "    permeant: [K, Na]", "    reference: K",
      "    junction: {apply: false, reference_electrode: none, sd_mV: 0.1}  # the rig has no junction potential", ""].join("\n"),
    "recordings.tsv": ["recording\tcell\tfile\tbath\tpipette\ttemperature_C\tseal_GOhm", ...rows, ""].join("\n"),
    "solutions.yaml": [...RIG_LEVELS.map((k) => solution(`K${k}`, k, RIG_TOTAL - k, RIG_TOTAL)), solution("pipette", p.K_i, p.Na_i, pipette)].join(""),
  };
}

function rigTrace(kOut, p, sweep) {
  const { offset, samples, rateHz, pAPerCount } = DATA.rig;
  const view = new DataView(rigTemplate.buffer), added = rigSweep(kOut, p, sweep), points = [];
  for (let n = 600; n < 1300; n += 4) {
    points.push([n / rateHz * 1e3, view.getInt16(offset + 2 * (sweep * samples + n), true) * pAPerCount + added[n]]);
  }
  return points;
}

systems.clamp = {
  sliders: [own("K_o", "[K⁺]ₒ of the bath", "mM", 1, 100, 10, { log: true }), own("pNa", "P_Na/P_K", "", 1e-4, 1, 0.01, { log: true }), own("pK", "P_K × area", "µm³/s", 1, 50, 10, { log: true }), own("leak", "ohmic leak, 0 mV", "nS", 0, 5, 0), ...common("K_i", "Na_i"), own("t", "temperature", "°C", 5, 40, 37), own("sweep", "command of the trace", "sweep", 0, 17, 9, { whole: true, steps: 17, frames: 17 })],
  plays: "sweep",
  panels: [
    (p) => ({ title: `Current at ${numberText(rigStepLevels()[p.sweep])} mV`, xLabel: "time (ms)", yLabel: "I (pA)", curves: [{ name: "recorded current", colour: "blue", points: rigTrace(p.K_o, p, p.sweep) }] }),
    (p) => { const levels = rigStepLevels(); return { title: "I–V curve", xLabel: "clamped V (mV)", yLabel: "I (pA)", cursor: levels[p.sweep], curves: [curve("steady current", "blue", levels, (v) => rigCurrent(v, p.K_o, p)), { ...curve("steps", "blue", levels, (v) => rigCurrent(v, p.K_o, p)), name: "", dots: true }, dot("E_rev", "orange", rigReversal(p.K_o, p), 0)] }; },
    (p) => { const xs = spread(1, 100); return { title: "E_rev against [K⁺]ₒ", xLabel: "[K⁺]ₒ (mM)", yLabel: "E_rev (mV)", logX: true, cursor: p.K_o, curves: [curve("Nernst", "ink", xs, (k) => F.nernst(k, p.K_i, 1, p.t)), curve("GHK", "green", xs, (k) => F.ghkVoltage(k, p.K_i, Math.max(RIG_TOTAL - k, 0), p.Na_i, p.pNa, 1, 1, 0, p.t), { dash: true }), { name: "read from the I–V curve", colour: "orange", dots: true, points: RIG_LEVELS.map((k) => [k, rigReversal(k, p)]) }] }; }],
  numbers: (p) => {
    const e = rigReversal(p.K_o, p), slope = rigSlope(p), nernst = F.thermal(p.t) * Math.LN10;
    return [["E_rev", e, "mV"], ["E_K", F.nernst(p.K_o, p.K_i, 1, p.t), "mV"], ["GHK", F.ghkVoltage(p.K_o, p.K_i, Math.max(RIG_TOTAL - p.K_o, 0), p.Na_i, p.pNa, 1, 1, 0, p.t), "mV"], ["P_Na/P_K from E_rev", F.twoIonRatio(e, p.K_o, p.K_i, Math.max(RIG_TOTAL - p.K_o, 0), p.Na_i, p.t), ""], ["slope, five baths", slope, "mV/decade"], ["slope / Nernst", slope / nernst, ""], ["follows Nernst within 5 %", Math.abs(slope / nernst - 1) < 0.05 ? "yes" : "no"]];
  },
  calc: (p) => `reversal calc ghk K=${p.K_o}/${p.K_i}:1 Na=${plain(Math.max(RIG_TOTAL - p.K_o, 0))}/${p.Na_i}:${p.pNa} -t ${p.t}`,
  build: (section) => {
    const download = (k) => saved(`virtual_rig_K${k}.abf`, [rigAbf(k, section.values)], "application/octet-stream");
    const series = () => {
      RIG_LEVELS.forEach((k, n) => setTimeout(() => download(k), 300 * n));
      Object.entries(rigProject(section.values)).forEach(([name, text], n) => setTimeout(() => saved(name, [text], "text/plain"), 1500 + 300 * n));
    };
    section.extra.append(element("p", { class: "buttons" },
      element("button", { type: "button", onclick: () => download(section.values.K_o) }, "recording as ABF"),
      element("button", { type: "button", onclick: series }, "five baths and their project")));
    section.extra.append(element("p", { class: "source" }, "The files are ABF 2.9 with 18 steps and a membrane test of −10 mV. Put the five recordings and config.yaml, recordings.tsv and solutions.yaml into one folder, and run the pipeline there: reversal run --config config.yaml. The clamp is ideal and has no junction potential."));
  },
};

const live = {};

function exerciseOfAddress() {
  const found = /^#([a-z-]+)\?exercise=(\d{1,9})$/.exec(location.hash);
  if (found && live[found[1]]) {
    live[found[1]].pose(Number(found[2]));
    live[found[1]].holder.scrollIntoView();
  }
}

for (const holder of document.querySelectorAll(".live")) {
  const key = holder.dataset.key;
  live[key] = new LiveSection(holder, key, systems[key]);
}
exerciseOfAddress();
window.addEventListener("hashchange", exerciseOfAddress);
