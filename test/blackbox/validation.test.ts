import { beforeAll, expect, test } from 'vitest';
import {
  jsonRequest,
  newPassword,
  newUsername,
  send,
  signUp,
  type User,
} from '../support/client.js';
import { schemaErrors, schemaNamed } from '../support/contract.js';
import { describeStores, serverFor, suite } from '../support/suite.js';

suite(import.meta.url);

const nested = (depth: number): string => '{"title":'.repeat(depth) + '1' + '}'.repeat(depth);

/** Bodies of a create that cannot be read as a JSON object. */
const kUnreadable: [string, string | Buffer][] = [
  ['nothing', ''],
  ['white space', ' \n'],
  ['not JSON', 'title=x'],
  ['a cut object', '{"title":"x"'],
  ['two documents', '{"title":"x"}{"title":"y"}'],
  ['a trailing comma', '{"title":"x",}'],
  ['a comment', '{"title":"x"/**/}'],
  ['single quotes', "{'title':'x'}"],
  ['an unquoted name', '{title:"x"}'],
  ['a byte order mark', '\ufeff{"title":"x"}'],
  ['a raw control character', '{"title":"a\u0001b"}'],
  ['a raw line end in a string', '{"title":"a\nb"}'],
  ['a bad escape', '{"title":"\\x41"}'],
  ['a short \\u escape', '{"title":"\\u12"}'],
  ['NaN', '{"title":"x","pinned":NaN}'],
  ['Infinity', '{"title":"x","pinned":Infinity}'],
  ['a leading zero', '{"title":"x","pinned":01}'],
  ['a lone high surrogate', '{"title":"\\ud83d"}'],
  ['a lone low surrogate', '{"title":"\\ude00"}'],
  ['surrogates the wrong way round', '{"title":"\\ude00\\ud83d"}'],
  ['a lone surrogate in a name', '{"\\ud83d":"x"}'],
  ['a field twice', '{"title":"x","title":"x"}'],
  ['a field twice, once escaped', '{"title":"x","\\u0074itle":"y"}'],
  ['an unknown field twice', '{"title":"x","a":1,"a":2}'],
  ['nesting without end', '['.repeat(30_000)],
  ['deep arrays', '['.repeat(5_000) + ']'.repeat(5_000)],
  ['deep objects', nested(5_000)],
  [
    'a cut UTF-8 sequence',
    Buffer.from([...Buffer.from('{"title":"'), 0xe3, 0x81, ...Buffer.from('"}')]),
  ],
  [
    'an overlong UTF-8 sequence',
    Buffer.from([...Buffer.from('{"title":"'), 0xc0, 0xaf, ...Buffer.from('"}')]),
  ],
  [
    'a surrogate in UTF-8',
    Buffer.from([...Buffer.from('{"title":"'), 0xed, 0xa0, 0x80, ...Buffer.from('"}')]),
  ],
  [
    'beyond U+10FFFF',
    Buffer.from([...Buffer.from('{"title":"'), 0xf4, 0x90, 0x80, 0x80, ...Buffer.from('"}')]),
  ],
  ['Latin-1', Buffer.from('{"title":"caf\u00e9"}', 'latin1')],
  ['UTF-16', Buffer.from('{"title":"x"}', 'utf16le')],
  ['an array', '[]'],
  ['a string', '"title"'],
  ['null', 'null'],
  ['a number', '1'],
  ['a raw NUL after the end', '{"title":"x"}\u0000'],
];

/** Readable bodies of a create that break a rule, and the field that is to blame. */
const kInvalid: [string, unknown, string][] = [
  ['no title', {}, 'title'],
  ['an empty title', { title: '' }, 'title'],
  ['a blank title', { title: '   ' }, 'title'],
  ['a title of 201', { title: '가'.repeat(201) }, 'title'],
  ['a title with a line end', { title: 'a\nb' }, 'title'],
  ['a title with NUL', { title: 'a\u0000b' }, 'title'],
  ['a title with DEL', { title: 'a\u007fb' }, 'title'],
  ['a title with a C1 control', { title: 'a\u0085b' }, 'title'],
  ['a title of null', { title: null }, 'title'],
  ['a title of a number', { title: 1 }, 'title'],
  ['a title of a huge number', '{"title":1e999999}', 'title'],
  ['a title of an object', { title: {} }, 'title'],
  ['a content of 20,001', { title: 'x', content: 'y'.repeat(20_001) }, 'content'],
  ['a content with NUL', { title: 'x', content: 'a\u0000b' }, 'content'],
  ['a content of false', { title: 'x', content: false }, 'content'],
  ['a content of null', { title: 'x', content: null }, 'content'],
  ['pinned as a string', { title: 'x', pinned: 'true' }, 'pinned'],
  ['pinned as a number', { title: 'x', pinned: 1 }, 'pinned'],
  ['pinned as a number of many digits', `{"title":"x","pinned":${'9'.repeat(5_000)}}`, 'pinned'],
  ['pinned as null', { title: 'x', pinned: null }, 'pinned'],
  ['an unknown field', { title: 'x', colour: 'red' }, 'colour'],
  ['a field of another case', { Title: 'x', title: 'x' }, 'Title'],
  ['a prototype', '{"title":"x","__proto__":{"pinned":true}}', '__proto__'],
  ['an id', { title: 'x', id: '01900000-0000-7000-8000-000000000001' }, 'id'],
  ['a state', { title: 'x', state: 'trashed' }, 'state'],
];

describeStores('validation', (kind) => {
  const server = serverFor(kind);
  let user: User;
  beforeAll(async () => {
    user = await signUp(server());
  });

  test('what cannot be read is a bad request and changes nothing', async () => {
    const before = await user.bearer.exported();
    for (const [what, body] of kUnreadable) {
      const answer = await user.bearer.create(body);
      expect(answer.problem, what).toBe('bad-request');
    }
    expect(await user.bearer.exported()).toEqual(before);
    expect(server().residentKib()).toBeLessThan(64 * 1024);
  });

  test('what breaks a rule is refused by name and changes nothing', async () => {
    const before = await user.bearer.exported();
    for (const [what, body, field] of kInvalid) {
      const answer = await user.bearer.create(body);
      expect(answer.problem, what).toBe('validation');
      expect(answer.fields, what).toContain(field);
    }
    expect(await user.bearer.exported()).toEqual(before);
  });

  test('the OpenAPI document refuses the same bodies', () => {
    for (const [what, body] of kInvalid) {
      const value: unknown = typeof body === 'string' ? JSON.parse(body) : body;
      expect(schemaErrors(schemaNamed('MemoCreate'), value), what).toBeDefined();
    }
  });

  test('several broken rules are named at once', async () => {
    const answer = await user.bearer.create({ title: '', content: 7, colour: 'red' });
    expect(answer.fields.sort()).toEqual(['colour', 'content', 'title']);
  });

  test('an edit that breaks a rule leaves the memo as it was', async () => {
    const memo = await user.bearer.created({ title: 'stays', content: 'as it is' });
    const match = { 'If-Match': '*' };
    for (const body of [{}, { title: 'only a title' }, { content: 'only content' }, [], 'x']) {
      const answer = await user.bearer.replace(memo.id, body, match);
      expect(answer.status, JSON.stringify(body)).toBe(400);
    }
    for (const body of [
      {},
      { title: '' },
      { pinned: 'yes' },
      { state: 'trashed' },
      { version: 9 },
    ]) {
      const answer = await user.bearer.patch(memo.id, body, match);
      expect(answer.problem, JSON.stringify(body)).toBe('validation');
    }
    expect((await user.bearer.patch(memo.id, {}, match)).fields).toEqual(['']);
    for (const action of ['restore', 'purge']) {
      const path = `/api/v1/memos/${memo.id}/${action}`;
      expect((await user.bearer.sendJson('POST', path, { title: 'x' })).problem).toBe(
        'bad-request',
      );
    }
    expect((await user.bearer.read(memo.id)).json()).toEqual(memo);
  });

  test('a body is JSON and says so', async () => {
    const path = '/api/v1/memos';
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonl',
      '',
    ]) {
      const answer = await user.bearer.create({ title: 'x' }, { 'Content-Type': type });
      expect(answer.problem, type).toBe('unsupported-media-type');
    }
    const headers = { ...user.bearer.credentials };
    const unsaid = await send(server(), { method: 'POST', path, body: '{"title":"x"}', headers });
    expect(unsaid.problem).toBe('unsupported-media-type');
    for (const type of [
      'application/json; charset=utf-8',
      'Application/JSON',
      'application/json;x=y',
    ]) {
      const answer = await user.bearer.create({ title: 'x' }, { 'Content-Type': type });
      expect(answer.status, type).toBe(201);
    }
    const memo = await user.bearer.created({ title: 'x' });
    const plain = { 'If-Match': '*', 'Content-Type': 'text/plain' };
    const others = [
      await user.bearer.replace(memo.id, { title: 'y', content: '' }, plain),
      await user.bearer.patch(memo.id, { title: 'y' }, plain),
      await user.bearer.sendJson('PUT', '/api/v1/account/password', {}, plain),
      await send(server(), { ...jsonRequest('POST', '/api/v1/session', {}), headers: plain }),
      await send(server(), { ...jsonRequest('POST', '/api/v1/accounts', {}), headers: plain }),
    ];
    for (const answer of others) {
      expect(answer.problem, answer.request.path).toBe('unsupported-media-type');
    }
  });

  test('a body of 64 KiB is read, one byte more is too large', async () => {
    const padded = (size: number): string => '{"title":"x"}'.padEnd(size, ' ');
    expect((await user.bearer.create(padded(65_536))).status).toBe(201);
    const memo = await user.bearer.created({ title: 'x' });
    const big = padded(65_537);
    const match = { 'If-Match': '*' };
    const refused = [
      await user.bearer.create(big),
      await user.bearer.replace(memo.id, big, match),
      await user.bearer.patch(memo.id, big, match),
      await user.bearer.sendJson('PUT', '/api/v1/account/password', big),
      await send(server(), jsonRequest('POST', '/api/v1/session', big)),
      await send(server(), jsonRequest('POST', '/api/v1/accounts', big)),
    ];
    for (const answer of refused) expect(answer.problem, answer.request.path).toBe('too-large');
  });

  test('an id that is malformed is simply unknown', async () => {
    const { id } = await user.bearer.created({ title: 'by id' });
    const others = [
      id.toUpperCase(),
      `{${id}}`,
      id.replaceAll('-', ''),
      `${id}0`,
      id.slice(1),
      '0',
      '-1',
      '1e9',
      '18446744073709551616',
      '9'.repeat(5_000),
      `${id}%00`,
      `%20${id}`,
      `${id}%20`,
      `${id};v=1`,
      '00000000-0000-0000-0000-000000000000',
      `${id.slice(0, 14)}4${id.slice(15)}`,
      `${id.slice(0, 35)}g`,
      encodeURIComponent(`${id}' OR '1'='1`),
      '%ED%95%9C',
      '%FF',
      '..',
      '.',
    ];
    for (const other of others) {
      const answer = await user.bearer.read(other);
      expect(answer.status, other).toBeGreaterThanOrEqual(400);
      expect(answer.status, other).toBeLessThan(500);
      expect(answer.problem, other).toBe(other.startsWith('.') ? answer.problem : 'not-found');
    }
  });

  test('accounts have rules of their own', async () => {
    const refused: [object, string][] = [
      [{ username: 'ab', password: newPassword() }, 'username'],
      [{ username: `a${'b'.repeat(32)}`, password: newPassword() }, 'username'],
      [{ username: 'Mina', password: newPassword() }, 'username'],
      [{ username: '1mina', password: newPassword() }, 'username'],
      [{ username: 'mina minor', password: newPassword() }, 'username'],
      [{ username: 'mïna', password: newPassword() }, 'username'],
      [{ username: "mina'--", password: newPassword() }, 'username'],
      [{ username: newUsername(), password: 'seven77' }, 'password'],
      [{ username: newUsername(), password: 'x'.repeat(129) }, 'password'],
      [{ username: newUsername(), password: 12_345_678 }, 'password'],
      [{ username: newUsername() }, 'password'],
      [{ password: newPassword() }, 'username'],
      [{ username: newUsername(), password: newPassword(), admin: true }, 'admin'],
    ];
    for (const [body, field] of refused) {
      const answer = await send(server(), jsonRequest('POST', '/api/v1/accounts', body));
      expect(answer.problem, JSON.stringify(body)).toBe('validation');
      expect(answer.fields).toEqual([field]);
    }
    const taken = { username: user.username, password: newPassword() };
    const answer = await send(server(), jsonRequest('POST', '/api/v1/accounts', taken));
    expect(answer.problem).toBe('username-taken');
    await signUp(server(), `a.b_c-9${newUsername()}`, '여덟글자암호이다');
  });
});
