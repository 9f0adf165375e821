// The database's credentials come from Secrets Manager, and a rotation is met without a restart.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  jsonRequest,
  newPassword,
  newUsername,
  secretText,
  send,
  signUp,
  type User,
} from '../support/client.js';
import type { Answer } from '../support/http.js';
import { mariaDbMissing } from '../support/mariadb.js';
import { type Database, mariadbDatabase, MemoServer, sharedMariaDb } from '../support/memo.js';
import { run } from '../support/processes.js';
import { allCanaries } from '../support/run.js';
import {
  Aws,
  type AwsKind,
  DatabaseSecret,
  kFakeAws,
  kLongTermKey,
  kMoto,
  kRegion,
  kSessionKey,
  type Login,
  newDatabasePassword,
} from '../support/secrets.js';
import { suite } from '../support/suite.js';
import { pause, until } from '../support/wait.js';

suite(import.meta.url);

type Environment = { [name: string]: string };

/** Longer than the service may take to notice, however busy this machine is. */
const kPatient = ['--request-timeout', '20s'];

/** A database whose user only its secret knows: the service is given no user and no password. */
class Scene {
  private readonly servers: MemoServer[] = [];

  private constructor(
    readonly aws: Aws,
    readonly database: Database,
    readonly secret: DatabaseSecret,
    readonly login: Login,
  ) {}

  static async make(kind: AwsKind): Promise<Scene> {
    const { env, ...made } = await mariadbDatabase();
    const { DB_USER: _user, DB_PASSWORD: _password, ...where } = env;
    const aws = await Aws.start(kind);
    const { host, port } = sharedMariaDb();
    const dbname = where.DB_NAME ?? '';
    const secret = new DatabaseSecret(aws, { host, port, dbname });
    const login = { username: newUsername(), password: newDatabasePassword() };
    const database = { ...made, env: { ...where, DB_SECRET_ID: secret.id } };
    const scene = new Scene(aws, database, secret, login);
    await scene.addUser(login);
    return scene;
  }

  /** A user of this database and no other. */
  async addUser({ username, password }: Login): Promise<void> {
    await this.database.sql(
      `CREATE USER '${username}'@'%' IDENTIFIED BY '${password}';` +
        `GRANT ALL ON ${this.database.env.DB_NAME}.* TO '${username}'@'%'`,
    );
  }

  async setPassword({ username, password }: Login): Promise<void> {
    await this.database.sql(`ALTER USER '${username}'@'%' IDENTIFIED BY '${password}'`);
  }

  async cutConnections({ username }: Login): Promise<void> {
    await this.database.sql(`KILL HARD CONNECTION USER '${username}'`);
  }

  async serve(
    env: Environment,
    options: { flags?: string[]; waitFor?: 'ready' | 'listening' } = {},
  ): Promise<MemoServer> {
    const server = await MemoServer.start({ database: this.database, env, ...options });
    this.servers.push(server);
    return server;
  }

  async end(): Promise<void> {
    const exits = await Promise.all(this.servers.map((server) => server.stop()));
    await this.aws.stop();
    expect(exits.map(({ code }) => code)).toEqual(exits.map(() => 0));
    for (const server of this.servers) expectNoSecretIn(server);
  }
}

/** Neither what the run must not see in a log, nor anything as long as a role's keys. */
function expectNoSecretIn(server: MemoServer): void {
  const output = server.process.stdout + server.process.stderr;
  const found = allCanaries().filter(({ text }) => output.includes(text));
  expect(found.map(({ kind }) => kind)).toEqual([]);
  expect(output).not.toMatch(/[\w-]{40,}/);
  expect(server.log().length).toBeGreaterThan(0);
}

function events(server: MemoServer, event: string): { [field: string]: unknown }[] {
  return server.log().filter((line) => line.event === event);
}

/** That this one process has served all along, and the version of the secret it read last. */
function expectSameProcess(server: MemoServer, version: string): void {
  expect(server.process.isRunning).toBe(true);
  expect(events(server, 'starting')).toHaveLength(1);
  expect(events(server, 'secret_read').at(-1)).toMatchObject({ version_id: version });
}

/** Whether MariaDB lets this user in: past the service, over TLS as the service does. */
async function isLetIn({ username, password }: Login): Promise<boolean> {
  const { host, port, ca } = sharedMariaDb();
  const args = [`--host=${host}`, `--port=${port}`, `--user=${username}`, `--ssl-ca=${ca}`];
  const done = await run('/usr/bin/mariadb', ['--no-defaults', ...args, '-e', 'SELECT 1'], {
    name: 'login',
    env: { MYSQL_PWD: password },
  });
  if (done.code !== 0) expect(done.stderr).toContain('Access denied');
  return done.code === 0;
}

/** A user's requests, one after the other on several connections, until they are stopped. */
class Traffic {
  readonly answers: Answer[] = [];
  readonly titles: string[] = [];
  private stopped = false;
  private readonly clients: Promise<unknown>;

  constructor(private readonly user: User) {
    this.clients = Promise.all(Array.from({ length: 6 }, () => this.goOn()));
    // Told by whoever waits for them; a test that has failed before that does not.
    this.clients.catch(() => undefined);
  }

  private async goOn(): Promise<void> {
    while (!this.stopped) {
      const title = secretText();
      const written = await this.user.bearer.create({ title });
      this.titles.push(title);
      this.answers.push(written, await this.user.bearer.get('/api/v1/memos?limit=2'));
      await pause(5);
    }
  }

  /** Waits for so many more answers. */
  async goesOn(count = 30): Promise<void> {
    const before = this.answers.length;
    const enough = (): boolean => this.answers.length >= before + count;
    await Promise.race([this.clients, until('requests are answered', 20_000, enough)]);
  }

  /** Expects that every request was served, and every write took effect once. */
  async expectFlawless(): Promise<void> {
    this.stopped = true;
    await this.clients;
    const errors = this.answers.filter(({ status }) => status >= 300);
    expect(errors.map(({ status, text }) => `${status} ${text}`)).toEqual([]);
    const found = (await this.user.bearer.exported()).map(({ title }) => title);
    expect(found.sort()).toEqual([...this.titles].sort());
  }
}

/** What the public is told while the database cannot be used; it must give nothing away. */
async function notReady(server: MemoServer): Promise<string> {
  const answer = await send(server, { method: 'GET', path: '/readyz' });
  expect(answer.status).toBe(503);
  const { checks } = answer.json<{ checks: { database: string } }>();
  expect(['starting', 'credentials refused', 'unreachable']).toContain(checks.database);
  return checks.database;
}

const untilRefused = (server: MemoServer): Promise<boolean> =>
  until('the credentials are refused', 15_000, async () => {
    const answer = await send(server, { method: 'GET', path: '/readyz' });
    return answer.text.includes('credentials refused');
  });

function describeAws(kind: AwsKind, tests: (scene: () => Scene) => void): void {
  const missing = [kind.missing, mariaDbMissing()].filter((reason) => reason !== undefined);
  const reason = missing.length === 0 ? '' : ` (${missing.join('; ')})`;
  describe.skipIf(reason !== '')(`credentials from Secrets Manager: ${kind.name}${reason}`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.make(kind);
    });
    afterEach(() => scene.end());
    tests(() => scene);
  });
}

for (const kind of [kFakeAws, kMoto]) {
  describeAws(kind, (scene) => {
    test.each(['on', 'off'])(
      'a rotation under load costs no request (batching %s)',
      async (batching) => {
        const { aws, secret, login } = scene();
        await secret.create(login);
        const server = await scene().serve(aws.withKey(kLongTermKey), {
          flags: [...kPatient, '--batching', batching],
        });
        const traffic = new Traffic(await signUp(server));
        await traffic.goesOn();

        const rotated = { ...login, password: newDatabasePassword() };
        const version = await secret.putPending(rotated);
        await scene().setPassword(rotated);
        expect(await isLetIn(rotated)).toBe(true);
        await secret.makeCurrent(version);
        await scene().cutConnections(login);
        await traffic.goesOn();

        expect(await isLetIn(login)).toBe(false);
        await server.untilReady();
        await traffic.expectFlawless();
        expectSameProcess(server, version);
      },
      90_000,
    );

    test('requests wait while the old password is refused and the new one is not current', async () => {
      const { aws, secret, login } = scene();
      await secret.create(login);
      const server = await scene().serve(aws.withKey(kLongTermKey), { flags: kPatient });
      const traffic = new Traffic(await signUp(server));
      await traffic.goesOn();

      const rotated = { ...login, password: newDatabasePassword() };
      const version = await secret.putPending(rotated);
      await scene().setPassword(rotated);
      await scene().cutConnections(login);
      await untilRefused(server);
      expect(await isLetIn(login)).toBe(false);
      await secret.makeCurrent(version);
      await traffic.goesOn();

      await server.untilReady();
      await traffic.expectFlawless();
      expectSameProcess(server, version);
    }, 90_000);

    test('a secret that does not exist yet is waited for', async () => {
      const { aws, secret, login } = scene();
      const server = await scene().serve(aws.withKey(kLongTermKey), { waitFor: 'listening' });
      const failed = await until(
        'the log says so',
        15_000,
        () => events(server, 'secret_read_failed')[0],
      );
      expect(failed).toMatchObject({ level: 'warning' });
      expect(failed.message).toMatch(/ResourceNotFoundException.*check the secret's id and the region/);
      expect((await send(server, { method: 'GET', path: '/livez' })).status).toBe(200);
      await notReady(server);
      await secret.create(login);
      await server.untilReady();
      await (await signUp(server)).bearer.created({ title: secretText() });
    }, 60_000);
  });
}

describeAws(kFakeAws, (scene) => {
  test.each([
    ['a long-term key', kLongTermKey],
    ["a session's key", kSessionKey],
  ])('with %s in the environment', async (_, key) => {
    const { aws, secret, login } = scene();
    await secret.create(login);
    const before = await aws.counts();
    const server = await scene().serve(aws.withKey(key));
    const user = await signUp(server);
    await user.bearer.created({ title: secretText() });
    // Every call was signed as it should be, and the instance's role was not asked for.
    const after = await aws.counts();
    expect(after.secrets).toBeGreaterThan(before.secrets);
    expect(after.verified - before.verified).toBe(after.secrets - before.secrets);
    expect(after.tokens).toBe(0);
    expect(events(server, 'secret_read')).toHaveLength(1);
  });

  test("with the instance's role, whose keys are replaced when AWS forgets them", async () => {
    const { aws, secret, login } = scene();
    await secret.create(login);
    const server = await scene().serve(aws.asInstance(), { flags: kPatient });
    const traffic = new Traffic(await signUp(server));
    await traffic.goesOn();
    const before = await aws.counts();
    expect(before).toMatchObject({ role_reads: 1, unauthorised: 0 });
    expect(before.tokens).toBeGreaterThan(0);

    // The other way to rotate: the new version names another user, and the old one goes.
    const other = { username: newUsername(), password: newDatabasePassword() };
    await scene().addUser(other);
    const version = await secret.putPending(other);
    await secret.makeCurrent(version);
    await aws.control({ revoke: true, void_tokens: true });
    await scene().database.sql(`DROP USER '${login.username}'@'%'`);
    await scene().cutConnections(login);
    await traffic.goesOn();

    expect(await isLetIn(login)).toBe(false);
    await traffic.expectFlawless();
    expectSameProcess(server, version);
    expect((await aws.counts()).role_reads).toBe(2);
  }, 90_000);

  test.each([
    {
      what: 'no permission',
      broken: { deny: true },
      mended: { deny: false },
      log: /AccessDeniedException.*check the role's policy/,
      word: 'credentials refused',
    },
    {
      what: 'no role attached',
      broken: { role: null },
      mended: { role: 'memo-instance' },
      log: /the instance has no role; attach an instance profile/,
      word: 'unreachable',
    },
  ])('a start with $what: alive, not ready, and well once mended', async (each) => {
    const { aws, secret, login } = scene();
    await secret.create(login);
    await aws.control(each.broken);
    const env = { ...aws.asInstance(), AWS_REGION: kRegion };
    const flags = ['--request-timeout', '2s'];
    const server = await scene().serve(env, { waitFor: 'listening', flags });
    const failed = await until(
      'the log says so',
      15_000,
      () => events(server, 'secret_read_failed')[0],
    );
    expect(failed).toMatchObject({ level: 'warning' });
    expect(failed.message).toMatch(each.log);

    await until('it is told', 5_000, async () => (await notReady(server)) === each.word);
    expect((await send(server, { method: 'GET', path: '/livez' })).status).toBe(200);
    const account = { username: newUsername(), password: newPassword() };
    const refused = await send(server, jsonRequest('POST', '/api/v1/accounts', account));
    expect(refused.problem).toBe('database-unavailable');
    expect(refused.text).not.toMatch(/secret|AccessDenied|role|AWS/i);

    await aws.control(each.mended);
    await server.untilReady();
    await (await signUp(server)).bearer.created({ title: secretText() });
    expect(events(server, 'starting')).toHaveLength(1);
  }, 60_000);

  test.each([
    { what: 'a role taken away', broken: { revoke: true, role: null }, username: undefined },
    { what: 'a secret without a user', broken: {}, username: '' },
  ])('while serving, $what is an outage and nothing else', async ({ broken, username }) => {
    const { aws, secret, login } = scene();
    await secret.create(login);
    const flags = ['--request-timeout', '2s'];
    const server = await scene().serve(aws.asInstance(), { flags });
    const user = await signUp(server);
    const memo = await user.bearer.created({ title: secretText() });

    const rotated = { ...login, password: newDatabasePassword() };
    await scene().setPassword(rotated);
    const unfit = { ...rotated, username: username ?? login.username };
    await secret.makeCurrent(await secret.putPending(unfit));
    await aws.control(broken);
    await scene().cutConnections(login);
    const answers = await Promise.all([
      user.bearer.read(memo.id),
      user.bearer.patch(memo.id, { title: secretText() }, { 'If-Match': '*' }),
      user.bearer.create({ title: secretText() }),
      user.bearer.get('/api/v1/memos'),
    ]);
    expect(answers.map(({ problem }) => problem)).toEqual(answers.map(() => 'database-unavailable'));

    const version = await secret.putPending(rotated);
    await secret.makeCurrent(version);
    await aws.control({ role: 'memo-instance' });
    await server.untilReady();
    expect(await user.bearer.exported()).toEqual([memo]);
    expectSameProcess(server, version);
  }, 60_000);
});
