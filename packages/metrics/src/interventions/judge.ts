import type { Dataset } from '@causal/datasets';
import type { CounterfactualModel } from '../counterfactual-model';
import { type CounterfactualError, ErrorVisitor } from './counterfactual-error';
import { type EffectMatrix, EffectVisitor } from './effect-matrix';
import type { LabelReader } from './label-reader';
import { checkJudgeOptions, type JudgeOptions, walkInterventions } from './walk';

/**
 * {@link effectMatrix} and {@link counterfactualError} in one pass, so that the model draws each
 * counterfactual once.
 */
export async function judgeInterventions(
  model: CounterfactualModel,
  data: Dataset,
  annotator: LabelReader,
  options: JudgeOptions = {},
): Promise<{ readonly effects: EffectMatrix; readonly error: CounterfactualError }> {
  checkJudgeOptions(options, 'judgeInterventions');
  const effects = new EffectVisitor('judgeInterventions', data, annotator);
  const error = new ErrorVisitor(data);
  await walkInterventions('judgeInterventions', model, data, options, [effects, error]);
  return { effects: effects.result(), error: error.result() };
}
