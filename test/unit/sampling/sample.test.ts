import assert from 'node:assert/strict';
import { appendFile, truncate, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { systemClock, type Clock } from '../../../src/clock.ts';
import { SealongError } from '../../../src/errors.ts';
import { readAllRecords } from '../../../src/records/jsonl.ts';
import { trajectorySchema, type TrajectoryRecord } from '../../../src/records/schemas.ts';
import { openaiClient } from '../../../src/sampling/openaiClient.ts';
import { sample } from '../../../src/sampling/sample.ts';
import { runStage } from '../../../src/stage.ts';
import { openStudy, type Study } from '../../../src/study/study.ts';
import { parseSetting } from '../../../src/study/loadConfig.ts';
import {
  goodAnswer,
  sendJson,
  startChatServer,
  type Answer,
  type ChatServer,
} from '../../support/chatServer.ts';
import { questionRecord, studyWith, writeRecords } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

/** Waits are not waited for, only noted. */
function quickClock(slept: number[] = []): Clock {
  return {
    now: systemClock.now,
    sleep: (ms) => {
      slept.push(ms);
      return Promise.resolve();
    },
  };
}

async function withServer<T>(answer: Answer, use: (server: ChatServer) => Promise<T>): Promise<T> {
  const server = await startChatServer(answer);
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

function run(
  study: Study,
  server: { url: string },
  options: { signal?: AbortSignal; apiKey?: string; clock?: Clock; retryFailed?: boolean } = {},
) {
  const { signal = new AbortController().signal, apiKey, clock = quickClock() } = options;
  return runStage(
    sample(
      study,
      { client: openaiClient({ baseUrl: server.url, apiKey, timeoutMs: 2000 }), clock },
      { concurrency: 4, signal, retryFailed: options.retryFailed ?? false },
    ),
  );
}

async function trajectories(study: Study): Promise<TrajectoryRecord[]> {
  const { records, problems } = await readAllRecords(study.paths.trajectories, trajectorySchema);
  assert.deepEqual(problems, []);
  return records.map(({ value }) => value);
}

function assertComplete(
  records: readonly TrajectoryRecord[],
  ids: readonly string[],
  n: number,
): void {
  const keys = records.map((record) => `${record.question_id} ${record.index}`).sort();
  const wanted = ids.flatMap((id) => Array.from({ length: n }, (_, index) => `${id} ${index}`));
  assert.deepEqual(keys, wanted.sort());
}

test('takes N a question, each with its own seed, and a second run takes none', async () => {
  await withFolder((folder) =>
    withServer(goodAnswer, async (server) => {
      const study = await studyWith(folder, ['a', 'b'], ['sampling.n=4']);
      const summary = await run(study, server);
      assert.deepEqual([summary.added, summary.trajectories], [8, 8]);
      assertComplete(await trajectories(study), ['a', 'b'], 4);
      assert.equal(new Set(server.requests.map((body) => body.seed)).size, 8);
      assert.match(server.requests[0]?.messages[0]?.content ?? '', /^Passage 1:.*devise a plan/s);

      const again = await run(study, server);
      assert.deepEqual([again.added, again.trajectories, server.requests.length], [0, 8, 8]);
    }),
  );
});

test('a raised N takes only the missing; another temperature starts anew and keeps the old', async () => {
  await withFolder((folder) =>
    withServer(goodAnswer, async (server) => {
      const study = await studyWith(folder, ['a'], ['sampling.n=2']);
      await run(study, server);
      const more = await run(await openStudy(folder, [parseSetting('sampling.n=5')]), server);
      assert.equal(more.added, 3);
      assertComplete(await trajectories(study), ['a'], 5);
      const hot = await run(
        await openStudy(folder, [parseSetting('sampling.temperature=1')]),
        server,
      );
      assert.equal(hot.added, 2);
      assert.equal((await trajectories(study)).length, 7);
    }),
  );
});

test('a torn last line is mended and only its sample is taken again', async () => {
  await withFolder((folder) =>
    withServer(goodAnswer, async (server) => {
      const study = await studyWith(folder, ['a', 'b'], ['sampling.n=3']);
      await run(study, server);
      const whole = (await trajectories(study)).length;
      const { records } = await readAllRecords(study.paths.trajectories, trajectorySchema);
      const last = records.at(-1);
      assert.ok(last);
      await truncate(study.paths.trajectories, last.offset + 17);
      const summary = await run(study, server);
      assert.equal(summary.added, 1);
      assert.equal((await trajectories(study)).length, whole);
    }),
  );
});

test('what can succeed later is tried again and the attempts are recorded', async () => {
  let calls = 0;
  const slept: number[] = [];
  const flaky: Answer = (body, response, request) => {
    calls += 1;
    if (calls === 1) response.writeHead(429, { 'retry-after': '3' }).end('{}');
    else if (calls === 2) response.writeHead(503).end('<html>busy</html>');
    else if (calls === 3) response.destroy();
    else goodAnswer(body, response, request);
  };
  await withFolder((folder) =>
    withServer(flaky, async (server) => {
      const study = await studyWith(folder, ['a'], ['sampling.n=1']);
      await run(study, server, { clock: quickClock(slept) });
      assert.equal((await trajectories(study))[0]?.attempts, 4);
      assert.equal(slept[0], 3000);
    }),
  );
});

test('a wrong key stops the run at once, without the key in the message', async () => {
  const refuse: Answer = (_body, response) => {
    sendJson(response, 401, { error: { message: 'Incorrect API key provided: sk-sec***ret' } });
  };
  await withFolder((folder) =>
    withServer(refuse, async (server) => {
      const study = await studyWith(folder, ['a', 'b'], ['sampling.n=8']);
      await assert.rejects(run(study, server, { apiKey: 'sk-secret' }), (error: unknown) => {
        assert.ok(error instanceof SealongError && error.code === 'unauthorized');
        assert.doesNotMatch(error.message, /sk-/);
        assert.match(error.message, /SEALONG_API_KEY/);
        return true;
      });
      assert.ok(server.requests.length <= 4);
      assert.deepEqual(await trajectories(study), []);
    }),
  );
});

test('a prompt that does not fit is recorded as failed, not tried again, and taken again on request', async () => {
  let small = true;
  const answer: Answer = (body, response, request) => {
    if (small && body.messages[0]?.content.includes('What is b?'))
      sendJson(response, 400, {
        error: { message: "This model's maximum context length is 10 tokens." },
      });
    else goodAnswer(body, response, request);
  };
  await withFolder((folder) =>
    withServer(answer, async (server) => {
      const study = await studyWith(folder, ['a', 'b'], ['sampling.n=3']);
      const summary = await run(study, server);
      assert.equal(summary.failed, 3);
      assert.ok(server.requests.length <= 6);
      const failed = (await trajectories(study)).filter((record) => record.question_id === 'b');
      assert.ok(failed.every((record) => record.finish_reason === 'error' && record.text === ''));
      const before = server.requests.length;
      await run(study, server);
      assert.equal(server.requests.length, before);
      small = false;
      assert.equal((await run(study, server, { retryFailed: true })).added, 3);
    }),
  );
});

for (const [what, answer, code] of [
  [
    'a web page',
    (_b, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    'bad_answer',
  ],
  [
    'another schema',
    (_b, r) => {
      sendJson(r, 200, { ok: true });
    },
    'bad_answer',
  ],
  [
    'half an answer',
    (_b, r) => {
      r.writeHead(200, { 'content-type': 'application/json' }).end('{"choi');
    },
    'bad_answer',
  ],
  [
    'a redirect to elsewhere',
    (_b, r) => {
      r.writeHead(302, { location: 'http://127.0.0.2:1/v1' }).end();
    },
    'redirected',
  ],
  [
    'a server fault that stays',
    (_b, r) => {
      r.writeHead(500).end('{}');
    },
    'server_error',
  ],
  [
    'an unknown model',
    (_b, r) => {
      sendJson(r, 404, { error: { message: 'no such model' } });
    },
    'not_found',
  ],
  [
    'a wrong value',
    (_b, r) => {
      sendJson(r, 400, { error: { message: 'top_p must be positive' } });
    },
    'refused',
  ],
  ['no answer in time', () => undefined, 'timeout'],
] as const satisfies readonly (readonly [string, Answer, string])[])
  test(`${what} ends the run with ${code} and the host's name`, async () => {
    await withFolder((folder) =>
      withServer(answer, async (server) => {
        const study = await studyWith(folder, ['a'], ['sampling.n=1']);
        await assert.rejects(run(study, server), (error: unknown) => {
          assert.ok(error instanceof SealongError, String(error));
          assert.equal(error.code, code);
          assert.match(error.message, /127\.0\.0\.1:\d+/);
          return true;
        });
      }),
    );
  });

test('a server that is down, and a model that is not served, are told before anything is asked', async () => {
  await withFolder(async (folder) => {
    const study = await studyWith(folder, ['a']);
    const down = await startChatServer();
    await down.close();
    await assert.rejects(
      run(study, down),
      (error: unknown) =>
        error instanceof SealongError &&
        /127\.0\.0\.1:\d+.*is the server running/.test(error.message),
    );
    await withServer(goodAnswer, async (server) => {
      const other = await openStudy(folder, [parseSetting('sampling.model=other')]);
      await assert.rejects(
        run(other, server),
        (error: unknown) =>
          error instanceof SealongError && /"other".*It serves: scripted/.test(error.message),
      );
      assert.equal(server.requests.length, 0);
    });
  });
});

test('an interrupted run keeps what arrived and is refused while another runs', async () => {
  const stop = new AbortController();
  const answer: Answer = (body, response, request) => {
    if (body.messages[0]?.content.includes('What is b?')) stop.abort(new Error('stop'));
    else goodAnswer(body, response, request);
  };
  await withFolder((folder) =>
    withServer(answer, async (server) => {
      const study = await studyWith(folder, ['a', 'b'], ['sampling.n=4']);
      await assert.rejects(run(study, server, { signal: stop.signal }), /stop/);
      const kept = (await trajectories(study)).length;
      assert.ok(kept >= 1 && kept <= 4);
    }),
  );
});

test('duplicate questions and damaged lines are told, and the rest is sampled', async () => {
  await withFolder((folder) =>
    withServer(goodAnswer, async (server) => {
      const study = await studyWith(folder, [], ['sampling.n=1']);
      await writeRecords(study.paths.questions, [
        questionRecord('a'),
        questionRecord('a', 'Other?'),
      ]);
      await appendFile(study.paths.questions, 'nonsense\n');
      const warnings: string[] = [];
      const stage = sample(
        study,
        { client: openaiClient({ baseUrl: server.url }), clock: quickClock() },
        { concurrency: 1, signal: new AbortController().signal },
      );
      const summary = await runStage(stage, (event) => {
        if (event.type === 'warning') warnings.push(event.message);
      });
      assert.equal(summary.added, 1);
      assert.match(warnings.join('\n'), /line 2: the id "a" stands on line 1/);
      assert.match(warnings.join('\n'), /line 3: the line is not valid JSON/);
      await writeFile(study.paths.questions, '');
      await assert.rejects(
        run(study, server),
        (error: unknown) => error instanceof SealongError && error.code === 'no_questions',
      );
    }),
  );
});
