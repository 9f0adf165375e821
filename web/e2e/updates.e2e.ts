import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  describeInBrowser,
  dist,
  kNetworkTrouble,
  on,
  Service,
  signUp,
  writeMemo,
} from './harness.ts';

describeInBrowser('a new version of the app', (stage) => {
  const copy = mkdtempSync(join(tmpdir(), 'scv-dist-'));
  const service = new Service([], copy);
  beforeAll(async () => {
    cpSync(dist, copy, { recursive: true });
    await service.start();
  });
  afterAll(async () => {
    await service.remove();
    rmSync(copy, { recursive: true, force: true });
  });

  it('takes over when the person says so, without losing what is being typed', async () => {
    const device = await stage.device({}, service);
    const page = await device.open();
    await signUp(page);
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await expect
      .poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null))
      .toBe(true);
    device.expect(kNetworkTrouble);
    await service.kill();
    appendFileSync(join(copy, 'sw.js'), '\n// another version\n');
    await service.start();
    await writeMemo(page, 'Unbroken', 'written before');
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    await on(page).toast.getByText('A new version is ready').waitFor();
    await on(page).content.pressSequentially(', and during');
    const reloaded = page.waitForEvent('load');
    await on(page).toast.getByRole('button', { name: 'Reload' }).click();
    await reloaded;
    await expect.poll(() => on(page).content.inputValue()).toBe('written before, and during');
  });
});
