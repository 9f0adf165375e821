// Waiting for something to become true, always with a deadline.

/** Resolves after `ms`; only for spacing out polls and for traffic that has to be slow. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Thrown by a probe when waiting longer is pointless. */
export class GiveUp extends Error {}

/** Polls `probe` until it returns something truthy, and returns that. Throws after `deadlineMs`. */
export async function until<T>(
  what: string,
  deadlineMs: number,
  probe: () => T | Promise<T>,
): Promise<NonNullable<T>> {
  const end = Date.now() + deadlineMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value) return value;
      lastError = undefined;
    } catch (error) {
      if (error instanceof GiveUp) throw error;
      lastError = error;
    }
    if (Date.now() >= end) {
      const cause = lastError === undefined ? '' : `: ${String(lastError)}`;
      throw new Error(`not within ${deadlineMs} ms: ${what}${cause}`);
    }
    await pause(20);
  }
}
