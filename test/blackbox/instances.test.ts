import { expect, test } from 'vitest';
import {
  type Memo,
  newKey,
  newPassword,
  send,
  type Session,
  signIn,
  signUp,
} from '../support/client.js';
import type { Answer } from '../support/http.js';
import {
  type Database,
  freshDatabase,
  memo,
  MemoServer,
  type ServeOptions,
} from '../support/memo.js';
import { describeStores, suite } from '../support/suite.js';
import { partsOf } from '../support/token.js';

suite(import.meta.url);

async function startMany(count: number, options: ServeOptions): Promise<MemoServer[]> {
  return Promise.all(Array.from({ length: count }, () => MemoServer.start(options)));
}

async function stopAll(servers: MemoServer[]): Promise<void> {
  const exits = await Promise.all(servers.map((server) => server.stop()));
  expect(exits.map(({ code }) => code)).toEqual(servers.map(() => 0));
}

async function accounts(database: Database): Promise<number> {
  return Number(await database.sql('SELECT COUNT(*) FROM account'));
}

describeStores('instances of one database', (kind) => {
  test('five that start at once on an empty one migrate and seed it once', async () => {
    const database = await freshDatabase(kind);
    const servers = await startMany(5, { database, flags: ['--seed', 'demo'] });
    const versions = (await database.sql('SELECT version FROM schema_version ORDER BY version'))
      .trim()
      .split('\n')
      .map(Number);
    expect(versions).toEqual(versions.map((_, i) => i + 1));
    expect(await accounts(database)).toBe(1);
    const memos = Number(await database.sql('SELECT COUNT(*) FROM memo'));
    expect(memos).toBeGreaterThan(0);
    await stopAll(servers);

    const again = await startMany(2, { database, flags: ['--seed', 'demo'] });
    expect(await accounts(database)).toBe(1);
    expect(Number(await database.sql('SELECT COUNT(*) FROM memo'))).toBe(memos);
    await stopAll(again);
  }, 90_000);

  test('share sessions, memos, idempotency keys and revocations', async () => {
    const database = await freshDatabase(kind);
    const [one, two] = (await startMany(2, { database })) as [MemoServer, MemoServer];
    const here = await signUp(one);
    const there = here.at(two);

    const memo = await here.bearer.created({ title: 'seen by both' });
    expect((await there.bearer.read(memo.id)).json()).toEqual(memo);
    expect((await there.browser.create({ title: 'by cookie' })).status).toBe(201);
    await there.bearer.patch(memo.id, { title: 'changed there' }, { 'If-Match': '"1"' });
    const stale = await here.bearer.patch(memo.id, { title: 'x' }, { 'If-Match': '"1"' });
    expect(stale.problem).toBe('version-conflict');

    const key = { 'Idempotency-Key': newKey() };
    const first = await here.bearer.create({ title: 'once' }, key);
    const second = await there.bearer.create({ title: 'once' }, key);
    expect(second.text).toBe(first.text);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect((await there.bearer.create({ title: 'twice' }, key)).status).toBe(422);

    const atOnce = { 'Idempotency-Key': newKey() };
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i): Promise<Answer> =>
        (i % 2 === 0 ? here : there).bearer.create({ title: 'at once' }, atOnce),
      ),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    const titles = (await here.bearer.exported()).map(({ title }) => title);
    expect(titles.filter((title) => title === 'at once')).toHaveLength(1);

    await there.bearer.send('POST', '/api/v1/session/revoke-all');
    expect((await here.bearer.get('/api/v1/memos')).problem).toBe('unauthenticated');
    const again = await signIn(one, here.username, here.password);
    const changed = await again.bearer.sendJson('PUT', '/api/v1/account/password', {
      current_password: here.password,
      new_password: newPassword(),
    });
    expect((await again.at(two).bearer.get('/api/v1/memos')).status).toBe(401);
    const { token } = changed.json<Session>();
    const headers = { Authorization: `Bearer ${token}` };
    expect((await send(two, { method: 'GET', path: '/api/v1/memos', headers })).status).toBe(200);
    await stopAll([one, two]);
  }, 60_000);

  test('of writers on both with the same version exactly one wins', async () => {
    const database = await freshDatabase(kind);
    const [one, two] = (await startMany(2, { database })) as [MemoServer, MemoServer];
    const here = await signUp(one);
    const there = here.at(two);
    const { id } = await here.bearer.created({ title: 'v1' });
    for (let version = 1; version <= 5; version++) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          (i % 2 === 0 ? here : there).bearer.patch(
            id,
            { title: `v${version + 1} by ${i}` },
            { 'If-Match': `"${version}"` },
          ),
        ),
      );
      const winners = answers.filter(({ status }) => status === 200);
      expect(winners).toHaveLength(1);
      expect((await there.bearer.read(id)).json<Memo>()).toEqual(winners[0]?.json());
    }
    await stopAll([one, two]);
  }, 60_000);

  test('a key rotated by one is known to the other when its first token comes', async () => {
    const database = await freshDatabase(kind);
    const one = await MemoServer.start({ database });
    const user = await signUp(one);
    const rotated = await memo(['key', 'rotate', ...database.flags], { env: database.env });
    expect(rotated.code, rotated.stderr).toBe(0);
    const two = await MemoServer.start({ database });
    const fresh = await signIn(two, user.username, user.password);
    expect(partsOf(fresh.token).kid).toBeGreaterThan(partsOf(user.token).kid);
    for (const each of [user, user.at(two), fresh, fresh.at(one)]) {
      expect((await each.bearer.get('/api/v1/session')).status).toBe(200);
    }
    await stopAll([one, two]);
  });

  test('a newer schema is refused with the reason', async () => {
    const database = await freshDatabase(kind);
    const migrated = await memo(['migrate', ...database.flags], { env: database.env });
    expect(migrated.code, migrated.stderr).toBe(0);
    const newest = Number(await database.sql('SELECT MAX(version) FROM schema_version'));
    await database.sql(
      kind === 'sqlite'
        ? `CREATE TEMP TABLE t AS SELECT * FROM schema_version WHERE version = ${newest};
           UPDATE t SET version = ${newest + 1}; INSERT INTO schema_version SELECT * FROM t`
        : `CREATE TEMPORARY TABLE t AS SELECT * FROM schema_version WHERE version = ${newest};
           UPDATE t SET version = ${newest + 1}; INSERT INTO schema_version SELECT * FROM t`,
    );
    for (const command of ['serve', 'migrate']) {
      const flags =
        command === 'serve' ? ['--listen', '127.0.0.1:0', '--metrics-listen', 'off'] : [];
      const done = await memo([command, ...flags, ...database.flags], { env: database.env });
      expect(done.code, command).not.toBe(0);
      expect(done.stdout + done.stderr, command).toMatch(/newer/i);
    }
  });

  test('migrating twice does nothing the second time', async () => {
    const database = await freshDatabase(kind);
    for (let i = 0; i < 2; i++) {
      const done = await memo(['migrate', ...database.flags], { env: database.env });
      expect(done.code, done.stderr).toBe(0);
    }
    const versions = await database.sql('SELECT version FROM schema_version ORDER BY version');
    expect(new Set(versions.trim().split('\n')).size).toBe(versions.trim().split('\n').length);
  });
});
