import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the fake trainer does. */
export interface FakeRecipe {
  steps: number;
  /** Of a step. */
  seconds: number;
  /** Makes one recipe another than the next. */
  seed: number;
  /** Ends as a training that failed. */
  fail: boolean;
  /** Takes no notice of signals. */
  deaf: boolean;
  /** Writes a state that nobody can read. */
  garbled: boolean;
  /** Times seven bytes of the adapter. */
  weights: number;
  /** Fills its disk before each step. */
  megabytes: number;
}

/**
 * Stands beside the real trainer where only its contract matters: it takes steps, goes on at its checkpoint, ends at signals
 * with one, and writes the same files.
 */
const TRAINER = `
import json, os, signal, sys, time
recipe = {"steps": 2, "seconds": 0.1, **json.load(open(sys.argv[1]))}
stopped = []
for number in (signal.SIGTERM, signal.SIGUSR1):
    signal.signal(number, lambda number, _: stopped.append(signal.Signals(number).name))
pairs = [json.loads(line) for line in open(recipe.get("pairs") or recipe["data"]["pairs"])]
def write(name, text):
    with open(name + ".tmp", "w") as file:
        file.write(text)
    os.replace(name + ".tmp", name)
def lines_of(name):
    return open(name).read().splitlines() if os.path.exists(name) else []
done = int((lines_of("checkpoints/step") or ["0"])[0])
kept = [line for line in lines_of("metrics.jsonl") if json.loads(line)["step"] <= done]
write("metrics.jsonl", "".join(line + "\\n" for line in kept))
def state(phase, eta_s=None, error=None):
    said = {"schema": 1, "phase": phase, "step": done, "of": recipe["steps"], "eta_s": eta_s, "error": error}
    text = json.dumps({**said, "pid": os.getpid(), "host": os.uname().nodename}) + "\\n"
    write("state.json", "no JSON" if recipe.get("garbled") else text)
print("fake trainer on", len(pairs), "pairs after step", done, flush=True)
state("loading")
try:
    while done < recipe["steps"]:
        end = time.monotonic() + recipe["seconds"]
        while time.monotonic() < end and (recipe.get("deaf") or not stopped):
            time.sleep(0.02)
        if stopped and not recipe.get("deaf"):
            state("stopped", error=f"Stopped by {stopped[0]}.")
            sys.exit(75)
        if recipe.get("megabytes"):
            open("filler", "ab").write(bytes(recipe["megabytes"] << 20))
        done += 1
        step = {"step": done, "loss": 1 / done, "nll": 1 / done, "grad_norm": 1.0, "lr": 1e-5, "tokens": 900, "tokens_per_s": 90.0, "margin": done / 10, "accuracy": 0.5}
        open("metrics.jsonl", "a").write(json.dumps(step) + "\\n")
        os.makedirs("checkpoints", exist_ok=True)
        write("checkpoints/step", str(done))
        state("training", eta_s=recipe["seconds"] * (recipe["steps"] - done))
    if recipe.get("fail"):
        raise ValueError("as asked")
except Exception as error:
    state("failed", error=str(error))
    raise
os.makedirs("adapter", exist_ok=True)
write("adapter/adapter_config.json", '{"r": 8}')
open("adapter/adapter_model.safetensors", "wb").write(b"weights" * recipe.get("weights", 100000))
state("done")
`;

/** @returns the folder of the package as it is sent, and set-up lines that make a Python look ready for the trainer. */
export async function fakeTrainer(
  here: string,
  onCluster: string,
): Promise<{ folder: string; setup: string[] }> {
  const folder = join(here, 'sealong_trainer');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, '__init__.py'), '');
  await writeFile(join(folder, '__main__.py'), TRAINER);
  for (const name of ['torch', 'transformers', 'peft', 'accelerate']) {
    await mkdir(join(onCluster, name), { recursive: true });
    await writeFile(join(onCluster, name, '__init__.py'), '');
  }
  await chmod(onCluster, 0o755);
  return { folder, setup: [`export PYTHONPATH='${onCluster}'`, 'module load nothing || true'] };
}
