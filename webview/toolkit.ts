/**
 * The only module that knows @vscode/webview-ui-toolkit, which is no longer developed: whatever takes its place replaces
 * this file.
 */
import {
  Dropdown,
  Option,
  TextField,
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { visibleText } from '../src/protocol/hiddenCharacters.ts';
import { icon, type IconName } from './icons.ts';

export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeTextField(),
  );
}

export interface ButtonOptions {
  label: string;
  /** Tooltip; says the key as well where there is one. */
  title: string;
  /** With an icon the label is only spoken. */
  icon?: IconName;
  onClick: () => void;
}

export function makeButton(options: ButtonOptions): HTMLElement {
  const button = document.createElement('vscode-button');
  button.setAttribute('title', visibleText(options.title));
  if (options.icon === undefined) {
    button.setAttribute('appearance', 'secondary');
    button.append(visibleText(options.label));
  } else {
    button.setAttribute('appearance', 'icon');
    button.setAttribute('aria-label', options.label);
    button.append(icon(options.icon));
  }
  button.addEventListener('click', () => {
    if (!button.hasAttribute('disabled')) options.onClick();
  });
  return button;
}

export function setEnabled(control: HTMLElement, enabled: boolean): void {
  control.toggleAttribute('disabled', !enabled);
}

export interface Choice {
  value: string;
  label: string;
}

export interface Select {
  element: HTMLElement;
  value(): string;
  set(value: string): void;
  /** Replaces what can be chosen; the value becomes that of the first choice. */
  offer(choices: readonly Choice[]): void;
}

export interface SelectHandlers {
  onChange: (value: string) => void;
  /** An option was taken, or the list left, so that the focus can go elsewhere; not at each arrow key. */
  onDone: () => void;
}

export function makeSelect(label: string, handlers: SelectHandlers): Select {
  const dropdown = document.createElement('vscode-dropdown');
  dropdown.setAttribute('aria-label', label);
  dropdown.addEventListener('change', () => {
    handlers.onChange(valueOf(dropdown));
  });
  dropdown.addEventListener('click', (event) => {
    if (event.target instanceof Option) setTimeout(handlers.onDone);
  });
  // Captured, to see whether the list was open before the toolkit closes it.
  dropdown.addEventListener(
    'keydown',
    (event) => {
      const open = dropdown instanceof Dropdown && dropdown.open;
      if (event.key === 'Escape' || (event.key === 'Enter' && open)) setTimeout(handlers.onDone);
    },
    { capture: true },
  );
  return {
    element: dropdown,
    value: () => valueOf(dropdown),
    set: (value) => {
      if (dropdown instanceof Dropdown && dropdown.value !== value) dropdown.value = value;
    },
    offer: (choices) => {
      dropdown.replaceChildren(
        ...choices.map((choice) => {
          const option = document.createElement('vscode-option');
          option.setAttribute('value', choice.value);
          option.append(visibleText(choice.label));
          return option;
        }),
      );
      if (dropdown instanceof Dropdown) dropdown.value = choices[0]?.value ?? '';
    },
  };
}

export interface Field {
  element: HTMLElement;
  value(): string;
  set(value: string): void;
  /** Selects what is written, so that typing replaces it. */
  select(): void;
}

export function makeField(label: string, placeholder: string): Field {
  const field = document.createElement('vscode-text-field');
  field.setAttribute('aria-label', label);
  field.setAttribute('placeholder', placeholder);
  return {
    element: field,
    value: () => (field instanceof TextField ? field.value : ''),
    set: (value) => {
      if (field instanceof TextField) field.value = value;
    },
    select: () => {
      field.shadowRoot?.querySelector('input')?.select();
    },
  };
}

/** True for controls that take letters and arrow keys for themselves. */
export function takesKeys(target: EventTarget): boolean {
  return target instanceof Dropdown || target instanceof TextField;
}

function valueOf(dropdown: HTMLElement): string {
  return dropdown instanceof Dropdown ? dropdown.value : '';
}
