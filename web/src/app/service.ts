// Requests the screen waits for (lists, a memo, the session). Writes go through the queue instead.

import type { ApiClient, Call } from '../api/client.ts';
import type { Answer } from '../api/types.ts';
import type { AppState, Store } from './state.ts';

export class Service {
  /** The service says the session is over. */
  onUnauthenticated: () => void = () => {};
  /** The service stopped answering, or answers again. */
  onReachable: (reachable: boolean) => void = () => {};

  constructor(
    readonly api: ApiClient,
    private readonly state: Store<AppState>,
  ) {
    api.onServedBy = (servedBy) => state.set({ servedBy });
  }

  async ask<T>(call: Call): Promise<Answer<T>> {
    const answer = await this.api.send<T>(call);
    this.note(answer);
    const ended = answer.kind === 'problem' && answer.problem.type.endsWith('/unauthenticated');
    if (ended) this.onUnauthenticated();
    return answer;
  }

  /**
   * Every answer tells whether the service works; a gateway that finds nobody behind it says no.
   */
  note(answer: Answer<unknown>): void {
    const reachable = answer.kind === 'ok' || (answer.kind === 'problem' && answer.status < 502);
    if (reachable === this.state.get().reachable) return;
    this.state.set({ reachable });
    this.onReachable(reachable);
  }
}
