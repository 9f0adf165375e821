import { createHash, randomBytes } from 'node:crypto';
import fastify from 'fastify';
import { formatId, newId, parseId } from './id.js';
import { accountOf } from './session.js';
import { KeyReused } from './store.js';

const kMemos = '/api/v1/memos';
const kLast = Buffer.alloc(16, 0xff);
const kPageUsual = 50;

const kText = { type: 'string' };
const kMemoFields = {
  id: kText, title: kText, pinned: { type: 'boolean' }, state: kText,
  version: { type: 'integer' }, created_at: kText, updated_at: kText,
  deleted_at: { type: 'string', nullable: true },
};
const kMemo = { type: 'object', properties: { ...kMemoFields, content: kText } };
const kPage = {
  type: 'object',
  properties: {
    items: {
      type: 'array',
      items: { type: 'object', properties: { ...kMemoFields, excerpt: kText } },
    },
    next_cursor: { type: 'string', nullable: true },
  },
};
const kCreate = {
  body: {
    type: 'object',
    required: ['title'],
    additionalProperties: false,
    properties: {
      title: { type: 'string', minLength: 1, maxLength: 200 },
      content: { type: 'string', maxLength: 20_000, default: '' },
      pinned: { type: 'boolean', default: false },
    },
  },
  headers: {
    type: 'object',
    required: ['idempotency-key'],
    properties: { 'idempotency-key': { type: 'string', minLength: 1, maxLength: 128 } },
  },
  response: { 201: kMemo },
};
const kList = {
  querystring: {
    type: 'object',
    properties: {
      limit: { type: 'integer', minimum: 1, maximum: 100, default: kPageUsual },
      cursor: kText,
    },
  },
  response: { 200: kPage },
};

const etag = (memo) => `"${memo.version}"`;

function problem(reply, status, kind) {
  return reply
    .code(status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({ type: `/problems/${kind}`, title: kind, status, request_id: reply.request.id });
}

const halfHash = (text) => createHash('sha256').update(text).digest().subarray(0, 16);

function getMemo(store) {
  return async (request, reply) => {
    const id = parseId(request.params.id);
    const memo = id && (await store.get(request.account, id));
    if (!memo) return problem(reply, 404, 'not-found');
    const tag = etag(memo);
    reply.header('ETag', tag).header('Cache-Control', 'private, no-cache');
    if (request.headers['if-none-match'] === tag) return reply.code(304).send();
    return memo;
  };
}

function listMemos(store) {
  return async (request, reply) => {
    const { limit, cursor } = request.query;
    const before = cursor === undefined ? kLast : parseId(cursor);
    if (!before) return problem(reply, 400, 'validation');
    const items = await store.list(request.account, before, limit + 1);
    const more = items.length > limit;
    if (more) items.pop();
    reply.header('Cache-Control', 'no-store');
    return { items, next_cursor: more ? items[limit - 1].id : null };
  };
}

function createMemo(store) {
  return async (request, reply) => {
    const { title, content, pinned } = request.body;
    const now = Date.now();
    const at = new Date(now).toISOString();
    const id = newId(now);
    let memo = {
      id: formatId(id), title, content, pinned, state: 'active', version: 1,
      created_at: at, updated_at: at, deleted_at: null,
    };
    try {
      const earlier = await store.create({
        account: request.account, id, title, content, pinned, now,
        key: halfHash(request.headers['idempotency-key']),
        request: halfHash(`POST\n${kMemos}\n${JSON.stringify(request.body)}`),
        answer: JSON.stringify(memo),
      });
      if (earlier) {
        reply.header('Idempotency-Replayed', 'true');
        memo = JSON.parse(earlier);
      }
    } catch (error) {
      if (error instanceof KeyReused) return problem(reply, 422, 'idempotency-key-reused');
      throw error;
    }
    return reply
      .code(201)
      .headers({
        Location: `${kMemos}/${memo.id}`, ETag: etag(memo), 'Cache-Control': 'private, no-cache',
        'Preference-Applied': 'durability=region',
      })
      .send(memo);
  };
}

export function buildApi(store, secret) {
  const api = fastify({
    bodyLimit: 64 * 1024,
    requestIdHeader: 'x-request-id',
    genReqId: () => randomBytes(8).toString('hex'),
  });
  api.decorateRequest('account', undefined);
  api.addHook('onRequest', async (request, reply) => {
    reply.header('X-Request-Id', request.id);
    if (request.url === '/livez') return undefined;
    request.account = accountOf(request.headers.authorization, secret);
    if (request.account !== undefined) return undefined;
    reply.header('WWW-Authenticate', 'Bearer');
    return problem(reply, 401, 'unauthenticated');
  });
  api.setErrorHandler((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) console.error(error);
    return problem(reply, status, status >= 500 ? 'internal' : 'validation');
  });
  api.get('/livez', async () => ({ status: 'ok' }));
  api.get(kMemos, { schema: kList }, listMemos(store));
  api.get(`${kMemos}/:id`, { schema: { response: { 200: kMemo } } }, getMemo(store));
  api.post(kMemos, { schema: kCreate }, createMemo(store));
  return api;
}
