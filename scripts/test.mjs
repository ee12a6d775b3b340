import { packageExtension } from './package.mjs';
import { ensureBrowser } from './setup/browser.mjs';
import { ensureCluster } from './setup/cluster.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureEditor } from './setup/editor.mjs';
import { ensureEmbedded } from './setup/embedded.mjs';
import { ensureExportsPython } from './setup/exportsPython.mjs';
import { runMain } from './setup/main.mjs';
import { ensureNode } from './setup/node.mjs';
import { ensureTrainer } from './setup/trainer.mjs';
import { places } from './test/places.mjs';
import { CannotRun, checks, runs } from './test/parts.mjs';

const inCi = process.env.CI === 'true';
/** Of this machine or of the least that is asked for: two cores, beside which some work only waits. */
const core = places(2);
const waiter = places(2);
const total = { passed: 0, failed: 0, skipped: 0 };

function write(line) {
  process.stdout.write(`${line}\n`);
}

async function run(name, part) {
  const begun = performance.now();
  let start;
  const from = (take) => (work) =>
    take(() => {
      start ??= performance.now();
      return work();
    });
  let counts = { passed: 0, failed: 1, skipped: 0 };
  let said = '';
  try {
    counts = await part({ core: from(core), waiter: from(waiter) });
  } catch (error) {
    said = error.message;
    if (error instanceof CannotRun) {
      counts = { passed: 0, failed: 0, skipped: 1 };
    }
  }
  if (inCi && counts.skipped > 0) {
    said = [said, `${counts.skipped} skipped, which is a failure where CI=true`]
      .filter(Boolean)
      .join('\n');
    counts = { ...counts, failed: counts.failed + counts.skipped, skipped: 0 };
  }
  const outcome = counts.failed > 0 ? 'FAILED' : counts.passed > 0 ? 'passed' : 'skipped';
  const seconds = ((performance.now() - (start ?? begun)) / 1000).toFixed(1);
  write(`${outcome.padEnd(7)} ${name.padEnd(12)} ${seconds.padStart(6)} s  ${summary(counts)}`);
  if (said !== '') {
    write(said.replace(/^/gm, '    '));
  }
  for (const kind of Object.keys(total)) {
    total[kind] += counts[kind];
  }
}

function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Each step of the set-up once, started when first asked for. */
function lazySetup() {
  const steps = {
    node: ensureNode,
    editor: ensureEditor,
    embedded: ensureEmbedded,
    browser: ensureBrowser,
    exportsPython: ensureExportsPython,
    trainer: ensureTrainer,
    cluster: ensureCluster,
    vsix: (log) => packageExtension({ log }),
  };
  const started = new Map();
  const start = (name) => {
    if (!started.has(name)) {
      const promise = steps[name](write);
      // Whoever awaits it reports the failure; until then it must not end the process.
      promise.catch(() => undefined);
      started.set(name, promise);
    }
    return started.get(name);
  };
  return Object.fromEntries(Object.keys(steps).map((name) => [name, () => start(name)]));
}

const needs = {
  unit: ['node'],
  integration: ['node', 'browser', 'embedded', 'exportsPython', 'trainer'],
  trainer: ['trainer'],
  cluster: ['node', 'cluster', 'trainer', 'embedded'],
  e2e: ['node', 'browser', 'embedded', 'editor'],
};

await runMain(async () => {
  const known = [...Object.keys(checks), ...Object.keys(runs)];
  const named = process.argv.slice(2);
  const unknown = named.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    process.exitCode = 2;
    throw new Error(`There is no part ${unknown.join(', ')}. The parts are: ${known.join(', ')}.`);
  }
  const wanted = known.filter((name) => named.length === 0 || named.includes(name));
  const setup = lazySetup();
  for (const step of wanted.flatMap((name) => needs[name] ?? [])) {
    setup[step]();
  }
  await ensureDependencies(write);
  const parts = wanted.map((name) =>
    run(name, ({ core, waiter }) => {
      const say = wanted.length > 1 ? (line) => write(`${name}: ${line}`) : write;
      return checks[name] ? core(checks[name]) : runs[name]({ setup, core, waiter, write: say });
    }),
  );
  await Promise.all(parts);
  process.exitCode = total.failed > 0 ? 1 : 0;
  write(summary(total));
});
