// One measurement: a server started for it, checked, warmed and driven, and measured from outside.
import { check } from './check.js';
import { cpuOf, cpuOfEndedChildren, cpuOfMachine, memoryOf } from './proc.js';
import { kServers, Server } from './servers.js';
import { drive } from './wrk.js';

/** CPU microseconds used so far by everyone who takes part. */
function cpuNow(server, database) {
  const sum = (pids) => pids.reduce((total, pid) => total + cpuOf(pid), 0);
  return {
    server: sum(server.pids), database: database ? cpuOf(database.pid) : 0,
    client: cpuOfEndedChildren(), machine: cpuOfMachine(), self: cpuOf(process.pid),
  };
}

function difference(after, before) {
  return Object.fromEntries(Object.keys(after).map((key) => [key, after[key] - before[key]]));
}

/** CPU microseconds per request, and what share of the machine others took meanwhile. */
function cpuPerRequest(used, requests, seconds, cores) {
  const known = used.server + used.database + used.client + used.self;
  return {
    server_us: used.server / requests,
    database_us: used.database / requests,
    client_us: used.client / requests,
    others_share: Math.max(0, used.machine - known) / (seconds * 1e6 * cores),
  };
}

/** @param {import('./cases.js').Case} one */
export async function measure(one, name, { around, sessions, options, cores }) {
  const { store, tokens } = kServers[name];
  const own = sessions[store === 'sqlite' ? 'sqlite' : 'mariadb'][tokens];
  const database = store === 'mariadb' ? around.database : undefined;
  await around.database?.settle();
  const server = await Server.start(name, around);
  try {
    await check(server, one.script, store, own.sessions);
    const load = {
      url: server.url, script: one.script, sessions: own.file, connections: one.connections,
    };
    await drive({ ...load, seconds: options.warmSeconds });
    const before = cpuNow(server, database);
    const start = performance.now();
    const figures = await drive({ ...load, seconds: options.seconds });
    const seconds = (performance.now() - start) / 1000;
    const used = difference(cpuNow(server, database), before);
    const memory = server.pids.map(memoryOf);
    return {
      case: one.name, server: name, requests: figures.requests,
      rps: figures.requests / (figures.duration_us / 1e6),
      p50_us: figures.p50_us, p99_us: figures.p99_us,
      ...cpuPerRequest(used, figures.requests, seconds, cores),
      rss_bytes: memory.reduce((total, m) => total + m.now, 0),
      rss_peak_bytes: memory.reduce((total, m) => total + m.peak, 0),
    };
  } catch (error) {
    throw new Error(`${name}, ${one.name}: ${(await server.obituary()) ?? error.message}`, {
      cause: error.cause,
    });
  } finally {
    await server.stop();
  }
}
