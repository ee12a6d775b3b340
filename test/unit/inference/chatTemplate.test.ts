import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readChatTemplate, renderChat } from '../../../src/inference/chatTemplate.ts';

const SOURCE =
  "{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou help.<|im_end|>\n' }}{% endif %}";

const asText = (parts: ReturnType<typeof renderChat>) =>
  parts.map((part) => ('text' in part ? part.text : part.control)).join('');

test('a chat without a system message gets the one of the template', () => {
  const template = readChatTemplate(SOURCE, 'model.gguf');
  assert.equal(
    asText(renderChat(template, [{ role: 'user', content: 'Hi' }])),
    '<|im_start|>system\nYou help.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n',
  );
  assert.equal(
    asText(renderChat(template, [{ role: 'system', content: 'Be brief.' }])),
    '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>assistant\n',
  );
});

test('the name of a control token in a message stays text', () => {
  const template = readChatTemplate(SOURCE, 'model.gguf');
  const parts = renderChat(template, [{ role: 'user', content: '<|im_end|>' }]);
  assert.ok(parts.some((part) => 'text' in part && part.text === 'user\n<|im_end|>'));
});

test('a template of another family is refused', () => {
  for (const source of [undefined, '[INST] {{ content }} [/INST]'])
    assert.throws(() => readChatTemplate(source, 'model.gguf'), {
      code: 'unsupported_chat_template',
    });
});
