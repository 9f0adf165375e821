import { describe, expect, it } from 'vitest';
import { excessOf, excerptOf, lengthOf, normalize, tidy } from './limits.ts';
import { diffLines, mergeTexts } from './merge.ts';
import { plainText } from './plain.ts';

describe('limits', () => {
  it('counts code points, not code units', () => {
    expect(lengthOf('가나다😀')).toBe(4);
    expect(excerptOf('😀'.repeat(300))).toBe('😀'.repeat(200));
  });

  it('makes text what the service stores: composed, and well formed', () => {
    expect(normalize('\u1112\u116c\u110b\u1174')).toBe('회의');
    expect(normalize('a\ud800b')).toBe('a\ufffdb');
    expect(normalize('😀')).toBe('😀');
    expect(normalize('a\u0000\tb\u000b\n\u0085c')).toBe('a\tb\nc');
  });

  it('takes the first line that says something for a missing title', () => {
    expect(tidy({ title: ' ', content: '\n# 장보기 \n두부' }, '?').title).toBe('장보기');
    expect(tidy({ title: '', content: '- [ ] milk\nbread' }, '?').title).toBe('milk');
    expect(tidy({ title: '', content: '---' }, 'Untitled').title).toBe('Untitled');
    expect(tidy({ title: 'a\nb\u0007', content: '' }, '?').title).toBe('a b');
  });

  it('knows what is too long before the service says so', () => {
    expect(excessOf({ title: '가'.repeat(200), content: '가'.repeat(20_000) })).toBeNull();
    expect(excessOf({ title: 'a'.repeat(201), content: '' })).toBe('title');
    expect(excessOf({ title: 'a', content: 'a'.repeat(20_001) })).toBe('content');
    expect(excessOf({ title: 'a', content: '😀'.repeat(17_000) })).toBe('bytes');
  });
});

describe('merging', () => {
  const sides = (mine: string, theirs: string) =>
    diffLines(mine, theirs).map(({ side, line }) => `${side[0]}:${line}`);

  it('tells the lines of one side from those of both', () => {
    expect(sides('a\nb\nc', 'a\nx\nc')).toEqual(['b:a', 'm:b', 't:x', 'b:c']);
    expect(sides('a', 'a\nb')).toEqual(['b:a', 't:b']);
    expect(sides('', '')).toEqual(['b:']);
  });

  it('takes what only one side changed', () => {
    expect(mergeTexts('a\nb\nc', 'A\nb\nc', 'a\nb\nC')).toBe('A\nb\nC');
    expect(mergeTexts('a\nb\nc', 'a\nc', 'a\nb\nc\nd')).toBe('a\nc\nd');
    expect(mergeTexts('a', 'a', 'b')).toBe('b');
  });

  it('keeps the lines of both where both changed', () => {
    expect(mergeTexts('a\nb\nc', 'a\nmine\nc', 'a\ntheirs\nc')).toBe('a\nmine\ntheirs\nc');
    expect(mergeTexts('', 'mine', 'theirs')).toBe('mine\ntheirs');
  });

  it('stays quick and whole on texts too large to compare', () => {
    const many = (word: string) => Array.from({ length: 5000 }, (_, i) => `${word}${i}`).join('\n');
    const merged = mergeTexts(many('a'), many('b'), many('c')).split('\n');
    expect(merged).toHaveLength(10_000);
  });
});

it('shows words without marks in lists', () => {
  expect(plainText('# 제목\n\n- [ ] **두부** 2모\n> 인용\n[링크](https://example.com)\n---')).toBe(
    '제목 두부 2모 인용 링크',
  );
  expect(plainText('snake_case stays, 3 * 4 too')).toBe('snake_case stays, 3 * 4 too');
});
