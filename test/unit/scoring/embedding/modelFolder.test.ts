import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { readModelFolder } from '../../../../src/scoring/embedding/modelFolder.ts';

const made: string[] = [];
after(() => Promise.all(made.map((dir) => rm(dir, { recursive: true, force: true }))));

const FILES = {
  'config.json': '{"model_type":"bert"}',
  'tokenizer.json': '{}',
  'tokenizer_config.json': '{"model_max_length":384}',
  'onnx/model.onnx': 'weights',
};

async function folderWith(files: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'sealong-model-'));
  made.push(dir);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
  return dir;
}

test('an unknown model is used by the mean, to the limit of its tokenizer', async () => {
  const dir = await folderWith(FILES);
  const { id, use } = await readModelFolder(dir, 'text-matching');
  assert.match(id, /^model@[0-9a-f]{16} \(fp32, mean, max 384\)$/);
  assert.deepEqual(use, {
    folder: dir,
    pooling: 'mean',
    prefix: '',
    maxTokens: 384,
    output: null,
    taskId: null,
    externalData: false,
  });
});

test('the files of sentence-transformers say how an unknown model pools and cuts', async () => {
  const dir = await folderWith({
    ...FILES,
    'sentence_bert_config.json': '{"max_seq_length":128}',
    '1_Pooling/config.json': '{"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false}',
  });
  const { use } = await readModelFolder(dir, '');
  assert.equal(use.pooling, 'cls');
  assert.equal(use.maxTokens, 128);
});

test('a tokenizer that says 1e30 has no limit', async () => {
  const dir = await folderWith({ ...FILES, 'tokenizer_config.json': '{"model_max_length":1e30}' });
  assert.equal((await readModelFolder(dir, '')).use.maxTokens, null);
});

test('a known model is known by what the user calls it', async () => {
  const dir = await folderWith({ ...FILES, 'onnx/model.onnx_data': 'more weights' });
  const { id, bytes, use } = await readModelFolder(
    dir,
    'text-matching',
    'jinaai/jina-embeddings-v3',
  );
  assert.match(
    id,
    /^jina-embeddings-v3@[0-9a-f]{16} \(fp32, mean, max 8192, task text-matching\)$/,
  );
  assert.equal(bytes, 'weightsmore weights'.length);
  assert.equal(use.taskId, 4);
  assert.equal(use.output, 'text_embeds');
  assert.equal(use.externalData, true);
});

test('the id depends on the content and not on the place', async () => {
  const dir = await folderWith(FILES);
  const before = (await readModelFolder(dir, '')).id;
  const elsewhere = await folderWith({});
  await cp(dir, elsewhere, { recursive: true });
  assert.equal((await readModelFolder(elsewhere, '')).id, before);
  await writeFile(join(elsewhere, 'onnx/model.onnx'), 'Weights');
  assert.notEqual((await readModelFolder(elsewhere, '')).id, before);
});

for (const file of Object.keys(FILES))
  test(`a folder without ${file} is named with what it lacks`, async () => {
    const dir = await folderWith(FILES);
    await rm(join(dir, file));
    await assert.rejects(readModelFolder(dir, ''), (error: unknown) => {
      assert.ok(error instanceof Error && 'code' in error);
      assert.equal(error.code, 'missing_file');
      assert.ok(error.message.startsWith(`The model folder ${dir} lacks ${file}.`));
      return true;
    });
  });

test('a folder in another layout is refused with what to do', async () => {
  const torch = await folderWith({ 'config.json': '{}', 'model.safetensors': '' });
  await assert.rejects(readModelFolder(torch, ''), {
    code: 'not_transformers_js',
    message: /holds model\.safetensors, but no onnx\/model\.onnx\. Export it to ONNX/,
  });
  const flat = await folderWith(FILES);
  await rename(join(flat, 'onnx/model.onnx'), join(flat, 'model.onnx'));
  await assert.rejects(readModelFolder(flat, ''), {
    code: 'not_transformers_js',
    message: /Move model\.onnx into a folder onnx/,
  });
});

test('a missing folder, a file and damaged JSON are told apart', async () => {
  const dir = await folderWith({ ...FILES, 'config.json': '{"model_type":' });
  await assert.rejects(readModelFolder(dir, ''), {
    code: 'bad_model',
    message: /config\.json is damaged/,
  });
  await assert.rejects(readModelFolder(join(dir, 'none'), ''), { code: 'missing_file' });
  await assert.rejects(readModelFolder(join(dir, 'config.json'), ''), { code: 'not_a_folder' });
});
