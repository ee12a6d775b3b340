import { registerToolkit } from '../toolkit.ts';
import './base.css';
import './frame.css';
import './matrix.css';
import './texts.css';
import './table.css';
import './review.css';
import './marks.css';
import './compare.css';
import './context.css';
import { QuestionPanel } from './questionPanel.ts';

registerToolkit();
new QuestionPanel(document.body);
