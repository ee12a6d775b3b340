import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { systemClock } from '../../src/clock.ts';
import { clusterProfileSchema, type Cluster } from '../../src/cluster/clusterProfile.ts';
import { followJobs } from '../../src/cluster/followStage.ts';
import { cancelJob } from '../../src/cluster/jobActions.ts';
import { ServerLink, type LinkedServer } from '../../src/cluster/serve/serverLink.ts';
import { startServer, type ServerRequest } from '../../src/cluster/serve/startServer.ts';
import { SshHost } from '../../src/cluster/ssh/sshHost.ts';
import { openaiClient } from '../../src/sampling/openaiClient.ts';
import { sample } from '../../src/sampling/sample.ts';
import { runStage } from '../../src/stage.ts';
import { initStudy, openStudy, type Study } from '../../src/study/study.ts';
import { readJob } from '../../src/training/jobRecord.ts';
import { keyedServer } from './support/keyedServer.ts';
import { Lab } from './support/lab.ts';
import { until } from '../e2e/support/until.ts';

const run = promisify(execFile);
const { signal } = new AbortController();
const LOOK_MS = 300;

for (const scheduler of ['slurm', 'none'] as const)
  describe(`An inference server on a cluster with scheduler "${scheduler}"`, () => {
    let lab: Lab;
    let here: string;
    let cluster: Cluster;
    let study: Study;

    before(async () => {
      lab = await Lab.start();
      here = await mkdtemp(join(tmpdir(), 'sealong-test-'));
      cluster = {
        name: 'lab',
        profile: clusterProfileSchema.parse({
          host: 'lab-login',
          scheduler,
          gpus: scheduler === 'slurm' ? 8 : 0,
          workdir: "~/my work's",
          servers: {
            stand_in: {
              lines: await keyedServer(lab.folder, 1),
              gpus: scheduler === 'slurm' ? 1 : 0,
              // The names of the lab's nodes are not known outside Slurm.
              host: '127.0.0.1',
            },
            broken: { lines: ['echo no such model', 'exit 3'], gpus: 0 },
          },
        }),
      };
      study = await initStudy(join(here, 'study'), [
        { path: ['sampling', 'model'], value: 'org/model' },
        { path: ['sampling', 'n'], value: 4 },
      ]);
    });
    after(async () => {
      await lab.stop();
      await rm(here, { recursive: true, force: true });
    });

    const connect = () => SshHost.open({ host: 'lab-login', configFile: lab.sshConfig });
    const open = async () => ({ cluster, host: await connect() });
    const withHost = async <T>(use: (host: SshHost) => Promise<T>): Promise<T> => {
      const host = await connect();
      try {
        return await use(host);
      } finally {
        await host.close();
      }
    };
    const start = (request: ServerRequest, options: { plan?: boolean; again?: boolean } = {}) =>
      withHost((host) =>
        runStage(
          startServer(
            study,
            { engine: 'stand_in', ...request },
            { clock: systemClock, host, cluster },
            { plan: false, again: false, signal, ...options },
          ),
        ),
      );
    const cancel = (id: string) =>
      withHost((host) =>
        cancelJob(study, { host, profile: cluster.profile, clock: systemClock }, id, signal),
      );
    const linkTo = async (id: string, told: string[] = []) =>
      ServerLink.open(
        study,
        id,
        { clock: systemClock, open },
        { lookMs: LOOK_MS, tell: (message) => void told.push(message) },
      );
    const withLink = async (
      id: string,
      use: (server: LinkedServer, link: ServerLink, told: string[]) => Promise<void>,
    ) => {
      const told: string[] = [];
      const link = await linkTo(id, told);
      try {
        await use(await link.ready, link, told);
      } finally {
        await link.close();
      }
    };
    const models = async ({ profile: { baseUrl }, apiKey }: LinkedServer) =>
      fetch(`${baseUrl}/models`, { headers: { authorization: `Bearer ${apiKey ?? ''}` } });

    it('says what it would run, without the key, and sends nothing', async () => {
      const planned = await start({}, { plan: true });
      assert.deepEqual([planned.state, planned.job], ['planned', null]);
      assert.match(planned.script, /server\.py/);
      const there = await readdir(join(lab.home(), "my work's"));
      assert.deepEqual(there, []);
      assert.deepEqual(await readdir(join(study.paths.local, 'servers')).catch(() => []), []);
    });

    it('answers on a port here once it serves, to its key alone, and is started once', async () => {
      const sent = await start({});
      const id = sent.job ?? '';
      await withLink(id, async (server) => {
        const answer = await models(server);
        assert.equal(answer.status, 200);
        assert.match(await answer.text(), /org\/model/);
        assert.equal((await models({ ...server, apiKey: 'another' })).status, 401);
        assert.equal(server.profile.model, 'org/model');
        const { stdout: processes } = await run('ps', ['-ewwo', 'args']);
        assert.ok(server.apiKey && !processes.includes(server.apiKey));
        assert.equal((await stat(join(sent.folder, 'api_key'))).mode & 0o777, 0o600);
        const log = await readFile(join(sent.folder, 'log.txt'), 'utf8');
        assert.match(log, /settings .*\(key\)[^]*serving org\/model/);
        assert.ok(!log.includes(server.apiKey));
        const again = await start({});
        assert.equal(again.job, id);
        const listed = await runStage(
          followJobs(study, { clock: systemClock, open }, { follow: false, signal }),
        );
        const line = listed.jobs.find(({ job }) => job === id);
        assert.deepEqual(
          [line?.kind, line?.state, line?.phase, line?.model],
          ['serve', 'running', 'serving', 'org/model'],
        );
      });
      await cancel(id);
    });

    it('is sampled through the tunnel, also when the connection is cut meanwhile', async () => {
      await writeFile(
        study.paths.questions,
        Array.from({ length: 60 }, (_, at) => {
          const [context, question] = [`Passage 1:\nText ${at}`, `Which ${at}?`];
          const record = { id: `q${at}`, question, context, context_tokens: 5, documents: [] };
          return `${JSON.stringify(record)}\n`;
        }).join(''),
      );
      const id = (await start({})).job ?? '';
      await withLink(id, async ({ profile, apiKey }, _link, told) => {
        const client = openaiClient({ baseUrl: profile.baseUrl, apiKey });
        const stage = sample(
          await openStudy(study.dir),
          { client, replicas: [], clock: systemClock },
          { concurrency: 4, retryFailed: false, signal },
        );
        let cuts = 0;
        const summary = await runStage(stage, (event) => {
          if (event.type === 'progress' && event.done > 20 * (cuts + 1) && cuts < 3) {
            cuts += 1;
            void lab.cutConnections();
          }
        });
        assert.equal(cuts, 3);
        assert.equal(summary.added, 240);
        assert.ok(told.filter((message) => message.includes('answers at')).length > 1);
      });
      await cancel(id);
    });

    it('serves an adapter that lies here', async () => {
      const adapter = join(here, 'my adapter');
      await mkdir(adapter);
      await writeFile(join(adapter, 'adapter_config.json'), '{"r": 20}');
      await writeFile(join(adapter, 'adapter_model.safetensors'), 'weights');
      const planned = await start({ adapter }, { plan: true });
      assert.ok(planned.upload_bytes > 0);
      const sent = await start({ adapter });
      assert.match(sent.script, /adapter_rank='32'/);
      await withLink(sent.job ?? '', async (server) => {
        assert.equal(server.profile.model, 'my-adapter');
        assert.match(await (await models(server)).text(), /my-adapter/);
      });
      const { uploaded, left } = await withHost(async (host) => {
        const folder = sent.adapter ?? '';
        const listed = await host.mustRun('Listing', 'ls "$folder"', { folder }, signal);
        await cancel(sent.job ?? '');
        return {
          uploaded: listed.trim().split('\n'),
          left: await start({ adapter }, { plan: true }),
        };
      });
      assert.deepEqual(uploaded, ['adapter_config.json', 'adapter_model.safetensors']);
      assert.equal(left.upload_bytes, 0);
      await assert.rejects(start({ adapter: '/nowhere' }), /is no adapter/);
    });

    if (scheduler === 'slurm')
      it('keeps its address when the scheduler starts it anew elsewhere', async () => {
        const id = (await start({})).job ?? '';
        await withLink(id, async (server, _link, told) => {
          const { place } = await readJob(study, id);
          const schedulerId = place.kind === 'cluster' ? (place.scheduler_id ?? '') : '';
          await lab.slurm('scontrol', 'requeue', schedulerId);
          await lab.startNow(schedulerId);
          await until('the new start', () =>
            Promise.resolve(told.filter((line) => line.includes('answers at')).length === 2),
          );
          assert.equal((await models(server)).status, 200);
        });
        await cancel(id);
      });

    it('closes the way when the server is cancelled', async () => {
      const id = (await start({})).job ?? '';
      await withLink(id, async (server, link) => {
        await cancel(id);
        assert.equal((await link.over).state, 'cancelled');
        await assert.rejects(models(server));
      });
    });

    it('tells that a server ended before it served', async () => {
      const { job } = await start({ engine: 'broken' });
      const link = await linkTo(job ?? '');
      await assert.rejects(link.ready, /is failed.*It never served.*log\.txt/);
      await link.close();
      await assert.rejects(start({ engine: 'tgi' }), /no server "tgi".*vllm, sglang, stand_in/);
    });

    it('refuses to start one whose packages are not there', async () => {
      await assert.rejects(start({ engine: 'vllm' }), /vllm environment: Python .* lacks vllm/);
    });
  });
