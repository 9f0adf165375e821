// The service's limits on text (docs/api.md, "Conventions"), applied before anything is queued.

import type { Text } from '../sync/types.ts';

export const kTitleMost = 200;
export const kContentMost = 20_000;
export const kBodyBytesMost = 64 * 1024;
export const kExcerptCodePoints = 200;
export const kQueryMost = 100;

export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) ++length;
  return length;
}

export function firstCodePoints(text: string, most: number): string {
  return text.length <= most ? text : [...text].slice(0, most).join('');
}

export function excerptOf(content: string): string {
  return firstCodePoints(content, kExcerptCodePoints);
}

/**
 * As the service stores it: NFC, no half of a surrogate pair, and no control characters but tab and
 * line ends.
 */
export function normalize(text: string): string {
  return text
    .replace(/[^\P{Cc}\t\n\r]/gu, '')
    .replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD')
    .normalize('NFC');
}

/** What is sent for what was typed. Without a title, the first line that says something is it. */
export function tidy(typed: Text, untitled: string): Text {
  const content = normalize(typed.content);
  const title = cleanTitle(typed.title) || cleanTitle(firstLine(content)) || untitled;
  return { title, content };
}

export type Excess = 'title' | 'content' | 'bytes';

export function excessOf(text: Text): Excess | null {
  if (lengthOf(text.title) > kTitleMost) return 'title';
  if (lengthOf(text.content) > kContentMost) return 'content';
  const bytes = new TextEncoder().encode(JSON.stringify(text)).length;
  // The request also says whether the memo is pinned.
  return bytes + 32 > kBodyBytesMost ? 'bytes' : null;
}

function firstLine(content: string): string {
  const line = content.split('\n').find((candidate) => /[\p{L}\p{N}]/u.test(candidate)) ?? '';
  return firstCodePoints(line.replace(/^[\s#>*+\-[\]]+|^\d+\.\s/u, ''), 80);
}

function cleanTitle(title: string): string {
  return normalize(title.replace(/\p{Cc}+/gu, ' ')).trim();
}
