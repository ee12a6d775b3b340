import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';

const passageSchema = z.strictObject({ title: z.string().min(1), text: z.string().min(1) });
const questionSchema = z.strictObject({
  id: z.string().regex(/^isle-\d\d$/),
  question: z.string().endsWith('?'),
  documents: z.array(passageSchema.extend({ related: z.boolean() })),
  answers: z.array(z.string().min(1)).min(1),
});
type Question = z.infer<typeof questionSchema>;

const passages = readRows('passages.jsonl', passageSchema);
const questions = readRows('questions.jsonl', questionSchema);

function readRows<T>(name: string, schema: z.ZodType<T>): T[] {
  const text = readFileSync(new URL(`../../../demo/${name}`, import.meta.url), 'utf8');
  assert.ok(text.endsWith('\n'), `${name} ends with a newline`);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => schema.parse(JSON.parse(line)));
}

function words(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}

function mentions(text: string, answer: string): boolean {
  return text.toLowerCase().includes(answer.toLowerCase());
}

function relatedCount(question: Question): number {
  return question.documents.filter((document) => document.related).length;
}

test('there are at least 70 passages with unique titles and 45 to 110 words each', () => {
  assert.ok(passages.length >= 70);
  assert.equal(new Set(passages.map((passage) => passage.title)).size, passages.length);
  for (const { title, text } of passages) {
    const count = words(text);
    assert.ok(count >= 45 && count <= 110, `${title}: ${String(count)} words`);
  }
});

test('there are 30 different questions, 20 with one related passage and 10 with two', () => {
  assert.equal(questions.length, 30);
  assert.equal(new Set(questions.map((question) => question.id)).size, 30);
  assert.equal(new Set(questions.map((question) => question.question)).size, 30);
  assert.equal(questions.filter((question) => relatedCount(question) === 1).length, 20);
  assert.equal(questions.filter((question) => relatedCount(question) === 2).length, 10);
});

test('every document of a question is a passage word for word, and none comes twice', () => {
  const textByTitle = new Map(passages.map(({ title, text }) => [title, text]));
  for (const { id, documents } of questions) {
    assert.equal(new Set(documents.map(({ title }) => title)).size, documents.length, id);
    for (const { title, text } of documents) {
      assert.equal(text, textByTitle.get(title), `${id}: ${title}`);
    }
  }
});

test('related documents come first', () => {
  for (const { id, documents } of questions) {
    const related = documents.map((document) => Number(document.related));
    assert.deepEqual(
      related,
      related.toSorted((a, b) => b - a),
      id,
    );
  }
});

test('an answer is short, stands verbatim in a related passage and not in the question', () => {
  for (const { id, question, documents, answers } of questions) {
    const [first] = answers;
    assert.ok(
      documents.some(({ text, related }) => related && first !== undefined && text.includes(first)),
      id,
    );
    for (const answer of answers) {
      assert.ok(words(answer) <= 4, `${id}: ${answer}`);
      assert.ok(!mentions(question, answer), `${id}: ${answer}`);
    }
  }
});

test('no unrelated passage of a one-passage question holds an answer', () => {
  for (const question of questions.filter((candidate) => relatedCount(candidate) === 1)) {
    for (const { title, text } of question.documents.filter(({ related }) => !related)) {
      for (const answer of question.answers) {
        assert.ok(!mentions(`${title} ${text}`, answer), `${question.id}: ${answer} in ${title}`);
      }
    }
  }
});

test('a context has 4 to 8 passages and 225 to 660 words, about 300 to 900 tokens', () => {
  for (const { id, documents } of questions) {
    assert.ok(documents.length >= 4 && documents.length <= 8, id);
    const count = documents.reduce((sum, { title, text }) => sum + words(title) + words(text), 0);
    assert.ok(count >= 225 && count <= 660, `${id}: ${String(count)} words`);
  }
});
