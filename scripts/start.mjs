import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageExtension } from './package.mjs';
import { cacheRoot, execute, findCommand } from './setup/cache.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureEditor } from './setup/editor.mjs';
import { ensureEmbedded } from './setup/embedded.mjs';
import { runMain } from './setup/main.mjs';
import { ensureNode } from './setup/node.mjs';
import { copyDemo } from './start/demo.mjs';
import { startEmbeddedServer } from './start/embeddedServer.mjs';
import { stopAll } from './start/processes.mjs';
import { servedEditor } from './start/servedEditor.mjs';
import { writeSettings } from './start/settings.mjs';

function write(line) {
  process.stdout.write(`${line}\n`);
}

function options() {
  const { values } = parseArgs({
    options: {
      desktop: { type: 'boolean', default: false },
      port: { type: 'string' },
      'no-open': { type: 'boolean', default: false },
    },
  });
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
    throw new Error(`--port ${values.port} is not a port: give a number from 1 to 65535.`);
  }
  return { desktop: values.desktop, port, open: !values['no-open'] };
}

async function startServed({ port, open }, { node, entry, embedded, vsix, state }) {
  const editor = servedEditor({ node, entry, state });
  const [server] = await Promise.all([
    startEmbeddedServer(embedded, state),
    editor.install(vsix, write),
  ]);
  writeSettings(editor.settingsFiles, { url: server.url, folder: embedded }, write);
  const demo = copyDemo(write);
  const { url, program } = await editor.serve(port);
  const address = `${url}/?folder=${encodeURI(demo)}`;
  write(`Embedded model: ${server.url}/v1`);
  write(`SeaLong: ${address}`);
  write('Anyone with an account on this machine can open this address; no one from outside can.');
  write('Ctrl-C stops it.');
  if (open) {
    openInBrowser(address);
  }
  return [program, server.program];
}

async function startDesktop({ embedded, vsix, state }) {
  const code = findCode();
  await execute(code, ['--install-extension', vsix, '--force']);
  const server = await startEmbeddedServer(embedded, state);
  const demo = copyDemo(write);
  // The extension takes these as defaults; the user's own settings are left alone.
  const env = { SEALONG_EMBEDDED: embedded, SEALONG_ENDPOINT: `${server.url}/v1` };
  await execute(code, [demo], { env });
  write(`Embedded model: ${server.url}/v1`);
  write(`SeaLong: opened ${demo} in VS Code`);
  if (server.program !== undefined) {
    write('Ctrl-C stops the embedded model.');
  }
  return [server.program];
}

function findCode() {
  const code = findCommand('code');
  if (code === undefined) {
    throw new Error(
      "The command `code` is missing. In VS Code, run \"Shell Command: Install 'code' command in " +
        'PATH" from the palette, or leave out --desktop to use the editor in a browser.',
    );
  }
  return code;
}

function openInBrowser(address) {
  const hasDisplay = process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  const opener = process.platform === 'darwin' ? 'open' : hasDisplay && findCommand('xdg-open');
  if (opener) {
    spawn(opener, [address], { stdio: 'ignore', detached: true })
      .on('error', () => undefined)
      .unref();
  }
}

function interrupted() {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(name, () => resolve('interrupted'));
    }
  });
}

/** Rejects when one of the programs ends by itself; resolves at once when there is none. */
async function failWhenOneEnds(programs, interruption) {
  const running = programs.filter((program) => program !== undefined);
  const ends = running.map(async ({ ended, log }) => ({ outcome: await ended, log }));
  if (ends.length > 0) {
    const { outcome, log } = await Promise.race(ends);
    // A Ctrl-C reaches the programs as well, and they may be seen to end before it is.
    if ((await Promise.race([interruption, pause(500)])) === undefined) {
      throw new Error(`A program ended (${outcome}). See ${log}.`);
    }
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined));
}

await runMain(async () => {
  const wanted = options();
  if (wanted.desktop) {
    findCode();
  }
  const [vsix, embedded, node, entry] = await Promise.all([
    ensureDependencies(write).then(() => packageExtension({ log: write })),
    ensureEmbedded(write),
    ...(wanted.desktop ? [] : [ensureNode(write), ensureEditor(write)]),
  ]);
  const state = join(cacheRoot(), 'start');
  mkdirSync(state, { recursive: true });
  const made = { node, entry, embedded, vsix, state };
  const interruption = interrupted();
  const work = wanted.desktop ? startDesktop(made) : startServed(wanted, made);
  try {
    const end = work.then((programs) => failWhenOneEnds(programs, interruption));
    await Promise.race([interruption, end]);
  } finally {
    await stopAll();
  }
});
