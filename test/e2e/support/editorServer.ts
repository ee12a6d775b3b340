import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { runProgram, startProgram } from './programs.ts';
import type { Requirements } from './requirements.ts';
import { until } from './until.ts';

export type Settings = Record<string, unknown>;

/** Nothing moves, nothing is offered that is not the extension's, nothing is looked up. */
const QUIET: Settings = {
  'chat.disableAIFeatures': true,
  'editor.accessibilitySupport': 'off',
  'editor.cursorBlinking': 'solid',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'files.simpleDialog.enable': true,
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** A real VS Code served on loopback, with data folders of its own and the packaged extension in it. */
export interface EditorServer {
  url: string;
  /** Logs of the editor and its extensions are below this. */
  logs: string;
  /** Changes the user's settings; a window takes them over when it is opened or reloaded. */
  configure: (settings: Settings) => Promise<void>;
  output: () => string;
  stop: () => Promise<void>;
  /** Kills it with all that it started, and starts it anew at the same address over the same folders. */
  crash: () => Promise<void>;
}

export interface EditorServerOptions {
  folder: string;
  /** SEALONG_CACHE of the extension. */
  cache: string;
  settings: Settings;
  /** Settings of the machine that the extension runs on, which a served editor keeps apart from the user's. */
  machineSettings?: Settings;
}

export async function startEditorServer(
  { node, editor, vsix }: Requirements,
  { folder, cache, settings, machineSettings = {} }: EditorServerOptions,
): Promise<EditorServer> {
  const data = join(folder, 'data');
  const folders = [
    ...['--user-data-dir', data, '--extensions-dir', join(folder, 'extensions')],
    ...['--config', join(folder, 'config.yaml')],
  ];
  const env = {
    EXTENSIONS_GALLERY: '{}',
    SEALONG_CACHE: cache,
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'share'),
  };
  const settingsFile = join(data, 'User/settings.json');
  await writeSettings(settingsFile, { ...QUIET, ...settings });
  await writeSettings(join(data, 'Machine/settings.json'), machineSettings);
  await writeFile(join(folder, 'config.yaml'), '');
  await runProgram(node, [editor, ...folders, '--install-extension', vsix, '--force'], { env });

  const start = async (port: number) => {
    const started = startProgram(
      node,
      [
        ...[editor, ...folders, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
        ...['--disable-telemetry', '--disable-update-check'],
      ],
      { env },
    );
    const address = await until('the address of code-server', () => {
      return /HTTP server listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(started.output())?.[1];
    }).catch(async (error: unknown) => {
      await started.stop();
      throw new Error(`code-server did not start:\n${started.output()}`, { cause: error });
    });
    return { started, address };
  };
  const first = await start(0);
  const url = first.address;
  let program = first.started;
  return {
    url,
    output: () => program.output(),
    logs: join(data, 'logs'),
    configure: async (changes) => {
      const before = settingsSchema.parse(JSON.parse(await readFile(settingsFile, 'utf8')));
      await writeSettings(settingsFile, { ...before, ...changes });
    },
    stop: () => program.stop(),
    crash: async () => {
      await program.kill();
      program = (await start(Number(new URL(url).port))).started;
    },
  };
}

const settingsSchema = z.record(z.string(), z.unknown());

async function writeSettings(file: string, settings: Settings): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(settings, null, 2)}\n`);
}
