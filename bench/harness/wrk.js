// Load from wrk, with the scripts of bench/wrk.
import { run } from './children.js';

const kScripts = new URL('../wrk/', import.meta.url).pathname;

let runs = 0;

/**
 * One run of whole seconds against `url`; throws when any answer was an error or any
 * connection broke.
 * @returns {Promise<{requests: number, duration_us: number, p50_us: number, p99_us: number}>}
 */
export async function drive({ url, script, sessions, connections, seconds }) {
  const threads = Math.min(2, connections);
  runs += 1;
  const out = await run('wrk', [
    `-t${threads}`, `-c${connections}`, `-d${seconds}s`, '--timeout', '15s',
    '-s', `${script}.lua`, url, '--', sessions, `${process.pid}-${runs}`,
  ], { cwd: kScripts, deadlineMs: (seconds + 30) * 1000 });
  const figures = JSON.parse(out.slice(out.indexOf('{"requests"')));
  const wrong = figures.not_2xx_3xx + figures.socket_errors + figures.timeouts;
  if (wrong > 0 || figures.requests === 0) {
    throw new Error(`${script}: ${JSON.stringify(figures)}`);
  }
  return figures;
}
