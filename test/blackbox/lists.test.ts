import { beforeAll, describe, expect, test } from 'vitest';
import { signUp, type Summary, type User } from '../support/client.js';
import { describeStores, serverFor, suite } from '../support/suite.js';

suite(import.meta.url);

const titlesOf = (items: Summary[]): string[] => items.map(({ title }) => title);

describeStores('lists', (kind) => {
  const server = serverFor(kind);

  describe('pages', () => {
    test('are newest first, without gap or duplicate while memos are added and removed', async () => {
      const user = await signUp(server());
      const ids: string[] = [];
      for (let i = 0; i < 25; i++) ids.push((await user.bearer.created({ title: `${i}` })).id);
      const seen: string[] = [];
      let page = await user.bearer.list({ limit: '4' });
      for (;;) {
        expect(page.items.length).toBeLessThanOrEqual(4);
        seen.push(...page.items.map(({ id }) => id));
        if (page.next_cursor === null) break;
        await user.bearer.created({ title: 'meanwhile' });
        await user.bearer.trash(seen[0] ?? '');
        page = await user.bearer.list({ limit: '4', cursor: page.next_cursor });
      }
      expect(seen).toEqual(ids.reverse());
    });

    test('survive the removal of the memo they would continue from', async () => {
      const user = await signUp(server());
      const ids: string[] = [];
      for (let i = 0; i < 6; i++) ids.push((await user.bearer.created({ title: `${i}` })).id);
      const first = await user.bearer.list({ limit: '3' });
      for (const { id } of first.items) {
        await user.bearer.trash(id);
        await user.bearer.purge(id);
      }
      const rest = await user.bearer.list({ limit: '3', cursor: first.next_cursor ?? '' });
      expect(rest.items.map(({ id }) => id)).toEqual(ids.slice(0, 3).reverse());
      expect(rest.next_cursor).toBeNull();
    });

    test('hold 50 by default, 100 at most, and end exactly', async () => {
      const user = await signUp(server());
      const lines = Array.from({ length: 100 }, (_, i) => JSON.stringify({ title: `${i}` }));
      await user.bearer.import(lines.join('\n'));
      expect((await user.bearer.list()).items).toHaveLength(50);
      const all = await user.bearer.list({ limit: '100' });
      expect(all.items).toHaveLength(100);
      expect(all.next_cursor).toBeNull();
      const one = await user.bearer.list({ limit: '1' });
      expect(one.items).toHaveLength(1);
      expect(one.next_cursor).not.toBeNull();
    });

    test('of an empty account are empty', async () => {
      const user = await signUp(server());
      expect(await user.bearer.list()).toEqual({ items: [], next_cursor: null });
      expect(await user.bearer.list({ q: 'x', state: 'trashed', pinned: 'true' })).toEqual({
        items: [],
        next_cursor: null,
      });
    });
  });

  test('filters combine', async () => {
    const user = await signUp(server());
    await user.bearer.created({ title: 'apple pinned', pinned: true });
    await user.bearer.created({ title: 'apple' });
    await user.bearer.created({ title: 'pear pinned', pinned: true });
    const { id } = await user.bearer.created({ title: 'apple gone' });
    await user.bearer.trash(id);
    const titles = async (query: { [name: string]: string }): Promise<string[]> =>
      titlesOf(await user.bearer.listAll({ limit: '1', ...query }));
    expect(await titles({ q: 'apple' })).toEqual(['apple', 'apple pinned']);
    expect(await titles({ q: 'apple', pinned: 'true' })).toEqual(['apple pinned']);
    expect(await titles({ q: 'apple', pinned: 'false' })).toEqual(['apple']);
    expect(await titles({ pinned: 'true' })).toEqual(['pear pinned', 'apple pinned']);
    expect(await titles({ state: 'trashed' })).toEqual(['apple gone']);
    expect(await titles({ state: 'trashed', q: 'pear' })).toEqual([]);
    expect(await titles({ state: 'active' })).toHaveLength(3);
  });

  test('parameters outside of their range are refused by name', async () => {
    const user = await signUp(server());
    const refused: [string, string][] = [
      ['limit=0', 'limit'],
      ['limit=101', 'limit'],
      ['limit=-1', 'limit'],
      ['limit=', 'limit'],
      ['limit=ten', 'limit'],
      ['limit=1.0', 'limit'],
      ['limit=99999999999999999999', 'limit'],
      ['limit=%2B5', 'limit'],
      ['q=', 'q'],
      [`q=${'x'.repeat(101)}`, 'q'],
      ['q=%FF', 'q'],
      ['state=gone', 'state'],
      ['state=', 'state'],
      ['pinned=1', 'pinned'],
      ['pinned=TRUE', 'pinned'],
      ['cursor=', 'cursor'],
      ['cursor=nonsense', 'cursor'],
      [`cursor=${'A'.repeat(5000)}`, 'cursor'],
      ['limit=1&limit=2', 'limit'],
      ['satte=trashed', 'satte'],
    ];
    for (const [query, field] of refused) {
      const answer = await user.bearer.get(`/api/v1/memos?${query}`);
      expect(answer.problem, query).toBe('validation');
      expect(answer.fields, query).toEqual([field]);
    }
    for (const query of ['q=%GG', 'q=%', '&&', 'limit', '%FF=1', '%22%5C%0a=1']) {
      const answer = await user.bearer.get(`/api/v1/memos?${query}`);
      expect([200, 400], query).toContain(answer.status);
    }
    expect(
      (await user.bearer.get(`/api/v1/memos?q=${encodeURIComponent('가'.repeat(100))}`)).status,
    ).toBe(200);
  });

  test('a cursor that was changed is refused or harmless', async () => {
    const user = await signUp(server());
    for (let i = 0; i < 3; i++) await user.bearer.created({ title: `${i}` });
    const cursor = (await user.bearer.list({ limit: '1' })).next_cursor ?? '';
    for (let i = 0; i < cursor.length; i++) {
      const other = cursor[i] === 'A' ? 'B' : 'A';
      const mutated = cursor.slice(0, i) + other + cursor.slice(i + 1);
      const answer = await user.bearer.get(`/api/v1/memos?cursor=${encodeURIComponent(mutated)}`);
      expect([200, 400], mutated).toContain(answer.status);
    }
  });

  describe('search', () => {
    let user: User;
    const kTitles = [
      '장보기 목록',
      '각설탕',
      'Äpfel und Straße',
      'Apfelkuchen',
      'Καλημέρα κόσμε',
      'ΟΔΟΣ',
      'Москва',
      '100% done',
      '100 done',
      'a_b',
      'acb',
      'back\\slash',
      'quote \' and "',
      'カタカナ',
      '😀 smile',
      'İstanbul',
      'naïve',
    ];
    beforeAll(async () => {
      user = await signUp(server());
      for (const title of kTitles) await user.bearer.created({ title });
      await user.bearer.created({
        title: 'shopping',
        content: `${'x'.repeat(19_000)} 두부와 콩나물`,
      });
    });

    const cases: [string, string, string[]][] = [
      ['one syllable', '장', ['장보기 목록']],
      ['two syllables', '보기', ['장보기 목록']],
      ['three syllables', '장보기', ['장보기 목록']],
      ['across a space', '기 목', ['장보기 목록']],
      ['a syllable is not its beginning', '가', []],
      ['a syllable with its final consonant', '각', ['각설탕']],
      ['a query in NFD', '장보기'.normalize('NFD'), ['장보기 목록']],
      ['in the content, beyond the excerpt', '콩나물', ['shopping']],
      ['Latin, other case', 'APFELK', ['Apfelkuchen']],
      ['German, other case', 'äPFEL', ['Äpfel und Straße']],
      ['German sharp s', 'straße', ['Äpfel und Straße']],
      ['Greek, other case', 'ΚΑΛΗΜΈΡΑ', ['Καλημέρα κόσμε']],
      ['Greek final sigma', 'οδος', ['ΟΔΟΣ']],
      ['Cyrillic, other case', 'МОСКВА', ['Москва']],
      ['an accent is not its base letter', 'naive', []],
      ['nor the other way round', 'Äpfelkuchen', []],
      ['beyond the basic plane', '😀', ['😀 smile']],
      ['percent is literal', '%', ['100% done']],
      ['underscore is literal', '_', ['a_b']],
      ['backslash is literal', '\\', ['back\\slash']],
      ['quotes are literal', `' and "`, [`quote ' and "`]],
      ['a percent in the middle', '100%', ['100% done']],
      ['nothing', 'nowhere to be found', []],
    ];
    test.each(cases)('%s', async (_, q, expected) => {
      expect(titlesOf(await user.bearer.listAll({ q })).sort()).toEqual([...expected].sort());
    });

    test('pages like any list', async () => {
      const items = await user.bearer.listAll({ q: '100', limit: '1' });
      expect(titlesOf(items)).toEqual(['100 done', '100% done']);
    });
  });
});
