import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchContext } from '../../../../../webview/questionPanel/contextSearch.ts';
import { likenessOf } from '../../../../../webview/questionPanel/texts/likeness.ts';
import { sentencesOf, wordsOf } from '../../../../../webview/questionPanel/texts/textSpans.ts';
import { wordDiff } from '../../../../../webview/questionPanel/texts/wordDiff.ts';

const changed = (left: string, right: string) =>
  wordDiff(left, right).flatMap(({ kind, text }) => (kind === 'same' ? [] : [`${kind} ${text}`]));
const sentences = (text: string) =>
  sentencesOf(text).map(({ start, end }) => text.slice(start, end));

test('a word diff of a script without spaces marks the words that differ, not the whole clause', () => {
  assert.deepEqual(changed('这座大学由张伟创立。', '这座大学由李娜创立。'), [
    'left 张伟',
    'right 李娜',
  ]);
  assert.deepEqual(changed('答えは東京です。', '答えは大阪です。'), ['left 東京', 'right 大阪']);
  assert.deepEqual(changed('คำตอบคือเชียงใหม่ครับ', 'คำตอบคือกรุงเทพครับ'), [
    'left เชียงใหม่',
    'right กรุงเทพ',
  ]);
});

test('marks of vowels belong to their word, and joined pictures are one', () => {
  assert.deepEqual(changed('उत्तर दिल्ली है', 'उत्तर मुंबई है'), ['left दिल्ली', 'right मुंबई']);
  assert.deepEqual(changed('الجوابُ القاهرةُ', 'الجوابُ دمشقُ'), ['left القاهرةُ', 'right دمشقُ']);
  assert.deepEqual(changed('a \u{1F468}\u200D\u{1F467} b', 'a \u{1F468}\u200D\u{1F466} b'), [
    'left \u{1F468}\u200D\u{1F467}',
    'right \u{1F468}\u200D\u{1F466}',
  ]);
});

test('sentences end as their script ends them', () => {
  assert.deepEqual(sentences('他说：“答案是东京。”然后呢？没有了！'), [
    '他说：“答案是东京。”',
    '然后呢？',
    '没有了！',
  ]);
  assert.deepEqual(sentences('من أسسها؟ أسسها أحمد۔ انتهى.'), [
    'من أسسها؟',
    'أسسها أحمد۔',
    'انتهى.',
  ]);
  assert.deepEqual(sentences('यह दिल्ली है। वह मुंबई है।'), ['यह दिल्ली है।', 'वह मुंबई है।']);
});

test('words of weight are found in every script, so that likeness and support work there', () => {
  assert.ok(wordsOf('大学由张伟创立').has('大学'));
  assert.ok(wordsOf('คำตอบคือเชียงใหม่').has('เชียงใหม่'));
  assert.deepEqual([...wordsOf('दिल्ली की')], ['दिल्ली', 'की']);
  const left = '大学由张伟创立。天气很好。';
  const right = '今天下雨了。这所大学是张伟创立的。';
  const { most } = likenessOf(left, right).left ?? {};
  assert.equal(most && left.slice(most.start, most.end), '大学由张伟创立。');
});

test('a search finds phrases of every script where they stand', () => {
  const text = '\u{1F600} 这座大学由张伟创立。 أسسها أحمد في القاهرة. ก่อตั้งที่เชียงใหม่';
  const context = { passages: [{ number: 1, title: '', related: false, text }] };
  for (const phrase of ['张伟', 'أحمد في', 'เชียงใหม่', '\u{1F600}']) {
    const [hit] = searchContext(context, phrase);
    assert.equal(hit && text.slice(hit.start, hit.end), phrase);
  }
});
