import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import type { ClusterAccess } from '../../src/cluster/connect.ts';
import { clusterOf } from '../../src/cluster/clusterProfile.ts';
import { followClusters, type FollowNews } from '../../src/cluster/followClusters.ts';
import { SshHost } from '../../src/cluster/ssh/sshHost.ts';
import { trainOnCluster } from '../../src/cluster/trainOnCluster.ts';
import { runStage } from '../../src/stage.ts';
import { lockStage } from '../../src/study/lock.ts';
import { initStudy, type Study } from '../../src/study/study.ts';
import { readJob } from '../../src/training/jobRecord.ts';
import { fakeTrainer } from './support/fakeTrainer.ts';
import { Lab } from './support/lab.ts';

const { signal } = new AbortController();
const LOOK_MS = 300;

describe('Following the jobs of several studies', () => {
  let lab: Lab;
  let here: string;
  let trainer: string;
  let access: ClusterAccess;

  before(async () => {
    lab = await Lab.start({ nodes: 1 });
    here = await mkdtemp(join(tmpdir(), 'sealong-test-'));
    const fake = await fakeTrainer(here, join(lab.folder, 'python'));
    trainer = fake.folder;
    const profile = { host: 'lab-login', ssh_config: lab.sshConfig, gpus: 1, setup: fake.setup };
    access = {
      configured: { lab: profile, other: profile, gone: { ...profile, host: 'lab-none' } },
      where: 'the test',
    };
  });
  after(async () => {
    await lab.stop();
    await rm(here, { recursive: true, force: true });
  });

  /** A study with a job of `steps` steps under way. */
  async function studyWithJob(name: string, cluster: string, steps: number) {
    const study = await initStudy(join(here, name));
    const folder = join(study.paths.exports, 'first');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'manifest.json'), '{}');
    await writeFile(join(folder, 'pairs.jsonl'), `{"a": "${name}"}\n`);
    const host = await SshHost.open({ host: 'lab-login', configFile: lab.sshConfig });
    try {
      const { job } = await runStage(
        trainOnCluster(
          study,
          {
            clock: systemClock,
            host,
            cluster: clusterOf(access.configured, cluster, access.where),
            inputs: {
              export: 'first',
              pairs: join(folder, 'pairs.jsonl'),
              manifest: join(folder, 'manifest.json'),
              method: 'orpo',
              model: 'org/model',
              trainer,
              recipe: ({ pairs }) => ({ pairs, steps, seconds: 0.2 }),
            },
          },
          { plan: false, again: false, signal },
        ),
      );
      return { study, job: job ?? '' };
    } finally {
      await host.close();
    }
  }

  const stepsOf = async (study: Study, job: string) =>
    (await readFile(join(study.dir, 'training', job, 'metrics.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { step: number }).step);

  it('looks at one study after the other until no job is open, over cut connections', async () => {
    const first = await studyWithJob('first', 'lab', 6);
    const second = await studyWithJob('second', 'other', 10);
    const news: FollowNews[] = [];
    const studies = [first.study.dir, second.study.dir];
    const following = followClusters(
      () => ({ studies, except: [] }),
      { clock: systemClock, access, lookMs: LOOK_MS, tell: (one) => void news.push(one) },
      signal,
    );
    const cut = (async () => {
      while (!news.some(({ type }) => type === 'seen')) await systemClock.sleep(20);
      await lab.cutConnections();
    })();
    await Promise.all([following, cut]);
    for (const { study, job } of [first, second])
      assert.equal((await readJob(study, job)).state, 'done');
    assert.deepEqual(await stepsOf(first.study, first.job), [1, 2, 3, 4, 5, 6]);
    assert.equal((await stepsOf(second.study, second.job)).length, 10, 'nothing twice');
    const contacts = news.filter((one) => one.type === 'contact');
    assert.ok(contacts.some(({ state }) => state === 'connected'));
  });

  it('leaves a study to the process that follows it', async () => {
    const { study, job } = await studyWithJob('third', 'lab', 2);
    const unlock = await lockStage(study, 'follow');
    const news: FollowNews[] = [];
    const stop = new AbortController();
    const following = followClusters(
      () => ({ studies: [study.dir], except: [] }),
      { clock: systemClock, access, lookMs: LOOK_MS, tell: (one) => void news.push(one) },
      stop.signal,
    );
    await systemClock.sleep(10 * LOOK_MS);
    stop.abort(new Error('enough'));
    await assert.rejects(following);
    assert.deepEqual(news, []);
    assert.equal((await readJob(study, job)).state, 'submitted');
    await unlock();
  });

  it('says once of a cluster that cannot be reached, and ends', async () => {
    const { study, job } = await studyWithJob('fourth', 'lab', 1);
    const file = join(study.dir, 'training', job, 'job.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"lab"', '"unknown"'));
    const news: FollowNews[] = [];
    await followClusters(
      () => ({ studies: [study.dir], except: [] }),
      { clock: systemClock, access, lookMs: LOOK_MS, tell: (one) => void news.push(one) },
      signal,
    );
    assert.equal(news.length, 1);
    const [told] = news;
    assert.ok(told?.type === 'contact' && told.state === 'stopped' && told.code === 'no_cluster');
    assert.match(told.message, /There are: lab, other, gone/);
  });
});
