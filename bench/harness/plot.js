// Pure: bar charts as SVG that read well on light and dark pages, without any dependency.

const kWidth = 760;
const kMargin = 24;
const kLabelWidth = 150;
const kValueWidth = 90;
const kBarHeight = 20;
const kRowHeight = 28;
const kGroupHead = 34;
const kHead = 62;

const kStyle = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .card { fill: #ffffff; stroke: #d1d9e0; }
  .title { font-size: 17px; font-weight: 600; }
  .group { font-weight: 600; }
  .quiet { fill: #59636e; }
  .s0 { fill: #0969da; } .s1 { fill: #7fb8f5; }
  .goal { stroke: #bc4c00; stroke-width: 2; stroke-dasharray: 4 3; }
  .goal-text { fill: #bc4c00; font-size: 12px; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .card { fill: #151b23; stroke: #3d444d; }
    .quiet { fill: #9198a1; }
    .s0 { fill: #4493f8; } .s1 { fill: #1f4f8f; }
    .goal { stroke: #f0883e; } .goal-text { fill: #f0883e; }
  }`;

const kEntities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (words) => String(words).replace(/[&<>"]/g, (c) => kEntities[c]);
const sum = (values) => values.reduce((a, b) => a + b, 0);

function text(x, y, words, attributes = '') {
  return `<text x="${x}" y="${y}"${attributes && ` ${attributes}`}>${escape(words)}</text>`;
}

function bar({ label, values, shown }, y, scale) {
  const baseline = y + 15;
  const parts = [text(kMargin + kLabelWidth - 8, baseline, label, 'text-anchor="end"')];
  let x = kMargin + kLabelWidth;
  values.forEach((value, series) => {
    const width = Math.max(value * scale, value > 0 ? 1 : 0);
    parts.push(`<rect class="s${series}" x="${x.toFixed(1)}" y="${y}" ` +
      `width="${width.toFixed(1)}" height="${kBarHeight}" rx="2"/>`);
    x += width;
  });
  // In a column of their own: beside the bars, goal lines would run through them.
  parts.push(text(kWidth - kMargin, baseline, shown, 'class="quiet" text-anchor="end"'));
  return parts;
}

function group({ title, goal, goalText, bars }, top, scaleWidth) {
  const largest = Math.max(...bars.map(({ values }) => sum(values)), goal ?? 0);
  const scale = scaleWidth / largest;
  const parts = [text(kMargin, top + 20, title, 'class="group"')];
  bars.forEach((one, i) => parts.push(...bar(one, top + kGroupHead + i * kRowHeight, scale)));
  if (goal !== undefined) {
    const x = (kMargin + kLabelWidth + goal * scale).toFixed(1);
    const bottom = top + kGroupHead + bars.length * kRowHeight - 4;
    parts.push(`<line class="goal" x1="${x}" x2="${x}" y1="${top + 28}" y2="${bottom}"/>`);
    parts.push(text(x, top + 22, goalText, 'class="goal-text" text-anchor="middle"'));
  }
  return parts;
}

function legend(names, right) {
  let x = right;
  return names.map((name, series) => ({ name, series })).reverse().flatMap(({ name, series }) => {
    x -= name.length * 7.5 + 26;
    return [
      `<rect class="s${series}" x="${x}" y="27" width="13" height="13" rx="2"/>`,
      text(x + 19, 38, name, 'class="quiet"'),
    ];
  });
}

/**
 * @param {{title: string, series: string[], groups: {title: string, goal?: number,
 *   goalText?: string, bars: {label: string, values: number[], shown: string}[]}[]}} chart
 *   each group has its own scale; a bar stacks its values, one per series
 */
export function barChart({ title, series, groups }) {
  const heights = groups.map(({ bars }) => kGroupHead + bars.length * kRowHeight + 12);
  const height = kHead + sum(heights) + 8;
  const scaleWidth = kWidth - 2 * kMargin - kLabelWidth - kValueWidth;
  const parts = [];
  let top = kHead - 8;
  groups.forEach((one, i) => {
    parts.push(...group(one, top, scaleWidth));
    top += heights[i];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${kWidth} ${height}" role="img" ` +
      `aria-label="${escape(title)}">`,
    `<style>${kStyle}</style>`,
    `<rect class="card" x="0.5" y="0.5" width="${kWidth - 1}" height="${height - 1}" rx="8"/>`,
    text(kMargin, 38, title, 'class="title"'),
    ...(series.length > 1 ? legend(series, kWidth - kMargin) : []),
    ...parts, '</svg>', '',
  ].join('\n');
}
