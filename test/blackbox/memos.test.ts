import { beforeAll, expect, test } from 'vitest';
import { kRandomId, type Memo, secretText, signUp, type User } from '../support/client.js';
import { describeStores, serverFor, suite } from '../support/suite.js';

suite(import.meta.url);

const kTimeMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describeStores('memos', (kind) => {
  const server = serverFor(kind);
  let user: User;
  beforeAll(async () => {
    user = await signUp(server());
  });

  test('create answers with the memo, its place and its version', async () => {
    const title = secretText();
    const answer = await user.bearer.create({ title, content: '달걀, 우유', pinned: true });
    expect(answer.status).toBe(201);
    const memo = answer.json<Memo>();
    expect(memo).toMatchObject({
      title,
      content: '달걀, 우유',
      pinned: true,
      state: 'active',
      version: 1,
      deleted_at: null,
    });
    expect(memo.created_at).toMatch(kTimeMs);
    expect(memo.updated_at).toBe(memo.created_at);
    expect(Math.abs(Date.parse(memo.created_at) - Date.now())).toBeLessThan(30_000);
    expect(answer.headers.location).toBe(`/api/v1/memos/${memo.id}`);
    expect(answer.etag).toBe('"1"');
    const read = await user.bearer.read(memo.id);
    expect(read.status).toBe(200);
    expect(read.json()).toEqual(memo);
  });

  test('content and pinned may be left out of a create', async () => {
    const memo = await user.bearer.created({ title: 'only a title' });
    expect(memo).toMatchObject({ content: '', pinned: false });
  });

  test('text comes back in NFC and otherwise as it was', async () => {
    const content = 'tab\there\r\nline "quoted" \\ / \u2028 😀 ﷺ e\u0301 가'.normalize('NFD');
    const memo = await user.bearer.created({ title: '한글'.normalize('NFD'), content });
    expect(memo.title).toBe('한글'.normalize('NFC'));
    expect(memo.content).toBe(content.normalize('NFC'));
    expect((await user.bearer.read(memo.id)).json<Memo>()).toEqual(memo);
  });

  test('the longest title and content fit', async () => {
    const title = '가'.repeat(200);
    const content = '나'.repeat(20_000);
    const memo = await user.bearer.created({ title, content });
    expect(memo.title).toBe(title);
    expect((await user.bearer.read(memo.id)).json<Memo>().content).toBe(content);
  });

  test('code points beyond the basic plane count once', async () => {
    const memo = await user.bearer.created({ title: '😀'.repeat(200), content: '𝕏'.repeat(250) });
    const [summary] = (await user.bearer.list({ limit: '1' })).items;
    expect(summary).toMatchObject({ id: memo.id, excerpt: '𝕏'.repeat(200) });
  });

  test('If-None-Match saves the transfer of a known version', async () => {
    const memo = await user.bearer.created({ title: 'cached' });
    for (const tag of ['"1"', '*', '"7", "1"', 'W/"1"']) {
      const answer = await user.bearer.read(memo.id, { 'If-None-Match': tag });
      expect(answer.status, tag).toBe(304);
      expect(answer.etag).toBe('"1"');
      expect(answer.body.length).toBe(0);
    }
    for (const tag of ['"2"', '"11"', '"01"']) {
      const answer = await user.bearer.read(memo.id, { 'If-None-Match': tag });
      expect(answer.status, tag).toBe(200);
    }
    await user.bearer.patch(memo.id, { title: 'changed' }, { 'If-Match': '"1"' });
    expect((await user.bearer.read(memo.id, { 'If-None-Match': '"1"' })).status).toBe(200);
  });

  test('HEAD answers as GET does, without the body', async () => {
    const memo = await user.bearer.created({ title: 'head' });
    const head = await user.bearer.send('HEAD', `/api/v1/memos/${memo.id}`);
    const get = await user.bearer.read(memo.id);
    expect(head.status).toBe(200);
    expect(head.etag).toBe('"1"');
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
    for (const path of ['/api/v1/memos', '/api/v1/info', '/livez', '/readyz', '/api/v1/session']) {
      expect((await user.bearer.send('HEAD', path)).status, path).toBe(200);
    }
  });

  test('replace and patch change what they name', async () => {
    const memo = await user.bearer.created({ title: 'first', content: 'one', pinned: true });
    const replaced = await user.bearer.replace(
      memo.id,
      { title: 'second', content: 'two' },
      { 'If-Match': '"1"' },
    );
    expect(replaced.status).toBe(200);
    expect(replaced.etag).toBe('"2"');
    expect(replaced.json()).toMatchObject({
      id: memo.id,
      title: 'second',
      content: 'two',
      pinned: true,
      version: 2,
      created_at: memo.created_at,
    });
    const patched = await user.bearer.patch(memo.id, { pinned: false }, { 'If-Match': '"2"' });
    expect(patched.status).toBe(200);
    expect(patched.json()).toMatchObject({
      title: 'second',
      content: 'two',
      pinned: false,
      version: 3,
    });
    const any = await user.bearer.patch(memo.id, { content: '' }, { 'If-Match': '*' });
    expect(any.json()).toMatchObject({ title: 'second', content: '', version: 4 });
    expect((await user.bearer.read(memo.id)).json()).toEqual(any.json());
  });

  test('a write on an old version is refused and shows the current one', async () => {
    const memo = await user.bearer.created({ title: 'contended' });
    await user.bearer.patch(memo.id, { title: 'moved on' }, { 'If-Match': '"1"' });
    const body = { title: 'late', content: '' };
    const stale = { 'If-Match': '"1"' };
    const refused = [
      await user.bearer.replace(memo.id, body, stale),
      await user.bearer.patch(memo.id, { title: 'late' }, stale),
      await user.bearer.trash(memo.id, stale),
      await user.bearer.restore(memo.id, stale),
      await user.bearer.purge(memo.id, stale),
      await user.bearer.replace(memo.id, body, { 'If-Match': 'W/"2"' }),
      await user.bearer.replace(memo.id, body, { 'If-Match': '"02"' }),
    ];
    for (const answer of refused) {
      const what = `${answer.request.method} ${JSON.stringify(answer.request.headers)}`;
      expect(answer.problem, what).toBe('version-conflict');
      expect(answer.etag).toBe('"2"');
      expect(answer.json<{ current: Memo }>().current).toMatchObject({
        id: memo.id,
        title: 'moved on',
        version: 2,
      });
    }
    expect((await user.bearer.read(memo.id)).json<Memo>().title).toBe('moved on');
  });

  test('replace and patch want If-Match, in a form that can be read', async () => {
    const { id } = await user.bearer.created({ title: 'guarded' });
    const body = { title: 'x', content: '' };
    expect((await user.bearer.replace(id, body, {})).problem).toBe('precondition-required');
    expect((await user.bearer.patch(id, { title: 'x' }, {})).problem).toBe('precondition-required');
    for (const tag of ['1', '"', '"1', '', ',']) {
      const answer = await user.bearer.replace(id, body, { 'If-Match': tag });
      expect(answer.problem, tag).toBe('bad-request');
    }
    expect((await user.bearer.read(id)).etag).toBe('"1"');
  });

  test('of many writers with the same version exactly one wins', async () => {
    const { id } = await user.bearer.created({ title: 'race' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        user.bearer.patch(id, { title: `writer ${i}` }, { 'If-Match': '"1"' }),
      ),
    );
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(19);
    expect((await user.bearer.read(id)).json()).toEqual(winners[0]?.json());
  });

  test('trash, restore and purge', async () => {
    const memo = await user.bearer.created({ title: 'to the trash', pinned: true });
    const trashed = await user.bearer.trash(memo.id, { 'If-Match': '"1"' });
    expect(trashed.status).toBe(200);
    expect(trashed.json()).toMatchObject({ state: 'trashed', pinned: false, version: 2 });
    expect(trashed.json<Memo>().deleted_at).toMatch(kTimeMs);
    expect(trashed.etag).toBe('"2"');

    const again = await user.bearer.trash(memo.id);
    expect(again.status).toBe(200);
    expect(again.json()).toEqual(trashed.json());
    const active = await user.bearer.listAll();
    expect(active.map(({ id }) => id)).not.toContain(memo.id);
    const trash = await user.bearer.listAll({ state: 'trashed' });
    expect(trash.map(({ id }) => id)).toContain(memo.id);
    expect((await user.bearer.read(memo.id)).json()).toEqual(trashed.json());

    const edits = [
      await user.bearer.replace(memo.id, { title: 'x', content: '' }, { 'If-Match': '"2"' }),
      await user.bearer.patch(memo.id, { pinned: true }, { 'If-Match': '*' }),
    ];
    for (const edit of edits) expect(edit.problem).toBe('memo-trashed');

    const restored = await user.bearer.restore(memo.id, { 'If-Match': '"2"' });
    expect(restored.status).toBe(200);
    expect(restored.json()).toMatchObject({ state: 'active', version: 3, deleted_at: null });
    const unchanged = await user.bearer.restore(memo.id);
    expect(unchanged.json()).toEqual(restored.json());
    expect((await user.bearer.purge(memo.id)).problem).toBe('memo-not-trashed');

    await user.bearer.trash(memo.id);
    const purged = await user.bearer.purge(memo.id, { 'If-Match': '"4"' });
    expect(purged.status).toBe(204);
    expect((await user.bearer.read(memo.id)).problem).toBe('not-found');
    expect((await user.bearer.purge(memo.id)).problem).toBe('not-found');
  });

  test('what does not exist cannot be touched', async () => {
    const match = { 'If-Match': '*' };
    const kinds = [
      await user.bearer.read(kRandomId),
      await user.bearer.replace(kRandomId, { title: 'x', content: '' }, match),
      await user.bearer.patch(kRandomId, { title: 'x' }, match),
      await user.bearer.trash(kRandomId),
      await user.bearer.restore(kRandomId),
      await user.bearer.purge(kRandomId),
    ].map(({ problem }) => problem);
    expect(new Set(kinds)).toEqual(new Set(['not-found']));
  });

  test('a durability that cannot be had is refused before anything is written', async () => {
    const { id } = await user.bearer.created({ title: 'durable' });
    const trashed = await user.bearer.created({ title: 'trashed' });
    await user.bearer.trash(trashed.id);
    const before = await user.bearer.exported();
    const global = { Prefer: 'durability=global', 'If-Match': '*' };
    const refused = [
      await user.bearer.create({ title: 'x' }, { Prefer: 'durability=global' }),
      await user.bearer.create({ title: 'x' }, { Prefer: 'respond-async, durability="global"' }),
      await user.bearer.replace(id, { title: 'x', content: '' }, global),
      await user.bearer.patch(id, { title: 'x' }, global),
      await user.bearer.trash(id, global),
      await user.bearer.restore(trashed.id, global),
      await user.bearer.purge(trashed.id, global),
      await user.bearer.import('{"title":"x"}\n', { Prefer: 'durability=global' }),
    ];
    for (const answer of refused) {
      expect(answer.problem, answer.request.path).toBe('durability-unavailable');
    }
    const unknown = await user.bearer.create({ title: 'x' }, { Prefer: 'durability=galaxy' });
    expect(unknown.problem).toBe('bad-request');
    expect(await user.bearer.exported()).toEqual(before);

    for (const prefer of ['durability=region', 'durability="region"', 'return=minimal']) {
      const answer = await user.bearer.create({ title: 'x' }, { Prefer: prefer });
      expect(answer.status, prefer).toBe(201);
      expect(answer.headers['preference-applied']).toBe('durability=region');
    }
  });

  test('other methods name the ones there are', async () => {
    const expected: [string, string, string[]][] = [
      ['DELETE', '/api/v1/memos', ['GET', 'HEAD', 'POST']],
      ['POST', `/api/v1/memos/${kRandomId}`, ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']],
      ['GET', '/api/v1/accounts', ['POST']],
      ['PATCH', '/api/v1/session', ['GET', 'HEAD', 'POST', 'DELETE']],
      ['POST', '/livez', ['GET', 'HEAD']],
      ['OPTIONS', '/api/v1/memos', ['GET', 'HEAD', 'POST']],
      ['BREW', '/api/v1/memos', ['GET', 'HEAD', 'POST']],
    ];
    for (const [method, path, allowed] of expected) {
      const answer = await user.bearer.send(method, path);
      expect(answer.problem, `${method} ${path}`).toBe('method-not-allowed');
      expect(new Set(answer.headers.allow?.split(', ')), path).toEqual(new Set(allowed));
    }
  });

  test('unknown paths are not found, signed in or not', async () => {
    for (const path of [
      '/',
      '/api',
      '/api/v1',
      '/api/v1/',
      '/api/v2/memos',
      '/api/v1/memos/',
      '/x',
    ]) {
      expect((await user.bearer.get(path)).problem, path).toBe('not-found');
    }
  });

  test('a request id is taken over when it is acceptable', async () => {
    for (const id of ['a', 'A.b_c-9', 'x'.repeat(64)]) {
      const answer = await user.bearer.get('/api/v1/info', { 'X-Request-Id': id });
      expect(answer.headers['x-request-id']).toBe(id);
    }
    for (const id of ['', 'x'.repeat(65), 'a b', 'é', '<script>']) {
      const answer = await user.bearer.get('/api/v1/info', { 'X-Request-Id': id });
      expect(answer.headers['x-request-id']).not.toBe(id);
    }
    const [one, two] = [await user.bearer.get('/livez'), await user.bearer.get('/livez')];
    expect(one.headers['x-request-id']).not.toBe(two.headers['x-request-id']);
  });
});
