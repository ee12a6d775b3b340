import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand } from '../../../src/cli/arguments.ts';
import { commandEnvironment } from '../../../src/cli/environment.ts';
import { SealongError } from '../../../src/errors.ts';

function endpointOf(...flags: string[]) {
  const command = parseCommand(['sample', 'study', ...flags]);
  assert.ok(command.kind === 'stage');
  return commandEnvironment(command).endpoint;
}

test('the first address is the endpoint, further ones its replicas, by commas or by repetition', () => {
  const wanted = {
    baseUrl: 'http://a:1/v1',
    replicas: ['http://b:2/v1', 'http://c:3/api'],
    limits: { maxConcurrency: 64 },
  };
  const flags = ['--concurrency', '64'];
  assert.deepEqual(
    endpointOf('--endpoint', 'http://a:1, http://b:2/v1/', '--endpoint=http://c:3/api', ...flags),
    wanted,
  );
  assert.deepEqual(
    endpointOf('--endpoint', 'http://a:1,http://b:2,http://c:3/api', ...flags),
    wanted,
  );
});

test('the embedded model is no replica of another server', () => {
  assert.equal(endpointOf('--endpoint', 'embedded')?.baseUrl, 'embedded');
  assert.throws(
    () => endpointOf('--endpoint', 'embedded,http://a:1'),
    (error: unknown) => error instanceof SealongError && error.code === 'usage',
  );
});
