// The command line of the benchmark.
import { parseArgs } from 'node:util';
import { kCases } from './cases.js';

const kHelp = `Usage: ./scv bench memo [options]

Runs memo, two plain peers and the ceilings side by side on this machine and measures them from
outside: requests/s, latency, CPU per request of server and database, memory, start.

  --quick           one short round (about a minute): a check, not a figure to quote
  --rounds N        rounds; the order of the servers rotates (default 3)
  --seconds N       length of one measurement (default 5)
  --case NAME       only this case; may be repeated
  --list            list the cases
  --memo FILE       the binary (default build/release/src/memo/memo, or MEMO_BIN)
  --json            print the results as JSON in place of the table
  --no-docs         leave docs/benchmarks.md and its pictures alone
  --help            this text

Results go to build/bench/memo.json; a complete run also rewrites docs/benchmarks.md.
Needs mariadb-server, wrk, nginx, openssl, golang-go with
golang-github-go-sql-driver-mysql-dev, npm; sysbench when there is one.

Exit status: 0 measured (whether or not the targets were reached), 1 failed, 2 wrong usage,
130 interrupted.
`;

/** A mistake of the caller: the message is all there is to say. */
export class UsageError extends Error {}

const kOptions = {
  quick: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  case: { type: 'string', multiple: true, default: [] },
  list: { type: 'boolean', default: false },
  memo: { type: 'string' },
  json: { type: 'boolean', default: false },
  'no-docs': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

function number(name, text, usual, max) {
  if (text === undefined) return usual;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || value > max) {
    throw new UsageError(`--${name} wants a number up to ${max}, not '${text}'`);
  }
  return value;
}

/** Text to print and be done with, or undefined. */
export function answerOnly(values) {
  if (values.help) return kHelp;
  if (!values.list) return undefined;
  return kCases.map((one) => `${one.name.padEnd(16)}${one.title}\n`).join('');
}

export function readOptions(argv) {
  let values;
  try {
    ({ values } = parseArgs({ args: argv, options: kOptions }));
  } catch (error) {
    throw new UsageError(`${error.message}; see --help`);
  }
  for (const name of values.case) {
    if (kCases.some((one) => one.name === name)) continue;
    throw new UsageError(`there is no case '${name}'; --list names them`);
  }
  const options = {
    quick: values.quick,
    rounds: Math.ceil(number('rounds', values.rounds, values.quick ? 1 : 3, 50)),
    seconds: Math.ceil(number('seconds', values.seconds, values.quick ? 1 : 5, 120)),
    warmSeconds: values.quick ? 1 : 2,
    cases: kCases.filter((one) => values.case.length === 0 || values.case.includes(one.name)),
    memo: values.memo ?? process.env.MEMO_BIN,
    json: values.json,
    answer: answerOnly(values),
  };
  options.complete = !values.quick && values.case.length === 0;
  options.writeDocs = options.complete && !values['no-docs'];
  return options;
}
