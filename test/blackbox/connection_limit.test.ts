import { expect, test } from 'vitest';
import { MemoServer } from '../support/memo.js';
import { checkRaw, RawConnection } from '../support/raw.js';
import { suite } from '../support/suite.js';

suite(import.meta.url);

const kResidentKibMax = 64 * 1024;
const kHost = 'Host: memo.test\r\n';

test('more connections than allowed are turned away, the others go on, and room is made again', async () => {
  const small = await MemoServer.start({ flags: ['--connections-max', '20'] });
  const connections: RawConnection[] = [];
  for (let i = 0; i < 60; i++) connections.push(await RawConnection.open(small));
  const request = `GET /livez HTTP/1.1\r\n${kHost}\r\n`;
  const outcomes = await Promise.all(
    connections.map(async (connection) => {
      connection.write(request);
      // Who is turned away may be told so, or find the connection closed.
      const response = await connection.response();
      if (response === undefined) return undefined;
      return checkRaw(response, { method: 'GET', path: '/livez' });
    }),
  );
  const served = outcomes.filter((answer) => answer?.status === 200).length;
  expect(served).toBeGreaterThanOrEqual(10);
  expect(served).toBeLessThanOrEqual(20);
  const others = outcomes.filter((answer) => answer !== undefined && answer.status !== 200);
  for (const answer of others) expect(answer?.problem).toBe('overloaded');
  for (const connection of connections) connection.close();
  await small.untilReady();
  expect(small.residentKib()).toBeLessThan(kResidentKibMax);
  expect((await small.stop()).code).toBe(0);
});
