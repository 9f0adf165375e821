// Pure: the results as text, for the terminal and for docs/benchmarks.md.

const kOthersMax = 0.05;

export function formatNumber(value, digits) {
  if (value === undefined || Number.isNaN(value)) return '–';
  const places = digits ?? (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
  return value.toFixed(places).replace(/\B(?=(\d{3})+(?!\d))/g, (match, g, at, all) =>
    all.slice(0, at).includes('.') ? '' : ' ');
}

const us = (value) => formatNumber(value, 0);
const ms = (value) => (value === undefined ? '–' : formatNumber(value / 1000, 2));
const mb = (value) => (value === undefined ? '–' : formatNumber(value / 1e6, 1));

const kLoadColumns = [
  ['requests/s', (row) => formatNumber(row.rps, 0)],
  ['± rounds', (row) => (row.rounds > 1 ? `${formatNumber(row.spread * 50, 0)} %` : '–')],
  ['p50 ms', (row) => ms(row.p50_us)],
  ['p99 ms', (row) => ms(row.p99_us)],
  ['CPU µs', (row) => us(row.cpu_us)],
  ['server', (row) => us(row.server_us)],
  ['database', (row) => us(row.database_us)],
  ['client', (row) => us(row.client_us)],
  ['RSS MB', (row) => mb(row.rss_bytes)],
];

const kStartColumns = [
  ['median ms', (row) => formatNumber(row.start_ms, 1)],
  ['slowest ms', (row) => formatNumber(row.start_ms_max, 1)],
  ['idle RSS MB', (row) => mb(row.rss_bytes)],
  ['peak RSS MB', (row) => mb(row.rss_peak_bytes)],
];

/** @returns {{title: string, head: string[], body: string[][]}[]} */
function tables({ cases, rows, titles }) {
  return cases.map((one) => {
    const columns = one.kind === 'start' ? kStartColumns : kLoadColumns;
    const own = rows.filter((row) => row.case === one.name);
    return {
      title: one.title,
      head: ['', ...columns.map(([name]) => name)],
      body: own.map((row) => [titles[row.server], ...columns.map(([, show]) => show(row))]),
    };
  }).filter((table) => table.body.length > 0);
}

function targetTable(targets) {
  const verdict = { true: 'yes', false: 'NO', undefined: 'not measured' };
  const bound = (t) => (t.max === undefined ? `≥ ${t.min} ${t.unit}` : `≤ ${t.max} ${t.unit}`);
  return {
    title: 'Targets',
    head: ['', 'must reach', 'measured', 'reached'],
    body: targets.map((t) => [
      t.what, bound(t), t.value === undefined ? '–' : `${formatNumber(t.value)} ${t.unit}`,
      verdict[t.reached],
    ]),
  };
}

function plain({ title, head, body }) {
  const all = [head, ...body];
  const widths = head.map((_, i) => Math.max(...all.map((cells) => [...cells[i]].length)));
  const line = (cells) => cells
    .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
    .join('  ').trimEnd();
  return [title, ...all.map((cells) => `  ${line(cells)}`), ''].join('\n');
}

function markdown({ title, head, body }) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, i) => (i === 0 ? '---' : '--:'));
  return [`### ${title}`, '', ...[head, rule, ...body].map(line), ''].join('\n');
}

/** Sentences that a reader needs to judge the figures. */
function remarks({ machine, samples, skipped }) {
  const notes = Object.entries(skipped).map(([name, why]) => `Skipped: ${name}: ${why}.`);
  const noisy = samples.filter((sample) => sample.others_share > kOthersMax);
  if (noisy.length > 0) {
    const worst = Math.max(...noisy.map((sample) => sample.others_share));
    notes.push(`Other work took more than ${kOthersMax * 100} % of the machine in ` +
      `${noisy.length} of ${samples.length} measurements (at worst ` +
      `${formatNumber(worst * 100, 0)} %): requests/s are too low and latencies too high there; ` +
      'CPU per request suffers less.');
  }
  if (machine.load_before > 0.5) {
    notes.push(`The load average was ${formatNumber(machine.load_before, 1)} at the start.`);
  }
  return notes;
}

export function terminalText(results) {
  return [
    ...tables(results).map(plain),
    plain(targetTable(results.targets.filter(({ reached }) => reached !== undefined))),
    ...remarks(results), '',
  ].join('\n');
}

export function markdownText(results) {
  const { machine, versions, options } = results;
  const facts = [
    ['date', results.date], ['revision', results.revision],
    ['machine', `${machine.cpu}, ${machine.cores} cores shared by client, server and database, ` +
      `${machine.memory_gib} GiB, data on ${machine.file_system}`],
    ['system', `${machine.system}, Linux ${machine.kernel}`],
    ['versions', Object.entries(versions).map(([name, v]) => `${name} ${v}`).join(', ')],
    ['rounds', `${options.rounds} of ${options.seconds} s for each measurement, after ` +
      `${options.warmSeconds} s of warming up; medians`],
  ];
  return [
    ...facts.map(([name, value]) => `- **${name}**: ${value}`), '',
    markdown(targetTable(results.targets)), ...tables(results).map(markdown),
    ...remarks(results).map((note) => `- ${note}`),
  ].join('\n').trimEnd();
}

const kBegin = '<!-- results: written by ./scv bench memo -->';
const kEnd = '<!-- end of results -->';

/** The document with its part between the markers replaced. */
export function intoDocument(document, text) {
  const begin = document.indexOf(kBegin);
  const end = document.indexOf(kEnd);
  if (begin < 0 || end < begin) throw new Error('docs/benchmarks.md has lost its markers');
  return `${document.slice(0, begin + kBegin.length)}\n${text}\n${document.slice(end)}`;
}
