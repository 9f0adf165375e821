// A suite per store, and servers that end with it.
import { basename } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { freshDatabase, kStores, MemoServer, type ServeOptions, type StoreKind } from './memo.js';
import { suiteStarted } from './run.js';

/** Names the test file; every file says this first. */
export function suite(url: string): void {
  suiteStarted(basename(new URL(url).pathname));
}

/** Repeats `tests` for each store; a store that this machine lacks is skipped with its reason. */
export function describeStores(name: string, tests: (kind: StoreKind) => void): void {
  for (const { kind, missing } of kStores) {
    if (missing === undefined) describe(`${name} on ${kind}`, () => tests(kind));
    else describe.skip(`${name} on ${kind} (${missing})`, () => tests(kind));
  }
}

/** A server for all tests of the enclosing describe; `server()` is it. */
export function serverFor(kind: StoreKind, options: ServeOptions = {}): () => MemoServer {
  let server: MemoServer | undefined;
  beforeAll(async () => {
    server = await MemoServer.start({ database: await freshDatabase(kind), ...options });
  });
  afterAll(async () => {
    await server?.stop();
  });
  return () => {
    if (server === undefined) throw new Error('the server has not been started');
    return server;
  };
}
