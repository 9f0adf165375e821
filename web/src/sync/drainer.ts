// Carries out what decide.ts says: sends the waiting writes, one at a time, in one tab at a time.

import type { ApiClient } from '../api/client.ts';
import type { Answer, Memo } from '../api/types.ts';
import { absorb, type Outcome } from './absorb.ts';
import { decide, isExpired, type Step, toCall } from './decide.ts';
import { type LocalStore, noChange } from './store.ts';
import type { Write } from './types.ts';

/** Runs `work` while no other tab runs work of the same name. */
export type Exclusive = (name: string, work: () => Promise<void>) => Promise<void>;

export interface DrainerWorld {
  store: LocalStore;
  api: Pick<ApiClient, 'send'>;
  exclusive: Exclusive;
  now: () => number;
  random: () => number;
  /** The queue or the local copy changed. */
  onOutcome: (outcome: Outcome) => Promise<void>;
  onAnswer: (answer: Answer<unknown>) => void;
  /**
   * The service wants to know who is asking. True: the session is the account's again, go on.
   */
  onPause: (why: 'sign-in' | 'check-session') => Promise<boolean>;
  setTimer: (work: () => void, ms: number) => number;
  clearTimer: (timer: number) => void;
}

/** After a new session did not help twice in a row, to ask again. */
const kPauseMs = 30_000;

export class Drainer {
  private pauses = 0;
  private running: Promise<void> | null = null;
  private again = false;
  private timer: number | null = null;
  private stopped = false;

  constructor(
    readonly account: string,
    private readonly world: DrainerWorld,
  ) {}

  /** Sends what may be sent now. Resolves when nothing is left to do at this time. */
  wake(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.again = false;
    this.running = this.world
      .exclusive(`scv-drain-${this.account}`, () => this.drain())
      .finally(() => {
        this.running = null;
        if (this.again) void this.wake();
      });
    return this.running;
  }

  /** The connection is back: what was waiting for it need not wait any longer. */
  async hurry(): Promise<void> {
    await this.world.store.change(this.account, (queue) => ({
      ...noChange(),
      put: queue.map((write) => ({ ...write, notBefore: 0 })),
    }));
    await this.wake();
  }

  stop(): void {
    this.stopped = true;
    if (this.timer !== null) this.world.clearTimer(this.timer);
  }

  private async drain(): Promise<void> {
    while (!this.stopped) {
      const step = await this.takeStep();
      if (step.do === 'wait') this.wakeAt(step.until);
      if (step.do !== 'send') return;
      if (!(await this.deliver(step.write))) return;
    }
  }

  // Chooses the next write and notes, on disk and before it leaves, that it was tried: from here on
  // its request stays as it is, whatever happens to this tab.
  private async takeStep(): Promise<Step> {
    let step: Step = { do: 'rest' };
    await this.world.store.change(this.account, (queue) => {
      const now = this.world.now();
      step = decide(queue, now);
      if (step.do !== 'send') return noChange();
      const { attempts, firstTriedAt } = step.write;
      const write = { ...step.write, attempts: attempts + 1, firstTriedAt: firstTriedAt || now };
      step = { do: 'send', write };
      return { ...noChange(), put: [write] };
    });
    return step;
  }

  private async deliver(write: Write): Promise<boolean> {
    if (isExpired(write, this.world.now())) {
      await this.apply((): Outcome => {
        const put: Write[] = [{ ...write, stuck: { reason: 'expired' } }];
        return { ...noChange(), put, renamed: null, pause: null };
      });
      return true;
    }
    const answer: Answer<Memo | undefined> = await this.world.api.send(toCall(write));
    this.world.onAnswer(answer);
    const { pause } = await this.apply((queue) =>
      absorb(queue, write, answer, { now: this.world.now(), random: this.world.random() }),
    );
    if (pause === null) {
      this.pauses = 0;
      return true;
    }
    if (++this.pauses > 2) {
      this.pauses = 0;
      this.wakeAt(this.world.now() + kPauseMs);
      return false;
    }
    return this.world.onPause(pause);
  }

  private async apply(decideOutcome: (queue: Write[]) => Outcome): Promise<Outcome> {
    const outcome = await this.world.store.change(
      this.account,
      decideOutcome,
      (change) => change.renamed,
    );
    await this.world.onOutcome(outcome);
    return outcome;
  }

  private wakeAt(until: number): void {
    if (this.timer !== null) this.world.clearTimer(this.timer);
    const delay = Math.max(0, until - this.world.now());
    this.timer = this.world.setTimer(() => void this.wake(), delay);
  }
}
