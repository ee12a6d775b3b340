import { runStage } from '../../../src/stage.ts';
import { openStudy } from '../../../src/study/study.ts';
import { synthesize } from '../../../src/synthesis/synthesize.ts';
import { counterFromFile } from '../../../src/tokenizers/tokenizerFile.ts';

/** Grows a study's contexts in a process of its own, and prints the summary with the most memory that it held. */
const [dir = '', path = '', distractors = '', tokenizer = ''] = process.argv.slice(2);
const counter = await counterFromFile(tokenizer);
const entry = new URL('../../../src/tokenizers/tokenWorker.ts', import.meta.url);
const { signal } = new AbortController();
const stage = synthesize(
  await openStudy(dir),
  { path, distractors },
  { counter, threads: { entry, size: 1 } },
  { signal },
);
const summary = await runStage(stage);
// Kilobytes.
const { maxRSS } = process.resourceUsage();
process.stdout.write(JSON.stringify({ summary, maxBytes: maxRSS * 1024 }));
