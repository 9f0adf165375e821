import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ImportReport, kRandomId, send, signUp, type User } from '../support/client.js';
import type { Answer } from '../support/http.js';
import { MariaDb, mariaDbMissing } from '../support/mariadb.js';
import { type Database, freshDatabase, mariadbDatabase, MemoServer } from '../support/memo.js';
import { accountRequests, anonymousRequests } from '../support/operations.js';
import { RawConnection } from '../support/raw.js';
import { describeStores, suite } from '../support/suite.js';
import { pause, until } from '../support/wait.js';

suite(import.meta.url);

const kHost = 'Host: memo.test\r\n';
const readyz = (server: MemoServer): Promise<Answer> =>
  send(server, { method: 'GET', path: '/readyz' });

describeStores('ending', (kind) => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s readiness fails first, requests under way are finished, the exit code is 0',
    async (signal) => {
      const server = await MemoServer.start({
        database: await freshDatabase(kind),
        flags: ['--drain-delay', '1500ms', '--drain-timeout', '10s'],
      });
      const user = await signUp(server);
      const body = '{"title":"finished while draining"}';
      const open = await RawConnection.open(server);
      open.write(
        `POST /api/v1/memos HTTP/1.1\r\n${kHost}Authorization: Bearer ${user.token}\r\n` +
          `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
      );
      await until(
        'the request is under way',
        5_000,
        async () => (await readyz(server)).status === 200,
      );
      const signalled = Date.now();
      server.process.signal(signal);

      const draining = await until('readiness fails', 1_400, async () => {
        const answer = await readyz(server);
        return answer.status === 503 ? answer : undefined;
      });
      expect(draining.json()).toMatchObject({ status: 'not-ready', checks: { draining: true } });
      const live = await send(server, { method: 'GET', path: '/livez' });
      expect(live.status).toBe(200);
      expect(
        (await user.bearer.create({ title: 'still served before the port closes' })).status,
      ).toBe(201);

      open.write(body.slice(9));
      expect((await open.response())?.status).toBe(201);
      expect(await server.process.waitForExit(12_000)).toEqual({ code: 0, signal: null });
      expect(Date.now() - signalled).toBeLessThan(12_000);
      open.close();
      await expect(readyz(server)).rejects.toThrow();
    },
  );

  test('a request that never ends does not hold up the end for ever', async () => {
    const server = await MemoServer.start({
      database: await freshDatabase(kind),
      flags: ['--drain-delay', '0ms', '--drain-timeout', '1s', '--header-timeout', '60s'],
    });
    const open = await RawConnection.open(server);
    open.write(`POST /api/v1/memos HTTP/1.1\r\n${kHost}Content-Length: 100\r\n`);
    await readyz(server);
    server.process.signal('SIGTERM');
    const exit = await server.process.waitForExit(10_000);
    expect(exit.signal).toBeNull();
    expect(exit.code).toBe(0);
    open.close();
  });

  test('an import under way is finished', async () => {
    const server = await MemoServer.start({
      database: await freshDatabase(kind),
      flags: ['--drain-timeout', '20s', '--request-timeout', '20s'],
    });
    const user = await signUp(server);
    const lines = Array.from({ length: 3_000 }, (_, i) => `{"title":"line ${i}"}`).join('\n');
    const importing = user.bearer.import(lines);
    await until(
      'some of it has arrived',
      10_000,
      async () => (await user.bearer.list({ limit: '1' })).items.length > 0,
    );
    server.process.signal('SIGTERM');
    expect((await importing).json<ImportReport>()).toMatchObject({ imported: 3_000, failed: 0 });
    expect((await server.process.waitForExit(25_000)).code).toBe(0);
  }, 60_000);

  test('what was acknowledged survives kill -9', async () => {
    const database = await freshDatabase(kind);
    const server = await MemoServer.start({ database });
    const user = await signUp(server);
    const memos = await Promise.all(
      Array.from({ length: 20 }, (_, i) => user.bearer.created({ title: `durable ${i}` })),
    );
    server.process.signal('SIGKILL');
    await server.process.waitForExit(5_000);
    const again = await MemoServer.start({ database });
    const found = await user.at(again).bearer.exported();
    expect(found.map(({ id }) => id).sort()).toEqual(memos.map(({ id }) => id).sort());
    await again.stop();
  });
});

describe.skipIf(mariaDbMissing() !== undefined)(
  `a database outage ${mariaDbMissing() ?? ''}`,
  () => {
    let database: MariaDb;
    let where: Database;
    beforeAll(async () => {
      database = await MariaDb.start();
      where = await mariadbDatabase(database.address);
    });
    // A test that failed half-way must not take the next one with it.
    beforeEach(async () => {
      if (!database.isRunning) await database.restart();
    });
    afterAll(() => database.stop());

    const requests = (user: User): Promise<Answer[]> =>
      Promise.all([
        user.bearer.get('/api/v1/memos'),
        user.bearer.create({ title: 'x' }),
        user.bearer.get('/api/v1/export'),
        user.bearer.get('/api/v1/session'),
      ]);

    test('turns readiness red and liveness not, and passes', async () => {
      const server = await MemoServer.start({
        database: where,
        flags: ['--request-timeout', '2s'],
      });
      const user = await signUp(server);
      await user.bearer.created({ title: 'before' });
      await database.kill();
      const down = await until('readiness fails', 10_000, async () => {
        const answer = await readyz(server);
        return answer.status === 503 ? answer : undefined;
      });
      expect(down.json<{ checks: { database: string } }>().checks.database).not.toBe('ok');
      expect((await send(server, { method: 'GET', path: '/livez' })).status).toBe(200);
      const started = Date.now();
      const needsDatabase = accountRequests(kRandomId, 'all').filter(
        // Signing out only clears the cookie.
        ({ method, path }) => method !== 'DELETE' || path !== '/api/v1/session',
      );
      const all = [
        ...anonymousRequests(),
        ...needsDatabase.map((request) => ({
          ...request,
          headers: { ...request.headers, ...user.bearer.credentials },
        })),
      ];
      for (const answer of await Promise.all(all.map((request) => send(server, request)))) {
        const what = `${answer.request.method} ${answer.request.path}`;
        expect(answer.problem, what).toBe('database-unavailable');
      }
      expect(Date.now() - started).toBeLessThan(6_000);
      expect((await send(server, { method: 'GET', path: '/api/v1/info' })).status).toBe(200);

      await database.restart();
      await server.untilReady();
      for (const answer of await requests(user)) {
        expect(answer.status, answer.request.path).toBeLessThan(300);
      }
      const titles = (await user.bearer.exported()).map(({ title }) => title);
      expect(titles).toContain('before');
      expect((await server.stop()).code).toBe(0);
    }, 90_000);

    test('shorter than the deadline is a slow request, not an error', async () => {
      const server = await MemoServer.start({
        database: where,
        flags: ['--request-timeout', '30s'],
      });
      const user = await signUp(server);
      await database.kill();
      const under_way = requests(user);
      await pause(300);
      await database.restart();
      for (const answer of await under_way) {
        expect(answer.status, `${answer.request.path} ${answer.text}`).toBeLessThan(300);
      }
      expect((await user.bearer.exported()).filter(({ title }) => title === 'x')).toHaveLength(1);
      await server.stop();
    }, 90_000);

    test('at the start is waited for', async () => {
      await database.kill();
      const fresh = { ...where };
      const server = await MemoServer.start({ database: fresh, waitFor: 'listening' });
      expect((await send(server, { method: 'GET', path: '/livez' })).status).toBe(200);
      expect((await readyz(server)).status).toBe(503);
      await database.restart();
      await server.untilReady();
      await (await signUp(server)).bearer.created({ title: 'after the wait' });
      expect((await server.stop()).code).toBe(0);
    }, 90_000);

    test('does not keep the service from ending', async () => {
      const server = await MemoServer.start({ database: where });
      await database.kill();
      expect((await server.stop(15_000)).code).toBe(0);
      await database.restart();
    }, 90_000);
  },
);
