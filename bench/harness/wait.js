import { setTimeout as pause } from 'node:timers/promises';

/** Asks `probe` until it answers something true, or fails after `deadlineMs`. */
export async function until(what, deadlineMs, probe, everyMs = 5) {
  const end = performance.now() + deadlineMs;
  let last;
  for (;;) {
    try {
      const answer = await probe();
      if (answer) return answer;
    } catch (error) {
      if (error.hopeless) throw error;
      last = error;
    }
    if (performance.now() > end) {
      const why = last ? ` (${last.message})` : '';
      throw new Error(`waited ${deadlineMs} ms in vain: ${what}${why}`);
    }
    await pause(everyMs);
  }
}
