/** Every message between the host and a thread that counts tokens; each request is settled by one answer. */
export interface ToTokenWorker {
  request: number;
  texts: string[];
}
export type FromTokenWorker =
  | { request: number; counts: Uint32Array<ArrayBuffer> }
  | { request: number; error: { code: string | undefined; message: string } };

/** What a thread is started with. */
export interface TokenWorkerData {
  /** Path of the tokenizer.json. */
  file: string;
}
