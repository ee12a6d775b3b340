import assert from 'node:assert/strict';
import { appendFile, mkdir } from 'node:fs/promises';
import { test } from 'node:test';
import { Queues } from '../../../../src/editor/queue/queues.ts';
import { TimeSlices } from '../../../../src/editor/store/timeSlices.ts';
import { encodeRecord } from '../../../../src/records/jsonl.ts';
import { viewSchema } from '../../../../src/review/view.ts';
import type { StudyPaths } from '../../../../src/study/study.ts';
import { studyWith, trajectoryRecord } from '../../../support/study.ts';
import { withFolder } from '../../../support/temporary.ts';
import { Memory } from '../memory.ts';
import { DirectScanner, follow } from '../store/followed.ts';

const TO_REVIEW = { view: viewSchema.parse({ filter: { not_reviewed_by: 'me' } }) };

function twoSamples({ trajectories }: StudyPaths, ids: readonly string[]): Promise<void> {
  const records = ids.flatMap((id) =>
    [0, 1].map((index) => encodeRecord(trajectoryRecord(id, index, `text ${index}`))),
  );
  return appendFile(trajectories, records.join(''));
}

function queuesWith(memory = new Memory()): Queues {
  return new Queues({ slices: new TimeSlices(), reviewer: () => 'ada', memory });
}

test('a question stays in the queue while it is decided on, and leaves it when the view is applied anew', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a', 'b', 'c']);
    await twoSamples(paths, ['a', 'b', 'c']);
    const { study } = follow(folder);
    await study.refresh();
    const queues = queuesWith();
    await queues.use(folder, TO_REVIEW);
    const first = await queues.of(study);
    assert.deepEqual(first.ids, ['a', 'b', 'c']);

    await mkdir(paths.decisions, { recursive: true });
    await appendFile(
      paths.decisionFile('ada'),
      encodeRecord({
        id: 'd1',
        question_id: 'b',
        sampling: study.selection.sampling,
        kind: 'override',
        chosen: 1,
        rejected: 0,
        reviewer: 'ada',
        at: '2026-01-01T00:00:00.000Z',
      }),
    );
    await study.refresh();
    assert.equal(await queues.of(study), first);

    const told: string[] = [];
    queues.onDidChange((dir) => told.push(dir));
    queues.renew(folder);
    assert.deepEqual(told, [folder]);
    assert.deepEqual((await queues.of(study)).ids, ['a', 'c']);

    await appendFile(paths.trajectories, encodeRecord(trajectoryRecord('c', 2, 'new')));
    await study.refresh();
    assert.deepEqual((await queues.of(study)).ids, ['a', 'c'], 'samples make it anew as well');
  });
});

test('what a panel walked stays in the queue where it stood, until the view is applied anew', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a', 'b', 'c', 'd']);
    await twoSamples(paths, ['a', 'b', 'c', 'd']);
    const { study } = follow(folder);
    await mkdir(paths.decisions, { recursive: true });
    await study.refresh();
    const agreed = ['a', 'b'].map((id) =>
      encodeRecord({
        ...{ id: `d ${id}`, question_id: id, sampling: study.selection.sampling, reviewer: 'ada' },
        ...{ kind: 'override', chosen: 1, rejected: 0, at: '2026-01-01T00:00:00.000Z' },
      }),
    );
    await appendFile(paths.decisionFile('ada'), agreed.join(''));
    await study.refresh();
    const queues = queuesWith();
    await queues.use(folder, TO_REVIEW);
    assert.deepEqual((await queues.of(study)).ids, ['c', 'd']);

    const told: string[] = [];
    queues.onDidChange((dir) => told.push(dir));
    const place = { walked: ['gone', 'a', 'b'], audit: ['a'], next: ['c', 'd'] };
    queues.standAgain(folder, 'panel', place);
    assert.deepEqual(told, [folder], 'a queue that was made before the panel came back is told of');
    const kept = await queues.of(study);
    assert.deepEqual(kept.ids, ['a', 'b', 'c', 'd']);
    assert.deepEqual([...kept.audit], ['a']);

    await appendFile(paths.trajectories, encodeRecord(trajectoryRecord('d', 2, 'new')));
    await study.refresh();
    assert.deepEqual((await queues.of(study)).ids, ['a', 'b', 'c', 'd'], 'also with new samples');
    queues.renew(folder);
    assert.deepEqual((await queues.of(study)).ids, ['c', 'd']);
  });
});

test('the view in use comes back after a reload, and none is all questions in the order of the file', async () => {
  await withFolder(async (folder) => {
    await studyWith(folder, ['b', 'a']);
    const { study } = follow(folder);
    await study.refresh();
    const memory = new Memory();
    const plain = await queuesWith(memory).of(study);
    assert.deepEqual([plain.ids, plain.title], [['b', 'a'], undefined]);

    const byId = { view: viewSchema.parse({ title: 'Sorted', sort: [{ by: 'id' }] }) };
    await queuesWith(memory).use(folder, byId);
    const again = await queuesWith(memory).of(study);
    assert.deepEqual([again.ids, again.title], [['a', 'b'], 'Sorted']);
    assert.equal(again.places.get('b'), 1);
  });
});

test('a remembered view that is none any more is dropped', async () => {
  const memory = new Memory();
  await memory.update('sealong.views', { '/s': { view: { filter: { colour: 'blue' } } } });
  assert.deepEqual(queuesWith(memory).active('/s').view.filter, {});
});

test('blind, what others decided and what was scored neither filters nor sorts nor names a queue', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a', 'b'], ['review.blind=true']);
    await twoSamples(paths, ['a', 'b']);
    const { study } = follow(folder);
    await study.refresh();
    const record = (reviewer: string, kind: 'flag' | 'note' | 'override') =>
      encodeRecord({
        id: `${reviewer} ${kind}`,
        question_id: 'b',
        sampling: study.selection.sampling,
        kind,
        ...(kind === 'override' ? { chosen: 1, rejected: 0 } : {}),
        ...(kind === 'note' ? { note: 'lighthouse' } : {}),
        reviewer,
        at: '2026-01-01T00:00:00.000Z',
      });
    await mkdir(paths.decisions, { recursive: true });
    await appendFile(
      paths.decisionFile('ben'),
      (['flag', 'note', 'override'] as const).map((kind) => record('ben', kind)).join(''),
    );
    await study.refresh();
    const queues = queuesWith();
    const of = async (view: object) => {
      await queues.use(folder, { name: 'mine', view: viewSchema.parse(view) });
      return queues.of(study);
    };
    for (const filter of [
      { flagged: true },
      { text: 'lighthouse' },
      { overridden: true },
      { reviewed: true },
      { noted: true },
    ])
      assert.deepEqual((await of({ filter })).ids, [], JSON.stringify(filter));
    const small = await of({ title: 'Small', filter: { margin: { max: 1 } }, audit: 0 });
    assert.deepEqual([small.ids, small.title], [['a', 'b'], undefined]);
    const disputed = await of({ filter: { disputed: true, truncated: false } });
    assert.deepEqual([disputed.ids, disputed.title], [['a', 'b'], 'no sample truncated']);
    assert.equal(await queues.count(study, viewSchema.parse({ filter: { disputed: true } })), 2);
  });
});

test('a view that looks at answers shows what is known of them, and the rest when it is', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a', 'b']);
    const trajectories = ['a', 'b'].map((id) =>
      encodeRecord(trajectoryRecord(id, 0, 'So the answer is Thomas Wye.')),
    );
    await appendFile(paths.trajectories, trajectories.join(''));
    const direct = new DirectScanner();
    let answer: () => void = () => undefined;
    const { study } = follow(folder, {
      scan: direct.scan,
      cluster: async (questions) => {
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        return direct.cluster(questions);
      },
    });
    await study.refresh();
    const queues = queuesWith();
    const byText = { view: viewSchema.parse({ filter: { text: 'wye' } }) };
    await queues.use(folder, byText);
    assert.deepEqual((await queues.of(study)).ids, []);
    assert.equal(study.clustersDue, 2);
    const plain = { view: viewSchema.parse({ filter: { text: 'what', truncated: false } }) };
    assert.equal(await queues.count(study, plain.view), 2);

    answer();
    await study.allClustered();
    assert.deepEqual((await queues.of(study)).ids, ['a', 'b']);
  });
});
