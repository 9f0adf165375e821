import { expect, test } from 'vitest';
import { type ImportReport, type Memo, newKey, send, signUp } from '../support/client.js';
import { describeStores, serverFor, suite } from '../support/suite.js';

suite(import.meta.url);

const kLines = 10_000;

/** What an import keeps of a memo. */
function kept({ title, content, pinned, state, created_at }: Memo): object {
  return { title, content, pinned, state, created_at };
}

describeStores('export and import', (kind) => {
  const server = serverFor(kind, { flags: ['--request-timeout', '60s'] });

  test('ten thousand memos make the round trip, and a repeat adds nothing', async () => {
    const [from, to] = [await signUp(server()), await signUp(server())];
    const lines = Array.from({ length: kLines }, (_, i) =>
      JSON.stringify({ title: `memo ${i}`, content: `content ${i} 내용`, pinned: i % 7 === 0 }),
    );
    const key = { 'Idempotency-Key': newKey() };
    const text = lines.join('\n') + '\n';
    const imported = await from.bearer.import(text, key);
    expect(imported.status).toBe(200);
    expect(imported.json()).toEqual({ imported: kLines, failed: 0, errors: [] });

    const exported = await from.bearer.get('/api/v1/export');
    const memos = await from.bearer.exported();
    expect(memos).toHaveLength(kLines);
    expect(memos.map(({ title }) => title)).toEqual(lines.map((_, i) => `memo ${i}`));

    const second = await to.bearer.import(exported.text);
    expect(second.json()).toEqual({ imported: kLines, failed: 0, errors: [] });
    expect((await to.bearer.exported()).map(kept)).toEqual(memos.map(kept));

    const repeated = await from.bearer.import(text, key);
    expect(repeated.status).toBe(200);
    expect(repeated.json()).toEqual({ imported: kLines, failed: 0, errors: [] });
    expect(await from.bearer.exported()).toHaveLength(kLines);
  }, 180_000);

  test('an export shows everything, oldest first, and can be imported with its states', async () => {
    const [from, to] = [await signUp(server()), await signUp(server())];
    await from.bearer.created({ title: 'pinned', content: '줄\n바꿈\u2028 😀', pinned: true });
    const { id } = await from.bearer.created({ title: 'trashed' });
    await from.bearer.trash(id);
    const answer = await from.bearer.get('/api/v1/export');
    expect(answer.mediaType).toBe('application/jsonl');
    const memos = await from.bearer.exported();
    expect(memos.map(({ title }) => title)).toEqual(['pinned', 'trashed']);
    expect((await to.bearer.import(answer.text)).json()).toMatchObject({ imported: 2, failed: 0 });
    const copies = await to.bearer.exported();
    expect(copies.map(kept)).toEqual(memos.map(kept));
    for (const [i, copy] of copies.entries()) expect(copy.id).not.toBe(memos[i]?.id);
  });

  test('bad lines are counted and named, and do not stop the good ones', async () => {
    const user = await signUp(server());
    const lines = [
      '{"title":"good 1"}',
      '{"title":""}',
      'not json',
      '',
      '{"title":"good 2","state":"trashed"}',
      '{"titel":"typo"}',
      '[]',
      '{"title":"x","title":"y"}',
      '{"title":1}',
      '{"title":"x","created_at":"yesterday"}',
      '{"title":"x","state":"gone"}',
      '{"title":"\\ud800"}',
      '{"title":"good 3","created_at":"2020-02-29T12:00:00.000Z","id":"any","version":"any"}\r',
    ];
    const answer = await user.bearer.import(lines.join('\n'));
    expect(answer.status).toBe(200);
    const report = answer.json<ImportReport>();
    expect(report.imported).toBe(3);
    expect(report.failed).toBe(9);
    expect(report.errors.map(({ line }) => line)).toEqual([2, 3, 6, 7, 8, 9, 10, 11, 12]);
    const memos = await user.bearer.exported();
    expect(memos.map(({ title }) => title).sort()).toEqual(['good 1', 'good 2', 'good 3']);
    const dated = memos.find(({ title }) => title === 'good 3');
    expect(dated?.created_at).toBe('2020-02-29T12:00:00.000Z');
  });

  test('only the first twenty errors are told, in bytes that need not be UTF-8', async () => {
    const user = await signUp(server());
    const bad = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x0a]);
    const answer = await user.bearer.import(Buffer.concat(Array.from({ length: 30 }, () => bad)));
    const report = answer.json<ImportReport>();
    expect(report).toMatchObject({ imported: 0, failed: 30 });
    expect(report.errors.map(({ line }) => line)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
  });

  test('a line over its limit is a bad line', async () => {
    const user = await signUp(server());
    const long = JSON.stringify({ title: 'long', content: 'x'.repeat(70_000) });
    const answer = await user.bearer.import(`{"title":"before"}\n${long}\n{"title":"after"}\n`);
    expect(answer.json()).toMatchObject({ imported: 2, failed: 1, errors: [{ line: 2 }] });
    expect((await user.bearer.exported()).map(({ title }) => title)).toEqual(['before', 'after']);
  });

  test('lines past the limit are not imported', async () => {
    const user = await signUp(server());
    const answer = await user.bearer.import('{"title":"x"}\n'.repeat(kLines + 5));
    expect(answer.problem).toBe('too-large');
    expect((await user.bearer.exported()).length).toBe(kLines);
  }, 120_000);

  test('under the key of another import only the lines that are the same are good', async () => {
    const user = await signUp(server());
    const key = { 'Idempotency-Key': newKey() };
    await user.bearer.import('{"title":"one"}\n{"title":"two"}\n', key);
    const other = await user.bearer.import(
      '{"title":"one"}\n{"title":"2"}\n{"title":"three"}\n',
      key,
    );
    expect(other.json()).toMatchObject({ imported: 2, failed: 1, errors: [{ line: 2 }] });
    const titles = (await user.bearer.exported()).map(({ title }) => title);
    expect(titles).toEqual(['one', 'two', 'three']);
  });

  test('an import is JSON lines', async () => {
    const user = await signUp(server());
    const answer = await user.bearer.import('{"title":"x"}', {
      'Content-Type': 'application/json',
    });
    expect(answer.problem).toBe('unsupported-media-type');
    const empty = await user.bearer.import('');
    expect(empty.json()).toEqual({ imported: 0, failed: 0, errors: [] });
    const anonymous = await send(server(), {
      method: 'POST',
      path: '/api/v1/import',
      body: '{"title":"x"}\n',
      headers: { 'Content-Type': 'application/jsonl' },
    });
    expect(anonymous.problem).toBe('unauthenticated');
  });
});
