import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { verdictOf, standing } from '../../../src/preference/decisions.ts';
import { appendDecision, makeDecision } from '../../../src/preference/recordDecision.ts';
import { studyPaths } from '../../../src/study/study.ts';
import { follow } from '../editor/store/followed.ts';
import { studyWith, trajectoryRecord, writeRecords } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

const run = promisify(execFile);

/** Without the settings of who runs the test. */
async function git(folder: string, ...words: string[]): Promise<void> {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid'];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  await run('git', ['-C', folder, ...who, ...words], { env });
}

let made = 0;

/** Decides as the editor does, on what stands in the folder. */
async function decide(
  folder: string,
  reviewer: string,
  request: Parameters<typeof makeDecision>[2],
  seconds: number,
): Promise<void> {
  const { study } = follow(folder);
  await study.refresh();
  const at = new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
  const stamp = { reviewer, id: `d${++made}`, at };
  const record = makeDecision(study.state('a'), study.selection, request, stamp);
  await appendDecision(studyPaths(folder), record);
}

/** What the editor makes of the folder. */
async function outcome(folder: string) {
  const { study } = follow(folder);
  await study.refresh();
  const { decisions, pair } = study.state('a');
  return {
    ids: decisions.map(({ id }) => id),
    times: decisions.map(({ at }) => at),
    pair: [pair.chosen?.index, pair.rejected?.index],
    own: verdictOf(standing(decisions, study.selection.sampling)).last?.id,
    problems: study.problems.length,
  };
}

/** Two clones of one study, in which `ada` has decided once. */
async function clones(folder: string, attributes?: string): Promise<[string, string]> {
  const [here, there] = [join(folder, 'here'), join(folder, 'there')];
  const { paths } = await studyWith(here, ['a']);
  await writeRecords(
    paths.trajectories,
    [0, 1, 2, 3].map((index) => trajectoryRecord('a', index, `text ${index}`)),
  );
  await decide(here, 'ada', { kind: 'override', chosen: 0, rejected: 1 }, 1);
  if (attributes !== undefined)
    await writeFile(join(paths.decisions, '.gitattributes'), attributes);
  await git(folder, 'init', '-q', '-b', 'main', 'here');
  await commit(here);
  await git(folder, 'clone', '-q', 'here', 'there');
  return [here, there];
}

async function commit(folder: string): Promise<void> {
  await git(folder, 'add', '-A');
  await git(folder, 'commit', '-q', '--allow-empty', '-m', 'decided');
}

/** Each takes what the other has committed, as two people do. */
async function mergeBoth(here: string, there: string): Promise<void> {
  for (const each of [here, there]) await commit(each);
  await git(here, 'pull', '-q', '--no-rebase', '--no-edit', there, 'main');
  await git(there, 'pull', '-q', '--no-rebase', '--no-edit', here, 'main');
}

test('one reviewer who decided in two clones is merged by git without conflict, and both come to the same', async () => {
  await withFolder(async (folder) => {
    const [here, there] = await clones(folder);
    await decide(here, 'ada', { kind: 'override', chosen: 2 }, 5);
    await decide(there, 'ada', { kind: 'swap' }, 3);
    await decide(there, 'ben', { kind: 'flag' }, 4);
    await decide(there, 'ada', { kind: 'undo' }, 9);
    await mergeBoth(here, there);
    const [one, other] = [await outcome(here), await outcome(there)];
    assert.deepEqual(one, other);
    assert.equal(one.ids.length, 5);
    assert.deepEqual(one.times, one.times.toSorted());
    assert.deepEqual(one.pair, [2, 1], 'the swap was taken back, the other change holds');
    assert.equal(one.problems, 0);
    // What somebody else has decided since is not taken back with one's own.
    await decide(here, 'ben', { kind: 'override', rejected: 3 }, 20);
    await decide(here, 'ada', { kind: 'undo' }, 21);
    assert.deepEqual((await outcome(here)).pair, [0, 3]);
    await decide(here, 'ada', { kind: 'redo' }, 22);
    await mergeBoth(here, there);
    assert.deepEqual((await outcome(there)).pair, [2, 3]);
  });
});

test('lines that both sides have, in any order, count once; a torn last line and other line ends change nothing', async () => {
  await withFolder(async (folder) => {
    const [here, there] = await clones(folder);
    await decide(here, 'ada', { kind: 'note', note: 'one' }, 5);
    await decide(there, 'ada', { kind: 'note', note: 'two' }, 6);
    const path = studyPaths(here).decisionFile('ada');
    const before = await readFile(path, 'utf8');
    // The process was killed while it wrote; git merges what is there.
    await appendFile(path, before.split('\n')[1]?.slice(0, 40) ?? '');
    await mergeBoth(here, there);
    assert.deepEqual((await outcome(here)).ids.length, 3);
    assert.deepEqual((await outcome(there)).ids, (await outcome(here)).ids);
    const lines = (await readFile(path, 'utf8')).split('\n').filter(Boolean);
    await writeFile(path, [...lines, ...lines.toReversed()].join('\r\n') + '\r\n');
    const doubled = await outcome(here);
    assert.deepEqual(doubled.ids, (await outcome(there)).ids);
    await truncate(path, (await readFile(path)).length - 1);
    await decide(here, 'ada', { kind: 'note', note: 'three' }, 7);
    assert.equal((await outcome(here)).ids.length, 4, 'what is decided next has a line of its own');
  });
});
