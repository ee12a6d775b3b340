import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { ROOT } from '../e2e/support/requirements.ts';
import { given, progress } from './comparison.ts';

/** Seconds that one run of the work took. */
export interface Run {
  wall: number;
  cpu: number;
}

/** A Python program of scripts/bench/peers, which does the same work. */
export interface Peer {
  /** `sentence-transformers 5.7.0, torch 2.15.0`. */
  versions: string;
  run: () => Promise<Run>;
  /** What the last run gave. */
  result: <T>(schema: z.ZodType<T>) => Promise<T>;
  stop: () => void;
}

const runSchema = z.object({ wall_s: z.number(), cpu_s: z.number() });
const helloSchema = z.object({ versions: z.record(z.string(), z.string()) });

/**
 * @param input what the program is given; it has loaded its models when this resolves.
 * @param threads one, or what its libraries take by themselves.
 */
export async function startPeer(
  name: string,
  args: readonly string[],
  input: readonly unknown[],
  threads: 'one' | 'default' = 'one',
): Promise<Peer> {
  const script = join(ROOT, `scripts/bench/peers/${name}.py`);
  const child = spawn(given('SEALONG_BENCH_PYTHON'), ['-W', 'ignore', script, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, SEALONG_BENCH_THREADS: threads },
  });
  const { stdin, stdout } = child;
  stdin.on('error', () => undefined);
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const ask = async <T>(question: string, schema: z.ZodType<T>): Promise<T> => {
    stdin.write(`${question}\n`);
    const line = await lines.next();
    if (line.done === true) throw new Error(`${name}.py ended; what it said stands above.`);
    return schema.parse(JSON.parse(line.value));
  };
  const { versions } = await ask(JSON.stringify(input), helloSchema);
  return {
    versions: Object.entries(versions)
      .map((of) => of.join(' '))
      .join(', '),
    run: async () => {
      const { wall_s: wall, cpu_s: cpu } = await ask('run', runSchema);
      return { wall, cpu };
    },
    result: (schema) => ask('result', schema),
    stop: () => {
      stdin.end();
    },
  };
}

/** Times work in this process; CPU time is that of all its threads. */
export async function timed(work: () => Promise<unknown>): Promise<Run> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - start) / 1e3, cpu: (user + system) / 1e6 };
}

/** Runs all in turns, `runs` times, each turn in the other order: what the machine does meanwhile meets them alike. */
export async function inTurns<Name extends string>(
  runs: number,
  works: Readonly<Record<Name, () => Promise<Run>>>,
): Promise<Record<Name, Run[]>> {
  const names = Object.keys(works) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as Run[]])) as Record<
    Name,
    Run[]
  >;
  for (let run = 0; run < runs; run++) {
    const said: string[] = [];
    for (const name of run % 2 === 0 ? names : names.toReversed()) {
      const { wall, cpu } = await works[name]();
      measured[name].push({ wall, cpu });
      said.push(`${name} ${wall.toPrecision(3)} s (${cpu.toPrecision(3)} CPU-s)`);
    }
    progress(`run ${run + 1} of ${runs}: ${said.join(', ')}`);
  }
  return measured;
}
