import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/cache.mjs';
import { runNodeTests } from './nodeTests.mjs';
import { checkPython, runPytest } from './trainerTests.mjs';
import { checkImports, checkWith } from './tools.mjs';

/** Thrown by a part that cannot run on this machine. */
export class CannotRun extends Error {}

const tsc = 'typescript/bin/tsc';

/** Checks that read files only: name and function, each giving `{passed, failed, skipped}`. */
export const checks = {
  format: () => checkWith('prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']),
  lint: () => checkWith('eslint/bin/eslint.js', ['--max-warnings', '0', '.']),
  types: async () => {
    const results = [];
    for (const project of ['.', 'webview']) {
      results.push(await checkWith(tsc, ['-p', project]));
    }
    return { passed: results.length, failed: 0, skipped: 0 };
  },
  unused: () => checkWith('knip/bin/knip.js', ['--no-progress', '--treat-config-hints-as-errors']),
  imports: () => checkImports(['src', 'webview', 'test', 'scripts'].filter(isThere)),
};

/**
 * Parts that run the product. `setup` holds promises of what they need. What keeps about one core
 * busy is given to `core`, what waits nearly all of its time to `waiter`.
 */
export const runs = {
  unit: async ({ setup, core, write }) =>
    runNodeTests('test/unit', { node: await setup.node(), take: core, runs: 2, write }),
  integration: async ({ setup, core, write }) => {
    const node = await setup.node();
    const browser = await setup.browser();
    const exportsPython = await setup.exportsPython();
    const env = {
      SEALONG_NODE: node,
      SEALONG_EMBEDDED: await setup.embedded(),
      ...(exportsPython.missing === undefined && {
        SEALONG_EXPORTS_PYTHON: exportsPython.python,
      }),
      // Without the trainer's environment its tests say themselves that they are skipped.
      ...(await trainerEnvironment(setup)),
      // Without a browser the tests of the webviews say themselves that they are skipped.
      ...(browser.missing === undefined && { SEALONG_CHROMIUM: browser.path }),
    };
    return runNodeTests('test/integration', { node, env, take: core, write });
  },
  trainer: async ({ setup, core, write }) => {
    const { python, missing } = await setup.trainer();
    if (missing !== undefined) {
      throw new CannotRun(missing);
    }
    return core(async () => {
      await checkPython(python);
      return runPytest(python, { write });
    });
  },
  cluster: async ({ setup, waiter, write }) => {
    const cluster = await setup.cluster();
    if (cluster.missing !== undefined) {
      throw new CannotRun(cluster.missing);
    }
    const { python, missing } = await setup.trainer();
    if (missing !== undefined) {
      throw new CannotRun(missing);
    }
    const env = {
      SEALONG_TRAINER_PYTHON: python,
      SEALONG_EMBEDDED: await setup.embedded(),
      SEALONG_VSIX: await setup.vsix(),
    };
    // Each file has a cluster of its own.
    const node = await setup.node();
    return runNodeTests('test/cluster', { node, env, take: waiter, write });
  },
  package: async ({ setup, write }) => {
    write(`made ${await setup.vsix()}`);
    return { passed: 1, failed: 0, skipped: 0 };
  },
  e2e: async ({ setup, core, write }) => {
    const browser = await setup.browser();
    if (browser.missing !== undefined) {
      throw new CannotRun(browser.missing);
    }
    const node = await setup.node();
    const cluster = await setup.cluster();
    const env = {
      SEALONG_NODE: node,
      // Without a cluster its tests say themselves that they are skipped.
      SEALONG_LAB: cluster.missing ?? 'yes',
      // Without the trainer's environment the test that needs it says itself that it is skipped.
      ...(cluster.missing === undefined && (await trainerEnvironment(setup))),
      SEALONG_CHROMIUM: browser.path,
      SEALONG_EDITOR: await setup.editor(),
      SEALONG_EMBEDDED: await setup.embedded(),
      SEALONG_VSIX: await setup.vsix(),
    };
    return runNodeTests('test/e2e', { node, env, take: core, write });
  },
};

async function trainerEnvironment(setup) {
  const { python } = await setup.trainer();
  return python === undefined ? {} : { SEALONG_TRAINER_PYTHON: python };
}

function isThere(folder) {
  return existsSync(join(root, folder));
}
