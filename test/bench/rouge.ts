import { z } from 'zod';
import { rougeUtilities } from '../../src/scoring/rouge/rouge.ts';
import { compare, figureOf, medianOf, report, type Comparison } from './comparison.ts';
import { passageTexts } from './passages.ts';
import { inTurns, startPeer, timed, type Run } from './peer.ts';

/** The utilities of one question of 32 trajectories, beside rouge_score, which is given each pair once. */
const N = 32;
const WORDS = 158;
const STRIDE = 20;
const RUNS = 5;
/** A run of ours is too short to be timed alone. */
const REPEATED = 50;
const AIMS = { rougeL: 'at least 500x', rouge1: '' } as const;

const { signal } = new AbortController();
const texts = await passageTexts(N, WORDS, STRIDE);

function largestDifference(ours: Float64Array, theirs: readonly number[][]): number {
  let largest = 0;
  for (const [i, row] of theirs.entries())
    for (const [offset, value] of row.entries())
      largest = Math.max(largest, Math.abs((ours[i * N + i + offset] ?? NaN) - value));
  return largest;
}

async function measure(rouge: keyof typeof AIMS): Promise<{ found: Comparison; note: string }> {
  const peer = await startPeer('rougePeer', [rouge], texts);
  try {
    const options = { rouge, rouge_stemming: false };
    const ours = () => rougeUtilities(texts, options, signal);
    await peer.run();
    const difference = largestDifference(
      await ours(),
      await peer.result(z.array(z.array(z.number()))),
    );
    if (!(difference < 1e-9)) throw new Error(`${rouge} differs by ${difference}.`);
    const runs = await inTurns(RUNS, {
      ours: async () => {
        const all = await timed(async () => {
          for (let run = 0; run < REPEATED; run++) await ours();
        });
        return { wall: all.wall / REPEATED, cpu: all.cpu / REPEATED };
      },
      theirs: peer.run,
    });
    // CPU time: on a busy machine so short a run is seldom interrupted, and one of seconds often.
    const ms = (of: readonly Run[]) => of.map(({ cpu }) => cpu * 1e3);
    // Questions a CPU-second, so that more is better as in the other sections.
    const rate = (what: string, of: readonly Run[]) =>
      figureOf(
        what,
        'questions/CPU-s',
        ms(of).map((each) => 1e3 / each),
      );
    const [mine, other] = [medianOf(ms(runs.ours)), medianOf(ms(runs.theirs))];
    return {
      found: compare(
        `${rouge} of ${N} texts with one another`,
        rate('this engine', runs.ours),
        rate(`${peer.versions} in Python`, runs.theirs),
        ...(AIMS[rouge] === '' ? [] : [AIMS[rouge]]),
      ),
      note: `${rouge}: ${mine.toFixed(2)} ms against ${other.toFixed(0)} ms of CPU time a question; largest difference ${difference.toExponential(1)}.`,
    };
  } finally {
    peer.stop();
  }
}

const measured = [await measure('rougeL'), await measure('rouge1')];
report(
  measured.map(({ found }) => found),
  [`${N} texts of ${WORDS} words, without stemming.`, ...measured.map(({ note }) => note)],
);
