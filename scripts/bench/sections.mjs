import { spawn } from 'node:child_process';
import { build } from '../build.mjs';
import { packageExtension } from '../package.mjs';
import { root } from '../setup/cache.mjs';
import { ensureBrowser } from '../setup/browser.mjs';
import { ensureEditor } from '../setup/editor.mjs';
import { ensureEmbedded, ensureEmbeddingSource } from '../setup/embedded.mjs';
import { packageBenchExtensions } from './benchExtensions.mjs';
import { ensurePythonPeer } from './pythonPeer.mjs';

/** What is measured: the environment that each program of test/bench needs, made when it is asked for. */
export const sections = {
  activation: inEditor,
  tree: inEditor,
  scale: inEditor,
  review: inEditor,
  scoringHost: inEditor,
  heatmap: async (log) => {
    await build({ log });
    return { SEALONG_CHROMIUM: await browserPath(log) };
  },
  embedding: besidePython,
  rouge: besidePython,
  bertScore: besidePython,
  mbr: besidePython,
  synthesis: besidePython,
  sampling: async (log) => {
    await build({ log });
    return {};
  },
  memory: async (log) => {
    await build({ log });
    return { SEALONG_EMBEDDED: await ensureEmbedded(log) };
  },
};

async function besidePython(log) {
  await build({ log });
  return {
    SEALONG_EMBEDDED: await ensureEmbedded(log),
    SEALONG_BENCH_MODEL: await ensureEmbeddingSource(log),
    SEALONG_BENCH_PYTHON: await ensurePythonPeer(log),
  };
}

async function inEditor(log) {
  const { probe, empty } = await packageBenchExtensions(['probe', 'empty']);
  return {
    SEALONG_CHROMIUM: await browserPath(log),
    SEALONG_EDITOR: await ensureEditor(log),
    SEALONG_VSIX: await packageExtension({ log }),
    SEALONG_BENCH_PROBE: probe,
    SEALONG_BENCH_EMPTY: empty,
  };
}

async function browserPath(log) {
  const { path, missing } = await ensureBrowser(log);
  if (path === undefined) {
    throw new Error(missing);
  }
  return path;
}

/** Runs the program of a section to its end and returns its `{comparisons, notes}`. */
export async function measure(name, node, log) {
  const env = { SEALONG_NODE: node, ...(await sections[name](log)) };
  const child = spawn(node, [`test/bench/${name}.ts`], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const outcome = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve(signal ?? status));
  });
  if (outcome !== 0) {
    throw new Error(`test/bench/${name}.ts ended with ${outcome}; what it said stands above.`);
  }
  return JSON.parse(said.trim().split('\n').at(-1));
}
