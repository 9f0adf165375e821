import { defineConfig } from 'vitest/config';

// Real Chromium against the real service; each file has a service of its own.
export default defineConfig({
  test: {
    include: ['**/*.e2e.ts', '**/*.shot.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    // Two cores: one browser at a time.
    fileParallelism: false,
  },
});
