// Comparing and putting together two versions of a text, line by line.

export interface DiffLine {
  side: 'both' | 'mine' | 'theirs';
  line: string;
}

/**
 * Above this many line pairs a comparison would be felt; the middle then counts as all different.
 */
const kPairsMost = 4_000_000;

export function diffLines(mine: string, theirs: string): DiffLine[] {
  const a = mine.split('\n');
  const b = theirs.split('\n');
  const lines: DiffLine[] = [];
  let j = 0;
  matchLines(a, b).forEach((match, i) => {
    const line = a[i] ?? '';
    if (match === null) {
      lines.push({ side: 'mine', line });
      return;
    }
    for (; j < match; ++j) lines.push({ side: 'theirs', line: b[j] ?? '' });
    lines.push({ side: 'both', line });
    ++j;
  });
  for (; j < b.length; ++j) lines.push({ side: 'theirs', line: b[j] ?? '' });
  return lines;
}

/**
 * Three-way merge: what only one side changed is taken; where both changed the same place, the
 * lines of both are kept, mine first.
 */
export function mergeTexts(base: string, mine: string, theirs: string): string {
  const [from, a, b] = [base.split('\n'), mine.split('\n'), theirs.split('\n')];
  const inA = matchLines(from, a);
  const inB = matchLines(from, b);
  const merged: string[] = [];
  let [i, j, k] = [0, 0, 0];
  for (let at = 0; at <= from.length; ++at) {
    const end = at === from.length;
    const toA = end ? a.length : inA[at];
    const toB = end ? b.length : inB[at];
    if (toA == null || toB == null) continue;
    merged.push(...mergeChunk(from.slice(i, at), a.slice(j, toA), b.slice(k, toB)));
    if (!end) merged.push(from[at] ?? '');
    [i, j, k] = [at + 1, toA + 1, toB + 1];
  }
  return merged.join('\n');
}

function mergeChunk(base: string[], mine: string[], theirs: string[]): string[] {
  if (equal(mine, base)) return theirs;
  if (equal(theirs, base) || equal(mine, theirs)) return mine;
  return [...mine, ...theirs.filter((line) => !mine.includes(line))];
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}

/** For each line of `a` its partner in `b` in a longest common subsequence, or null. */
function matchLines(a: readonly string[], b: readonly string[]): (number | null)[] {
  const matches: (number | null)[] = a.map(() => null);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) {
    matches[start] = start;
    ++start;
  }
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    matches[--endA] = --endB;
  }
  matchMiddle(a.slice(start, endA), b.slice(start, endB)).forEach((match, index) => {
    if (match !== null) matches[start + index] = start + match;
  });
  return matches;
}

function matchMiddle(a: readonly string[], b: readonly string[]): (number | null)[] {
  const matches: (number | null)[] = a.map(() => null);
  if (a.length * b.length > kPairsMost) return matches;
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; --i) {
    for (let j = b.length - 1; j >= 0; --j) {
      longest[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) matches[i++] = j++;
    else if (at(i + 1, j) >= at(i, j + 1)) ++i;
    else ++j;
  }
  return matches;
}
