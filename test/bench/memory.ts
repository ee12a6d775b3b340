import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startProgram } from '../e2e/support/programs.ts';
import { ROOT } from '../e2e/support/requirements.ts';
import { writeBigStudy, type BigStudyOptions } from '../support/bigStudy.ts';
import { compare, figureOf, given, progress, report, type Comparison } from './comparison.ts';

/** The most memory that `sealong score` takes for a study of the paper's size, beside what it takes for a small one. */
const N = 32;
const SIZES = { small: 64, paper: 2048 } as const;
const LIMIT_MB = 1024;
const POLL_MS = 200;

/** Texts of 1.3 KB where no model is asked; where one is, of a sentence, since its time goes with their length. */
const SCORERS: Readonly<Record<string, BigStudyOptions>> = {
  mbr_rouge: { sentences: 14 },
  mbr_embedding: { sentences: 1 },
};

/** MB; VmHWM is the peak so far, so that the last look before the end has nearly all of it. */
async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) / 1024;
}

async function peakOfScoring(scorer: string, questions: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'sealong-memory-'));
  try {
    const { dir } = await writeBigStudy(folder, { ...SCORERS[scorer], questions, n: N });
    await rm(join(dir, 'scores'), { recursive: true });
    const args = ['score', dir, '--set', `scoring.scorer=${scorer}`];
    const program = startProgram(given('SEALONG_NODE'), [join(ROOT, 'dist/sealong.js'), ...args], {
      env: { SEALONG_EMBEDDED: given('SEALONG_EMBEDDED') },
    });
    let outcome: string | undefined;
    void program.ended.then((status) => {
      outcome = status;
    });
    let peak = 0;
    while (outcome === undefined) {
      const now = await peakOf(program.pid);
      if (now > peak) peak = now;
      await delay(POLL_MS);
    }
    if (outcome !== '0')
      throw new Error(`sealong score ended with ${outcome}:\n${program.output()}`);
    progress(`${scorer}, ${questions} questions x ${N}: ${peak.toFixed(0)} MB`);
    return peak;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const comparisons: Comparison[] = [];
for (const scorer of Object.keys(SCORERS)) {
  const [small, paper] = [
    await peakOfScoring(scorer, SIZES.small),
    await peakOfScoring(scorer, SIZES.paper),
  ];
  comparisons.push(
    compare(
      `peak memory of scoring by ${scorer}`,
      figureOf(`${SIZES.paper} questions x ${N}`, 'MB', [paper]),
      figureOf(`${SIZES.small} questions x ${N}`, 'MB', [small]),
      `under ${LIMIT_MB} MB`,
    ),
  );
}
report(comparisons, ['Resident memory of the process, the threads of the model included.']);
