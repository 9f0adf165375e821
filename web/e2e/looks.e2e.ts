import { expect, it } from 'vitest';
import {
  accessibilityFaults,
  describeInBrowser,
  on,
  saved,
  shoot,
  signUp,
  writeMemo,
} from './harness.ts';

const kPhone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

describeInBrowser('looks', (stage) => {
  it('on a phone: one pane at a time, with a way back', async () => {
    const device = await stage.device({ ...kPhone, locale: 'ko-KR' });
    const page = await device.open();
    await shoot(page, 'phone-sign-in');
    await signUp(page);
    await shoot(page, 'phone-empty');
    await on(page).newMemo.tap();
    expect(await on(page).search.isVisible()).toBe(false);
    await on(page).title.fill('장보기');
    await on(page).content.fill('- [ ] 두부 두 모\n- [ ] 대파\n- [x] 계란');
    await saved(page);
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, 'phone-memo');
    await page.getByRole('button', { name: '목록으로' }).tap();
    await on(page).row('장보기').waitFor();
    expect(await on(page).title.isVisible()).toBe(false);
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, 'phone-list');
    await page.getByRole('button', { name: '설정' }).tap();
    await shoot(page, 'phone-settings');
    await page.getByRole('button', { name: '닫기' }).tap();
    await on(page).row('장보기').tap();
    await page.goBack();
    await on(page).row('장보기').waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBe(kPhone.viewport.width);
  });

  it('in the dark: as the system says, or as chosen, and remembered', async () => {
    const device = await stage.device({ colorScheme: 'dark' });
    const page = await device.open();
    const theme = () => page.locator('html').getAttribute('data-theme');
    expect(await theme()).toBe('dark');
    await signUp(page);
    await writeMemo(page, 'Night', 'quiet colours');
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, 'dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(theme).toBe('light');
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('radio', { name: 'Dark' }).check();
    expect(await theme()).toBe('dark');
    await page.reload();
    expect(await theme()).toBe('dark');
    await on(page).row('Night').waitFor();
  });

  it('in Korean and English: by the browser, or as chosen, and remembered', async () => {
    const device = await stage.device({ locale: 'ko-KR' });
    const page = await device.open();
    const language = () => page.locator('html').getAttribute('lang');
    expect(await language()).toBe('ko');
    await signUp(page);
    await page.getByText('아직 메모가 없습니다').waitFor();
    await writeMemo(page, '한글 메모', '내용');
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, 'korean');
    await page.getByRole('button', { name: '설정' }).click();
    await page.getByRole('radio', { name: 'English' }).check();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    expect(await language()).toBe('en');
    await page.reload();
    await page.getByRole('link', { name: 'Trash' }).waitFor();
    expect(await language()).toBe('en');
  });

  it('finds Korean text while its last syllable is still being composed', async () => {
    const device = await stage.device();
    const page = await device.open();
    await signUp(page);
    await writeMemo(page, '회의록', '다음 주');
    await writeMemo(page, '장보기', '두부');
    await on(page).search.focus();
    const ime = await device.context.newCDPSession(page);
    const compose = (text: string) =>
      ime.send('Input.imeSetComposition', { text, selectionStart: 1, selectionEnd: 1 });
    for (const syllable of ['ㅎ', '호', '회']) await compose(syllable);
    await ime.send('Input.insertText', { text: '회' });
    for (const syllable of ['ㅇ', '으', '의']) await compose(syllable);
    await on(page).row('장보기').waitFor({ state: 'detached' });
    await on(page).row('회의록').waitFor();
    expect(await on(page).search.inputValue()).toBe('회의');
  });

  it('calm when asked to be', async () => {
    const device = await stage.device({ reducedMotion: 'reduce' });
    const page = await device.open();
    await signUp(page);
    await page.getByRole('button', { name: 'Settings' }).click();
    const longest = await page.evaluate(() =>
      Math.max(
        0,
        ...document
          .getAnimations()
          .map((each) => Number(each.effect?.getComputedTiming().duration)),
      ),
    );
    expect(longest).toBeLessThanOrEqual(1);
  });
});
