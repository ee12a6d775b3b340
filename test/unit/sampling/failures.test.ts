import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Clock } from '../../../src/clock.ts';
import { SealongError } from '../../../src/errors.ts';
import { openaiClient } from '../../../src/sampling/openaiClient.ts';
import { sample } from '../../../src/sampling/sample.ts';
import { runStage } from '../../../src/stage.ts';
import {
  assertComplete,
  KEY,
  N,
  quickClock,
  run,
  withFault,
  withStatus,
} from '../../support/faultRun.ts';
import {
  good,
  goodBody,
  sendText,
  startFaultyServer,
  type Fault,
} from '../../support/faultyServer.ts';

test('a refused key stops the run at once, wherever it is', async () => {
  for (const status of [401, 403])
    await withFault(
      (request) => (request > 5 ? withStatus(status) : good),
      async (study, url, requests) => {
        const { outcome, records } = await run(study, url);
        assert.equal(outcome.error?.code, 'unauthorized');
        assert.match(outcome.error.message, /SEALONG_API_KEY/);
        assert.equal(records.length, 5);
        assert.ok(requests() <= 7, 'what was in flight, and no more');
      },
    );
});

test('an address that is gone stops the run; a prompt refused as too large fails its question alone', async () => {
  await withFault(
    (request) => (request > 5 ? withStatus(404) : good),
    async (study, url) => {
      const { outcome } = await run(study, url);
      assert.equal(outcome.error?.code, 'not_found');
    },
  );
  const tooLarge: Fault = (response, body, request) => {
    const isB = body.messages[0]?.content.includes('What is b?') ?? false;
    (isB ? withStatus(413) : good)(response, body, request);
  };
  await withFault(
    () => tooLarge,
    async (study, url, requests) => {
      const { outcome, records } = await run(study, url);
      assert.equal(outcome.summary?.failed, N);
      assertComplete(records);
      const failed = records.filter((record) => record.finish_reason === 'error');
      assert.deepEqual(new Set(failed.map((record) => record.question_id)), new Set(['b']));
      assert.match(failed[0]?.error ?? '', /too large \(413/);
      assert.ok(requests() <= 2 * N + 2);
      const asked = requests();
      await run(study, url);
      assert.equal(requests(), asked, 'it is not tried again');
    },
  );
});

test('a redirect to another host is not followed, so that no key goes there', async () => {
  const trap = await startFaultyServer(() => good);
  try {
    for (const status of [301, 302, 307, 308])
      await withFault(
        () => withStatus(status, { location: `${trap.url}/chat/completions` }),
        async (study, url) => {
          const { outcome } = await run(study, url);
          assert.equal(outcome.error?.code, 'redirected');
          assert.match(outcome.error.message, /Use the final address as base URL/);
        },
      );
    assert.equal(trap.requests, 0);
  } finally {
    await trap.close();
  }
});

test('packed answers and answers in thousands of pieces are read', async () => {
  const packed =
    (encoding: string, pack: (bytes: Buffer) => Buffer): Fault =>
    (response, body) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding });
      response.end(pack(Buffer.from(JSON.stringify(goodBody(body)))));
    };
  const pieces: Fault = (response, body) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const bytes = Buffer.from(`${JSON.stringify(goodBody(body))}${' '.repeat(5000)}`);
    for (const byte of bytes) response.write(Buffer.from([byte]));
    response.end();
  };
  const faults = [packed('gzip', gzipSync), packed('br', brotliCompressSync), pieces];
  await withFault(
    (request) => faults[request % 3] ?? good,
    async (study, url) => {
      const { records } = await run(study, url);
      assertComplete(records);
      assert.ok(records.every(({ text, attempts }) => text.startsWith('answer') && attempts === 1));
    },
  );
});

test('of a stream that is cut, the choices that had ended are kept and the others asked for again', async () => {
  const cut: Fault = (response, { n, seed }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const event = (index: number, content: string, reason: string | null) =>
      `data: ${JSON.stringify({ choices: [{ index, delta: { content }, finish_reason: reason }] })}\r\n\r\n`;
    response.write(': a comment\n\n');
    for (let at = 0; at < n; at++) response.write(event(at, `灯台 ${seed} ${at}`, null));
    response.write(event(1, '', 'stop'));
    response.write('data: {"choices": [{"index": 2, "del', () => response.destroy());
  };
  await withFault(
    (request) => (request === 1 ? cut : good),
    async (study, url) => {
      const { records } = await run(study, url, { maxChoices: N });
      assertComplete(records);
      const first = records.filter(({ question_id: id }) => id === 'a');
      const kept = first.find(({ index }) => index === 1);
      assert.match(kept?.text ?? '', /^灯台 \d+ 1$/);
      assert.deepEqual(kept?.choice, { at: 1, of: N });
      assert.equal(kept.failed_attempts, undefined);
      for (const record of first.filter(({ index }) => index !== 1))
        assert.deepEqual(
          record.failed_attempts?.map(({ kind }) => kind),
          ['answer_cut'],
        );
    },
  );
});

test('an answer without a choice is a failure, however it is told', async () => {
  const empty: Fault = (response, { stream }) => {
    if (stream)
      sendText(response, 200, 'text/event-stream', 'data: {"choices": []}\n\ndata: [DONE]\n\n');
    else {
      const choice = { index: 7, message: { content: 'of another question' } };
      sendText(response, 200, 'application/json', JSON.stringify({ choices: [choice] }));
    }
  };
  for (const maxChoices of [1, N])
    await withFault(
      () => empty,
      async (study, url) => {
        const { outcome, records } = await run(study, url, { maxChoices });
        assert.equal(outcome.error?.code, 'bad_answer');
        assert.match(outcome.error.message, /sent no choice/);
        assert.deepEqual(records, []);
      },
    );
});

test('an error within a stream is read as the error that it is', async () => {
  const overflow: Fault = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const error = {
      message: "The input (9000 tokens) is longer than the model's context length (8192 tokens).",
      code: 400,
    };
    response.end(`data: ${JSON.stringify({ error })}\n\ndata: [DONE]\n\n`);
  };
  await withFault(
    (request) => (request === 1 ? overflow : good),
    async (study, url) => {
      const { outcome } = await run(study, url, { maxChoices: N });
      assert.equal(outcome.summary?.failed, N);
    },
  );
});

test('Retry-After is waited for in seconds and as a date, by the clock of the server', async () => {
  const inAMinute = withStatus(429, {
    date: 'Mon, 01 Jan 2001 00:00:00 GMT',
    'retry-after': 'Mon, 01 Jan 2001 00:01:00 GMT',
  });
  await withFault(
    (request) =>
      request === 2 ? inAMinute : request === 6 ? withStatus(503, { 'retry-after': '7' }) : good,
    async (study, url) => {
      const { slept, records } = await run(study, url);
      assertComplete(records);
      assert.deepEqual(slept, [60_000, 7000]);
    },
  );
  await withFault(
    () => withStatus(429, { 'retry-after': '86400' }),
    async (study, url, requests) => {
      const { outcome } = await run(study, url);
      assert.match(outcome.error?.message ?? '', /asks to wait longer than that/);
      assert.ok(requests() <= 2);
    },
  );
});

test('a used-up quota stops the run, though its status is that of a rate limit', async () => {
  const quota: Fault = (response) => {
    const error = { message: 'You exceeded your current quota', code: 'insufficient_quota' };
    sendText(response, 429, 'application/json', JSON.stringify({ error }));
  };
  await withFault(
    () => quota,
    async (study, url, requests) => {
      const { outcome } = await run(study, url);
      assert.equal(outcome.error?.code, 'quota_used_up');
      assert.ok(requests() <= 2);
    },
  );
});

test('a question that always fails is given up while others go on, and the end says so', async () => {
  const poison: Fault = (response, body, request) => {
    const isB = body.messages[0]?.content.includes('What is b?') ?? false;
    (isB ? withStatus(500) : good)(response, body, request);
  };
  await withFault(
    () => poison,
    async (study, url) => {
      const { outcome, records, warnings } = await run(study, url);
      assert.equal(outcome.error?.code, 'incomplete');
      assert.match(outcome.error.message, /1 of 3 questions.*: b\..*500.*run this again/);
      assert.equal(records.length, 2 * N);
      assert.match(warnings.join('\n'), /Question b was given up after 5 attempts/);
    },
  );
});

test('a full disk ends the run with what to do', async () => {
  const place = { path: '', filled: false };
  await withFault(
    () => good,
    async (study, url) => {
      place.path = study.paths.trajectories;
      const stage = sample(
        study,
        { client: openaiClient({ baseUrl: url, apiKey: KEY }), clock: quickClock() },
        { concurrency: 2, signal: new AbortController().signal },
      );
      await assert.rejects(runStage(stage), (error: unknown) => {
        assert.ok(error instanceof SealongError);
        assert.equal(error.code, 'disk_full');
        assert.match(error.message, /trajectories\.jsonl: the disk is full\. Free some space/);
        return true;
      });
      await rm(place.path);
      assert.ok(place.filled);
      assertComplete((await run(study, url)).records);
    },
    // The file is read before the server is asked for its models, and opened to write after.
    {
      onModels: () => {
        if (!place.filled) symlinkSync('/dev/full', place.path);
        place.filled = true;
      },
    },
  );
});

test('a clock that jumps changes no wait and no sample', async () => {
  let jumps = 0;
  const jumping: Clock = {
    now: () => new Date(Date.UTC(2026, 0, 1) + (jumps++ % 2 === 0 ? 1 : -1) * 86_400_000),
    sleep: (_ms, signal) => {
      signal?.throwIfAborted();
      return Promise.resolve();
    },
  };
  await withFault(
    (request) => (request % 3 === 0 ? withStatus(503) : good),
    async (study, url) => {
      assertComplete((await run(study, url, { clock: jumping })).records);
    },
  );
});
