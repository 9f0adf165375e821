// Writes that wait for the other region: two real servers, one replicating from the other.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { send, signUp, type User } from '../support/client.js';
import { MariaDb, mariaDbMissing } from '../support/mariadb.js';
import { type Database, mariadbDatabase, MemoServer } from '../support/memo.js';
import { suite } from '../support/suite.js';
import { until } from '../support/wait.js';

suite(import.meta.url);

const kGlobal = { Prefer: 'durability=global' };

describe.skipIf(mariaDbMissing() !== undefined)(
  `durability: global ${mariaDbMissing() ?? ''}`,
  () => {
    let primary: MariaDb;
    let replica: MariaDb;
    let where: Database;
    let server: MemoServer;
    let user: User;

    const replicated = (name: string): Promise<string> =>
      replica.sql(`SELECT COUNT(*) FROM ${where.env.DB_NAME}.memo WHERE title = '${name}'`);

    const start = (env: { [name: string]: string } = {}): Promise<MemoServer> =>
      MemoServer.start({
        database: where,
        env: {
          DB_REPLICA_HOST: replica.address.host,
          DB_REPLICA_PORT: String(replica.address.port),
          MEMO_GLOBAL_TIMEOUT: '700ms',
          ...env,
        },
      });

    beforeAll(async () => {
      [primary, replica] = await Promise.all([MariaDb.start(), MariaDb.start()]);
      const { user: name, password, host, port, ca } = primary.address;
      await primary.sql(`GRANT REPLICATION SLAVE ON *.* TO '${name}'@'%'`);
      const position = (await primary.sql('SELECT @@GLOBAL.gtid_binlog_pos')).trim();
      await replica.sql(
        `ALTER USER '${name}'@'%' IDENTIFIED BY '${password}';` +
          `SET GLOBAL server_id = 2; SET GLOBAL read_only = 1;` +
          `RESET MASTER; SET GLOBAL gtid_slave_pos = '${position}';` +
          `CHANGE MASTER TO MASTER_HOST = '${host}', MASTER_PORT = ${port}, ` +
          `MASTER_USER = '${name}', MASTER_PASSWORD = '${password}', MASTER_SSL = 1, ` +
          `MASTER_SSL_CA = '${ca}', MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1;` +
          `START SLAVE`,
      );
      where = await mariadbDatabase(primary.address);
      server = await start();
      user = await signUp(server);
      await until('the account is there', 10_000, async () => {
        const found = await replica
          .sql(`SELECT COUNT(*) FROM ${where.env.DB_NAME}.account`)
          .catch(() => '0');
        return found.trim() === '1' ? true : undefined;
      });
    });
    afterAll(async () => {
      replica.thaw();
      await server.stop();
      await Promise.all([primary.stop(), replica.stop()]);
    });

    test('is offered, and an acknowledged write is in both databases', async () => {
      const info = await send(server, { method: 'GET', path: '/api/v1/info' });
      expect(info.json<{ durability: string[] }>().durability).toEqual(['region', 'global']);
      for (let i = 0; i < 20; i++) {
        const answer = await user.bearer.create({ title: `both ${i}` }, kGlobal);
        expect(answer.status).toBe(201);
        expect(answer.headers['preference-applied']).toBe('durability=global');
        expect((await replicated(`both ${i}`)).trim()).toBe('1');
      }
      const near = await user.bearer.create({ title: 'near' });
      expect(near.headers['preference-applied']).toBe('durability=region');
    });

    test('a replica that hangs: 503 in time, others unharmed, the repeat is confirmed', async () => {
      replica.freeze();
      const key = { 'Idempotency-Key': 'hang-1', ...kGlobal };
      const begun = Date.now();
      const refused = await user.bearer.create({ title: 'hang' }, key);
      expect(refused.problem).toBe('durability-unavailable');
      expect(refused.status).toBe(503);
      expect(refused.headers['retry-after']).toBe('2');
      expect(Date.now() - begun).toBeLessThan(2_500);
      const beside = Date.now();
      expect((await user.bearer.create({ title: 'beside' })).status).toBe(201);
      expect(Date.now() - beside).toBeLessThan(500);
      replica.thaw();
      const answer = await until('it is confirmed', 10_000, async () => {
        const again = await user.bearer.create({ title: 'hang' }, key);
        return again.status === 201 ? again : undefined;
      });
      expect(answer.headers['idempotency-replayed']).toBe('true');
      expect(answer.headers['preference-applied']).toBe('durability=global');
      expect((await replicated('hang')).trim()).toBe('1');
    });

    test('a replica that stands still, or takes writes itself, confirms nothing', async () => {
      await replica.sql('STOP SLAVE SQL_THREAD');
      const still = await user.bearer.create({ title: 'still' }, kGlobal);
      expect(still.problem).toBe('durability-unavailable');
      await replica.sql('START SLAVE SQL_THREAD; SET GLOBAL read_only = 0');
      const promoted = await user.bearer.create({ title: 'promoted' }, kGlobal);
      expect(promoted.problem).toBe('durability-unavailable');
      await replica.sql('SET GLOBAL read_only = 1');
    });

    test('falling back is said, and a missing replica is no reason not to start', async () => {
      await replica.kill();
      const lenient = await start({ MEMO_GLOBAL_FALLBACK: 'region' });
      const answer = await user.at(lenient).bearer.create({ title: 'alone' }, kGlobal);
      expect(answer.status).toBe(201);
      expect(answer.headers['preference-applied']).toBe('durability=region');
      await lenient.stop();
      await replica.restart();
      // A server that is started anew takes writes until it is told not to.
      const early = await user.bearer.create({ title: 'early' }, kGlobal);
      expect(early.problem).toBe('durability-unavailable');
    });
  },
);
