import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { recipeSchema } from '../../../src/training/recipe.ts';
import { studyConfigSchema } from '../../../src/study/config.ts';

const trainer = new URL('../../../trainer/', import.meta.url);
const schemaFile = new URL('sealong_trainer/recipe.schema.json', trainer);

const casesSchema = z.object({
  base: z.record(z.string(), z.unknown()),
  cases: z.array(
    z.object({
      name: z.string(),
      change: z.record(z.string(), z.unknown()),
      /** The fields that are wrong; none where the recipe is right. */
      wrong: z.array(z.string()),
    }),
  ),
});
const { base, cases } = casesSchema.parse(
  JSON.parse(readFileSync(new URL('tests/recipe_cases.json', trainer), 'utf8')),
);

test('the JSON schema of the trainer is that of the code; UPDATE_GOLDEN=1 writes it anew', () => {
  const schema = z.toJSONSchema(recipeSchema, { io: 'input', target: 'draft-7' });
  const made = { ...schema, title: 'A training recipe of SeaLong' };
  if (process.env['UPDATE_GOLDEN'] === '1')
    writeFileSync(schemaFile, `${JSON.stringify(made, null, 2)}\n`);
  assert.deepEqual(JSON.parse(readFileSync(schemaFile, 'utf8')), JSON.parse(JSON.stringify(made)));
});

for (const { name, change, wrong } of cases)
  test(`a recipe with ${name} ${wrong.length > 0 ? 'is refused by the field' : 'is right'}`, () => {
    const result = recipeSchema.safeParse({ ...base, ...change });
    const fields = (result.error?.issues ?? []).flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => [...issue.path, key].join('.'))
        : [issue.path.join('.')],
    );
    assert.deepEqual(new Set(fields), new Set(wrong));
  });

test('a study and a recipe have the same values where both name one', () => {
  const { lora, ...study } = studyConfigSchema.parse({}).training;
  const { lora: recipeLora, ...recipe } = recipeSchema.parse(base);
  assert.deepEqual({ ...recipe, ...study }, recipe);
  assert.deepEqual({ ...recipeLora, ...lora }, recipeLora);
});
