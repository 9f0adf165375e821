// What this browser remembers between visits, in localStorage.

import type { Account } from '../api/types.ts';
import { detectLanguage, type Language } from '../i18n/index.ts';

export type Theme = 'auto' | 'light' | 'dark';
export type Mode = 'write' | 'split' | 'preview';

const kPrefix = 'scv.';

// Storage may be full or forbidden; forgetting a preference is no reason to stop.
export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(kPrefix + key);
    else localStorage.setItem(kPrefix + key, value);
  } catch (error) {
    console.warn(`cannot remember ${key}`, error);
  }
}

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(kPrefix + key);
  } catch {
    return null;
  }
}

export function recallJson<T>(key: string): T | null {
  try {
    return JSON.parse(recall(key) ?? 'null') as T | null;
  } catch {
    return null;
  }
}

export function recallLanguage(): Language {
  const kept = recall('language');
  return kept === 'ko' || kept === 'en' ? kept : detectLanguage(navigator.languages);
}

export function recallTheme(): Theme {
  const kept = recall('theme');
  return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

export function recallMode(): Mode {
  const kept = recall('mode');
  return kept === 'split' || kept === 'preview' ? kept : 'write';
}

/** Who was signed in: the service is asked only when there is a reason to. */
export function recallAccount(): Account | null {
  return recallJson<Account>('account');
}

export function rememberAccount(account: Account | null): void {
  remember('account', account && JSON.stringify(account));
}
