import { defineConfig } from 'vitest/config';
import { WholeRunLast } from './support/sequencer.js';

export default defineConfig({
  test: {
    include: ['support/*.test.ts', 'blackbox/*.test.ts'],
    globalSetup: './support/run_setup.ts',
    // One file after another: a suite that measures limits must not share the machine with another
    // one that saturates it, and whole_run.test.ts judges what all the others left behind.
    fileParallelism: false,
    sequence: { sequencer: WholeRunLast },
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
