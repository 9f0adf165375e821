import { expect, it } from 'vitest';
import { kHostileMarkdown } from '../src/text/hostile.ts';
import {
  accessibilityFaults,
  describeInBrowser,
  on,
  saved,
  shoot,
  signUp,
  writeMemo,
} from './harness.ts';

const kSample = `# 재해 복구 훈련

서울 리전을 내리고 **도쿄**가 받는지 본다. 자세한 것은 [런북](https://example.com/runbook)에.

- [x] 담당자 정하기
- [ ] 공지하기

> RTO는 처음 실패한 요청에서 처음 성공한 요청까지.

| 단계 | 목표 |
|---|---|
| 감지 | 1초 |
| 승격 | 5초 |

\`\`\`
./scv drill az-down
\`\`\`

![구성도](https://example.com/diagram.png)
`;

describeInBrowser('the preview', (stage) => {
  it('shows Markdown', async () => {
    const device = await stage.device();
    const page = await device.open();
    await signUp(page);
    await writeMemo(page, '훈련', kSample);
    await page.getByRole('radio', { name: 'Side by side' }).check();
    const preview = on(page).preview;
    await preview.getByRole('heading', { name: '재해 복구 훈련', level: 2 }).waitFor();
    expect(await preview.getByRole('checkbox').count()).toBe(2);
    const link = preview.getByRole('link', { name: '런북' });
    expect(await link.getAttribute('rel')).toContain('noopener noreferrer');
    expect(await preview.locator('img').count()).toBe(0);
    await preview.getByRole('link', { name: '구성도' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, 'markdown-split');
    await page.getByRole('radio', { name: 'Preview' }).check();
    await shoot(page, 'markdown-preview');
  });

  it('runs, fetches and pretends nothing, whatever a memo says', async () => {
    const device = await stage.device();
    const page = await device.open();
    const requests: string[] = [];
    await signUp(page);
    await writeMemo(page, 'Hostile', 'start');
    await page.getByRole('radio', { name: 'Side by side' }).check();
    await on(page).preview.getByText('start').waitFor();
    page.on('request', (request) => requests.push(request.url()));
    for (const hostile of kHostileMarkdown) {
      const end = `end of ${kHostileMarkdown.indexOf(hostile)}`;
      // Two newlines close what an HTML block leaves open; the last line shows that it was drawn.
      await on(page).content.fill(`${hostile}\n\n${end}`);
      await on(page).preview.getByText(end).last().waitFor({ state: 'attached' });
    }
    await on(page).content.fill(kHostileMarkdown.join('\n\n'));
    await saved(page);
    for (const link of await on(page).preview.getByRole('link').all()) {
      expect(await link.getAttribute('href')).toMatch(/^(https?:|mailto:|tel:)/);
    }
    expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false);
    expect(
      await on(page).preview.locator('script,style,iframe,form,button,svg,[style]').count(),
    ).toBe(0);
    const strange = requests.filter((url) => !url.startsWith(`${stage.service.url}/api/v1/memos`));
    expect(strange).toEqual([]);
    // After a reload it is drawn from what the service stored.
    await page.reload();
    await on(page).preview.getByRole('link').first().waitFor();
    expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false);
  });
});
