// The servers that are compared: how each is built, started and told where its data is.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Child, run } from './children.js';
import { freePort } from './port.js';
import { family } from './proc.js';
import { until } from './wait.js';

const kHere = new URL('..', import.meta.url).pathname;
export const kRoot = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
const kNginx = '/usr/sbin/nginx';
export const kBuild = join(kRoot, 'build/bench');

/** What all servers of this run share. */
export class Surroundings {
  constructor(directory, memo) {
    this.directory = directory;
    this.memo = memo ?? join(kRoot, 'build/release/src/memo/memo');
    this.sessionSecret = 'a secret of this benchmark run only';
    /** @type {import('./mariadb.js').MariaDb|undefined} */
    this.database = undefined;
    /** The prepared SQLite file. */
    this.data = join(directory, 'memo.db');
  }
}

function databaseEnv({ database }) {
  return {
    DB_HOST: database.host, DB_PORT: String(database.port), DB_USER: database.user,
    DB_PASSWORD: database.password, DB_NAME: database.name, DB_CA: database.ca,
  };
}

function peerEnv(around, port) {
  return {
    ...databaseEnv(around), LISTEN: `127.0.0.1:${port}`, SESSION_SECRET: around.sessionSecret,
  };
}

function memoArgs(port, batching) {
  return [
    'serve', '--listen', `127.0.0.1:${port}`, '--metrics-listen', '127.0.0.1:0',
    '--batching', batching,
  ];
}

function nginxConfig(directory, port) {
  const at = (name) => `${name}_temp_path ${directory}/${name};`;
  return `
daemon off;
worker_processes auto;
pid ${directory}/pid;
error_log stderr;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 100000000;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(at).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location / { return 200 "ok"; }
  }
}
`;
}

/**
 * name: how results call it. `store`: where its data is. `tokens`: whose sessions it accepts.
 * `command(around, port)`: how to start it.
 */
export const kServers = {
  go: {
    title: 'Go peer', store: 'mariadb', tokens: 'peer', peer: true, alive: '/livez',
    command: (around, port) => [join(kBuild, 'peer-go'), [], peerEnv(around, port)],
  },
  node: {
    title: 'Node peer', store: 'mariadb', tokens: 'peer', peer: true, alive: '/livez',
    command: (around, port) => [
      process.execPath, [join(kHere, 'peers/node/main.js')],
      { ...peerEnv(around, port), NODE_ENV: 'production' },
    ],
  },
  memo: {
    title: 'memo', store: 'mariadb', tokens: 'memo', alive: '/readyz',
    command: (around, port) => [around.memo, memoArgs(port, 'on'), databaseEnv(around)],
  },
  'memo-unbatched': {
    title: 'memo, batching off', store: 'mariadb', tokens: 'memo', alive: '/readyz',
    command: (around, port) => [around.memo, memoArgs(port, 'off'), databaseEnv(around)],
  },
  'memo-sqlite': {
    title: 'memo on SQLite', store: 'sqlite', tokens: 'memo', alive: '/readyz',
    command: (around, port) => [
      around.memo, [...memoArgs(port, 'on'), '--data', around.data], {},
    ],
  },
  nginx: {
    title: 'nginx, return 200', store: 'none', tokens: 'peer', alive: '/',
    command: (around, port) => {
      const directory = join(around.directory, 'nginx');
      mkdirSync(directory, { recursive: true });
      const file = join(directory, 'nginx.conf');
      writeFileSync(file, nginxConfig(directory, port));
      return [kNginx, ['-e', 'stderr', '-p', directory, '-c', file], {}];
    },
  },
};

/** A running server. */
export class Server {
  constructor(name, child, port) {
    this.name = name;
    this.child = child;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(name, around) {
    const { command, alive } = kServers[name];
    const port = await freePort();
    const [program, args, env] = command(around, port);
    const server = new Server(name, new Child(name, program, args, { env, cwd: around.directory }),
      port);
    await until(`${name} answers`, 30_000, async () => {
      if (!server.child.isRunning) {
        throw Object.assign(new Error(`${name} ended: ${server.child.output}`), { hopeless: true });
      }
      const answer = await fetch(server.url + alive);
      await answer.arrayBuffer();
      return answer.ok;
    });
    server.pids = family(server.child.pid);
    return server;
  }

  stop() {
    return this.child.stop();
  }

  /** What it said when it ended by itself, or was about to; undefined while it runs. */
  async obituary() {
    await Promise.race([this.child.exited, pause(500)]);
    return this.child.isRunning ? undefined : `it ended: ${this.child.output.slice(-2000)}`;
  }
}

async function buildGo() {
  await run('go', ['build', '-p', '2', '-o', join(kBuild, 'peer-go'), '.'], {
    cwd: join(kHere, 'peers/go'), deadlineMs: 300_000,
    env: { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '', CGO_ENABLED: '0',
      GOCACHE: join(kBuild, 'go-cache') },
  });
}

async function installNode() {
  const directory = join(kHere, 'peers/node');
  if (existsSync(join(directory, 'node_modules/.package-lock.json'))) return;
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: directory, deadlineMs: 300_000 });
}

/** Makes what the named servers need; returns why one cannot run, by name. */
export async function buildServers(names, around) {
  const missing = {};
  const attempt = async (name, build) => {
    if (!names.has(name)) return;
    await build().catch((error) => {
      missing[name] = error.message;
    });
  };
  mkdirSync(kBuild, { recursive: true });
  await attempt('go', buildGo);
  await attempt('node', installNode);
  for (const name of names) {
    if (!name.startsWith('memo') || existsSync(around.memo)) continue;
    missing[name] = `${around.memo} is not built`;
  }
  if (names.has('nginx') && !existsSync(kNginx)) missing.nginx = 'nginx is not installed';
  return missing;
}
