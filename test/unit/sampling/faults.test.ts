import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertComplete, run, withFault, withStatus } from '../../support/faultRun.ts';
import { good, goodBody, sendText, type Fault } from '../../support/faultyServer.ts';

const drip: Fault = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 40);
  response.on('close', () => {
    clearInterval(timer);
  });
};

/**
 * What passes: `kind` is recorded on the sample that is tried again. What stays: the run ends with `code`, and the
 * message says what to do.
 */
const FAULTS: readonly { what: string; fault: Fault; kind: string; code: string; says: RegExp }[] =
  [
    {
      what: 'a connection that is reset',
      fault: (response) => response.socket?.resetAndDestroy(),
      kind: 'connection_reset',
      code: 'connection_reset',
      says: /closed; look into the log of the server/,
    },
    {
      what: 'an answer that never comes',
      fault: () => undefined,
      kind: 'timeout',
      code: 'timeout',
      says: /did not answer in time \(0\.3 s\).*raise the endpoint's timeout/,
    },
    {
      what: 'an answer that drips for ever',
      fault: drip,
      kind: 'timeout',
      code: 'timeout',
      says: /did not answer in time/,
    },
    {
      what: 'half an answer',
      fault: (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 });
        response.write('{"choices": [', () => response.destroy());
      },
      kind: 'answer_cut',
      code: 'answer_cut',
      says: /broke off in the middle of an answer/,
    },
    {
      what: 'garbage in place of JSON',
      fault: (response) => {
        sendText(response, 200, 'application/json', '}{ \u0000 nonsense');
      },
      kind: 'bad_answer',
      code: 'bad_answer',
      says: /not valid JSON/,
    },
    {
      what: 'JSON of another kind',
      fault: (response) => {
        sendText(response, 200, 'application/json', '{"ok": true, "choices": "none"}');
      },
      kind: 'bad_answer',
      code: 'bad_answer',
      says: /something else.*Check the base URL/,
    },
    {
      what: 'a web page',
      fault: (response) => {
        sendText(response, 200, 'text/html', '<html><body>Welcome to the proxy</body></html>');
      },
      kind: 'bad_answer',
      code: 'bad_answer',
      says: /a web page.*Check the base URL/,
    },
    {
      what: 'an answer of 50 MB',
      fault: (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const part = Buffer.alloc(1024 * 1024, 'x');
        let sent = 0;
        const more = () => {
          if (response.destroyed) return;
          if (sent++ < 50) response.write(part, more);
          else response.end();
        };
        more();
      },
      kind: 'bad_answer',
      code: 'bad_answer',
      says: /more than 32 MiB/,
    },
    {
      what: 'text that is not UTF-8',
      fault: (response, body) => {
        const json = Buffer.from(JSON.stringify(goodBody(body)));
        json[json.indexOf('answer') + 2] = 0xff;
        sendText(response, 200, 'application/json', json);
      },
      kind: 'bad_answer',
      code: 'bad_answer',
      says: /not UTF-8/,
    },
    {
      what: 'gzip that does not unpack',
      fault: (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
        response.end('this is not gzip at all');
      },
      kind: 'bad_answer',
      code: 'bad_answer',
      says: /does not unpack/,
    },
    {
      what: 'status 500',
      fault: withStatus(500),
      kind: 'server_error',
      code: 'server_error',
      says: /failed \(500.*Look into its log/,
    },
    {
      what: 'status 429',
      fault: withStatus(429),
      kind: 'rate_limited',
      code: 'rate_limited',
      says: /asks to slow down.*No server has answered for 30 minutes.*run this again/,
    },
    {
      what: 'status 503',
      fault: withStatus(503),
      kind: 'overloaded',
      code: 'overloaded',
      says: /asks to slow down.*run this again/,
    },
  ];

/** Short only where it is waited for. */
function timeoutFor(kind: string) {
  return kind === 'timeout' ? { timeoutMs: 300 } : {};
}

for (const { what, fault, kind, code, says } of FAULTS) {
  test(`${what}, once, costs one attempt, which is recorded, and no sample`, async () => {
    await withFault(
      (request) => (request === 3 ? fault : good),
      async (study, url) => {
        const { outcome, records } = await run(study, url, timeoutFor(kind));
        assert.equal(outcome.error, undefined, outcome.error?.message);
        assertComplete(records);
        const retried = records.filter(({ failed_attempts: failed }) => failed !== undefined);
        assert.equal(retried.length, 1);
        assert.equal(retried[0]?.attempts, 2);
        assert.deepEqual(
          retried[0].failed_attempts?.map((attempt) => attempt.kind),
          [kind],
        );
      },
    );
  });
  test(`${what}, for good, ends the run with where and what to do, and keeps what came`, async () => {
    await withFault(
      (request) => (request > 5 ? fault : good),
      async (study, url) => {
        const { outcome, records } = await run(study, url, timeoutFor(kind));
        assert.equal(outcome.error?.code, code);
        assert.match(outcome.error.message, /^(Could not reach )?127\.0\.0\.1:\d+/);
        assert.match(outcome.error.message, says);
        assert.equal(records.length, 5);
      },
    );
  });
}
