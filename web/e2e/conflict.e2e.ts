import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import {
  accessibilityFaults,
  describeInBrowser,
  type Device,
  failedWith,
  memosOfService,
  on,
  saved,
  shoot,
  signIn,
  signUp,
  type Stage,
  writeMemo,
} from './harness.ts';

const kBase = '# 훈련\n\n1. 알리기\n2. 내리기\n3. 확인하기';
const kTheirs = '# 훈련\n\n1. 모두에게 알리기\n2. 내리기\n3. 확인하기';
const kMine = '# 훈련\n\n1. 알리기\n2. 내리기\n3. 확인하고 기록하기';

interface Scene {
  mine: Page;
  theirs: Page;
  devices: Device[];
}

/** Two devices of one person have the same memo open; both change it before either hears of it. */
async function setScene(stage: Stage, theirText: string, myText: string): Promise<Scene> {
  const [here, there] = [await stage.device(), await stage.device()];
  const mine = await here.open();
  const name = await signUp(mine);
  await writeMemo(mine, '훈련 계획', kBase);
  const theirs = await there.open();
  await signIn(theirs, name);
  await on(theirs).row('훈련 계획').click();
  await expect.poll(() => on(theirs).content.inputValue()).toBe(kBase);
  await on(theirs).content.fill(theirText);
  await saved(theirs);
  here.expect(failedWith(412));
  await on(mine).content.fill(myText);
  return { mine, theirs, devices: [here, there] };
}

const content = async (page: Page) => (await memosOfService(page)).map((memo) => memo.content);

describeInBrowser('two versions of one memo', (stage) => {
  it('are shown side by side; mine can be kept', async () => {
    const { mine } = await setScene(stage, kTheirs, kMine);
    const dialog = on(mine).dialog;
    await dialog.getByRole('heading', { name: 'changed elsewhere' }).waitFor();
    const text = await dialog.innerText();
    expect(text).toContain('3. 확인하고 기록하기');
    expect(text).toContain('1. 모두에게 알리기');
    expect(await accessibilityFaults(mine)).toEqual([]);
    await shoot(mine, 'conflict');
    await dialog.getByRole('button', { name: 'Keep mine' }).click();
    await saved(mine);
    expect(await content(mine)).toEqual([kMine]);
  });

  it('the other can be taken', async () => {
    const { mine } = await setScene(stage, kTheirs, kMine);
    await on(mine).dialog.getByRole('button', { name: 'Take the other' }).click();
    await saved(mine);
    expect(await on(mine).content.inputValue()).toBe(kTheirs);
    expect(await content(mine)).toEqual([kTheirs]);
  });

  it('they can be put together, with the changes of both as a start', async () => {
    const { mine } = await setScene(stage, kTheirs, kMine);
    await on(mine).dialog.getByRole('button', { name: 'Put together' }).click();
    const merged = on(mine).dialog.getByLabel('Put together');
    expect(await merged.inputValue()).toBe(
      '# 훈련\n\n1. 모두에게 알리기\n2. 내리기\n3. 확인하고 기록하기',
    );
    expect(await accessibilityFaults(mine)).toEqual([]);
    await shoot(mine, 'conflict-merge');
    await merged.press('End');
    await on(mine).dialog.getByRole('button', { name: 'Save this' }).click();
    await saved(mine);
    expect(await content(mine)).toEqual([
      '# 훈련\n\n1. 모두에게 알리기\n2. 내리기\n3. 확인하고 기록하기',
    ]);
  });

  it('wait for a decision without losing either', async () => {
    const { mine } = await setScene(stage, kTheirs, kMine);
    await on(mine).dialog.getByRole('button', { name: 'Decide later' }).click();
    await on(mine).row('Needs your decision').waitFor();
    await mine.reload();
    await on(mine).footer.getByRole('button', { name: '1 memo needs your decision' }).click();
    await on(mine).dialog.getByRole('button', { name: 'Keep mine' }).click();
    await saved(mine);
    expect(await content(mine)).toEqual([kMine]);
  });

  it('are no conflict when they say the same', async () => {
    const { mine } = await setScene(stage, kTheirs, kTheirs);
    await saved(mine);
    expect(await on(mine).dialog.count()).toBe(0);
  });

  it('in two tabs of one browser: what is saved in one appears in the other', async () => {
    const device = await stage.device();
    const first = await device.open();
    await signUp(first);
    await writeMemo(first, 'Shared', 'one');
    const second = await device.open(new URL(first.url()).pathname);
    await expect.poll(() => on(second).content.inputValue()).toBe('one');
    await on(first).content.fill('one, two');
    await expect.poll(() => on(second).content.inputValue()).toBe('one, two');
    await on(second).content.fill('one, two, three');
    await expect.poll(() => on(first).content.inputValue()).toBe('one, two, three');
    await expect.poll(() => content(first)).toEqual(['one, two, three']);
  });

  it('asks what to do when the memo was moved to the trash meanwhile', async () => {
    const { mine, theirs, devices } = await setScene(stage, kBase, kBase);
    devices[0]?.expect(failedWith(409));
    await theirs.getByRole('button', { name: 'Move to trash' }).click();
    await expect
      .poll(async () => (await memosOfService(theirs)).map((memo) => 'state' in memo && memo.state))
      .toEqual(['trashed']);
    await on(mine).content.fill(kMine);
    await on(mine).dialog.getByText('Your text is safe').waitFor();
    expect(await accessibilityFaults(mine)).toEqual([]);
    await shoot(mine, 'trashed-elsewhere');
    await on(mine).dialog.getByRole('button', { name: 'Restore and save' }).click();
    await saved(mine);
    expect(await content(mine)).toEqual([kMine]);
  });
});
