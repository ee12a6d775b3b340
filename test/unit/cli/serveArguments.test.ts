import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand } from '../../../src/cli/arguments.ts';

test('without a study the embedded model is served', () => {
  assert.deepEqual(parseCommand(['serve', '--port', '8080']), { kind: 'serve', port: 8080 });
  assert.throws(() => parseCommand(['serve', '--cluster', 'lab']), /--cluster needs a study/);
});

test('with a study and a cluster, a server is sent there', () => {
  const command = parseCommand(['serve', 'my-study', '--cluster', 'lab', '--adapter', 'job-1']);
  assert.deepEqual(command, {
    kind: 'serveOnCluster',
    study: 'my-study',
    settings: [],
    cluster: 'lab',
    adapter: 'job-1',
    plan: false,
    detach: false,
    again: false,
  });
  assert.throws(
    () => parseCommand(['serve', 'my-study']),
    /--cluster NAME, or a server, is missing/,
  );
});

test('with a study and a server, the tunnel to that is made', () => {
  const command = parseCommand(['serve', 'my-study', '20261124-120000-serve-ab12']);
  assert.ok(command.kind === 'serveOnCluster' && 'server' in command);
  assert.equal(command.server, '20261124-120000-serve-ab12');
  assert.throws(
    () => parseCommand(['serve', 'my-study', 'one', '--cluster', 'lab']),
    /leave out --cluster/,
  );
});
