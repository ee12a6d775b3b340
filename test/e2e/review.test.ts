import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeRecord } from '../../src/records/jsonl.ts';
import type { DecisionRecord } from '../../src/records/schemas.ts';
import { studyPaths } from '../../src/study/study.ts';
import { seriousProblems } from '../support/axe.ts';
import { REFUSED } from '../support/blindDoors.ts';
import { Keyboard } from './support/keyboard.ts';
import { QuestionPanel } from './support/questionPanel.ts';
import { ROOT } from './support/requirements.ts';
import { writeReviewStudy } from './support/reviewStudy.ts';
import { stepsOf } from './support/steps.ts';
import { decisionsOf, editConfig } from './support/studyFiles.ts';
import { PATIENCE_MS, until } from './support/until.ts';
import type { ThemeName, Workbench } from './support/workbench.ts';

const QUESTIONS = 50;
const RELOAD_AFTER = 25;
const ME = 'reviewer';
const THEMES = ['dark', 'light', 'highContrast'] as const satisfies readonly ThemeName[];

/** What a reviewer does with a question: keys, and what each leaves on the disk; a key that leaves nothing only moves. */
type Judgement = readonly { key: string; kind?: string; text?: string }[];

const JUDGEMENTS: readonly Judgement[] = [
  [{ key: 'a', kind: 'agree' }],
  [{ key: 's', kind: 'swap' }],
  [
    { key: 'ArrowDown' },
    { key: 'ArrowDown' },
    { key: 'ArrowDown' },
    { key: 'c', kind: 'override' },
  ],
  [{ key: 'b', kind: 'both_bad' }],
  [
    { key: 'f', kind: 'flag' },
    { key: 'm', kind: 'note', text: 'both names are in the passages' },
    { key: 'a', kind: 'agree' },
  ],
  [{ key: 'x', kind: 'skip' }],
  [
    { key: 's', kind: 'swap' },
    { key: 'u', kind: 'undo' },
    { key: 'y', kind: 'redo' },
  ],
];

describe('A reviewer session by keyboard alone', () => {
  let dir: string;
  const walked: string[] = [];
  const expected: { question_id: string; kind: string }[] = [];
  const times = { questionMs: [] as number[], toDiskMs: [] as number[], nextMs: [] as number[] };

  const step = stepsOf({ name: 'review' }, async (session) => {
    const folder = await session.workspace('review');
    dir = join(folder, 'ondrey');
    await writeReviewStudy(dir);
    await session.workbench.open(folder);
    await session.workbench.showStudies();
    // All of it: a queue of what has been read so far is another once the rest is there.
    await session.workbench.row(/Ondrey, sampled.*60 questions · 480\/480 · 60 pairs/).waitFor();
  });

  const mine = () => studyPaths(dir).decisionFile(ME);

  step('opens a queue of the study’s own, with others mixed in at random', async (session) => {
    const keyboard = new Keyboard(session.workbench);
    await keyboard.command('Choose View...');
    await keyboard.pick('Low margin');
    await session.workbench.row(/in "Low margin", \d+ of them at random/).waitFor();
    await keyboard.command('Open Question...');
    await session.workbench.quickInput.waitFor();
    await keyboard.press('Enter');
    const panel = await QuestionPanel.shown(session.workbench);
    await panel.untilListening();
    assert.match(await panel.header.innerText(), /1 of \d+ in “Low margin”/);
  });

  step(`judges ${QUESTIONS} questions, over a reload of the window`, async (session) => {
    const { workbench } = session;
    const keyboard = new Keyboard(workbench);
    let panel = await QuestionPanel.shown(workbench);
    for (let at = 0; at < QUESTIONS; at++) {
      const begun = performance.now();
      const id = await panel.id.innerText();
      walked.push(id);
      for (const { key, kind, text } of JUDGEMENTS[at % JUDGEMENTS.length] ?? []) {
        await panel.untilListening();
        // Three rows down may be the last, and that the chosen one already.
        if (kind === 'override' && (await panel.within('.score-row.selected.chosen').count()) > 0) {
          await keyboard.press('ArrowUp');
          await panel.within('.score-row.selected:not(.chosen)').waitFor();
          await panel.untilListening();
        }
        const size = await sizeOf(mine());
        let pressed = performance.now();
        await keyboard.press(key);
        if (text !== undefined) {
          await panel.within('.entry vscode-text-field:focus').waitFor();
          await keyboard.type(text);
          pressed = performance.now();
          await keyboard.press('Enter');
        }
        if (kind === undefined) continue;
        expected.push({ question_id: id, kind });
        await onDisk(mine(), size, `${kind} on ${id}`);
        times.toDiskMs.push(performance.now() - pressed);
      }
      if (at === RELOAD_AFTER) {
        await workbench.reload();
        panel = await QuestionPanel.shown(workbench);
        await panel.untilQuestion(id);
        await until('the judged question to stand in the queue', async () =>
          /\b\d+ of \d+ in “Low margin”/.test(await panel.header.innerText()),
        );
        await focusByKey(panel, keyboard);
        for (const [key, kind] of [
          ['u', 'undo'],
          ['y', 'redo'],
        ] as const) {
          await panel.untilListening();
          const size = await sizeOf(mine());
          await keyboard.press(key);
          expected.push({ question_id: id, kind });
          await onDisk(mine(), size, `${kind} after the reload`);
        }
      }
      if (at === QUESTIONS - 1) break;
      await panel.untilListening();
      const asked = performance.now();
      await keyboard.press('n');
      await until(`the question after ${id}`, async () => (await panel.id.innerText()) !== id);
      times.nextMs.push(performance.now() - asked);
      if (at !== RELOAD_AFTER) times.questionMs.push(performance.now() - begun);
    }
    assert.equal(new Set(walked).size, QUESTIONS, 'no question came twice');
    const made = await decisionsOf(dir);
    assert.deepEqual(
      made.map(({ question_id, kind }) => ({ question_id, kind })),
      expected,
    );
    for (const { id, kind, reviewer, shown, duration_ms, previous } of made) {
      assert.equal(reviewer, ME);
      assert.equal(shown?.view, 'Low margin', `${kind} ${id}`);
      assert.ok(duration_ms !== undefined && previous !== undefined, id);
    }
    assert.ok(
      made.some(({ shown }) => shown?.audit === true),
      'some came from the audit',
    );
    await writeTimes();
  });

  step('sees in the dashboard how far the review is', async ({ workbench }) => {
    await new Keyboard(workbench).command('Review Dashboard');
    const dashboard = await workbench.webview('[data-chart=margins]');
    const verdicts = new Set(
      expected.filter(({ kind }) => VERDICTS.has(kind)).map(({ question_id }) => question_id),
    );
    await dashboard.getByText(`${verdicts.size} of 60 questions reviewed`).waitFor();
    assert.deepEqual(await seriousIn(workbench, '[data-chart=margins]'), []);
    await workbench.shots('review-dashboard', THEMES);
    await workbench.theme('dark');
  });

  step(
    'opens what a second reviewer sees otherwise as a queue, and settles it',
    async (session) => {
      const { workbench } = session;
      const keyboard = new Keyboard(workbench);
      const own = (await decisionsOf(dir)).filter(({ kind }) => kind === 'agree');
      const ben = own.slice(0, 6).map((decision, place) => ofBen(decision, place < 3));
      await writeFile(
        studyPaths(dir).decisionFile('ben'),
        ben.map((one) => encodeRecord(one)).join(''),
      );
      await workbench.row('in dispute between').or(workbench.row('ondrey')).first().waitFor();
      await until('the dispute to be known', async () => {
        const dashboard = await workbench.webview('.dashboard');
        return (await dashboard.locator('body').innerText()).includes('3 in dispute');
      });
      await keyboard.command('Open Questions in Dispute');
      const panel = await QuestionPanel.shown(workbench);
      await until('the queue of disputes', async () =>
        (await panel.header.innerText()).includes('1 of 3 in “In dispute”'),
      );
      await workbench.shots('review-disputes', THEMES);
      const leftOut = panel.within('.left-out');
      await editConfig(dir, 'review', { settle: 'leave_out' });
      await leftOut.getByText('reviewers do not agree').waitFor();
      await editConfig(dir, 'review', { settle: 'lead', lead: 'ben' });
      await leftOut.waitFor({ state: 'detached' });
      await session.command(['export', dir, '--format', 'trl', '--out', 'settled']);
      const manifest: unknown = JSON.parse(
        await readFile(join(studyPaths(dir).exports, 'settled/manifest.json'), 'utf8'),
      );
      assert.ok(typeof manifest === 'object' && manifest !== null && 'review' in manifest);
      assert.partialDeepStrictEqual(manifest.review, {
        disputed: 3,
        settled_by: 'lead',
        lead: 'ben',
        unsettled: 0,
      });
    },
  );

  step('filters by words and by who reviewed, sorts, and keeps it as a view', async (session) => {
    const { workbench } = session;
    const keyboard = new Keyboard(workbench);
    await keyboard.command('Show All Questions');
    await keyboard.command('Filter Questions...');
    await keyboard.pick('Text');
    await keyboard.answer('Questions with all of these words', 'names passages');
    const found = await workbench.page
      .locator('.quick-input-title')
      .filter({ hasText: /: \d+ of 60/ })
      .innerText();
    await keyboard.pick('Reviewed by...');
    await keyboard.pick('ben');
    await workbench.line('ben').waitFor();
    await keyboard.leave();
    await workbench.row(/reviewed by ben/).waitFor();
    assert.match(found, /: [1-9]\d* of 60/);
    await keyboard.command('Filter Questions...');
    await keyboard.pick('No conditions');
    await workbench.line('Reviewed by...').waitFor();
    await keyboard.leave();

    await keyboard.command('Sort Questions...');
    await keyboard.pick('Who reviewed it, by name');
    await keyboard.command('Save View...');
    await keyboard.answer('It becomes the file views/NAME.json', 'by reviewer');
    await workbench.row(/in "by reviewer"/).waitFor();
    const bens = (await decisionsOf(dir)).flatMap(({ reviewer, question_id: id }) =>
      reviewer === 'ben' ? [id] : [],
    );
    await until('what ben has reviewed as well to stand first', async () => {
      const first = await workbench.rows.nth(1).innerText();
      return bens.some((id) => first.startsWith(id));
    });
    await keyboard.command('Show All Questions');
  });

  step('hides scores, policy and the other reviewer where the study is blind', async (session) => {
    const { workbench } = session;
    const keyboard = new Keyboard(workbench);
    await editConfig(dir, 'review', { blind: true });
    const panel = await QuestionPanel.shown(workbench);
    await until('the panel to be blind', async () =>
      (await panel.header.innerText()).includes('blind: scores, policy and others hidden'),
    );
    await workbench.row(/Ondrey.*blind/).waitFor();
    await workbench.page.getByText('judge its questions by their texts alone').first().waitFor();
    const body = await panel.within('body').innerText();
    for (const word of [/\bben\b/, /margin/, /In dispute/, /0\.\d{3}/])
      assert.doesNotMatch(body, word);
    const rows = (await workbench.rows.allInnerTexts()).join('\n');
    for (const word of [/\bben\b/, /margin/, /dispute/, /scored/]) assert.doesNotMatch(rows, word);
    await workbench.shots('review-blind', THEMES);
    assert.deepEqual(await seriousIn(workbench, '.panel header h1'), []);

    await keyboard.command('Sort Questions...');
    await workbench.line('Entropy').waitFor();
    assert.equal(await workbench.line('Margin').count(), 0);
    await keyboard.leave();
    await keyboard.command('Filter Questions...');
    await workbench.line('Not reviewed by me').waitFor();
    for (const hidden of ['In dispute', 'Margin', 'Score spread', 'Chosen is not the majority'])
      assert.equal(await workbench.line(hidden).count(), 0, hidden);
    await keyboard.leave();
    await keyboard.command('Choose View...');
    await workbench.line('To review').waitFor();
    for (const hidden of ['Low margin', 'Small margin', 'In dispute'])
      assert.equal(await workbench.line(hidden).count(), 0, hidden);
    await keyboard.leave();
    for (const title of REFUSED) {
      await keyboard.command(title);
      await workbench.said('is reviewed blind');
      await workbench.clearToasts();
    }
    await keyboard.command('Report');
    const report = await workbench.webview('.report');
    await report.getByText('This study is reviewed blind').waitFor();
    for (const word of [/SubEM$/m, /margin/, /0\.\d{3}/, /\bben\b/])
      assert.doesNotMatch(await report.locator('body').innerText(), word);
    await workbench.anyCommand('View: Close Editor');
    await workbench.tabs.filter({ hasText: /^Report: / }).waitFor({ state: 'detached' });

    await workbench.tabs
      .filter({ hasText: /^isle-\d+$/ })
      .first()
      .click();
    const again = await QuestionPanel.shown(workbench);
    await again.within('.pane-actions').getByText('Open').first().click();
    const text = workbench.page.locator('.monaco-editor .view-lines').first();
    await text.getByText('Trajectory:').waitFor();
    assert.doesNotMatch(await text.innerText(), /Score|by policy|Model/);
    await keyboard.press('Control+F4');
    await editConfig(dir, 'review', { blind: false });
  });

  step('has nothing serious for axe in any of its pages, in any theme', async ({ workbench }) => {
    const keyboard = new Keyboard(workbench);
    await keyboard.command('Synthesis Report');
    await workbench.webview('[data-chart=context-lengths]');
    await keyboard.command('Report');
    // The report comes to the front when it is made, which must not be after the first tab is clicked.
    await workbench.tabs.filter({ hasText: /^Report: / }).waitFor();
    await workbench.webview('.report');
    for (const theme of THEMES) {
      await workbench.theme(theme);
      for (const [tab, selector] of [
        [/^Synthesis: /, '[data-chart=context-lengths]'],
        [/^Report: /, '.report'],
        [/^Review: /, '[data-chart=margins]'],
        [/^isle-\d+$/, '.panel header h1'],
      ] as const) {
        await workbench.tabs.filter({ hasText: tab }).first().click();
        await workbench.webview(selector);
        assert.deepEqual(await seriousIn(workbench, selector), [], `${selector} in ${theme}`);
        await workbench.shot(`axe-${selector.replace(/\W+/g, '')}-${theme}`);
      }
    }
  });

  step('asked nothing of any host but this machine, and met no error', (session) => {
    session.assertQuiet();
    return Promise.resolve();
  });

  /** Figures for people: on a shared machine no limit could be kept. */
  async function writeTimes(): Promise<void> {
    const figures = Object.fromEntries(
      Object.entries(times).map(([name, all]) => [name, { n: all.length, ...spread(all) }]),
    );
    const folder = join(ROOT, 'test/output');
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, 'review-session.json'),
      `${JSON.stringify({ questions: walked.length, decisions: expected.length, ...figures }, null, 2)}\n`,
    );
    console.log(JSON.stringify(figures));
  }
});

const VERDICTS = new Set(['agree', 'swap', 'override', 'both_bad']);

/** As a reviewer does whose window came back with the focus elsewhere; where it is in the panel, no key is needed. */
async function focusByKey(panel: QuestionPanel, keyboard: Keyboard): Promise<void> {
  await until('the keys to be the panel’s', async () => {
    if (await panel.isListening()) return true;
    await keyboard.press('Control+1');
    // The focus takes a moment to arrive, and may leave first.
    await delay(1000);
    return panel.isListening();
  });
}

async function seriousIn(workbench: Workbench, selector: string): Promise<string[]> {
  const page = await workbench.webview(selector);
  const handle = await page.locator(selector).first().elementHandle();
  const frame = await handle.ownerFrame();
  if (!frame) throw new Error(`${selector} is in no frame any more.`);
  return seriousProblems(frame);
}

/** The same question as ben sees it: he agrees as well, or he takes the sides the other way round. */
function ofBen(decision: DecisionRecord, other: boolean): DecisionRecord {
  const { chosen, rejected } = decision.shown ?? { chosen: null, rejected: null };
  const at = new Date(Date.parse(decision.at) + 1000).toISOString();
  const record = { ...decision, id: `ben ${decision.id}`, reviewer: 'ben', at };
  return other
    ? { ...record, kind: 'swap', chosen: rejected ?? 0, rejected: chosen ?? 0, verdict: 'change' }
    : record;
}

function spread(values: readonly number[]): { median: number; p95: number; max: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) * 10) /
    10;
  return { median: at(0.5), p95: at(0.95), max: at(1) };
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Asks every two milliseconds, since the time until then is measured. */
async function onDisk(file: string, size: number, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while ((await sizeOf(file)) <= size) {
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${what} on the disk.`);
    await delay(2);
  }
}
