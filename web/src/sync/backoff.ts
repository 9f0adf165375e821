const kFirstMs = 500;
const kMostMs = 30_000;

/**
 * How long to wait after the n-th failed try (n ≥ 1): doubling, with jitter so that many browsers
 * do not come back at the same moment, and never sooner than the service asked. `random` is in [0,
 * 1).
 */
export function backoffMs(attempts: number, retryAfterMs: number, random: number): number {
  const ceiling = Math.min(kMostMs, kFirstMs * 2 ** Math.min(attempts - 1, 10));
  return Math.max(retryAfterMs, Math.round(ceiling * (0.5 + random / 2)));
}
