import assert from 'node:assert/strict';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import * as z from 'zod';
import { shownAnswers } from '../../../src/editor/answers/shownAnswers.ts';
import { trajectoryText } from '../../../src/editor/documents/trajectoryText.ts';
import { dashboardText } from '../../../src/editor/panels/dashboardText.ts';
import { dashboardView } from '../../../src/editor/panels/dashboardView.ts';
import { QuestionLoader } from '../../../src/editor/panels/questionLoader.ts';
import { reportText, reportView } from '../../../src/editor/panels/reportView.ts';
import { Queues } from '../../../src/editor/queue/queues.ts';
import { shownState } from '../../../src/editor/shownState.ts';
import { StudyReader } from '../../../src/editor/store/readStudy.ts';
import { TimeSlices } from '../../../src/editor/store/timeSlices.ts';
import { questionRow } from '../../../src/editor/tree/questionRow.ts';
import { countQuestions, studyQuality } from '../../../src/editor/tree/studyCounts.ts';
import { studyDetails, studyRow } from '../../../src/editor/tree/studyRow.ts';
import { orderTrajectories, trajectoryRow } from '../../../src/editor/tree/trajectoryRow.ts';
import { report } from '../../../src/evaluation/report.ts';
import { PairStatistics } from '../../../src/preference/pairStatistics.ts';
import { makeDecision } from '../../../src/preference/recordDecision.ts';
import { encodeRecord } from '../../../src/records/jsonl.ts';
import { isHiddenOrder } from '../../../src/review/blindView.ts';
import { reviewSummary } from '../../../src/review/reviewSummary.ts';
import { SORT_KEYS, viewSchema } from '../../../src/review/view.ts';
import { BUILT_IN_VIEWS } from '../../../src/review/views.ts';
import { runStage } from '../../../src/stage.ts';
import { openStudy, studyPaths } from '../../../src/study/study.ts';
import { withFolder } from '../../support/temporary.ts';
import { Memory } from './memory.ts';
import { follow } from './store/followed.ts';

const DEMO = join(import.meta.dirname, '../../../demo/studies/ondrey-sampled');
const SCORER = 'mbr_embedding';
const ME = 'ada';

const record = z.record(z.string(), z.unknown());
const scored = record.and(z.object({ scores: z.array(z.number()) }));

/** The same study under other scores, of another model and with other reviewers' decisions: what is blind must not differ. */
async function writeStudy(dir: string, secret: 'one' | 'other', blind: boolean): Promise<void> {
  const paths = studyPaths(dir);
  await cp(DEMO, dir, { recursive: true, force: true });
  await mkdir(paths.decisions, { recursive: true });
  const lines = async (path: string) => (await readFile(path, 'utf8')).split('\n').filter(Boolean);
  const config = record.parse(JSON.parse(await readFile(paths.config, 'utf8')));
  await writeFile(paths.config, JSON.stringify({ ...config, review: { blind } }));
  const decision = (reviewer: string, id: string, more: object) =>
    encodeRecord({
      ...{ id: `${reviewer} ${id}`, question_id: id, sampling: '371248447c107347', reviewer },
      ...{ at: '2026-01-01T00:00:00.000Z', ...more },
    });
  await writeFile(
    paths.decisionFile(ME),
    decision(ME, 'isle-01', { kind: 'override', chosen: 3, rejected: 5 }) +
      decision(ME, 'isle-02', { kind: 'note', note: 'mine' }),
  );
  if (secret === 'one') {
    await writeFile(paths.decisionFile('zelda'), '');
    return;
  }
  await writeFile(
    paths.decisionFile('zelda'),
    decision('zelda', 'isle-01', { kind: 'override', chosen: 6, rejected: 2, note: 'zelda says' }) +
      decision('zelda', 'isle-02', { kind: 'both_bad' }) +
      decision('zelda', 'isle-03', { kind: 'flag' }) +
      decision('zelda', 'isle-04', { kind: 'answer', index: 1, answer: 'Zelda Island' }) +
      decision('zelda', 'isle-05', { kind: 'skip' }),
  );
  const scores = (await lines(paths.scoreFile(SCORER))).map((line) => {
    const score = scored.parse(JSON.parse(line));
    return encodeRecord({ ...score, scores: score.scores.map((value) => 1.125 - value) });
  });
  await writeFile(paths.scoreFile(SCORER), scores.join(''));
  const trajectories = (await lines(paths.trajectories)).map((line, at) =>
    encodeRecord({ ...record.parse(JSON.parse(line)), model: `zelda-model-${at % 2}` }),
  );
  await writeFile(paths.trajectories, trajectories.join(''));
}

/** Everything of the study that the editor puts on a page, into the tree, a document, a message or the clipboard. */
async function doors(dir: string): Promise<Record<string, unknown>> {
  const { study } = follow(dir);
  await study.refresh();
  const { blind } = study;
  const slices = new TimeSlices();
  const reviewer = () => ME;
  const queues = new Queues({ slices, reviewer, memory: new Memory() });
  const read = new StudyReader(() => study.refresh());
  const loader = new QuestionLoader({
    store: { read },
    queue: (of) => queues.of(of),
    reviewer,
    readOnly: () => null,
  });
  const questions = [...study.index.questions.values()];
  const states = questions.map(({ id }) => study.state(id));
  const shown = questions.map(({ id }) => shownState(study, id, ME));
  const known = await queues.questions(study);
  const counts = countQuestions(known);
  const rows = questions.map((entry, at) =>
    questionRow(entry, shown[at] ?? never(), study, known[at]?.facts),
  );
  const pairs = new PairStatistics();
  for (const state of states) pairs.add(state);
  const dashboard = dashboardView({
    ...{ study: study.name, me: ME, blind, pairs: pairs.summary() },
    review: reviewSummary(states, { rule: 'latest' }),
    values: { margins: [0.1], chosenScores: [0.9], rejectedScores: [0.8], lengthGaps: [3] },
    queues: [],
  });
  const opened = await openStudy(dir);
  const summary = await runStage(
    report(opened, { scorers: true, signal: new AbortController().signal }),
  );
  const panels = await Promise.all(questions.slice(0, 6).map(({ id }) => loader.load(study, id)));
  const sorted: Record<string, readonly string[]> = {};
  for (const by of SORT_KEYS.filter((key) => !isHiddenOrder(key))) {
    await queues.use(dir, { view: viewSchema.parse({ sort: [{ by }] }) });
    sorted[by] = (await queues.of(study)).ids;
  }
  for (const { name, view } of BUILT_IN_VIEWS) {
    await queues.use(dir, { name, view });
    const { ids, title } = await queues.of(study);
    sorted[name] = [title ?? '', ...ids];
  }
  const [first] = states;
  return {
    'rows of questions': rows.map(({ details, ...row }) => [row, details?.()]),
    'rows of trajectories': shown.map((state) =>
      orderTrajectories(state).map((entry) => {
        const { details, ...row } = trajectoryRow(entry, state, { blind });
        return [row, details?.()];
      }),
    ),
    'row of the study': [
      studyRow(study, counts, undefined),
      studyDetails(study, counts.pairs, await studyQuality(study, slices)),
    ],
    'queues and orders': sorted,
    'question panel': panels,
    'answer rules': panels.map((panel) => [...shownAnswers(panel).byRule]),
    'documents of trajectories': await Promise.all(
      (shown[0] ?? never()).trajectories.map(async (entry) =>
        trajectoryText('Who?', await read.trajectory(study, entry), entry, {
          state: shown[0] ?? never(),
          blind,
        }),
      ),
    ),
    dashboard: [dashboard, dashboardText(dashboard)],
    report: [reportView(summary, blind), reportText(reportView(summary, blind))],
    'a decision as it is kept': (({ previous, shown: seen }) => [previous, seen])(
      makeDecision(
        first ?? never(),
        study.selection,
        { kind: 'override', chosen: 1, rejected: 2 },
        { reviewer: ME, id: 'd', at: new Date(0) },
        shown[0],
      ),
    ),
  };
}

test('blind, a reviewer is shown the same whatever scores, policy, models and others say, by every door', async () => {
  await withFolder(async (dir) => {
    const of = async (secret: 'one' | 'other', blind: boolean) => {
      await writeStudy(dir, secret, blind);
      return doors(dir);
    };
    const [one, other] = [await of('one', true), await of('other', true)];
    for (const door of Object.keys(one)) {
      assert.deepEqual(other[door], one[door], door);
      assert.doesNotMatch(JSON.stringify(other[door]), /zelda/i, door);
    }
    // Each of them tells of it where the study is not blind: they are the doors.
    const [seen, otherwise] = [await of('one', false), await of('other', false)];
    for (const door of Object.keys(seen)) assert.notDeepEqual(otherwise[door], seen[door], door);
  });
});

function never(): never {
  throw new Error('The demo study lacks what the test looks at.');
}
