// What is measured. `servers` are the names of servers.js, in the order in which they are shown;
// the first one with `peer: true` in servers.js is what ratios refer to.

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string} title
 * @property {'load'|'start'|'sysbench'} kind
 * @property {string} [script]      of bench/wrk
 * @property {number} [connections]
 * @property {string[]} [servers]
 * @property {number} [repeats]     in each round, where single measurements scatter much
 */

const kOnMariaDb = ['go', 'node', 'memo', 'memo-unbatched'];

/** @type {Case[]} */
export const kCases = [
  { name: 'get', title: 'GET by id', kind: 'load', script: 'get', connections: 64,
    servers: kOnMariaDb },
  { name: 'create', title: 'create, durable', kind: 'load', script: 'create', connections: 64,
    servers: kOnMariaDb },
  { name: 'list', title: 'list of 50', kind: 'load', script: 'list', connections: 64,
    servers: kOnMariaDb },
  { name: 'sqlite-get', title: 'GET by id on SQLite', kind: 'load', script: 'get',
    connections: 64, servers: ['memo-sqlite'] },
  { name: 'sqlite-create', title: 'create on SQLite, durable', kind: 'load', script: 'create',
    connections: 64, servers: ['memo-sqlite'] },
  { name: 'not-modified', title: 'GET answered 304', kind: 'load', script: 'revalidate',
    connections: 64, servers: ['memo', 'memo-sqlite', 'nginx'] },
  { name: 'alone-get', title: 'GET by id, one connection', kind: 'load', script: 'get',
    connections: 1, servers: ['memo', 'memo-unbatched'], repeats: 3 },
  { name: 'alone-create', title: 'create, one connection', kind: 'load', script: 'create',
    connections: 1, servers: ['memo', 'memo-unbatched'], repeats: 3 },
  { name: 'crowd', title: 'GET by id, 256 connections', kind: 'load', script: 'get',
    connections: 256, servers: ['memo', 'memo-sqlite'] },
  { name: 'start', title: 'start to first answer on SQLite, idle memory', kind: 'start',
    repeats: 5 },
  { name: 'ceiling', title: 'sysbench on the same database', kind: 'sysbench' },
];
