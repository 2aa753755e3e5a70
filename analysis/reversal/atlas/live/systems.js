// What can be moved in each section: sliders, curves, numbers, and the command line that gives a number.
const PRESETS = {
  "textbook": { K_o: 5, K_i: 140, Na_o: 145, Na_i: 15, Cl_o: 135, Cl_i: 7, Ca_o: 2, Ca_i: 1e-4, t: 37, V: -70, pNa: 0.04, pCl: 0 },
  "newborn neurone": { K_o: 3, K_i: 140, Na_o: 145, Na_i: 12, Cl_o: 140, Cl_i: 30, Ca_o: 1.5, Ca_i: 1e-4, t: 37, V: -60, pNa: 0.05, pCl: 0.2 },
  "cardiac cell": { K_o: 5.4, K_i: 145, Na_o: 140, Na_i: 10, Cl_o: 120, Cl_i: 20, Ca_o: 1.8, Ca_i: 1e-4, t: 37, V: -85, pNa: 0.01, pCl: 0 },
  "seawater axon": { K_o: 10, K_i: 400, Na_o: 440, Na_i: 50, Cl_o: 560, Cl_i: 52, Ca_o: 10, Ca_i: 1e-4, t: 18, V: -60, pNa: 0.04, pCl: 0.45 },
  "plant": { K_o: 1, K_i: 100, Na_o: 1, Na_i: 10, Cl_o: 1, Cl_i: 10, Ca_o: 1, Ca_i: 1e-4, t: 20, V: -150, pNa: 0.2, pCl: 0 },
  "bacterium": { K_o: 5, K_i: 200, Na_o: 100, Na_i: 10, Cl_o: 100, Cl_i: 10, Ca_o: 1, Ca_i: 1e-4, t: 37, V: -140, pNa: 0.01, pCl: 0 },
};
const SLIDERS = {
  K_o: { label: "[K⁺]ₒ", unit: "mM", min: 0.5, max: 500, log: true }, K_i: { label: "[K⁺]ᵢ", unit: "mM", min: 5, max: 500, log: true },
  Na_o: { label: "[Na⁺]ₒ", unit: "mM", min: 0.5, max: 500, log: true }, Na_i: { label: "[Na⁺]ᵢ", unit: "mM", min: 1, max: 200, log: true },
  Cl_o: { label: "[Cl⁻]ₒ", unit: "mM", min: 0.5, max: 600, log: true }, Cl_i: { label: "[Cl⁻]ᵢ", unit: "mM", min: 1, max: 200, log: true },
  Ca_o: { label: "[Ca²⁺]ₒ", unit: "mM", min: 0.05, max: 20, log: true }, Ca_i: { label: "[Ca²⁺]ᵢ", unit: "mM", min: 1e-5, max: 0.01, log: true },
  t: { label: "temperature", unit: "°C", min: 0, max: 45 }, V: { label: "V", unit: "mV", min: -160, max: 60 },
  pNa: { label: "P_Na/P_K", unit: "", min: 1e-3, max: 10, log: true }, pCl: { label: "P_Cl/P_K", unit: "", min: 0, max: 2 },
};
const common = (...ids) => ids.map((id) => ({ id, value: PRESETS.textbook[id], ...SLIDERS[id] }));
const own = (id, label, unit, min, max, value, more = {}) => ({ id, label, unit, min, max, value, ...more });
const range = (low, high, count = 120) => Array.from({ length: count }, (_, k) => low + (high - low) * k / (count - 1));
const spread = (low, high, count = 120) => range(Math.log(low), Math.log(high), count).map(Math.exp);
const curve = (name, colour, xs, y, more = {}) => ({ name, colour, points: xs.map((x) => [x, y(x)]), ...more });
const dot = (name, colour, x, y) => ({ name, colour, dots: true, points: [[x, y]] });
const plain = (value) => Number(value.toPrecision(6));
const F = formulas;

// a simulation that plays: its time, its parameter, and the panels of named rows
function simulated(key, textbook, panels, numbers, calc) {
  const simulation = DATA.simulations[key], { values, time } = simulation, last = time[time.length - 1];
  return {
    sliders: [
      own("parameter", simulation.parameter, simulation.unit, values[0], values[values.length - 1], textbook, { choices: values }),
      own("time", "time", simulation.timeUnit, time[0], last, last, { choices: time })],
    plays: "time",
    panels: panels.map(([title, yLabel, rows, more]) => (p) => {
      const all = courseOf(simulation, p.parameter), until = time.indexOf(p.time) + 1;
      const whole = rows.map(([, name]) => ({ points: all[name].map((y, k) => [time[k], y]) }));
      return { title, yLabel, xLabel: `time (${simulation.timeUnit})`, xLimits: [time[0], last], cursor: p.time,
        yLimits: limits(whole, 1, more?.logY),
        curves: rows.map(([label, name, colour]) => ({ name: label, colour, points: time.slice(0, until).map((t, k) => [t, all[name][k]]) })), ...more };
    }),
    numbers: (p) => {
      const all = courseOf(simulation, p.parameter), k = time.indexOf(p.time);
      return numbers.map(([label, name, unit]) => [label, all[name][k], unit]);
    },
    calc,
  };
}

const systems = {
  nernst: {
    sliders: common("K_o", "K_i", "Na_o", "Na_i", "Cl_o", "Cl_i", "V", "t"),
    panels: [
      (p) => { const xs = spread(1e-3, 1e3); return { title: "Nernst potential", xLabel: "outside / inside", yLabel: "E (mV)", logX: true, curves: [
        curve("z = +1", "ink", xs, (x) => F.nernst(x, 1, 1, p.t)), curve("z = −1", "green", xs, (x) => F.nernst(x, 1, -1, p.t)), curve("z = +2", "purple", xs, (x) => F.nernst(x, 1, 2, p.t)),
        dot("K⁺", "blue", p.K_o / p.K_i, F.nernst(p.K_o, p.K_i, 1, p.t)), dot("Na⁺", "orange", p.Na_o / p.Na_i, F.nernst(p.Na_o, p.Na_i, 1, p.t)), dot("Cl⁻", "green", p.Cl_o / p.Cl_i, F.nernst(p.Cl_o, p.Cl_i, -1, p.t))] }; },
      (p) => { const xs = range(-160, 80); return { title: "Driving force V − E", xLabel: "V (mV)", yLabel: "V − E (mV)", cursor: p.V, curves: [
        curve("K⁺", "blue", xs, (v) => v - F.nernst(p.K_o, p.K_i, 1, p.t)), curve("Na⁺", "orange", xs, (v) => v - F.nernst(p.Na_o, p.Na_i, 1, p.t)), curve("Cl⁻", "green", xs, (v) => v - F.nernst(p.Cl_o, p.Cl_i, -1, p.t))] }; }],
    numbers: (p) => { const e = F.nernst(p.K_o, p.K_i, 1, p.t), na = F.nernst(p.Na_o, p.Na_i, 1, p.t); return [["E_K", e, "mV"], ["E_Na", na, "mV"], ["E_Cl", F.nernst(p.Cl_o, p.Cl_i, -1, p.t), "mV"], ["V − E_K", p.V - e, "mV"], ["V − E_Na", p.V - na, "mV"]]; },
    calc: (p) => `reversal calc nernst K --out ${p.K_o} --in ${p.K_i} --v ${p.V} -t ${p.t}`,
  },
  ghk: {
    sliders: common("K_o", "K_i", "Na_o", "Na_i", "pNa", "Cl_o", "Cl_i", "pCl", "t"),
    panels: [
      (p) => { const xs = range(-140, 80); return { title: "GHK current of K⁺", xLabel: "V (mV)", yLabel: "I (pA), P 10 µm³/s", curves: [curve("I_K", "blue", xs, (v) => F.ghkCurrent(v, 10, p.K_o, p.K_i, 1, p.t)), dot("E_K", "ink", F.nernst(p.K_o, p.K_i, 1, p.t), 0)] }; },
      (p) => { const xs = spread(0.5, 500); const rest = (k) => F.ghkVoltage(k, p.K_i, p.Na_o, p.Na_i, p.pNa, p.Cl_o, p.Cl_i, p.pCl, p.t); return { title: "Voltage of zero current", xLabel: "[K⁺]ₒ (mM)", yLabel: "V (mV)", logX: true, cursor: p.K_o, curves: [curve("GHK", "green", xs, rest), curve("E_K", "blue", xs, (k) => F.nernst(k, p.K_i, 1, p.t), { dash: true }), dot("here", "ink", p.K_o, rest(p.K_o))] }; }],
    numbers: (p) => [["V", F.ghkVoltage(p.K_o, p.K_i, p.Na_o, p.Na_i, p.pNa, p.Cl_o, p.Cl_i, p.pCl, p.t), "mV"], ["E_K", F.nernst(p.K_o, p.K_i, 1, p.t), "mV"], ["E_Na", F.nernst(p.Na_o, p.Na_i, 1, p.t), "mV"]],
    calc: (p) => `reversal calc ghk K=${p.K_o}/${p.K_i}:1 Na=${p.Na_o}/${p.Na_i}:${p.pNa} Cl=${p.Cl_o}/${p.Cl_i}:${p.pCl} -t ${p.t}`,
  },
  "nernst-planck": {
    sliders: [...common("K_o", "K_i", "V", "t"), own("D", "D of an ion in a solid", "µm²/s", 0.01, 100, 1, { log: true }), own("c", "its concentration", "mM", 100, 20000, 10000, { log: true })],
    panels: [
      (p) => { const xs = range(0, 1, 61); return { title: "Steady profile", xLabel: "inside → outside", yLabel: "[K⁺] in the membrane (mM)", curves: [curve("constant field", "blue", xs, (x) => F.profile(x, p.K_i, p.K_o, p.V, 1, p.t)), curve("V = 0", "grey", xs, (x) => F.profile(x, p.K_i, p.K_o, 0, 1, p.t), { dash: true })] }; },
      (p) => { const xs = range(-150, 60); return { title: "Unidirectional fluxes", xLabel: "V (mV)", yLabel: "flux (pA)", logY: true, cursor: p.V, curves: [curve("efflux", "orange", xs, (v) => F.ghkCurrent(v, 1, 0, p.K_i, 1, p.t)), curve("influx", "blue", xs, (v) => -F.ghkCurrent(v, 1, p.K_o, 0, 1, p.t))] }; }],
    numbers: (p) => [["net current", F.ghkCurrent(p.V, 1, p.K_o, p.K_i, 1, p.t), "pA"], ["E_K", F.nernst(p.K_o, p.K_i, 1, p.t), "mV"], ["conductivity of the solid", F.conductivity(p.D, p.c, 1, p.t), "S/m"]],
    calc: (p) => `reversal calc conductor --diffusion ${p.D} --concentration ${p.c} --charge 1 -t ${p.t}`,
  },
  selectivity: {
    sliders: [own("energy", "ΔΔG, Na⁺ relative to K⁺", "kJ/mol", -10, 25, 12), own("K_o", "reference outside before", "mM", 1, 300, 120, { log: true }), own("X_o", "X outside after", "mM", 1, 300, 120, { log: true }), ...common("t")],
    panels: [
      (p) => ({ title: "Barrier and ratio", xLabel: "ΔΔG (kJ/mol)", yLabel: "P_K / P_Na", logY: true, cursor: p.energy, curves: [curve("ratio", "orange", range(-10, 25), (x) => 1 / F.permeabilityRatio(x, p.t))] }),
      (p) => ({ title: "Shift on substitution", xLabel: "P_X / P_K", yLabel: "shift of E_rev (mV)", logX: true, cursor: F.permeabilityRatio(p.energy, p.t), curves: [curve("shift", "blue", spread(1e-4, 50), (x) => F.substitutionShift(x, p.K_o, p.X_o, p.t))] })],
    numbers: (p) => { const ratio = F.permeabilityRatio(p.energy, p.t); return [["P_K/P_Na", 1 / ratio, ""], ["shift of E_rev", F.substitutionShift(ratio, p.K_o, p.X_o, p.t), "mV"]]; },
    calc: (p) => `reversal calc substitution --energy ${p.energy} --ref-out ${p.K_o} --x-out ${p.X_o} -t ${p.t}`,
  },
  activity: {
    sliders: [own("out", "salt outside", "mM", 1, 500, 5, { log: true }), own("inside", "salt inside", "mM", 1, 500, 140, { log: true }), own("t", "temperature", "°C", 0, 45, 25)],
    panels: [
      (p) => ({ title: "Activity coefficient, Davies", xLabel: "ionic strength (mol/L)", yLabel: "γ", logX: true, curves: [curve("z = 1", "blue", spread(1e-3, 0.5), (x) => 10 ** F.davies(1, x, p.t)), curve("z = 2", "purple", spread(1e-3, 0.5), (x) => 10 ** F.davies(2, x, p.t))] }),
      (p) => ({ title: "Effect on a Nernst potential", xLabel: "salt outside (mM)", yLabel: "shift of E (mV)", logX: true, cursor: p.out, curves: [curve("activity − concentration", "ink", spread(1, 500), (x) => F.activityShift(10 ** F.davies(1, x * 1e-3, p.t), 10 ** F.davies(1, p.inside * 1e-3, p.t), 1, p.t))] })],
    numbers: (p) => { const gamma = (c) => 10 ** F.davies(1, c * 1e-3, p.t); return [["γ outside, Davies", gamma(p.out), ""], ["γ inside, Davies", gamma(p.inside), ""], ["shift of E", F.activityShift(gamma(p.out), gamma(p.inside), 1, p.t), "mV"]]; },
    calc: (p) => `reversal calc davies --out ${p.out} --inside ${p.inside} -t ${p.t}`,
  },
  junctions: {
    sliders: [own("bath", "NaCl in the bath", "mM", 10, 500, 145, { log: true }), own("pipette", "K⁺ salt in the pipette", "mM", 10, 3000, 140, { log: true }), own("mobility", "mobility of the anion", "of K⁺", 0.2, 1.1, 1.0382), own("t", "temperature", "°C", 0, 45, 20)],
    panels: [
      (p) => ({ title: "Junction by Henderson", xLabel: "pipette (mM)", yLabel: "V_L, bath − pipette (mV)", logX: true, cursor: p.pipette, curves: [curve("V_L", "blue", spread(10, 3000), (x) => F.henderson(p.bath, x, 0.682, 1, p.mobility, p.t))] }),
      (p) => ({ title: "Mobility of the anion", xLabel: "mobility (of K⁺)", yLabel: "V_L (mV)", cursor: p.mobility, curves: [curve("V_L", "orange", range(0.2, 1.1), (x) => F.henderson(p.bath, p.pipette, 0.682, 1, x, p.t))] })],
    numbers: (p) => [["V_L", F.henderson(p.bath, p.pipette, 0.682, 1, p.mobility, p.t), "mV"]],
    calc: (p) => (Math.abs(p.mobility - 1.0382) < 1e-3 ? `reversal calc ljp --bath Na=${p.bath} Cl=${p.bath} --pipette K=${p.pipette} Cl=${p.pipette} -t ${p.t}` : undefined), // the command has the mobility of Cl⁻
  },
  surface: {
    sliders: [own("charge", "surface charge", "C/m²", -0.2, 0, -0.05), own("salt", "salt", "mol/L", 0.005, 1, 0.15, { log: true }), ...common("Na_o", "Na_i", "V", "t")],
    panels: [
      (p) => ({ title: "Surface potential", xLabel: "surface charge (C/m²)", yLabel: "ψ (mV)", cursor: p.charge, curves: [curve("ψ", "blue", range(-0.2, 0), (x) => F.surfacePotential(x, p.salt, F.permittivity(p.t), p.t))] }),
      (p) => { const psi = (x) => F.surfacePotential(x, p.salt, F.permittivity(p.t), p.t); const e = (x) => F.nernst(p.Na_o, F.surfaceConcentration(p.Na_i, psi(x), 1, p.t), 1, p.t); const xs = range(-0.2, 0);
        return { title: "At the inner face", xLabel: "surface charge (C/m²)", yLabel: "mV", cursor: p.charge, curves: [curve("V", "blue", xs, (x) => p.V + psi(x)), curve("E_Na", "orange", xs, e), curve("V − E_Na", "ink", xs, (x) => p.V + psi(x) - e(x))] }; }],
    numbers: (p) => { const psi = F.surfacePotential(p.charge, p.salt, F.permittivity(p.t), p.t), face = F.surfaceConcentration(p.Na_i, psi, 1, p.t); return [["ψ", psi, "mV"], ["λ_D", F.debyeLength(p.salt, F.permittivity(p.t), p.t), "nm"], ["Na⁺ at the face", face, "mM"], ["V − E_Na", p.V - F.nernst(p.Na_o, p.Na_i, 1, p.t), "mV"], ["I_Na, bulk", F.ghkCurrent(p.V, 1, p.Na_o, p.Na_i, 1, p.t), "pA"], ["I_Na, face", F.ghkCurrent(p.V + psi, 1, p.Na_o, face, 1, p.t), "pA"]]; },
    calc: (p) => `reversal calc debye --salt ${p.salt} --charge ${p.charge} -t ${p.t}`,
  },
  donnan: {
    sliders: [own("salt", "KCl outside", "mM", 5, 500, 110, { log: true }), own("fixed", "impermeant solute inside", "mM", 0, 300, 150), own("z", "its charge", "e", -3, 0, -1), own("t", "temperature", "°C", 0, 45, 36.85)],
    panels: [
      (p) => { const xs = range(0, 300), u = (x) => F.donnanVoltage(p.salt, x, p.z, p.t) / F.thermal(p.t); return { title: "Ions inside", xLabel: "impermeant solute (mM)", yLabel: "inside (mM)", cursor: p.fixed, curves: [curve("K⁺", "blue", xs, (x) => p.salt * Math.exp(-u(x))), curve("Cl⁻", "green", xs, (x) => p.salt * Math.exp(u(x)))] }; },
      (p) => ({ title: "Passive swelling does not stop", xLabel: "volume / initial volume", yLabel: "osmotic excess (mOsm)", logX: true, logY: true, curves: [curve("excess", "orange", spread(1, 100), (w) => F.donnanExcess(p.salt, p.fixed / w, p.z, p.t))] })],
    numbers: (p) => { const v = F.donnanVoltage(p.salt, p.fixed, p.z, p.t), u = v / F.thermal(p.t); return [["V", v, "mV"], ["K⁺ inside", p.salt * Math.exp(-u), "mM"], ["Cl⁻ inside", p.salt * Math.exp(u), "mM"], ["osmotic excess", F.donnanExcess(p.salt, p.fixed, p.z, p.t), "mOsm"]]; },
    calc: (p) => `reversal calc donnan --outside K=${p.salt} Cl=${p.salt} --impermeant ${p.fixed} --charge ${p.z} -t ${p.t}`,
  },
  membrane: {
    sliders: [own("radius", "radius", "µm", 0.1, 100, 10, { log: true }), own("change", "change of V", "mV", 1, 150, 110), own("bulk", "ions inside", "mM", 10, 600, 140, { log: true })],
    panels: [(p) => ({ title: "Ions that cross", xLabel: "radius (µm)", yLabel: "fraction of the ions", logX: true, logY: true, cursor: p.radius, curves: [curve("fraction", "orange", spread(0.1, 100), (r) => F.fractionOfBulk(p.change, r, p.bulk))] })],
    numbers: (p) => [["fraction", F.fractionOfBulk(p.change, p.radius, p.bulk), ""], ["in mM", F.fractionOfBulk(p.change, p.radius, p.bulk) * p.bulk, "mM"]],
    calc: (p) => `reversal calc membrane --radius ${p.radius} --change ${p.change} --bulk ${p.bulk}`,
  },
  pump: {
    sliders: [...common("Na_i"), own("affinity", "dissociation constant", "mM", 1, 50, 10, { log: true }), own("sites", "sites", "", 1, 3, 3, { whole: true }), own("gNa", "g_Na", "nS", 0.1, 20, 5, { log: true }), ...common("K_o", "K_i", "Na_o", "pNa", "V", "t")],
    panels: [
      (p) => ({ title: "Pump rate", xLabel: "[Na⁺]ᵢ (mM)", yLabel: "v / V_max", cursor: p.Na_i, yLimits: [0, 1], curves: [curve("rate", "blue", range(0, 100), (x) => F.pumpSaturation(x, p.affinity, p.sites))] }),
      (p) => { const offset = (r) => F.mullinsNoda(p.K_o, p.K_i, p.Na_o, p.Na_i, r, p.t, 1.5) - F.mullinsNoda(p.K_o, p.K_i, p.Na_o, p.Na_i, r, p.t, 1); return { title: "Voltage from the pump", xLabel: "P_Na / P_K", yLabel: "offset (mV)", logX: true, cursor: p.pNa, curves: [curve("3:2 pump", "ink", spread(1e-4, 10), offset)] }; }],
    numbers: (p) => { const eNa = F.nernst(p.Na_o, p.Na_i, 1, p.t), eK = F.nernst(p.K_o, p.K_i, 1, p.t), leak = p.gNa * (p.V - eNa); return [["rate", F.pumpSaturation(p.Na_i, p.affinity, p.sites), "of V_max"], ["rest with the pump", F.mullinsNoda(p.K_o, p.K_i, p.Na_o, p.Na_i, p.pNa, p.t, 1.5), "mV"], ["cost of a cycle", F.pumpCost(p.K_o, p.K_i, p.Na_o, p.Na_i, p.V, p.t), "kJ/mol"], ["O₂", p.V > eK && p.V < eNa ? F.oxygen(leak, F.balancingPotassium(p.gNa, p.V, eNa, eK) * (p.V - eK), 6) : NaN, "1/s"]]; },
    calc: (p) => `reversal calc mullins-noda --k ${p.K_o}/${p.K_i} --na ${p.Na_o}/${p.Na_i} --ratio ${p.pNa} -t ${p.t}`,
  },
  "pump-leak": simulated("pump-leak", 0, [["Voltage", "V (mV)", [["V", "V", "ink"]]], ["Ions", "inside (mM)", [["Na⁺", "Na", "orange"], ["K⁺", "K", "blue"], ["Cl⁻", "Cl", "green"]]]],
    [["V", "V", "mV"], ["Na⁺ inside", "Na", "mM"], ["K⁺ inside", "K", "mM"], ["volume / rest", "volume", ""]], (p) => (p.time > 0 ? `reversal calc pump-leak --pump ${p.parameter} --time ${plain(p.time * 3600)}` : "reversal calc pump-leak")),
  transporters: {
    sliders: common("Na_o", "Na_i", "Ca_o", "Ca_i", "V", "t"),
    panels: [
      (p) => { const xs = range(-160, 60); return { title: "Largest gradient of a solute", xLabel: "V (mV)", yLabel: "inside / outside", logY: true, cursor: p.V, curves: [1, 2, 3].map((n) => curve(`${n} Na⁺`, ["blue", "orange", "purple"][n - 1], xs, (v) => F.symportRatio(n, p.Na_o, p.Na_i, v, p.t))) }; },
      (p) => { const xs = spread(1, 200); return { title: "Na⁺/Ca²⁺ exchange", xLabel: "[Na⁺]ᵢ (mM)", yLabel: "E_NCX (mV)", logX: true, cursor: p.Na_i, curves: [curve("E_NCX", "purple", xs, (x) => F.ncxReversal(p.Na_o, x, p.Ca_o, p.Ca_i, p.t)), curve("V", "grey", xs, () => p.V, { dash: true })] }; }],
    numbers: (p) => { const force = F.motiveForce(p.V, p.Na_o, p.Na_i, p.t), e = F.ncxReversal(p.Na_o, p.Na_i, p.Ca_o, p.Ca_i, p.t); return [["2 Na⁺ : 1 solute", F.symportRatio(2, p.Na_o, p.Na_i, p.V, p.t), "inside/outside"], ["E_NCX", e, "mV"], ["exchanger moves Ca²⁺", p.V > e ? "in" : "out"], ["sodium-motive force", force, "mV"], ["Na⁺ for an ATP of 50 kJ/mol", force < 0 ? F.ionsPerAtp(force, 50) : NaN, ""]]; },
    calc: (p) => `reversal calc transporter NCX Na=${p.Na_o}/${p.Na_i} Ca=${p.Ca_o}/${p.Ca_i} --v ${p.V} -t ${p.t}`,
  },
  gaba: {
    sliders: [own("age", "maturation, NKCC1 to KCC2", "", 0, 1, 1, { frames: 80 }), own("leak", "Cl⁻ leak", "nS", 0.01, 3, 0.3, { log: true }), own("g", "GABA conductance", "nS", 0, 50, 10), ...common("Na_o", "Na_i", "K_o", "K_i"), own("Cl_o", "[Cl⁻]ₒ", "mM", 0.5, 600, 140, { log: true }), own("V", "V", "mV", -160, 60, -65), ...common("t")],
    plays: "age",
    panels: [
      (p) => ({ title: "Chloride inside", xLabel: "maturation", yLabel: "[Cl⁻]ᵢ (mM)", cursor: p.age, curves: [curve("[Cl⁻]ᵢ", "green", range(0, 1), (a) => chlorideAt(a, p))] }),
      (p) => { const xs = range(0, 1), e = (a) => F.nernst(p.Cl_o, chlorideAt(a, p), -1, p.t); return { title: "Sign of GABA", xLabel: "maturation", yLabel: "mV", cursor: p.age, curves: [curve("E_Cl", "green", xs, e), curve("V with GABA", "ink", xs, (a) => p.V + F.synapticPotential(p.V, e(a), 5, p.g)), curve("rest", "grey", xs, () => p.V, { dash: true })] }; }],
    numbers: (p) => { const cl = chlorideAt(p.age, p), e = F.nernst(p.Cl_o, cl, -1, p.t); return [["[Cl⁻]ᵢ", cl, "mM"], ["E_Cl", e, "mV"], ["GABA changes V by", F.synapticPotential(p.V, e, 5, p.g), "mV"], ["GABA", e > p.V ? "depolarises" : "hyperpolarises"]]; },
    calc: (p) => `reversal calc chloride --nkcc1 ${plain(0.3 * (1 - p.age))} --kcc2 ${plain(0.05 + 0.95 * p.age)} --leak ${p.leak} --na ${p.Na_o}/${p.Na_i} --k ${p.K_o}/${p.K_i} --cl-out ${p.Cl_o} --v ${p.V} -t ${p.t}`,
  },
  dendrite: (() => {
    const REST = 0.02, AXIAL = 300; // nS/µm and nS µm of a dendrite of 2 µm
    const solved = (p, points = p.points) => gabaDendrite(points, p.near, p.far, p.Cl_o, p.gaba, p.place, p.width, p.V, REST, AXIAL, p.t);
    const nearest = (p, { x }) => x.reduce((best, at, k) => (Math.abs(at - p.place) < Math.abs(x[best] - p.place) ? k : best), 0);
    const eAt = (p, x) => F.nernst(p.Cl_o, p.near + (p.far - p.near) * x / 500, -1, p.t);
    return {
      sliders: [own("near", "[Cl⁻]ᵢ at the soma", "mM", 1, 60, 15, { log: true }), own("far", "[Cl⁻]ᵢ at the end", "mM", 1, 60, 5, { log: true }), own("Cl_o", "[Cl⁻]ₒ", "mM", 10, 200, 135), own("V", "rest", "mV", -90, -40, -65), own("place", "place of the input", "µm", 0, 500, 250, { frames: 60 }), own("width", "width of the input", "µm", 5, 5000, 15, { log: true }), own("gaba", "GABA in its place", "nS/µm", 0, 1, 0.3), own("points", "compartments", "", 3, 101, 101, { whole: true }), ...common("t")],
      plays: "place",
      panels: [
        (p) => { const state = solved(p), fine = solved(p, 201), rows = (name, { x, ...of }) => x.map((at, k) => [at, of[name][k]]);
          return { title: "V along the dendrite", xLabel: "distance from the soma (µm)", yLabel: "mV", cursor: p.place, curves: [
            { name: "E_Cl", colour: "green", points: rows("e", fine) }, { name: "V", colour: "ink", points: rows("v", fine) }, curve("rest", "grey", [0, 500], () => p.V, { dash: true }),
            ...(p.points <= 31 ? [{ name: `${p.points} compartments`, colour: "orange", dots: true, points: rows("v", state) }] : [])] }; },
        (p) => { const fine = solved(p, 401).v.at(-1); const counts = Array.from({ length: 50 }, (_, k) => 3 + 2 * k);
          return { title: "Error of V at the end", xLabel: "compartments", yLabel: "error (mV)", cursor: p.points, curves: [{ name: "against 401 compartments", colour: "orange", points: counts.map((n) => [n, solved(p, n).v.at(-1) - fine]) }] }; }],
      numbers: (p) => { const state = solved(p), at = nearest(p, state), e = eAt(p, p.place);
        return [["E_Cl at the soma", eAt(p, 0), "mV"], ["E_Cl at the end", eAt(p, 500), "mV"], ["E_Cl at the input", e, "mV"], ["GABA there", e > p.V ? "depolarises" : "hyperpolarises"],
          ["V at the soma", state.v[0], "mV"], ["V at the input", state.v[at], "mV"], ["V at the end", state.v.at(-1), "mV"], ["length constant", Math.sqrt(AXIAL / REST), "µm"]]; },
      calc: (p) => `reversal calc dendrite --near ${p.near} --far ${p.far} --cl-out ${p.Cl_o} --v ${p.V} --gaba ${p.gaba} --place ${plain(p.place)} --width ${p.width} --points ${p.points} -t ${p.t}`,
    };
  })(),
  ampa: {
    sliders: [own("rest", "rest", "mV", -100, -40, -79), own("gRest", "g at rest", "nS", 0.5, 50, 5, { log: true }), own("g", "AMPA conductance", "nS", 0.5, 500, 25, { log: true }), own("C", "capacitance", "pF", 10, 500, 100, { log: true }), own("ratio", "P_Na/P_K of the channel", "", 0.1, 10, 1, { log: true }), ...common("K_o", "K_i", "Na_o", "Na_i", "t"), own("time", "time", "ms", 0, 30, 30, { frames: 100 })],
    plays: "time",
    panels: [
      (p) => { const e = ampaReversal(p); return { title: "Approach to E_AMPA", xLabel: "time (ms)", yLabel: "V (mV)", xLimits: [0, 30], yLimits: [-105, 40], cursor: p.time, curves: [curve("V", "ink", range(0, Math.max(p.time, 0.1)), (x) => F.drivenCourse(x, p.rest, p.gRest, e, p.g, p.C)), curve("E_AMPA", "orange", [0, 30], () => e, { dash: true })] }; },
      (p) => { const e = ampaReversal(p); return { title: "Steady voltage", xLabel: "g_AMPA (nS)", yLabel: "V (mV)", logX: true, cursor: p.g, curves: [curve("V", "ink", spread(0.5, 500), (x) => F.drivenVoltage(p.rest, p.gRest, e, x)), curve("E_AMPA", "orange", [0.5, 500], () => e, { dash: true })] }; }],
    numbers: (p) => { const e = ampaReversal(p); return [["E_AMPA", e, "mV"], ["V now", F.drivenCourse(p.time, p.rest, p.gRest, e, p.g, p.C), "mV"], ["V, steady", F.drivenVoltage(p.rest, p.gRest, e, p.g), "mV"], ["τ", p.C / (p.g + p.gRest), "ms"]]; },
    calc: (p) => `reversal calc ghk K=${p.K_o}/${p.K_i}:1 Na=${p.Na_o}/${p.Na_i}:${p.ratio} -t ${p.t}`,
  },
  potassium: (() => {
    const simulation = DATA.simulations.potassium, { values, time } = simulation, places = range(0, 1000, 41);
    const profile = (p) => courseOf(simulation, p.uptake).K_o[time.indexOf(p.time)];
    const along = (row) => places.map((x, k) => [x, row[k]]);
    return {
      sliders: [own("uptake", simulation.parameter, simulation.unit, 0, values[values.length - 1], 0.05, { choices: values }), own("time", "time", "s", 0, 20, 10, { choices: time })],
      plays: "time",
      panels: [(p) => ({ title: "Spatial buffering", xLabel: "position (µm)", yLabel: "[K⁺]ₒ (mM)", yLimits: [2.5, 12.5], curves: [{ name: "start", colour: "grey", dash: true, points: along(simulation.rows.K_o[0][0]) }, { name: "now", colour: "blue", points: along(profile(p)) }] })],
      numbers: (p) => [["[K⁺]ₒ in the middle", profile(p)[20], "mM"], ["[K⁺]ₒ at the end", profile(p)[0], "mM"], ["E_K in the middle", F.nernst(profile(p)[20], 140, 1, 37), "mV"]],
      calc: (p) => (p.time > 0 ? `reversal calc buffering --uptake ${p.uptake} --time ${p.time}` : `reversal calc nernst K --out ${plain(profile(p)[20])} --in 140 -t 37`),
    };
  })(),
  exchanger: (() => {
    const made = simulated("exchanger", 20, [["Diastole", "free Ca²⁺ (nM)", [["Ca²⁺", "Ca_i", "orange"]], { logY: true }]], [["Ca²⁺", "Ca_i", "nM"]]);
    const numbers = made.numbers;
    made.numbers = (p) => [...numbers(p), ["limit of the exchanger", 1e6 * F.exchangerLimit(p.parameter, 145, 2, -85, 37), "nM"], ["E_NCX at 0.1 µM", F.ncxReversal(145, p.parameter, 2, 1e-4, 37), "mV"]];
    made.calc = (p) => (p.time > 0 ? `reversal calc diastole --na-in ${p.parameter} --time ${plain(p.time / 1000)}` : `reversal calc transporter NCX Na=145/${p.parameter} Ca=2/0.0001 -t 37`);
    return made;
  })(),
  endosome: simulated("endosome", 10, [["pH of the lumen", "pH", [["pH", "pH", "blue"]]], ["Voltage", "lumen − cytosol (mV)", [["V", "V", "orange"], ["E_Cl", "E_Cl", "green"]]]], [["pH", "pH", ""], ["V", "V", "mV"], ["E_Cl", "E_Cl", "mV"]],
    (p) => (p.time > 0 ? `reversal calc endosome --chloride ${p.parameter} --time ${plain(p.time * 60)}` : undefined)),
  "action-potential": simulated("action-potential", 10, [["Membrane potential", "V (mV)", [["V", "V", "ink"]], { yLimits: [-85, 60] }], ["Conductances", "mS/cm²", [["g_Na", "g_Na", "orange"], ["g_K", "g_K", "blue"]]]],
    [["V", "V", "mV"], ["g_Na", "g_Na", "mS/cm²"], ["g_K", "g_K", "mS/cm²"], ["available Na⁺ channels", "h", ""]], (p) => `reversal calc axon --current ${p.parameter} --duration 40`),
  load: simulated("load", 2, [["Na⁺ load, firing for 2 min", "mM, pA", [["[Na⁺]ᵢ (mM)", "Na", "orange"], ["pump (pA)", "pump", "blue"]]], ["Voltage", "V (mV)", [["V", "V", "ink"]]]], [["[Na⁺]ᵢ", "Na", "mM"], ["pump", "pump", "pA"], ["V", "V", "mV"]],
    (p) => (p.time > 0 ? `reversal calc sodium-load --g-na ${p.parameter} --time ${plain(p.time * 60)}` : undefined)),
  "load-anoxia": simulated("load-anoxia", 120, [["Anoxia", "V (mV)", [["V", "V", "ink"]]], ["ATP and pump", "fraction", [["ATP", "ATP", "green"]], { yLimits: [0, 1] }]], [["V", "V", "mV"], ["ATP", "ATP", "of rest"], ["pump", "pump", "pA"]],
    (p) => (p.time > 0 ? `reversal calc anoxia --time ${plain(p.time * 60)} --atp-time ${p.parameter}` : undefined)),
  ischaemia: simulated("ischaemia", 0.2, [["Depolarisation", "mV", [["V", "V", "ink"], ["E_NCX", "E_NCX", "purple"]]], ["Potassium outside", "[K⁺]ₒ (mM)", [["[K⁺]ₒ", "K_o", "blue"]]]],
    [["V", "V", "mV"], ["[K⁺]ₒ", "K_o", "mM"], ["[Ca²⁺]ᵢ", "Ca_i", "nM"], ["available Na⁺ channels", "available", ""], ["volume / rest", "volume", ""]], (p) => (p.time > 0 ? `reversal calc ischaemia --space ${p.parameter} --time ${plain(p.time * 60)}` : undefined)),
};

function chlorideAt(age, p) {
  return F.steadyChloride(0.3 * (1 - age), 0.05 + 0.95 * age, p.leak, p.Na_o, p.Na_i, p.K_o, p.K_i, p.Cl_o, p.V, p.t);
}

function ampaReversal(p) {
  return F.ghkVoltage(p.K_o, p.K_i, p.Na_o, p.Na_i, p.ratio, 1, 1, 0, p.t);
}
