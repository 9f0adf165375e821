// The harness must be able to say no: each of its judges is shown something wrong.
import { describe, expect, test } from 'vitest';
import { checkContract } from './contract.js';
import { Answer } from './http.js';
import { parseMetrics, total } from './prometheus.js';

describe('the reader of metrics', () => {
  const head = '# HELP a_total What it is.\n# TYPE a_total counter\n';
  const histogram = (...samples: string[]): string =>
    `# HELP h What.\n# TYPE h histogram\n${samples.join('\n')}\n`;

  test('reads names, labels, escapes and values', () => {
    const families = parseMetrics(
      `${head}a_total{x="1",y="a\\"b\\\\c\\nd"} 2\na_total{x="2"} 4e1\n`,
    );
    expect(families.get('a_total')).toMatchObject({ type: 'counter', help: 'What it is.' });
    expect(families.get('a_total')?.samples[0]?.labels.y).toBe('a"b\\c\nd');
    expect(total(families, 'a_total')).toBe(42);
    expect(total(families, 'a_total', { x: '2' })).toBe(40);
  });

  test.each([
    ['no newline at the end', `${head}a_total 1`],
    ['a sample without its family', 'b_total 1\n'],
    ['a value that is none', `${head}a_total one\n`],
    ['an empty value', `${head}a_total \n`],
    ['a label without quotes', `${head}a_total{x=1} 1\n`],
    ['a label twice', `${head}a_total{x="1",x="2"} 1\n`],
    ['a series twice', `${head}a_total{x="1"} 1\na_total{x="1"} 2\n`],
    ['a raw line end in a label', `${head}a_total{x="a\nb"} 1\n`],
    ['an unknown type', '# HELP a What.\n# TYPE a thing\na 1\n'],
    ['an empty line', `${head}\na_total 1\n`],
    [
      'buckets that shrink',
      histogram('h_bucket{le="1"} 2', 'h_bucket{le="+Inf"} 1', 'h_sum 1', 'h_count 1'),
    ],
    ['no last bucket', histogram('h_bucket{le="1"} 2', 'h_sum 1', 'h_count 2')],
    ['a count that differs', histogram('h_bucket{le="+Inf"} 2', 'h_sum 1', 'h_count 3')],
    [
      'bounds out of order',
      histogram(
        'h_bucket{le="2"} 1',
        'h_bucket{le="1"} 1',
        'h_bucket{le="+Inf"} 1',
        'h_sum 1',
        'h_count 1',
      ),
    ],
  ])('refuses %s', (_, text) => {
    expect(() => parseMetrics(text)).toThrow();
  });
});

describe('the judge of answers', () => {
  const common = {
    'content-type': 'application/json',
    'x-request-id': 'r',
    'x-scv-region': 'local',
    'x-scv-instance': 'i',
    'server-timing': 'app;dur=1',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
  const info = {
    service: 'memo',
    version: '1',
    region: 'local',
    instance: 'i',
    signup: 'open',
    durability: ['region'],
  };
  const answer = (status: number, headers: object, body: unknown, path = '/api/v1/info'): Answer =>
    new Answer(
      { method: 'GET', path },
      status,
      { ...common, ...headers },
      Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    );
  const problem = {
    type: '/problems/internal',
    title: 't',
    status: 500,
    detail: 'd',
    request_id: 'r',
  };
  const problems = { 'content-type': 'application/problem+json' };

  test('accepts what is documented', () => {
    expect(() => checkContract(answer(200, {}, info))).not.toThrow();
    expect(() => checkContract(answer(500, problems, problem))).not.toThrow();
  });

  test.each([
    ['an undocumented status', answer(418, problems, { ...problem, status: 418 })],
    ['a missing header', answer(200, { 'x-scv-region': undefined }, info)],
    ['a bad header', answer(200, { 'cache-control': 'public' }, info)],
    ['a header nobody documented', answer(200, { 'x-powered-by': 'x' }, info)],
    ['another content type', answer(200, { 'content-type': 'text/html' }, info)],
    ['a missing field', answer(200, {}, { ...info, region: undefined })],
    ['a field too many', answer(200, {}, { ...info, extra: 1 })],
    ['a problem of another status', answer(500, problems, { ...problem, status: 503 })],
    ['a problem of another request', answer(500, problems, { ...problem, request_id: 'other' })],
    [
      'a problem that does not belong there',
      answer(500, problems, { ...problem, type: '/problems/username-taken' }),
    ],
    ['a body where none belongs', answer(304, { etag: '"1"' }, 'x', '/api/v1/memos/1')],
    [
      'overload without a time to wait',
      answer(503, problems, { ...problem, type: '/problems/overloaded', status: 503 }),
    ],
    [
      'a bad line of an export',
      answer(
        200,
        { 'content-type': 'application/jsonl', 'content-disposition': 'attachment' },
        '{"id":"x"}\n',
        '/api/v1/export',
      ),
    ],
  ])('refuses %s', (_, wrong) => {
    expect(() => checkContract(wrong)).toThrow('differs from the OpenAPI document');
  });
});
