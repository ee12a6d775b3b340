import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { clusterProfileSchema } from '../../../../src/cluster/clusterProfile.ts';
import { serverPlan } from '../../../../src/cluster/serve/serverTemplate.ts';
import { quoted } from '../../../../src/cluster/ssh/remoteScript.ts';

const run = promisify(execFile);
const KEY = 'sk-of-this-server';
/** What a path may hold that such servers take for something else. */
const ADAPTER = `/scratch/ada, o'neil/a=b "c"/adapter`;

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealong-test-'));
  // Where the server would start it writes down its arguments.
  const python = `#!/bin/sh\nif [ "$1" = -c ]; then exec python3 "$@"; fi\nprintf '%s\\n' "$@" >arguments\nprintf '%s' "\${VLLM_API_KEY:-}" >key\n`;
  await writeFile(join(folder, 'python'), python, { mode: 0o755 });
});
after(() => rm(folder, { recursive: true, force: true }));

async function argumentsOf(engine: string, adapter = ''): Promise<string[]> {
  const { template } = serverPlan(clusterProfileSchema.parse({ host: 'login' }), engine);
  const values = {
    ...{ model: 'org/model', adapter, adapter_name: 'job-1', adapter_rank: '128', gpus: '8' },
    ...{ listen: '0.0.0.0', port: '8123', api_key: KEY, python: join(folder, 'python') },
  };
  const lines = Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}`);
  await run('bash', ['-c', [...lines, ...template.lines].join('\n')], { cwd: folder });
  return (await readFile(join(folder, 'arguments'), 'utf8')).trimEnd().split('\n');
}

/** The value behind an option. */
function valueOf(words: readonly string[], option: string): string | undefined {
  return words[words.indexOf(option) + 1];
}

test('vLLM is started with options that it has, and the key in its environment alone', async () => {
  const words = await argumentsOf('vllm');
  assert.deepEqual(words, [
    ...['-m', 'vllm.entrypoints.openai.api_server', '--model', 'org/model', '--host', '0.0.0.0'],
    ...['--port', '8123', '--tensor-parallel-size', '8', '--enable-prefix-caching'],
  ]);
  assert.equal(await readFile(join(folder, 'key'), 'utf8'), KEY);
});

test('vLLM gets an adapter as JSON: it splits name=path at every =, and takes a comma for JSON', async () => {
  const words = await argumentsOf('vllm', ADAPTER);
  assert.ok(words.includes('--enable-lora'));
  assert.equal(valueOf(words, '--max-lora-rank'), '128');
  assert.deepEqual(JSON.parse(valueOf(words, '--lora-modules') ?? ''), {
    name: 'job-1',
    path: ADAPTER,
  });
});

test('SGLang is started with options that it has, and the key in a file of its user alone', async () => {
  const words = await argumentsOf('sglang', ADAPTER);
  assert.deepEqual(words, [
    ...['-m', 'sglang.launch_server', '--config', 'server.yaml', '--model-path', 'org/model'],
    ...['--host', '0.0.0.0', '--port', '8123', '--tp-size', '8'],
    // It splits at the first = alone.
    ...['--enable-lora', '--max-lora-rank', '128', '--lora-paths', `job-1=${ADAPTER}`],
  ]);
  assert.ok(!words.join(' ').includes(KEY));
  assert.equal((await stat(join(folder, 'server.yaml'))).mode & 0o777, 0o600);
  assert.match(await readFile(join(folder, 'server.yaml'), 'utf8'), new RegExp(KEY));
});
