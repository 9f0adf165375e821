// The service under test: the built binary, started on a database of its own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { send } from './client.js';
import type { Target } from './http.js';
import { administer, type MariaDbAddress, mariaDbMissing } from './mariadb.js';
import { type Exit, Process, run } from './processes.js';
import { kMemoBinary, scratchDirectory } from './run.js';
import { GiveUp, until } from './wait.js';

export type StoreKind = 'sqlite' | 'mariadb';

/** How a process is told where its database is. */
export interface Database {
  kind: StoreKind;
  flags: string[];
  env: { [name: string]: string };
  /** Runs SQL on the database, past the service. */
  sql(statements: string): Promise<string>;
}

let next_database = 0;

function sqliteDatabase(): Database {
  const file = join(scratchDirectory('sqlite'), 'memo.db');
  return {
    kind: 'sqlite',
    flags: ['--data', file],
    env: {},
    sql: async (statements) => {
      const done = await run('sqlite3', ['-batch', '-bail', file, statements], { name: 'sqlite3' });
      if (done.code !== 0) throw new Error(`${statements}: ${done.stderr}`);
      return done.stdout;
    },
  };
}

/** A fresh, empty database on the given server, by default the one all files of the run share. */
export async function mariadbDatabase(address = sharedMariaDb()): Promise<Database> {
  const name = `memo_${process.pid}_${next_database++}`;
  await administer(address.socket, `CREATE DATABASE ${name}`);
  return {
    kind: 'mariadb',
    flags: [],
    env: {
      DB_HOST: address.host,
      DB_PORT: String(address.port),
      DB_USER: address.user,
      DB_PASSWORD: address.password,
      DB_NAME: name,
      DB_CA: address.ca,
    },
    sql: (statements) => administer(address.socket, `USE ${name}; ${statements}`),
  };
}

export function sharedMariaDb(): MariaDbAddress {
  return JSON.parse(process.env.SCV_TEST_MARIADB ?? '{}') as MariaDbAddress;
}

export async function freshDatabase(kind: StoreKind): Promise<Database> {
  return kind === 'sqlite' ? sqliteDatabase() : mariadbDatabase();
}

/** The stores a suite is repeated for, with the reason why one is left out. */
export const kStores: { kind: StoreKind; missing: string | undefined }[] = [
  { kind: 'sqlite', missing: undefined },
  { kind: 'mariadb', missing: mariaDbMissing() },
];

export interface ServeOptions {
  database?: Database;
  flags?: string[];
  env?: { [name: string]: string };
  /** Wait until the region can be served (the default), or only until the port is open. */
  waitFor?: 'ready' | 'listening' | 'nothing';
}

interface LogLine {
  event?: string;
  port?: number;
  [field: string]: unknown;
}

export class MemoServer implements Target {
  readonly host = '127.0.0.1';
  port = 0;
  metricsPort = 0;

  private constructor(
    readonly process: Process,
    readonly database: Database,
    private readonly portFile: string,
  ) {}

  /** Starts `memo serve` on ephemeral ports. */
  static async start(options: ServeOptions = {}): Promise<MemoServer> {
    const database = options.database ?? sqliteDatabase();
    const portFile = join(scratchDirectory('port'), 'port');
    const args = [
      'serve',
      '--listen',
      '127.0.0.1:0',
      '--metrics-listen',
      '127.0.0.1:0',
      '--port-file',
      portFile,
      ...database.flags,
      ...(options.flags ?? []),
    ];
    const env = { ...database.env, ...options.env };
    const child = new Process(`memo-${database.kind}`, kMemoBinary, args, { env });
    const server = new MemoServer(child, database, portFile);
    const waitFor = options.waitFor ?? 'ready';
    if (waitFor !== 'nothing') await server.untilListening();
    if (waitFor === 'ready') await server.untilReady();
    return server;
  }

  get pid(): number {
    return this.process.pid;
  }

  get metrics(): Target {
    return { host: this.host, port: this.metricsPort };
  }

  /** The log so far, parsed. Throws when a line is not a JSON object. */
  log(): LogLine[] {
    const lines = this.process.stderr + this.process.stdout;
    return lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogLine);
  }

  async untilListening(deadlineMs = 20_000): Promise<void> {
    await until('memo listens', deadlineMs, () => {
      this.checkAlive();
      const port = (of: string): number => this.log().find(({ event }) => event === of)?.port ?? 0;
      const store = this.log().find(({ event }) => event === 'starting')?.store;
      if (store !== undefined && store !== this.database.kind) {
        throw new GiveUp(`memo serves on ${String(store)}, not on ${this.database.kind}`);
      }
      this.port = port('listening');
      this.metricsPort = port('metrics_listening');
      return this.port !== 0 && this.metricsPort !== 0;
    });
  }

  async untilReady(deadlineMs = 30_000): Promise<void> {
    await until('memo is ready', deadlineMs, async () => {
      this.checkAlive();
      return (await send(this, { method: 'GET', path: '/readyz' })).status === 200;
    });
  }

  private checkAlive(): void {
    if (this.process.isRunning) return;
    throw new GiveUp(`memo ended: ${this.process.stderr.slice(-3000)}`);
  }

  portFileText(): string {
    return readFileSync(this.portFile, 'utf8');
  }

  /** Resident memory, in KiB. */
  residentKib(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  }

  /** Asks the process to end and waits for it. */
  async stop(deadlineMs = 20_000): Promise<Exit> {
    if (this.process.isRunning) this.process.signal('SIGTERM');
    return this.process.waitForExit(deadlineMs);
  }
}

/** Runs a command of the binary to its end. */
export function memo(
  args: readonly string[],
  options: { env?: { [name: string]: string }; stdin?: string; cwd?: string } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return run(kMemoBinary, args, { name: `memo-${args[0] ?? ''}`, ...options });
}
