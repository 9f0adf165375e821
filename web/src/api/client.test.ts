import { describe, expect, it, vi } from 'vitest';
import { ApiClient, readDuration, readRetryAfter } from './client.ts';

function answering(body: string, init: ResponseInit) {
  const requests: { url: string; init: RequestInit }[] = [];
  // A response without content must have no body at all.
  const content = init.status === 204 ? null : body;
  const client = new ApiClient((url, asked) => {
    requests.push({ url: String(url), init: asked ?? {} });
    return Promise.resolve(new Response(content, init));
  });
  return { client, requests };
}

const problem = (status: number, kind: string) =>
  answering(JSON.stringify({ type: `/problems/${kind}`, title: kind, status }), { status });

describe('ApiClient', () => {
  it('sends the key, the version and the token with a write', async () => {
    const { client, requests } = answering('{}', { status: 200 });
    client.csrfToken = 'token';
    await client.send({
      method: 'PUT',
      path: '/memos/1',
      body: { title: 'a' },
      ifMatch: 3,
      idempotencyKey: 'key',
    });
    expect(requests[0]?.url).toBe('/api/v1/memos/1');
    expect(requests[0]?.init.headers).toMatchObject({
      'Content-Type': 'application/json',
      'If-Match': '"3"',
      'Idempotency-Key': 'key',
      'X-CSRF-Token': 'token',
    });
  });

  it('tells who answered', async () => {
    const headers = {
      'X-Scv-Region': 'ap-northeast-2',
      'X-Scv-Instance': 'i-0abc',
      'Server-Timing': 'db;dur=1.2, total;dur=2.5',
    };
    const { client } = answering('{}', { status: 200, headers });
    let served: unknown;
    client.onServedBy = (by) => (served = by);
    await client.send({ method: 'GET', path: '/session' });
    expect(served).toEqual({ region: 'ap-northeast-2', instance: 'i-0abc', tookMs: 2.5 });
  });

  it('has an answer without content for 204', async () => {
    const { client } = answering('', { status: 204 });
    expect(await client.send({ method: 'DELETE', path: '/session' })).toMatchObject({ kind: 'ok' });
  });

  it('passes problems on', async () => {
    const answer = await problem(412, 'version-conflict').client.send({
      method: 'GET',
      path: '/x',
    });
    expect(answer).toMatchObject({ kind: 'problem', status: 412 });
  });

  it.each([
    ['a page of a gateway', 502, '<html>Bad Gateway</html>', 'unreachable'],
    ['a page of a hotel', 200, '<html>Welcome</html>', 'unreachable'],
    ['half an answer', 200, '{"id":', 'unreachable'],
    ['a firewall', 403, '<html>Forbidden</html>', 'problem'],
    ['a busy gateway', 429, '', 'unreachable'],
  ])('takes %s for what it is', async (_, status, body, kind) => {
    const { client } = answering(body, { status });
    expect((await client.send({ method: 'GET', path: '/x' })).kind).toBe(kind);
  });

  it('knows nothing when there is no network', async () => {
    const client = new ApiClient(() => Promise.reject(new TypeError('failed')));
    expect(await client.send({ method: 'GET', path: '/x' })).toEqual({
      kind: 'unreachable',
      retryAfterMs: 0,
    });
  });
});

it('waits less for what may be repeated while the service answers', async () => {
  const timeout = vi.spyOn(AbortSignal, 'timeout');
  const statuses = [200, 503, 200, 200, 200];
  const client = new ApiClient(() =>
    Promise.resolve(new Response('{}', { status: statuses.shift() ?? 200 })),
  );
  const waits = async (call: Parameters<ApiClient['send']>[0]) => {
    await client.send(call);
    return timeout.mock.lastCall?.[0];
  };
  expect(await waits({ method: 'GET', path: '/x' })).toBe(4_000);
  expect(await waits({ method: 'POST', path: '/x', idempotencyKey: 'key' })).toBe(4_000);
  expect(await waits({ method: 'GET', path: '/x' })).toBe(15_000);
  expect(await waits({ method: 'GET', path: '/x' })).toBe(4_000);
  expect(await waits({ method: 'POST', path: '/session' })).toBe(15_000);
  timeout.mockRestore();
});

it('reads Retry-After as seconds or a date', () => {
  expect(readRetryAfter('3')).toBe(3000);
  expect(readRetryAfter('Sun, 22 Nov 2026 06:00:05 GMT', Date.UTC(2026, 10, 22, 6))).toBe(5000);
  expect(readRetryAfter('soon')).toBe(0);
  expect(readRetryAfter(null)).toBe(0);
});

it('reads the duration of the whole request', () => {
  expect(readDuration('db;desc="x";dur=1, total;dur=7.5')).toBe(7.5);
  expect(readDuration('app;dur=3')).toBe(3);
  expect(readDuration('miss')).toBeNull();
});
