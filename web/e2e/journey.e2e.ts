import { expect, it } from 'vitest';
import {
  accessibilityFaults,
  describeInBrowser,
  failedWith,
  isFocused,
  kPassword,
  memosOfService,
  on,
  saved,
  shoot,
  signIn,
  signUp,
  writeMemo,
} from './harness.ts';

describeInBrowser('everyday use', (stage) => {
  it('signs up, writes, finds, pins, deletes, undoes, signs out and in', async () => {
    const device = await stage.device();
    const page = await device.open();
    const faults: string[] = [];
    faults.push(...(await accessibilityFaults(page)));
    await shoot(page, 'sign-in');
    const name = await signUp(page);
    faults.push(...(await accessibilityFaults(page)));
    await shoot(page, 'board-empty');

    await writeMemo(page, '회의록', '다음 주 수요일에 재해 복구 훈련을 한다.');
    await writeMemo(page, 'Shopping', '- [ ] milk\n- [x] bread');
    await expect(memosOfService(page)).resolves.toMatchObject([
      { title: '회의록' },
      { title: 'Shopping' },
    ]);
    expect(await on(page).footer.innerText()).toContain('ap-northeast-2');
    expect(await on(page).footer.innerText()).toContain('i-0e2e');

    await on(page).search.fill('복구');
    await on(page).row('회의록').waitFor();
    expect(await on(page).rows.count()).toBe(1);
    await on(page).search.fill('no such text');
    await page.getByText('Nothing found').waitFor();
    faults.push(...(await accessibilityFaults(page)));
    await shoot(page, 'search-empty');
    await on(page).search.fill('');

    await on(page).row('회의록').click();
    await page.getByRole('button', { name: 'Pin', exact: true }).click();
    await page.getByRole('heading', { name: 'Pinned' }).waitFor();
    await saved(page);
    faults.push(...(await accessibilityFaults(page)));
    await shoot(page, 'board');

    await page.getByRole('button', { name: 'Move to trash' }).click();
    await on(page).toast.getByRole('button', { name: 'Undo' }).click();
    await on(page).row('회의록').waitFor();

    await page.getByRole('button', { name: 'Settings' }).click();
    faults.push(...(await accessibilityFaults(page)));
    await shoot(page, 'settings');
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await signIn(page, name);
    await on(page).row('Shopping').waitFor();
    expect(faults).toEqual([]);
  });

  it('says what is wrong with a form', async () => {
    const device = await stage.device();
    const page = await device.open();
    device.expect(failedWith(401));
    device.expect(failedWith(409));
    await page.getByLabel('Username').fill('nobody-here');
    await page.getByLabel('Password', { exact: true }).fill('wrong password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('do not match').waitFor();

    const name = await signUp(await device.open());
    const other = await (await stage.device()).open();
    await other.getByRole('button', { name: 'New here' }).click();
    await other.getByLabel('Username').fill('1x');
    await other.getByLabel('Password', { exact: true }).fill(kPassword);
    await other.getByRole('button', { name: 'Create account' }).click();
    await other.getByRole('alert').getByText('start with a letter').waitFor();
    await other.getByLabel('Username').fill(name);
    await other.getByLabel('Password', { exact: true }).fill('short');
    await other.getByRole('button', { name: 'Create account' }).click();
    await other.getByRole('alert').getByText('8 to 128').waitFor();
  });

  it('keeps the trash until it is told otherwise', async () => {
    const device = await stage.device();
    const page = await device.open();
    await signUp(page);
    await writeMemo(page, 'Keep me', 'text');
    await writeMemo(page, 'Lose me', 'text');
    for (const title of ['Keep me', 'Lose me']) {
      await on(page).row(title).click();
      await page.getByRole('button', { name: 'Move to trash' }).click();
      await on(page).row(title).waitFor({ state: 'detached' });
    }
    await page.getByRole('link', { name: 'Trash' }).click();
    await on(page).row('Lose me').click();
    await page.getByText('This memo is in the trash').waitFor();
    await shoot(page, 'trash');
    await page.getByRole('button', { name: 'Delete for ever' }).click();
    await on(page).dialog.getByText('nothing can bring it back').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, 'purge');
    await on(page).dialog.getByRole('button', { name: 'Delete for ever' }).click();
    await on(page).row('Lose me').waitFor({ state: 'detached' });
    await on(page).row('Keep me').click();
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByText('The trash is empty').waitFor();
    await shoot(page, 'trash-empty');
    await page.getByRole('link', { name: 'Memos' }).click();
    await on(page).row('Keep me').waitFor();
    await expect.poll(() => memosOfService(page)).toMatchObject([{ title: 'Keep me' }]);
  });

  it('loads a long list page by page, each memo once', async () => {
    const device = await stage.device();
    const page = await device.open();
    await signUp(page);
    const lines = Array.from({ length: 130 }, (_, index) =>
      JSON.stringify({ title: `Memo ${index}`, content: `number ${index}` }),
    );
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.locator('input[type=file]').setInputFiles({
      name: 'memos.jsonl',
      mimeType: 'application/jsonl',
      buffer: Buffer.from(lines.join('\n')),
    });
    await on(page).dialog.getByText('130 memos imported').waitFor();
    const download = page.waitForEvent('download');
    await on(page).dialog.getByRole('button', { name: 'Export' }).click();
    expect((await download).suggestedFilename()).toMatch(/^memos-.*\.jsonl$/);
    await page.keyboard.press('Escape');
    await on(page).rows.first().waitFor();
    await expect
      .poll(async () => {
        await on(page).rows.last().scrollIntoViewIfNeeded();
        return on(page).rows.count();
      })
      .toBe(130);
    // A look at what is new does not take the long list away.
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.locator('input[type=file]').setInputFiles({
      name: 'memos.jsonl',
      mimeType: 'application/jsonl',
      buffer: Buffer.from('{"title":"Memo 130"}\n{"title":7}'),
    });
    await on(page).dialog.getByText('1 memo imported, 1 line left out').waitFor();
    await on(page).dialog.getByText('Line 2').waitFor();
    await page.keyboard.press('Escape');
    await on(page).row('Memo 130').waitFor();
    const titles = await on(page).rows.locator('strong').allTextContents();
    expect(new Set(titles).size).toBe(131);
    expect(titles[0]).toBe('Memo 130');
  });

  it('changes the password and goes on', async () => {
    const device = await stage.device();
    const page = await device.open();
    device.expect(failedWith(403));
    await signUp(page);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.locator('summary', { hasText: 'Change password' }).click();
    await page.getByLabel('Current password').fill('not the password');
    await page.getByLabel('New password').fill('another good one');
    await page.locator('form').getByRole('button', { name: 'Change password' }).click();
    await page.getByText('current password is not right').waitFor();
    await page.getByLabel('Current password').fill(kPassword);
    await page.locator('form').getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Password changed').waitFor();
    await page.keyboard.press('Escape');
    await writeMemo(page, 'After', 'still signed in');
  });

  it('opens the memo its address names, also after a reload', async () => {
    const device = await stage.device();
    const page = await device.open();
    device.expect(failedWith(404));
    await signUp(page);
    await writeMemo(page, 'Addressed', 'by its id');
    expect(new URL(page.url()).pathname).toMatch(/^\/m\/[0-9a-f-]{36}$/);
    await page.reload();
    await expect.poll(() => on(page).content.inputValue()).toBe('by its id');
    await page.goto(`${stage.service.url}/m/0192f0c1-0000-7abc-8def-0123456789ab`);
    await page.getByText('This memo does not exist').waitFor();
    await page.goto(`${stage.service.url}/new`);
    await expect.poll(() => isFocused(on(page).title)).toBe(true);
  });
});
