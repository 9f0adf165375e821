import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { secretText, signUp, type User } from '../support/client.js';
import { MemoServer } from '../support/memo.js';
import { checkRaw, RawConnection, rawExchange } from '../support/raw.js';
import { scratchDirectory } from '../support/run.js';
import { suite } from '../support/suite.js';
import { pause } from '../support/wait.js';

suite(import.meta.url);

const kResidentKibMax = 64 * 1024;
const kHost = 'Host: memo.test\r\n';

let server: MemoServer;
let user: User;
let auth: string;
const lines = (...each: string[]): string => each.join('\r\n') + '\r\n\r\n';

beforeAll(async () => {
  server = await MemoServer.start();
  user = await signUp(server);
  auth = `Authorization: Bearer ${user.token}\r\n`;
});
afterAll(async () => {
  expect((await server.stop()).code).toBe(0);
});

/** After an attack nothing has changed, the process lives, and its memory is bounded. */
async function expectUnharmed(before: unknown): Promise<void> {
  expect(server.process.isRunning).toBe(true);
  expect(await user.bearer.exported()).toEqual(before);
  expect(server.residentKib()).toBeLessThan(kResidentKibMax);
}

const post = (headers: string, body = ''): string =>
  `POST /api/v1/memos HTTP/1.1\r\n${kHost}${auth}Content-Type: application/json\r\n${headers}\r\n${body}`;
const kBody = '{"title":"smuggled"}';
const kLength = `Content-Length: ${kBody.length}\r\n`;
const kChunked = 'Transfer-Encoding: chunked\r\n';
const kChunk = `${kBody.length.toString(16)}\r\n${kBody}\r\n0\r\n\r\n`;
const kInner = (): string => post(kLength, kBody);

describe('messages that a proxy might read differently', () => {
  const shapes: [string, () => string][] = [
    ['length and chunked', () => post(`${kLength}${kChunked}`, kChunk)],
    ['chunked and length', () => post(`${kChunked}Content-Length: 4\r\n`, kChunk)],
    ['two lengths', () => post(`${kLength}Content-Length: 0\r\n`, kBody)],
    ['a list of lengths', () => post(`Content-Length: ${kBody.length}, 0\r\n`, kBody)],
    ['a negative length', () => post('Content-Length: -1\r\n', kBody)],
    ['a signed length', () => post(`Content-Length: +${kBody.length}\r\n`, kBody)],
    ['a hexadecimal length', () => post('Content-Length: 0x14\r\n', kBody)],
    ['a length of letters', () => post('Content-Length: ten\r\n', kBody)],
    ['an empty length', () => post('Content-Length: \r\n', kBody)],
    ['a length that overflows', () => post('Content-Length: 18446744073709551636\r\n', kBody)],
    ['a space before the colon', () => post(`Content-Length : ${kBody.length}\r\n`, kBody)],
    ['a header without a colon', () => post(`Nonsense\r\n${kLength}`, kBody)],
    ['a header without a name', () => post(`: value\r\n${kLength}`, kBody)],
    ['NUL in a header value', () => post(`X-Nul: a\0b\r\n${kLength}`, kBody)],
    ['NUL in a header name', () => post(`X-N\0ul: a\r\n${kLength}`, kBody)],
    ['a bare CR in a header', () => post(`X-Cr: a\rb\r\n${kLength}`, kBody)],
    ['bare line feeds', () => post(kLength, kBody).replaceAll('\r\n', '\n')],
    ['an unknown transfer coding', () => post('Transfer-Encoding: gzip, chunked\r\n', kChunk)],
    ['chunked twice', () => post('Transfer-Encoding: chunked, chunked\r\n', kChunk)],
    ['chunked not last', () => post('Transfer-Encoding: chunked, identity\r\n', kChunk)],
    ['an obscured transfer coding', () => post('Transfer-Encoding: xchunked\r\n', kChunk)],
    ['a chunk size of letters', () => post(kChunked, `zz\r\n${kBody}\r\n0\r\n\r\n`)],
    ['a negative chunk size', () => post(kChunked, `-1\r\n${kBody}\r\n0\r\n\r\n`)],
    ['a prefixed chunk size', () => post(kChunked, `0x14\r\n${kBody}\r\n0\r\n\r\n`)],
    ['a chunk size that overflows', () => post(kChunked, `1${'0'.repeat(16)}\r\n${kBody}\r\n`)],
    ['an empty chunk size', () => post(kChunked, `\r\n${kBody}\r\n0\r\n\r\n`)],
    ['a chunk longer than it says', () => post(kChunked, `5\r\n${kBody}\r\n0\r\n\r\n`)],
    ['no version', () => `GET /api/v1/memos\r\n${kHost}\r\n`],
    ['another version', () => `GET /api/v1/memos HTTP/9.9\r\n${kHost}\r\n`],
    ['a version of letters', () => `GET /api/v1/memos HTTP/x.y\r\n${kHost}\r\n`],
    ['a space in the target', () => `GET /api/v1/ memos HTTP/1.1\r\n${kHost}\r\n`],
    ['a control character in the target', () => `GET /api/v1/\x01 HTTP/1.1\r\n${kHost}\r\n`],
    ['NUL in the target', () => `GET /api/v1/\0memos HTTP/1.1\r\n${kHost}\r\n`],
    ['NUL in the method', () => `G\0ET /api/v1/memos HTTP/1.1\r\n${kHost}\r\n`],
    ['no host', () => 'GET /api/v1/memos HTTP/1.1\r\n\r\n'],
    ['two hosts', () => `GET /api/v1/memos HTTP/1.1\r\n${kHost}Host: other\r\n\r\n`],
    ['the preface of HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a TLS greeting', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.padEnd(600, '\x00')],
    ['noise', () => '\xff\xfe\xfd'.repeat(100) + '\r\n\r\n'],
  ];

  test.each(shapes)('%s: refused, and what follows is not read', async (_, shape) => {
    const before = await user.bearer.exported();
    const bytes = Buffer.from(shape() + kInner(), 'latin1');
    const { responses, closed } = await rawExchange(server, bytes);
    expect(closed).toBe(true);
    expect(responses.length).toBeLessThanOrEqual(1);
    for (const response of responses) {
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      expect(checkRaw(response, { method: 'POST', path: '/api/v1/memos' }).problem).toBeDefined();
    }
    await expectUnharmed(before);
  });

  test('an obsolete fold is refused or read as a space, and nothing else', async () => {
    const folded = [
      post(`X-Folded: a\r\n b\r\n${kLength}`, kBody),
      post(`Content-Length:\r\n ${kBody.length}\r\n`, kBody),
    ];
    for (const request of folded) {
      const bytes = request + `GET /livez HTTP/1.1\r\n${kHost}Connection: close\r\n\r\n`;
      const { responses } = await rawExchange(server, bytes);
      const statuses = responses.map(({ status }) => status);
      expect([[400], [201, 200]]).toContainEqual(statuses);
    }
  });

  test('a well-formed chunked body is read, extensions and trailers included', async () => {
    const body =
      `5;name="v;w"\r\n{"tit\r\n${(kBody.length - 5).toString(16).toUpperCase()}\r\n` +
      `${kBody.slice(5)}\r\n000\r\nX-Trailer: x\r\n\r\n`;
    const { responses } = await rawExchange(server, post(kChunked, body), { count: 1 });
    expect(responses[0]?.status).toBe(201);
  });

  test('a trailer is not taken for a header', async () => {
    const before = await user.bearer.exported();
    const anonymous = post(kChunked, '').replace(auth, '');
    for (const trailer of [auth, 'Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n']) {
      const body = `${kBody.length.toString(16)}\r\n${kBody}\r\n0\r\n${trailer}\r\n`;
      const { responses } = await rawExchange(server, anonymous + body, { count: 1 });
      expect([400, 401], trailer).toContain(responses[0]?.status);
    }
    await expectUnharmed(before);
  });

  test('an interim answer is given to who waits for one', async () => {
    const connection = await RawConnection.open(server);
    connection.write(post(`Expect: 100-continue\r\n${kLength}`));
    const interim = await connection.response();
    expect(interim?.status).toBe(100);
    connection.write(kBody);
    expect((await connection.response())?.status).toBe(201);
    connection.close();
  });
});

describe('sizes', () => {
  test('headers over the limit are 431, wherever they are long', async () => {
    const before = await user.bearer.exported();
    const requests = [
      `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n${kHost}\r\n`,
      `GET /api/v1/memos HTTP/1.1\r\n${kHost}X-Long: ${'a'.repeat(100_000)}\r\n\r\n`,
      `GET /api/v1/memos HTTP/1.1\r\n${kHost}${'a'.repeat(100_000)}: x\r\n\r\n`,
      `GET /api/v1/memos HTTP/1.1\r\n${kHost}${'X-Many: x\r\n'.repeat(10_000)}\r\n`,
      `GET /api/v1/memos HTTP/1.1\r\n${kHost}Cookie: ${'a=b; '.repeat(20_000)}\r\n\r\n`,
    ];
    for (const request of requests) {
      const { responses, closed } = await rawExchange(server, request);
      const [response] = responses;
      expect(response?.status, request.slice(0, 60)).toBe(431);
      if (response !== undefined) {
        const path = '/api/v1/memos';
        expect(checkRaw(response, { method: 'GET', path }).problem).toBe('headers-too-large');
      }
      expect(closed).toBe(true);
    }
    await expectUnharmed(before);
  });

  test('a body over 64 KiB is 413 at once, without reading it', async () => {
    const before = await user.bearer.exported();
    const announced = post('Content-Length: 65537\r\n');
    const huge = post('Content-Length: 9999999999999\r\n');
    const expecting = post('Expect: 100-continue\r\nContent-Length: 65537\r\n');
    const chunked = post(kChunked, `10001\r\n${'x'.repeat(0x10001)}`);
    const announcedChunk = post(kChunked, '7fffffff\r\n{');
    for (const request of [announced, huge, expecting, chunked, announcedChunk]) {
      const { responses, closed } = await rawExchange(server, request);
      const [response] = responses;
      expect(response?.status, request.slice(-60)).toBe(413);
      if (response !== undefined) {
        const answer = checkRaw(response, { method: 'POST', path: '/api/v1/memos' });
        expect(answer.problem).toBe('too-large');
      }
      expect(closed).toBe(true);
    }
    await expectUnharmed(before);
  });

  test('a client that never stops sending does not fill the memory', async () => {
    const before = await user.bearer.exported();
    const connection = await RawConnection.open(server);
    connection.write(post(kChunked));
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    for (let i = 0; i < 2_000 && !connection.isClosed; i++) {
      connection.write(chunk);
      await pause(0);
    }
    const responses = await connection.responsesUntilClosed();
    expect(responses.map(({ status }) => status)).toEqual([413]);
    await expectUnharmed(before);
  });
});

describe('paths', () => {
  let site: MemoServer;
  const secret = secretText();
  beforeAll(async () => {
    const directory = scratchDirectory('web');
    const web = join(directory, 'public');
    mkdirSync(join(web, 'assets'), { recursive: true });
    writeFileSync(join(web, 'index.html'), '<!doctype html><title>the page</title>');
    writeFileSync(join(web, 'assets', 'app-1a2b3c4d.js'), 'export {};');
    writeFileSync(join(directory, 'secret.txt'), secret);
    site = await MemoServer.start({ flags: ['--web', web] });
  });
  afterAll(() => site.stop());

  test('pages are served, with a policy that keeps scripts out', async () => {
    for (const path of ['/', '/index.html']) {
      const { responses } = await rawExchange(site, `GET ${path} HTTP/1.1\r\n${kHost}\r\n`, {
        count: 1,
      });
      expect(responses[0]?.status).toBe(200);
      expect(responses[0]?.body.toString()).toContain('the page');
      const policy = String(responses[0]?.headers['content-security-policy']);
      expect(policy).toMatch(/default-src '(none|self)'/);
      expect(policy).not.toContain('unsafe');
    }
    const script = `GET /assets/app-1a2b3c4d.js HTTP/1.1\r\n${kHost}\r\n`;
    const { responses } = await rawExchange(site, script, { count: 1 });
    expect(responses[0]?.headers['content-type']).toMatch(/^text\/javascript/);
  });

  const escapes = [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/.%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%252e%252e/secret.txt',
    '/..;/secret.txt',
    '/%c0%ae%c0%ae/secret.txt',
    '//secret.txt',
    '/../secret.txt%00.html',
    '/index.html%00',
    '/./../secret.txt',
    '//etc/passwd',
    '/../../../../../../../../etc/passwd',
    '/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
    'http://memo.test/../secret.txt',
    '/assets',
    '/assets/',
    '/api/v1/%2e%2e/%2e%2e/secret.txt',
  ];
  test.each(escapes)('%s leads nowhere', async (path) => {
    const request = `GET ${path} HTTP/1.1\r\n${kHost}Connection: close\r\n\r\n`;
    const { responses } = await rawExchange(site, request);
    for (const { status, body } of responses) {
      expect(status).toBeLessThan(500);
      expect(body.toString()).not.toContain(secret);
      expect(body.toString()).not.toContain('root:');
      if (status === 200) expect(body.toString()).toContain('the page');
    }
  });

  test('the absolute form of a target is understood', async () => {
    const request = `GET http://memo.test/api/v1/info HTTP/1.1\r\n${kHost}\r\n`;
    const { responses } = await rawExchange(server, request, { count: 1 });
    expect(responses[0]?.status).toBe(200);
  });

  test('CONNECT and an asterisk are no targets', async () => {
    for (const line of ['CONNECT memo.test:443', 'GET *', 'GET memos', 'GET ?q=x', 'GET \\x']) {
      const { responses } = await rawExchange(
        server,
        lines(`${line} HTTP/1.1`, 'Host: memo.test', 'Connection: close'),
      );
      for (const { status } of responses) {
        expect(status, line).toBeGreaterThanOrEqual(400);
        expect(status, line).toBeLessThan(500);
      }
    }
  });
});

describe('connections', () => {
  test('a thousand pipelined requests are answered in order', async () => {
    const before = await user.bearer.exported();
    const count = 1_000;
    const requests = Array.from({ length: count }, (_, i) =>
      i % 2 === 0
        ? `GET /api/v1/memos?limit=1 HTTP/1.1\r\n${kHost}${auth}X-Request-Id: n${i}\r\n\r\n`
        : `GET /api/v1/info HTTP/1.1\r\n${kHost}X-Request-Id: n${i}\r\n\r\n`,
    );
    const { responses } = await rawExchange(server, requests.join(''), { count });
    expect(responses.map(({ headers }) => headers['x-request-id'])).toEqual(
      requests.map((_, i) => `n${i}`),
    );
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    await expectUnharmed(before);
  });

  test('pipelined writes are carried out in order', async () => {
    const { id } = await user.bearer.created({ title: 'v1' });
    const requests = Array.from({ length: 50 }, (_, i) => {
      const body = `{"title":"v${i + 2}"}`;
      return (
        `PATCH /api/v1/memos/${id} HTTP/1.1\r\n${kHost}${auth}Content-Type: application/json\r\n` +
        `If-Match: "${i + 1}"\r\nContent-Length: ${body.length}\r\n\r\n${body}`
      );
    });
    const { responses } = await rawExchange(server, requests.join(''), { count: 50 });
    expect(responses.map(({ headers }) => headers.etag)).toEqual(
      requests.map((_, i) => `"${i + 2}"`),
    );
  });

  test('a request cut anywhere and continued is read whole', async () => {
    const bytes = Buffer.from(post(kLength, kBody));
    for (let cut = 1; cut < bytes.length; cut += 37) {
      const connection = await RawConnection.open(server);
      connection.socket.setNoDelay(true);
      connection.write(bytes.subarray(0, cut));
      await pause(5);
      connection.write(bytes.subarray(cut));
      expect((await connection.response())?.status, `cut at ${cut}`).toBe(201);
      connection.close();
    }
  });

  describe('that take too long', () => {
    let impatient: MemoServer;
    beforeAll(async () => {
      const flags = ['--header-timeout', '2s', '--idle-timeout', '3s'];
      impatient = await MemoServer.start({ flags });
    });
    afterAll(() => impatient.stop());

    test('a client that trickles its headers or its body is cut off', async () => {
      const starts = [
        'GET /api/v1/memos HTTP/1.1\r\nX-Slow: ',
        post('Content-Length: 60000\r\n', '{'),
      ];
      await Promise.all(
        starts.map(async (start) => {
          const connection = await RawConnection.open(impatient);
          connection.write(start);
          const started = Date.now();
          while (!connection.isClosed && Date.now() - started < 45_000) {
            connection.write('a');
            await pause(200);
          }
          expect(connection.isClosed, start.slice(0, 20)).toBe(true);
          connection.close();
        }),
      );
    }, 60_000);

    test('a silent connection is closed, a used one after its time', async () => {
      const silent = await RawConnection.open(impatient);
      const used = await RawConnection.open(impatient);
      used.write(`GET /livez HTTP/1.1\r\n${kHost}\r\n`);
      expect((await used.response())?.status).toBe(200);
      for (const connection of [silent, used]) {
        expect(await connection.response(15_000)).toBeUndefined();
        connection.close();
      }
    });
  });

  test('a client that leaves in the middle harms nobody', async () => {
    const before = await user.bearer.exported();
    for (let i = 0; i < 100; i++) {
      const connection = await RawConnection.open(server);
      connection.write(i % 2 === 0 ? post(kLength, kBody.slice(0, 5)) : 'GET /api/v1/export HT');
      connection.close();
    }
    await expectUnharmed(before);
  });

  test('HTTP/1.0 is answered and closed', async () => {
    const { responses, closed } = await rawExchange(server, `GET /livez HTTP/1.0\r\n\r\n`);
    expect(responses.map(({ status }) => status)).toEqual([200]);
    expect(closed).toBe(true);
  });

  test('an export over HTTP/1.0 comes without chunks', async () => {
    const connection = await RawConnection.open(server);
    connection.write(`GET /api/v1/export HTTP/1.0\r\n${auth}\r\n`);
    const text = await connection.textUntilClosed();
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).not.toMatch(/transfer-encoding/i);
    const body = text.slice(text.indexOf('\r\n\r\n') + 4);
    const lines = body.split('\n').slice(0, -1);
    const memos = await user.bearer.exported();
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(memos);
  });
});
