// Formulas of the movable figures. A test in a browser compares each with the function of the program of the same
// purpose on random numbers. Voltages are inside minus outside [mV], concentrations in mM, temperatures in °C.
const R = 8.31446261815324, FARADAY = 96485.33212331001, ZERO_C = 273.15;
const CHARGE = 1.602176634e-19, VACUUM = 8.8541878188e-12;

// steady cable of 500 µm with sealed ends: E_Cl and V at each compartment
function gabaDendrite(points, near, far, clOut, gaba, place, width, rest, restG, axial, t) {
  const step = 500 / (points - 1), coupling = axial / step, x = [], e = [], upper = [], v = [];
  for (let k = 0; k < points; k++) {
    x.push(k * step);
    e.push(formulas.nernst(clOut, near + (far - near) * x[k] / 500, -1, t));
    const ends = k === 0 || k === points - 1, membrane = ends ? step / 2 : step;
    const open = gaba * Math.exp(-(((x[k] - place) / width) ** 2));
    const below = k === 0 ? 0 : coupling, diagonal = (restG + open) * membrane + (ends ? 1 : 2) * coupling - below * (upper[k - 1] ?? 0);
    upper.push(coupling / diagonal);
    v.push(((restG * rest + open * e[k]) * membrane + below * (v[k - 1] ?? 0)) / diagonal);
  }
  for (let k = points - 2; k >= 0; k--) v[k] += upper[k] * v[k + 1];
  return { x, e, v };
}

const formulas = {
  thermal: (t) => 1e3 * R * (t + ZERO_C) / FARADAY,
  nernst: (out, inside, z, t) => formulas.thermal(t) / z * Math.log(out / inside),
  bernoulli: (x) => (x === 0 ? 1 : x / Math.expm1(Math.min(x, 700))),
  ghkCurrent: (v, p, out, inside, z, t) => {
    const u = z * v / formulas.thermal(t);
    return p * z * FARADAY * 1e-6 * (inside * formulas.bernoulli(-u) - out * formulas.bernoulli(u));
  },
  // K⁺, Na⁺ and Cl⁻ with permeabilities 1, pNa, pCl
  ghkVoltage: (kOut, kIn, naOut, naIn, pNa, clOut, clIn, pCl, t) =>
    formulas.thermal(t) * Math.log((kOut + pNa * naOut + pCl * clIn) / (kIn + pNa * naIn + pCl * clOut)),
  chord: (g1, e1, g2, e2) => (g1 * e1 + g2 * e2) / (g1 + g2),
  profile: (x, inside, out, v, z, t) => {
    const u = z * v / formulas.thermal(t);
    const share = Math.abs(u) < 1e-9 ? x : Math.expm1(u * x) / Math.expm1(u);
    return inside + (out - inside) * share;
  },
  permeabilityRatio: (energy, t) => Math.exp(-energy * 1e3 / (R * (t + ZERO_C))),
  substitutionShift: (ratio, refOut, xOut, t) => formulas.thermal(t) * Math.log(ratio * xOut / refOut),
  twoIonRatio: (v, refOut, refIn, xOut, xIn, t) => {
    const w = Math.exp(v / formulas.thermal(t));
    return (refIn * w - refOut) / (xOut - xIn * w);
  },
  permittivity: (t) => 87.74 + t * (-0.40008 + t * (9.398e-4 - t * 1.41e-6)),
  density: (t) => 1 - (t + 288.9414) * (t - 3.9863) ** 2 / (508929.2 * (t + 68.12963)), // [kg/L]
  debyeHuckel: (t) => 1.8248e6 * Math.sqrt(formulas.density(t)) * Math.pow(formulas.permittivity(t) * (t + ZERO_C), -1.5),
  davies: (z, strength, t) => {
    const root = Math.sqrt(strength);
    return -formulas.debyeHuckel(t) * z * z * (root / (1 + root) - 0.3 * strength);
  },
  activityShift: (gammaOut, gammaIn, z, t) => formulas.thermal(t) / z * Math.log(gammaOut / gammaIn),
  // a junction of one salt (bath) with another (pipette) that have the same anion, by Henderson
  henderson: (bath, pipette, uBath, uPipette, uAnion, t) => {
    const top = uBath * bath - uPipette * pipette - uAnion * (bath - pipette);
    const inBath = (uBath + uAnion) * bath, inPipette = (uPipette + uAnion) * pipette, difference = inBath - inPipette;
    if (Math.abs(difference) < 1e-9 * inBath) return -formulas.thermal(t) * top / inPipette;
    return formulas.thermal(t) * top / difference * Math.log(inPipette / inBath);
  },
  debyeLength: (salt, permittivity, t) =>
    1e9 * Math.sqrt(VACUUM * permittivity * R * (t + ZERO_C) / (2 * FARADAY * FARADAY * salt * 1e3)),
  surfacePotential: (charge, salt, permittivity, t) =>
    2 * formulas.thermal(t) * Math.asinh(charge / Math.sqrt(8e3 * VACUUM * permittivity * R * (t + ZERO_C) * salt)),
  surfaceConcentration: (bulk, psi, z, t) => bulk * Math.exp(-z * psi / formulas.thermal(t)),
  donnanVoltage: (salt, fixed, z, t) => formulas.thermal(t) * Math.asinh(fixed * z / (2 * salt)),
  donnanExcess: (salt, fixed, z, t) => {
    const u = formulas.donnanVoltage(salt, fixed, z, t) / formulas.thermal(t);
    return 2 * salt * (Math.cosh(u) - 1) + fixed;
  },
  fractionOfBulk: (change, radius, bulk) =>
    3e-5 * Math.abs(change) / (radius * 1e-6 * bulk * FARADAY), // 1 µF/cm²
  mullinsNoda: (kOut, kIn, naOut, naIn, ratio, t, coupling) =>
    formulas.thermal(t) * Math.log((coupling * kOut + ratio * naOut) / (coupling * kIn + ratio * naIn)),
  pumpSaturation: (na, affinity, sites) => Math.pow(na / (na + affinity), sites),
  steadySodium: (load, affinity, sites) => {
    const occupied = Math.pow(load, 1 / sites);
    return affinity * occupied / (1 - occupied);
  },
  balancingPotassium: (gNa, v, eNa, eK) => gNa * 2 / 3 * (eNa - v) / (v - eK),
  oxygen: (leakNa, leakK, atpPerOxygen) => -(leakNa + leakK) * 1e-12 / CHARGE / atpPerOxygen,
  // n Na⁺ in with one uncharged solute in
  symportRatio: (n, naOut, naIn, v, t) => Math.pow(naOut / naIn, n) * Math.exp(-n * v / formulas.thermal(t)),
  ncxReversal: (naOut, naIn, caOut, caIn, t) =>
    3 * formulas.nernst(naOut, naIn, 1, t) - 2 * formulas.nernst(caOut, caIn, 2, t),
  nbceReversal: (naOut, naIn, hco3Out, hco3In, t) =>
    formulas.thermal(t) * (Math.log(naIn / naOut) + 2 * Math.log(hco3In / hco3Out)),
  pumpCost: (kOut, kIn, naOut, naIn, v, t) => // [kJ/mol] of 3 Na⁺ out, 2 K⁺ in
    1e-3 * (R * (t + ZERO_C) * (3 * Math.log(naOut / naIn) + 2 * Math.log(kIn / kOut)) - FARADAY * v * 1e-3),
  motiveForce: (v, out, inside, t) => v - formulas.nernst(out, inside, 1, t),
  ionsPerAtp: (force, atp) => atp * 1e6 / (FARADAY * -force),
  steadyChloride: (nkcc1, kcc2, leak, naOut, naIn, kOut, kIn, clOut, v, t) => {
    const cations = Math.log(naOut * kOut / (naIn * kIn)), potassium = Math.log(kIn / kOut);
    const weighted = 2 * nkcc1 * cations - kcc2 * potassium + leak * v / formulas.thermal(t);
    return clOut * Math.exp(weighted / (4 * nkcc1 + kcc2 + leak));
  },
  synapticPotential: (rest, e, gRest, g) => g * (e - rest) / (g + gRest),
  drivenVoltage: (rest, gRest, e, g) => (gRest * rest + g * e) / (gRest + g),
  drivenCourse: (time, rest, gRest, e, g, capacitance) => {
    const steady = formulas.drivenVoltage(rest, gRest, e, g);
    return steady + (rest - steady) * Math.exp(-time * (gRest + g) / capacitance);
  },
  exchangerLimit: (naIn, naOut, caOut, v, t) => caOut * Math.pow(naIn / naOut, 3) * Math.exp(v / formulas.thermal(t)),
  // V at one of the compartments, from 0 (soma) to 1 (end)
  dendriteVoltage: (at, points, near, far, clOut, gaba, place, width, rest, restG, axial, t) => {
    const whole = Math.floor(points), { v } = gabaDendrite(whole, near, far, clOut, gaba, place, width, rest, restG, axial, t);
    return v[Math.min(Math.floor(at * whole), whole - 1)];
  },
  availability: (v) => {
    const recovers = 0.07 * Math.exp(-(v + 65) / 20), inactivates = 1 / (1 + Math.exp(-(v + 35) / 10));
    return recovers / (recovers + inactivates);
  },
  conductivity: (diffusion, c, z, t) => z * z * FARADAY * FARADAY * diffusion * 1e-12 * c / (R * (t + ZERO_C)),
  limitingCurrent: (diffusion, c, thickness) => 4e-6 * FARADAY * diffusion * c / thickness,
};
