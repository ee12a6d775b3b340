import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../setup/cache.mjs';

const maxLines = 200;

/** Runs the script of a package in node_modules; resolves to `{status, stdout, output}`. */
export function runTool(script, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', script), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, output }));
  });
}

/** A check that passes when the tool's exit status is 0, and else says what the tool said. */
export async function checkWith(script, args) {
  const { status, output } = await runTool(script, args);
  if (status !== 0) {
    throw new Error(shorten(output.trim() || `${script} ended with status ${status}`));
  }
  return { passed: 1, failed: 0, skipped: 0 };
}

/** The rules of .dependency-cruiser.cjs, and that it saw any module at all. */
export async function checkImports(folders) {
  const options = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const { stdout, output } = await runTool('dependency-cruiser/bin/dependency-cruise.mjs', [
    ...options,
    ...folders,
  ]);
  let summary;
  try {
    summary = JSON.parse(stdout).summary;
  } catch {
    throw new Error(shorten(output));
  }
  const ours = summary.totalCruised;
  if (!(ours > 0) || !(summary.totalDependenciesCruised > 0)) {
    throw new Error(`dependency-cruiser saw ${ours} modules: it cannot read this TypeScript.`);
  }
  const violations = summary.violations.map(
    ({ rule, from, to, cycle }) =>
      `${rule.name}: ${[from, ...(cycle?.map((step) => step.name) ?? [to])].join(' -> ')}`,
  );
  if (violations.length > 0) {
    throw new Error(violations.join('\n'));
  }
  return { passed: 1, failed: 0, skipped: 0 };
}

function shorten(text) {
  const lines = text.split('\n');
  return lines.length <= maxLines
    ? text
    : [...lines.slice(0, maxLines), `... ${lines.length - maxLines} more lines`].join('\n');
}
