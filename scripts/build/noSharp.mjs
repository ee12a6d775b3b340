// Stands in for `sharp`, an image library that @huggingface/transformers imports at load. Only
// texts are embedded here, and its binaries would double the size of the extension.
export default function sharp() {
  throw new Error('Images are not supported: this build holds no image library.');
}
