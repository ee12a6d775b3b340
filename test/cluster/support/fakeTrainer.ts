import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Stands beside the real trainer where only its contract matters: it takes `steps` steps of `seconds` each, both from the
 * recipe, goes on at its checkpoint, and writes the same files.
 */
const TRAINER = `
import json, os, signal, sys, time
recipe = json.load(open(sys.argv[1]))
stopped = []
for name in (signal.SIGTERM, signal.SIGUSR1):
    signal.signal(name, lambda *_: stopped.append(1))
pairs = [json.loads(line) for line in open(recipe["pairs"])]
done = int(open("checkpoint").read()) if os.path.exists("checkpoint") else 0
def state(phase, **more):
    json.dump({"phase": phase, "step": done, "of": recipe["steps"], **more}, open("state.tmp", "w"))
    os.replace("state.tmp", "state.json")
print("fake trainer on", len(pairs), "pairs after step", done, flush=True)
while done < recipe["steps"]:
    time.sleep(recipe["seconds"])
    if stopped:
        open("checkpoint", "w").write(str(done))
        state("stopped")
        sys.exit(75)
    done += 1
    open("metrics.jsonl", "a").write(json.dumps({"step": done, "loss": 1 / done}) + "\\n")
    state("training")
if recipe.get("fail"):
    state("failed", error="as asked")
    sys.exit(1)
os.makedirs("adapter", exist_ok=True)
json.dump({"r": 8}, open("adapter/adapter_config.json", "w"))
open("adapter/adapter_model.safetensors", "wb").write(b"weights" * 100000)
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
