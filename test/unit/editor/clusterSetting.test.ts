import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { clusterProfileSchema } from '../../../src/cluster/clusterProfile.ts';

const file = new URL('../../../package.json', import.meta.url);

test('the setting sealong.clusters has the schema of the code; UPDATE_GOLDEN=1 writes it anew', () => {
  const { $schema, ...made } = z.toJSONSchema(clusterProfileSchema, {
    io: 'input',
    target: 'draft-7',
  });
  assert.ok($schema);
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const setting = manifest.contributes.configuration.properties['sealong.clusters'];
  const { defaultSnippets, ...declared } = setting.additionalProperties;
  if (process.env['UPDATE_GOLDEN'] === '1') {
    setting.additionalProperties = { ...made, defaultSnippets };
    writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
    return;
  }
  assert.deepEqual(declared, JSON.parse(JSON.stringify(made)));
  assert.ok(Array.isArray(defaultSnippets), 'a new cluster is begun from a snippet');
});

test('no workspace can name a cluster', () => {
  const { capabilities, contributes } = manifestSchema.parse(
    JSON.parse(readFileSync(file, 'utf8')),
  );
  assert.equal(contributes.configuration.properties['sealong.clusters'].scope, 'application');
  assert.deepEqual(capabilities.untrustedWorkspaces.restrictedConfigurations, ['sealong.clusters']);
});

const manifestSchema = z.looseObject({
  capabilities: z.looseObject({
    untrustedWorkspaces: z.looseObject({ restrictedConfigurations: z.array(z.string()) }),
  }),
  contributes: z.looseObject({
    configuration: z.looseObject({
      properties: z.looseObject({
        'sealong.clusters': z.looseObject({
          scope: z.string(),
          additionalProperties: z.record(z.string(), z.unknown()),
        }),
      }),
    }),
  }),
});
