import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isLoopback,
  knownEndpoints,
  originOf,
  sameEndpoint,
  selectedEndpoint,
  type EndpointSources,
} from '../../../../src/editor/endpoint/endpoints.ts';
import { withVersion } from '../../../../src/endpoint/baseUrl.ts';
import { SealongError } from '../../../../src/errors.ts';

const none: EndpointSources = {
  configured: {},
  selected: '',
  environment: undefined,
  embedded: undefined,
};
const lab = { lab: { base_url: 'https://lab.example:8000/v1/', concurrency: 64 } };

test('the selected endpoint is used, with its concurrency', () => {
  const found = selectedEndpoint({
    ...none,
    configured: lab,
    selected: 'lab',
    environment: 'http://127.0.0.1:1',
  });
  assert.deepEqual(found, {
    name: 'lab',
    baseUrl: 'https://lab.example:8000/v1',
    limits: { maxConcurrency: 64 },
    from: 'settings',
  });
});

test('without a selection the environment comes first, then the embedded model, then the only endpoint', () => {
  const all = {
    ...none,
    configured: lab,
    environment: 'http://127.0.0.1:1',
    embedded: 'http://127.0.0.1:2/v1',
  };
  assert.equal(selectedEndpoint(all).baseUrl, 'http://127.0.0.1:1/v1');
  assert.equal(selectedEndpoint({ ...all, environment: undefined }).name, 'embedded');
  assert.equal(selectedEndpoint({ ...none, configured: lab }).name, 'lab');
});

test('an environment that names the embedded server is no second endpoint', () => {
  const { endpoints } = knownEndpoints({
    ...none,
    environment: 'http://127.0.0.1:2',
    embedded: 'http://127.0.0.1:2/v1',
  });
  assert.deepEqual(
    endpoints.map(({ name }) => name),
    ['embedded'],
  );
});

test('what is wrong in the settings is named, and the rest is used', () => {
  const { endpoints, problems } = knownEndpoints({
    ...none,
    configured: { ...lab, bad: { base_url: 'file:///etc/passwd' }, worse: 7 },
  });
  assert.deepEqual(
    endpoints.map(({ name }) => name),
    ['lab'],
  );
  assert.equal(problems.length, 2);
  assert.match(problems[0] ?? '', /"bad".*base_url/);
});

test('a profile holds replicas, limits and prices, ready for a run', () => {
  const { endpoints } = knownEndpoints({
    ...none,
    configured: {
      cluster: {
        base_url: 'http://gpu-1:8000',
        replicas: ['http://gpu-2:8000', 'http://gpu-3:8000/v1/'],
        model: 'Qwen/Qwen2.5-7B-Instruct',
        concurrency: 256,
        max_choices: 1,
        timeout_s: 1800,
        prices: { prompt: 2.5, cached: 1.25, completion: 10, currency: 'USD' },
      },
    },
  });
  assert.deepEqual(endpoints, [
    {
      name: 'cluster',
      baseUrl: 'http://gpu-1:8000/v1',
      replicas: ['http://gpu-2:8000/v1', 'http://gpu-3:8000/v1'],
      model: 'Qwen/Qwen2.5-7B-Instruct',
      limits: { maxConcurrency: 256, maxChoices: 1, timeoutMs: 1_800_000 },
      prices: { prompt: 2.5, cached: 1.25, completion: 10, currency: 'USD' },
      from: 'settings',
    },
  ]);
});

test('a key, a password, a slip or a wrong value in the settings is named with its place', () => {
  const problem = (value: object) =>
    knownEndpoints({ ...none, configured: { lab: value } }).problems.join();
  const base_url = 'http://lab:8000';
  assert.match(problem({ base_url, api_key: 'sk-1' }), /"lab".*hold no keys.*Set API Key/);
  assert.ok(!problem({ base_url, api_key: 'sk-1' }).includes('sk-1'));
  assert.match(problem({ base_url: 'http://me:secret@lab:8000' }), /base_url: leave the password/);
  assert.ok(!problem({ base_url: 'http://me:secret@lab:8000' }).includes('secret'));
  assert.match(problem({ base_url, concurency: 8 }), /concurency/);
  assert.match(problem({ base_url, replicas: ['gpu-2'] }), /replicas\.0: write an address/);
  assert.match(problem({ base_url, prices: { prompt: -1, completion: 1 } }), /prices\.prompt/);
  assert.match(problem({}), /base_url/);
});

test('no endpoint, or one that is gone, is an error that says what to do', () => {
  const refused = (sources: EndpointSources, message: RegExp) => {
    assert.throws(
      () => selectedEndpoint(sources),
      (error) =>
        error instanceof SealongError &&
        error.code === 'no_endpoint' &&
        message.test(error.message),
    );
  };
  refused(none, /Select an inference server/);
  refused({ ...none, selected: 'gone' }, /"gone"/);
  refused({ ...none, selected: 'embedded' }, /Start it/);
  refused({ ...none, configured: 'nonsense' }, /Select/);
});

test('the server of an earlier run is found by its name, else by its address', () => {
  const { endpoints } = knownEndpoints({
    ...none,
    configured: { lab: { base_url: 'http://lab:8000' }, other: { base_url: 'http://other:8000' } },
  });
  const nameOf = (of: { name?: string; base_url: string }) => sameEndpoint(endpoints, of)?.name;
  // Of a name whose address has changed since, it is the server that the user means now.
  assert.equal(nameOf({ name: 'lab', base_url: 'http://lab:9000/v1' }), 'lab');
  assert.equal(nameOf({ base_url: 'http://other:8000/v1' }), 'other');
  assert.equal(nameOf({ name: 'gone', base_url: 'http://other:8000/v1' }), 'other');
  assert.equal(nameOf({ base_url: 'http://elsewhere:8000/v1' }), undefined);
});

test('loopback is told from other machines', () => {
  for (const url of [
    'http://localhost:1/v1',
    'http://127.0.0.1/v1',
    'http://127.8.9.1/v1',
    'http://[::1]:5/v1',
  ])
    assert.ok(isLoopback(url), url);
  for (const url of [
    'http://127.0.0.1.example.com/v1',
    'https://api.example.com/v1',
    'http://10.0.0.1/v1',
  ])
    assert.ok(!isLoopback(url), url);
});

test('a base URL without a path means /v1, any other is left as it is', () => {
  assert.equal(withVersion('http://h:1'), 'http://h:1/v1');
  assert.equal(withVersion('http://h:1/'), 'http://h:1/v1');
  assert.equal(withVersion('http://h:1/api/v2/'), 'http://h:1/api/v2');
  assert.equal(originOf('https://h:1/api/v2'), 'https://h:1');
});
