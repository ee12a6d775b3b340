import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeMachine } from './bench/machine.mjs';
import { measure, sections } from './bench/sections.mjs';
import { tableOf } from './bench/table.mjs';
import { root, toStderr } from './setup/cache.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { runMain } from './setup/main.mjs';
import { ensureNode } from './setup/node.mjs';

function write(line) {
  process.stdout.write(`${line}\n`);
}

function save(result) {
  const folder = join(root, 'test/output');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'bench.json');
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  return file;
}

await runMain(async () => {
  const known = Object.keys(sections);
  const named = process.argv.slice(2);
  const unknown = named.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    process.exitCode = 2;
    throw new Error(`There is no section ${unknown.join(', ')}. They are: ${known.join(', ')}.`);
  }
  await ensureDependencies(toStderr);
  const node = await ensureNode(toStderr);
  const result = {
    date: new Date().toISOString(),
    machine: await describeMachine(node),
    sections: {},
    failed: {},
  };
  const {
    cpu,
    cores,
    memory_gb: memory,
    system,
    node: version,
    load_at_start: load,
  } = result.machine;
  write(`${result.date}  ${cpu}, ${cores} cores, ${memory} GB, ${system}, Node ${version}`);
  write(`load at the start: ${load}\n`);
  // One after the other: sections would measure each other.
  for (const name of named.length > 0 ? known.filter((one) => named.includes(one)) : known) {
    toStderr(`${name}:`);
    try {
      result.sections[name] = await measure(name, node, toStderr);
      write(`${name}\n${tableOf(result.sections[name])}\n`);
    } catch (error) {
      result.failed[name] = error.message;
      write(`${name}: not measured\n${error.message.replace(/^/gm, '  ')}\n`);
      process.exitCode = 1;
    }
  }
  write(`Written to ${save(result)}`);
});
