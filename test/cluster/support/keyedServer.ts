import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Stands where vLLM would: an OpenAI-compatible server that wants its key, from Python alone, since the user of the lab can read
 * nothing else. It takes `seconds` to load, and serves the model and the adapter that it was started with.
 */
const SERVER = `
import json, os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
port, model, adapter, seconds = int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])
key = os.environ["SERVER_KEY"]
ready = time.time() + seconds
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
    def allowed(self):
        if self.headers.get("authorization") == "Bearer " + key: return True
        self.answer(401, {"error": {"message": "wrong key"}})
        return False
    def do_GET(self):
        if self.path == "/health": return self.answer(200 if time.time() > ready else 503, {})
        if self.allowed(): self.answer(200, {"object": "list", "data": [{"id": model}] + ([{"id": adapter}] if adapter else [])})
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if not self.allowed(): return
        time.sleep(0.1)
        choices = [{"index": i, "message": {"role": "assistant", "content": "answer %d of %s" % (i, body.get("seed"))}, "finish_reason": "stop"} for i in range(body.get("n", 1))]
        self.answer(200, {"model": body["model"], "choices": choices, "usage": {"prompt_tokens": 20, "completion_tokens": 5 * len(choices)}})
# As servers do that write down all they were started with.
print("settings", {"api_key": key}, flush=True)
print("serving", model, adapter, "on", os.environ.get("SLURM_JOB_ID"), flush=True)
ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
`;

/** Lines of a template that start it, by way of a file that every user of the lab can read. */
export async function keyedServer(folder: string, seconds: number): Promise<string[]> {
  const file = join(folder, 'server.py');
  await writeFile(file, SERVER);
  await chmod(file, 0o644);
  return [
    'export SERVER_KEY="$api_key"',
    `exec "$python" ${file} "$port" "$model" "$adapter_name" ${seconds}`,
  ];
}
