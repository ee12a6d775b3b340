import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { DownloadProgress, WorkerHubModel } from '../../../../src/protocol/embedding.ts';
import {
  downloadModel,
  hubFolder,
  listHubFiles,
  type HubAccess,
} from '../../../../src/scoring/embedding/hub.ts';
import { readModelFolder } from '../../../../src/scoring/embedding/modelFolder.ts';

const cleanUp: (() => Promise<unknown>)[] = [];
after(() => Promise.all(cleanUp.map((clean) => clean())));

const WEIGHTS = Array.from({ length: 300_000 }, (_, at) => String(at % 10)).join('');
const MODEL: Record<string, string> = {
  'config.json': '{"model_type":"bert"}',
  'tokenizer.json': '{"a":"é"}',
  'tokenizer_config.json': '{}',
  'onnx/model.onnx': WEIGHTS,
};

interface Hub {
  access: HubAccess;
  asked: string[];
}

/** A hub with one model, which keeps small files itself and sends for weights to another address. */
async function startHub(
  files: Record<string, string>,
  before: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<Hub> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url ?? ''} ${request.headers.range ?? ''}`.trim());
    if (before(request, response)) return;
    const [, stored, path = ''] =
      /^\/(?:owner\/name\/resolve\/main|(store))\/(.+)$/.exec(request.url ?? '') ?? [];
    const content = files[path];
    if (content === undefined) {
      response.writeHead(404).end('not here');
      return;
    }
    if (path.startsWith('onnx/') && !stored) {
      response.writeHead(302, { location: `/store/${path}` }).end();
      return;
    }
    const bytes = Buffer.from(content);
    const [, from = '0', to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const part = bytes.subarray(Number(from), to ? Number(to) + 1 : undefined);
    response.writeHead(request.headers.range === undefined ? 200 : 206, {
      etag: `"${String(bytes.length)}"`,
      'content-length': part.length,
      'content-range': `bytes ${from}-${String(Number(from) + part.length - 1)}/${String(bytes.length)}`,
    });
    response.end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const host = `http://127.0.0.1:${String(address.port)}/`;
  return {
    access: { host, pathTemplate: '{model}/resolve/{revision}/', fetch },
    asked,
  };
}

async function hubModel(hubId = 'owner/name'): Promise<WorkerHubModel> {
  const cacheDir = await mkdtemp(join(tmpdir(), 'sealong-hub-'));
  cleanUp.push(() => rm(cacheDir, { recursive: true, force: true }));
  return { hubId, revision: 'main', cacheDir };
}

const never = new AbortController().signal;
const nothing = () => undefined;

test('what a download would bring is known before it begins', async () => {
  const { access } = await startHub({ ...MODEL, 'onnx/model.onnx_data': 'x'.repeat(500) });
  const download = await listHubFiles(access, await hubModel(), never);
  assert.equal(download.host, access.host);
  assert.deepEqual(
    download.files.map(({ path, bytes }) => [path, bytes]),
    [
      ['config.json', 21],
      ['tokenizer.json', 10],
      ['tokenizer_config.json', 2],
      ['onnx/model.onnx', 300_000],
      ['onnx/model.onnx_data', 500],
    ],
  );
  assert.equal(download.bytes, 300_533);
});

test('a model is fetched into a folder that can be used, with progress', async () => {
  const { access } = await startHub(MODEL);
  const model = await hubModel();
  const seen: DownloadProgress[] = [];
  const folder = await downloadModel(access, model, (progress) => seen.push(progress), never);
  assert.equal(folder, hubFolder(model));
  assert.equal(await readFile(join(folder, 'onnx/model.onnx'), 'utf8'), WEIGHTS);
  assert.match((await readModelFolder(folder, '')).id, /^model@/);
  assert.ok(seen.every(({ doneBytes }, at) => doneBytes >= (seen[at - 1]?.doneBytes ?? 0)));
  assert.deepEqual(seen.at(-1), {
    host: access.host,
    file: 'onnx/model.onnx',
    doneBytes: 300_033,
    totalBytes: 300_033,
  });
});

test('a download that broke off goes on where it stopped', async () => {
  let breaks = 1;
  const { access, asked } = await startHub(MODEL, (request, response) => {
    const whole = request.url === '/store/onnx/model.onnx' && request.headers.range === undefined;
    if (!whole || breaks-- <= 0) return false;
    response.writeHead(200, { 'content-length': WEIGHTS.length, etag: '"300000"' });
    response.write(WEIGHTS.slice(0, 100_000), () => setTimeout(() => response.destroy(), 50));
    return true;
  });
  const model = await hubModel();
  await assert.rejects(downloadModel(access, model, nothing, never), { code: 'hub_unreachable' });
  asked.length = 0;
  const folder = await downloadModel(access, model, nothing, never);
  assert.ok(asked.includes('/store/onnx/model.onnx bytes=100000-'), asked.join('\n'));
  assert.ok(!asked.includes('/owner/name/resolve/main/tokenizer.json'), 'whole files are kept');
  assert.equal(await readFile(join(folder, 'onnx/model.onnx'), 'utf8'), WEIGHTS);
});

test('an abort ends a download with its reason', async () => {
  const { access } = await startHub(MODEL, (request, response) => {
    if (request.url !== '/store/onnx/model.onnx' || request.headers.range) return false;
    response.writeHead(200, { 'content-length': WEIGHTS.length });
    response.write(WEIGHTS.slice(0, 1000));
    return true;
  });
  const abort = new AbortController();
  setTimeout(() => {
    abort.abort(new Error('enough'));
  }, 150);
  await assert.rejects(downloadModel(access, await hubModel(), nothing, abort.signal), /enough/);
});

test('an unreachable hub is named with the model and the remedy', async () => {
  const model = await hubModel();
  const access = { host: 'http://127.0.0.1:9', pathTemplate: '{model}/', fetch };
  await assert.rejects(downloadModel(access, model, nothing, never), {
    code: 'hub_unreachable',
    message:
      /owner\/name is not on this machine, and http:\/\/127\.0\.0\.1:9 cannot be reached.*name a folder/,
  });
});

test('an unknown model, one in another layout and a failing hub are told apart', async () => {
  const { access } = await startHub(MODEL);
  await assert.rejects(listHubFiles(access, await hubModel('owner/other'), never), {
    code: 'unknown_model',
    message: /has no model owner\/other/,
  });
  const torch = await startHub({
    'config.json': '{}',
    'tokenizer.json': '{}',
    'tokenizer_config.json': '{}',
  });
  await assert.rejects(listHubFiles(torch.access, await hubModel(), never), {
    code: 'not_transformers_js',
    message: /has no onnx\/model\.onnx/,
  });
  const failing = await startHub(MODEL, (_, response) => {
    response.writeHead(503).end();
    return true;
  });
  await assert.rejects(listHubFiles(failing.access, await hubModel(), never), {
    code: 'hub_error',
    message: /answered 503/,
  });
});

test('an id that is no id of a hub asks nobody and touches no path', async () => {
  const { access, asked } = await startHub(MODEL);
  for (const hubId of ['../../etc', '/etc/passwd', 'a/b/c', 'a b', '', 'owner/..', 'http://x/y'])
    await assert.rejects(listHubFiles(access, await hubModel(hubId), never), {
      code: 'unknown_model',
    });
  assert.deepEqual(asked, []);
});

test('a token goes to the hub and not to the address it redirects to', async () => {
  const tokens: (string | undefined)[] = [];
  const elsewhere = await startHub(MODEL, (request) => {
    tokens.push(request.headers.authorization);
    return false;
  });
  const { access } = await startHub(MODEL, (request, response) => {
    assert.equal(request.headers.authorization, 'Bearer secret');
    response
      .writeHead(302, { location: `${elsewhere.access.host.slice(0, -1)}${request.url ?? ''}` })
      .end();
    return true;
  });
  await listHubFiles({ ...access, token: 'secret' }, await hubModel(), never);
  assert.ok(tokens.length > 0);
  assert.ok(tokens.every((token) => token === undefined));
});

test('a cache that cannot be written to is named', async () => {
  const { access } = await startHub(MODEL);
  const model = await hubModel();
  await writeFile(join(model.cacheDir, 'owner'), 'a file where a folder has to be');
  await assert.rejects(downloadModel(access, model, nothing, never), { code: 'not_a_folder' });
});
