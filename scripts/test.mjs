import { ensureBrowser } from './setup/browser.mjs';
import { ensureCluster } from './setup/cluster.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureEditor } from './setup/editor.mjs';
import { ensureEmbedded } from './setup/embedded.mjs';
import { ensureExportsPython } from './setup/exportsPython.mjs';
import { runMain } from './setup/main.mjs';
import { ensureNode } from './setup/node.mjs';
import { ensureTrainer } from './setup/trainer.mjs';
import { CannotRun, checks, runs } from './test/parts.mjs';

const inCi = process.env.CI === 'true';
const total = { passed: 0, failed: 0, skipped: 0 };

function write(line) {
  process.stdout.write(`${line}\n`);
}

async function run(name, part) {
  const start = performance.now();
  let counts = { passed: 0, failed: 1, skipped: 0 };
  let said = '';
  try {
    counts = await part();
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
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
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

async function runChecks(names) {
  // Two at a time: each keeps about one core busy.
  const queue = [...names];
  const worker = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      await run(name, checks[name]);
    }
  };
  await Promise.all([worker(), worker()]);
}

await runMain(async () => {
  const known = [...Object.keys(checks), ...Object.keys(runs)];
  const unknown = process.argv.slice(2).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    process.exitCode = 2;
    throw new Error(`There is no part ${unknown.join(', ')}. The parts are: ${known.join(', ')}.`);
  }
  const wanted = process.argv.length > 2 ? process.argv.slice(2) : known;
  const setup = lazySetup();
  for (const step of wanted.flatMap((name) => needs[name] ?? [])) {
    setup[step]();
  }
  await ensureDependencies(write);
  await runChecks(Object.keys(checks).filter((name) => wanted.includes(name)));
  for (const name of Object.keys(runs).filter((name) => wanted.includes(name))) {
    await run(name, () => runs[name]({ setup, write }));
  }
  process.exitCode = total.failed > 0 ? 1 : 0;
  write(summary(total));
});
