import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { PanelQuestion } from '../../../src/protocol/panel.ts';
import { orderTrajectories } from '../../../webview/questionPanel/ordering.ts';
import { comparedQuestion, scoredQuestion, unscoredQuestion } from './fixtures.ts';
import type { OpenPanel } from './panelPage.ts';
import type { ThemeName } from './themes.ts';
import { panelSuite, skip, waitForText, untilTrue } from './withPanel.ts';

/** Of a part of the panel, in CSS px; `bottom` is that of the lowest thing in it. */
interface Box {
  name: string;
  top: number;
  height: number;
  bottom: number;
}

const screenshots = process.env['SEALONG_SCREENSHOTS'];

describe('the question panel in a browser', { skip }, () => {
  const withPanel = panelSuite();
  const numbered = (index: number): string => `#${String(index).padStart(2, '0')}`;

  test('arrow keys select a cell, name it and show both texts', async () => {
    const question = scoredQuestion(8);
    const [first = 0, second = 0] = byScore(question);
    await withPanel(question, async ({ page }, press) => {
      const texts = page.locator('.text');
      assert.equal(await texts.nth(0).textContent(), textOf(question, first));
      await press('ArrowDown', 'Home', 'ArrowLeft', 'ArrowUp', 'ArrowDown', 'ArrowLeft');
      const readout = page.locator('.readout');
      await waitForText(readout, `i = ${numbered(second)}`);
      await waitForText(readout, 'u(i, j) = ');
      assert.equal(await texts.nth(0).textContent(), textOf(question, second));
      await waitForText(page.locator('[aria-live]'), `Row ${numbered(second)} score`);
      await press('Escape');
      assert.equal(await texts.nth(0).textContent(), textOf(question, first));
    });
  });

  test('in a low window no part is drawn over another, and the panel scrolls', async () => {
    const question = comparedQuestion(32);
    const height = 588;
    await withPanel(
      { ...question, question: 'Which of the two letters was written first? '.repeat(60) },
      async ({ page }, press) => {
        // In order of clusters a tree stands over the heatmap; all scorers are unfolded.
        await press('o', 'o', 'e', 'm');
        await page.locator('.comparison[open]').waitFor();
        const boxes = await page.evaluate<Box[]>(`[...document.querySelectorAll(
          'header, .pair-line, .entry, .effects, main, .comparison, .context, footer'
        )].filter((part) => part.checkVisibility()).map((part) => {
          const inside = part.querySelectorAll('.map-foot, .heatmap, .text, .passages');
          const { top, height } = part.getBoundingClientRect();
          const bottoms = [part, ...inside].map((one) => one.getBoundingClientRect().bottom);
          return { name: part.className || part.localName, top, height, bottom: Math.max(...bottoms) };
        })`);
        assert.ok(boxes.length >= 7, JSON.stringify(boxes));
        for (const [place, { name, bottom }] of boxes.entries()) {
          const next = boxes[place + 1];
          if (next) assert.ok(bottom <= next.top + 1, `${name} ends over ${next.name}`);
        }
        const heightOf = (name: string) => boxes.find((box) => box.name === name)?.height ?? 0;
        assert.ok(heightOf('header') < height / 2, 'a long question leaves room for the rest');
        assert.ok(heightOf('main') >= 330, 'the texts keep some lines');
      },
      { height, width: 920 },
    );
  });

  test('a click on the canvas selects the cell under it and hover reads it', async () => {
    const question = scoredQuestion(8);
    const rows = byScore(question);
    await withPanel(question, async ({ page }) => {
      const canvas = page.locator('.heatmap canvas').last();
      const box = await canvas.boundingBox();
      assert.ok(box !== null);
      const cell = (box.width - 4) / 8;
      const position = { x: 2 + cell * 5.5, y: box.height - 2 - cell * 5.5 };
      await canvas.hover({ position });
      const words = `i = ${numbered(rows[2] ?? -1)}   j = ${numbered(rows[5] ?? -1)}   u(i, j)`;
      await waitForText(page.locator('.readout'), words);
      await canvas.click({ position });
      await page.mouse.move(1, 1);
      await waitForText(page.locator('.readout'), words);
    });
  });

  test('c chooses the focused row, the old choice is struck through, u takes it back', async () => {
    const question = scoredQuestion(8);
    const [first = 0, second = 0] = byScore(question);
    await withPanel(question, async ({ page, requests }, press) => {
      await press('ArrowDown', 'c');
      const pair = page.locator('.pair');
      await waitForText(pair, numbered(second));
      await waitForText(pair.locator('s'), numbered(first));
      await waitForText(page.locator(`#score-${second}`), 'you');
      await waitForText(page.locator(`#score-${first} s`), 'chosen');
      await waitForText(page.locator('[aria-live]'), 'by you in place of');
      await press('u');
      await pair.locator('s').waitFor({ state: 'detached' });
      await press('y');
      await pair.locator('s').waitFor();
      const { questionId } = question;
      assert.deepEqual(requests, [
        { type: 'override', questionId, chosen: second, order: 'score' },
        { type: 'undo', questionId },
        { type: 'redo', questionId },
      ]);
    });
  });

  test('a reason typed into the bar goes with the next override only, and keys rest meanwhile', async () => {
    const question = scoredQuestion(8);
    const rows = byScore(question);
    await withPanel(question, async ({ page, requests }, press) => {
      await press('ArrowDown');
      await page.locator('.pair-line vscode-dropdown').click();
      await page.locator('vscode-option', { hasText: 'other' }).click();
      await untilTrue(page, "document.activeElement?.localName === 'vscode-text-field'");
      await page.keyboard.type('cut our turn');
      await press('Enter', 'r');
      await waitForText(page.locator('.pair q'), 'cut our turn');
      await press('ArrowDown', 'c');
      await waitForText(page.locator('.pair'), numbered(rows[2] ?? -1));
      assert.deepEqual(
        requests.map((request) => (request.type === 'override' ? request.reason : request.type)),
        ['cut our turn', undefined],
      );
    });
  });

  test('the table holds every score and utility', async () => {
    const question = scoredQuestion(8);
    const rows = byScore(question);
    await withPanel(question, async ({ page }, press) => {
      await press('t');
      await page.locator('table').waitFor();
      const cells: unknown = await page.evaluate(
        `Array.from(document.querySelectorAll('tbody tr'), (row) => {
          const [sample, score, , , , , , ...utilities] = Array.from(row.cells, (cell) => cell.textContent);
          return [sample, score, ...utilities];
        })`,
      );
      const expected = rows.map((i) => {
        const utilities = rows.map((j) =>
          i === j ? '\u2013' : (question.matrix?.values[i * 8 + j] ?? 0).toFixed(3),
        );
        return [numbered(i), question.trajectories[i]?.score?.toFixed(3), ...utilities];
      });
      assert.deepEqual(cells, expected);
      await press('ArrowDown');
      await waitForText(page.locator('[aria-current]'), numbered(rows[1] ?? -1));
    });
  });

  test('e unfolds the scorers side by side: ranks, the first of each, and correlations', async () => {
    const question = comparedQuestion(8);
    const rows = byScore(question);
    const winner = question.scorers?.scorers[2]?.winner ?? -1;
    await withPanel(question, async ({ page }, press) => {
      const comparison = page.locator('.comparison');
      await waitForText(
        comparison.locator('summary'),
        `First of 3 scorers: ${numbered(rows[0] ?? -1)} by mbr_embedding, mbr_rouge; ${numbered(winner)} by random`,
      );
      await press('e');
      const table = comparison.locator('table').first();
      await table.waitFor();
      const standings: unknown = await page.evaluate(
        `Array.from(document.querySelector('.comparison table').tBodies[0].rows, (row) =>
          Array.from(row.cells, (cell) => cell.textContent))`,
      );
      const expected = rows.map((index) => [
        numbered(index),
        ...(question.scorers?.scorers ?? []).map(({ winner: first, standings: all }) => {
          const { rank, score } = all.find((of) => of.index === index) ?? { rank: 0, score: 0 };
          return `${first === index ? '\u25c6 first' : String(rank)}${score.toFixed(3)}`;
        }),
      ]);
      assert.deepEqual(standings, expected);
      const agreement = comparison.locator('table').last();
      await waitForText(agreement, '\u22120.214');
      assert.match(
        (await agreement.locator('td[title]').last().getAttribute('title')) ?? '',
        /other/,
      );
      await comparison.getByRole('button', { name: numbered(winner) }).click();
      assert.equal(await page.locator('.text').first().textContent(), textOf(question, winner));
      await press('e');
      await table.waitFor({ state: 'hidden' });
    });
  });

  test('a question that one scorer scored has no comparison, and e says so', async () => {
    await withPanel(scoredQuestion(8), async ({ page }, press) => {
      await press('e');
      await waitForText(page.locator('[aria-live]'), 'score with another');
      assert.equal(await page.locator('.comparison').isVisible(), false);
    });
  });

  test('texts of models and datasets never become elements', async () => {
    const attack = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const start = scoredQuestion(8);
    const question: PanelQuestion = {
      ...start,
      question: attack,
      questionId: attack,
      scorer: attack,
      documents: [{ title: attack, related: true }],
      trajectories: start.trajectories.map((each) => ({ ...each, text: attack })),
      decisions: [
        { id: '1', kind: 'override', reviewer: attack, at: attack, text: attack, reason: attack },
      ],
      reasons: [attack],
      matrixMissing: attack,
    };
    await withPanel(question, async ({ page }, press) => {
      await press('t', 'ArrowDown');
      assert.equal(await page.locator('.text').first().textContent(), attack);
      assert.equal(await page.locator('h1').textContent(), attack);
      assert.equal(await page.locator('img, main script, header script').count(), 0);
      assert.equal(await page.title(), 'Question panel');
    });
  });

  test('a refused request shows its message and changes nothing', async () => {
    await withPanel(scoredQuestion(8), async ({ page, answer }, press) => {
      answer.refuse = 'The decision was not saved: the disk is full.';
      await press('ArrowDown', 'c');
      await waitForText(page.locator('[role=alert]'), 'the disk is full');
      assert.equal(await page.locator('.pair s').count(), 0);
    });
  });

  test('actions sent by the editor do what the keys do', async () => {
    await withPanel(scoredQuestion(8), async ({ page, requests, send }, press) => {
      await press('ArrowDown');
      await send({ type: 'action', action: 'reject' });
      await page.locator('.pair s').waitFor();
      await send({ type: 'action', action: 'next' });
      await waitForText(page.locator('header'), '13 of 214');
      await send({ type: 'action', action: 'help' });
      await page.locator('dialog[open]').waitFor();
      await press('Escape');
      await page.locator('dialog[open]').waitFor({ state: 'detached' });
      assert.deepEqual(
        requests.map(({ type }) => type),
        ['override', 'navigate'],
      );
    });
  });

  test('order and selection are there again after a reload', async () => {
    await withPanel(scoredQuestion(8), async ({ page }, press) => {
      const bySample = "document.querySelector('.score-row .index').textContent === '#00'";
      assert.equal(await page.evaluate(bySample), false);
      await press('o', 'ArrowDown', 'ArrowRight');
      await untilTrue(page, bySample);
      const before = await page.locator('.readout').textContent();
      await page.reload();
      await waitForText(page.locator('.readout'), before ?? '');
      await untilTrue(page, bySample);
    });
  });

  test('samples without scores, one sample and none are shown with what to do', async () => {
    for (const count of [5, 1, 0]) {
      await withPanel(unscoredQuestion(count), async ({ page }, press) => {
        await press('ArrowDown', 'ArrowRight', 'o', 't', 't');
        await waitForText(page.locator('.map .missing'), 'not scored yet');
        assert.equal(await page.locator('.score-row').count(), count);
      });
    }
  });

  test('128 samples are drawn, and how long it takes is told', async (context) => {
    await withPanel(scoredQuestion(128), async ({ page }, press) => {
      await press(...Array.from({ length: 10 }, () => 'o'));
      await untilTrue(page, "performance.getEntriesByName('heatmap').length > 5");
      const times: unknown = await page.evaluate(
        "performance.getEntriesByName('heatmap').map(({ duration }) => duration)",
      );
      assert.ok(Array.isArray(times) && times.length > 5);
      const sorted = times.map(Number).sort((a, b) => a - b);
      const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
      context.diagnostic(`N=128 heatmap: median ${median.toFixed(1)} ms of ${times.length} draws`);
    });
  });

  test('no theme and no width makes the panel scroll sideways', async () => {
    const views: [ThemeName, number][] = [
      ['dark', 1400],
      ['light', 700],
      ['highContrast', 1100],
      ['highContrastLight', 420],
    ];
    for (const [theme, width] of views) {
      const show = async ({ page }: OpenPanel, press: (...keys: string[]) => Promise<void>) => {
        await press('ArrowDown', 'c', 'ArrowRight');
        await page.locator('.pair s').waitFor();
        for (const name of ['question-panel', 'scorers']) {
          if (name === 'scorers') await press('e');
          const beyond = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          assert.equal(beyond, 0, `${name}, ${theme} at ${width} px`);
          if (screenshots === undefined) continue;
          mkdirSync(screenshots, { recursive: true });
          await page.screenshot({ path: join(screenshots, `${name}-${theme}.png`) });
        }
      };
      await withPanel(comparedQuestion(32), show, { theme, width });
    }
  });
});

function byScore(question: PanelQuestion): readonly number[] {
  return orderTrajectories(question, 'score').indices;
}

function textOf(question: PanelQuestion, index: number): string | undefined {
  return question.trajectories[index]?.text;
}
