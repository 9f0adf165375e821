// What sysbench reaches on the same database without any service in front of it: single statements
// over TLS, 64 connections.
import { existsSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './children.js';
import { cpuOf, cpuOfEndedChildren } from './proc.js';
import { kMemos } from './fill.js';

const kProgram = '/usr/bin/sysbench';
const kName = 'ceiling';

export function ceilingMissing() {
  return existsSync(kProgram) ? undefined : 'sysbench is not installed';
}

function sysbench(database, script, words, deadlineMs) {
  return run(kProgram, [
    script, `--mysql-host=${database.host}`, `--mysql-port=${database.port}`,
    `--mysql-user=${database.user}`, `--mysql-password=${database.password}`,
    `--mysql-db=${kName}`, '--mysql-ssl=on', '--tables=1', `--table-size=${kMemos}`,
    '--threads=64', '--percentile=99', ...words,
  ], { deadlineMs, cwd: dirname(database.ca) });
}

/** sysbench takes its certificates from fixed names in the working directory. */
function nameCertificates({ ca, certificate, key }) {
  const beside = (name) => join(dirname(ca), name);
  symlinkSync(ca, beside('cacert.pem'));
  symlinkSync(certificate, beside('client-cert.pem'));
  symlinkSync(key, beside('client-key.pem'));
}

export async function prepareCeiling(database) {
  nameCertificates(database.certificates);
  await database.sql(`CREATE DATABASE ${kName}`);
  await sysbench(database, 'oltp_point_select', ['--threads=1', 'prepare'], 120_000);
}

export async function measureCeiling(database, seconds) {
  const samples = [];
  for (const [server, script] of [
    ['sysbench-select', 'oltp_point_select'], ['sysbench-insert', 'oltp_insert'],
  ]) {
    await database.settle();
    const before = { database: cpuOf(database.pid), client: cpuOfEndedChildren() };
    const out = await sysbench(database, script, [`--time=${seconds}`, 'run'],
      (seconds + 60) * 1000);
    const number = (pattern) => Number(pattern.exec(out)[1]);
    const requests = number(/transactions:\s+(\d+)/);
    samples.push({
      case: 'ceiling', server, requests, rps: number(/transactions:\s+\d+\s+\(([\d.]+) per sec/),
      p99_us: number(/99th percentile:\s+([\d.]+)/) * 1000, server_us: 0,
      database_us: (cpuOf(database.pid) - before.database) / requests,
      client_us: (cpuOfEndedChildren() - before.client) / requests,
    });
  }
  return samples;
}
