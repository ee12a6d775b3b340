import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execute } from '../setup/cache.mjs';
import { endedTooEarly, start } from './processes.mjs';

// One port as long as it is free: the browser keeps the editor's layout by address.
const usualPort = 8441;
const readyTimeoutMs = 60_000;

/** code-server with data folders of its own in `state`. */
export function servedEditor({ node, entry, state }) {
  const data = join(state, 'data');
  const folders = [
    ...['--user-data-dir', data, '--extensions-dir', join(state, 'extensions')],
    ...['--config', join(state, 'config.yaml')],
  ];
  // Without a gallery there is no look-up of extensions anywhere.
  const env = { EXTENSIONS_GALLERY: '{}' };
  return {
    settingsFiles: {
      userFile: join(data, 'User/settings.json'),
      machineFile: join(data, 'Machine/settings.json'),
    },
    install: (vsix, log) => install(vsix, log),
    serve: (port) => serve(port),
  };

  async function install(vsix, log) {
    const stamp = join(state, 'installed');
    const hash = createHash('sha256').update(readFileSync(vsix)).digest('hex');
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) {
      return;
    }
    log('Installing the extension into the served editor');
    rmSync(stamp, { force: true });
    const args = [entry, ...folders, '--install-extension', vsix, '--force'];
    await execute(node, args, { env });
    writeFileSync(stamp, hash);
  }

  async function serve(wantedPort) {
    const port = await choosePort(wantedPort);
    const options = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`];
    const quiet = ['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'];
    const args = [entry, ...folders, ...options, ...quiet];
    const program = start(node, args, { env, log: join(state, 'code-server.log') });
    const url = `http://127.0.0.1:${port}`;
    await Promise.race([
      ready(`${url}/healthz`),
      program.ended.then((outcome) => {
        throw endedTooEarly('code-server', outcome, program);
      }),
    ]);
    return { url, program };
  }
}

async function choosePort(wanted) {
  const port = wanted ?? usualPort;
  if (await isFree(port)) {
    return port;
  }
  if (wanted !== undefined) {
    throw new Error(`Port ${wanted} is in use. Name another with --port, or leave it out.`);
  }
  return isFree(0);
}

/** The port when it can be listened on, which for 0 is one that the system chose; else 0. */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(port, '127.0.0.1', () => {
      const chosen = probe.address().port;
      probe.close(() => resolve(chosen));
    });
  });
}

async function ready(url) {
  const deadline = Date.now() + readyTimeoutMs;
  while (Date.now() < deadline) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`code-server did not answer at ${url} within ${readyTimeoutMs / 1000} s.`);
}
