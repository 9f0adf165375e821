// A real MariaDB server of the tests' own: private data directory, TLS only, durable settings.
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { runCertificates } from './certificates.js';
import { Process, run } from './processes.js';
import { plantCanary, runDirectory, scratchDirectory } from './run.js';
import { GiveUp, until } from './wait.js';

const kInstallDb = '/usr/bin/mariadb-install-db';
const kServer = '/usr/sbin/mariadbd';
const kUser = 'memo';

/** Why there can be no MariaDB here; undefined when there can. */
export function mariaDbMissing(): string | undefined {
  const missing = [kInstallDb, kServer, '/usr/bin/mariadb', '/usr/bin/openssl'];
  const absent = missing.filter((file) => !existsSync(file));
  return absent.length === 0 ? undefined : `not installed: ${absent.join(', ')}`;
}

export interface MariaDbAddress {
  host: string;
  port: number;
  socket: string;
  ca: string;
  user: string;
  password: string;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A fresh data directory; installing one takes seconds, so that is done once and copied. */
async function freshData(): Promise<string> {
  const template = join(runDirectory(), 'mariadb-template');
  if (!existsSync(template)) {
    // Its own: a server that starts deletes the temporary tables of all others that share one.
    const made = await run(
      kInstallDb,
      [
        '--no-defaults',
        `--datadir=${template}`,
        `--tmpdir=${scratchDirectory('mariadb-tmp')}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        '--innodb-log-file-size=8M',
        ...runAs(),
      ],
      { name: 'mariadb-install-db', deadlineMs: 60_000 },
    );
    if (made.code !== 0) throw new Error(`mariadb-install-db: ${made.stdout}${made.stderr}`);
  }
  const data = join(scratchDirectory('mariadb'), 'data');
  const copied = await run('cp', ['-a', template, data], { name: 'cp' });
  if (copied.code !== 0) throw new Error(copied.stderr);
  return data;
}

function runAs(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

/** Runs statements as the administrator and returns the result set, tab separated. */
export async function administer(socket: string, sql: string): Promise<string> {
  const args = ['--no-defaults', `--socket=${socket}`, '--user=root', '--batch', '-N', '-e', sql];
  const result = await run('/usr/bin/mariadb', args, { name: 'sql' });
  if (result.code !== 0) throw new Error(`${sql}: ${result.stderr}`);
  return result.stdout;
}

export class MariaDb {
  private constructor(
    readonly address: MariaDbAddress,
    private readonly data: string,
    private server: Process,
  ) {}

  static async start(): Promise<MariaDb> {
    const { ca } = await runCertificates();
    const data = await freshData();
    const sockets = join(runDirectory(), 's');
    mkdirSync(sockets, { recursive: true });
    const port = await freePort();
    const address: MariaDbAddress = {
      host: '127.0.0.1',
      port,
      socket: join(sockets, `${port}`),
      ca,
      user: kUser,
      password: plantCanary('database password', `db-secret-${port}-Zq7`),
    };
    const database = new MariaDb(address, data, await launch(address, data));
    await database.sql(
      `CREATE USER '${kUser}'@'%' IDENTIFIED BY '${address.password}';` +
        `GRANT ALL ON \`memo\\_%\`.* TO '${kUser}'@'%'`,
    );
    return database;
  }

  get isRunning(): boolean {
    return this.server.isRunning;
  }

  /** Runs statements as the administrator. */
  sql(statements: string): Promise<string> {
    return administer(this.address.socket, statements);
  }

  /** Stops answering without closing anything, as a machine that hangs does. */
  freeze(): void {
    this.server.signal('SIGSTOP');
  }

  thaw(): void {
    this.server.signal('SIGCONT');
  }

  async kill(): Promise<void> {
    this.server.signal('SIGKILL');
    await this.server.waitForExit(10_000);
  }

  /** Starts again on the same data and port after kill() or stop(). */
  async restart(): Promise<void> {
    this.server = await launch(this.address, this.data);
  }

  async stop(): Promise<void> {
    if (!this.server.isRunning) return;
    this.server.signal('SIGTERM');
    await this.server.waitForExit(30_000);
  }
}

async function launch(address: MariaDbAddress, data: string): Promise<Process> {
  const { ca, certificate, key } = await runCertificates();
  const server = new Process('mariadbd', kServer, [
    '--no-defaults',
    ...runAs(),
    `--datadir=${data}`,
    `--tmpdir=${dirname(data)}`,
    `--socket=${address.socket}`,
    '--bind-address=127.0.0.1',
    `--port=${address.port}`,
    `--pid-file=${data}/mariadbd.pid`,
    `--ssl-ca=${ca}`,
    `--ssl-cert=${certificate}`,
    `--ssl-key=${key}`,
    '--require-secure-transport=1',
    '--innodb-flush-log-at-trx-commit=1',
    '--sync-binlog=1',
    '--log-bin=binlog',
    '--server-id=1',
    '--innodb-buffer-pool-size=64M',
    '--innodb-log-file-size=8M',
    '--max-connections=200',
    '--skip-name-resolve',
    '--performance-schema=0',
    '--character-set-server=utf8mb4',
  ]);
  await until('MariaDB accepts connections', 60_000, async () => {
    if (!server.isRunning) throw new GiveUp(`MariaDB ended: ${server.stderr.slice(-2000)}`);
    return administer(address.socket, 'SELECT 1');
  });
  return server;
}
