import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Queues } from '../../../src/editor/queue/queues.ts';
import { StudyReader } from '../../../src/editor/store/readStudy.ts';
import { ScanClient, type Scanner } from '../../../src/editor/store/scanClient.ts';
import { TimeSlices } from '../../../src/editor/store/timeSlices.ts';
import { viewSchema, type View } from '../../../src/review/view.ts';
import { writeBigStudy } from '../../support/bigStudy.ts';
import { withFolder } from '../../support/temporary.ts';
import { follow } from '../../unit/editor/store/followed.ts';

/** The sizes that the editor is made for; texts of one sentence, since none of them is kept. */
const SIZES = [
  { questions: 10_000, n: 8 },
  { questions: 2048, n: 128 },
];
const KB = 1024;
const MB = 1024 * KB;
/** What records without their texts, their states and what they are sorted by may take of the host's heap. */
const HELD = 80 * MB;
const VIEWS: Partial<View>[] = [
  { filter: { margin: { max: 0.3 } }, sort: [{ by: 'margin', descending: false }] },
  { filter: { text: 'el' } },
  { sort: [{ by: 'entropy', descending: true }] },
  { sort: [{ by: 'id', descending: true }] },
];

const SCAN_WORKER = new URL('../../../src/editor/store/scanWorker.ts', import.meta.url);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Counts what goes through a scanner. */
class Watched implements Scanner {
  readonly #client: ScanClient;
  scans = 0;
  clustered = 0;
  /** Of one batch. */
  mostEntries = 0;
  mostAnswers = 0;

  constructor(client: ScanClient) {
    this.#client = client;
  }

  scan: Scanner['scan'] = (dir, marks, receiver, only) => {
    this.scans += 1;
    const batch: typeof receiver.batch = (found) => {
      const { length } = found.kind === 'trajectories' ? found.entries.index : found.entries;
      this.mostEntries = Math.max(this.mostEntries, length);
      return receiver.batch(found);
    };
    return this.#client.scan(dir, marks, { begin: receiver.begin, batch }, only);
  };

  cluster: Scanner['cluster'] = (questions) => {
    this.clustered += questions.questions.length;
    this.mostAnswers = Math.max(this.mostAnswers, questions.index.length);
    return this.#client.cluster(questions);
  };
}

/** Bytes that this process has read so far, from the disk or not. */
async function bytesRead(): Promise<number> {
  const io = await readFile('/proc/self/io', 'utf8');
  return Number(/rchar: (\d+)/.exec(io)?.[1] ?? NaN);
}

function heldBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

for (const { questions, n } of SIZES)
  describe(`A study of ${questions} questions x ${n}`, () => {
    test('is read and sorted in small pieces, held without its texts, and opened by offset', () =>
      withFolder(async (folder) => {
        const big = await writeBigStudy(folder, { questions, n, sentences: 1 });
        const client = new ScanClient(SCAN_WORKER);
        const scanner = new Watched(client);
        const before = heldBytes();
        const slices = new TimeSlices();
        const { study } = follow(big.dir, scanner, slices);
        const memory = {
          get: <T>(_: string, other?: T) => other as T,
          update: () => Promise.resolve(),
        };
        const queues = new Queues({ slices, reviewer: () => 'ada', memory });
        await study.refresh();
        await study.allClustered();
        await queues.prepare(study);

        assert.equal(study.index.questions.size, questions);
        assert.equal(study.index.samplings.get(study.selection.sampling), questions * n);
        assert.ok(scanner.mostEntries < 3000, `${scanner.mostEntries} entries at once`);
        assert.ok(scanner.mostAnswers < 3000, `${scanner.mostAnswers} answers at once`);
        const held = heldBytes() - before;
        assert.ok(held < HELD, `${(held / MB).toFixed(1)} MB are held`);

        const start = await bytesRead();
        for (const view of VIEWS) {
          await queues.use(big.dir, { view: viewSchema.parse(view) });
          assert.ok((await queues.of(study)).ids.length > 0, JSON.stringify(view));
        }
        assert.equal(scanner.scans, 1);
        assert.equal(scanner.clustered, questions, 'each question once');
        assert.ok((await bytesRead()) - start < 64 * KB, 'sorting and filtering read no file');

        const reader = new StudyReader(() => study.refresh());
        const state = study.state(big.questionIds.at(-1) ?? '');
        const opened = await bytesRead();
        const records = await reader.trajectories(study, state.trajectories);
        assert.ok(state.score);
        const matrix = await reader.matrix(study, state.score);
        const read = (await bytesRead()) - opened;
        assert.deepEqual([records.length, matrix?.length], [n, n * n]);
        assert.equal(scanner.scans, 1, 'nothing had to be read again');
        const own = n * n * 4 + state.trajectories.reduce((sum, { length }) => sum + length, 0);
        assert.ok(
          read < own + 64 * KB,
          `${read} bytes were read, of which ${own} are the question's`,
        );
        client.dispose();
      }));
  });
