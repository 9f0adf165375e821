// Pure: from samples to medians, ratios and verdicts.

export function median(values) {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Samples of one server in one case, as one row: the median of every figure. */
function rowOf(name, server, samples) {
  const row = { case: name, server, rounds: samples.length };
  for (const key of Object.keys(samples[0])) {
    if (key === 'round' || typeof samples[0][key] !== 'number') continue;
    row[key] = median(samples.map((sample) => sample[key]));
  }
  if (row.server_us !== undefined) {
    row.cpu_us = median(samples.map((sample) => sample.server_us + sample.database_us));
  }
  row.spread = spread(samples.map((sample) => sample.rps));
  row.start_ms_max = row.start_ms && Math.max(...samples.map((sample) => sample.start_ms));
  return row;
}

/** How far apart the rounds were, as a share of their median. */
function spread(values) {
  const middle = median(values);
  return middle ? (Math.max(...values) - Math.min(...values)) / middle : undefined;
}

export function summarise(samples) {
  const groups = new Map();
  for (const sample of samples) {
    const key = `${sample.case} ${sample.server}`;
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  return [...groups.values()].map((group) => rowOf(group[0].case, group[0].server, group));
}

/**
 * The median over the rounds of figure(a) / figure(b), each pair taken from one round, so that a
 * noisy minute weighs on both.
 */
export function ratio(samples, name, a, b, figure) {
  const of = (server, round) =>
    samples.find((s) => s.case === name && s.server === server && s.round === round)?.[figure];
  const rounds = [...new Set(samples.map((sample) => sample.round))];
  return median(rounds.map((round) => of(a, round) / of(b, round)));
}

const kMB = 1e6;

/** What issue and documentation promise. `value` is undefined when it was not measured. */
const kTargets = [
  { what: 'GET by id: CPU of memo + database', unit: 'µs', max: 70, of: cpu('get', 'memo') },
  { what: 'GET by id: requests/s against the Go peer', unit: '×', min: 2.5,
    of: times('get', 'memo', 'go', 'rps') },
  { what: 'create: CPU of memo + database', unit: 'µs', max: 120, of: cpu('create', 'memo') },
  { what: 'create: requests/s against the Go peer', unit: '×', min: 3,
    of: times('create', 'memo', 'go', 'rps') },
  { what: 'list of 50: CPU of memo + database', unit: 'µs', max: 200, of: cpu('list', 'memo') },
  { what: 'SQLite, GET by id: CPU', unit: 'µs', max: 60, of: cpu('sqlite-get', 'memo-sqlite') },
  { what: 'SQLite, create: CPU', unit: 'µs', max: 60, of: cpu('sqlite-create', 'memo-sqlite') },
  { what: 'one connection alone, GET: p50 with batching on against off', unit: '×', max: 1.05,
    of: times('alone-get', 'memo', 'memo-unbatched', 'p50_us') },
  { what: 'one connection alone, create: p50 with batching on against off', unit: '×', max: 1.05,
    of: times('alone-create', 'memo', 'memo-unbatched', 'p50_us') },
  { what: 'GET answered 304: requests/s against nginx `return 200`', unit: '×', min: 0.5,
    of: times('not-modified', 'memo', 'nginx', 'rps') },
  { what: 'the same on SQLite', unit: '×', min: 0.5,
    of: times('not-modified', 'memo-sqlite', 'nginx', 'rps') },
  { what: 'start to first answer, fresh SQLite file', unit: 'ms', max: 50,
    of: figure('start', 'memo-fresh', 'start_ms') },
  { what: 'start to first answer, existing SQLite file', unit: 'ms', max: 50,
    of: figure('start', 'memo-existing', 'start_ms') },
  { what: 'idle memory', unit: 'MB', max: 20,
    of: figure('start', 'memo-existing', 'rss_bytes', kMB) },
  { what: 'peak memory under 256 connections, MariaDB', unit: 'MB', max: 64,
    of: figure('crowd', 'memo', 'rss_peak_bytes', kMB) },
  { what: 'peak memory under 256 connections, SQLite', unit: 'MB', max: 64,
    of: figure('crowd', 'memo-sqlite', 'rss_peak_bytes', kMB) },
];

function figure(name, server, key, unit = 1) {
  return (samples, rows) => {
    const value = rows.find((row) => row.case === name && row.server === server)?.[key];
    return value === undefined ? undefined : value / unit;
  };
}

function cpu(name, server) {
  return figure(name, server, 'cpu_us');
}

function times(name, a, b, key) {
  return (samples) => ratio(samples, name, a, b, key);
}

/** Every target with what was measured; `reached` is undefined when it was not. */
export function judge(samples, rows) {
  return kTargets.map(({ of, ...target }) => {
    const value = of(samples, rows);
    if (value === undefined) return { ...target, value, reached: undefined };
    const reached = target.max === undefined ? value >= target.min : value <= target.max;
    return { ...target, value, reached };
  });
}
