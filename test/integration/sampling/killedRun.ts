import { systemClock } from '../../../src/clock.ts';
import { messageOf } from '../../../src/errors.ts';
import { openaiClient } from '../../../src/sampling/openaiClient.ts';
import { sample } from '../../../src/sampling/sample.ts';
import { runStage } from '../../../src/stage.ts';
import { openStudy } from '../../../src/study/study.ts';

/** Samples a study, as the command does, in a process that a test may kill: folder, address, choices a request. */
const [, , folder = '', url = '', maxChoices = '32'] = process.argv;
try {
  const summary = await runStage(
    sample(
      await openStudy(folder),
      { client: openaiClient({ baseUrl: url }), clock: systemClock },
      {
        concurrency: 16,
        maxChoices: Number(maxChoices),
        signal: new AbortController().signal,
      },
    ),
  );
  process.stdout.write(`${JSON.stringify(summary)}\n`);
} catch (error) {
  process.stderr.write(messageOf(error));
  process.exitCode = 1;
}
