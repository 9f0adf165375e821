import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signUp } from '../support/client.js';
import { MariaDb, mariaDbMissing } from '../support/mariadb.js';
import { mariadbDatabase, MemoServer } from '../support/memo.js';
import { checkRaw, RawConnection } from '../support/raw.js';
import { suite } from '../support/suite.js';

suite(import.meta.url);

const kClients = 900;
const kResidentKibMax = 192 * 1024;

describe.skipIf(mariaDbMissing() !== undefined)(`overload ${mariaDbMissing() ?? ''}`, () => {
  let database: MariaDb;
  let server: MemoServer;
  beforeAll(async () => {
    database = await MariaDb.start();
    server = await MemoServer.start({
      database: await mariadbDatabase(database.address),
      flags: ['--request-timeout', '5s'],
    });
  });
  afterAll(async () => {
    await server.stop();
    await database.stop();
  });

  test('is shed with 503 and Retry-After before memory grows, and nothing shed has an effect', async () => {
    const user = await signUp(server);
    const body = JSON.stringify({ title: 'piled up', content: '가'.repeat(19_900) });
    const request =
      `POST /api/v1/memos HTTP/1.1\r\nHost: memo.test\r\nAuthorization: Bearer ${user.token}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    const connections: RawConnection[] = [];
    for (let i = 0; i < kClients; i++) connections.push(await RawConnection.open(server));

    database.freeze();
    for (const connection of connections) connection.write(request);
    const answers = await Promise.all(
      connections.map(async (connection) => {
        const response = await connection.response(25_000);
        connection.close();
        if (response === undefined) throw new Error('closed without an answer');
        return checkRaw(response, { method: 'POST', path: '/api/v1/memos' });
      }),
    );
    const resident = server.residentKib();
    database.thaw();

    const kinds = answers.map(({ problem, status }) => problem ?? String(status));
    expect(new Set(kinds)).toEqual(new Set(['overloaded', 'database-unavailable']));
    expect(resident).toBeLessThan(kResidentKibMax);
    await server.untilReady();
    expect((await user.bearer.create({ title: 'afterwards' })).status).toBe(201);
    // What ran into its deadline may have taken effect; what was shed may not.
    const tried = kinds.filter((kind) => kind === 'database-unavailable').length;
    const titles = (await user.bearer.exported()).map(({ title }) => title);
    expect(titles.filter((title) => title === 'piled up').length).toBeLessThanOrEqual(tried);
  }, 90_000);
});
