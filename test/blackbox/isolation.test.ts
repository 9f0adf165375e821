import { beforeAll, expect, test } from 'vitest';
import {
  type Client,
  type Headers,
  kRandomId,
  type Memo,
  newKey,
  secretText,
  signUp,
  type User,
} from '../support/client.js';
import type { Answer } from '../support/http.js';
import { describeStores, serverFor, suite } from '../support/suite.js';

suite(import.meta.url);

/** All that another account could see of an answer; the clock is not a difference. */
function observable(answer: Answer): object {
  const { date: _date, 'server-timing': _timing, ...headers } = answer.headers;
  return { status: answer.status, headers, body: answer.text };
}

describeStores('isolation', (kind) => {
  const server = serverFor(kind);
  let owner: User;
  let other: User;
  let active: Memo;
  let trashed: Memo;
  const words = { title: secretText(), content: secretText() };

  beforeAll(async () => {
    [owner, other] = [await signUp(server()), await signUp(server())];
    active = await owner.bearer.created({ ...words, pinned: true });
    const { id } = await owner.bearer.created({ title: `${words.title} trashed` });
    trashed = (await owner.bearer.trash(id)).json<Memo>();
  });

  const attempts: [string, (as: Client, id: string, headers: Headers) => Promise<Answer>][] = [
    ['read', (as, id, headers) => as.read(id, headers)],
    ['read by ETag', (as, id, headers) => as.read(id, { ...headers, 'If-None-Match': '"1"' })],
    ['read with any ETag', (as, id, headers) => as.read(id, { ...headers, 'If-None-Match': '*' })],
    ['probe', (as, id, headers) => as.send('HEAD', `/api/v1/memos/${id}`, headers)],
    [
      'replace',
      (as, id, headers) =>
        as.replace(id, { title: 'stolen', content: '' }, { ...headers, 'If-Match': '*' }),
    ],
    [
      'replace an old version',
      (as, id, headers) =>
        as.replace(id, { title: 'stolen', content: '' }, { ...headers, 'If-Match': '"9"' }),
    ],
    [
      'replace without a version',
      (as, id, headers) => as.replace(id, { title: 'stolen', content: '' }, headers),
    ],
    [
      'patch',
      (as, id, headers) => as.patch(id, { pinned: false }, { ...headers, 'If-Match': '*' }),
    ],
    ['trash', (as, id, headers) => as.trash(id, headers)],
    ['trash an old version', (as, id, headers) => as.trash(id, { ...headers, 'If-Match': '"9"' })],
    ['restore', (as, id, headers) => as.restore(id, headers)],
    ['purge', (as, id, headers) => as.purge(id, headers)],
  ];
  test.each(attempts)('to %s is as if the memo did not exist', async (_, attempt) => {
    const headers = { 'X-Request-Id': 'the-same-for-all' };
    for (const memo of [active, trashed]) {
      const theirs = await attempt(other.bearer, memo.id, headers);
      const nobodys = await attempt(other.bearer, kRandomId, headers);
      expect(observable(theirs)).toEqual(observable(nobodys));
      expect(theirs.status).toBeGreaterThanOrEqual(400);
      expect(theirs.status).toBeLessThan(500);
    }
  });

  test('lists, searches and exports show only the own memos', async () => {
    const mine = await other.bearer.created({ title: 'mine' });
    for (const query of [
      {},
      { state: 'trashed' },
      { pinned: 'true' },
      { q: words.title.slice(5) },
    ]) {
      const items = await other.bearer.listAll(query);
      expect(
        items.filter(({ id }) => id !== mine.id),
        JSON.stringify(query),
      ).toEqual([]);
    }
    expect((await other.bearer.exported()).map(({ id }) => id)).toEqual([mine.id]);
  });

  test('a cursor of one account shows the other one nothing', async () => {
    await owner.bearer.created({ title: 'newer' });
    const { next_cursor } = await owner.bearer.list({ limit: '1' });
    const answer = await other.bearer.get(
      `/api/v1/memos?cursor=${encodeURIComponent(next_cursor ?? '')}`,
    );
    expect([200, 400]).toContain(answer.status);
    for (const text of [active.id, trashed.id, words.title])
      expect(answer.text).not.toContain(text);
  });

  test("an id of the other account's memo is not honoured by an import", async () => {
    const line = JSON.stringify({ ...active, title: 'imported copy' });
    expect((await other.bearer.import(line)).json()).toMatchObject({ imported: 1 });
    expect((await owner.bearer.read(active.id)).json()).toEqual(active);
    expect((await other.bearer.read(active.id)).status).toBe(404);
  });

  test("the other account's idempotency keys say nothing", async () => {
    const key = { 'Idempotency-Key': newKey() };
    await owner.bearer.patch(active.id, { pinned: true }, { ...key, 'If-Match': '*' });
    const answer = await other.bearer.patch(
      active.id,
      { pinned: true },
      { ...key, 'If-Match': '*' },
    );
    expect(answer.problem).toBe('not-found');
    active = (await owner.bearer.read(active.id)).json<Memo>();
  });

  test('after all this the memos are untouched', async () => {
    expect((await owner.bearer.read(active.id)).json()).toEqual(active);
    expect((await owner.bearer.read(trashed.id)).json()).toEqual(trashed);
  });

  test('without a session there is nothing at all', async () => {
    const anonymous = { Authorization: '' };
    for (const [what, attempt] of attempts) {
      const answer = await attempt(owner.bearer, active.id, anonymous);
      expect(answer.status, what).toBe(401);
    }
    for (const path of ['/api/v1/memos', '/api/v1/export', '/api/v1/session']) {
      expect((await owner.bearer.get(path, anonymous)).problem, path).toBe('unauthenticated');
    }
    expect((await owner.bearer.create({ title: 'x' }, anonymous)).problem).toBe('unauthenticated');
  });
});
