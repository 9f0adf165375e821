import { expect, test } from 'vitest';
import {
  kOpenApiFile,
  openApi,
  operations,
  resolve,
  schemaErrors,
  schemaNamed,
} from '../support/contract.js';
import { readFileSync } from 'node:fs';
import { memo, MemoServer } from '../support/memo.js';
import { send } from '../support/client.js';
import { suite } from '../support/suite.js';

suite(import.meta.url);

const kVerbs = ['get', 'put', 'post', 'delete', 'patch'];

test('every reference of the document resolves', () => {
  const dangling: string[] = [];
  JSON.stringify(openApi, (key, value: unknown) => {
    if (key === '$ref') {
      try {
        resolve({ $ref: value as string });
      } catch {
        dangling.push(value as string);
      }
    }
    return value;
  });
  expect(dangling).toEqual([]);
});

test('operation ids are unique and every operation documents any failure', () => {
  const ids = operations().map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const operation of operations()) {
    expect(operation.responses, operation.operationId).toHaveProperty('default');
  }
});

test('every schema has examples only of itself', () => {
  for (const [name, schema] of Object.entries(openApi.components.schemas)) {
    for (const example of schema.examples ?? []) {
      expect(schemaErrors(schemaNamed(name), example), name).toBeUndefined();
    }
  }
});

test('every parameter in a path is declared', () => {
  for (const [path, item] of Object.entries(openApi.paths)) {
    const declared = (item as { parameters?: { $ref?: string }[] }).parameters ?? [];
    const names = declared.map((each) => resolve(each) as { name?: string; in?: string });
    for (const [, name] of path.matchAll(/\{([^}]+)\}/g)) {
      expect(names, path).toContainEqual(expect.objectContaining({ name, in: 'path' }));
    }
    const verbs = Object.keys(item).filter((key) => key !== 'parameters');
    expect(kVerbs, path).toEqual(expect.arrayContaining(verbs));
  }
});

test('the binary prints and serves this very document', async () => {
  const file = readFileSync(kOpenApiFile, 'utf8');
  const printed = await memo(['openapi']);
  expect(printed.code).toBe(0);
  expect(JSON.parse(printed.stdout)).toEqual(JSON.parse(file));
  const server = await MemoServer.start();
  const served = await send(server, { method: 'GET', path: '/api/v1/openapi.json' });
  expect(served.status).toBe(200);
  expect(served.json()).toEqual(JSON.parse(file));
  await server.stop();
});
