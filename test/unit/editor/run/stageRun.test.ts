import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startStage } from '../../../../src/editor/run/stageRun.ts';
import type { StageProgress } from '../../../../src/stage.ts';
import type { StageEnvironment, StageRequest } from '../../../../src/stageRequest.ts';

const request: StageRequest = { verb: 'sample', study: '/studies/harrow', settings: [] };
const environment: StageEnvironment = {
  modelCache: '/cache',
  allowDownload: false,
  embeddingWorker: 'file:///embeddingWorker.js',
};

/** A worker of these few lines, in a real thread. */
function run(lines: string, graceMs = 5000) {
  const script = new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads';\n${lines}`)}`,
  );
  const progress: StageProgress[] = [];
  const warnings: string[] = [];
  const listener = {
    progress: (event: StageProgress) => void progress.push(event),
    warning: (message: string) => void warnings.push(message),
    note: () => undefined,
  };
  return { ...startStage({ script, request, environment, listener, graceMs }), progress, warnings };
}

const STOPS = `parentPort.on('message', ({ type }) => {
  if (type === 'run') return parentPort.postMessage({ type: 'warning', message: 'began' });
  parentPort.postMessage({ type: 'cancelled' });
  parentPort.close();
});`;

test('a run reports what its worker sends and ends with its summary', async () => {
  const { outcome, progress, warnings } = run(`parentPort.once('message', (message) => {
    parentPort.postMessage({ type: 'progress', progress: { type: 'progress', done: 1, total: 2, unit: 'questions' } });
    parentPort.postMessage({ type: 'warning', message: message.request.study });
    parentPort.postMessage({ type: 'done', summary: { stage: message.request.verb } });
  });`);
  assert.deepEqual(await outcome, { type: 'done', summary: { stage: 'sample' } });
  assert.deepEqual(progress, [{ type: 'progress', done: 1, total: 2, unit: 'questions' }]);
  assert.deepEqual(warnings, ['/studies/harrow']);
});

test('a cancelled run ends when its worker says so', async () => {
  const { outcome, cancel } = run(STOPS);
  cancel('user');
  assert.deepEqual(await outcome, { type: 'cancelled' });
});

test('a worker that throws, exits or cannot start fails the run, which keeps what is done', async () => {
  for (const lines of [`throw new Error('boom');`, 'process.exit(3);', 'syntax error']) {
    const result = await run(lines).outcome;
    assert.ok(result.type === 'failed');
    assert.equal(result.code, 'worker_crashed');
    assert.match(result.message, /What was done before is kept/);
  }
});

test('a run that does not stop is given up after the grace period', async () => {
  const { outcome, cancel } = run(
    `parentPort.on('message', ({ type }) => { if (type === 'cancel') setTimeout(() => parentPort.close(), 300); });`,
    100,
  );
  cancel('user');
  const result = await outcome;
  assert.equal(result.type === 'failed' && result.code, 'not_stopped');
});
