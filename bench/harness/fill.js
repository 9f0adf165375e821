// Data for the benchmark: 64 accounts and 100,000 memos of about 200 bytes, the same for every
// server, and the sessions to ask for them with.
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server } from './servers.js';
import { kDatabase } from './mariadb.js';

export const kAccounts = 64;
export const kMemos = 100_000;
const kPerAccount = Math.ceil(kMemos / kAccounts);
const kFirstCreated = 1_750_000_000_000;
const kText = '우유와 달걀을 사기. A memo of the usual length, with a few words in it that somebody ' +
  'wrote in a hurry and will look for again next week, when it is nearly too late.';

export const accountName = (i) => `bench-${String(i).padStart(2, '0')}`;

/** Signs the accounts up through the API, as any client would. */
async function signUp(server) {
  const sessions = [];
  for (let i = 0; i < kAccounts; i += 1) {
    const answer = await fetch(`${server.url}/api/v1/accounts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: accountName(i), password: 'benchmark only' }),
    });
    const body = await answer.json();
    if (answer.status !== 201) throw new Error(`sign-up: ${answer.status} ${JSON.stringify(body)}`);
    sessions.push({ username: accountName(i), token: body.token, memos: [] });
  }
  return sessions;
}

/** Memo number n belongs to account n mod 64; ids are UUIDv7 in the order of n. */
const kLoad = `
USE ${kDatabase};
INSERT INTO memo (account_id, id, title, content, pinned, state, version, created_at, updated_at,
                  deleted_at)
SELECT a.id,
       UNHEX(CONCAT(LPAD(HEX(${kFirstCreated} + s.seq), 12, '0'), '7', SUBSTR(MD5(s.seq), 1, 3),
                    '8', SUBSTR(MD5(s.seq), 4, 15))),
       CONCAT('Memo ', s.seq), CONCAT('${kText} ', s.seq), 0, 0, 1,
       ${kFirstCreated} + s.seq, ${kFirstCreated} + s.seq, 0
FROM seq_0_to_${kMemos - 1} s
JOIN (SELECT id, ROW_NUMBER() OVER (ORDER BY username) - 1 AS n FROM account
      WHERE username LIKE 'bench-%') a ON a.n = s.seq MOD ${kAccounts}
ORDER BY 1, 2;
ANALYZE TABLE memo;
`;

function canonical(hex) {
  return hex.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A session as the peers understand it. */
function peerToken(account, secret) {
  const claims = `${account}.${Math.floor(Date.now() / 1000) + 86_400}`;
  return `${claims}.${createHmac('sha256', secret).update(claims).digest('base64url')}`;
}

/** Writes the file that the wrk scripts read. */
function writeSessions(file, sessions) {
  const lines = sessions.map((one) => `session ${one.token}`);
  sessions.forEach((one, i) => lines.push(...one.memos.map((id) => `memo ${i + 1} ${id}`)));
  writeFileSync(file, `${lines.join('\n')}\n`);
}

/** Starts a server for `use` and stops it; a server that ends by itself says why. */
async function withServer(name, around, use) {
  const server = await Server.start(name, around);
  try {
    return await use(server);
  } catch (error) {
    throw new Error(`${name}: ${(await server.obituary()) ?? error.message}`, { cause: error.cause });
  } finally {
    await server.stop();
  }
}

/** Fills MariaDB; returns sessions by kind of token, each with the file for wrk. */
export async function fillMariaDb(around) {
  return loadMemos(around, await withServer('memo', around, signUp));
}

/** Adds the memos of accounts that exist already. */
export async function loadMemos(around, sessions) {
  await around.database.sql(kLoad);
  const byName = new Map(sessions.map((one) => [one.username, one]));
  const rows = await around.database.sql(
    `SELECT a.username, a.id, HEX(m.id) FROM ${kDatabase}.memo m
     JOIN ${kDatabase}.account a ON a.id = m.account_id`,
  );
  for (const row of rows.trim().split('\n')) {
    const [username, account, id] = row.split('\t');
    const session = byName.get(username);
    session.account = account;
    session.memos.push(canonical(id));
  }
  const forPeers = sessions.map((one) => ({
    ...one, token: peerToken(one.account, around.sessionSecret),
  }));
  return {
    memo: keep(around, 'mariadb-memo', sessions), peer: keep(around, 'mariadb-peer', forPeers),
  };
}

function keep(around, word, sessions) {
  const file = join(around.directory, `${word}.sessions`);
  writeSessions(file, sessions);
  return { file, sessions };
}

/** Fills the SQLite file through import, and reads the ids back from an export. */
export async function fillSqlite(around) {
  const sessions = await withServer('memo-sqlite', around, async (server) => {
    const signedUp = await signUp(server);
    for (const session of signedUp) await fillAccount(server, session);
    return signedUp;
  });
  return { memo: keep(around, 'sqlite-memo', sessions) };
}

async function fillAccount(server, session) {
  const headers = { Authorization: `Bearer ${session.token}` };
  const line = (_, i) => JSON.stringify({ title: `Memo ${i}`, content: `${kText} ${i}` });
  const answer = await fetch(`${server.url}/api/v1/import`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/jsonl' },
    body: `${Array.from({ length: kPerAccount }, line).join('\n')}\n`,
  });
  const report = await answer.json();
  if (report.imported !== kPerAccount) throw new Error(`import: ${JSON.stringify(report)}`);
  const exported = await fetch(`${server.url}/api/v1/export`, { headers });
  const text = await exported.text();
  session.memos = text.trim().split('\n').map((one) => JSON.parse(one).id);
}
