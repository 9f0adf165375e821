// The whole path: a lab of its own, and Chromium that trusts the lab's root as `./scv trust` says.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  chromiumBin,
  Guard,
  kChromiumFlags,
  memosOfService,
  on,
  output,
  shoot,
  signUp,
  writeMemo,
} from './harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'build/release/src/cli/scv');
const init = join(root, 'build/release/src/world/linux/scv-lab-init');

const kUpMsMax = 180_000;
const kDownMsMax = 60_000;

function runs(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
}

/** Why the lab cannot be opened in a browser here; undefined when it can. */
function findObstacle(): string | undefined {
  if (!existsSync(chromiumBin)) return `${chromiumBin} is missing (apt install chromium)`;
  if (!runs('which', 'certutil')) return 'certutil is missing (apt install libnss3-tools)';
  if (!existsSync(cli) || !existsSync(init)) return 'the lab is not built (./scv up builds it)';
  if (!existsSync(join(root, 'build/artifacts/manifest.json')))
    return 'no packages in build/artifacts (tools/package/build_packages)';
  if (!runs(init, '--probe')) return 'this machine does not allow namespaces (./scv doctor)';
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

class Lab {
  readonly directory = mkdtempSync(join(tmpdir(), 'scv-lab-'));
  private readonly state = join(this.directory, 'state');
  readonly home = join(this.directory, 'home');
  private port = 0;

  get url(): string {
    return `https://www.scv.localhost:${this.port}`;
  }

  run(timeout: number, ...args: string[]): string {
    return execFileSync(cli, ['--json', ...args], {
      env: { ...process.env, SCV_ROOT: root, SCV_STATE: this.state },
      encoding: 'utf8',
      timeout,
    });
  }

  async up(): Promise<void> {
    this.port = await freePort();
    this.run(kUpMsMax, 'up', '--port', String(this.port));
  }

  /** A home whose certificate store trusts the lab's root, and nothing else of ours. */
  trust(): void {
    const store = join(this.home, '.pki/nssdb');
    mkdirSync(store, { recursive: true });
    const certutil = (...args: string[]) =>
      execFileSync('certutil', ['-d', `sql:${store}`, ...args], { stdio: 'ignore' });
    certutil('-N', '--empty-password');
    certutil('-A', '-t', 'C,,', '-n', 'scv-lab', '-i', join(this.state, 'root.pem'));
  }

  down(): void {
    try {
      this.run(kDownMsMax, 'down', '--auto-approve', '--force');
    } finally {
      rmSync(this.directory, { recursive: true, force: true });
    }
  }

  instances(): string[] {
    return [...this.run(10_000, 'status').matchAll(/"id":"(i-[0-9a-f]{17})"/g)].map(
      (match) => match[1] ?? '',
    );
  }
}

const obstacle = findObstacle();
const title = 'the lab over HTTPS';
(obstacle === undefined ? describe : describe.skip)(
  obstacle === undefined ? title : `${title} (skipped: ${obstacle})`,
  () => {
    let lab: Lab;
    const browsers: Browser[] = [];

    async function open(home: string, options: BrowserContextOptions = {}): Promise<Page> {
      const browser = await chromium.launch({
        executablePath: chromiumBin,
        args: kChromiumFlags,
        env: { ...process.env, HOME: home },
      });
      browsers.push(browser);
      const context = await browser.newContext({
        locale: 'en-US',
        viewport: { width: 1280, height: 800 },
        ...options,
      });
      context.setDefaultTimeout(10_000);
      return context.newPage();
    }

    beforeAll(async () => {
      mkdirSync(output, { recursive: true });
      lab = new Lab();
      await lab.up();
      lab.trust();
    }, kUpMsMax);

    afterAll(async () => {
      for (const browser of browsers) await browser.close();
      lab?.down();
    }, kDownMsMax);

    it('is refused by a browser that was not told to trust it', async () => {
      const stranger = await open(join(lab.directory, 'stranger'));
      await expect(stranger.goto(lab.url)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
    });

    it('signs up and writes a memo, served by an instance of the fleet', async () => {
      const page = await open(lab.home);
      const guard = new Guard(page, lab.url);
      const answer = await page.goto(lab.url);
      expect(answer?.headers()['strict-transport-security']).toContain('max-age');
      await signUp(page);
      await writeMemo(page, '서울', '재해 복구 훈련은 수요일.\n\n- [x] **apply**\n- [ ] kill');
      await expect(memosOfService(page)).resolves.toMatchObject([{ title: '서울' }]);
      const footer = await on(page).footer.innerText();
      expect(footer).toContain('ap-northeast-2');
      expect(lab.instances().some((instance) => footer.includes(instance))).toBe(true);
      await shoot(page, 'lab');
      expect(guard.troubles).toEqual([]);
    });
  },
);
