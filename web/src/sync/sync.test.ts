import { beforeEach, describe, expect, it } from 'vitest';
import { FakeBrowser, kAccount } from '../testing/browser.ts';
import { FakeService } from '../testing/fake-service.ts';
import { kKeyLifetimeMs } from './decide.ts';
import { docOfMemo, textOf } from './docs.ts';
import { makeLocalId } from './types.ts';

const kLocal = makeLocalId(1_000_000, 'a');
const text = (title: string, content = '') => ({ title, content });
const blank = text('');

let service: FakeService;
let browser: FakeBrowser;

beforeEach(async () => {
  service = new FakeService();
  browser = await FakeBrowser.open(service);
});

async function knownMemo(title: string, content: string) {
  const memo = service.add(title, content);
  await browser.store.putDocs([docOfMemo(kAccount, memo)], []);
  return memo;
}

const onlyMemo = () => {
  const memos = [...service.memos.values()];
  expect(memos).toHaveLength(1);
  return memos[0]!;
};

describe('creating', () => {
  it('gives a memo made offline its id once the service answers', async () => {
    await browser.edit(kLocal, text('장보기', '두부'), blank, null);
    await browser.settle(browser.tab());
    const memo = onlyMemo();
    expect(memo.title).toBe('장보기');
    expect(await browser.queue()).toEqual([]);
    expect((await browser.shown(memo.id))?.content).toBe('두부');
    const aliases = await browser.store.aliases(kAccount);
    expect(aliases).toEqual([{ account: kAccount, from: kLocal, to: memo.id }]);
  });

  it('folds edits into a create that was never sent', async () => {
    await browser.edit(kLocal, text('a'), blank, null);
    await browser.write(kLocal, text('ab'));
    await browser.pin(kLocal, true);
    expect(await browser.queue()).toHaveLength(1);
    await browser.settle(browser.tab());
    expect(onlyMemo()).toMatchObject({ title: 'ab', pinned: true, version: 1 });
  });

  it('makes one memo when the answer gets lost again and again', async () => {
    let losses = 5;
    service.weather = () => (losses-- > 0 ? 'answer-lost' : 'fair');
    await browser.edit(kLocal, text('once'), blank, null);
    await browser.settle(browser.tab());
    expect(onlyMemo().title).toBe('once');
    expect(service.calls).toBe(6);
    expect(service.effects).toEqual(['POST /memos']);
  });

  it('never changes a request that was sent: later text follows in a write of its own', async () => {
    service.weather = () => 'answer-lost';
    const tab = browser.tab();
    await browser.edit(kLocal, text('first'), blank, null);
    await tab.wake();
    await browser.write(kLocal, text('second'));
    expect((await browser.queue()).map((write) => write.kind)).toEqual(['create', 'update']);
    service.weather = () => 'fair';
    await browser.settle(tab);
    expect(onlyMemo()).toMatchObject({ title: 'second', version: 2 });
  });

  it('knows the memo by its old name while the news of the new one travels', async () => {
    await browser.edit(kLocal, text('first'), blank, null);
    await browser.settle(browser.tab());
    // A tab that has not heard of the id yet types on.
    await browser.edit(kLocal, text('first', 'more'), text('first'), null);
    await browser.settle(browser.tab());
    expect(onlyMemo()).toMatchObject({ title: 'first', content: 'more', version: 2 });
  });

  it('asks before it repeats a create the service may have forgotten', async () => {
    service.weather = () => 'answer-lost';
    const tab = browser.tab();
    await browser.edit(kLocal, text('old'), blank, null);
    await tab.wake();
    browser.now += kKeyLifetimeMs + 1;
    service.weather = () => 'fair';
    await browser.settle(tab);
    expect((await browser.queue())[0]?.stuck).toEqual({ reason: 'expired' });
    expect(service.calls).toBe(1);
    await browser.choose(kLocal, { choose: 'discard' });
    expect(await browser.queue()).toEqual([]);
  });
});

describe('several writes', () => {
  it('keeps those of one memo in order, on the versions made by the former', async () => {
    const memo = await knownMemo('a', 'one');
    const tab = browser.tab();
    service.weather = () => 'request-lost';
    await browser.write(memo.id, text('a', 'two'));
    await tab.wake();
    await browser.pin(memo.id, true);
    await browser.write(memo.id, text('a', 'three'));
    await browser.move(memo.id, 'trash');
    service.weather = () => 'fair';
    await browser.settle(tab);
    expect(service.effects).toEqual([
      `PUT /memos/${memo.id}`,
      `PATCH /memos/${memo.id}`,
      `PUT /memos/${memo.id}`,
      `DELETE /memos/${memo.id}`,
    ]);
    expect(onlyMemo()).toMatchObject({ content: 'three', state: 'trashed', version: 5 });
  });

  it('does not let a stuck memo hold up another', async () => {
    const [a, b] = [await knownMemo('a', ''), await knownMemo('b', '')];
    service.change(a.id, { content: 'theirs' });
    await browser.write(a.id, text('a', 'mine'));
    await browser.write(b.id, text('b', 'mine'));
    await browser.settle(browser.tab());
    expect(service.memos.get(b.id)?.content).toBe('mine');
    expect((await browser.queue()).map((write) => write.stuck?.reason)).toEqual(['conflict']);
  });

  it('undoes a move to the trash that was never sent without a word to the service', async () => {
    const memo = await knownMemo('a', '');
    await browser.move(memo.id, 'trash');
    expect((await browser.shown(memo.id))?.state).toBe('trashed');
    await browser.move(memo.id, 'restore');
    expect(await browser.queue()).toEqual([]);
    expect((await browser.shown(memo.id))?.state).toBe('active');
  });

  it('waits as long as the service asks', async () => {
    service.weather = () => 'busy';
    const tab = browser.tab();
    await browser.edit(kLocal, text('a'), blank, null);
    await tab.wake();
    const [write] = await browser.queue();
    expect(write?.notBefore).toBe(browser.now + 1000);
    await tab.wake();
    expect(service.calls).toBe(1);
    service.weather = () => 'fair';
    await tab.hurry();
    expect(service.memos.size).toBe(1);
  });
});

describe('conflicts', () => {
  it('keeps both versions and lets the person overwrite', async () => {
    const memo = await knownMemo('a', 'base');
    service.change(memo.id, { content: 'theirs' });
    await browser.write(memo.id, text('a', 'mine'));
    const tab = browser.tab();
    await browser.settle(tab);
    const [write] = await browser.queue();
    expect(write?.stuck).toMatchObject({ reason: 'conflict', current: { content: 'theirs' } });
    expect((await browser.shown(memo.id))?.content).toBe('mine');
    // Typing on does not lose the question.
    await browser.write(memo.id, text('a', 'mine, longer'));
    await browser.choose(memo.id, { choose: 'text', text: text('a', 'mine, longer') });
    await browser.settle(tab);
    expect(onlyMemo()).toMatchObject({ content: 'mine, longer', version: 3 });
  });

  it('takes theirs', async () => {
    const memo = await knownMemo('a', 'base');
    service.change(memo.id, { content: 'theirs' });
    await browser.write(memo.id, text('a', 'mine'));
    await browser.settle(browser.tab());
    await browser.choose(memo.id, { choose: 'theirs' });
    expect(await browser.queue()).toEqual([]);
    expect((await browser.shown(memo.id))?.content).toBe('theirs');
    expect(onlyMemo().content).toBe('theirs');
  });

  it('asks nobody when only the version moved on', async () => {
    const memo = await knownMemo('a', 'base');
    service.change(memo.id, { pinned: true });
    await browser.write(memo.id, text('a', 'mine'));
    await browser.settle(browser.tab());
    expect(onlyMemo()).toMatchObject({ content: 'mine', pinned: true, version: 3 });
    expect(await browser.queue()).toEqual([]);
  });

  it('does not overwrite what came between two of its own writes', async () => {
    const memo = await knownMemo('a', 'base');
    const tab = browser.tab();
    service.weather = () => 'request-lost';
    await browser.pin(memo.id, true);
    await tab.wake();
    await browser.write(memo.id, text('a', 'mine'));
    service.change(memo.id, { content: 'theirs' });
    service.weather = () => 'fair';
    await browser.settle(tab);
    expect(onlyMemo()).toMatchObject({ content: 'theirs', pinned: true });
    expect((await browser.queue())[0]?.stuck?.reason).toBe('conflict');
  });

  it('notices another tab that typed into the same memo', async () => {
    const memo = await knownMemo('a', 'base');
    const was = text('a', 'base');
    await browser.edit(memo.id, text('a', 'tab one'), was, 1);
    await browser.edit(memo.id, text('a', 'tab two'), was, 1);
    await browser.settle(browser.tab());
    expect(onlyMemo().content).toBe('tab one');
    expect((await browser.queue())[0]?.stuck).toMatchObject({
      reason: 'conflict',
      current: { content: 'tab one' },
    });
    expect((await browser.shown(memo.id))?.content).toBe('tab two');
  });
});

describe('a memo that went away meanwhile', () => {
  it('in the trash: restores and saves', async () => {
    const memo = await knownMemo('a', 'base');
    service.change(memo.id, { state: 'trashed' });
    await browser.write(memo.id, text('a', 'mine'));
    const tab = browser.tab();
    await browser.settle(tab);
    expect((await browser.queue())[0]?.stuck?.reason).toBe('trashed');
    await browser.choose(memo.id, { choose: 'restore' });
    await browser.settle(tab);
    expect(onlyMemo()).toMatchObject({ state: 'active', content: 'mine' });
  });

  it('for ever: keeps the text and saves it as a new memo', async () => {
    const memo = await knownMemo('a', 'base');
    service.memos.delete(memo.id);
    await browser.write(memo.id, text('a', 'mine'));
    const tab = browser.tab();
    await browser.settle(tab);
    expect((await browser.queue())[0]?.stuck?.reason).toBe('gone');
    await browser.choose(memo.id, { choose: 'copy', memo: kLocal });
    await browser.settle(tab);
    expect(onlyMemo()).toMatchObject({ title: 'a', content: 'mine' });
    expect(await browser.shown(memo.id)).toBeUndefined();
  });

  it('purging what is gone already is done', async () => {
    const memo = await knownMemo('a', '');
    service.memos.delete(memo.id);
    await browser.move(memo.id, 'purge');
    await browser.settle(browser.tab());
    expect(await browser.queue()).toEqual([]);
    expect(await browser.shown(memo.id)).toBeUndefined();
  });
});

describe('the session', () => {
  it('stops at 401, keeps everything, goes on later', async () => {
    service.weather = () => 'signed-out';
    await browser.edit(kLocal, text('a'), blank, null);
    const tab = browser.tab();
    await browser.settle(tab);
    expect(browser.signInsAsked).toBe(1);
    expect(service.calls).toBe(1);
    service.weather = () => 'fair';
    await browser.settle(browser.tab());
    expect(onlyMemo().title).toBe('a');
  });

  it('sends nothing of another account', async () => {
    await browser.store.change('other', () => ({
      put: [],
      drop: [],
      docs: [],
      gone: [],
      add: [
        {
          seq: 0,
          account: 'other',
          memo: kLocal,
          key: 'k',
          queuedAt: 0,
          attempts: 0,
          firstTriedAt: 0,
          notBefore: 0,
          stuck: null,
          kind: 'create',
          pinned: false,
          title: 'theirs',
          content: '',
        },
      ],
    }));
    await browser.settle(browser.tab());
    expect(service.calls).toBe(0);
    expect(await browser.store.queue('other')).toHaveLength(1);
  });
});

// Many edits, two tabs, a service that loses requests and answers: in the end every memo is there
// once, with the text typed last. The seed is in the name of a test that fails.
describe.each([1, 2, 3, 4, 5, 6, 7, 8])('a stormy day (seed %i)', (seed) => {
  it('loses nothing and does nothing twice', async () => {
    const draw = generator(seed);
    service.weather = () => {
      const roll = draw();
      return roll < 0.3
        ? 'request-lost'
        : roll < 0.6
          ? 'answer-lost'
          : roll < 0.7
            ? 'busy'
            : 'fair';
    };
    const tabs = [browser.tab(), browser.tab()];
    const typed = new Map<string, string>();
    const ids = Array.from({ length: 4 }, (_, index) => makeLocalId(browser.now + index, 'storm'));
    for (let turn = 0; turn < 40; ++turn) {
      const local = ids[Math.floor(draw() * ids.length)]!;
      const title = `memo ${ids.indexOf(local)}`;
      const id = await resolve(local);
      await browser.write(id, text(title, `turn ${turn}`));
      typed.set(title, `turn ${turn}`);
      const tab = tabs[turn % 2]!;
      if (draw() < 0.7) await tab.wake();
      else await browser.passTime(tab);
    }
    service.weather = () => 'fair';
    await browser.settle(tabs[0]!);
    expect(await browser.queue()).toEqual([]);
    const kept = new Map([...service.memos.values()].map((memo) => [memo.title, memo.content]));
    expect(kept).toEqual(typed);
    expect(service.memos.size).toBe(typed.size);
    for (const memo of service.memos.values()) {
      expect(textOf((await browser.shown(memo.id))!)).toEqual(text(memo.title, memo.content));
    }
  });
});

async function resolve(local: string): Promise<string> {
  const aliases = await browser.store.aliases(kAccount);
  return aliases.find(({ from }) => from === local)?.to ?? local;
}

function generator(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x1234567;
    return ((state ^ (state >>> 12)) >>> 0) / 2 ** 32;
  };
}
