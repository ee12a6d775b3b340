import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { initStudy, type Study } from '../../../src/study/study.ts';
import { openTokenCounter } from '../../../src/tokenizers/openTokenCounter.ts';
import { withFolder } from '../../support/temporary.ts';

const toy = fileURLToPath(new URL('../../fixtures/synthesis/tokenizer.json', import.meta.url));

async function studyIn(folder: string, tokenizer?: string, model = 'org/model'): Promise<Study> {
  const study = await initStudy(join(folder, 'study'));
  const { questions, sampling } = study.config;
  const counted = { ...questions, ...(tokenizer === undefined ? {} : { tokenizer }) };
  const config = { ...study.config, questions: counted, sampling: { ...sampling, model } };
  return { ...study, config };
}

function open(folder: string, study: Study, embeddedFolder?: string) {
  const embedded = embeddedFolder === undefined ? {} : { embeddedFolder };
  return openTokenCounter(study, { modelCache: folder, allowDownload: false, ...embedded });
}

test('a path is one of the study, a folder stands for the tokenizer.json in it', () =>
  withFolder(async (folder) => {
    const study = await studyIn(folder);
    await mkdir(join(study.dir, 'tokens'));
    await copyFile(toy, join(study.dir, 'tokens/tokenizer.json'));
    for (const tokenizer of ['tokens/tokenizer.json', './tokens', 'tokens', toy]) {
      const questions = { ...study.config.questions, tokenizer };
      const named = { ...study, config: { ...study.config, questions } };
      assert.equal(await (await open(folder, named)).count('Passage'), 1, tokenizer);
    }
  }));

test('"embedded" is the tokenizer of the embedded chat model', () =>
  withFolder(async (folder) => {
    const study = await studyIn(folder, 'embedded');
    await mkdir(join(folder, 'models/chat'), { recursive: true });
    await copyFile(toy, join(folder, 'models/chat/tokenizer.json'));
    assert.equal(await (await open(folder, study, join(folder, 'models'))).count('Passage'), 1);
    await assert.rejects(open(folder, study), { code: 'no_tokenizer', message: /npm start/ });
  }));

test('without a setting it is the tokenizer of the sampled model, from the cache where it is there', () =>
  withFolder(async (folder) => {
    const study = await studyIn(folder);
    await assert.rejects(open(folder, study), {
      code: 'no_tokenizer',
      message: /org\/model is not on this machine.*"endpoint".*"embedded"/,
    });
    await mkdir(join(folder, 'tokenizers/org--model'), { recursive: true });
    await copyFile(toy, join(folder, 'tokenizers/org--model/tokenizer.json'));
    assert.equal(await (await open(folder, study)).count('Passage'), 1);
  }));

test('a model name that is no hub id asks for a tokenizer, and so does "endpoint" without a server', () =>
  withFolder(async (folder) => {
    const message = /Set questions\.tokenizer/;
    const named = await studyIn(folder, undefined, 'llama 3 (local)');
    await assert.rejects(open(folder, named), { code: 'no_tokenizer', message });
  }).then(() =>
    withFolder(async (folder) => {
      const study = await studyIn(folder, 'endpoint');
      await assert.rejects(open(folder, study), { code: 'no_tokenizer', message: /--endpoint/ });
    }),
  ));

test('a path out of the cache is no hub id', () =>
  withFolder(async (folder) => {
    const study = await studyIn(folder, undefined, '../evil');
    await assert.rejects(open(folder, study), { code: 'no_tokenizer' });
  }));
