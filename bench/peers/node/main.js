// A plain peer for the benchmark: the memo API's three hottest requests as one good engineer would
// write them with fastify and mysql2, one query per request, prepared statements, a pool of 64
// connections. Same tables, same JSON, a signed session on every request, and an idempotency record
// in the same transaction as a create. It leaves out what memo does besides (Unicode normalisation,
// revocation, access log), always to its own advantage.
import { buildApi } from './api.js';
import { openStore } from './store.js';

const env = process.env;
const store = openStore(env);
const api = buildApi(store, env.SESSION_SECRET);
const colon = env.LISTEN.lastIndexOf(':');
await api.listen({ host: env.LISTEN.slice(0, colon), port: Number(env.LISTEN.slice(colon + 1)) });

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    await api.close();
    await store.close();
  });
}
