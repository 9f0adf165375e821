// From nothing to the first answer that needed the database, on SQLite: a fresh file and one that
// exists. Includes starting the process; a client polls.
import { connect } from 'node:net';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Child } from './children.js';
import { freePort } from './port.js';
import { memoryOf } from './proc.js';

const kRequest = 'GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n';
const kDeadlineMs = 10_000;

/** Whether /readyz says 200; false as well when nobody listens yet. */
function ready(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(kRequest));
    socket.once('data', (data) => {
      resolve(data.toString('latin1').startsWith('HTTP/1.1 200'));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}

async function startOnce(around, file) {
  const port = await freePort();
  const begin = performance.now();
  const child = new Child('memo', around.memo, [
    'serve', '--listen', `127.0.0.1:${port}`, '--metrics-listen', '127.0.0.1:0', '--data', file,
  ]);
  try {
    while (!(await ready(port))) {
      if (!child.isRunning) throw new Error(`memo ended: ${child.output}`);
      if (performance.now() - begin > kDeadlineMs) throw new Error('memo does not get ready');
      await pause(1);
    }
    return { ms: performance.now() - begin, ...(await idleMemory(child.pid)) };
  } finally {
    await child.stop();
  }
}

/** Memory once it no longer changes. */
async function idleMemory(pid) {
  let last = memoryOf(pid);
  for (let quiet = 0; quiet < 3; ) {
    await pause(50);
    const now = memoryOf(pid);
    quiet = now.now === last.now ? quiet + 1 : 0;
    last = now;
  }
  return { rss_bytes: last.now, rss_peak_bytes: last.peak };
}

/** One start on a fresh file and one on the file that it left. */
export async function measureStart(around) {
  const file = join(around.directory, 'start.db');
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  const fresh = await startOnce(around, file);
  const existing = await startOnce(around, file);
  const sample = (server, { ms, ...memory }) =>
    ({ case: 'start', server, start_ms: ms, ...memory });
  return [sample('memo-fresh', fresh), sample('memo-existing', existing)];
}
