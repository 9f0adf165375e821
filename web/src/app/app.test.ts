import { describe, expect, it } from 'vitest';
import { en } from '../i18n/en.ts';
import { describeTime, detectLanguage } from '../i18n/index.ts';
import { ko } from '../i18n/ko.ts';
import { backoffMs } from '../sync/backoff.ts';
import { docOfSummary } from '../sync/docs.ts';
import { makeLocalId, type Doc } from '../sync/types.ts';
import { extend } from './board.ts';
import { formatRoute, parseRoute } from './router.ts';
import { found, inView, shownMemos } from './select.ts';
import { kNoSearch, kNoView } from './state.ts';

function doc(id: string, part: Partial<Doc> = {}): Doc {
  const at = '2026-11-22T06:00:00.000Z';
  return {
    account: 'me',
    id,
    title: id,
    content: '',
    excerpt: '',
    pinned: false,
    state: 'active',
    version: 1,
    created_at: at,
    updated_at: at,
    deleted_at: null,
    ...part,
  };
}

const docs = (...all: Doc[]) => new Map(all.map((each) => [each.id, each]));

describe('lists', () => {
  it('are newest first, memos the service does not know yet on top', () => {
    const local = makeLocalId(1, 'x');
    const shown = shownMemos(docs(doc('0192a'), doc('0192c'), doc('0192b')), [
      {
        seq: 1,
        account: 'me',
        memo: local,
        key: 'k',
        queuedAt: 0,
        attempts: 0,
        firstTriedAt: 0,
        notBefore: 0,
        stuck: null,
        kind: 'create',
        pinned: false,
        title: 'new',
        content: '',
      },
    ]);
    expect(shown.map((memo) => memo.id)).toEqual([local, '0192c', '0192b', '0192a']);
  });

  it('end where the loaded pages end', () => {
    const shown = shownMemos(docs(doc('a'), doc('b'), doc('c', { pinned: true })), []);
    const view = { ...kNoView, boundary: 'b' };
    expect(inView(shown, 'active', view).map((memo) => memo.id)).toEqual(['b']);
    expect(inView(shown, 'pinned', kNoView).map((memo) => memo.id)).toEqual(['c']);
    expect(inView(shown, 'trash', kNoView)).toEqual([]);
  });

  it('keep the pages below a newer first page, unless there is a hole between', () => {
    const page = (next: string | null, ...ids: string[]) => ({
      items: ids.map((id) => ({ ...doc(id), excerpt: '' })),
      next_cursor: next,
    });
    let view = extend(kNoView, page('x', 'f', 'e'), true);
    view = extend(view, page('y', 'd', 'c'), false);
    expect(view).toEqual({ status: 'ready', cursor: 'y', boundary: 'c', top: 'f' });
    expect(extend(view, page('z', 'g', 'f'), true)).toEqual({ ...view, top: 'g' });
    const apart = { status: 'ready', cursor: 'z', boundary: 'h', top: 'i' };
    expect(extend(view, page('z', 'i', 'h'), true)).toEqual(apart);
    const all = { status: 'ready', cursor: null, boundary: '', top: 'a' };
    expect(extend(view, page(null, 'a'), true)).toEqual(all);
  });

  it('find Korean text however it was typed, offline too', () => {
    const shown = shownMemos(docs(doc('a', { content: '다음 주 회의 준비' }), doc('b')), []);
    const query = '회의'.normalize('NFD');
    expect(found(shown, { ...kNoSearch, query }).map((memo) => memo.id)).toEqual(['a']);
  });

  it('know a short memo whole from its summary', () => {
    const { content: _, ...head } = doc('a');
    expect(docOfSummary('me', { ...head, excerpt: '짧다' }, undefined).content).toBe('짧다');
    const long = { ...head, excerpt: '가'.repeat(200) };
    expect(docOfSummary('me', long, undefined).content).toBeNull();
    expect(docOfSummary('me', long, doc('a', { content: 'kept' })).content).toBe('kept');
    expect(docOfSummary('me', long, doc('a', { content: 'old', version: 9 })).content).toBeNull();
  });
});

it.each(['/', '/m/0192', '/trash', '/trash/0192'])('addresses come back: %s', (path) => {
  const route = parseRoute(path);
  expect(route).not.toBe('new');
  expect(formatRoute(route as Exclude<typeof route, 'new'>)).toBe(path);
});

it('backs off with jitter, within bounds, and not before it is asked back', () => {
  expect(backoffMs(1, 0, 0)).toBe(250);
  expect(backoffMs(1, 0, 0.999)).toBeLessThanOrEqual(500);
  expect(backoffMs(60, 0, 0.999)).toBeLessThanOrEqual(30_000);
  expect(backoffMs(1, 7000, 0.5)).toBe(7000);
});

describe('languages', () => {
  it('takes the first it speaks', () => {
    expect(detectLanguage(['fr-FR', 'ko-KR', 'en'])).toBe('ko');
    expect(detectLanguage(['de'])).toBe('en');
  });

  it('says everything in both', () => {
    expect(Object.keys(ko).sort()).toEqual(Object.keys(en).sort());
    for (const [key, value] of Object.entries(ko)) {
      if (typeof value === 'string') expect(value.trim(), key).not.toBe('');
    }
  });

  it('tells time the way people do', () => {
    const now = Date.parse('2026-11-22T06:00:00Z');
    expect(describeTime('2026-11-22T05:57:00Z', 'en', now)).toBe('3 minutes ago');
    expect(describeTime('2026-11-21T06:00:00Z', 'ko', now)).toBe('어제');
    expect(describeTime('2025-01-02T06:00:00Z', 'en', now)).toContain('2025');
  });
});
