import { registerToolkit } from '../toolkit.ts';
import './base.css';
import './frame.css';
import './matrix.css';
import './texts.css';
import './table.css';
import { QuestionPanel } from './questionPanel.ts';

registerToolkit();
new QuestionPanel(document.body);
