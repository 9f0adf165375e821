import { expect, it } from 'vitest';
import {
  describeInBrowser,
  failedWith,
  kPassword,
  memosOfService,
  on,
  saved,
  signIn,
  signUp,
  writeMemo,
} from './harness.ts';

describeInBrowser('sessions', (stage) => {
  it('signing out everywhere ends those of other devices, which keep what was not sent', async () => {
    const [here, there] = [await stage.device(), await stage.device()];
    const page = await here.open();
    const name = await signUp(page);
    await writeMemo(page, 'Shared', 'text');
    const other = await there.open();
    await signIn(other, name);
    await on(other).row('Shared').click();
    await saved(other);
    there.expect(failedWith(401));

    await page.getByRole('button', { name: 'Settings' }).click();
    await page.locator('summary', { hasText: 'Sign out everywhere' }).click();
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();

    await on(other).content.fill('text, and more');
    await other.getByText('Your session has ended').waitFor();
    await other.getByText('1 change kept on this device').waitFor();
    // Nothing of the account is left to read.
    expect(await other.getByText('Shared').count()).toBe(0);
    await signIn(other, name);
    await expect
      .poll(async () => (await memosOfService(other)).map((memo) => memo.content))
      .toEqual(['text, and more']);
  });

  it('a tab whose cookie became somebody else’s sends nothing in their name', async () => {
    const device = await stage.device();
    const page = await device.open();
    await signUp(page);
    const stranger = await signUp(await (await stage.device()).open());
    device.expect(failedWith(403));
    await writeMemo(page, 'Mine', 'text');
    // As if another program of the same browser had signed in: this tab is not told.
    const status = await page.evaluate(
      async ([username, password]) => {
        const headers = { 'Content-Type': 'application/json' };
        const body = JSON.stringify({ username, password });
        return (await fetch('/api/v1/session', { method: 'POST', headers, body })).status;
      },
      [stranger, kPassword],
    );
    expect(status).toBe(200);
    await on(page).content.fill('text that must not go to the stranger');
    await page.getByText('Nothing here yet').waitFor();
    expect(await memosOfService(page)).toEqual([]);
    const kept = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const opened = indexedDB.open('scv-memo');
          opened.onsuccess = () => {
            const count = opened.result.transaction('writes').objectStore('writes').count();
            count.onsuccess = () => resolve(count.result);
          };
        }),
    );
    expect(kept).toBe(1);
  });

  it('all tabs of a browser sign out, and in, together', async () => {
    const device = await stage.device();
    const first = await device.open();
    const name = await signUp(first);
    const second = await device.open();
    await on(second).newMemo.waitFor();
    await first.getByRole('button', { name: 'Settings' }).click();
    await first.getByRole('button', { name: 'Sign out', exact: true }).click();
    await second.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await signIn(first, name);
    await on(second).newMemo.waitFor();
  });
});
