// The benchmark's own MariaDB: loopback, TLS only, as durable as a production primary.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificates } from './certificates.js';
import { Child, run } from './children.js';
import { freePort } from './port.js';
import { cpuOf } from './proc.js';
import { until } from './wait.js';

const kServer = '/usr/sbin/mariadbd';
const kDurable = [
  '--innodb-flush-log-at-trx-commit=1', '--sync-binlog=1', '--log-bin=binlog', '--server-id=1',
];
// Small, but enough that neither reads nor checkpoints wait for the disk.
const kSized = [
  '--innodb-buffer-pool-size=256M', '--innodb-log-file-size=256M', '--max-connections=200',
  '--performance-schema=0', '--skip-name-resolve', '--character-set-server=utf8mb4',
];

export const kDatabase = 'memo_bench';
export const kUser = 'bench';

function runAs() {
  return process.getuid() === 0 ? ['--user=root'] : [];
}

export class MariaDb {
  constructor(directory) {
    this.data = join(directory, 'mariadb');
    this.socket = join(directory, 'sql');
    this.scratch = join(directory, 'mariadb-tmp');
    this.host = '127.0.0.1';
    this.user = kUser;
    this.password = `bench-${process.pid}`;
    this.name = kDatabase;
  }

  static async start(directory) {
    const database = new MariaDb(directory);
    database.certificates = await makeCertificates(directory);
    database.ca = database.certificates.ca;
    mkdirSync(database.scratch);
    await run('mariadb-install-db', [
      '--no-defaults', `--datadir=${database.data}`, `--tmpdir=${database.scratch}`,
      '--auth-root-authentication-method=normal', '--skip-test-db', '--innodb-log-file-size=256M', ...runAs(),
    ]);
    await database.launch();
    await database.sql(
      `CREATE DATABASE ${kDatabase} CHARACTER SET utf8mb4;` +
        `CREATE USER '${kUser}'@'%' IDENTIFIED BY '${database.password}';` +
        `GRANT ALL ON *.* TO '${kUser}'@'%'`,
    );
    return database;
  }

  async launch() {
    this.port = await freePort();
    const { ca, certificate, key } = this.certificates;
    this.server = new Child('mariadbd', kServer, [
      '--no-defaults', ...runAs(), `--datadir=${this.data}`, `--socket=${this.socket}`,
      '--bind-address=127.0.0.1', `--port=${this.port}`, `--pid-file=${this.data}/pid`,
      // Its own: a server that starts deletes the temporary files of all others beside it.
      `--tmpdir=${this.scratch}`,
      `--ssl-ca=${ca}`, `--ssl-cert=${certificate}`, `--ssl-key=${key}`,
      '--require-secure-transport=1', ...kDurable, ...kSized,
    ]);
    await until('MariaDB accepts connections', 60_000, async () => {
      if (!this.server.isRunning) {
        throw Object.assign(new Error(`MariaDB ended: ${this.server.output}`), { hopeless: true });
      }
      return this.sql('SELECT 1');
    }, 100);
  }

  /** Runs statements as the administrator; the rows, tab separated. */
  sql(statements) {
    const args = ['--no-defaults', `--socket=${this.socket}`, '--user=root', '--batch', '-N'];
    return run('mariadb', args, { stdin: statements, deadlineMs: 120_000 });
  }

  get pid() {
    return this.server.pid;
  }

  /** Waits for the background work that earlier writes left behind (flushing, purging). */
  async settle() {
    const stepMs = 200;
    let before = Number.NEGATIVE_INFINITY;
    await until('the database is idle', 20_000, () => {
      const after = cpuOf(this.pid);
      const quiet = after - before <= stepMs * 1000 * 0.05;
      before = after;
      return quiet;
    }, stepMs).catch(() => undefined);  // a busy database shows in the figures; it is no failure
  }

  stop() {
    return this.server.stop(60_000);
  }
}
