// What only time or a stolen key could bring about, with tokens signed by the key in the database.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Client, cookieOf, kCookie, signIn, signUp, type User } from '../support/client.js';
import type { Answer } from '../support/http.js';
import { freshDatabase, memo, MemoServer } from '../support/memo.js';
import { describeStores, suite } from '../support/suite.js';
import { partsOf, resigned } from '../support/token.js';
import { until } from '../support/wait.js';

suite(import.meta.url);

const kHourMs = 3600 * 1000;

describeStores('tokens', (kind) => {
  let server: MemoServer;
  let user: User;
  let secret: string;
  beforeAll(async () => {
    server = await MemoServer.start({ database: await freshDatabase(kind) });
    user = await signUp(server);
    secret = await secretOf(partsOf(user.token).kid);
  });
  afterAll(() => server.stop());

  const secretOf = async (kid: number): Promise<string> => {
    const { database } = server;
    return (await database.sql(`SELECT HEX(secret) FROM signing_key WHERE kid = ${kid}`)).trim();
  };
  const bearer = (token: string): Promise<Answer> =>
    new Client(server, { Authorization: `Bearer ${token}` }).get('/api/v1/session');
  const cookie = (token: string): Promise<Answer> =>
    new Client(server, { Cookie: `${kCookie}=${token}` }).get('/api/v1/session');

  test('are what this suite takes them for', async () => {
    expect(resigned(user.token, secret, {})).toBe(user.token);
    const { issuedMs, expiresMs } = partsOf(user.token);
    expect(Math.abs(issuedMs - Date.now())).toBeLessThan(60_000);
    expect(new Date(expiresMs).toISOString()).toBe(user.session.expires_at);
  });

  test('expire', async () => {
    const now = Date.now();
    const good = resigned(user.token, secret, {
      issuedMs: now - kHourMs,
      expiresMs: now + kHourMs,
    });
    expect((await bearer(good)).status).toBe(200);
    const late = resigned(user.token, secret, { issuedMs: now - kHourMs, expiresMs: now - 1000 });
    for (const answer of [await bearer(late), await cookie(late)]) {
      expect(answer.problem).toBe('unauthenticated');
    }
  });

  test('of another version of the account, or another key, are void', async () => {
    const { version, kid } = partsOf(user.token);
    for (const parts of [{ version: version + 1 }, { kid: kid + 1 }, { kid: 0 }]) {
      const other = resigned(user.token, secret, parts);
      expect((await bearer(other)).problem, JSON.stringify(parts)).toBe('unauthenticated');
    }
    const zeros = resigned(user.token, '00'.repeat(32), {});
    expect((await bearer(zeros)).problem).toBe('unauthenticated');
  });

  test('in a cookie are renewed when half of their life is over, and only then', async () => {
    const life = partsOf(user.token).expiresMs - partsOf(user.token).issuedMs;
    const aged = (share: number): string => {
      const issuedMs = Math.round(Date.now() - share * life);
      return resigned(user.token, secret, { issuedMs, expiresMs: issuedMs + life });
    };
    expect((await cookie(aged(0.4))).headers['set-cookie']).toBeUndefined();
    const renewed = await cookie(aged(0.6));
    expect(renewed.status).toBe(200);
    const token = cookieOf(renewed);
    expect(partsOf(token).expiresMs).toBeGreaterThan(Date.now() + 0.9 * life);
    const session = renewed.json<{ csrf_token: string; expires_at: string }>();
    expect(new Date(partsOf(token).expiresMs).toISOString()).toBe(session.expires_at);
    const browser = new Client(server, {
      Cookie: `${kCookie}=${token}`,
      'X-CSRF-Token': session.csrf_token,
    });
    expect((await browser.create({ title: 'with the renewed cookie' })).status).toBe(201);
    expect((await bearer(aged(0.6))).headers['set-cookie']).toBeUndefined();
  });

  test('of a key that was rotated a moment ago are known at once', async () => {
    const { database } = server;
    const oldKid = partsOf(user.token).kid;
    const rotated = await memo(['key', 'rotate', ...database.flags], { env: database.env });
    expect(rotated.code, rotated.stderr).toBe(0);
    const kid = Number(await database.sql('SELECT MAX(kid) FROM signing_key'));
    expect(kid).toBeGreaterThan(oldKid);
    const elsewhere = resigned(user.token, await secretOf(kid), { kid });
    await until('the token of the new key is good', 5_000, async () => {
      return (await bearer(elsewhere)).status === 200;
    });
    const fresh = await signIn(server, user.username, user.password);
    expect(partsOf(fresh.token).kid).toBe(kid);
    expect((await bearer(user.token)).status).toBe(200);
    expect((await user.browser.create({ title: 'the old CSRF token, too' })).status).toBe(201);
  });

  test('of a retired key are void', async () => {
    const { database } = server;
    const { kid } = partsOf(user.token);
    const fresh = await signIn(server, user.username, user.password);
    expect(partsOf(fresh.token).kid).not.toBe(kid);
    await database.sql(`UPDATE signing_key SET retired_at = 1 WHERE kid = ${kid}`);
    await until('the old key is retired', 5_000, async () => {
      // An unknown key makes the service look at its keys.
      await bearer(resigned(user.token, secret, { kid: kid + 1_000 }));
      return (await bearer(user.token)).problem === 'unauthenticated';
    });
    expect((await bearer(fresh.token)).status).toBe(200);
  });
});
