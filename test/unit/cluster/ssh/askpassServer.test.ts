import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { AskpassServer, type AskUser } from '../../../../src/cluster/ssh/askpassServer.ts';
import type { SshQuestion } from '../../../../src/cluster/ssh/sshQuestion.ts';

const PROGRAM = fileURLToPath(new URL('../../../../src/cluster/ssh/askpass.ts', import.meta.url));
const servers: AskpassServer[] = [];
after(() => Promise.all(servers.map((server) => server.close())));

async function start(ask: AskUser): Promise<AskpassServer> {
  const server = await AskpassServer.start(PROGRAM, ask);
  servers.push(server);
  return server;
}

/** As ssh runs it: the program by its path, with the question as its only argument. */
function asked(environment: Record<string, string>, prompt: string) {
  return new Promise<{ status: number | null; answer: string }>((resolve) => {
    const env = { ...process.env, ...environment, SEALONG_ASKPASS_HOST: 'login' };
    const child = execFile(environment['SSH_ASKPASS'] ?? '', [prompt], { env }, (_, stdout) => {
      resolve({ status: child.exitCode, answer: stdout });
    });
  });
}

test('a question reaches the user with its host, and the answer goes to ssh alone', async () => {
  const seen: SshQuestion[] = [];
  const server = await start((question) => {
    seen.push(question);
    return Promise.resolve('pass "word" $HOME');
  });
  const { environment } = server.grant();
  assert.equal(environment['SSH_ASKPASS_REQUIRE'], 'force');
  assert.deepEqual(await asked(environment, "me@login's password: "), {
    status: 0,
    answer: 'pass "word" $HOME\n',
  });
  assert.deepEqual(seen, [{ type: 'secret', host: 'login', what: "me@login's password:" }]);
  const folder = dirname(environment['SEALONG_ASKPASS_SOCKET'] ?? '');
  assert.equal((await stat(folder)).mode & 0o777, 0o700, 'nobody else can ask or answer');
});

test('without an answer ssh gets none, and neither does a token that was taken back', async () => {
  let questions = 0;
  const server = await start(() => {
    questions += 1;
    return Promise.resolve(null);
  });
  const { environment, revoke } = server.grant();
  assert.deepEqual(await asked(environment, 'Password: '), { status: 1, answer: '' });
  assert.equal(questions, 1);
  revoke();
  assert.deepEqual(await asked(environment, 'Password: '), { status: 1, answer: '' });
  const forged = { ...environment, SEALONG_ASKPASS_TOKEN: 'guessed' };
  assert.deepEqual(await asked(forged, 'Password: '), { status: 1, answer: '' });
  assert.equal(questions, 1, 'the user was not asked');
});

test('a question that ssh no longer asks is taken back, and the next one comes', async () => {
  const asking: { host: string; signal: AbortSignal }[] = [];
  let shown: () => void = () => undefined;
  const isShown = new Promise<void>((resolve) => (shown = resolve));
  const server = await start((question, signal) => {
    asking.push({ host: question.host, signal });
    if (asking.length > 1) return Promise.resolve('second');
    shown();
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve(null);
      });
    });
  });
  const { environment } = server.grant();
  const env = { ...process.env, ...environment, SEALONG_ASKPASS_HOST: 'login' };
  const first = spawn(environment['SSH_ASKPASS'] ?? '', ['Password: '], { env, stdio: 'ignore' });
  await isShown;
  first.kill();
  assert.equal((await asked(environment, 'Password: ')).answer, 'second\n');
  assert.ok(asking[0]?.signal.aborted);
});

test('what the same ssh asks again was not taken, and what another asks is new', async () => {
  const again: boolean[] = [];
  const server = await start((question) => {
    again.push(question.type === 'secret' && question.again === true);
    return Promise.resolve('typed');
  });
  const { environment, answered } = server.grant();
  await asked(environment, 'Password: ');
  await asked(environment, 'Verification code: ');
  await asked(environment, 'Password: ');
  assert.deepEqual(again, [false, false, true]);
  assert.equal(answered.length, 3);
  const other = server.grant();
  await asked(other.environment, 'Password: ');
  assert.equal(again.at(-1), false);
});

test('after one question that was not answered the same ssh asks the user nothing more', async () => {
  const seen: string[] = [];
  const declined: string[] = [];
  const server = await start((question) => {
    seen.push(question.host);
    return Promise.resolve(null);
  });
  const { environment, answered } = server.grant((question) => declined.push(question.type));
  assert.equal((await asked(environment, 'Password: ')).status, 1);
  assert.equal((await asked(environment, 'Password: ')).status, 1);
  assert.deepEqual([seen, declined, answered], [['login'], ['secret'], []]);
});

test('a question goes away with the token that it was asked by', async () => {
  let shown: () => void = () => undefined;
  const isShown = new Promise<void>((resolve) => (shown = resolve));
  const declined: string[] = [];
  const server = await start((_, signal) => {
    shown();
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve(null);
      });
    });
  });
  const { environment, revoke } = server.grant((question) => declined.push(question.type));
  const asking = asked(environment, 'Password: ');
  await isShown;
  revoke();
  assert.deepEqual(await asking, { status: 1, answer: '' });
  assert.deepEqual(declined, [], 'the user declined nothing');
});
