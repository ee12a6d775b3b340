import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { QuestionLoader } from '../../../../src/editor/panels/questionLoader.ts';
import { Queues } from '../../../../src/editor/queue/queues.ts';
import { StudyReader } from '../../../../src/editor/store/readStudy.ts';
import { TimeSlices } from '../../../../src/editor/store/timeSlices.ts';
import { makeDecision, type DecisionRequest } from '../../../../src/preference/recordDecision.ts';
import { effectOf, meanGapAfter } from '../../../../webview/questionPanel/effects.ts';
import { Memory } from '../../editor/memory.ts';
import { follow } from '../../editor/store/followed.ts';
import { questionOfFour } from './samples.ts';

const DEMO = join(import.meta.dirname, '../../../../demo/studies/ondrey-sampled');

test('what is shown before a decision is what comes of it, for the pair and for the set', async () => {
  const { study } = follow(DEMO);
  await study.refresh();
  const queues = new Queues({
    slices: new TimeSlices(),
    reviewer: () => 'ada',
    memory: new Memory(),
  });
  const loader = new QuestionLoader({
    store: { read: new StudyReader(() => study.refresh()) },
    queue: (of) => queues.of(of),
    reviewer: () => 'ada',
    readOnly: () => null,
  });
  // Independent of what the editor sends: over the pairs themselves.
  const ids = [...study.index.questions.keys()];
  const gapOf = (id: string, pair = study.state(id).pair): number[] => {
    const tokens = (index: number | undefined) =>
      study.state(id).trajectories.find((entry) => entry.index === index)?.completionTokens ?? NaN;
    return pair.leftOut ? [] : [tokens(pair.chosen?.index) - tokens(pair.rejected?.index)];
  };
  const mean = (gaps: readonly number[]) => gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const gaps = ids.flatMap((id) => gapOf(id));
  const bias = { pairs: gaps.length, meanGap: mean(gaps), unit: 'tokens' as const };
  for (const id of ids.slice(0, 12)) {
    const question = await loader.load(study, id);
    const state = study.state(id);
    const { chosen, rejected } = state.pair;
    assert.ok(chosen && rejected);
    const another = state.trajectories.find(
      ({ index }) => index !== chosen.index && index !== rejected.index,
    );
    assert.ok(another);
    const tried: [DecisionRequest, Partial<Record<'chosen' | 'rejected', number>> | null][] = [
      [{ kind: 'override', chosen: another.index }, { chosen: another.index }],
      [{ kind: 'override', rejected: another.index }, { rejected: another.index }],
      [{ kind: 'swap' }, { chosen: rejected.index, rejected: chosen.index }],
      [{ kind: 'both_bad' }, null],
    ];
    for (const [request, sides] of tried) {
      const stamp = { reviewer: 'ada', id: 'd', at: new Date(0) };
      const made = makeDecision(state, study.selection, request, stamp);
      const after = state.pairUnder({ decisions: [...state.decisions, made] });
      const then = sides && effectOf(question, sides).then;
      const told = meanGapAfter(bias, question, then);
      const really = mean(ids.flatMap((each) => gapOf(each, each === id ? after : undefined)));
      assert.ok(told !== null && Math.abs(told - really) < 1e-9, `${id} ${request.kind}`);
      if (then) assert.ok(Math.abs((then.margin ?? NaN) - (after.margin ?? NaN)) < 1e-12);
    }
  }
});

test('the last pair that is left out leaves no mean', () => {
  const question = questionOfFour();
  assert.equal(meanGapAfter({ pairs: 1, meanGap: 3, unit: 'tokens' }, question, null), null);
});
