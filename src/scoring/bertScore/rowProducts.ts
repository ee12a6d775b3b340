import { InferenceSession, Tensor } from 'onnxruntime-node';

/** Fields of a protobuf message: a number, a text, or a message within. */
type Field = readonly [number: number, value: number | string | Uint8Array];

/**
 * Inner products of the rows of two matrices, by the matrix product of onnxruntime on one thread: some twenty times
 * what a loop over typed arrays reaches.
 */
export class RowProducts {
  readonly #session: InferenceSession;
  // Used again and again: new memory for each product would cost half as much as the product.
  #a = new Float32Array();
  #b = new Float32Array();
  #y = new Float32Array();

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  static async open(): Promise<RowProducts> {
    const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
    return new RowProducts(await InferenceSession.create(gemmModel(), options));
  }

  /**
   * @param a row-major [m, dimensions].
   * @param b parts of a row-major [n, dimensions], one after another.
   * @returns row-major [m, n], until the next call.
   */
  async of(a: Float32Array, b: readonly Float32Array[], dimensions: number): Promise<Float32Array> {
    const n = b.reduce((sum, part) => sum + part.length, 0) / dimensions;
    const m = a.length / dimensions;
    this.#a = atLeast(this.#a, a.length);
    this.#b = atLeast(this.#b, n * dimensions);
    this.#y = atLeast(this.#y, m * n);
    // Copied, as onnxruntime takes no shared memory.
    this.#a.set(a);
    let filled = 0;
    for (const part of b) {
      this.#b.set(part, filled);
      filled += part.length;
    }
    const matrix = (values: Float32Array, rows: number, columns: number) =>
      new Tensor('float32', values.subarray(0, rows * columns), [rows, columns]);
    const y = matrix(this.#y, m, n);
    await this.#session.run(
      { a: matrix(this.#a, m, dimensions), b: matrix(this.#b, n, dimensions) },
      { y },
    );
    return this.#y;
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}

function atLeast(memory: Float32Array<ArrayBuffer>, length: number): Float32Array<ArrayBuffer> {
  return memory.length >= length ? memory : new Float32Array(length);
}

/** An ONNX model of one node, y = a b^T (onnx.proto: ModelProto, opset 13). */
function gemmModel(): Uint8Array {
  const float32 = message([1, message([1, 1])]);
  const matrix = (name: string) => message([1, name], [2, float32]);
  const transposed = message([1, 'transB'], [3, 1], [20, 2]);
  const node = message([1, 'a'], [1, 'b'], [2, 'y'], [4, 'Gemm'], [5, transposed]);
  const graph = message(
    [1, node],
    [2, 'products'],
    [11, matrix('a')],
    [11, matrix('b')],
    [12, matrix('y')],
  );
  return message([1, 8], [7, graph], [8, message([1, ''], [2, 13])]);
}

function message(...fields: readonly Field[]): Uint8Array {
  return Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === 'number') return Buffer.from([...varint(number * 8), ...varint(value)]);
      const bytes = Buffer.from(value);
      return Buffer.concat([
        Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]),
        bytes,
      ]);
    }),
  );
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
