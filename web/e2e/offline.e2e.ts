import { expect, it } from 'vitest';
import {
  accessibilityFaults,
  describeInBrowser,
  failedWith,
  kNetworkTrouble,
  memosOfService,
  on,
  saved,
  shoot,
  signIn,
  signUp,
  until,
  writeMemo,
} from './harness.ts';

describeInBrowser('offline', (stage) => {
  it('keeps what is written while the service is dead, and sends it once', async () => {
    const device = await stage.device();
    const page = await device.open();
    await signUp(page);
    await writeMemo(page, 'Before', 'the power cut');
    device.expect(kNetworkTrouble);

    await stage.service.kill();
    await on(page).newMemo.click();
    await on(page).title.fill('재해 중에 쓴 메모');
    await on(page).content.fill('서버가 죽어도 남는다.');
    await on(page).status.getByText('Kept on this device').waitFor();
    await on(page).row('Before').click();
    await on(page).content.fill('the power cut, edited');
    await on(page).footer.getByText('2 changes waiting').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, 'offline');

    await stage.service.start();
    await on(page).footer.getByText('waiting').waitFor({ state: 'detached' });
    await on(page).row('재해 중에 쓴 메모').waitFor();
    await expect(memosOfService(page)).resolves.toMatchObject([
      { title: 'Before', content: 'the power cut, edited' },
      { title: '재해 중에 쓴 메모', content: '서버가 죽어도 남는다.' },
    ]);
    await page.reload();
    await on(page).row('재해 중에 쓴 메모').waitFor();
    expect(await on(page).rows.count()).toBe(2);
  });

  it('makes one memo when the answer to its creation is lost', async () => {
    const device = await stage.device();
    const page = await device.open();
    await signUp(page);
    device.expect(kNetworkTrouble);
    let creations = 0;
    await page.route('**/api/v1/memos', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      ++creations;
      // The service does its work; its answer does not arrive.
      if (creations <= 2) {
        await route.fetch();
        return route.abort('connectionreset');
      }
      return route.continue();
    });
    await writeMemo(page, 'Only once', 'however often it is asked for');
    expect(creations).toBe(3);
    const memos = await memosOfService(page);
    expect(memos.filter((memo) => memo.title === 'Only once')).toHaveLength(1);
  });

  it('starts without a network, and keeps writing', async () => {
    const device = await stage.device();
    const page = await device.open();
    await signUp(page);
    await writeMemo(page, 'On this device', 'readable anywhere');
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await device.setOffline(true);
    await page.reload();
    await on(page).row('On this device').click();
    await expect.poll(() => on(page).content.inputValue()).toBe('readable anywhere');
    await on(page).newMemo.click();
    await on(page).content.fill('# 지하철에서\n\n신호가 없다.');
    await on(page).footer.getByText('1 change waiting').waitFor();
    // It survives the tab, too.
    await page.close();
    const again = await device.context.newPage();
    await again.goto(stage.service.url);
    await on(again).row('지하철에서').waitFor();
    await on(again).search.fill('신호');
    await on(again).row('지하철에서').waitFor();
    await again.getByText('Offline: searching').waitFor();
    await device.setOffline(false);
    await on(again).footer.getByText('waiting').waitFor({ state: 'detached' });
    const memos = await memosOfService(again);
    expect(memos.filter((memo) => memo.title === '지하철에서')).toHaveLength(1);
  });

  it('lets one tab send for all of them', async () => {
    const device = await stage.device();
    const first = await device.open();
    await signUp(first);
    const second = await device.open();
    await on(second).newMemo.waitFor();
    await device.setOffline(true);
    await on(first).newMemo.click();
    await on(first).title.fill('From the first tab');
    await on(first).status.getByText('Kept on this device').waitFor();
    await on(second).row('From the first tab').waitFor();
    await on(second).newMemo.click();
    await on(second).title.fill('From the second tab');
    await on(second).footer.getByText('2 changes waiting').waitFor();
    await device.setOffline(false);
    for (const page of [first, second]) {
      await on(page).footer.getByText('waiting').waitFor({ state: 'detached' });
    }
    const titles = (await memosOfService(first)).map((memo) => memo.title).sort();
    expect(titles).toEqual(['From the first tab', 'From the second tab']);
  });

  it('does not lose what was typed just before the tab was closed', async () => {
    const device = await stage.device();
    const page = await device.open();
    await signUp(page);
    await writeMemo(page, 'Last words', 'a');
    await on(page).content.pressSequentially('bc');
    await page.close({ runBeforeUnload: false });
    const again = await device.open();
    await until('the last letters arrive', 10_000, async () => {
      const [memo] = await memosOfService(again);
      return memo?.content === 'abc';
    });
  });

  it('warns before a sign-out with changes waiting, and never sends them as somebody else', async () => {
    const device = await stage.device();
    const page = await device.open();
    const first = await signUp(page);
    device.expect(failedWith(403));
    device.expect(failedWith(401));
    device.expect(kNetworkTrouble);
    await page.route('**/api/v1/memos', (route) =>
      route.request().method() === 'POST' ? route.abort('connectionreset') : route.continue(),
    );
    await on(page).newMemo.click();
    await on(page).title.fill('For my eyes only');
    await on(page).footer.getByText('1 change waiting').waitFor();
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await on(page).dialog.getByText('Some changes are not sent yet').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, 'sign-out-pending');
    await on(page).dialog.getByRole('button', { name: 'Sign out, keep them' }).click();
    await page.unroute('**/api/v1/memos');

    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await signUp(page);
    await writeMemo(page, 'Another person', 'x');
    expect((await memosOfService(page)).map((memo) => memo.title)).toEqual(['Another person']);

    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await signIn(page, first);
    await expect
      .poll(async () => (await memosOfService(page)).map((memo) => memo.title))
      .toEqual(['For my eyes only']);
    await on(page).row('For my eyes only').click();
    await saved(page);
  });
});
