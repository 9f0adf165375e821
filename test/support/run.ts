// What all test files of one run share: a directory for logs, coverage records and canaries.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const kRepository = resolve(fileURLToPath(import.meta.url), '../../..');
export const kMemoBinary = resolve(
  kRepository,
  process.env.MEMO_BIN ?? 'build/release/src/memo/memo',
);

/** Set by run_setup.ts for every test file. */
export function runDirectory(): string {
  const directory = process.env.SCV_TEST_RUN;
  if (directory === undefined) throw new Error('SCV_TEST_RUN is not set: run through vitest');
  return directory;
}

let next_scratch = 0;

/** A fresh directory that lives as long as the run. */
export function scratchDirectory(name: string): string {
  const directory = join(runDirectory(), 'scratch', `${process.pid}-${next_scratch++}-${name}`);
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** One fact per line, kept across the worker processes of the run. */
export class Record<T> {
  constructor(private readonly name: string) {}

  private get path(): string {
    return join(runDirectory(), `${this.name}.jsonl`);
  }

  add(fact: T): void {
    appendFileSync(this.path, JSON.stringify(fact) + '\n');
  }

  all(): T[] {
    if (!existsSync(this.path)) return [];
    const lines = readFileSync(this.path, 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T);
  }
}

export interface Canary {
  kind: 'password' | 'token' | 'csrf token' | 'memo text' | 'database password';
  text: string;
}

const canaries = new Record<Canary>('canaries');
const planted = new Set<string>();

/** Remembers a text that must never appear in a log; whole_run.test.ts looks for it. */
export function plantCanary(kind: Canary['kind'], text: string): string {
  if (!planted.has(text)) {
    planted.add(text);
    canaries.add({ kind, text });
  }
  return text;
}

export function allCanaries(): Canary[] {
  return canaries.all();
}

const suites = new Record<string>('suites');

/** Called by every suite, so that whole_run.test.ts knows whether the run was a whole one. */
export function suiteStarted(file: string): void {
  suites.add(file);
}

export function suitesStarted(): Set<string> {
  return new Set(suites.all());
}

export const kLogDirectoryName = 'logs';

export function logFiles(): string[] {
  const directory = join(runDirectory(), kLogDirectoryName);
  return existsSync(directory) ? readdirSync(directory).map((name) => join(directory, name)) : [];
}
