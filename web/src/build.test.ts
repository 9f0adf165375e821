// What the built app may weigh and contain. Needs `npm run build`; says so when it was not run.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const kGzipBytesMost = 100_000;
const dist = fileURLToPath(new URL('../dist', import.meta.url));
const built = existsSync(join(dist, 'index.html'));

describe.skipIf(!built)(
  built ? 'the build' : 'the build (web/dist is missing: run the build)',
  () => {
    const files = built ? (readdirSync(dist, { recursive: true }) as string[]) : [];
    const read = (name: string) => readFileSync(join(dist, name));

    it(`is at most ${kGzipBytesMost} bytes after gzip`, () => {
      const code = files.filter((name) => /\.(js|css|html|svg|webmanifest)$/.test(name));
      const bytes = code.reduce((sum, name) => sum + gzipSync(read(name)).length, 0);
      expect(bytes).toBeLessThanOrEqual(kGzipBytesMost);
    });

    it('has nothing inline, so that the CSP needs no exception', () => {
      const html = read('index.html').toString();
      expect(html).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=/i);
    });

    it('loads nothing from elsewhere', () => {
      const html = read('index.html').toString();
      const urls = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1]);
      expect(urls.every((url) => url?.startsWith('/') && !url.startsWith('//'))).toBe(true);
      const styles = files
        .filter((name) => name.endsWith('.css'))
        .map((name) => String(read(name)));
      expect(styles.join()).not.toMatch(/url\(["']?(?!data:|\/)|@import/);
    });

    it('keeps every file for offline starts, and nothing of the API', () => {
      const worker = read('sw.js').toString();
      const kept = files.filter(
        (name) => /\.\w+$/.test(name) && !/^(sw\.js|index\.html)$/.test(name),
      );
      for (const name of kept) expect(worker).toContain(`"/${name}"`);
      expect(worker).not.toMatch(/"\/api/);
    });
  },
);
