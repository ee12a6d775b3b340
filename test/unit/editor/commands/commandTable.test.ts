import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import {
  COMMANDS,
  commandId,
  type CommandDeclaration,
} from '../../../../src/editor/commands/commandTable.ts';

const menuItem = z.object({ command: z.string(), when: z.string().optional() });
const manifest = z
  .object({
    contributes: z.object({
      commands: z.array(
        z.object({
          command: z.string(),
          title: z.string(),
          category: z.literal('SeaLong'),
          icon: z.string().optional(),
          enablement: z.string().optional(),
        }),
      ),
      menus: z.record(z.string(), z.array(menuItem)),
      keybindings: z.array(z.object({ command: z.string(), when: z.string() })),
      viewsWelcome: z.array(z.object({ contents: z.string(), when: z.string() })),
      configuration: z.object({
        properties: z.record(z.string(), z.object({ scope: z.string() })),
      }),
    }),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')));
const { commands, menus, keybindings, viewsWelcome, configuration } = manifest.contributes;

const table: [string, CommandDeclaration][] = Object.entries(COMMANDS).map(([name, declared]) => [
  `sealong.${name}`,
  declared,
]);
const known = new Set(table.map(([id]) => id));

test('package.json declares exactly the commands of the table, in its order', () => {
  assert.deepEqual(
    commands.map(({ command, title, icon, enablement }) => ({ command, title, icon, enablement })),
    table.map(([command, { title, icon, enablement }]) => ({ command, title, icon, enablement })),
  );
});

test('the palette shows each command when the table says so', () => {
  const expected = table.flatMap(([command, { palette }]) =>
    palette === true ? [] : [{ command, when: palette === false ? 'false' : palette }],
  );
  assert.deepEqual(menus['commandPalette'], expected);
});

test('menus, keys and welcome texts name commands that exist', () => {
  for (const [menu, items] of Object.entries(menus))
    for (const { command } of items) assert.ok(known.has(command), `${menu}: ${command}`);
  for (const { command } of keybindings) assert.ok(known.has(command), command);
  for (const { contents } of viewsWelcome)
    for (const [, command = ''] of contents.matchAll(/\(command:([\w.]+)\)/g))
      assert.ok(known.has(command) || !command.startsWith('sealong.'), command);
});

test('keys work only where the panel or the tree has the focus', () => {
  for (const { command, when } of keybindings)
    assert.match(when, /^(sealong\.panelFocused|focusedView == sealong\.studies)/, command);
});

test('no setting can come from a workspace', () => {
  for (const [name, { scope }] of Object.entries(configuration.properties))
    assert.match(scope, /^(application|machine)$/, name);
});

test('a command without an icon stands in no inline menu', () => {
  const inline = Object.values(menus)
    .flat()
    .filter((item) => 'group' in item && String(item.group).startsWith('inline'));
  for (const { command } of inline)
    assert.ok(commands.find((declared) => declared.command === command)?.icon, command);
});

test('ids begin with the name of the extension', () => {
  assert.equal(commandId('sample'), 'sealong.sample');
});
