import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadGrammar, tokensText } from './grammar.ts';

const text = String.raw`Question: Who built the 3 halls?
Score: 0.8420 by mbr_embedding, 2 of 8
----------------------------------------
**Plan:**
1. Find who designed the hall.
## Step 2: look in [Passage 3] and passages 2, 4 and 5
- It opened on 3 May 1869 with 36 columns (12.5%).
According to Passage 4, "built in 1884" by version v1.2.3 of B12.
The plan was drawn by Felix.
Therefore, it was Rosalind Beck.
So the answer is Rosalind Beck. That was 1884.
**Final Answer:** Rosalind Beck
\boxed{42}
An answer is hard to find.`;

const golden = String.raw`> Question: Who built the 3 halls?
  "Question" comment.block.header | markup.bold.field
  ":" comment.block.header | punctuation.separator.key-value
  " Who built the 3 halls?" comment.block.header
> Score: 0.8420 by mbr_embedding, 2 of 8
  "Score" comment.block.header | markup.bold.field
  ":" comment.block.header | punctuation.separator.key-value
  " 0.8420 by mbr_embedding, 2 of 8" comment.block.header
> ----------------------------------------
  "----------------------------------------" comment.block.header | punctuation.definition.header.end
> **Plan:**
  "Plan" markup.heading.plan | entity.name.section.plan
> 1. Find who designed the hall.
  "1." keyword.control.step
> ## Step 2: look in [Passage 3] and passages 2, 4 and 5
  "Step 2" keyword.control.step
  ":" punctuation.separator.step
  "[Passage 3]" entity.name.type.passage
  "passages 2, 4 and 5" entity.name.type.passage
> - It opened on 3 May 1869 with 36 columns (12.5%).
  "-" punctuation.definition.list.begin
  "3 May 1869" constant.numeric.date
  "36" constant.numeric
  "12.5%" constant.numeric
> According to Passage 4, "built in 1884" by version v1.2.3 of B12.
  "Passage 4" entity.name.type.passage
  "\"built in 1884\"" string.quoted.double
> The plan was drawn by Felix.
> Therefore, it was Rosalind Beck.
  "Therefore" markup.bold.answer | keyword.control.answer
  ", it was Rosalind Beck." markup.bold.answer
> So the answer is Rosalind Beck. That was 1884.
  "So the answer is" markup.bold.answer | keyword.control.answer
  " Rosalind Beck." markup.bold.answer
  "1884" constant.numeric
> **Final Answer:** Rosalind Beck
  "**" markup.bold.answer
  "Final Answer" markup.bold.answer | keyword.control.answer
  ":" markup.bold.answer | punctuation.separator.answer
  "** Rosalind Beck" markup.bold.answer
> \boxed{42}
  "\\boxed" keyword.control.answer
  "{" punctuation.definition.boxed.begin
  "42" markup.bold.answer
  "}" punctuation.definition.boxed.end
> An answer is hard to find.`;

test('a trajectory has its plan, steps, passages, quotes, dates, numbers and answer marked', async () => {
  const grammar = await loadGrammar('text.sealong.trajectory');
  assert.equal(tokensText(grammar, text), golden);
});

test('text without a header is no comment, also where it speaks of a question', async () => {
  const grammar = await loadGrammar('text.sealong.trajectory');
  assert.equal(
    tokensText(grammar, 'An opening.\nQuestion: is it?\nAnswer: no'),
    [
      '> An opening.',
      '> Question: is it?',
      '> Answer: no',
      '  "Answer" markup.bold.answer | keyword.control.answer',
      '  ":" markup.bold.answer | punctuation.separator.answer',
      '  " no" markup.bold.answer',
    ].join('\n'),
  );
});

test('lines that tempt a regular expression to go back and forth take no time', async () => {
  const grammar = await loadGrammar('text.sealong.trajectory');
  const lines = [
    'passage 1, '.repeat(2000),
    '"'.repeat(4000),
    '\\boxed{'.repeat(2000),
    '1.'.repeat(8000),
  ];
  const start = performance.now();
  for (const line of lines) tokensText(grammar, line);
  assert.ok(performance.now() - start < 2000, `${performance.now() - start} ms`);
});
