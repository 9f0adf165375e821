// What the browser tests stand on: the built service on a database of its own, Debian's Chromium,
// and pages that fail the test when anything is logged, blocked or fetched that should not be.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import AxeSource from 'axe-core/axe.min.js?raw';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const dist = join(root, 'web/dist');
const memoBin = process.env['MEMO_BIN'] ?? join(root, 'build/release/src/memo/memo');
export const chromiumBin = process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium';
export const output = join(root, 'test/output/web');

export const kChromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why the browser tests cannot run here; undefined when they can. */
function findObstacle(): string | undefined {
  if (!existsSync(chromiumBin)) return `${chromiumBin} is missing (apt install chromium)`;
  if (!existsSync(memoBin)) return `${memoBin} is missing (./scv build, or set MEMO_BIN)`;
  if (!existsSync(join(dist, 'index.html'))) return 'web/dist is missing (npm run build -w web)';
  return undefined;
}

/**
 * `memo serve` on SQLite in a directory of its own. It can be killed and started again in place.
 */
export class Service {
  private child: ChildProcess | null = null;
  private readonly directory = mkdtempSync(join(tmpdir(), 'scv-e2e-'));
  private log = '';
  port = 0;

  constructor(
    private readonly flags: readonly string[] = [],
    private readonly web = dist,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const portFile = join(this.directory, 'port');
    rmSync(portFile, { force: true });
    const child = spawn(
      memoBin,
      [
        'serve',
        '--listen',
        `127.0.0.1:${this.port}`,
        '--metrics-listen',
        '127.0.0.1:0',
        '--port-file',
        portFile,
        '--data',
        join(this.directory, 'memo.db'),
        '--web',
        this.web,
        '--region',
        'ap-northeast-2',
        '--instance-id',
        'i-0e2e',
        '--access-log',
        'off',
        ...this.flags,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.child = child;
    child.stdout.on('data', (data) => (this.log += String(data)));
    child.stderr.on('data', (data) => (this.log += String(data)));
    await until('memo is ready', 20_000, async () => {
      if (child.exitCode !== null) throw new Error(`memo ended: ${this.log}`);
      if (!existsSync(portFile)) return false;
      const port = Number(readFileSync(portFile, 'utf8').trim().split(/\s/)[0]);
      if (!port) return false;
      this.port = port;
      return (await fetch(`${this.url}/readyz`).catch(() => null))?.ok ?? false;
    });
  }

  /** Ends it without a warning, as a power cut would. */
  async kill(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    this.child = null;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Asks until the answer is yes. Only for what the page cannot tell us. */
export async function until(
  what: string,
  deadlineMs: number,
  check: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`waited ${deadlineMs} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A page, and everything about it that must not happen. */
export class Guard {
  readonly troubles: string[] = [];
  /**
   * Failed requests that the test brings about: matched against "404 http://…" and console text.
   */
  private readonly expected: RegExp[] = [];

  constructor(
    readonly page: Page,
    private readonly origin: string,
  ) {
    page.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type())) return;
      this.note(`console: ${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => this.note(`uncaught: ${error.stack ?? error.message}`));
    page.on('request', (request) => this.checkOrigin(request.url()));
  }

  /** The test makes this happen on purpose. */
  expect(trouble: RegExp): void {
    this.expected.push(trouble);
  }

  private checkOrigin(url: string): void {
    if (/^(data|blob):/.test(url)) return;
    if (new URL(url).origin !== this.origin) this.note(`third party: ${url}`);
  }

  private note(trouble: string): void {
    if (!this.expected.some((pattern) => pattern.test(trouble))) this.troubles.push(trouble);
  }
}

/** A browser profile: its tabs share cookies, storage and the offline switch. */
export class Device {
  readonly guards: Guard[] = [];

  constructor(
    readonly context: BrowserContext,
    readonly service: Service,
  ) {}

  async open(path = '/'): Promise<Page> {
    const page = await this.context.newPage();
    this.guards.push(new Guard(page, this.service.url));
    await page.goto(this.service.url + path);
    return page;
  }

  /** The test brings this about in every tab of this device. */
  expect(trouble: RegExp): void {
    for (const guard of this.guards) guard.expect(trouble);
  }

  async setOffline(offline: boolean): Promise<void> {
    if (offline) this.expect(kNetworkTrouble);
    await this.context.setOffline(offline);
  }
}

export const kNetworkTrouble = /Failed to load resource: net::ERR_/;
export const failedWith = (status: number) =>
  new RegExp(`the server responded with a status of ${status}`);

export interface Stage {
  service: Service;
  device(options?: BrowserContextOptions, at?: Service): Promise<Device>;
}

/** A file of browser tests; skipped, with the reason in its name, where they cannot run. */
export function describeInBrowser(
  name: string,
  body: (stage: Stage) => void,
  flags: readonly string[] = [],
): void {
  const obstacle = findObstacle();
  if (obstacle !== undefined) {
    describe.skip(`${name} (skipped: ${obstacle})`, () => body(idleStage()));
    return;
  }
  describe(name, () => {
    const service = new Service(flags);
    const devices: Device[] = [];
    let browser: Browser;
    beforeAll(async () => {
      mkdirSync(output, { recursive: true });
      await service.start();
      browser = await chromium.launch({ executablePath: chromiumBin, args: kChromiumFlags });
    });
    afterEach(async () => {
      const troubles = devices.flatMap((device) => device.guards.flatMap((each) => each.troubles));
      for (const device of devices.splice(0)) await device.context.close();
      expect(troubles).toEqual([]);
    });
    afterAll(async () => {
      await browser?.close();
      await service.remove();
    });
    body({
      service,
      device: async (options = {}, at = service) => {
        const context = await browser.newContext({
          locale: 'en-US',
          viewport: { width: 1280, height: 800 },
          ...options,
        });
        context.setDefaultTimeout(10_000);
        const device = new Device(context, at);
        devices.push(device);
        return device;
      },
    });
  });
}

function idleStage(): Stage {
  return { service: new Service(), device: () => Promise.reject(new Error('skipped')) };
}

export const kPassword = 'correct horse battery';
let people = 0;

export function freshName(): string {
  return `user-${process.pid}-${Date.now().toString(36)}-${++people}`;
}

/** Creates an account through the form and ends on the empty board. */
export async function signUp(page: Page, name = freshName()): Promise<string> {
  await page.getByRole('button', { name: /New here|처음이신가요/ }).click();
  await page.getByLabel(/Username|사용자 이름/).fill(name);
  await page.getByLabel(/^(Password|비밀번호)$/).fill(kPassword);
  await page.getByRole('button', { name: /Create account|가입하기/, exact: true }).click();
  await page.locator('.workspace').waitFor();
  return name;
}

export async function signIn(page: Page, name: string): Promise<void> {
  await page.getByLabel(/Username|사용자 이름/).fill(name);
  await page.getByLabel(/^(Password|비밀번호)$/).fill(kPassword);
  await page.getByRole('button', { name: /^(Sign in|로그인)$/ }).click();
  await page.locator('.workspace').waitFor();
}

/** The parts of the page, by what a person calls them. */
export const on = (page: Page) => ({
  newMemo: page.getByRole('button', { name: /New memo|새 메모/ }),
  title: page.locator('#title'),
  content: page.locator('#content'),
  search: page.getByRole('searchbox'),
  rows: page.locator('.row'),
  row: (text: string) => page.locator('.row', { hasText: text }),
  status: page.locator('.save-status'),
  footer: page.locator('.status-bar'),
  toast: page.locator('.toast'),
  dialog: page.locator('dialog[open]'),
  preview: page.locator('.preview'),
});

export async function writeMemo(page: Page, title: string, content: string): Promise<void> {
  await on(page).newMemo.click();
  await on(page).title.fill(title);
  await on(page).content.fill(content);
  await saved(page);
}

/** The service has acknowledged everything. */
export async function saved(page: Page): Promise<void> {
  await on(page)
    .status.getByText(/^(Saved|저장됨)$/)
    .waitFor();
}

export async function shoot(page: Page, name: string): Promise<void> {
  await settled(page);
  await page.screenshot({ path: join(output, `${name}.png`) });
}

/** Transitions have ended and nothing is left to paint. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const finite = document
      .getAnimations()
      .filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.all(finite.map((animation) => animation.finished.catch(() => {})));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
}

interface AxeViolation {
  id: string;
  impact: string | null;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** Serious and critical accessibility faults of what is on the screen. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await settled(page);
  // The policy of the page forbids injected scripts; evaluating through the debugger is not one.
  await page.evaluate(AxeSource);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: AxeViolation[] }> };
    };
    return (await axe.run()).violations;
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => {
      const where = nodes.map((node) => `${node.html} ${node.failureSummary ?? ''}`).join('\n');
      return `${id}: ${help}\n${where}`;
    });
}

/** All memos of the page's account as the service has them, the trash included. */
export async function memosOfService(page: Page): Promise<{ title: string; content: string }[]> {
  const text = await page.evaluate(async () => (await fetch('/api/v1/export')).text());
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { title: string; content: string });
}

export async function isFocused(locator: Locator): Promise<boolean> {
  return locator.evaluate((element) => element === document.activeElement);
}
