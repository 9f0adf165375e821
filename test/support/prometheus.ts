// A strict reader of the Prometheus text format 0.0.4: what it accepts, a scraper accepts.

export interface Sample {
  name: string;
  labels: { [name: string]: string };
  value: number;
}
export interface Family {
  name: string;
  type: string;
  help: string;
  samples: Sample[];
}

const kName = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const kSample = new RegExp(`^(${kName})(?:\\{(.*)\\})? (\\S+)$`);
const kLabel = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/;
const kTypes = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

function parseValue(text: string): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  if (text === 'NaN') return NaN;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text))
    throw new Error(`not a value: ${text}`);
  return Number(text);
}

function parseLabels(text: string): { [name: string]: string } {
  const labels: { [name: string]: string } = {};
  let rest = text;
  while (rest !== '') {
    const [whole, name, value] = kLabel.exec(rest) ?? [];
    if (whole === undefined || name === undefined) throw new Error(`not a label: ${rest}`);
    if (name in labels) throw new Error(`label ${name} twice: ${text}`);
    labels[name] = (value ?? '').replaceAll(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
    rest = rest.slice(whole.length);
  }
  return labels;
}

function parseSample(line: string): Sample {
  const [, name, labels, value] = kSample.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`not a sample: ${line}`);
  return { name, labels: parseLabels(labels ?? ''), value: parseValue(value) };
}

function belongs(sample: string, family: Family): boolean {
  if (sample === family.name) return family.type !== 'histogram';
  if (family.type !== 'histogram') return false;
  return ['_bucket', '_sum', '_count'].some((suffix) => sample === family.name + suffix);
}

/** Parses an exposition; throws at the first thing a strict scraper would refuse. */
export function parseMetrics(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the exposition does not end in a newline');
  const families = new Map<string, Family>();
  const series = new Set<string>();
  let family: Family | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    const [, keyword, name, rest] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (name !== undefined && rest !== undefined) {
      if (family?.name !== name) {
        if (families.has(name)) throw new Error(`the family ${name} is in two pieces`);
        family = { name, type: 'untyped', help: '', samples: [] };
        families.set(name, family);
      }
      if (keyword === 'TYPE' && !kTypes.includes(rest)) throw new Error(`unknown type: ${line}`);
      family[keyword === 'TYPE' ? 'type' : 'help'] = rest;
      continue;
    }
    const sample = parseSample(line);
    if (family === undefined || !belongs(sample.name, family)) {
      throw new Error(`outside of its family: ${line}`);
    }
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    if (series.has(key)) throw new Error(`twice: ${line}`);
    series.add(key);
    family.samples.push(sample);
  }
  for (const each of families.values()) if (each.type === 'histogram') checkHistogram(each);
  return families;
}

/** Buckets are cumulative, end in +Inf, and agree with the count. */
function checkHistogram(family: Family): void {
  const groups = new Map<string, Sample[]>();
  for (const sample of family.samples) {
    const { le: _, ...labels } = sample.labels;
    const key = JSON.stringify(Object.entries(labels).sort());
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const [key, samples] of groups) {
    const buckets = samples.filter(({ name }) => name.endsWith('_bucket'));
    const bounds = buckets.map(({ labels }) => parseValue(labels.le ?? ''));
    const where = `${family.name} ${key}`;
    if (bounds.at(-1) !== Infinity) throw new Error(`${where}: no +Inf bucket at the end`);
    for (let i = 1; i < buckets.length; i++) {
      if ((bounds[i] ?? 0) <= (bounds[i - 1] ?? 0))
        throw new Error(`${where}: bounds out of order`);
      const [before, here] = [buckets[i - 1]?.value ?? 0, buckets[i]?.value ?? 0];
      if (here < before) throw new Error(`${where}: buckets are not cumulative`);
    }
    const count = samples.find(({ name }) => name.endsWith('_count'))?.value;
    if (count !== buckets.at(-1)?.value) throw new Error(`${where}: count differs from +Inf`);
    if (!samples.some(({ name }) => name.endsWith('_sum'))) throw new Error(`${where}: no sum`);
  }
}

/** The sum over the samples of a name whose labels include the given ones. */
export function total(
  families: Map<string, Family>,
  name: string,
  labels: { [name: string]: string } = {},
): number {
  const samples = [...families.values()].flatMap((family) => family.samples);
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([k, v]) => sample.labels[k] === v))
    .reduce((sum, sample) => sum + sample.value, 0);
}
