// Pure: which figures the pictures of docs/benchmarks.md show.
import { barChart } from './plot.js';
import { formatNumber } from './report.js';

const kShown = ['get', 'create', 'list'];
const kGoals = { get: 70, create: 120, list: 200 };

function groups(results, toBar, extra = () => ({})) {
  return results.cases.filter((one) => kShown.includes(one.name)).map((one) => ({
    title: one.title,
    ...extra(one.name),
    bars: results.rows.filter((row) => row.case === one.name)
      .map((row) => ({ label: results.titles[row.server], ...toBar(row) })),
  })).filter(({ bars }) => bars.length > 0);
}

/** Files for docs/images, by name. */
export function charts(results) {
  return {
    'bench-cpu.svg': barChart({
      title: 'CPU per request, µs (less is better)',
      series: ['server', 'database'],
      groups: groups(results, (row) => ({
        values: [row.server_us, row.database_us], shown: `${formatNumber(row.cpu_us, 0)} µs`,
      }), (name) => ({ goal: kGoals[name], goalText: `must reach ${kGoals[name]}` })),
    }),
    'bench-throughput.svg': barChart({
      title: 'Requests per second, 64 connections (more is better)',
      series: ['requests/s'],
      groups: groups(results, (row) => ({
        values: [row.rps], shown: `${formatNumber(row.rps, 0)} /s`,
      })),
    }),
  };
}
