// Before a server is measured it must prove that it does the work: same answers as the others, and
// creates that are stored once. A fast wrong server does not get into the table.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

const memos = (server) => `${server.url}/api/v1/memos`;

async function ask(url, session, { method = 'GET', headers = {}, body } = {}) {
  const answer = await fetch(url, {
    method, body, headers: { Authorization: `Bearer ${session.token}`, ...headers },
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text && JSON.parse(text) };
}

async function checkGet(server, session, other) {
  const url = `${memos(server)}/${session.memos[7]}`;
  const got = await ask(url, session);
  assert.equal(got.status, 200);
  assert.equal(got.headers.get('etag'), '"1"');
  assert.equal(got.body.id, session.memos[7]);
  assert.match(got.body.content, /달걀/);
  const foreign = await ask(`${memos(server)}/${other.memos[7]}`, session);
  assert.equal(foreign.status, 404, "another account's memo");
  const forged = { token: `${session.token.slice(0, -4)}AAAA` };
  assert.equal((await ask(url, forged)).status, 401, 'a forged session');
  return got.body;
}

async function checkRevalidate(server, session) {
  const url = `${memos(server)}/${session.memos[7]}`;
  const same = await ask(url, session, { headers: { 'If-None-Match': '"1"' } });
  assert.equal(same.status, 304);
  assert.equal(same.body, '');
  const moved = await ask(url, session, { headers: { 'If-None-Match': '"9"' } });
  assert.equal(moved.status, 200);
  return undefined;
}

async function checkList(server, session) {
  const page = await ask(`${memos(server)}?limit=50`, session);
  assert.equal(page.status, 200);
  assert.equal(page.body.items.length, 50);
  const ids = page.body.items.map((item) => item.id);
  assert.deepEqual(ids, [...ids].sort().reverse(), 'newest first');
  const cursor = encodeURIComponent(page.body.next_cursor);
  const next = await ask(`${memos(server)}?limit=50&cursor=${cursor}`, session);
  assert.ok(next.body.items[0].id < ids[49], 'the next page goes on where this one ends');
  const whole = (await ask(`${memos(server)}/${ids[49]}`, session)).body;
  const { content, ...rest } = whole;
  const excerpt = [...content].slice(0, 200).join('');
  assert.deepEqual(page.body.items[49], { ...rest, excerpt });
  return Object.keys(page.body).sort();
}

async function checkCreate(server, session) {
  const create = (title, key) => ask(memos(server), session, {
    method: 'POST', body: JSON.stringify({ title, content: 'checked' }),
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
  });
  const key = randomUUID();
  const made = await create('once', key);
  assert.equal(made.status, 201);
  assert.equal(made.headers.get('location'), `/api/v1/memos/${made.body.id}`);
  assert.deepEqual((await ask(`${memos(server)}/${made.body.id}`, session)).body, made.body);
  const again = await create('once', key);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.deepEqual(again.body, made.body);
  assert.equal((await create('other', key)).status, 422);
  return Object.keys(made.body).sort();
}

const kChecks = {
  get: checkGet, revalidate: checkRevalidate, list: checkList, create: checkCreate,
};

/** Answers that servers on one store must have in common, by script and store. */
const agreed = new Map();

export async function check(server, script, store, sessions) {
  if (store === 'none') return;
  const answer = await kChecks[script](server, sessions[3], sessions[4]);
  const key = `${script} ${store}`;
  if (agreed.has(key)) assert.deepEqual(answer, agreed.get(key), `${server.name} answers ${key}`);
  else agreed.set(key, answer);
}
