import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { studyConfigSchema } from '../../../src/study/config.ts';

const file = new URL('../../../media/sealong.schema.json', import.meta.url);

test('the JSON schema of sealong.json is that of the code; UPDATE_GOLDEN=1 writes it anew', () => {
  const schema = z.toJSONSchema(studyConfigSchema, { io: 'input', target: 'draft-7' });
  const made = { ...schema, title: 'A study of SeaLong' };
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, JSON.stringify(made));
  // Compared as data, so that the file can be formatted as all others.
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(made)));
});

test('the schema completes every section with descriptions and refuses unknown names', () => {
  const schema: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const shape = z.object({
    additionalProperties: z.literal(false),
    properties: z.object({
      sampling: z.object({
        additionalProperties: z.literal(false),
        properties: z.object({ n: z.object({ description: z.string(), default: z.literal(32) }) }),
      }),
    }),
  });
  assert.ok(shape.safeParse(schema).success);
});
