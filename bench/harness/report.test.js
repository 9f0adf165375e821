import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions, UsageError } from './options.js';
import { barChart } from './plot.js';
import { formatNumber, intoDocument } from './report.js';

test('numbers keep three figures and group thousands', () => {
  assert.equal(formatNumber(undefined), '–');
  assert.equal(formatNumber(1.046), '1.05');
  assert.equal(formatNumber(48.26), '48.3');
  assert.equal(formatNumber(20512.4), '20 512');
  assert.equal(formatNumber(1234567, 0), '1 234 567');
});

test('a document keeps what stands outside the markers', () => {
  const begin = '<!-- results: written by ./scv bench memo -->';
  const end = '<!-- end of results -->';
  const once = intoDocument(`before\n${begin}\n${end}\nafter\n`, 'new');
  assert.equal(once, `before\n${begin}\nnew\n${end}\nafter\n`);
  assert.equal(intoDocument(once, 'newer'), once.replace('new\n', 'newer\n'));
  assert.throws(() => intoDocument('nothing', 'new'), /markers/);
});

test('a chart is well-formed, escapes its words and stacks its values', () => {
  const svg = barChart({
    title: 'a < b', series: ['x', 'y'],
    groups: [{ title: 'g & h', goal: 5, goalText: 'goal',
      bars: [{ label: 'one', values: [6, 4], shown: '10' }] }],
  });
  assert.match(svg, /a &lt; b/);
  assert.match(svg, /g &amp; h/);
  const bars = /<rect class="s\d" x="([\d.]+)" y="\d+" width="([\d.]+)" height="20"/g;
  const widths = [...svg.matchAll(bars)].map(([, x, width]) => [Number(x), Number(width)]);
  assert.equal(widths.length, 2);
  assert.ok(Math.abs(widths[0][0] + widths[0][1] - widths[1][0]) < 0.2, 'the second bar continues');
  assert.ok(Math.abs(widths[0][1] / widths[1][1] - 1.5) < 0.01, 'widths are to scale');
});

test('wrong usage is refused and named', () => {
  assert.throws(() => readOptions(['--case', 'nothing']), UsageError);
  assert.throws(() => readOptions(['--rounds', 'many']), /--rounds/);
  assert.throws(() => readOptions(['--frobnicate']), /frobnicate/);
  assert.equal(readOptions(['--quick']).rounds, 1);
  assert.equal(readOptions(['--quick']).writeDocs, false);
  assert.equal(readOptions([]).writeDocs, true);
  assert.equal(readOptions(['--case', 'get']).writeDocs, false);
});
