import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { packageProblems } from '../../../scripts/package.mjs';

const good = [
  'extension/package.json',
  'extension/dist/extension.cjs',
  'extension/dist/sealong.js',
  'extension/dist/NOTICES.txt',
  'extension/dist/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/binding.node',
];

describe('the check of a package', () => {
  let scratch: string;

  before(() => {
    scratch = mkdtempSync(join(tmpdir(), 'sealong-package-'));
  });

  after(() => {
    rmSync(scratch, { recursive: true, force: true });
  });

  it('finds nothing wrong with what is meant to be shipped', () => {
    assert.deepEqual(problemsOf('good', good), []);
  });

  const unwanted = {
    'a source map': 'extension/dist/sealong.js.map',
    'a test': 'extension/dist/test/sample.js',
    source: 'extension/src/extension.ts',
    'a model': 'extension/dist/model.gguf',
    "another platform's binary": 'extension/dist/node_modules/x/bin/darwin/arm64/binding.node',
  };
  for (const [what, name] of Object.entries(unwanted)) {
    it(`names ${what}`, () => {
      assert.deepEqual(problemsOf(what, [...good, name]), [`holds ${what}: ${name}`]);
    });
  }

  for (const left of ['dist/extension.cjs', 'dist/NOTICES.txt'])
    it(`names ${left} where it is left out`, () => {
      const names = good.filter((name) => !name.endsWith(left));
      assert.deepEqual(problemsOf(`without ${left}`, names), [`lacks ${left}`]);
    });

  function problemsOf(name: string, files: readonly string[]): string[] {
    const folder = join(scratch, name.replaceAll(/\W/g, '-'));
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
    const zip = join(folder, 'package.zip');
    execFileSync('python3', ['-m', 'zipfile', '-c', zip, 'extension'], { cwd: folder });
    return packageProblems(zip, 'linux-x64');
  }
});
