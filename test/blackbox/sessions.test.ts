import { beforeAll, expect, test } from 'vitest';
import {
  Client,
  cookieOf,
  type Headers,
  jsonRequest,
  kCookie,
  kRandomId,
  newPassword,
  newUsername,
  send,
  type Session,
  signIn,
  signUp,
  type User,
} from '../support/client.js';
import type { Answer } from '../support/http.js';
import { freshDatabase, MemoServer } from '../support/memo.js';
import { accountRequests } from '../support/operations.js';
import { describeStores, serverFor, suite } from '../support/suite.js';

suite(import.meta.url);

function attributesOf(answer: Answer): string[] {
  const line = answer.headers['set-cookie']?.find((each) => each.startsWith(`${kCookie}=`)) ?? '';
  return line
    .split(';')
    .slice(1)
    .map((each) => each.trim());
}

describeStores('sessions', (kind) => {
  const server = serverFor(kind);
  let user: User;
  beforeAll(async () => {
    user = await signUp(server());
  });
  const withToken = (token: string): Promise<Answer> =>
    new Client(server(), { Authorization: `Bearer ${token}` }).get('/api/v1/session');
  const post = (path: string, body: unknown, headers: Headers = {}): Promise<Answer> =>
    send(server(), jsonRequest('POST', path, body, headers));

  test('the cookie is out of reach for scripts, other sites and plain HTTP', async () => {
    const answer = await post('/api/v1/session', {
      username: user.username,
      password: user.password,
    });
    expect(answer.status).toBe(200);
    const attributes = attributesOf(answer);
    for (const wanted of ['HttpOnly', 'Secure', 'SameSite=Strict', 'Path=/']) {
      expect(attributes).toContain(wanted);
    }
    expect(attributes.some((each) => /^domain=/i.test(each))).toBe(false);
    const session = answer.json<Session>();
    expect(cookieOf(answer)).toBe(session.token);
    expect(session.account).toEqual(user.session.account);
    const maxAge = Number(attributes.find((each) => each.startsWith('Max-Age='))?.slice(8));
    const left = (Date.parse(session.expires_at) - Date.now()) / 1000;
    expect(Math.abs(maxAge - left)).toBeLessThan(60);
  });

  test('the session shows itself, without its token', async () => {
    for (const client of [user.bearer, user.browser]) {
      const answer = await client.get('/api/v1/session');
      const { token: _, ...expected } = user.session;
      expect(answer.json()).toEqual(expected);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  test('with the cookie every write needs the CSRF token of that session', async () => {
    const stranger = await signUp(server());
    const { id } = await user.bearer.created({ title: 'guarded' });
    const cookie = { Cookie: `${kCookie}=${user.cookie}` };
    const wrong = [
      {},
      { 'X-CSRF-Token': '' },
      { 'X-CSRF-Token': 'wrong' },
      { 'X-CSRF-Token': stranger.session.csrf_token },
      { 'X-CSRF-Token': user.session.csrf_token.slice(0, -1) },
    ];
    const before = await user.bearer.exported();
    for (const request of accountRequests(id, 'writes')) {
      for (const token of wrong) {
        const headers: Headers = { ...request.headers, ...cookie };
        const answer = await send(server(), { ...request, headers: { ...headers, ...token } });
        expect(answer.problem, `${request.method} ${request.path}`).toBe('csrf');
      }
    }
    expect(await user.bearer.exported()).toEqual(before);
    expect(
      (await send(server(), { method: 'GET', path: '/api/v1/memos', headers: cookie })).status,
    ).toBe(200);
    expect((await user.browser.create({ title: 'with the token' })).status).toBe(201);
  });

  test('a cookie among others is found, a bearer token comes first', async () => {
    const headers = { Cookie: `a=b; ${kCookie}=${user.cookie}; c="d"` };
    expect((await new Client(server(), headers).get('/api/v1/session')).status).toBe(200);
    const other = await signUp(server());
    const both = { ...headers, Authorization: `Bearer ${other.token}` };
    const answer = await new Client(server(), both).get('/api/v1/session');
    expect(answer.json<Session>().account.username).toBe(other.username);
    const renamed = { Cookie: `scv_session=${user.cookie}; x${kCookie}=${user.cookie}` };
    expect((await new Client(server(), renamed).get('/api/v1/session')).status).toBe(401);
  });

  test('sign-in and sign-up refuse what a browser marks as cross-site', async () => {
    const bodies: [string, () => object][] = [
      ['/api/v1/session', () => ({ username: user.username, password: user.password })],
      ['/api/v1/accounts', () => ({ username: newUsername(), password: newPassword() })],
    ];
    for (const [path, body] of bodies) {
      const foreign: Headers[] = [
        { 'Sec-Fetch-Site': 'cross-site' },
        { 'Sec-Fetch-Site': 'same-site' },
        { Origin: 'https://elsewhere.test' },
        { Origin: 'null' },
      ];
      for (const headers of foreign) {
        const refused = await post(path, body(), headers);
        expect(refused.problem, `${path} ${JSON.stringify(headers)}`).toBe('cross-site');
        expect(refused.headers['set-cookie']).toBeUndefined();
      }
      for (const site of ['same-origin', 'none']) {
        const answer = await post(path, body(), { 'Sec-Fetch-Site': site });
        expect(answer.status, `${path} ${site}`).toBeLessThan(300);
      }
    }
  });

  test('every answer without a session is the same', async () => {
    for (const request of accountRequests(kRandomId, 'all')) {
      const answer = await send(server(), request);
      expect(answer.problem, `${request.method} ${request.path}`).toBe('unauthenticated');
    }
  });

  test('a token changed in any place is worthless', async () => {
    const { token } = user;
    expect((await withToken(token)).status).toBe(200);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (let i = 0; i < token.length; i++) {
      const at = alphabet.indexOf(token[i] ?? '');
      for (const step of [1, 7, 32]) {
        const changed =
          token.slice(0, i) + (alphabet[(at + step) % 64] ?? '.') + token.slice(i + 1);
        expect((await withToken(changed)).problem, `character ${i}`).toBe('unauthenticated');
      }
    }
    const others = [
      token.slice(1),
      token.slice(0, -1),
      token.slice(0, -4),
      `${token}A`,
      `${token}AAAA`,
      `${token}=`,
      `${token}.${token}`,
      token.toLowerCase(),
      '',
      'null',
      'A',
      'x'.repeat(4096),
      token + token,
      Buffer.from(token, 'base64url').toString('base64') + '+/',
    ];
    for (const other of others) {
      expect((await withToken(other)).status, other.slice(0, 40)).toBe(401);
      const cookie = { Cookie: `${kCookie}=${other}` };
      expect((await new Client(server(), cookie).get('/api/v1/memos')).status).toBe(401);
    }
    for (const scheme of [
      `Basic ${token}`,
      token,
      `Bearer`,
      `Bearer  `,
      `Bearer ${token} ${token}`,
    ]) {
      const answer = await new Client(server(), { Authorization: scheme }).get('/api/v1/session');
      expect(answer.status, scheme.slice(0, 10)).toBe(401);
    }
    const lower = await new Client(server(), { Authorization: `bearer ${token}` }).get(
      '/api/v1/session',
    );
    expect(lower.status).toBe(200);
  }, 60_000);

  test('a token of another service is foreign', async () => {
    const elsewhere = await MemoServer.start({ database: await freshDatabase('sqlite') });
    const stranger = await signUp(elsewhere);
    expect((await withToken(stranger.token)).problem).toBe('unauthenticated');
    await elsewhere.stop();
  });

  test('wrong credentials are not told apart', async () => {
    const wrong = [
      { username: user.username, password: newPassword() },
      { username: newUsername(), password: user.password },
      { username: 'No Such Name!', password: 'x' },
      { username: '', password: '' },
    ];
    for (const body of wrong) {
      const answer = await post('/api/v1/session', body, { 'X-Request-Id': 'same' });
      expect(answer.problem).toBe('bad-credentials');
      expect(answer.status).toBe(401);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    for (const body of [{}, { username: user.username }, { username: 1, password: 2 }]) {
      expect((await post('/api/v1/session', body)).problem).toBe('validation');
    }
  });

  test('signing out clears the cookie', async () => {
    const { browser } = await signIn(server(), user.username, user.password);
    const answer = await browser.send('DELETE', '/api/v1/session');
    expect(answer.status).toBe(204);
    expect(cookieOf(answer)).toBe('');
    expect(attributesOf(answer)).toContain('Max-Age=0');
    for (const wanted of ['Secure', 'Path=/']) expect(attributesOf(answer)).toContain(wanted);
  });

  test('a changed password ends all older sessions', async () => {
    const mine = await signUp(server());
    const elsewhere = await signIn(server(), mine.username, mine.password);
    const change = (body: object, as = mine.bearer): Promise<Answer> =>
      as.sendJson('PUT', '/api/v1/account/password', body);
    const fresh = newPassword();
    const wrong = await change({ current_password: newPassword(), new_password: fresh });
    expect(wrong.problem).toBe('bad-credentials');
    expect(wrong.status).toBe(403);
    const short = await change({ current_password: mine.password, new_password: 'short' });
    expect(short.fields).toEqual(['new_password']);
    expect((await mine.bearer.get('/api/v1/session')).status).toBe(200);

    const changed = await change(
      { current_password: mine.password, new_password: fresh },
      mine.browser,
    );
    expect(changed.status).toBe(200);
    const { token } = changed.json<Session>();
    expect(cookieOf(changed)).toBe(token);
    for (const old of [mine.token, elsewhere.token]) {
      expect((await withToken(old)).problem).toBe('unauthenticated');
    }
    expect((await withToken(token ?? '')).status).toBe(200);
    const oldPassword = { username: mine.username, password: mine.password };
    expect((await post('/api/v1/session', oldPassword)).problem).toBe('bad-credentials');
    await signIn(server(), mine.username, fresh);
  });

  test('revoke-all ends every session, and only of that account', async () => {
    const mine = await signUp(server());
    const elsewhere = await signIn(server(), mine.username, mine.password);
    const answer = await mine.browser.send('POST', '/api/v1/session/revoke-all');
    expect(answer.status).toBe(204);
    expect(cookieOf(answer)).toBe('');
    for (const client of [mine.bearer, mine.browser, elsewhere.bearer]) {
      expect((await client.get('/api/v1/memos')).problem).toBe('unauthenticated');
      expect((await client.create({ title: 'x' })).problem).toBe('unauthenticated');
    }
    expect((await user.bearer.get('/api/v1/session')).status).toBe(200);
    const again = await signIn(server(), mine.username, mine.password);
    expect((await again.bearer.get('/api/v1/session')).status).toBe(200);
  });

  test('guessing passwords is slowed down, for the guessed account', async () => {
    const victim = await signUp(server());
    let limited: Answer | undefined;
    for (let i = 0; i < 100 && limited === undefined; i++) {
      const answer = await post('/api/v1/session', {
        username: victim.username,
        password: newPassword(),
      });
      if (answer.status === 429) limited = answer;
      else expect(answer.problem).toBe('bad-credentials');
    }
    expect(limited?.problem).toBe('too-many-requests');
    expect(Number(limited?.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await victim.bearer.get('/api/v1/session')).status).toBe(200);
  }, 60_000);

  test('guessing the current password is slowed down as well', async () => {
    const victim = await signUp(server());
    const guess = (): Promise<Answer> =>
      victim.bearer.sendJson('PUT', '/api/v1/account/password', {
        current_password: newPassword(),
        new_password: newPassword(),
      });
    const problems = new Set<string | undefined>();
    for (let i = 0; i < 100 && !problems.has('too-many-requests'); i++) {
      problems.add((await guess()).problem);
    }
    expect(problems).toEqual(new Set(['bad-credentials', 'too-many-requests']));
  }, 60_000);
});

describeStores('sign-up', (kind) => {
  test('can be closed by configuration', async () => {
    const database = await freshDatabase(kind);
    const open = await MemoServer.start({ database });
    const before = await signUp(open);
    await open.stop();
    const closed = await MemoServer.start({ database, flags: ['--signup', 'closed'] });
    const info = await send(closed, { method: 'GET', path: '/api/v1/info' });
    expect(info.json()).toMatchObject({ signup: 'closed' });
    const body = { username: newUsername(), password: newPassword() };
    const answer = await send(closed, jsonRequest('POST', '/api/v1/accounts', body));
    expect(answer.problem).toBe('signup-closed');
    const user = await signIn(closed, before.username, before.password);
    expect((await user.bearer.get('/api/v1/session')).status).toBe(200);
    await closed.stop();
  });
});
