import { beforeAll, expect, test } from 'vitest';
import {
  jsonRequest,
  type Memo,
  newKey,
  newPassword,
  newUsername,
  send,
  type Session,
  signUp,
  type User,
} from '../support/client.js';
import type { Answer } from '../support/http.js';
import { describeStores, serverFor, suite } from '../support/suite.js';

suite(import.meta.url);

/** The second answer is the first one again, said to be so. */
function expectReplay(first: Answer, second: Answer): void {
  expect(first.headers['idempotency-replayed']).toBeUndefined();
  expect(second.headers['idempotency-replayed']).toBe('true');
  expect(second.status).toBe(first.status);
  expect(second.text).toBe(first.text);
  for (const name of ['etag', 'location', 'content-type', 'preference-applied'] as const) {
    expect(second.headers[name], name).toBe(first.headers[name]);
  }
}

describeStores('idempotency', (kind) => {
  const server = serverFor(kind);
  let user: User;
  beforeAll(async () => {
    user = await signUp(server());
  });
  const count = async (): Promise<number> => (await user.bearer.exported()).length;

  test('a create is done once, however often it is repeated and whatever happened since', async () => {
    const key = { 'Idempotency-Key': newKey() };
    const body = { title: '한글'.normalize('NFD'), content: 'e\u0301'.repeat(300), pinned: true };
    const before = await count();
    const first = await user.bearer.create(body, key);
    expect(first.status).toBe(201);
    expectReplay(first, await user.bearer.create(body, key));
    const { id } = first.json<Memo>();
    await user.bearer.patch(id, { title: 'changed' }, { 'If-Match': '"1"' });
    expectReplay(first, await user.bearer.create(body, key));
    await user.bearer.trash(id);
    await user.bearer.purge(id);
    expectReplay(first, await user.bearer.create(body, key));
    expect(await count()).toBe(before);
  });

  test('every other write is replayed as it was, too', async () => {
    const { id } = await user.bearer.created({ title: 'one', content: 'the first content' });
    const match = (version: number): { [name: string]: string } => ({
      'If-Match': `"${version}"`,
      'Idempotency-Key': newKey(),
    });
    const keys = [1, 2, 3, 4].map(match);
    const replace = (): Promise<Answer> =>
      user.bearer.replace(id, { title: 'two', content: 'the second content' }, keys[0] ?? {});
    const pin = (): Promise<Answer> => user.bearer.patch(id, { pinned: true }, keys[1] ?? {});
    const trash = (): Promise<Answer> => user.bearer.trash(id, keys[2]);
    const restore = (): Promise<Answer> => user.bearer.restore(id, keys[3]);
    const writes = [replace, pin, trash, restore];
    const firsts: Answer[] = [];
    for (const write of writes) firsts.push(await write());
    expect(firsts.map(({ status }) => status)).toEqual([200, 200, 200, 200]);

    await user.bearer.patch(id, { title: 'five', content: 'other' }, { 'If-Match': '"5"' });
    for (const [i, write] of writes.entries()) expectReplay(firsts[i] as Answer, await write());

    await user.bearer.trash(id);
    const key = { 'Idempotency-Key': newKey() };
    const purged = await user.bearer.purge(id, key);
    expect(purged.status).toBe(204);
    expectReplay(purged, await user.bearer.purge(id, key));
    for (const [i, write] of writes.entries()) expectReplay(firsts[i] as Answer, await write());
    expect((await user.bearer.read(id)).status).toBe(404);
  });

  test('a key that was used for something else is refused', async () => {
    const key = { 'Idempotency-Key': newKey() };
    const first = await user.bearer.create({ title: 'mine' }, key);
    const { id } = first.json<Memo>();
    const before = await user.bearer.exported();
    const others = [
      await user.bearer.create({ title: 'yours' }, key),
      await user.bearer.create({ title: 'mine', content: 'x' }, key),
      await user.bearer.create({ title: 'mine', pinned: true }, key),
      await user.bearer.replace(id, { title: 'mine', content: '' }, { ...key, 'If-Match': '"1"' }),
      await user.bearer.patch(id, { title: 'mine' }, { ...key, 'If-Match': '"1"' }),
      await user.bearer.trash(id, key),
    ];
    for (const answer of others) {
      expect(answer.problem, answer.request.method).toBe('idempotency-key-reused');
    }
    const trashKey = { 'Idempotency-Key': newKey() };
    const other = await user.bearer.created({ title: 'another' });
    await user.bearer.trash(id, trashKey);
    const reused = [
      await user.bearer.trash(other.id, trashKey),
      await user.bearer.restore(id, trashKey),
      await user.bearer.purge(id, trashKey),
    ];
    for (const answer of reused) {
      expect(answer.problem, answer.request.path).toBe('idempotency-key-reused');
    }
    const trashed = before.map((memo) => memo.id);
    expect((await user.bearer.exported()).map((memo) => memo.id)).toEqual([...trashed, other.id]);
  });

  test('a request without effect leaves its key free', async () => {
    const key = { 'Idempotency-Key': newKey() };
    expect((await user.bearer.create({ title: '' }, key)).status).toBe(400);
    expect(
      (await user.bearer.create({ title: 'x' }, { ...key, Prefer: 'durability=global' })).status,
    ).toBe(501);
    const { id } = await user.bearer.created({ title: 'conflict' });
    const conflict = await user.bearer.patch(id, { title: 'x' }, { ...key, 'If-Match': '"9"' });
    expect(conflict.status).toBe(412);
    const answer = await user.bearer.create({ title: 'now' }, key);
    expect(answer.status).toBe(201);
    expect(answer.headers['idempotency-replayed']).toBeUndefined();
  });

  test('fifty at once with one key have one effect and one answer', async () => {
    const key = { 'Idempotency-Key': newKey() };
    const before = await count();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => user.bearer.create({ title: 'at once' }, key)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const fresh = answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined);
    expect(fresh).toHaveLength(1);
    expect(await count()).toBe(before + 1);
  });

  test('fifty at once with one key and different bodies: one wins, the others are told', async () => {
    const key = { 'Idempotency-Key': newKey() };
    const before = await count();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => user.bearer.create({ title: `body ${i}` }, key)),
    );
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(49);
    expect(await count()).toBe(before + 1);
  });

  test('keys belong to an account', async () => {
    const key = { 'Idempotency-Key': newKey() };
    const other = await signUp(server());
    const mine = await user.bearer.create({ title: 'same key' }, key);
    const theirs = await other.bearer.create({ title: 'same key' }, key);
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.headers['idempotency-replayed']).toBeUndefined();
    expect(theirs.json<Memo>().id).not.toBe(mine.json<Memo>().id);
    expect((await other.bearer.create({ title: 'different' }, key)).status).toBe(422);
  });

  test('sign-up is repeatable as well', async () => {
    const body = { username: newUsername(), password: newPassword() };
    const key = { 'Idempotency-Key': newKey() };
    const post = (what: object): Promise<Answer> =>
      send(server(), jsonRequest('POST', '/api/v1/accounts', what, key));
    const first = await post(body);
    expect(first.status).toBe(201);
    const second = await post(body);
    expect(second.status).toBe(201);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.json<Session>().account).toEqual(first.json<Session>().account);
    const { token } = second.json<Session>();
    const me = await send(server(), {
      method: 'GET',
      path: '/api/v1/session',
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(me.status).toBe(200);
    expect((await post({ ...body, password: newPassword() })).problem).toBe(
      'idempotency-key-reused',
    );
    expect((await post({ ...body, username: newUsername() })).problem).toBe(
      'idempotency-key-reused',
    );
  });

  test('writes of the account take keys and durability as well', async () => {
    const mine = await signUp(server());
    const used = { 'Idempotency-Key': newKey() };
    await mine.bearer.create({ title: 'x' }, used);
    const password = newPassword();
    const change = (headers: { [name: string]: string }): Promise<Answer> =>
      mine.bearer.sendJson(
        'PUT',
        '/api/v1/account/password',
        { current_password: mine.password, new_password: password },
        headers,
      );
    const revoke = (headers: { [name: string]: string }): Promise<Answer> =>
      mine.bearer.send('POST', '/api/v1/session/revoke-all', headers);
    const register = (headers: { [name: string]: string }): Promise<Answer> =>
      send(
        server(),
        jsonRequest('POST', '/api/v1/accounts', { username: newUsername(), password }, headers),
      );
    for (const write of [change, revoke]) {
      expect((await write(used)).problem).toBe('idempotency-key-reused');
    }
    for (const write of [change, revoke, register]) {
      expect((await write({ Prefer: 'durability=global' })).problem).toBe('durability-unavailable');
      expect((await write({ Prefer: 'durability=no' })).problem).toBe('bad-request');
    }
    expect((await mine.bearer.get('/api/v1/session')).status).toBe(200);
    expect((await change({ 'Idempotency-Key': newKey() })).status).toBe(200);
  });

  test('a key that is too long or not visible ASCII is refused', async () => {
    const before = await count();
    for (const key of ['', 'x'.repeat(129), 'with space', 'tab\there', 'é', '\u00ff']) {
      const answer = await user.bearer.create({ title: 'x' }, { 'Idempotency-Key': key });
      expect(answer.problem, JSON.stringify(key)).toBe('bad-request');
    }
    const { id } = await user.bearer.created({ title: 'x' });
    const others = [
      await user.bearer.trash(id, { 'Idempotency-Key': 'with space' }),
      await user.bearer.import('{"title":"x"}\n', { 'Idempotency-Key': 'with space' }),
    ];
    for (const answer of others) {
      expect(answer.problem, answer.request.path).toBe('bad-request');
    }
    expect(await count()).toBe(before + 1);
    for (const key of ['!', '~'.repeat(128), `"quoted"${newKey()}`]) {
      const answer = await user.bearer.create({ title: 'x' }, { 'Idempotency-Key': key });
      expect(answer.status, key).toBe(201);
    }
  });
});
