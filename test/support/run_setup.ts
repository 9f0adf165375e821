// Once per run: the directory that all files share, and one MariaDB for those suites that do not
// need to break it.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { MariaDb, mariaDbMissing } from './mariadb.js';
import { kMemoBinary } from './run.js';

export default async function setup(_project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(kMemoBinary)) {
    throw new Error(`no binary at ${kMemoBinary}: build it, or name another one in MEMO_BIN`);
  }
  const directory = mkdtempSync(join(tmpdir(), 'scv-blackbox-'));
  process.env.SCV_TEST_RUN = directory;

  let database: MariaDb | undefined;
  if (mariaDbMissing() === undefined) {
    database = await MariaDb.start();
    process.env.SCV_TEST_MARIADB = JSON.stringify(database.address);
  }
  return async () => {
    await database?.stop();
    if (process.env.SCV_TEST_KEEP === undefined)
      rmSync(directory, { recursive: true, force: true });
    else console.log(`kept: ${directory}`);
  };
}
