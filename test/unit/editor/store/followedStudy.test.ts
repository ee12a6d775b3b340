import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { encodeRecord } from '../../../../src/records/jsonl.ts';
import {
  questionRecord,
  studyWith,
  trajectoryRecord,
  writeRecords,
} from '../../../support/study.ts';
import { withFolder } from '../../../support/temporary.ts';
import { DirectScanner, follow } from './followed.ts';

test('a study is read, and what is appended to its files is read on', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a', 'b'], ['sampling.n=2']);
    const scanner = new DirectScanner();
    const { study, changes } = follow(folder, scanner);
    assert.equal(study.loading, true);
    await study.refresh();
    assert.equal(study.loading, false);
    assert.deepEqual([...study.index.questions.keys()], ['a', 'b']);
    assert.equal(study.expected, 2);

    await appendFile(paths.trajectories, encodeRecord(trajectoryRecord('a', 0, 'one')));
    await study.refresh();
    assert.equal(study.state('a').trajectories.length, 1);
    changes.length = 0;
    await appendFile(paths.trajectories, encodeRecord(trajectoryRecord('b', 0, 'two')));
    await study.refresh();
    assert.deepEqual(changes, [new Set(['b'])]);
    assert.equal(study.state('b').trajectories.length, 1);
    assert.deepEqual(
      scanner.events.map(({ type }) => type),
      ['begin', 'batch', 'done'],
    );
    changes.length = 0;
    await study.refresh();
    assert.deepEqual(changes, []);
  });
});

test('the state of a question is kept until something of it changed', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a', 'b']);
    await writeRecords(paths.trajectories, [
      trajectoryRecord('a', 0, 'x'),
      trajectoryRecord('b', 0, 'y'),
    ]);
    const { study } = follow(folder);
    await study.refresh();
    const [a, b] = [study.state('a'), study.state('b')];
    await appendFile(paths.trajectories, encodeRecord(trajectoryRecord('a', 1, 'z')));
    await study.refresh();
    assert.notEqual(study.state('a'), a);
    assert.equal(study.state('b'), b);
  });
});

test('a file that was rewritten is shown as it is now, and problems are not told twice', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a', 'b']);
    await appendFile(paths.questions, 'nonsense\n');
    const { study } = follow(folder);
    await study.refresh();
    assert.equal(study.problems.length, 1);
    const before = study.index;
    await writeRecords(paths.questions, [questionRecord('c')]);
    await appendFile(paths.questions, 'nonsense\n');
    await study.refresh();
    assert.notEqual(study.index, before);
    assert.deepEqual([...study.index.questions.keys()], ['c']);
    assert.equal(study.problems.length, 1);
    await rm(paths.questions);
    await study.refresh();
    assert.equal(study.index.questions.size, 0);
    assert.equal(study.problems.length, 0);
  });
});

test('a wrong sealong.json is told, and what was known goes on being shown', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a'], ['sampling.n=3']);
    const { study } = follow(folder);
    await study.refresh();
    const good = await readFile(paths.config, 'utf8');
    await writeFile(paths.config, good.slice(0, -10));
    await study.refresh();
    assert.equal(study.config, undefined);
    assert.match(study.configError ?? '', /not valid JSON/);
    assert.equal(study.expected, 3);
    await writeFile(paths.config, good.replace('"n": 3', '"n": 4'));
    await study.refresh();
    assert.equal(study.configError, undefined);
    assert.equal(study.expected, 4);
  });
});

test('a decision changes the pair of its question', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a']);
    await writeRecords(
      paths.trajectories,
      [0, 1, 2].map((index) => trajectoryRecord('a', index, `text ${index}`)),
    );
    const { study } = follow(folder);
    await study.refresh();
    assert.equal(study.state('a').pair.chosen, undefined);
    await mkdir(paths.decisions);
    const decision = {
      id: 'd1',
      question_id: 'a',
      sampling: 'hand',
      kind: 'override',
      chosen: 2,
      reviewer: 'Ada',
      at: '2026-01-01T00:00:00Z',
    };
    await writeRecords(paths.decisionFile('Ada'), [decision]);
    await study.refresh();
    assert.equal(study.state('a').pair.chosen?.override?.reviewer, 'Ada');
  });
});

test('a file that cannot be read is told, and the others are used', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a']);
    await writeFile(paths.trajectories, Buffer.from([0xff, 0xfe, 0x7b, 0x00]));
    const { study } = follow(folder);
    await study.refresh();
    await study.refresh();
    assert.equal(study.index.questions.size, 1);
    assert.deepEqual(study.problems.length, 1);
    assert.match(study.problems[0]?.message ?? '', /UTF-16/);
    await writeRecords(paths.trajectories, [trajectoryRecord('a', 0, 'x')]);
    await study.refresh();
    assert.equal(study.problems.length, 0);
    assert.equal(study.state('a').trajectories.length, 1);
  });
});

test('a file of another kind tells some of its lines and counts the rest', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a']);
    await writeFile(paths.trajectories, 'x\n'.repeat(5000));
    const { study } = follow(folder);
    await study.refresh();
    assert.equal(study.problems.length, 101);
    assert.match(study.problems.at(-1)?.message ?? '', /^4900 more lines/);
  });
});

test('refreshes asked for during one share the next', async () => {
  await withFolder(async (folder) => {
    await studyWith(folder, ['a']);
    const scanner = new DirectScanner();
    const { study } = follow(folder, scanner);
    await Promise.all([study.refresh(), study.refresh(), study.refresh()]);
    assert.equal(scanner.scans, 2);
  });
});

test('a scan that fails is told and tried again at the next refresh', async () => {
  await withFolder(async (folder) => {
    await studyWith(folder, ['a']);
    const scanner = new DirectScanner();
    const scan = scanner.scan;
    scanner.scan = () => Promise.reject(new Error('the reader stopped'));
    const { study } = follow(folder, scanner);
    await study.refresh();
    assert.equal(study.loading, false);
    assert.equal(study.problems[0]?.message, 'the reader stopped');
    scanner.scan = scan;
    await study.refresh();
    assert.equal(study.problems.length, 0);
    assert.equal(study.index.questions.size, 1);
  });
});

test('the answers of all questions are put into clusters once, and again only where they changed', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a', 'b']);
    const wye = (id: string, index: number) =>
      trajectoryRecord(id, index, 'So the answer is Thomas Wye.');
    await writeRecords(paths.trajectories, [wye('a', 0), wye('a', 1), wye('b', 0)]);
    const scanner = new DirectScanner();
    const { study } = follow(folder, scanner);
    assert.equal(study.isClustered('a'), false);
    await study.refresh();
    await study.allClustered();
    assert.equal(scanner.clustered, 2);
    assert.equal(study.clustersDue, 0);
    assert.deepEqual(study.state('a').clusters.clusters, [
      { label: 'Thomas Wye', indices: [0, 1] },
    ]);

    const revision = study.clustersRevision;
    await appendFile(paths.trajectories, encodeRecord(wye('b', 1)));
    await study.refresh();
    await study.allClustered();
    assert.equal(scanner.clustered, 3);
    assert.deepEqual(study.state('b').clusters.clusters[0]?.indices, [0, 1]);
    assert.notEqual(study.clustersRevision, revision);
  });
});

test("a reviewer's correction of an answer changes its clusters, and no queue that is walked", async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a', 'b']);
    await writeRecords(paths.trajectories, [
      trajectoryRecord('a', 0, 'So the answer is Thomas Wye.'),
      trajectoryRecord('b', 0, 'So the answer is Ada.'),
    ]);
    const scanner = new DirectScanner();
    const { study } = follow(folder, scanner);
    await study.refresh();
    await study.allClustered();
    const revisions = [study.revision, study.clustersRevision];
    const { sampling } = study.selection;
    await mkdir(paths.decisions);
    for (const [id, more] of [
      ['d1', { kind: 'agree', question_id: 'b' }],
      ['d2', { kind: 'answer', question_id: 'a', index: 0, answer: 'Ada' }],
    ] as const)
      await appendFile(
        paths.decisionFile('ada'),
        encodeRecord({ id, sampling, reviewer: 'ada', at: '2026-01-01T00:00:00.000Z', ...more }),
      );
    await study.refreshDecisions();
    await study.allClustered();
    assert.equal(scanner.clustered, 3);
    assert.equal(study.state('a').clusters.clusters[0]?.label, 'Ada');
    assert.deepEqual([study.revision, study.clustersRevision], revisions);
  });
});

test('decisions are read while the rest of a study is still being read, and a file of theirs that was rewritten reads all anew', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a']);
    await writeRecords(paths.trajectories, [trajectoryRecord('a', 0, 'one')]);
    const direct = new DirectScanner();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { study } = follow(folder, {
      cluster: direct.cluster,
      scan: async (dir, marks, receiver, only) => {
        const batch: typeof receiver.batch = async (found) => {
          await receiver.batch(found);
          if (found.kind === 'questions') await gate;
        };
        return direct.scan(dir, marks, { ...receiver, batch }, only);
      },
    });
    const whole = study.refresh();
    await mkdir(paths.decisions);
    const decision = (id: string) => ({
      ...{ id, question_id: 'a', sampling: 'hand', kind: 'flag', reviewer: 'ada' },
      at: '2026-01-01T00:00:00.000Z',
    });
    await writeRecords(paths.decisionFile('ada'), [decision('d1')]);
    await study.refreshDecisions();
    assert.deepEqual([...study.index.decisions.keys()], ['d1']);
    assert.equal(study.loading, true);
    open();
    await whole;
    assert.equal(study.state('a').trajectories.length, 1);

    await writeRecords(paths.decisionFile('ada'), [decision('e1')]);
    await study.refreshDecisions();
    assert.deepEqual([...study.index.decisions.keys()], ['e1']);
  });
});
