import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, median, ratio, summarise } from './summary.js';

function sample(name, server, round, rps, server_us = 10, database_us = 20) {
  return { case: name, server, round, rps, server_us, database_us, p50_us: 1000 };
}

test('the median ignores what was not measured', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(median([Number.NaN, 5]), 5);
  assert.equal(median([]), undefined);
});

test('a row has the median of every figure and of the sum of the two CPU figures', () => {
  const samples = [
    sample('get', 'memo', 0, 100, 10, 50), sample('get', 'memo', 1, 300, 30, 10),
    sample('get', 'memo', 2, 200, 20, 30),
  ];
  const [row] = summarise(samples);
  assert.equal(row.rps, 200);
  assert.equal(row.server_us, 20);
  assert.equal(row.database_us, 30);
  assert.equal(row.cpu_us, 50);
  assert.equal(row.spread, 1);
  assert.equal(row.round, undefined);
});

test('a ratio compares within rounds: a slow round does not count against one side', () => {
  const samples = [
    sample('get', 'memo', 0, 300), sample('get', 'go', 0, 100),
    sample('get', 'memo', 1, 30), sample('get', 'go', 1, 10),
  ];
  assert.equal(ratio(samples, 'get', 'memo', 'go', 'rps'), 3);
  assert.equal(ratio(samples, 'get', 'memo', 'node', 'rps'), undefined);
});

test('targets are judged at their bound, and not at all without a measurement', () => {
  const samples = [
    sample('get', 'memo', 0, 250, 30, 40), sample('get', 'go', 0, 100),
    sample('create', 'memo', 0, 299, 60, 60.1), sample('create', 'go', 0, 100),
  ];
  const verdicts = judge(samples, summarise(samples));
  const of = (words) => verdicts.find(({ what }) => what.startsWith(words)).reached;
  assert.equal(of('GET by id: CPU'), true);
  assert.equal(of('GET by id: requests/s'), true);
  assert.equal(of('create: CPU'), false);
  assert.equal(of('create: requests/s'), false);
  assert.equal(of('idle memory'), undefined);
});
