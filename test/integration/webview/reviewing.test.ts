import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PANEL_ACTIONS } from '../../../src/protocol/panel.ts';
import { until } from '../../e2e/support/until.ts';
import { PANEL_KEYS } from './editorKeys.ts';
import { blindQuestion, contextOf, scoredQuestion } from './fixtures.ts';
import { panelSuite, skip, waitForText, untilTrue } from './withPanel.ts';

describe('reviewing in the question panel', { skip }, () => {
  const withPanel = panelSuite();

  test('an answer filters the rows by key and by click, and Escape shows all again', async () => {
    const question = scoredQuestion(32);
    const [first] = question.answers?.clusters ?? [];
    await withPanel(question, async ({ page }, press) => {
      await press('k');
      const rows = page.locator('.score-row');
      await waitForText(page.locator('.map-last'), `${first?.count ?? 0} of 32 rows`);
      assert.equal(await rows.count(), first?.count);
      const chip = page.locator('.chip', { hasText: 'Thomas Wye' });
      assert.equal(await chip.getAttribute('aria-pressed'), 'true');
      await press('Escape');
      await untilTrue(page, "document.querySelectorAll('.score-row').length === 32");
      await page.locator('.chip', { hasText: 'unclear' }).click();
      await untilTrue(page, "document.querySelectorAll('.score-row').length < 32");
      await waitForText(page.locator('.answers'), 'entropy');
    });
  });

  test('judgements go to the editor by key, with the reason given', async () => {
    const question = scoredQuestion(8);
    await withPanel(question, async ({ page, requests }, press) => {
      await press('w');
      await untilTrue(page, "document.activeElement?.localName === 'vscode-dropdown'");
      await press('ArrowDown', 'Escape');
      await untilTrue(page, "document.activeElement?.localName !== 'vscode-dropdown'");
      await press('a', 's', 'b', 'x', 'f');
      await waitForText(page.locator('.pair'), 'flagged');
      await press('f');
      await page.locator('.flagged').waitFor({ state: 'detached' });
      const { questionId } = question;
      const decided = (decision: object) => ({
        type: 'decide',
        questionId,
        decision,
        order: 'score',
      });
      assert.deepEqual(requests, [
        decided({ kind: 'agree', reason: 'wrong final answer' }),
        decided({ kind: 'swap' }),
        decided({ kind: 'both_bad' }),
        decided({ kind: 'skip' }),
        decided({ kind: 'flag' }),
        decided({ kind: 'unflag' }),
      ]);
    });
  });

  test('a note, a corrected answer and a merge are written without setting off keys', async () => {
    const question = scoredQuestion(8);
    await withPanel(question, async ({ page, requests }, press) => {
      await press('m');
      await untilTrue(page, "document.activeElement?.localName === 'vscode-text-field'");
      await page.keyboard.type('a scan of the bark');
      await press('Enter');
      await waitForText(page.locator('.decisions'), '1 decision');
      await press('ArrowDown', 'i');
      await untilTrue(page, "document.activeElement?.localName === 'vscode-text-field'");
      await press('Control+a', 'Delete');
      await page.keyboard.type('Quill');
      await press('Enter', 'j');
      await untilTrue(page, "document.activeElement?.localName === 'vscode-dropdown'");
      await page.locator('.entry vscode-button', { hasText: 'Save' }).click();
      await waitForText(page.locator('.decisions'), '3 decisions');
      const [note, answer, merge] = requests.map((request) =>
        request.type === 'decide' ? request.decision : undefined,
      );
      assert.deepEqual(note, { kind: 'note', note: 'a scan of the bark' });
      assert.equal(answer?.kind === 'answer' && answer.answer, 'Quill');
      assert.equal(merge?.kind === 'merge' && merge.answers.length, 2);
      assert.equal(requests.length, 3);
    });
  });

  test('a row is given to another answer, and its wording told from another, by key', async () => {
    const before = scoredQuestion(8);
    const row = before.pair.chosen?.index;
    const question = {
      ...before,
      trajectories: before.trajectories.map((trajectory) =>
        trajectory.index === row ? { ...trajectory, wording: 'Morven' } : trajectory,
      ),
    };
    await withPanel(question, async ({ page, requests }, press) => {
      await press('ArrowDown', 'ArrowUp', 'i');
      await page.locator('.likely vscode-button', { hasText: 'Thomas Wye' }).focus();
      await press('Enter');
      await waitForText(page.locator('.decisions'), '1 decision');
      await press('Shift+J');
      await untilTrue(page, "document.activeElement?.localName === 'vscode-dropdown'");
      await waitForText(page.locator('.entry label'), '“Morven” is not the same as');
      await press('Tab', 'Enter');
      await waitForText(page.locator('.decisions'), '2 decisions');
      const decided = (decision: object) => ({
        ...{ type: 'decide', questionId: question.questionId, decision, order: 'score' },
      });
      assert.deepEqual(requests, [
        decided({ kind: 'answer', index: row, answer: 'Thomas Wye' }),
        decided({ kind: 'split', answers: ['Morven', 'Ada Morven'] }),
      ]);
    });
  });

  test('blind, the rows show answers in place of scores, and nobody is asked to judge a pair', async () => {
    await withPanel(blindQuestion(8), async ({ page, requests }, press) => {
      await waitForText(page.locator('.row-answer'), 'Thomas Wye');
      await waitForText(page.locator('.pair'), 'Yours to make');
      assert.equal(await page.locator('.score-row .bar').count(), 0);
      assert.doesNotMatch(await page.locator('body').innerText(), /0\.\d{3}|margin|policy:/);
      await press('a', 's');
      await waitForText(page.locator('.notice'), 'Reviewed blind');
      await press('ArrowDown', 'c');
      await until('the decision', () => requests.length > 0);
      assert.deepEqual(
        requests.map(({ type }) => type),
        ['override'],
      );
    });
  });

  test('what an override does is shown before it is made', async () => {
    const question = scoredQuestion(8);
    await withPanel(question, async ({ page }, press) => {
      await waitForText(page.locator('.effects'), 'if swapped');
      await press('ArrowDown');
      const effects = page.locator('.effects');
      await waitForText(effects, 'as chosen');
      await waitForText(effects, 'as rejected');
      assert.match((await effects.textContent()) ?? '', /margin 0\.\d{3} → .*length gap .* tokens/);
    });
  });

  test('a cell marks what is most and least alike, a row alone what nobody else says', async () => {
    await withPanel(scoredQuestion(32), async ({ page }, press) => {
      await waitForText(page.locator('.mark-legend'), 'few of its words in any passage');
      await press('ArrowDown', 'ArrowRight');
      await waitForText(page.locator('.mark-legend'), 'most alike');
      for (const side of [0, 1]) {
        const text = page.locator('.text').nth(side);
        assert.equal(await text.locator('mark.most-alike').count(), 1);
        assert.ok((await text.locator('mark.least-alike').count()) <= 1);
      }
    });
  });

  test('d sets the steps level and marks the words that differ; Shift+D asks for the diff editor', async () => {
    const question = scoredQuestion(8);
    await withPanel(question, async ({ page, requests }, press) => {
      await press('d');
      await page.locator('.compare .step').first().waitFor();
      const tops: unknown = await page.evaluate(`(() => {
        const top = (kind) => Array.from(document.querySelectorAll('.step.' + kind), (step) => step.offsetTop);
        return [top('left'), top('right')];
      })()`);
      assert.ok(Array.isArray(tops));
      assert.deepEqual(tops[0], tops[1]);
      assert.ok((await page.locator('.compare del').count()) > 0);
      assert.ok((await page.locator('.compare ins').count()) > 0);
      await waitForText(page.locator('.compare-facts'), 'mbr_embedding');
      await press('Shift+D', 'd');
      await page.locator('.compare').waitFor({ state: 'hidden' });
      const { chosen, rejected } = question.pair;
      const { questionId } = question;
      assert.deepEqual(requests, [
        { type: 'openDiff', questionId, left: chosen?.index, right: rejected?.index },
      ]);
    });
  });

  test('passages are reached by reference, by search, by outline, and the best one by key', async () => {
    await withPanel(scoredQuestion(8), async ({ page }, press) => {
      const selected = page.locator('.entry-button.selected .place');
      await page.locator('.reference', { hasText: 'Passage 3' }).first().click();
      await waitForText(selected, '3');
      await press('g');
      await waitForText(page.locator('.entry-button.selected'), 'related');
      await press('/');
      await untilTrue(page, "document.activeElement?.localName === 'vscode-text-field'");
      await page.keyboard.type('geometry');
      await waitForText(page.locator('.context-head'), '1 of 1');
      await waitForText(selected, '2');
      assert.equal(await page.locator('.entry-button.not-found').count(), 13);
      await press('Escape', 'v');
      await page.locator('.outline').waitFor({ state: 'hidden' });
    });
  });

  test('the context is made higher by keys, and keeps its height over a reload', async () => {
    await withPanel(scoredQuestion(8), async ({ page }, press) => {
      const height = async () => (await page.locator('.context').boundingBox())?.height ?? 0;
      const before = await height();
      await page.locator('.splitter').focus();
      await press('ArrowUp', 'ArrowUp');
      const after = await height();
      assert.ok(after > before + 50, `${before} then ${after}`);
      await page.reload();
      await page.locator('.passage').first().waitFor({ state: 'attached' });
      assert.equal(await height(), after);
    });
  });

  test('a context of 31K tokens is on screen in a few frames', async (t) => {
    const question = scoredQuestion(8);
    const sentence = 'The pilots met on Mondays and wrote down the depth of the channel. ';
    const documents = Array.from({ length: 150 }, (_, i) => ({
      title: `Log ${i}`,
      related: false,
    }));
    const long = { ...question, documents, contextTokens: 31_744 };
    const context = {
      passages: contextOf(long).passages.map((passage) => ({
        ...passage,
        text: sentence.repeat(13),
      })),
    };
    await withPanel(
      long,
      async ({ page, send }) => {
        await page.locator('.passage').nth(149).waitFor({ state: 'attached' });
        const script = `(async () => {
          const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          await frame();
          const start = performance.now();
          deliver(window.nextQuestion); deliver(window.nextContext);
          await frame(); await frame();
          return performance.now() - start;
        })()`;
        const next = { ...long, questionId: 'q-next' };
        await page.evaluate(
          `window.nextQuestion = ${JSON.stringify({ type: 'question', question: { ...next, matrix: null } })};
           window.nextContext = ${JSON.stringify({ type: 'context', questionId: 'q-next', context })}; 0`,
        );
        const took: unknown = await page.evaluate(script);
        t.diagnostic(`next question with 31K tokens: ${String(took)} ms`);
        await waitForText(page.locator('.question-id'), 'q-next');
        await send({ type: 'question', question: next });
      },
      { context },
    );
  });

  test('marked cells are zoomed into, and 0 shows all of them again', async () => {
    await withPanel(scoredQuestion(128), async ({ page }, press) => {
      await press('o', 'o', 'ArrowDown', 'ArrowRight');
      await press(...Array.from({ length: 11 }, () => 'Shift+ArrowDown'), 'Shift+PageDown');
      await press(...Array.from({ length: 7 }, () => 'Shift+ArrowRight'), '+');
      const shown = page.locator('.map-last');
      await waitForText(shown, 'of 128');
      await press('0');
      await untilTrue(page, "!document.querySelector('.map-last').textContent.includes('of 128')");
      const box = await page.locator('.heatmap canvas').last().boundingBox();
      assert.ok(box);
      const at = (share: number): [number, number] => [
        box.x + box.width * share,
        box.y + box.height * share,
      ];
      await page.mouse.move(...at(0.4));
      await page.mouse.down();
      await page.mouse.move(...at(0.6), { steps: 4 });
      await page.mouse.up();
      await waitForText(shown, 'of 128');
    });
  });

  test('the heatmap is handed over as SVG, PNG and CSV', async () => {
    await withPanel(scoredQuestion(32), async ({ page, requests }) => {
      for (const name of ['SVG', 'PNG', 'CSV'])
        await page.locator('.save button', { hasText: name }).click();
      await page.waitForTimeout(200);
      const [svg, png, csv] = requests.map((request) =>
        request.type === 'save' ? request.data : '',
      );
      assert.match(svg ?? '', /^<svg [\s\S]*<\/svg>\n$/);
      const bytes = Buffer.from(png ?? '', 'base64');
      assert.deepEqual([...bytes.subarray(1, 4)], [...Buffer.from('PNG')]);
      assert.equal(csv?.split('\r\n').length, 34);
    });
  });

  test('? lists every action with the key that is bound to it now', async () => {
    await withPanel(scoredQuestion(8), async ({ page, send }, press) => {
      await send({ type: 'keys', keys: { ...PANEL_KEYS, agree: ['Space'], skip: [] } });
      await press('?');
      const dialog = page.locator('dialog[open]');
      await dialog.waitFor();
      assert.ok((await dialog.locator('dt').count()) >= PANEL_ACTIONS.length);
      await waitForText(dialog.locator('kbd'), 'Space');
      await waitForText(dialog.locator('dt'), 'no key');
    });
  });
});
