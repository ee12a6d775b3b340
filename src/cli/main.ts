#!/usr/bin/env node
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { cacheFolder } from '../cacheFolder.ts';
import { SealongError, messageOf } from '../errors.ts';
import { serveEmbedded } from '../inference/serve.ts';
import { RunCancelled, runStage } from '../stage.ts';
import { runNamedStage } from '../stages.ts';
import { initStudy } from '../study/study.ts';
import { SEALONG_VERSION } from '../version.ts';
import { parseCommand, type Command } from './arguments.ts';
import { commandClusters } from './clusters.ts';
import { commandEnvironment, serveOptions, tell, withEndpoint } from './environment.ts';
import { lineage } from './lineage.ts';
import { ProgressLine } from './progressLine.ts';
import { serveOnCluster } from './serveOnCluster.ts';
import { testEndpoint } from './testEndpoint.ts';

/** Exit codes of the command: contract.md. */
const EXIT = { done: 0, failed: 1, wrongUse: 2, interrupted: 130 } as const;

/** How much larger the space of short-lived objects may become while sampling, and how often that is looked at, in ms. */
const YOUNG_GROWTH = 2;
const YOUNG_LOOK_MS = 50;

async function main(): Promise<number> {
  const stop = interruptSignal();
  try {
    const summary = await run(parseCommand(process.argv.slice(2)), stop);
    if (summary !== undefined) process.stdout.write(`${JSON.stringify(summary)}\n`);
    return EXIT.done;
  } catch (error) {
    if (stop.aborted) {
      process.stderr.write('Interrupted. What is done is kept; run the same command to go on.\n');
      return EXIT.interrupted;
    }
    const wrongUse = error instanceof SealongError && error.code === 'usage';
    // Anything else than a SealongError is a fault of ours: its stack is worth a report.
    const text =
      error instanceof SealongError || !(error instanceof Error)
        ? messageOf(error)
        : (error.stack ?? error.message);
    process.stderr.write(`sealong: ${text}\n`);
    return wrongUse ? EXIT.wrongUse : EXIT.failed;
  }
}

async function run(command: Command, signal: AbortSignal): Promise<object | undefined> {
  switch (command.kind) {
    case 'version':
      process.stdout.write(`${SEALONG_VERSION}\n`);
      return undefined;
    case 'help':
      process.stdout.write(`${command.text}\n`);
      return undefined;
    case 'init': {
      const study = await initStudy(command.study, command.settings);
      return { stage: 'init', study: study.dir, file: study.paths.config };
    }
    case 'serve': {
      const { closed, ...running } = await serveEmbedded(serveOptions(command.port, signal));
      process.stdout.write(`${JSON.stringify(running)}\n`);
      if (!running.reused) await closed;
      return undefined;
    }
    case 'lineage': {
      const told = await lineage(command, signal);
      if (typeof told !== 'string') return told;
      process.stdout.write(`${told}\n`);
      return undefined;
    }
    case 'serveOnCluster': {
      const line = new ProgressLine(process.stderr);
      const print = (summary: object) => process.stdout.write(`${JSON.stringify(summary)}\n`);
      try {
        await serveOnCluster(command, commandClusters(tell), { print, line, signal });
        return undefined;
      } finally {
        line.end();
      }
    }
    case 'testEndpoint':
      return withEndpoint(commandEnvironment(command), { signal, tell }, (ready) =>
        testEndpoint(ready, { model: command.model, cache: cacheFolder(), signal, tell }),
      );
    case 'stage': {
      if (command.request.verb === 'sample') boundYoungGeneration();
      const line = new ProgressLine(process.stderr);
      const environment = commandEnvironment(command);
      try {
        const { study } = command.request;
        const options = {
          study,
          signal,
          tell: (text: string) => {
            line.message(text);
          },
        };
        return await withEndpoint(environment, options, (ready, stop) =>
          runStage(runNamedStage(command.request, ready, stop), (event) => {
            line.event(event);
          }),
        );
      } finally {
        line.end();
      }
    }
  }
}

/**
 * Sampling leaves little but short-lived garbage, for hours. V8 lets the space for it grow from 8 to over 100 MB. At the
 * first size collections take a fifth of all processor time, and above the second no less: it grows once.
 */
function boundYoungGeneration(): void {
  const first = youngBytes();
  setFlagsFromString(`--semi-space-growth-factor=${YOUNG_GROWTH}`);
  const watch = setInterval(() => {
    if (youngBytes() <= first) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(watch);
  }, YOUNG_LOOK_MS);
  watch.unref();
}

function youngBytes(): number {
  return (
    getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0
  );
}

/**
 * Aborts at the first SIGINT or SIGTERM; a second one ends the process at once. SIGINT comes from who sits there and wants
 * the run no more, SIGTERM also from a machine that shuts down.
 */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (reason: Error) => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort(reason);
  };
  process.on('SIGINT', () => {
    interrupt(new RunCancelled('Interrupted.'));
  });
  process.on('SIGTERM', () => {
    interrupt(new Error('Interrupted.'));
  });
  return controller.signal;
}

process.exitCode = await main();
