// Draws docs/images/memo-board.png for the README from the real app: npm run screenshot -w web
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { describeInBrowser, on, saved, settled, signUp, writeMemo } from '../e2e/harness.ts';

const images = fileURLToPath(new URL('../../docs/images', import.meta.url));
const kBytesMost = 200_000;
const kHour = 3600_000;

const hoursAgo = (hours: number) => new Date(Date.now() - hours * kHour).toISOString();

const kOlder = [
  {
    hours: 220,
    title: 'Books for the winter',
    content: '- Release It!\n- 총, 균, 쇠\n- The Checklist Manifesto',
  },
  {
    hours: 75,
    title: '제주 3박 4일',
    content: '첫날은 비 예보. 비자림 먼저, 바다는 둘째 날로 미룬다. 렌터카 인수는 12시.',
  },
  {
    hours: 50,
    title: 'Sourdough, third try',
    content:
      'Hydration 72 %, longer autolyse. Crumb finally open; crust still pale — preheat 15 minutes more.',
  },
  {
    hours: 27,
    title: '장보기',
    content: '- [ ] 두부 두 모\n- [x] 대파\n- [ ] 들기름\n- [ ] 귤 한 상자',
  },
  {
    hours: 5,
    title: 'On-call handover',
    content:
      'Quiet week. One replica lag alarm on Tuesday (backup window), no action. Runbook link fixed.',
  },
];

const kDrill = `서울 리전의 가용 영역 하나를 내리고 **연결이 끊긴 시간**을 잰다.
If the numbers hold twice in a row, we sign it off.

| 단계 | 목표 | 지난번 |
|---|---|---|
| 감지 detect | 1 s | 0.6 s |
| 승격 promote | 5 s | 3.1 s |
| 재연결 reconnect | 2 s | 1.4 s |

- [x] 런북 한 번씩 읽기
- [x] Announce the window in #ops
- [ ] 훈련 뒤 기록 남기기

> 잃은 쓰기 0건이 통과 기준이다.
`;

describeInBrowser('the picture of the README', (stage) => {
  it('shows a board somebody uses', async () => {
    const device = await stage.device({
      deviceScaleFactor: 1.5,
      viewport: { width: 1280, height: 760 },
    });
    const page = await device.open();
    await signUp(page, 'mina');
    // The service notes when a memo came to it; the picture is of a board that grew over days.
    await page.route('**/api/v1/memos?*', async (route) => {
      const response = await route.fetch();
      const list = (await response.json()) as {
        items: { created_at: string; updated_at: string }[];
      };
      for (const item of list.items) item.updated_at = item.created_at;
      await route.fulfill({ response, json: list });
    });
    const lines = kOlder.map(({ hours, title, content }) =>
      JSON.stringify({ title, content, created_at: hoursAgo(hours) }),
    );
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.locator('input[type=file]').setInputFiles({
      name: 'memos.jsonl',
      mimeType: 'application/jsonl',
      buffer: Buffer.from(lines.join('\n')),
    });
    await on(page).dialog.getByText('5 memos imported').waitFor();
    await page.keyboard.press('Escape');
    await writeMemo(page, '재해 복구 훈련 — 수요일 10시', kDrill);
    await page.getByRole('button', { name: 'Pin', exact: true }).click();
    await page.getByRole('heading', { name: 'Pinned' }).waitFor();
    await page.getByRole('radio', { name: 'Preview' }).check();
    await on(page).preview.getByRole('table').waitFor();
    await saved(page);
    await page.mouse.move(0, 0);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await settled(page);
    mkdirSync(images, { recursive: true });
    const file = join(images, 'memo-board.png');
    await page.screenshot({ path: file });
    expect(statSync(file).size).toBeLessThan(kBytesMost);
  });
});
