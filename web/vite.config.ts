import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, transformWithEsbuild } from 'vite';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

// The service worker knows every file of the build by name, and the build by a hash over all of
// them.
function serviceWorker(): Plugin {
  return {
    name: 'scv-service-worker',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_, bundle) {
      const hash = createHash('sha256');
      const files = ['/'];
      for (const file of readdirSync(join(root, 'public')).sort()) {
        hash.update(file).update(readFileSync(join(root, 'public', file)));
        files.push(`/${file}`);
      }
      for (const [name, file] of Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1))) {
        hash.update(name).update(file.type === 'chunk' ? file.code : file.source);
        if (name !== 'index.html') files.push(`/${name}`);
      }
      const source = readFileSync(join(root, 'src/sw/worker.ts'), 'utf8');
      const { code } = await transformWithEsbuild(source, 'worker.ts', {
        minify: true,
        sourcemap: false,
        define: {
          __FILES__: JSON.stringify(files),
          __VERSION__: JSON.stringify(hash.digest('hex').slice(0, 16)),
        },
      });
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: code });
    },
  };
}

export default defineConfig({
  plugins: [serviceWorker()],
  build: {
    target: ['es2022', 'chrome111', 'firefox115', 'safari16.4'],
    // Nothing inline: the CSP allows scripts and styles from files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: { host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:8080' } },
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
    restoreMocks: true,
  },
});
