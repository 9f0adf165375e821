// What only the run as a whole can show. Comes last (sequencer.ts).
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { allSightings, openApi, operations } from '../support/contract.js';
import { mariaDbMissing } from '../support/mariadb.js';
import { allCanaries, logFiles, suitesStarted } from '../support/run.js';

const kSuites = readdirSync(new URL('.', import.meta.url)).filter(
  (name) => name.endsWith('.test.ts') && name !== 'whole_run.test.ts',
);
const left_out = kSuites.filter((name) => !suitesStarted().has(name));
const kPartial = left_out.length > 0 ? ` (not run: ${left_out.join(', ')})` : '';

/** What no run can show, and what this machine cannot, with the reason. */
const kUnseen: { [what: string]: string } = {
  internal: 'a fault of the program itself: there is none that a test could rely on',
};
const kNoMariaDb = mariaDbMissing();
if (kNoMariaDb !== undefined) {
  kUnseen['database-unavailable'] = `only a database server can be away: ${kNoMariaDb}`;
  for (const { operationId } of operations()) {
    kUnseen[`${operationId} 503`] = kUnseen['database-unavailable'];
  }
}

describe.skipIf(kPartial !== '')(`coverage of the OpenAPI document${kPartial}`, () => {
  test('every operation gave every status that it documents', () => {
    const seen = new Set(allSightings().map(({ operation, status }) => `${operation} ${status}`));
    const missing = operations().flatMap(({ operationId, responses }) =>
      Object.keys(responses)
        .filter((status) => status !== 'default')
        .map((status) => `${operationId} ${status}`)
        .filter((what) => !seen.has(what) && kUnseen[what] === undefined),
    );
    expect(missing).toEqual([]);
  });

  test('every kind of problem was met', () => {
    const kinds = Object.values(openApi.components.schemas).flatMap(
      (schema) =>
        (schema as { properties?: { type?: { const?: string } } }).properties?.type?.const ?? [],
    );
    const seen = new Set(allSightings().map(({ problem }) => problem));
    const missing = kinds
      .map((type) => type.replace('/problems/', ''))
      .filter((kind) => !seen.has(kind) && kUnseen[kind] === undefined);
    expect(missing).toEqual([]);
  });
});

describe('the logs of all suites', () => {
  test('contain no password, token, cookie or memo text', () => {
    const canaries = allCanaries();
    const found: string[] = [];
    for (const file of logFiles()) {
      // The log of a command that prints a token or an answer on purpose is none of the service's.
      if (!file.includes('-memo-')) continue;
      const text = readFileSync(file, 'utf8');
      for (const { kind, text: canary } of canaries) {
        if (text.includes(canary)) found.push(`${kind} in ${file}`);
      }
    }
    expect(found).toEqual([]);
    expect(canaries.length).toBeGreaterThan(0);
  });
});
