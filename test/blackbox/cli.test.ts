import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newPassword, newUsername, send, signIn, signUp } from '../support/client.js';
import { freePort } from '../support/mariadb.js';
import { freshDatabase, memo, MemoServer } from '../support/memo.js';
import { kMemoBinary, plantCanary, scratchDirectory } from '../support/run.js';
import { type Exit, Process } from '../support/processes.js';
import { describeStores, suite } from '../support/suite.js';
import { until } from '../support/wait.js';

suite(import.meta.url);

const kCommands = ['serve', 'migrate', 'seed', 'user', 'key', 'openapi', 'healthcheck', 'version'];

describe('help', () => {
  test('names every command', async () => {
    const { code, stdout } = await memo(['--help']);
    expect(code).toBe(0);
    for (const command of kCommands) expect(stdout).toMatch(new RegExp(`^\\s+${command}\\b`, 'm'));
  });

  test.each([
    'serve',
    'migrate',
    'seed',
    'user add',
    'user passwd',
    'user list',
    'key rotate',
    'healthcheck',
  ])('of %s shows how it is used, by example', async (command) => {
    const { code, stdout } = await memo([...command.split(' '), '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/example/i);
    expect(stdout).toContain(`memo ${command}`);
  });

  test('is offered when a command is missing or unknown', async () => {
    for (const args of [[], ['serv'], ['user'], ['user', 'dad']]) {
      const { code, stderr, stdout } = await memo(args);
      expect(code, args.join(' ')).not.toBe(0);
      expect(stderr + stdout, args.join(' ')).toMatch(/--help|usage/i);
    }
  });
});

describe('configuration', () => {
  const file = (text: string): string => {
    const path = join(scratchDirectory('config'), 'memo.toml');
    writeFileSync(path, text);
    return path;
  };

  test('what is unknown or out of range is refused by name', async () => {
    const refused: [string[], { [name: string]: string }, RegExp][] = [
      [['serve', '--lisen', '127.0.0.1:0'], {}, /--lisen/],
      [['migrate', '--colour'], {}, /--colour/],
      [['serve', '--config', file('colour = "red"\n')], {}, /colour/],
      [['serve', '--config', '/does/not/exist.toml'], {}, /\/does\/not\/exist\.toml/],
      [['serve', '--config', file('signup = [\n')], {}, /memo\.toml/],
      [['serve', '--listen', 'nowhere'], {}, /listen/],
      [['serve', '--listen', '127.0.0.1:99999'], {}, /listen/],
      [['serve', '--signup', 'maybe'], {}, /signup/],
      [['serve', '--request-timeout', 'soon'], {}, /request-timeout/],
      [['serve', '--request-timeout', '-1s'], {}, /request-timeout/],
      [['serve', 'surplus'], {}, /surplus/],
      [['serve'], { MEMO_SIGNUP: 'maybe' }, /MEMO_SIGNUP|signup/],
      [['serve'], { MEMO_REQUEST_TIMEOUT: 'soon' }, /MEMO_REQUEST_TIMEOUT|request-timeout/],
      [['serve'], { DB_HOST: 'localhost', DB_PORT: 'many' }, /DB_PORT|db-port/],
      [['serve', '--db-password', 'x'], {}, /--db-password/],
    ];
    for (const [args, env, message] of refused) {
      const quick = args[0] === 'serve' && !args.includes('--listen');
      const listen = quick ? ['--listen', '127.0.0.1:0', '--metrics-listen', 'off'] : [];
      const what = [...args, ...Object.keys(env)].join(' ');
      const process = new Process('memo-refused', kMemoBinary, [...args, ...listen], {
        env,
        cwd: scratchDirectory('cwd'),
      });
      const exit = await process.waitForExit(5_000).catch(() => 'it serves');
      expect(exit, what).toMatchObject({ signal: null });
      expect((exit as Exit).code, what).not.toBe(0);
      expect(process.stderr + process.stdout, what).toMatch(message);
    }
  });

  test('a flag comes before the environment, the environment before the file', async () => {
    const config = file('region = "from-file"\nsignup = "closed"\n');
    const regionOf = async (flags: string[], env: { [name: string]: string }): Promise<unknown> => {
      const server = await MemoServer.start({ flags: ['--config', config, ...flags], env });
      const info = await send(server, { method: 'GET', path: '/api/v1/info' });
      await server.stop();
      expect(info.json()).toMatchObject({ signup: 'closed' });
      expect(info.headers['x-scv-region']).toBe(info.json<{ region: string }>().region);
      return info.json<{ region: string }>().region;
    };
    expect(await regionOf([], {})).toBe('from-file');
    expect(await regionOf([], { AWS_REGION: 'from-env' })).toBe('from-env');
    expect(await regionOf(['--region', 'from-flag'], { AWS_REGION: 'from-env' })).toBe('from-flag');
  });

  test('region and instance are shown in every answer', async () => {
    const server = await MemoServer.start({
      flags: ['--region', 'ap-northeast-2'],
      env: { MEMO_INSTANCE_ID: 'i-0123456789' },
    });
    const info = await send(server, { method: 'GET', path: '/api/v1/info' });
    expect(info.json()).toMatchObject({ region: 'ap-northeast-2', instance: 'i-0123456789' });
    expect(info.headers['x-scv-region']).toBe('ap-northeast-2');
    expect(info.headers['x-scv-instance']).toBe('i-0123456789');
    await server.stop();
  });

  test('the port file names the address', async () => {
    const server = await MemoServer.start();
    expect(server.portFileText()).toContain(String(server.port));
    await server.stop();
  });

  test('a port in use is told, and not waited for', async () => {
    const server = await MemoServer.start();
    const done = await memo(
      ['serve', '--listen', `127.0.0.1:${server.port}`, '--metrics-listen', 'off'],
      { cwd: scratchDirectory('cwd') },
    );
    expect(done.code).not.toBe(0);
    expect(done.stdout + done.stderr).toContain(String(server.port));
    await server.stop();
  });
});

test('version is one line', async () => {
  const { code, stdout } = await memo(['version']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^memo \d+\.\d+\.\d+.*\n$/);
  const server = await MemoServer.start();
  const info = await send(server, { method: 'GET', path: '/api/v1/info' });
  expect(stdout).toContain(info.json<{ version: string }>().version);
  await server.stop();
});

test('healthcheck says by its exit code whether the service is ready', async () => {
  const server = await MemoServer.start();
  const check = ['healthcheck', '--address', `127.0.0.1:${server.port}`];
  expect((await memo(check)).code).toBe(0);
  expect((await memo([...check, '--live'])).code).toBe(0);
  await server.stop();
  const down = await memo(check);
  expect(down.code).toBe(1);
  expect(down.stderr).not.toBe('');
});

describeStores('user and seed', (kind) => {
  test('accounts are added, listed and given new passwords, on standard input', async () => {
    const { flags, env } = await freshDatabase(kind);
    const [name, password, changed] = [newUsername(), newPassword(), newPassword()];
    const user = (command: string, args: string[], stdin = ''): ReturnType<typeof memo> =>
      memo(['user', command, ...args, ...flags], { env, stdin });

    const added = await user('add', [name], `${password}\n`);
    expect(added.code, added.stderr).toBe(0);
    expect((await user('list', [])).stdout).toContain(name);
    for (const [args, stdin] of [
      [[name], `${password}\n`],
      [['Not A Name'], `${password}\n`],
      [[newUsername()], 'short\n'],
      [[newUsername()], ''],
    ] as [string[], string][]) {
      const refused = await user('add', args, stdin);
      expect(refused.code, args.join()).not.toBe(0);
      expect(refused.stderr, args.join()).not.toBe('');
    }
    const argv = await user('add', [newUsername(), '--password', 'seen-by-everybody']);
    expect(argv.code).not.toBe(0);

    const server = await MemoServer.start({
      database: { kind, flags, env, sql: () => Promise.resolve('') },
    });
    const session = await signIn(server, name, password);
    expect((await user('passwd', [name], `${changed}\n`)).code).toBe(0);
    expect((await session.bearer.get('/api/v1/session')).problem).toBe('unauthenticated');
    await signIn(server, name, changed);
    expect((await user('passwd', [newUsername()], `${changed}\n`)).code).not.toBe(0);
    await server.stop();
  });

  test('seeding twice is seeding once', async () => {
    const database = await freshDatabase(kind);
    const seed = (): ReturnType<typeof memo> =>
      memo(['seed', ...database.flags], { env: database.env });
    const first = await seed();
    expect(first.code, first.stderr).toBe(0);
    const memos = await database.sql('SELECT COUNT(*) FROM memo');
    expect(Number(memos)).toBeGreaterThan(0);
    const second = await seed();
    expect(second.code, second.stderr).toBe(0);
    expect(await database.sql('SELECT COUNT(*) FROM memo')).toBe(memos);
    expect(Number(await database.sql('SELECT COUNT(*) FROM account'))).toBe(1);
  });
});

test('without any configuration it serves on a file in the working directory', async () => {
  const cwd = scratchDirectory('zero');
  const port = await freePort();
  const process = new Process(
    'memo-zero',
    kMemoBinary,
    ['serve', '--listen', `127.0.0.1:${port}`, '--metrics-listen', 'off'],
    { cwd },
  );
  const target = { host: '127.0.0.1', port };
  await until(
    'it is ready',
    20_000,
    async () => (await send(target, { method: 'GET', path: '/readyz' })).status === 200,
  );
  await (await signUp(target)).bearer.created({ title: 'x' });
  process.signal('SIGTERM');
  expect((await process.waitForExit(20_000)).code).toBe(0);
  expect(existsSync(join(cwd, 'memo.db'))).toBe(true);
});

const kMariaDb = process.env.SCV_TEST_MARIADB === undefined ? 'not installed' : '';
describe.skipIf(kMariaDb !== '')(`MariaDB ${kMariaDb}`, () => {
  test('is reached with the variables the original had, the password also from a file', async () => {
    const { kind, env, sql } = await freshDatabase('mariadb');
    const one = await MemoServer.start({ database: { kind, env, flags: [], sql } });
    const user = await signUp(one);
    expect(await sql('SELECT COUNT(*) FROM account')).toBe('1\n');
    await one.stop();
    const { DB_PASSWORD: password = '', ...rest } = env;
    const file = join(scratchDirectory('secret'), 'password');
    writeFileSync(file, `${password}\n`);
    chmodSync(file, 0o600);
    const two = await MemoServer.start({
      database: { kind, env: { ...rest, DB_PASSWORD_FILE: file }, flags: [], sql },
    });
    expect((await user.at(two).bearer.get('/api/v1/session')).status).toBe(200);
    await two.stop();
  });

  test('is not trusted with a certificate of an unknown authority', async () => {
    const { kind, env, sql } = await freshDatabase('mariadb');
    const { makeCertificates } = await import('../support/certificates.js');
    const stranger = await makeCertificates('stranger');
    const server = await MemoServer.start({
      database: { kind, env: { ...env, DB_CA: stranger.ca }, flags: [], sql },
      waitFor: 'listening',
    });
    const ready = await send(server, { method: 'GET', path: '/readyz' });
    expect(ready.status).toBe(503);
    expect(await sql('SHOW TABLES')).toBe('');
    await server.stop();
  });

  test('a wrong password is reported without showing it', async () => {
    const { kind, env, sql } = await freshDatabase('mariadb');
    const wrong = plantCanary('database password', 'not-the-password-9x');
    const server = await MemoServer.start({
      database: { kind, env: { ...env, DB_PASSWORD: wrong }, flags: [], sql },
      waitFor: 'listening',
    });
    expect((await send(server, { method: 'GET', path: '/readyz' })).status).toBe(503);
    await until('the log says so', 10_000, () =>
      /denied/i.test(server.process.stdout + server.process.stderr),
    );
    await server.stop();
  });
});
