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

const kNeedsMariaDb = mariaDbMissing();

/** Documented answers that no test can bring about, and why. */
const kUnreachable: { [what: string]: string } = {
  internal: 'a fault of the program itself: there is none that a test could rely on',
};

describe.skipIf(kPartial !== '')(`coverage of the OpenAPI document${kPartial}`, () => {
  test('every operation gave every status that it documents', () => {
    const seen = new Set(allSightings().map(({ operation, status }) => `${operation} ${status}`));
    const missing = operations().flatMap(({ operationId, responses }) =>
      Object.keys(responses)
        .filter((status) => status !== 'default')
        .map((status) => `${operationId} ${status}`)
        .filter((what) => !seen.has(what) && kUnreachable[what] === undefined)
        .filter((what) => kNeedsMariaDb === undefined || !what.endsWith(' 503')),
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
      .filter((kind) => !seen.has(kind) && kUnreachable[kind] === undefined);
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
