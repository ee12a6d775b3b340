import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { SealongError } from '../../../src/errors.ts';
import { serveEmbedded } from '../../../src/inference/serve.ts';
import { readServerState, stopRunningServer } from '../../../src/inference/serverState.ts';
import { ScriptedModel } from '../../support/scriptedModel.ts';

describe('serving the embedded model', () => {
  let folder: string;
  let stateFile: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealong-serve-'));
    stateFile = join(folder, 'cache', 'server.json');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const serve = (signal: AbortSignal, port = 0) =>
    serveEmbedded({
      embeddedFolder: folder,
      port,
      stateFile,
      signal,
      log: () => undefined,
      load: () => Promise.resolve(new ScriptedModel()),
    });

  test('a second start finds the first, which stops by its signal and takes its state file with it', async () => {
    const stop = new AbortController();
    const first = await serve(stop.signal);
    assert.equal((await stat(stateFile)).mode & 0o777, 0o600);
    const second = await serve(new AbortController().signal);
    await second.closed;
    assert.equal(first.reused, false);
    assert.deepEqual([second.url, second.pid, second.reused], [first.url, process.pid, true]);
    stop.abort();
    await first.closed;
    await assert.rejects(readFile(stateFile));
    await assert.rejects(fetch(`${first.url}/health`));
  });

  test('the token of the state file stops the server, another does not', async () => {
    const served = await serve(new AbortController().signal);
    const wrong = await fetch(`${served.url}/shutdown`, {
      method: 'POST',
      headers: { authorization: 'Bearer guess' },
    });
    assert.equal(wrong.status, 403);
    assert.equal(await stopRunningServer(stateFile), true);
    await served.closed;
    assert.equal(await stopRunningServer(stateFile), false);
  });

  test('a state file that is torn, or left by a killed server, is replaced', async () => {
    const dead = { url: 'http://127.0.0.1:9', pid: process.pid, token: 'x', model: 'm' };
    for (const left of ['{"url": "http://127', JSON.stringify({ ...dead, started_at: '' })]) {
      await writeFile(stateFile, left);
      const stop = new AbortController();
      const served = await serve(stop.signal);
      assert.equal(served.reused, false);
      assert.equal((await readServerState(stateFile))?.url, served.url);
      stop.abort();
      await served.closed;
    }
  });

  test('a port that is taken and a model that is not set up are said plainly', async () => {
    const stop = new AbortController();
    const { url, closed } = await serve(stop.signal);
    await rm(stateFile);
    await assert.rejects(serve(stop.signal, Number(new URL(url).port)), (error) => {
      assert.ok(error instanceof SealongError);
      assert.equal(error.code, 'port_in_use');
      return true;
    });
    stop.abort();
    await closed;
    const options = { embeddedFolder: folder, port: 0, stateFile, log: () => undefined };
    await assert.rejects(
      serveEmbedded({ ...options, signal: new AbortController().signal }),
      (error) => {
        assert.ok(error instanceof SealongError);
        assert.equal(error.code, 'embedded_missing');
        return true;
      },
    );
  });
});
