// Memos in MariaDB. `execute` prepares each statement once per connection.
import { readFileSync } from 'node:fs';
import mysql from 'mysql2/promise';
import { formatId } from './id.js';

const kPoolSize = 64;
const kColumns = 'id, title, content, pinned, state, version, created_at, updated_at, deleted_at';
const kGet = `SELECT ${kColumns} FROM memo WHERE account_id = ? AND id = ?`;
const kList =
  'SELECT id, title, LEFT(content, 200) AS excerpt, pinned, state, version, created_at,' +
  ' updated_at, deleted_at FROM memo WHERE account_id = ? AND id < ? AND state = 0' +
  ' ORDER BY id DESC LIMIT ?';
const kInsertMemo =
  `INSERT INTO memo (account_id, ${kColumns}) VALUES (?, ?, ?, ?, ?, 0, 1, ?, ?, 0)`;
const kInsertKey =
  'INSERT INTO idempotency (account_id, key_hash, request_hash, created_at, receipt)' +
  ' VALUES (?, ?, ?, ?, ?)';
const kFindKey =
  'SELECT request_hash, receipt FROM idempotency WHERE account_id = ? AND key_hash = ?';

export class KeyReused extends Error {}

const time = (millis) => new Date(millis).toISOString();

function toMemo(row) {
  const memo = {
    id: formatId(row.id), title: row.title, pinned: row.pinned !== 0,
    state: row.state === 0 ? 'active' : 'trashed', version: row.version,
    created_at: time(row.created_at), updated_at: time(row.updated_at),
    deleted_at: row.deleted_at === 0 ? null : time(row.deleted_at),
  };
  if (row.content === undefined) memo.excerpt = row.excerpt;
  else memo.content = row.content;
  return memo;
}

class Store {
  constructor(pool) {
    this.pool = pool;
  }

  async get(account, id) {
    const [rows] = await this.pool.execute(kGet, [account, id]);
    return rows.length === 0 ? undefined : toMemo(rows[0]);
  }

  /** Up to `limit` active memos older than `before`, newest first. */
  async list(account, before, limit) {
    const [rows] = await this.pool.execute(kList, [account, before, limit]);
    return rows.map(toMemo);
  }

  /**
   * Stores a memo and its idempotency record in one transaction. For a repeat it changes nothing
   * and returns the first answer.
   */
  async create({ account, id, title, content, pinned, now, key, request, answer }) {
    const connection = await this.pool.getConnection();
    try {
      await connection.beginTransaction();
      try {
        await connection.execute(kInsertKey, [account, key, request, now, answer]);
      } catch (error) {
        if (error.code !== 'ER_DUP_ENTRY') throw error;
        const earlier = await earlierAnswer(connection, account, key, request);
        await connection.rollback();
        return earlier;
      }
      await connection.execute(kInsertMemo, [account, id, title, content, pinned, now, now]);
      await connection.commit();
      return undefined;
    } catch (error) {
      await connection.rollback().catch(() => connection.destroy());
      throw error;
    } finally {
      connection.release();
    }
  }

  close() {
    return this.pool.end();
  }
}

async function earlierAnswer(connection, account, key, request) {
  const [rows] = await connection.execute(kFindKey, [account, key]);
  if (!rows[0].request_hash.equals(request)) throw new KeyReused();
  return rows[0].receipt.toString();
}

/** Opens the database that the environment names; its certificate and name are verified. */
export function openStore(env) {
  return new Store(
    mysql.createPool({
      host: env.DB_HOST, port: Number(env.DB_PORT), user: env.DB_USER, password: env.DB_PASSWORD,
      database: env.DB_NAME, charset: 'utf8mb4',
      ssl: { ca: readFileSync(env.DB_CA), verifyIdentity: true },
      connectionLimit: kPoolSize, maxIdle: kPoolSize,
    }),
  );
}
