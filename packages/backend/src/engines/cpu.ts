import * as tf from '@tensorflow/tfjs';
import { installGradients } from '../gradients';

/** tfjs's plain JavaScript engine: slow, and the reference that the others are tested against. */
export async function startCpu(): Promise<void> {
  installGradients();
  await tf.setBackend('cpu');
  // It would advise to install tfjs-node at first use; setupEngine's reasons say it better.
  (tf.backend() as { firstUse?: boolean }).firstUse = false;
}
