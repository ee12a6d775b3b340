import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How the trainer behaves that is started next. */
export interface FakeTraining {
  steps: number;
  /** Of a step. */
  seconds: number;
}

/** Writes what the real trainer writes, and goes on at its checkpoint. */
const TRAINER = `
import json, math, os, signal, sys, time
told = json.load(open(os.environ["SEALONG_FAKE"]))
stopped = []
for name in (signal.SIGTERM, signal.SIGUSR1):
    signal.signal(name, lambda *_: stopped.append(1))
recipe = json.load(open("recipe.json"))
pairs = len(open(recipe["data"]["pairs"]).read().splitlines())
done = int(open("checkpoint").read()) if os.path.exists("checkpoint") else 0
# Runs on other data, or by another method, do not lie on one another.
worse = 0.4 / (1 + pairs) + (0.08 if recipe["method"] == "sft" else 0)
print("training on", pairs, "pairs after step", done, flush=True)
def state(phase, **more):
    left = (told["steps"] - done) * told["seconds"]
    json.dump({"phase": phase, "step": done, "of": told["steps"], "eta_s": left, "error": None, **more}, open("state.tmp", "w"))
    os.replace("state.tmp", "state.json")
while done < told["steps"]:
    time.sleep(0.02 if os.path.exists(os.environ["SEALONG_FAKE"] + ".hurry") else told["seconds"])
    if stopped:
        open("checkpoint", "w").write(str(done))
        state("stopped")
        sys.exit(75)
    done += 1
    share = done / told["steps"]
    line = {"step": done, "loss": 0.7 * math.exp(-2 * share) + 0.05 * math.sin(done) + worse, "margin": (0.4 - worse) * share + 0.02 * math.sin(3 * done),
            "accuracy": min(1, 0.5 + 0.5 * share), "lr": 5e-5 * (1 - share), "tokens": 30000, "tokens_per_s": 5200 + 300 * math.sin(done)}
    open("metrics.jsonl", "a").write(json.dumps(line) + "\\n")
    print("step", done, flush=True)
    state("training")
os.makedirs("adapter", exist_ok=True)
json.dump({"r": 8}, open("adapter/adapter_config.json", "w"))
open("adapter/adapter_model.safetensors", "wb").write(b"weights" * 100000)
state("done")
`;

/**
 * A Python for the profile of a cluster that has all that the trainer needs, and runs a stand-in where the trainer is called
 * for: what is sent and started is the real thing.
 *
 * @param folder readable by every user.
 * @returns also what lets those that run come to their end soon.
 */
export async function fakePython(
  folder: string,
  training: FakeTraining,
): Promise<{
  python: string;
  behave: (training: FakeTraining) => Promise<void>;
  hurry: () => Promise<void>;
}> {
  const packages = join(folder, 'packages');
  for (const name of ['torch', 'transformers', 'peft', 'accelerate']) {
    await mkdir(join(packages, name), { recursive: true });
    await writeFile(join(packages, name, '__init__.py'), '');
  }
  await writeFile(join(folder, 'trainer.py'), TRAINER);
  const python = join(folder, 'python');
  const told = join(folder, 'training.json');
  await writeFile(
    python,
    `#!/bin/sh\nexport SEALONG_FAKE='${told}' PYTHONPATH='${packages}'\nif [ "$1" = -m ]; then exec python3 '${join(folder, 'trainer.py')}'; fi\nexec python3 "$@"\n`,
  );
  await chmod(python, 0o755);
  const hurried = `${told}.hurry`;
  const behave = async (next: FakeTraining) => {
    await rm(hurried, { force: true });
    await writeFile(told, JSON.stringify(next));
  };
  const hurry = () => writeFile(hurried, '');
  await behave(training);
  return { python, behave, hurry };
}
