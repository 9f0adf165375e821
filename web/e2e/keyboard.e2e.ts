import { expect, it } from 'vitest';
import {
  describeInBrowser,
  isFocused,
  kPassword,
  memosOfService,
  on,
  saved,
  shoot,
  freshName,
} from './harness.ts';

describeInBrowser('the keyboard alone', (stage) => {
  it('is enough for the whole journey', async () => {
    const device = await stage.device();
    const page = await device.open();
    const keys = page.keyboard;
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');

    // Sign up: the username has the focus, the switch to a new account is some tabs away.
    await expect.poll(() => isFocused(page.getByLabel('Username'))).toBe(true);
    for (let tabs = 0; tabs < 8 && !(await focused()).startsWith('New here'); ++tabs) {
      await keys.press('Tab');
    }
    await keys.press('Enter');
    await expect.poll(() => isFocused(page.getByLabel('Username'))).toBe(true);
    await keys.type(freshName());
    await keys.press('Tab');
    await keys.type(kPassword);
    await keys.press('Enter');
    await page.getByText('Nothing here yet').waitFor();

    // Write two memos.
    await keys.press('n');
    await expect.poll(() => isFocused(on(page).title)).toBe(true);
    await keys.type('First');
    await keys.press('Enter');
    await keys.type('the first memo, nn/');
    await keys.press('Control+s');
    await saved(page);
    await keys.press('Escape');
    await expect.poll(() => isFocused(on(page).row('First'))).toBe(true);
    await keys.press('n');
    await expect.poll(() => isFocused(on(page).title)).toBe(true);
    await keys.type('Second');
    await keys.press('Control+s');
    await saved(page);
    await keys.press('Escape');

    // Move in the list, open, edit, look at the preview.
    await expect.poll(() => isFocused(on(page).row('Second'))).toBe(true);
    await keys.press('ArrowDown');
    await expect.poll(() => isFocused(on(page).row('First'))).toBe(true);
    await keys.press('Enter');
    await expect.poll(() => isFocused(on(page).content)).toBe(true);
    await keys.press('Control+End');
    await keys.type(' and more');
    await keys.press('Control+e');
    await on(page).preview.getByText('and more').waitFor();
    await keys.press('Control+e');
    await saved(page);
    await keys.press('Escape');

    // Pin, search, leave the search.
    await keys.press('p');
    await page.getByRole('heading', { name: 'Pinned' }).waitFor();
    await keys.press('/');
    await expect.poll(() => isFocused(on(page).search)).toBe(true);
    await keys.type('second');
    await on(page).row('First').waitFor({ state: 'detached' });
    await keys.press('Escape');
    await on(page).row('First').waitFor();
    await expect.poll(() => on(page).search.inputValue()).toBe('');

    // The help holds the focus and gives it back.
    await on(page).row('Second').focus();
    await keys.press('?');
    await on(page).dialog.getByText('Keyboard shortcuts').waitFor();
    await shoot(page, 'shortcuts');
    for (let tabs = 0; tabs < 5; ++tabs) {
      await keys.press('Tab');
      const inside = () =>
        page.evaluate(() => {
          const active = document.activeElement;
          return active === document.body || active?.closest('dialog') !== null;
        });
      expect(await inside()).toBe(true);
    }
    await keys.press('Escape');
    await expect.poll(() => isFocused(on(page).row('Second'))).toBe(true);

    // Delete and undo.
    await keys.press('Delete');
    await on(page).toast.waitFor();
    await on(page).row('Second').waitFor({ state: 'detached' });
    await keys.press('u');
    await on(page).row('Second').waitFor();
    await expect
      .poll(async () => (await memosOfService(page)).map((memo) => [memo.title, memo.content]))
      .toEqual([
        ['First', 'the first memo, nn/ and more'],
        ['Second', ''],
      ]);
  });

  it('can have its single keys switched off', async () => {
    const device = await stage.device();
    const page = await device.open();
    await page.getByRole('button', { name: 'New here' }).click();
    await page.getByLabel('Username').fill(freshName());
    await page.getByLabel('Password', { exact: true }).fill(kPassword);
    await page.keyboard.press('Enter');
    await page.getByText('Nothing here yet').waitFor();
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await page.getByRole('switch').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    expect(await on(page).title.count()).toBe(0);
    await page.reload();
    await on(page).newMemo.waitFor();
    await page.keyboard.press('n');
    expect(await on(page).title.count()).toBe(0);
  });

  it('jumps over the list', async () => {
    const device = await stage.device();
    const page = await device.open();
    await page.getByRole('button', { name: 'New here' }).click();
    await page.getByLabel('Username').fill(freshName());
    await page.getByLabel('Password', { exact: true }).fill(kPassword);
    await page.keyboard.press('Enter');
    await page.getByText('Nothing here yet').waitFor();
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to the memo' });
    for (let tabs = 0; tabs < 20 && !(await isFocused(skip)); ++tabs)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => isFocused(page.locator('#memo'))).toBe(true);
  });
});
