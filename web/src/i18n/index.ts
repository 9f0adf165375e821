import { en, type Messages } from './en.ts';
import { ko } from './ko.ts';

export type Language = 'en' | 'ko';

const kMessages: Record<Language, Messages> = { en, ko };

export function messagesOf(language: Language): Messages {
  return kMessages[language];
}

/** The first of the person's languages this app speaks. */
export function detectLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0];
    if (language === 'ko' || language === 'en') return language;
  }
  return 'en';
}

/** "3 minutes ago", "어제"; after a week the date. */
export function describeTime(iso: string, language: Language, now: number): string {
  const at = Date.parse(iso);
  // A clock that is a little slow must not make a memo come from the future.
  const seconds = Math.min(0, Math.round((at - now) / 1000));
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const past = -seconds;
  if (past < 45) return relative.format(0, 'second');
  if (past < 45 * 60) return relative.format(Math.round(seconds / 60), 'minute');
  if (past < 22 * 3600) return relative.format(Math.round(seconds / 3600), 'hour');
  if (past < 7 * 86400) return relative.format(Math.round(seconds / 86400), 'day');
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const year = sameYear ? undefined : 'numeric';
  return new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', year }).format(at);
}
