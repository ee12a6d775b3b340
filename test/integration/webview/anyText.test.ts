import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { PanelQuestion } from '../../../src/protocol/panel.ts';
import { seriousProblems } from '../../support/axe.ts';
import { contextOf, scoredQuestion } from './fixtures.ts';
import { panelSuite, skip, untilTrue, waitForText } from './withPanel.ts';

const screenshots = process.env['SEALONG_SCREENSHOTS'];

const HOSTILE =
  'Step 1. \u202Ekcab eht morf\u202C is \u2067turned\u2069 by \u200Fmarks\u200B.\n\u001B[31mred\u001B[0m \u0000nul \uD83Dhalf <img src=x onerror=alert(1)> **bold** [a](command:x)\nSo the answer is \u202Eeyw samohT\u202C.';

describe('whatever the texts are', { skip }, () => {
  const withPanel = panelSuite();

  test('characters that would not be seen are shown by name, have no effect, and are found by a search', async () => {
    const question = withTexts(scoredQuestion(4), () => HOSTILE, '\u202Eeyw samohT\u202C');
    const documents = [{ title: 'Title \u202Edetrevni\u202C', related: true }];
    const context = {
      passages: [{ number: 1, title: documents[0]?.title ?? '', related: true, text: HOSTILE }],
    };
    await withPanel(
      { ...question, documents, question: `Who? ${HOSTILE}`, matrixMissing: null },
      async ({ page }, press) => {
        const text = page.locator('.text').first();
        await text.locator('.hidden-character').first().waitFor();
        assert.equal(await text.textContent(), HOSTILE, 'copied, it is the text itself');
        const marks = await page.evaluate(
          "[...document.querySelector('.text').querySelectorAll('.hidden-character')].map(({ dataset }) => dataset.mark)",
        );
        assert.deepEqual(marks, [
          'RLO',
          'PDF',
          'RLI',
          'PDI',
          'RLM',
          'ZWSP',
          'ESC',
          'ESC',
          'NUL',
          'U+D83D',
          'RLO',
          'PDF',
        ]);
        assert.equal(await text.locator('[title^="U+202E, right-to-left override"]').count(), 2);
        // What stands after an override stands to its right, on its line.
        assert.ok(await page.evaluate(IN_ORDER), 'the text is not turned');
        for (const place of [
          'h1',
          '.chip-label',
          '.outline .name',
          '.passage p',
          'footer .documents',
        ])
          await page.locator(`${place} .hidden-character`).first().waitFor({ state: 'attached' });
        await press('/');
        await page.keyboard.type('turned');
        await untilTrue(
          page,
          "[...CSS.highlights.get('sealong-found-now') ?? []].map(String).join() === 'turned'",
        );
        await page.keyboard.press('Escape');
        await press('d');
        await page.locator('.step .hidden-character').first().waitFor();
        await shot(page, 'hidden-characters');
        assert.deepEqual(await seriousProblems(page), []);
        assert.equal(await page.locator('img').count(), 0);
      },
      { context },
    );
  });

  test('a text of little else than such characters is shown all the same', async () => {
    const question = withTexts(scoredQuestion(3), () => 'a\u202E'.repeat(100_000), null);
    await withPanel(question, async ({ page }) => {
      await waitForText(page.locator('.text'), 'a⟨RLO⟩a⟨RLO⟩');
    });
  });

  test('texts of other scripts run in their own direction and leave ours where they are', async () => {
    const arabic = 'الخطوة 1. أسس أحمد الكلية.\nالجواب هو القاهرة.';
    const thai = 'ขั้นที่ 1 หาผู้ก่อตั้ง\nคำตอบคือเชียงใหม่';
    const question = withTexts(
      scoredQuestion(4),
      (index) => (index % 2 === 0 ? arabic : thai),
      'القاهرة',
    );
    await withPanel(question, async ({ page }, press) => {
      const facts = page.locator('.pane-facts').first();
      await waitForText(facts, 'tokens');
      await press('ArrowDown', 'd');
      await page.locator('.step').first().waitFor();
      assert.equal(
        await page.evaluate("getComputedStyle(document.querySelector('.text')).unicodeBidi"),
        'plaintext',
      );
      await shot(page, 'scripts');
    });
  });

  test('utilities that are all the same say so, and where ROUGE cannot read a script, why', async () => {
    const question = scoredQuestion(4);
    const values = new Float32Array(16).map((_, at) => (at % 5 === 0 ? 1 : 0));
    const alike = { ...question, matrix: question.matrix && { ...question.matrix, values } };
    await withPanel({ ...alike, scorer: 'mbr_rouge' }, async ({ page }) => {
      await waitForText(page.locator('.alike'), 'Every utility is 0.000');
      await waitForText(page.locator('.alike'), 'texts in other scripts need another scorer');
    });
    await withPanel(question, async ({ page }) => {
      await page.locator('.map-foot').waitFor();
      assert.equal(await page.locator('.alike').isVisible(), false);
    });
  });

  test('a text of 200,000 characters, an answer of no words and passages without titles are shown', async () => {
    const long = 'The college was founded by Thomas Wye in 1822. '.repeat(4260);
    const plain = scoredQuestion(3);
    const longest = plain.pair.chosen?.index;
    const start = withTexts(plain, (index) => (index === longest ? long : '— … !'), null);
    const question = { ...start, documents: [{ title: '', related: false }] };
    const context = { passages: [{ number: 1, title: '', related: false, text: long }] };
    await withPanel(
      question,
      async ({ page }, press) => {
        await untilTrue(
          page,
          "[...document.querySelectorAll('.text')].some(({ textContent }) => textContent.length > 200000)",
        );
        await press('d');
        await page.locator('.step').first().waitFor();
        await waitForText(page.locator('.outline .name'), 'The college was founded');
      },
      { context },
    );
    await withPanel(
      question,
      async ({ page }) => {
        await page.locator('.text').first().waitFor();
      },
      { context: { ...contextOf(question), passages: [] } },
    );
  });
});

/** Whether the words about an override stand on their line from left to right as they were written. */
const IN_ORDER = `(() => {
  const root = document.querySelector('.text');
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const left = new Map();
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    for (const word of ['Step', 'kcab', 'morf', ' is']) {
      const at = node.nodeValue.indexOf(word);
      if (at < 0 || left.has(word)) continue;
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + word.length);
      left.set(word, range.getBoundingClientRect().left);
    }
  const places = ['Step', 'kcab', 'morf', ' is'].map((word) => left.get(word));
  return places.every((place, at) => at === 0 || place > places[at - 1]);
})()`;

function withTexts(
  question: PanelQuestion,
  text: (index: number) => string,
  answer: string | null,
): PanelQuestion {
  return {
    ...question,
    trajectories: question.trajectories.map((trajectory) => ({
      ...trajectory,
      text: text(trajectory.index),
      flaws: [],
      cluster: answer,
      wording: answer,
      answerFrom: null,
    })),
    answers: {
      clusters:
        answer === null
          ? []
          : [{ key: answer, label: answer, count: question.trajectories.length }],
      unclear: answer === null ? question.trajectories.length : 0,
      entropy: 0,
    },
  };
}

async function shot(
  page: { screenshot: (of: { path: string }) => Promise<unknown> },
  name: string,
): Promise<void> {
  if (screenshots === undefined) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}
