import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { JobsSummary } from '../../../src/cluster/followStage.ts';
import { ClusterStudy } from '../support/clusterStudy.ts';
import { Lab } from '../support/lab.ts';

const run = promisify(execFile);
const COMMAND = new URL('../../../src/cli/main.ts', import.meta.url).pathname;
const JOBS = 50;
const LOOK_MS = 10_000;

describe('Many jobs at once', () => {
  let lab: Lab;
  let jobs: ClusterStudy;
  let calls: string;

  before(async () => {
    lab = await Lab.start();
    jobs = await ClusterStudy.make(lab, { cpus: 1, memory_gb: 1 });
    calls = join(lab.folder, 'bin/calls');
    await lab.openFile(calls);
    for (const program of ['squeue', 'sacct', 'sbatch'])
      await lab.wrap(program, `echo "${program} $(date +%s%3N)" >>'${calls}'; exec "$real" "$@"`);
  });
  after(async () => {
    await lab.stop();
    await jobs.remove();
  });

  /** `sealong jobs --follow` in a process of its own; all of them are of one user on one machine. */
  const follow = async (): Promise<JobsSummary> => {
    const clusters = join(lab.folder, 'clusters.json');
    const profile = { ...jobs.cluster.profile, ssh_config: lab.sshConfig };
    await writeFile(clusters, JSON.stringify({ [jobs.cluster.name]: profile }));
    const { stdout } = await run(process.execPath, [COMMAND, 'jobs', jobs.study.dir, '--follow'], {
      env: {
        PATH: process.env['PATH'],
        HOME: lab.folder,
        SEALONG_CACHE: join(lab.folder, 'cache'),
        SEALONG_CLUSTERS: clusters,
      },
    });
    return JSON.parse(stdout) as JobsSummary;
  };

  it(`are ${JOBS} jobs, each submitted once and followed by two processes with one call of the scheduler in ten seconds`, async () => {
    const sent = await jobs.withHost(async (host) => {
      const ids: (string | null)[] = [];
      for (let seed = 0; seed < JOBS; seed++)
        ids.push((await jobs.trainOver(host, { steps: 3, seconds: 4, seed })).job);
      return ids;
    });
    assert.equal(new Set(sent).size, JOBS);
    for (const { jobs: ended } of await Promise.all([follow(), follow()])) {
      assert.deepEqual(
        ended.filter(({ state }) => state !== 'done'),
        [],
      );
      assert.equal(ended.length, JOBS);
    }
    for (const job of sent) {
      // Nothing twice, whoever brought it here.
      assert.deepEqual(await jobs.stepsOf(job), [1, 2, 3]);
      const states = await jobs.states(job);
      assert.equal(new Set(states).size, states.length, states.join());
    }
    const made = (await readFile(calls, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([program = '', at = '']) => ({ program, at: Number(at) }));
    assert.equal(made.filter(({ program }) => program === 'sbatch').length, JOBS);
    const asked = made.filter(({ program }) => program === 'squeue').map(({ at }) => at);
    assert.ok(asked.length > 1);
    // A call sets out ten seconds after the one before has ended; a busy machine starts some later than others.
    for (const [number, at] of asked.entries())
      if (number > 0) assert.ok(at - (asked[number - 1] ?? 0) > LOOK_MS - 1000, asked.join(' '));
  });
});
