// One browser for tests of the sync engine: a shared IndexedDB, tabs with a drainer each, a lock
// between them, and a clock that jumps to the next timer instead of waiting.

import { IDBFactory } from 'fake-indexeddb';
import type { Text, Write } from '../sync/types.ts';
import { overlay, type Shown } from '../sync/docs.ts';
import { Drainer } from '../sync/drainer.ts';
import { type Choice, type Mint, planChoice, planEdit, planMove, planPin } from '../sync/plan.ts';
import { type Change, LocalStore, type Own } from '../sync/store.ts';
import type { FakeService } from './fake-service.ts';

export const kAccount = '0192f0c1-0000-7abc-8def-0123456789ab';

export class FakeBrowser {
  now = 1_000_000;
  random = 0.5;
  signInsAsked = 0;
  private keys = 0;
  private timers: { at: number; work: () => void; id: number }[] = [];
  private timerIds = 0;
  private lock: Promise<void> = Promise.resolve();

  private constructor(
    readonly store: LocalStore,
    readonly service: FakeService,
  ) {}

  static async open(service: FakeService): Promise<FakeBrowser> {
    return new FakeBrowser(await LocalStore.open('test', new IDBFactory()), service);
  }

  tab(): Drainer {
    return new Drainer(kAccount, {
      store: this.store,
      api: this.service,
      exclusive: (_, work) => (this.lock = this.lock.then(work)),
      now: () => this.now,
      random: () => this.random,
      onOutcome: () => Promise.resolve(),
      onAnswer: () => {},
      onPause: () => {
        ++this.signInsAsked;
        return Promise.resolve(false);
      },
      setTimer: (work, ms) => {
        this.timers.push({ at: this.now + ms, work, id: ++this.timerIds });
        return this.timerIds;
      },
      clearTimer: (timer) => {
        this.timers = this.timers.filter(({ id }) => id !== timer);
      },
    });
  }

  /** Jumps to the next timer and runs it. False: there is none. */
  async passTime(drainer: Drainer): Promise<boolean> {
    const next = this.timers.sort((a, b) => a.at - b.at).shift();
    if (!next) return false;
    this.now = Math.max(this.now, next.at);
    next.work();
    await drainer.wake();
    return true;
  }

  /** Drains until nothing is left that time alone could help. */
  async settle(drainer: Drainer): Promise<void> {
    await drainer.wake();
    for (let rounds = 0; rounds < 500 && (await this.passTime(drainer)); ++rounds);
  }

  queue(): Promise<Write[]> {
    return this.store.queue(kAccount);
  }

  async shown(memo: string): Promise<Shown | undefined> {
    const [doc] = await this.store.docsById(kAccount, [memo]);
    return overlay(
      doc,
      (await this.queue()).filter((write) => write.memo === memo),
    );
  }

  edit(memo: string, text: Text, was: Text, base: number | null): Promise<Change> {
    return this.plan(memo, (own, mint) => planEdit(own, { text, was, base }, mint));
  }

  /** Types on from what is shown. */
  async write(memo: string, text: Text): Promise<Change> {
    const shown = await this.shown(memo);
    const was = { title: shown?.title ?? '', content: shown?.content ?? '' };
    return this.edit(memo, text, was, shown?.version || null);
  }

  pin(memo: string, pinned: boolean): Promise<Change> {
    return this.plan(memo, (own, mint) => planPin(own, pinned, mint));
  }

  move(memo: string, kind: 'trash' | 'restore' | 'purge'): Promise<Change> {
    return this.plan(memo, (own, mint) => planMove(own, kind, mint));
  }

  choose(memo: string, choice: Choice): Promise<Change> {
    return this.plan(memo, (own, mint) => {
      const change = planChoice(own, choice, mint);
      if (change.drop.length + change.put.length === 0) throw new Error(`nothing to decide: ${memo}`);
      return change;
    });
  }

  private plan(memo: string, plan: (own: Own, mint: Mint) => Change): Promise<Change> {
    const mint = { account: kAccount, now: this.now, key: () => `key-${++this.keys}` };
    return this.store.changeMemo(kAccount, memo, (own) => plan(own, mint));
  }
}
