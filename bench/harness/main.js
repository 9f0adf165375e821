// ./scv bench memo
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ceilingMissing, measureCeiling, prepareCeiling } from './ceiling.js';
import { charts } from './charts.js';
import { killAll, run } from './children.js';
import { fillMariaDb, fillSqlite } from './fill.js';
import { MariaDb } from './mariadb.js';
import { measure } from './measure.js';
import { readOptions, UsageError } from './options.js';
import { describeMachine } from './proc.js';
import { intoDocument, markdownText, terminalText } from './report.js';
import { buildServers, kBuild, kRoot, kServers, Surroundings } from './servers.js';
import { measureStart } from './start.js';
import { judge, summarise } from './summary.js';

const kAtMostMs = 45 * 60_000;

const kTitles = {
  ...Object.fromEntries(Object.entries(kServers).map(([name, { title }]) => [name, title])),
  'memo-fresh': 'fresh file', 'memo-existing': 'existing file',
  'sysbench-select': 'sysbench point select', 'sysbench-insert': 'sysbench insert',
};

function say(words) {
  process.stderr.write(`${words}\n`);
}

/** Starts and fills what the chosen cases need. */
async function prepare(options, around) {
  const names = new Set(options.cases.flatMap((one) => one.servers ?? []));
  const stores = new Set([...names].map((name) => kServers[name].store));
  const starts = options.cases.some((one) => one.kind === 'start');
  const ceiling = options.cases.some((one) => one.kind === 'sysbench');
  if (starts || names.size > 0) names.add('memo');
  say('building the peers');
  const skipped = await buildServers(names, around);
  if (skipped.memo) throw new Error(skipped.memo);
  const sessions = {};
  if (stores.has('mariadb') || stores.has('none') || ceiling) {
    say('starting MariaDB');
    around.database = await MariaDb.start(around.directory);
  }
  if (stores.has('mariadb') || stores.has('none')) {
    say('filling MariaDB');
    sessions.mariadb = await fillMariaDb(around);
  }
  if (stores.has('sqlite')) {
    say('filling SQLite');
    sessions.sqlite = await fillSqlite(around);
  }
  if (ceiling && ceilingMissing()) skipped.ceiling = ceilingMissing();
  else if (ceiling) await prepareCeiling(around.database);
  return { sessions, skipped };
}

/** The list, begun at another place in every turn. */
function rotated(list, by) {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

async function samplesOf(one, turn, context) {
  const { around, options, skipped } = context;
  if (one.kind === 'start') return measureStart(around);
  if (one.kind === 'sysbench') {
    return skipped.ceiling ? [] : measureCeiling(around.database, options.seconds);
  }
  const samples = [];
  for (const name of rotated(one.servers, turn)) {
    if (skipped[name]) continue;
    const sample = await measure(one, name, context);
    say(`  ${one.name.padEnd(14)}${name.padEnd(16)}${Math.round(sample.rps)} requests/s, ` +
      `${Math.round(sample.server_us)} + ${Math.round(sample.database_us)} µs`);
    samples.push(sample);
  }
  return samples;
}

async function measureAll(context) {
  const all = [];
  for (let round = 0; round < context.options.rounds; round += 1) {
    say(`round ${round + 1} of ${context.options.rounds}`);
    for (const one of context.options.cases) {
      const repeats = one.repeats ?? 1;
      for (let i = 0; i < repeats; i += 1) {
        const turn = round * repeats + i;
        const samples = await samplesOf(one, turn, context);
        all.push(...samples.map((sample) => ({ round: turn, ...sample })));
      }
    }
  }
  return all;
}

async function versions(around) {
  const first = async (command, args, pattern) => {
    const out = await run(command, args).catch(() => '');
    return pattern.exec(out)?.[1] ?? 'unknown';
  };
  const nodePeer = (name) => JSON.parse(readFileSync(
    join(kRoot, 'bench/peers/node/node_modules', name, 'package.json'), 'utf8')).version;
  return {
    memo: await first(around.memo, ['version'], /(\d\S*)/),
    MariaDB: await first('/usr/sbin/mariadbd', ['--version'], /Ver (\S+?)-MariaDB/),
    Go: await first('go', ['version'], /go(\d\S*)/),
    Node: process.versions.node, fastify: nodePeer('fastify'), mysql2: nodePeer('mysql2'),
    nginx: await first('sh', ['-c', '/usr/sbin/nginx -v 2>&1'], /nginx\/(\S+)/),
  };
}

function writeDocs(results) {
  const file = join(kRoot, 'docs/benchmarks.md');
  writeFileSync(file, intoDocument(readFileSync(file, 'utf8'), markdownText(results)));
  const images = join(kRoot, 'docs/images');
  mkdirSync(images, { recursive: true });
  for (const [name, svg] of Object.entries(charts(results))) writeFileSync(join(images, name), svg);
  say('wrote docs/benchmarks.md');
}

async function bench(options, directory) {
  const { rounds, seconds, warmSeconds } = options;
  const around = new Surroundings(directory, options.memo);
  const machine = describeMachine(directory);
  const { sessions, skipped } = await prepare(options, around);
  try {
    const samples = await measureAll({ around, sessions, skipped, options, cores: machine.cores });
    const rows = summarise(samples);
    return {
      date: new Date().toISOString().slice(0, 10),
      revision: (await run('git', ['-C', kRoot, 'describe', '--always', '--dirty'])
        .catch(() => 'unknown')).trim(),
      machine, versions: await versions(around),
      options: { rounds, seconds, warmSeconds },
      cases: options.cases, titles: kTitles, skipped, samples, rows, targets: judge(samples, rows),
    };
  } finally {
    await around.database?.stop();
  }
}

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.answer) {
    process.stdout.write(options.answer);
    return;
  }
  mkdirSync(kBuild, { recursive: true });
  const directory = mkdtempSync(join(kBuild, 'run-'));
  process.on('exit', () => {
    killAll();
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  });
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(130));
  setTimeout(() => {
    say(`gave up after ${kAtMostMs / 60_000} minutes`);
    process.exit(1);
  }, kAtMostMs).unref();

  const results = await bench(options, directory);
  const json = `${JSON.stringify(results, null, 1)}\n`;
  writeFileSync(join(kBuild, 'memo.json'), json);
  process.stdout.write(options.json ? json : terminalText(results));
  if (options.writeDocs) writeDocs(results);
}

main().then(() => process.exit(0), (error) => {
  const cause = error.cause === undefined ? '' : ` (${error.cause.message})`;
  say(error instanceof UsageError ? error.message : `bench: ${error.message}${cause}`);
  process.exit(error instanceof UsageError ? 2 : 1);
});
