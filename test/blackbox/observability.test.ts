import { beforeAll, expect, test } from 'vitest';
import {
  kRandomId,
  newKey,
  newPassword,
  secretText,
  signUp,
  type User,
} from '../support/client.js';
import { exchange } from '../support/http.js';
import { type Family, parseMetrics, total } from '../support/prometheus.js';
import { describeStores, serverFor, suite } from '../support/suite.js';
import { until } from '../support/wait.js';

suite(import.meta.url);

describeStores('seen from outside', (kind) => {
  const server = serverFor(kind, { flags: ['--access-log', 'all', '--region', 'ap-test-1'] });
  let user: User;
  beforeAll(async () => {
    user = await signUp(server());
  });
  const metrics = async (): Promise<Map<string, Family>> => {
    const answer = await exchange(server().metrics, { method: 'GET', path: '/metrics' });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    return parseMetrics(answer.text);
  };

  test('the log is JSON, line by line, and carries the request', async () => {
    const id = `trace-${newKey()}`;
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const amazon = 'Root=1-67891233-abcdef012345678912345678';
    await user.bearer.create(
      { title: secretText() },
      {
        'X-Request-Id': id,
        traceparent: parent,
        'X-Amzn-Trace-Id': amazon,
      },
    );
    const line = await until('the request is logged', 5_000, () =>
      server()
        .log()
        .find((each) => each.request_id === id),
    );
    expect(line).toMatchObject({ method: 'POST', status: 201, region: 'ap-test-1' });
    const text = JSON.stringify(line);
    expect(text).toContain('0af7651916cd43dd8448eb211c80319c');
    expect(text).toContain(amazon);
    for (const each of server().log()) {
      expect(each).toHaveProperty('event');
      expect(Object.keys(each)).toEqual(expect.arrayContaining(['time', 'level']));
    }
  });

  test('what a client sends cannot forge a log line', async () => {
    const before = server().log().length;
    await user.bearer.get('/api/v1/x%0a{"event":"forged"}', {
      'User-Agent': 'x"}\t{"event":"forged"',
      'X-Amzn-Trace-Id': '"}{"event":"forged"',
    });
    await until('the request is logged', 5_000, () => server().log().length > before);
    expect(
      server()
        .log()
        .filter(({ event }) => event === 'forged'),
    ).toEqual([]);
  });

  test('neither memo text nor queries nor secrets are logged', async () => {
    const text = secretText();
    const memo = await user.bearer.created({ title: text, content: secretText() });
    await user.bearer.list({ q: text });
    await user.bearer.create({ title: secretText().repeat(20) });
    await user.bearer.create(`{"title":"${secretText()}"`);
    await user.bearer.get(`/api/v1/${secretText()}`, { Authorization: `Bearer ${secretText()}` });
    await user.bearer.patch(memo.id, { title: secretText() }, { 'If-Match': '"9"' });
    await user.bearer.import(`{"title":"${secretText()}","x":}\n`);
    const guess = { username: user.username, password: newPassword() };
    await user.bearer.sendJson('POST', '/api/v1/session', guess);
    const end = `end-${newKey()}`;
    await user.bearer.get('/api/v1/info', { 'X-Request-Id': end });
    await until('all of it is logged', 5_000, () =>
      server()
        .log()
        .some((each) => each.request_id === end),
    );
    // whole_run.test.ts looks for every text planted here, in the logs of all suites.
  });

  test('metrics are well-formed and count what happens', async () => {
    const before = await metrics();
    const names = [...before.keys()];
    for (const family of before.values()) {
      expect(family.help, family.name).not.toBe('');
      if (family.type === 'counter') expect(family.name).toMatch(/_total$/);
    }
    const requests = names.find((name) => /requests_total$/.test(name));
    const durations = names.find((name) =>
      /request_(duration_)?seconds$|duration_seconds$/.test(name),
    );
    expect(requests, names.join(' ')).toBeDefined();
    expect(durations, names.join(' ')).toBeDefined();
    for (let i = 0; i < 10; i++) await user.bearer.created({ title: 'counted' });
    await user.bearer.read(kRandomId);
    const after = await metrics();
    const moved = (name: string, labels = {}): number =>
      total(after, name, labels) - total(before, name, labels);
    expect(moved(requests ?? '')).toBeGreaterThanOrEqual(11);
    expect(moved(`${durations}_count`)).toBeGreaterThanOrEqual(11);
    const series = after.get(requests ?? '')?.samples ?? [];
    const routes = new Set(series.map(({ labels }) => labels.route));
    for (const route of routes) expect(route).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
  });

  test('unknown paths and methods do not make new series', async () => {
    const size = async (): Promise<number> =>
      [...(await metrics()).values()].reduce((sum, { samples }) => sum + samples.length, 0);
    await user.bearer.get('/x-0');
    await user.bearer.send('BREW', '/api/v1/memos');
    const before = await size();
    for (let i = 1; i < 50; i++) await user.bearer.get(`/x-${i}`);
    for (const method of ['MKCOL', 'LOCK', 'REPORT'])
      await user.bearer.send(method, '/api/v1/memos');
    expect(await size()).toBeLessThanOrEqual(before + 2);
  });

  test('the metrics port serves metrics only, and the service port does not', async () => {
    expect((await user.bearer.get('/metrics')).status).toBe(404);
    for (const path of ['/api/v1/memos', '/livez', '/', '/debug']) {
      const answer = await exchange(server().metrics, {
        method: 'GET',
        path,
        headers: user.bearer.credentials,
      });
      expect(answer.status, path).toBe(404);
    }
  });

  test('Server-Timing is well-formed and names the time, the region and the instance', async () => {
    const answer = await user.bearer.get('/api/v1/memos');
    const metric = /^([A-Za-z]+)(;(dur=\d+(\.\d+)?|desc="[^"\\]*"))*$/;
    const parts = String(answer.headers['server-timing']).split(', ');
    for (const part of parts) expect(part).toMatch(metric);
    expect(parts[0]).toMatch(/^app;dur=/);
    expect(parts).toContain('region;desc="ap-test-1"');
  });
});
