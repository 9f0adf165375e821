// Notices that the service is back while nothing else would ask.

const kFirstMs = 1000;
const kMostMs = 15_000;

export class Pulse {
  private timer: number | undefined;
  private delay = kFirstMs;

  /** `ask` resolves once it has an answer, or none. */
  constructor(
    private readonly isNeeded: () => boolean,
    private readonly ask: () => Promise<unknown>,
  ) {
    window.addEventListener('online', () => this.now());
    document.addEventListener('visibilitychange', () => this.now());
  }

  /** Starts asking, unless it does already. */
  start(): void {
    if (this.timer !== undefined || !this.isNeeded()) return;
    this.timer = window.setTimeout(() => void this.beat(), this.delay);
    this.delay = Math.min(kMostMs, this.delay * 1.6);
  }

  now(): void {
    if (!this.isNeeded() || document.hidden) return;
    clearTimeout(this.timer);
    this.delay = kFirstMs;
    void this.beat();
  }

  private async beat(): Promise<void> {
    await this.ask();
    this.timer = undefined;
    if (this.isNeeded()) this.start();
    else this.delay = kFirstMs;
  }
}
